"""All records of the tree, read together: they are few and small, and they speak of one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from archive.errors import AccessFailed
from archive.model import Agenda, Community, CommunityRecord, Problem, ProjectRecord, Visibility
from archive.network.model import Network
from archive.paths import PROJECT, RecordPlace, locate, record_place
from archive.records.assembly import assemble_community
from archive.records.reading import read_agenda, read_community, read_network, read_project
from archive.storage import Storage, StoredFile

# Also without its sign or with another one (`visibility: "community"`): that may be why it is no TOML.
_LEVEL = re.compile(rb"""(?i)visibility["']?\s*(?:[=:]|["'])\s*["']?([a-z]*)""")
# Keys that close, and what may be a misspelt one ("visiblity").
_CLOSING = re.compile(
    rb"""(?im)(?:^|[\[{.,])\s*["']?(?:embargo\w*|withdrawn|confidential|vertrouwelijk|zichtbaarheid|(?!visibility\b)visi\w*)\b"""
)


class RecordSet:
    """What the records say. `projects` and `agendas` are by the id of what they describe.

    A record that does not parse, or lies where it describes nothing, hides no file; but what it visibly meant to close
    stays closed until it is mended (`floor`).
    """

    def __init__(self, storage: Storage, stored: Sequence[StoredFile]) -> None:
        self._storage = storage
        self.fingerprints: dict[str, str] = {record.id: record.fingerprint for record in stored}
        self.network = Network()
        self.projects: dict[str, ProjectRecord] = {}
        self._floors: dict[str, Visibility] = {}  # by folder
        self.agendas: dict[str, Agenda] = {}
        self.problems: list[Problem] = []
        self.unusable: list[Problem] = []  # those of them that cost a whole record: it can't be opened or is no TOML
        self._communities: dict[str, CommunityRecord | None] = {}
        for record in stored:
            self.read(record.id)

    def read(self, id: str) -> None:
        """Read one record, or read it again after it was written."""
        self.problems = [problem for problem in self.problems if problem.path != id]
        self.unusable = [problem for problem in self.unusable if problem.path != id]
        place = record_place(id)
        try:
            # First: a record that is written meanwhile has another fingerprint, and is read again by the next run.
            self.fingerprints[id] = self._storage.stat(id).fingerprint
            content: bytes | None = self._storage.read_record(id)
        except AccessFailed as error:
            self.unusable.append(Problem(path=id, message=str(error).partition(": ")[2] or str(error)))
            self.problems.append(self.unusable[-1])
            content = None
        if place is None and content is not None:
            self.problems.append(Problem(path=id, message="lies where it describes nothing"))
        if content is None or place is None:
            self._close(id, place, content)
        else:
            self._take(place, id, content)

    def floor(self, project: str) -> Visibility:
        """How open the files of a project may be at the most, by the records that can't be used.

        Such a record speaks of its own folder and all below it, or of the project that its folder lies in.
        """
        floor = Visibility.PUBLIC
        for folder, level in self._floors.items():
            if f"{project}/".startswith(f"{folder}/") or folder.startswith(f"{project}/"):
                floor = floor.at_most(level)
        return floor

    def communities(self, ids: Iterable[str]) -> list[Community]:
        """The communities that have a record or a file; `ids` are those of all files."""
        folders = {community for id in ids if (community := locate(id).community) is not None}
        return [
            assemble_community(
                slug,
                record=self._communities.get(slug),
                closed=slug in self._communities and self._communities[slug] is None,
                agenda=self.agendas.get(slug),
            )
            for slug in sorted(folders | self._communities.keys())
        ]

    def _take(self, place: RecordPlace, id: str, content: bytes) -> None:
        read: object
        if place.kind == "network":
            read, problems = network, _ = read_network(content, id)
            self.network = network or Network()
        elif place.kind == "community":
            read, problems = community, _ = read_community(content, id)
            self._communities[place.owner] = community
        elif place.kind == "agenda":
            read, problems = agenda, _ = read_agenda(content, id)
            self.agendas[place.owner] = agenda or Agenda()
        else:
            read, problems = project, _ = read_project(content, id)
            if project is not None:
                self.projects[place.owner] = project
        self.problems += problems
        if read is None:
            self.unusable += problems
            self._close(id, place, content)

    def _close(self, id: str, place: RecordPlace | None, content: bytes | None) -> None:
        """Keep closed what a record that can't be used may have closed; `content` is None when it can't be opened."""
        if place is not None and place.kind == "community":
            self._communities[place.owner] = None
        elif id.endswith(f"/{PROJECT}"):
            self._floors[id.removesuffix(f"/{PROJECT}")] = most_open(content or b"")


def most_open(content: bytes) -> Visibility:
    """How open the files of a record that does not parse may be at the most, by the words that stand in it.

    >>> most_open(b'title = "x'), most_open(b'visibility = "community'), most_open(b"embargo_until = 20")
    (<Visibility.PUBLIC: 'public'>, <Visibility.COMMUNITY: 'community'>, <Visibility.CONFIDENTIAL: 'confidential'>)
    >>> most_open(b'"visibility" = "community"\\n]').value, most_open(b'visibility "community"').value
    ('community', 'community')
    """
    if not content or b"\0" in content or _CLOSING.search(content):  # nothing, or no text that can be judged
        return Visibility.CONFIDENTIAL
    floor = Visibility.PUBLIC
    for word in _LEVEL.findall(content):
        level = word.decode().lower()
        floor = floor.at_most(Visibility(level) if level in set(Visibility) else Visibility.CONFIDENTIAL)
    return floor


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> set[str]:
    """The ids of the records that came, went or were written."""
    return {id for id in before.keys() | now.keys() if before.get(id) != now.get(id)}
