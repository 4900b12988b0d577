"""One writer at a time, and no lock that outlives its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive.errors import AccessFailed
from archive.locking import Locked, writer_lock

HOLDS = """
import sys, time
from pathlib import Path
from archive.locking import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path / "var")], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_writer_is_told_who_is_busy(tmp_path, holder):
    with pytest.raises(Locked, match=f"process {holder.pid}, since") as caught, writer_lock(tmp_path / "var"):
        pass
    assert caught.value.exit_code == 5


def test_a_second_writer_waits_as_long_as_it_was_told(tmp_path, holder):
    began = time.monotonic()
    with pytest.raises(Locked), writer_lock(tmp_path / "var", wait_s=0.3):
        pass
    assert time.monotonic() - began >= 0.3


def test_a_lock_ends_with_its_process_however_that_ends(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    with writer_lock(tmp_path / "var", wait_s=10):
        pass


def test_a_forked_worker_that_outlives_its_leader_does_not_keep_the_lock(tmp_path):
    """The lock belongs to the open file, which a fork shares: an orphaned worker kept the archive busy."""
    forks = HOLDS.replace('    print("held"', "    import os\n    if (child := os.fork()): print(child")
    forks = forks.replace("    time.sleep(60)", "    time.sleep(60)\n    os._exit(0)")
    leader = subprocess.Popen([sys.executable, "-c", forks, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert leader.stdout is not None
    worker = int(leader.stdout.readline())
    leader.kill()
    leader.wait()
    try:
        with writer_lock(tmp_path, wait_s=5):
            os.kill(worker, 0)  # it lives
    finally:
        os.kill(worker, signal.SIGKILL)
        leader.stdout.close()


def test_the_lock_is_free_again_after_use(tmp_path):
    for _ in range(2):
        with writer_lock(tmp_path / "var"):
            pass


def test_two_in_one_process_exclude_each_other_too(tmp_path):
    with writer_lock(tmp_path), pytest.raises(Locked), writer_lock(tmp_path):
        pass


def test_a_folder_that_can_not_be_made_is_one_sentence(tmp_path):
    (tmp_path / "var").write_text("a file")
    with pytest.raises(AccessFailed), writer_lock(tmp_path / "var"):
        pass
