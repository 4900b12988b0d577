"""What an import would do, row by row: which file goes into which project, with what its record says of it.

Pure: the list's rows, the folder's paths and what the archive holds go in. What is not sure is a fault of its row; what
the list leaves open is taken from the folders that the file lies in (community, year, project) and told.
"""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from archive.accounts.teams import new_project_id
from archive.importing.cells import Meant, meant
from archive.importing.lists import Fault, Row, plain_header
from archive.importing.submissions import team_name
from archive.model import Visibility
from archive.network.model import Network, Theme
from archive.network.organisations import near
from archive.paths import composed, locate, printable, year_of
from archive.records.naming import readable

FILES_A_PROJECT = 1_000  # a record of more would pass the size up to which records are read
SUGGESTIONS_MAX = 20  # looking for the nearest of 30,000 names that are all alike takes 1 s each
NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What the archive has: the communities with their names by slug, the projects with their titles by id, all files."""

    communities: Mapping[str, Collection[str]]
    projects: Mapping[str, str]
    files: Collection[str]
    network: Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds where the list says nothing."""

    community: str | None = None
    year: int | None = None
    visibility: Visibility = Visibility.CAMPUS


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file (its path in the folder) or a link on its way. `project` is an id, that of one to make if `made`.

    `themes` and `organisations` are slugs where the network knows them, else as they were written.
    """

    row: int
    source: str | None
    project: str
    project_title: str
    made: bool
    visibility: Visibility
    said: Meant
    themes: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """A row with what would become of it, or what is wrong with it. `notes` are worth a look and stop nothing."""

    number: int
    shown: str
    item: Item | None = None
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Considered:
    """A row while it is looked at."""

    row: Row
    said: Meant
    faults: list[Fault]
    notes: list[str] = field(default_factory=list)
    source: str | None = None
    community: str | None = None
    year: int | None = None
    name: str | None = None  # of the project


def plan(
    rows: Iterable[Row], *, sources: Collection[str], holdings: Holdings, defaults: Defaults, today: date
) -> tuple[PlannedRow, ...]:
    """What each row would do, in their order."""
    considered = []
    for row in rows:
        said, faults = meant(row, today=today)
        considered.append(_Considered(row=row, said=said, faults=list(faults)))
    _find_files(considered, sources)
    communities = Communities(holdings)
    for each in considered:
        _find_place(each, communities, defaults)
    projects = _Projects(holdings)
    names = _Names(holdings.network)
    planned = [_planned(each, projects, names, defaults) for each in considered]
    return tuple(_within_bounds(planned))


def rows_of(sources: Iterable[str]) -> tuple[Row, ...]:
    """A folder without a list: a row a file, which says nothing but its path."""
    return tuple(Row(number=number, cells={"file": path}) for number, path in enumerate(sorted(sources), start=1))


def _find_files(considered: Sequence[_Considered], sources: Collection[str]) -> None:
    """Find each row's file: by its path, or by its name where one file alone has it; never a file that is near."""
    by_path = {composed(path): path for path in sources}
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in sorted(by_path):
        by_name[path.rpartition("/")[2].casefold()].append(by_path[path])
    first: dict[str, int] = {}
    nearest = _Nearest(by_path)
    for each in considered:
        if each.said.file is None:
            continue
        typed = composed(each.said.file).removeprefix("./").strip("/")
        named = by_name.get(typed.rpartition("/")[2].casefold(), []) if "/" not in typed else []
        source = by_path.get(typed) or (named[0] if len(named) == 1 else None)
        if source is None and len(named) > 1:
            several = ", ".join(printable(path) for path in named[:NAMES_SHOWN])
            each.faults.append(Fault(column="file", message=f"is the name of several files: {several}; give the path"))
        elif source is None:
            each.faults.append(Fault(column="file", message=f"{_quoted(typed)} is not in the folder{nearest(typed)}"))
        elif source in first:
            message = f"{_quoted(source)} stands in row {first[source]} already"
            each.faults.append(Fault(column="file", message=message))
        else:
            each.source = source
            first[source] = each.row.number


class _Nearest:
    """The end of a sentence about a file that is not there."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = list(paths)
        self.names = {path.rpartition("/")[2]: path for path in self.paths}
        self.left = SUGGESTIONS_MAX

    def __call__(self, typed: str) -> str:
        self.left -= 1
        if self.left < 0:
            return ""
        known = self.paths if "/" in typed else list(self.names)
        close = difflib.get_close_matches(typed, known, n=1, cutoff=0.6)
        return f"; is {_quoted(close[0])} meant?" if close else ""


class Communities:
    """Communities by what people call them."""

    def __init__(self, holdings: Holdings) -> None:
        self.slugs = sorted(holdings.communities)
        self.by_name = {
            plain_header(name): slug for slug in self.slugs for name in (*holdings.communities[slug], slug) if name
        }

    def find(self, typed: str) -> str | None:
        return typed if typed in self.slugs else self.by_name.get(plain_header(typed))

    def unknown(self, typed: str) -> str:
        close = difflib.get_close_matches(plain_header(typed), self.by_name, n=1, cutoff=0.6)
        meant = (
            f"; is {self.by_name[close[0]]} meant?" if close else f": there are {', '.join(self.slugs[:12]) or 'none'}"
        )
        return f"there is no community {_quoted(typed)}{meant}"


def _find_place(each: _Considered, communities: Communities, defaults: Defaults) -> None:
    """The community, year and project of a row: as it says, else as was given for all, else by the folders of its file."""
    said = each.said
    folders = (each.source or "").split("/")[:-1]
    wrong = {fault.column for fault in each.faults}
    of_path = next((slug for folder in folders if (slug := communities.find(folder))), None)
    if said.community is not None:
        each.community = communities.find(said.community)
        if each.community is None:
            each.faults.append(Fault(column="community", message=communities.unknown(said.community)))
    else:
        each.community = defaults.community or of_path
        if each.community is None and "community" not in wrong and not wrong & {"file"}:
            each.faults.append(
                Fault(column="community", message="is missing: name it in the list, or give --community")
            )
    years = [year for folder in folders if (year := year_of(folder)) is not None]
    each.year = said.year or defaults.year or (years[0] if len(set(years)) == 1 else None)
    if said.year is None and each.year is None and "year" not in wrong and not wrong & {"file"}:
        why = "the folders say more than one: name it" if years else "name it in the list, or give --year"
        each.faults.append(Fault(column="year", message=f"is missing: {why}"))
    plain = [folder for folder in folders if year_of(folder) is None and communities.find(folder) is None]
    own = team_name(plain[0]) if plain else None
    where = each.source or said.url
    each.name = said.project or (readable(own) if own else said.title) or (readable(where) if where else None)
    if not said.project and own and not wrong:
        each.notes.append(f"the list names no project: by its folder it is {_quoted(readable(own))}")


class _Projects:
    """Projects by community, year and what people call them; those that the import makes, too."""

    def __init__(self, holdings: Holdings) -> None:
        self.ids: dict[tuple[str | None, int | None], list[str]] = defaultdict(list)
        self.found: dict[tuple[str | None, int | None, str], str] = {}
        self.titles = dict(holdings.projects)
        files = frozenset(holdings.files)
        for id, title in sorted(holdings.projects.items()):
            place = locate(f"{id}/-")
            self.ids[place.community, place.year].append(id)
            if id in files:
                continue  # a single file can't take up others
            for name in (id.rpartition("/")[2], title):
                self.found.setdefault((place.community, place.year, plain_header(name)), id)
        self.made: set[str] = set()

    def find(self, name: str, community: str, year: int) -> str:
        if name in self.titles and locate(f"{name}/-").community == community and locate(f"{name}/-").year == year:
            return name
        key = (community, year, plain_header(name) or name)
        if key not in self.found:
            known = self.ids[community, year]
            id = new_project_id(name, community=community, day=date(year, 9, 1), known=known)
            known.append(id)
            self.made.add(id)
            self.titles[id] = name
            self.found[key] = id
        return self.found[key]


class _Names:
    """Themes and organisations by what people call them: their slug, or the name as it was written and a note."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.themes = {plain_header(name): theme.slug for theme in network.themes for name in _names_of(theme) if name}
        self.organisations = {
            plain_header(name): each.slug
            for each in reversed(network.organisations)
            for name in (*each.aliases, each.name, each.slug)
        }
        self.notes: dict[str, str] = {}

    def theme(self, name: str, notes: list[str]) -> str:
        slug = self.themes.get(plain_header(name))
        if slug is None:
            notes.append(f"network.toml knows no theme {_quoted(name)}")
        return slug or name

    def organisation(self, name: str, notes: list[str]) -> str:
        slug = self.organisations.get(plain_header(name))
        if slug is None and name not in self.notes:
            alike = near(name, self.network)
            more = f"; is {alike[0].organisation.slug} meant?" if alike else ""
            self.notes[name] = f"network.toml knows no organisation {_quoted(name)}{more}"
        if slug is None:
            notes.append(self.notes[name])
        return slug or name


def _planned(each: _Considered, projects: _Projects, names: _Names, defaults: Defaults) -> PlannedRow:
    said, shown = each.said, each.source or each.said.file or each.said.url or ""
    if each.faults or each.community is None or each.year is None or each.name is None:
        return PlannedRow(number=each.row.number, shown=shown, faults=tuple(each.faults), notes=tuple(each.notes))
    project = projects.find(each.name, each.community, each.year)
    item = Item(
        row=each.row.number,
        source=each.source,
        project=project,
        project_title=projects.titles[project],
        made=project in projects.made,
        visibility=said.visibility or defaults.visibility,
        said=said,
        themes=tuple(dict.fromkeys(names.theme(name, each.notes) for name in said.themes)),
        organisations=tuple(dict.fromkeys(names.organisation(name, each.notes) for name in said.organisations)),
    )
    return PlannedRow(number=each.row.number, shown=shown, item=item, notes=tuple(each.notes))


def _names_of(theme: Theme) -> Iterable[str]:
    return (theme.slug, theme.name.nl, theme.name.en or "", *theme.synonyms)


def _within_bounds(planned: Iterable[PlannedRow]) -> Iterable[PlannedRow]:
    counts: Counter[str] = Counter()
    for row in planned:
        if row.item is not None:
            counts[row.item.project] += 1
            if counts[row.item.project] > FILES_A_PROJECT:
                message = f"is one of more than {FILES_A_PROJECT:,} in this project: part them into projects"
                yield PlannedRow(number=row.number, shown=row.shown, faults=(Fault(column="project", message=message),))
                continue
        yield row


def _quoted(text: str) -> str:
    return f"“{printable(text)}”"
