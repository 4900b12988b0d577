"""Are the open ends that reports leave found? Against the hand labels of the example archive, and of real reports.

    python -m benchmarks open_ends [--real FOLDER]

FOLDER holds the public repositories that `labels.jsonl` names, each checked out as FOLDER/<owner>/<name>; without it only
the example archive is measured. What counts as found is told in README.md beside this file; an item is found once, and
whatever else is harvested from a labelled report is wrong. The rules were written while looking at the example archive and
at the first half of the real reports; of the second half (by a hash of repository and path) only these figures were seen.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.machine import ROOT
from benchmarks.open_ends.normalise import fingerprints, sha256
from indexer.extraction.model import ExtractError, Extraction
from indexer.extraction.worker import extract
from indexer.harvest.harvester import harvest
from indexer.running_heads import without_running_heads

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A labelled item: by which hashes it is known, and the pages or headings of all its wordings, its own first."""

    kind: str
    hashes: frozenset[str]
    other_hashes: frozenset[str] = frozenset()
    places: tuple[int | str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A harvested item."""

    kind: str
    hashes: frozenset[str]
    place: int | str
    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A labelled document: in which set it is, what it holds, and what was harvested from it."""

    name: str
    group: str
    wanted: tuple[Wanted, ...]
    told: tuple[Told, ...]


@dataclass(slots=True)
class Figures:
    """Counts of a set."""

    reports: int = 0
    wanted: int = 0
    told: int = 0
    found: int = 0
    again: int = 0
    at_its_place: int = 0
    of_its_kind: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    found_kinds: Counter[str] = field(default_factory=Counter)

    def add(self, report: Report) -> None:
        pairs, again = matched(report)
        self.reports += 1
        self.wanted += len(report.wanted)
        self.told += len(report.told)
        self.found += len(pairs)
        self.again += len(again)
        self.at_its_place += sum(told.place in wanted.places for wanted, told in pairs)
        self.of_its_kind += sum(wanted.kind == told.kind for wanted, told in pairs)
        self.kinds.update(wanted.kind for wanted in report.wanted)
        self.found_kinds.update(wanted.kind for wanted, _ in pairs)

    def line(self, name: str) -> str:
        counts = f"{name:24} {self.reports:3} reports {self.wanted:4} items {self.told:4} told"
        shares = (
            f"precision {_share(self.found, self.told - self.again)}  recall {_share(self.found, self.wanted)}"
            f"  page {_share(self.at_its_place, self.found)}  kind {_share(self.of_its_kind, self.found)}"
        )
        kinds = "  ".join(f"{kind} {self.found_kinds[kind]}/{count}" for kind, count in sorted(self.kinds.items()))
        return f"{counts}  {shares}\n{'':24} recall by kind: {kinds}; told twice: {self.again}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, help="the folder with the public repositories")
    parser.add_argument("--misses", action="store_true", help="tell what of the example archive was missed or wrong")
    args = parser.parse_args(arguments)
    groups: dict[str, Figures] = {}
    spent: list[tuple[float, int]] = []
    for report in (*of_example(spent), *(of_repositories(args.real, spent) if args.real else ())):
        groups.setdefault(report.group, Figures()).add(report)
        if args.misses and report.group == EXAMPLE:
            _tell(report)
    for name in sorted(groups):
        print(groups[name].line(name))
    print(
        f"harvesting took {1000 * sum(s for s, _ in spent) / sum(pages for _, pages in spent):.2f} ms a page or section"
    )


EXAMPLE = "example archive"


def of_example(spent: list[tuple[float, int]]) -> Iterator[Report]:
    """The documents of the example archive that are labelled."""
    for entry in tomllib.loads((HERE / "example.toml").read_text(encoding="utf-8"))["report"]:
        extraction = extract(ROOT / "documents" / entry["document"])
        by_page = extraction.unit == "page"
        wanted = tuple(
            Wanted(
                kind=item["kind"],
                hashes=_hashes(item["text"]),
                other_hashes=frozenset(each for also in item.get("also", []) for each in _hashes(also["text"])),
                places=tuple(each["page"] if by_page else each["heading"] for each in (item, *item.get("also", []))),
            )
            for item in entry.get("item", [])
        )
        told = tuple(_told(extraction, entry["document"], spent, headings=not by_page))
        yield Report(name=entry["document"], group=EXAMPLE, wanted=wanted, told=told)


def of_repositories(folder: Path, spent: list[tuple[float, int]]) -> Iterator[Report]:
    """The labelled reports of public repositories that are found below the folder."""
    by_report: dict[tuple[str, str], list[dict[str, object]]] = {}
    for line in (HERE / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        by_report.setdefault((label["repository"], label["path"]), []).append(label)
    absent = 0
    for (repository, path), labels in by_report.items():
        try:
            extraction = extract(folder / repository / path)
        except ExtractError:
            absent += 1
            continue
        name = f"{repository}/{path}"
        first = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2
        told = tuple(_told(extraction, path, spent))
        wanted = tuple(_labelled(label) for label in labels if "none" not in label)
        yield Report(name=name, group="real, first half" if first else "real, second half", wanted=wanted, told=told)
    if absent:
        print(f"{absent} of {len(by_report)} labelled reports are not in {folder}, or could not be read")


def matched(report: Report) -> tuple[list[tuple[Wanted, Told]], list[Told]]:
    """The items that were found, each with what told it first; and what tells one of them again in its other place."""
    pairs: list[tuple[Wanted, Told]] = []
    left = list(report.wanted)
    later: list[Told] = []
    for told in report.told:
        wanted = next((each for each in left if each.hashes & told.hashes), None)
        if wanted is None:
            later.append(told)
        else:
            left.remove(wanted)
            pairs.append((wanted, told))
    again: list[Told] = []
    for told in later:
        elsewhere = next((each for each in report.wanted if each.other_hashes & told.hashes), None)
        if elsewhere is not None and elsewhere in left:
            left.remove(elsewhere)
            pairs.append((elsewhere, told))
        elif elsewhere is not None:
            again.append(told)
    return pairs, again


def _told(
    extraction: Extraction, name: str, spent: list[tuple[float, int]], *, headings: bool = False
) -> Iterable[Told]:
    """What is harvested from the text as the archive keeps it."""
    parts = without_running_heads(extraction.parts) if extraction.unit == "page" else extraction.parts
    began = time.process_time()
    found = harvest(parts, extraction.outline, unit=extraction.unit, title=Path(name).stem)
    spent.append((time.process_time() - began, len(parts)))
    for item in found:
        place = (parts[item.part - 1].heading or "") if headings else item.part
        yield Told(kind=item.kind, hashes=_hashes(item.text), place=place, text=item.text, reason=item.reason)


def _labelled(label: dict[str, object]) -> Wanted:
    also = label["also"]
    numbers = (label["page"] or label["section"], *(also if isinstance(also, list) else []))
    return Wanted(
        kind=str(label["kind"]),
        hashes=frozenset([str(label["sha256"]), *_texts(label["fingerprints"])]),
        other_hashes=frozenset(_texts(label.get("also_fingerprints", []))),
        places=tuple(number for number in numbers if isinstance(number, int)),
    )


def _texts(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list) else []


def _hashes(text: str) -> frozenset[str]:
    return frozenset([sha256(text), *fingerprints(text)])


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "  – "


def _tell(report: Report) -> None:
    pairs, again = matched(report)
    right = [told for _, told in pairs] + again
    for told in report.told:
        if told not in right:
            print(f"wrong  {report.name}  {told.place}  {told.kind}  {told.reason}: {told.text}")


if __name__ == "__main__":
    main()
