"""How long the pictures of first pages take: the PDFs of the example archive over and over, by the process that makes them."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from benchmarks.machine import ROOT, machine_line, measured
from indexer.pictures import picture_path

EXAMPLE = ROOT / "documents"


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=1_000)
    count = parser.parse_args(arguments).pictures
    files = sorted(EXAMPLE.rglob("*.pdf"))
    print(machine_line())
    with tempfile.TemporaryDirectory() as folder:
        with measured() as spent:
            made = make(list(islice(cycle(files), count)), Path(folder))
        sizes = [path.stat().st_size for name in made if (path := picture_path(Path(folder), name)).exists()]
    print(
        f"{len(sizes)} of {count} pictures, of {len(files)} files: {spent.wall_s:.1f} s, {spent.cpu_s:.1f} s of processor "
        f"time, {sum(sizes) / max(1, len(sizes)) / 1000:.1f} kB each"
    )


def make(files: Sequence[Path], folder: Path) -> list[str]:
    """Have each drawn as if it were never seen before, one at a time as the site asks; the names of those made."""
    command = [sys.executable, "-m", "indexer.pictures", str(folder)]
    made = []
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as maker:
        if maker.stdin is None or maker.stdout is None:
            raise RuntimeError("its pipes are closed")
        for number, path in enumerate(files):
            print(json.dumps({"path": str(path), "name": f"{number:04x}"}), file=maker.stdin, flush=True)
            answer = json.loads(maker.stdout.readline())
            if answer["made"]:
                made.append(answer["name"])
        maker.stdin.close()
    return made


if __name__ == "__main__":
    main(sys.argv[1:])
