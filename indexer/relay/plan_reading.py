"""Read a plan that somebody hands over to compare it: by a limited worker, and nothing of it is kept.

A worker is forked, and a process with threads must not fork: such a one (the site) calls `read_apart`, which runs
`python -m indexer.relay.plan_reading FILE` and takes its answer. Knows files, not communities.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from indexer.extraction import worker
from indexer.extraction.model import ExtractError, Limits

# A plan is short; what takes longer is none.
LIMITS = Limits(time_s=15.0, memory_bytes=512 << 20, text_max_chars=2_000_000, ocr=False, depth=0)
PARTS_COMPARED = 60  # pages or sections: beyond these it says what it said before
_START_S = 10.0  # what the process apart may take besides


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The first pages or sections of a plan, those that are compared; `length` counts all there are."""

    parts: tuple[str, ...]
    length: int

    @property
    def is_cut(self) -> bool:
        return self.length > len(self.parts)


def read_plan(path: Path) -> Plan:
    """What a file says. Raises ExtractError, "empty" where it holds no text. This process must hold no threads."""
    found = worker.extract(os.fsencode(path), limits=LIMITS)
    parts = tuple(f"{part.heading}\n{part.text}" if part.heading else part.text for part in found.parts)
    if not any(part.strip() for part in parts):
        raise ExtractError("empty", "holds no text")
    return Plan(parts=parts[:PARTS_COMPARED], length=len(parts))


def read_apart(path: Path) -> Plan:
    """What a file says, read by a process of its own. Raises ExtractError."""
    command = [sys.executable, "-m", "indexer.relay.plan_reading", str(path)]
    most_s = LIMITS.seconds_for(path.stat().st_size) + _START_S
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=most_s, check=True)
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise ExtractError("too-slow", "takes too long to read") from error
    except (subprocess.CalledProcessError, ValueError) as error:
        raise ExtractError("damaged", "can't be read") from error
    if "code" in answer:
        raise ExtractError(answer["code"], answer["reason"])
    return Plan(parts=tuple(answer["parts"]), length=answer["length"])


def main() -> None:
    """Print what the named file says, as one JSON object."""
    try:
        plan = read_plan(Path(sys.argv[1]))
    except ExtractError as error:
        print(json.dumps({"code": error.code, "reason": error.reason}))
    else:
        print(json.dumps({"parts": plan.parts, "length": plan.length}))


if __name__ == "__main__":
    main()
