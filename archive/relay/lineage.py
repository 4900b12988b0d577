"""The relay: which project continued which, through the years.

Pure: projects in, lineage out. The truth is `continues` in the records of the projects that a reader may see; whoever
gets fewer projects gets the lineage of an archive in which the others never were. No disk, no database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from archive.model import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Baton:
    """A project's place in its relay: "2e van 4".

    `predecessors` and `successors` are its neighbours, oldest first. `line` is the longest line through it, oldest
    first, itself included: `position` counts from 1 along it. Ids of projects.
    """

    project: str
    predecessors: tuple[str, ...]
    successors: tuple[str, ...]
    line: tuple[str, ...]
    position: int

    @property
    def length(self) -> int:
        return len(self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A year of a drawing. It takes more than one step where a project continued another of the same year."""

    year: int | None  # None: unknown, the last column
    x: int  # its first step
    steps: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A project in a drawing, in steps to the right and lanes down, both from 0.

    `elsewhere_before` and `elsewhere_after`: neighbours in other communities, which the drawing leaves out.
    """

    project: Project
    x: int
    lane: int
    elsewhere_before: tuple[str, ...] = ()
    elsewhere_after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A community's relay over the years, ready to be drawn. All years from the first to the last have a column.

    `nodes` stand in reading order: by step, then lane. `edges` go from a project to the one that continued it.
    """

    columns: tuple[Column, ...]
    nodes: tuple[Node, ...]
    edges: tuple[tuple[Node, Node], ...]
    lanes: int

    @property
    def steps(self) -> int:
        return sum(column.steps for column in self.columns)


class Lineage:
    """The relay of the projects that one reader may see. Reading it never changes it: all threads may share it."""

    def __init__(self, projects: Iterable[Project]) -> None:
        ordered = sorted(projects, key=_age)
        self._projects: dict[str, Project] = {project.id: project for project in ordered}
        self._order = {id: number for number, id in enumerate(self._projects)}
        self._before = _without_circles(_named(self._projects), self._order)
        self._after: dict[str, list[str]] = {id: [] for id in self._projects}
        for id, predecessors in self._before.items():
            for predecessor in predecessors:
                self._after[predecessor].append(id)
        run = _run_order(self._before, self._after)
        self._main_before = self._mains(run, self._before)
        self._main_after = self._mains(run[::-1], self._after)

    def __len__(self) -> int:
        return len(self._projects)

    @property
    def projects(self) -> Collection[Project]:
        """All of them, oldest first."""
        return self._projects.values()

    def project(self, id: str) -> Project | None:
        """A project that this reader may see."""
        return self._projects.get(id)

    def of(self, id: str) -> Baton | None:
        """A project's place in its relay; None for one that this reader may not see. On its own it is 1 of 1."""
        if id not in self._projects:
            return None
        past = _followed(id, self._main_before)[::-1]
        return Baton(
            project=id,
            predecessors=tuple(self._before[id]),
            successors=tuple(self._after[id]),
            line=(*past, id, *_followed(id, self._main_after)),
            position=len(past) + 1,
        )

    def lines(self, community: str | None = None) -> tuple[tuple[str, ...], ...]:
        """The longest lines of at least two projects, longest first, each project in one of them at the most.

        With a community: those in which one of its projects runs.
        """
        found: list[tuple[str, ...]] = []
        run: set[str] = set()
        ids = [id for id in self._projects if community is None or self._projects[id].community == community]
        batons = [baton for id in ids if (baton := self.of(id)) is not None and baton.length > 1]
        for baton in sorted(batons, key=lambda baton: (-baton.length, self._order[baton.line[0]])):
            if run.isdisjoint(baton.line):
                found.append(baton.line)
                run.update(baton.line)
        return tuple(found)

    def drawing(self, community: str | None) -> Drawing:
        """The relay of one community; of the projects without one for None."""
        own = {id: project for id, project in self._projects.items() if project.community == community}
        before = {id: [each for each in self._before[id] if each in own] for id in own}
        columns, xs = _columns(own, before)
        lanes = _lanes(self._paths(own, before, xs), before, xs)
        nodes = {
            id: Node(
                project=project,
                x=xs[id],
                lane=lanes[id],
                elsewhere_before=tuple(each for each in self._before[id] if each not in own),
                elsewhere_after=tuple(each for each in self._after[id] if each not in own),
            )
            for id, project in own.items()
        }
        return Drawing(
            columns=columns,
            nodes=tuple(sorted(nodes.values(), key=lambda node: (node.x, node.lane))),
            edges=tuple((nodes[each], nodes[id]) for id in own for each in before[id]),
            lanes=max(lanes.values(), default=-1) + 1,
        )

    def _mains(self, run: Sequence[str], neighbours: Mapping[str, list[str]]) -> dict[str, str]:
        """Of each project the neighbour through which most hands went; its own community first where that is equal."""
        length: dict[str, int] = {}
        main: dict[str, str] = {}
        for id in run:
            length[id] = 1 + max((length[each] for each in neighbours[id]), default=0)
            if neighbours[id]:
                home = self._projects[id].community
                main[id] = min(
                    neighbours[id],
                    key=lambda each: (-length[each], self._projects[each].community != home, self._order[each]),
                )
        return main

    def _paths(
        self, own: Mapping[str, Project], before: Mapping[str, list[str]], xs: Mapping[str, int]
    ) -> list[list[str]]:
        """A community's projects as paths that run to the right on one lane: each project is in one of them."""
        onward: dict[str, str] = {}
        for id in own:
            # The main predecessor where it is of this community, else the first that is.
            left = [each for each in before[id] if xs[each] < xs[id]]
            main = self._main_before.get(id)
            predecessor = main if main in left else next(iter(left), None)
            if predecessor is not None and (predecessor not in onward or self._main_after.get(predecessor) == id):
                onward[predecessor] = id
        continued = set(onward.values())
        return [[id, *_followed(id, onward)] for id in own if id not in continued]


def _age(project: Project) -> tuple[bool, int, date, str]:
    """Oldest first: by academic year, then by its start, then by id; what has no year comes last."""
    start = project.record.starts if project.record else None
    return project.year is None, project.year or 0, start or date.min, project.id


def _named(projects: Mapping[str, Project]) -> dict[str, list[str]]:
    """The predecessors that each record names and this reader may see, oldest first; nobody continues themselves."""
    order = {id: number for number, id in enumerate(projects)}
    return {
        id: sorted(
            {each for each in (project.record.continues if project.record else ()) if each in projects and each != id},
            key=order.__getitem__,
        )
        for id, project in projects.items()
    }


def _without_circles(before: Mapping[str, list[str]], order: Mapping[str, int]) -> dict[str, list[str]]:
    """Where projects continue each other in a circle, a younger one continues an older one and never the reverse.

    Only inside a circle: elsewhere the record is believed, whatever the years say.
    """
    circle = _circles(before)
    return {
        id: [each for each in names if circle[each] != circle[id] or order[each] < order[id]]
        for id, names in before.items()
    }


def _circles(before: Mapping[str, list[str]]) -> dict[str, int]:
    """The number of the strongly connected component of each project (Tarjan, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    component: dict[str, int] = {}
    stack: list[str] = []
    for root in before:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        work = [(root, iter(before[root]))]
        while work:
            id, names = work[-1]
            for each in names:
                if each not in index:
                    index[each] = low[each] = len(index)
                    stack.append(each)
                    work.append((each, iter(before[each])))
                    break
                if each not in component:
                    low[id] = min(low[id], index[each])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[id])
                if low[id] == index[id]:
                    number = len(component)
                    while id not in component:
                        component[stack.pop()] = number
    return component


def _run_order(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> list[str]:
    """Every project behind all its predecessors."""
    waiting = {id: len(names) for id, names in before.items()}
    ready = [id for id, count in waiting.items() if not count]
    for id in ready:  # grows while it is read
        for successor in after[id]:
            waiting[successor] -= 1
            if not waiting[successor]:
                ready.append(successor)
    return ready


def _followed(id: str, onward: Mapping[str, str]) -> list[str]:
    """Where one comes from `id`, step by step.

    >>> _followed("a", {"a": "b", "b": "c"})
    ['b', 'c']
    """
    found: list[str] = []
    while (following := onward.get(id)) is not None:
        found.append(following)
        id = following
    return found


def _columns(own: Mapping[str, Project], before: Mapping[str, list[str]]) -> tuple[tuple[Column, ...], dict[str, int]]:
    """The columns of a drawing, and the step of each project."""
    # Within a year a project stands one step behind the ones of that year that it continues.
    within: dict[str, int] = {}
    after: dict[str, list[str]] = {id: [] for id in own}
    for id, names in before.items():
        for each in names:
            after[each].append(id)
    for id in _run_order(before, after):
        steps = [within[each] + 1 for each in before[id] if own[each].year == own[id].year]
        within[id] = max(steps, default=0)
    steps_of: dict[int | None, int] = {}
    for id, project in own.items():
        steps_of[project.year] = max(steps_of.get(project.year, 1), within[id] + 1)
    known = [year for year in steps_of if year is not None]
    years: list[int | None] = [*range(min(known), max(known) + 1)] if known else []
    if None in steps_of:
        years.append(None)
    columns: list[Column] = []
    x = 0
    for year in years:
        columns.append(Column(year=year, x=x, steps=steps_of.get(year, 1)))
        x += columns[-1].steps
    first = {column.year: column.x for column in columns}
    return tuple(columns), {id: first[project.year] + within[id] for id, project in own.items()}


def _lanes(paths: Sequence[Sequence[str]], before: Mapping[str, list[str]], xs: Mapping[str, int]) -> dict[str, int]:
    """A lane for each path, free for as long as it runs, as near as can be to the lane that it branched off from."""
    # From left to right, so that a lane is free where its last path has ended.
    ends: list[int] = []
    lane_of: dict[str, int] = {}
    for path in sorted(paths, key=lambda path: (xs[path[0]], -len(path))):
        origin = next((lane_of[each] for each in before[path[0]] if each in lane_of), 0)
        lane = _nearest_free(ends, origin, xs[path[0]])
        if lane == len(ends):
            ends.append(0)
        ends[lane] = xs[path[-1]]
        lane_of.update(dict.fromkeys(path, lane))
    return lane_of


def _nearest_free(ends: Sequence[int], wanted: int, start: int) -> int:
    """The lane nearest to `wanted` that ended before `start`, the upper one of two; a new lane where there is none.

    >>> _nearest_free([3, 9, 3], 1, 4), _nearest_free([3, 9, 9], 1, 3)
    (0, 3)
    """
    for distance in range(max(wanted + 1, len(ends) - wanted)):
        for lane in (wanted - distance, wanted + distance):
            if 0 <= lane < len(ends) and ends[lane] < start:
                return lane
    return len(ends)
