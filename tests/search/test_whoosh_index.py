"""What only the Whoosh engine has to get right: its files, its versions, and Whoosh itself."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from whoosh.index import open_dir
from whoosh.query import Phrase, Term

from archive.access import reader
from archive.errors import AccessFailed, Busy
from archive.model import Audience
from indexer.search import whoosh_codec, whoosh_engine
from indexer.search.analysis import Analyzer
from indexer.search.engine import IndexDocument, IndexUnreadable, Request
from indexer.search.query import parse
from indexer.search.whoosh_engine import WhooshIndex

EVERYONE: Audience = frozenset({("public", None)})
VISITOR = reader("public", today=date(2022, 3, 1))


def document(number: int, text: str = "gevel") -> IndexDocument:
    return IndexDocument(key=f"k{number}", id=f"d{number:03}", title="", parts=[text], audience=EVERYONE)


def ask(index: WhooshIndex, text: str) -> list[str]:
    return [hit.id for hit in index.search(Request(query=parse(text), limit=None), access=VISITOR).hits]


def generation_of(folder: Path) -> Path:
    [generation] = [path for path in folder.iterdir() if path.is_dir()]
    return generation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def index(folder: Path) -> WhooshIndex:
    index = WhooshIndex.open(folder, analyzer=Analyzer())
    list(index.apply([document(1, "De gevels van hout"), document(2, "Een houten gevel, van 2021")]))
    return index


def test_whoosh_itself_reads_terms_postings_and_documents(index: WhooshIndex, folder: Path) -> None:
    list(index.apply([], ["k2"]))
    whoosh = open_dir(str(generation_of(folder)), indexname="estafette")
    with whoosh.searcher() as searcher:
        assert [hit["id"] for hit in searcher.search(Term("term", "gevel"))] == ["d001"]
        assert [hit["id"] for hit in searcher.search(Phrase("word", ["van", "hout"]))] == ["d001"]
        assert list(searcher.lexicon("word"))[:3] == [b"2021", b"de", b"een"]
        assert searcher.doc_count() == 1


def test_no_segment_is_compound(index: WhooshIndex, folder: Path) -> None:
    """A compound segment is copied whole into memory on every open."""
    assert not list(generation_of(folder).glob("*.seg"))


def test_an_index_of_another_version_must_be_rebuilt_and_can_be(index: WhooshIndex, folder: Path) -> None:
    other = WhooshIndex(folder, analyzer=whoosh_engine.standard_analyzer())
    with pytest.raises(IndexUnreadable):
        ask(other, "gevel")
    with pytest.raises(IndexUnreadable):
        list(other.apply([document(3)]))
    list(other.rebuild([document(3)]))
    assert ask(other, "gevel") == ["d003"]


# Whoosh leaves a table of contents open that it could not read.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("suffix", [".tab", ".pst", ".toc"])
@pytest.mark.parametrize("damage", ["gone", "short", "garbled"])
def test_a_damaged_index_is_said_to_be_and_rebuilt(index: WhooshIndex, folder: Path, suffix: str, damage: str) -> None:
    [path] = generation_of(folder).glob(f"*{suffix}")
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) // 2] if damage == "short" else bytes(len(content)))
    reopened = WhooshIndex(folder, analyzer=Analyzer())
    with pytest.raises(IndexUnreadable):
        ask(reopened, "gevel")
    list(reopened.rebuild([document(3)]))
    assert ask(reopened, "gevel") == ["d003"]


def test_a_pointer_that_says_nothing_is_said_to_be(index: WhooshIndex, folder: Path) -> None:
    for content in (b"", b"{", b"[]", b'{"generation": "000009"}', b"\xff"):
        (folder / "CURRENT").write_bytes(content)
        with pytest.raises(IndexUnreadable):
            WhooshIndex(folder, analyzer=Analyzer()).health()


def test_a_full_disk_is_one_sentence_and_the_old_answers_stay(
    index: WhooshIndex, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name for path in generation_of(folder).iterdir()}

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(whoosh_codec.os, "fsync", full)
        for writing in (index.apply([document(3)]), index.rebuild([document(3)])):
            with pytest.raises(AccessFailed) as raised:
                list(writing)
            assert str(raised.value) == "the index can't be written: No space left on device"
            assert raised.value.exit_code == 3
    assert ask(index, "gevel") == ["d001", "d002"]
    assert {path.name for path in generation_of(folder).iterdir()} == before
    list(index.apply([document(3)]))
    assert ask(index, "gevel") == ["d003", "d001", "d002"]


def test_a_second_writer_is_told_to_wait(index: WhooshIndex, folder: Path) -> None:
    writing = index.apply([document(3)])
    next(writing)
    with pytest.raises(Busy):
        list(WhooshIndex.open(folder, analyzer=Analyzer()).apply([document(4)]))
    list(writing)
    assert len(ask(index, "gevel")) == 3


def test_segments_stay_few(folder: Path) -> None:
    index = WhooshIndex.open(folder, analyzer=Analyzer())
    for number in range(60):
        list(index.apply([document(number)]))
        assert len(list(generation_of(folder).glob("*.tab"))) <= 24
    assert len(ask(index, "gevel")) == 60


def test_a_segment_of_which_nothing_lives_is_gone_with_the_next_commit(index: WhooshIndex) -> None:
    list(index.apply([document(3, "Een warmtepomp")]))
    list(index.apply([], deletes=["k3"]))
    assert [len(part.segment) for part in index._snapshot().parts] == [2]
    assert ask(index, "warmtepomp") == [] and ask(index, "gevel") == ["d001", "d002"]
    list(index.apply([], deletes=["k1", "k2"]))
    assert index._snapshot().parts == () and ask(index, "gevel") == []


def test_a_large_batch_is_several_segments_and_one_commit(
    index: WhooshIndex, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whoosh_codec, "SEGMENT_WORDS", 50)
    # A key twice, the second time when the segment with the first is written already.
    list(index.apply([*(document(n, "gevel " * 20) for n in range(10)), document(0, "dak")]))
    assert ask(index, "dak") == ["d000"]
    assert sorted(ask(index, "gevel")) == [f"d{n:03}" for n in range(1, 10)]
    assert len(list(generation_of(folder).glob("*.tab"))) > 2


WRITER = """
import sys
from pathlib import Path
from indexer.search.analysis import Analyzer
from indexer.search.whoosh_engine import WhooshIndex
sys.path.insert(0, str(Path({here!r}).parent))
from test_whoosh_index import document
index = WhooshIndex.open(Path({folder!r}), analyzer=Analyzer())
print("ready", flush=True)
for batch in range(1000):
    list(index.apply([document(n, f"gevel batch{{batch}}") for n in range(5)]))
    if batch % 5 == 4:
        list(index.rebuild([document(n, f"gevel batch{{batch}}") for n in range(5)]))
"""


def test_a_writer_killed_at_any_moment_leaves_one_whole_commit(folder: Path) -> None:
    """Of five documents that change together never some are old and some are new; and writing goes on."""
    rng = random.Random(1)
    code = WRITER.format(here=__file__, folder=str(folder))
    for _ in range(6):
        writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(rng.uniform(0.05, 0.6))
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        index = WhooshIndex.open(folder, analyzer=Analyzer())
        ids = ask(index, "gevel")
        assert len(ids) in (0, 5)
        if ids:
            [text] = {term for term in terms_of(index) if term.startswith("batch")} & live_terms(index)
            assert len(ask(index, text)) == 5
    shutil.rmtree(folder)


def terms_of(index: WhooshIndex) -> Iterator[str]:
    for part in index._snapshot().parts:
        yield from part.segment.terms.words()


def live_terms(index: WhooshIndex) -> set[str]:
    return {term for term in terms_of(index) if ask(index, term)}
