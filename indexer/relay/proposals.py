"""Which project a report may continue: by the earlier work that it names, and the text that it shares.

Proposals are made on reading, for one reader, and never written down: nothing is linked without a person's yes, and a no
is kept in the record. Knows the catalog; neither the engine, HTTP nor formats of files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from archive.access import Access
from archive.catalog.catalog import Catalog, TextPart
from archive.catalog.kinship import SharedPassage
from archive.model import Project
from archive.relay.passages import where
from indexer.documents import indexed_text
from indexer.relay.mentions import Mention, MentionKind, Named, Names, Written, by_project, sentence_at
from indexer.search.snippets import Fragment

# What is shown as a proposal; below it a candidate is only ranked.
SHOWN_FROM = 0.65
# What speaks for a predecessor. A title in the text is half of it; that the sentence says so, or that it is a project
# of the own community, makes it one. A list of references alone does not: reports cite whom they do not continue.
_WORTH: Mapping[MentionKind, float] = {"title": 0.5, "team": 0.3, "file": 0.3, "address": 0.6}
_UNSURE = 0.2  # the part of it that a title is worth which may be only a word
_ONLY_CITED = 0.25
_HANDED_ON = 0.3
_WITH_AUTHOR = 0.1
_AGAIN = 0.15  # on more than one page
_SAME_COMMUNITY = 0.2
_PASSAGE, _PASSAGES_MOST = 0.15, 6  # each stands for some 32 words that are shared
# A passage that more projects have is a template's, or everybody's.
_OTHERS_WITH_A_PASSAGE = 2
# Of a line of four the last names all three before it: what its predecessor continues is continued through that one.
_INDIRECT, _INDIRECT_MOST = 0.5, 0.6
# An author beside the title that is named is not named besides.
_BESIDE_CHARS = 120

Place = tuple[str, int]  # a document and a page or section of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a predecessor is proposed, and the page that shows it; of shared text also where it stands in the other."""

    kind: MentionKind | str  # or "passage"
    document: str
    part: int
    snippet: tuple[Fragment, ...]
    other: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A project that another may continue, and what speaks for it, the weightiest first."""

    project: Project
    score: float
    reasons: tuple[Reason, ...]

    @property
    def is_shown(self) -> bool:
        return self.score >= SHOWN_FROM


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What the documents of one project say of the others, by project."""

    mentions: Mapping[str, tuple[Mention, ...]]
    passages: Mapping[str, tuple[SharedPassage, ...]]
    texts: Mapping[Place, str]
    scores: Mapping[str, float]


@dataclass(kw_only=True)
class Predecessors:
    """The predecessors that texts propose, as one reader sees the archive at one generation of the catalog.

    What was looked up is kept: for another reader or generation make another one. All threads may share it.
    """

    catalog: Catalog
    access: Access
    projects: Mapping[str, Project]
    _kept: dict[str, _Evidence] = field(default_factory=dict)

    def of(self, id: str, *, shown: int | None = None) -> tuple[Proposal, ...]:
        """All candidates, best first; those that `is_shown` are proposed. Linked and refused ones are left out.

        With a number only so many of those that are shown: to find what speaks for the others takes longer than all else.
        """
        project = self.projects.get(id)
        if project is None:
            return ()
        evidence = self._evidence(project)
        left_out = self.catalog.refused_predecessors(id, access=self.access) | set(_continues(project))
        scores = self._through_the_nearest(evidence.scores)
        candidates = [
            (self.projects[other], score)
            for other, score in scores.items()
            if (shown is None or score >= SHOWN_FROM) and other not in left_out and id not in self._line_before(other)
        ]
        candidates.sort(key=lambda one: (-one[1], -(one[0].year or 0), one[0].id))
        return tuple(
            Proposal(project=other, score=score, reasons=tuple(_reasons(evidence, other.id)))
            for other, score in candidates[:shown]
        )

    def _through_the_nearest(self, scores: Mapping[str, float]) -> dict[str, float]:
        """The scores, those made less that are continued through another candidate."""
        result = dict(scores)
        for nearer, score in scores.items():
            if score < SHOWN_FROM:
                continue
            further = self._evidence(self.projects[nearer]).scores
            for id in scores.keys() & {*_continues(self.projects[nearer]), *further}:
                if further.get(id, SHOWN_FROM) >= SHOWN_FROM:
                    result[id] = min(_INDIRECT * scores[id], _INDIRECT_MOST)
        return result

    def _line_before(self, id: str) -> set[str]:
        """The projects that this one continues, and those that they do: it must not become one of its own."""
        found, waiting = set[str](), [id]
        while waiting:
            project = self.projects.get(waiting.pop())
            more = set(_continues(project)) - found if project else set()
            found |= more
            waiting += more
        return found

    def _evidence(self, project: Project) -> _Evidence:
        kept = self._kept.get(project.id)
        if kept is None:
            kept = self._kept[project.id] = self._looked_up(project)
        return kept

    def _looked_up(self, project: Project) -> _Evidence:
        parts = self._parts(project)
        named = self._names.found_in(
            [Written(document=document, part=part.number, text=indexed_text(part)) for document, part in parts],
            unless=project.id,
            known=_people(project),
        )
        mentions = by_project(mention for mention in named if self._may_precede(mention.project, project))
        passages = self._shared(project)
        scores = {
            id: _score(mentions.get(id, ()), passages.get(id, ()), self.projects[id].community == project.community)
            for id in sorted(mentions.keys() | passages.keys())
        }
        pages = {(m.document, m.part) for own in mentions.values() for m in own}
        pages |= {(shared.document, shared.part) for own in passages.values() for shared in own}
        texts = {
            (document, part.number): indexed_text(part) for document, part in parts if (document, part.number) in pages
        }
        return _Evidence(mentions=mentions, passages=passages, texts=texts, scores=scores)

    def _parts(self, project: Project) -> list[tuple[str, TextPart]]:
        """All pages and sections of a project's documents that this reader may read."""
        return [
            (deliverable.id, part)
            for deliverable in self.catalog.deliverables_of(project.id, access=self.access)
            for part in self.catalog.all_parts(deliverable.id, access=self.access)
        ]

    def _may_precede(self, id: str, project: Project) -> bool:
        other = self.projects.get(id)
        return other is not None and _is_older(other, project)

    def _shared(self, project: Project) -> dict[str, tuple[SharedPassage, ...]]:
        """By older project the passages that it shares with this one and with hardly another, each once."""
        found: dict[str, dict[int, SharedPassage]] = defaultdict(dict)
        for row in self.catalog.shared_passages(project.id, others_most=_OTHERS_WITH_A_PASSAGE, access=self.access):
            if self._may_precede(row.project, project):
                found[row.project].setdefault(row.fingerprint, row)
        return {id: tuple(own.values()) for id, own in found.items()}

    @cached_property
    def _names(self) -> Names:
        titles: dict[str, set[str]] = defaultdict(set)
        files: dict[str, set[str]] = defaultdict(set)
        for each in self.catalog.titles(access=self.access):
            titles[each.project].add(each.title)
            files[each.project].add(each.id.rpartition("/")[2])
        return Names(
            Named(
                project=project.id,
                titles=frozenset({project.title, *titles[project.id]}),
                people=frozenset(_people(project)),
                files=frozenset(files[project.id]),
            )
            for project in self.projects.values()
        )


def _continues(project: Project) -> tuple[str, ...]:
    return project.record.continues if project.record else ()


def _people(project: Project) -> list[str]:
    """The students of a team: its teachers see many teams."""
    team = project.record.team if project.record else ()
    return [person.name for person in team if person.name and person.role == "student"]


def _is_older(other: Project, project: Project) -> bool:
    """Whether a project can be a predecessor: of an earlier year, or begun earlier in the same one."""
    if other.id == project.id or other.year is None or project.year is None:
        return False
    return (other.year, _start(other)) < (project.year, _start(project))


def _start(project: Project) -> date:
    return (project.record.starts if project.record else None) or date.min


def _score(mentions: Sequence[Mention], passages: Sequence[SharedPassage], same_community: bool) -> float:
    """What speaks for a predecessor, from 0; see `SHOWN_FROM`."""
    said = [mention for mention in mentions if not mention.cited and not _stands_beside(mention, mentions)]
    worth = {mention.kind: _worth(mention) for mention in sorted(said, key=_worth)}
    score = sum(worth.values()) if said else _ONLY_CITED * bool(mentions)
    if any(mention.kind == "title" for mention in said):
        score += _HANDED_ON * any(mention.handed_on for mention in said)
        score += _WITH_AUTHOR * any(mention.with_author for mention in said)
    if len({(mention.document, mention.part) for mention in said}) > 1:
        score += _AGAIN
    score += _PASSAGE * min(len(passages), _PASSAGES_MOST)
    return score + _SAME_COMMUNITY * same_community


def _stands_beside(mention: Mention, mentions: Sequence[Mention]) -> bool:
    return mention.kind == "team" and any(
        other.kind == "title"
        and (other.document, other.part) == (mention.document, mention.part)
        and abs(other.start - mention.start) <= _BESIDE_CHARS
        for other in mentions
    )


def _worth(mention: Mention) -> float:
    return _WORTH[mention.kind] * (1.0 if mention.sure else _UNSURE)


def _reasons(evidence: _Evidence, other: str) -> Iterable[Reason]:
    """The best mention of each kind, and the first shared passage."""
    best: dict[str, Mention] = {}
    for mention in sorted(evidence.mentions.get(other, ()), key=_telling):
        best.setdefault(mention.kind, mention)
    for mention in best.values():
        text = evidence.texts[mention.document, mention.part]
        snippet = sentence_at(text, mention.start, mention.end)
        yield Reason(kind=mention.kind, document=mention.document, part=mention.part, snippet=snippet)
    for shared in evidence.passages.get(other, ())[:1]:
        text = evidence.texts[shared.document, shared.part]
        found = where(text).get(shared.fingerprint)
        if found is not None:
            yield Reason(
                kind="passage",
                document=shared.document,
                part=shared.part,
                snippet=sentence_at(text, *found),
                other=(shared.other_document, shared.other_part),
            )


def _telling(mention: Mention) -> tuple[bool, float, bool]:
    """In the text before in a list; then what is worth most, and says that it is handed on."""
    return mention.cited, -_worth(mention), not mention.handed_on
