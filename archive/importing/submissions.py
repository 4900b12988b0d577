"""Which files of a ZIP or folder belong to which team, as Brightspace, Canvas, Moodle and Teams name what was handed in.

Pure, over paths. A folder is often called after a student: only what is surely no person's name is told as a team's.

Brightspace makes a folder a submission, "<number>-<number> - <who> - <moment>", and an index.html. Canvas puts all files
side by side: "<who>[_LATE]_<number>_<number>_<file>", in small letters, and "<who>_<number>_text.html" for text that was
typed. Moodle makes "<who>_<number>_assignsubmission_file[_]/<file>", or the same with "_" for "/"; before 4.3 a team's
files came once for each member, as "<team>-<member>_<number>_…". Teams keeps
"Submitted files/<who>/<assignment>/Version <n>/<file>".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from archive.months import MONTHS
from archive.paths import is_hidden

System = Literal["brightspace", "canvas", "moodle", "teams", "folders"]

_BRIGHTSPACE = re.compile(r"\d+-\d+ - (?P<who>.+)")
_MOMENT = re.compile(
    r"(?P<first>[^\W\d]+|\d{1,2})\.? (?P<second>[^\W\d]+|\d{1,2})\.?,? (?P<year>\d{4}),? "
    r"(?P<hour>\d{1,2}?)[.:h]?(?P<minute>\d{2})(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_CANVAS = re.compile(
    r"(?i)(?P<who>[^_].*?)(?:_late)?_(?P<user>\d+)_(?:(?P<number>\d+)_(?P<name>.+)|(?P<typed>(?:text|link)\.html))"
)
_MOODLE = re.compile(r"(?P<who>.+?)_(?P<number>\d+)_assignsubmission_(?P<how>[a-z]+)_?(?:/|_|(?<=_))(?P<name>.+)")
_VERSION = re.compile(r"(?i)(?:version|versie) ?(\d+)")
_SUBMITTED = frozenset({"submitted files", "ingediende bestanden", "ingeleverde bestanden"})
_WORKING = frozenset({"working files", "werkbestanden"})
_LEFT_BY_MAC = "__MACOSX"
# "Groep 3", "team-b", "G3", "3A"; never "Jan Groep", which has no number or letter behind it.
_TEAM = re.compile(
    r"(?i)(?<![^\W_])(?:(?:project|sub)?(?:groep|groepje|group|team|gr|tafel|cluster|duo|trio)[\s_.-]*(?:nr[\s_.]*)?"
    r"(?:\d{1,3}[a-z]?|[a-z]|i{1,3}|iv|v)|[gt]\d{1,3}[a-z]?)(?![^\W_])|^\d{1,3}[a-z]?$"
)
_BETWEEN = frozenset(
    [
        "van",
        "der",
        "den",
        "de",
        "het",
        "ter",
        "ten",
        "te",
        "el",
        "al",
        "la",
        "le",
        "in",
        "op",
        "'t",
        "von",
        "du",
        "bin",
        "ben",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedFile:
    """`path` as it was given; `name` as the team called it, with the folders that the team made."""

    path: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What one team or student handed in. `label` says whose it is as the system does, for the teacher's eyes only:
    it may be a person's name, and is "" for files beside all folders. `team` is fit for a project's title, else None."""

    label: str
    team: str | None
    files: tuple[SubmittedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """A file that is no submission. `why`: system (a program's own), older (a later version is there),
    copy (a team's file once more, under another member's name)."""

    path: str
    why: Literal["system", "older", "copy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    system: System
    submissions: tuple[Submission, ...]
    passed_over: tuple[PassedOver, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A file as its system names it. `turn`: of two with one name and owner the higher one is the later; "" is unknown."""

    path: str
    who: str
    name: str
    key: str  # whose it is, for the system
    turn: str = ""


def group(paths: Iterable[str]) -> Grouped:
    """The submissions among these paths (`/` between their parts), in the order of their labels.

    The system is the one that names most of the files so. What it does not name goes by its top folder.
    """
    given = sorted(dict.fromkeys(paths))
    mine = [path for path in given if not _is_systems(path)]
    passed = [PassedOver(path=path, why="system") for path in given if _is_systems(path)]
    below = _shared_folder(mine)
    system, found = _recognised([(path, path[len(below) :]) for path in mine])
    if system == "brightspace":
        listing = {each.path for each in found if each.name == "index.html" and not each.key}
        passed += [PassedOver(path=path, why="system") for path in sorted(listing)]
        found = [each for each in found if each.path not in listing]
    if system == "moodle":
        found, copies = _once_a_team(found)
        passed += copies
    by_owner: dict[str, list[_Found]] = defaultdict(list)
    for each in found:
        by_owner[each.who.casefold()].append(each)
    submissions = []
    for files in by_owner.values():
        kept, older = _latest(files)
        passed += [PassedOver(path=each.path, why="older") for each in older]
        label = files[0].who
        submissions.append(Submission(label=label, team=team_name(label, of_system=system != "folders"), files=kept))
    return Grouped(
        system=system,
        submissions=tuple(sorted(submissions, key=lambda each: _in_order(each.label))),
        passed_over=tuple(sorted(passed, key=lambda each: each.path)),
    )


def team_name(label: str, *, of_system: bool = False) -> str | None:
    """A folder's name, or what of it is no person's; None where nothing is. `of_system`: a school's system gave it, which
    says a team's name or a student's, and so anything without a number may be a student.

    >>> team_name("Groep 3"), team_name("BIM5 groep 2"), team_name("Groep 3 Jan Smit"), team_name("Prefab gevels")
    ('Groep 3', 'BIM5 groep 2', 'Groep 3', 'Prefab gevels')
    >>> team_name("Jan de Vries"), team_name("Smit, Ada"), team_name("jan_smit"), team_name("jan smit", of_system=True)
    (None, None, None, None)
    """
    text = " ".join(label.replace("_", " ").split())
    found = _TEAM.search(text)
    if found is None:
        return None if not text or of_system or _may_be_a_person(label) else text
    rest = (text[: found.start()] + text[found.end() :]).strip(" -:,()")
    may_be_a_person = bool(rest) and not any(char.isdigit() for char in rest) and (of_system or _may_be_a_person(rest))
    return found[0] if may_be_a_person else text


def _may_be_a_person(text: str) -> bool:
    """Whether a name is written as people's are: every word with a capital, a comma, or two words without one."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if word.casefold() not in _BETWEEN]
    return "," in text or "@" in text or all(word[0].isupper() for word in words) or (len(words) < 4 and "_" in text)


def _is_systems(path: str) -> bool:
    parts = path.split("/")
    return _LEFT_BY_MAC in parts or any(is_hidden(part) for part in parts) or not parts[-1]


def _shared_folder(paths: Sequence[str]) -> str:
    """The folder that holds all, as when a ZIP was unpacked first; a submission's own folder is none."""
    below = ""
    while paths:
        first, slash, _ = paths[0][len(below) :].partition("/")
        folder = f"{below}{first}/"
        if not slash or not all(path.startswith(folder) for path in paths):
            break
        if first.casefold() in _SUBMITTED or _BRIGHTSPACE.fullmatch(first) or _MOODLE.fullmatch(f"{first}/x"):
            break
        if not any("/" in path[len(folder) :] or _CANVAS.fullmatch(path[len(folder) :]) for path in paths):
            break  # one team's files in its folder
        below = folder
    return below


def _recognised(paths: Sequence[tuple[str, str]]) -> tuple[System, list[_Found]]:
    readers = {"brightspace": _brightspace, "moodle": _moodle, "teams": _teams, "canvas": _canvas}
    best: System = "folders"
    found: dict[str, _Found] = {}
    for system in ("brightspace", "moodle", "teams", "canvas"):
        named = {path: each for path, below in paths if (each := readers[system](path, below)) is not None}
        # Its own pages beside them, and a stray file, are no reason to doubt.
        if len(named) > max(len(found), len(paths) // 2):
            best, found = system, named
    return best, [found.get(path) or _by_folder(path, below) for path, below in paths]


def _by_folder(path: str, below: str) -> _Found:
    top, slash, rest = below.partition("/")
    if not slash:  # beside the folders: of no team
        return _Found(path=path, who="", name=top, key="")
    return _Found(path=path, who=top, name=rest, key=top)


def _brightspace(path: str, below: str) -> _Found | None:
    top, slash, name = below.partition("/")
    found = _BRIGHTSPACE.fullmatch(top)
    if found is None:
        return None
    who, moment = found["who"], ""
    if not slash:  # all files side by side: the name follows the moment
        parts = who.split(" - ")
        at = next((n for n, part in enumerate(parts) if n and _MOMENT.fullmatch(part)), None)
        if at is None or at + 1 == len(parts):
            return None
        who, name = " - ".join(parts[: at + 1]), " - ".join(parts[at + 1 :])
    before, dash, last = who.rpartition(" - ")
    if dash and (said := _MOMENT.fullmatch(last)):
        who, moment = before, _sortable(said)
    return _Found(path=path, who=who.strip(), name=name, key=top, turn=moment)


def _sortable(said: re.Match[str]) -> str:
    """A moment as text that sorts; "" when it is none."""
    day, month = (said["first"], said["second"]) if said["first"].isdecimal() else (said["second"], said["first"])
    hour = int(said["hour"]) % 12 + (12 if said["half"] in ("P", "p") else 0) if said["half"] else int(said["hour"])
    try:
        return datetime(
            int(said["year"]), MONTHS.get(month.casefold(), 0), int(day), hour, int(said["minute"])
        ).isoformat()
    except ValueError:
        return ""


def _canvas(path: str, below: str) -> _Found | None:
    found = _CANVAS.fullmatch(below)
    if found is None or "/" in below:
        return None
    return _Found(path=path, who=found["who"], name=found["name"] or found["typed"], key=found["user"])


def _moodle(path: str, below: str) -> _Found | None:
    found = _MOODLE.fullmatch(below)
    if found is None or "/" in found["who"]:
        return None
    return _Found(path=path, who=found["who"].strip(), name=found["name"], key=found["number"])


def _teams(path: str, below: str) -> _Found | None:
    parts = below.split("/")
    folds = [part.casefold() for part in parts]
    at = next((n for n, part in enumerate(folds[:-1]) if part in _SUBMITTED | _WORKING), None)
    rest = parts if at is None else parts[at + 1 :]
    version = next((n for n, part in enumerate(rest[:-1]) if n > 1 and _VERSION.fullmatch(part)), None)
    if version is None:
        if at is None or len(rest) < 3:
            return None
        # "Working files" hold what was not handed in, or not yet: older than any version.
        return _Found(path=path, who=rest[0], name="/".join(rest[2:]), key=rest[1], turn="0")
    number = _VERSION.fullmatch(rest[version])
    return _Found(
        path=path,
        who=rest[0],
        name="/".join(rest[version + 1 :]),
        key="/".join(rest[1:version]),
        turn=f"{int(number[1]) if number else 0:09}",
    )


def _latest(files: Sequence[_Found]) -> tuple[tuple[SubmittedFile, ...], list[_Found]]:
    """An owner's files, each name once: the later where that is known, else both, the second with a number.

    In Teams a later version is the whole submission anew: files of older versions are out, whatever their name.
    """
    last: dict[str, str] = {}
    numbered = all(each.turn.isdecimal() for each in files)
    for each in files:
        of = each.key if numbered else each.name.casefold()
        last[of] = max(last.get(of, ""), each.turn)
    kept: list[SubmittedFile] = []
    older: list[_Found] = []
    used: set[str] = set()
    for each in files:
        if each.turn and each.turn < last[each.key if numbered else each.name.casefold()]:
            older.append(each)
            continue
        free = _free(each.name, used)
        used.add(free.casefold())
        kept.append(SubmittedFile(path=each.path, name=free))
    return tuple(kept), older


def _free(name: str, used: Collection[str]) -> str:
    number, free = 1, name
    stem, dot, suffix = name.rpartition(".")
    while free.casefold() in used:
        number += 1
        free = f"{stem} ({number}).{suffix}" if dot and stem else f"{name} ({number})"
    return free


def _once_a_team(found: Sequence[_Found]) -> tuple[list[_Found], list[PassedOver]]:
    """Moodle before 4.3: "<team>-<member>" for each member of a team, with the same files each.

    A part before a dash is a team where it says so, or where several come with exactly the same files: "Anne-Marie" and
    "Anne-Sophie" are two people.
    """
    files: dict[str, set[str]] = defaultdict(set)
    for each in found:
        files[each.who].add(each.name)
    shared: dict[str, list[str]] = defaultdict(list)
    for who in files:
        for at in (n for n, char in enumerate(who) if char == "-" and n):
            shared[who[:at]].append(who)
    team_of: dict[str, str] = {}
    for team, members in sorted(shared.items(), key=lambda each: len(each[0])):
        same = len(members) > 1 and len({frozenset(files[who]) for who in members}) == 1 and len(files[members[0]]) > 1
        if same or _TEAM.fullmatch(team.strip()):
            team_of |= {who: team for who in members if len(members) > 1 or who not in team_of}
    kept: list[_Found] = []
    copies: list[PassedOver] = []
    seen: set[tuple[str, str]] = set()
    for each in found:
        if each.who not in team_of:
            kept.append(each)
            continue
        team = team_of[each.who].strip()
        if (team, each.name) in seen:
            copies.append(PassedOver(path=each.path, why="copy"))
        else:
            seen.add((team, each.name))
            kept.append(_Found(path=each.path, who=team, name=each.name, key=each.key))
    return kept, copies


def _in_order(label: str) -> tuple[tuple[int, str], ...]:
    """ "Groep 2" before "Groep 10"."""
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", label.casefold()))
