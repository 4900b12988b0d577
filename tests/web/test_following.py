"""What follows the folder while the site answers: it looks again and again, whatever happens in between."""

from __future__ import annotations

import sys
import threading

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
