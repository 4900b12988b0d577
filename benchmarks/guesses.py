"""Are title, kind and language guessed right? Against hand labels of real student files.

    python -m benchmarks guesses [--real FOLDER] [--misses]

FOLDER holds the public repositories that `guess_labels/labels.jsonl` names, each checked out at its commit as
FOLDER/<owner>/<name>. A label names a file by the checksum of its bytes and a title by a hash: no text, and no path, for
people put their names in both. The rules were written with the "tuned" files at hand; of the "held" ones only these
figures were seen.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.network.model import Network
from indexer.deposit.guesses import FileGuess
from indexer.deposit.guessing import guess_file
from indexer.extraction.model import Extraction
from indexer.extraction.worker import extract_many

LABELS = Path(__file__).parent / "guess_labels" / "labels.jsonl"
_TODAY = date(2026, 1, 1)
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a file is, by hand. `titles`: hashes of what its title page may be read as; `kinds`: what fits."""

    repository: str
    commit: str
    sha256: str
    half: str
    titles: frozenset[str]
    kinds: frozenset[str]
    language: str | None


def labels() -> tuple[Label, ...]:
    found = []
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        sets = {name: frozenset(told[name]) for name in ("titles", "kinds")}
        found.append(Label(**{**told, **sets}))
    return tuple(found)


def title_hash(title: str) -> str:
    """What names a title: the hash of its letters and digits, in small letters.

    >>> title_hash("Plan van Aanpak.") == title_hash("PLAN VAN\\nAANPAK")
    True
    """
    return hashlib.sha256(_SIGNS.sub("", title.casefold()).encode()).hexdigest()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, help="the folder with the public repositories")
    parser.add_argument("--misses", action="store_true", help="tell what of the tuned half is wrong")
    args = parser.parse_args(arguments)
    wanted = labels()
    if args.real is None:
        print(f"{len(wanted)} labels; nothing is measured without --real FOLDER")
        return
    files = _files(args.real, wanted)
    counts: dict[str, Counter[str]] = {}
    for path, outcome in extract_many(list(files), jobs=2):
        label = files[path]
        if not isinstance(outcome, Extraction):
            continue
        name = str(path.relative_to(args.real / label.repository))
        right = judged(label, guess_file(name, outcome, network=Network(), today=_TODAY))
        counts.setdefault(label.half, Counter()).update(["files", *(each for each, fits in right.items() if fits)])
        counts[label.half]["with language"] += label.language is not None
        wrong = [each for each, fits in right.items() if not fits]
        if args.misses and wrong and label.half == "tuned":
            print(f"wrong: {', '.join(wrong)}  {label.repository}/{name}")
    if len(files) < len(wanted):
        print(f"{len(wanted) - len(files)} of {len(wanted)} labelled files are not in {args.real}")
    for half, count in sorted(counts.items()):
        shares = [f"{each} {count[each] / count['files']:.1%}" for each in ("title", "kind")]
        print(
            f"{half:6} {count['files']:3} files  {'  '.join(shares)}  language {count['language'] / count['with language']:.1%}"
        )


def judged(label: Label, guess: FileGuess) -> dict[str, bool]:
    """Whether each guess is right; a language is judged where the file has one."""
    return {
        "title": guess.title is not None and title_hash(guess.title.value) in label.titles,
        "kind": guess.known_kind in label.kinds,
        **(
            {"language": guess.language is not None and guess.language.value == label.language}
            if label.language
            else {}
        ),
    }


def _files(folder: Path, wanted: Sequence[Label]) -> dict[Path, Label]:
    """The labelled files below the folder, found by their bytes."""
    found: dict[Path, Label] = {}
    for repository in sorted({label.repository for label in wanted}):
        by_checksum = {label.sha256: label for label in wanted if label.repository == repository}
        for path in sorted((folder / repository).rglob("*")):
            if path.is_file() and ".git" not in path.parts:
                label = by_checksum.pop(hashlib.sha256(path.read_bytes()).hexdigest(), None)
                if label is not None:
                    found[path] = label
    return found


if __name__ == "__main__":
    main()
