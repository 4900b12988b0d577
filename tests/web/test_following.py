"""What follows the folder while the site answers: it looks again and again, whatever happens in between."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from webui.following import Follower

NOTHING = [sys.executable, "-c", "pass"]
WAIT_S = 20.0


def test_after_each_look_it_tells_even_when_nothing_had_to_be_indexed() -> None:
    looks = threading.Semaphore(0)
    follower = Follower(NOTHING, lambda: False, looked=looks.release, every_s=0.01)
    follower.start()
    assert all(looks.acquire(timeout=WAIT_S) for _ in range(3))
    follower.stop()
    follower.join(WAIT_S)
    assert not follower.is_alive()
    assert not follower.indexing


def test_whoever_waits_is_told_when_a_look_that_began_after_is_over(tmp_path: Path) -> None:
    """A look that was under way had missed what was written, and the page still showed what stood before."""
    written, read = tmp_path / "written", tmp_path / "read"
    copy = "import sys, pathlib; pathlib.Path(sys.argv[2]).write_text(pathlib.Path(sys.argv[1]).read_text())"
    written.write_text("0")
    follower = Follower([sys.executable, "-c", copy, str(written), str(read)], lambda: True, every_s=WAIT_S)
    follower.start()
    for n in ("1", "2"):
        written.write_text(n)
        assert follower.catch_up(WAIT_S)
        assert read.read_text() == n
    follower.stop()
    follower.join(WAIT_S)


def test_whoever_waits_is_not_told_that_it_is_read_when_the_indexer_failed() -> None:
    follower = Follower([sys.executable, "-c", "raise SystemExit(1)"], lambda: True, every_s=WAIT_S)
    follower.start()
    assert not follower.catch_up(at_most_s=0.5)
    follower.stop()
    follower.join(WAIT_S)


def test_a_fault_while_telling_does_not_end_it() -> None:
    looks = threading.Semaphore(0)

    def looked() -> None:
        looks.release()
        raise OSError("the network drive is away")

    follower = Follower(NOTHING, lambda: False, looked=looked, every_s=0.01)
    follower.start()
    assert all(looks.acquire(timeout=WAIT_S) for _ in range(2))
    follower.stop()
    follower.join(WAIT_S)
    assert not follower.is_alive()
