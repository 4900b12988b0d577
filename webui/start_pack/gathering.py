"""Gather what a start pack tells, for one reader: choices from the records, words from the reports themselves.

Every reference to a report names the words that stand there, and is only made when they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from archive.access import Access
from archive.agenda.asking import waits_for_a_teacher
from archive.catalog.catalog import Catalog, TextPart
from archive.model import Community, Deliverable, Project, Question
from archive.relay.start_pack import (
    Ask,
    Asked,
    Reading,
    RelaySoFar,
    newest_day,
    order_of_reading,
    people_to_ask,
    readings,
    relay_so_far,
)
from indexer.relay import landmarks
from indexer.relay.glossary import Term, glossary
from indexer.relay.landmarks import Section, Sentence
from webui.overview import Asked as AskedNow
from webui.overview import Overview

PARTS_READ_MAX = 300  # of one report: longer ones are data
PAGES_MAX = 5  # to read of one report
QUESTIONS_MAX = 12
TRIED_MAX = 12
LIMITATIONS_OF_A_READING = 2
TERMS_MAX = 30
LINE_MAX_CHARS = 240
SENTENCES_OF_FAILURE = 2
_PAGES_WORTH_READING = ("summary", "failed", "conclusion", "onward")
# Of a question's words, the sentence that it came from has at least half; one that answers it has fewer.
_SOURCE_SHARE, _ANSWER_SHARE, _ANSWER_SHARE_ANYWHERE = 0.5, 0.2, 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A part of a report, and the words for which one goes there: they stand on it."""

    document: Deliverable
    part: TextPart
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A statement with its source: a place in a report, else the project's own record."""

    text: str
    project: Project
    place: Place | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A reading with its two lines, the places in it to begin at, and those that answer a question."""

    reading: Reading
    lines: tuple[Said, ...]
    places: tuple[Place, ...]
    answers: tuple[tuple[Question, Place], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A question that somebody can take up, and the sentence that it came from."""

    asked: AskedNow
    place: Place | None
    source: Deliverable | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    term: Term
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """All that the start pack of a community, or of one of its themes, tells this reader."""

    community: Community
    theme: str | None
    projects: tuple[Project, ...]  # newest first
    documents: int
    relay: RelaySoFar
    readings: tuple[Read, ...]
    waiting: tuple[Waiting, ...]
    more_waiting: int
    answered: int
    tried: tuple[Said, ...]
    people: tuple[Ask, ...]
    words: tuple[Word, ...]
    day: date | None


@dataclass(slots=True)
class _Texts:
    """The texts of the reports, each read once and only when it is needed."""

    catalog: Catalog
    access: Access
    _parts: dict[str, tuple[TextPart, ...]] = field(default_factory=dict)
    _sections: dict[str, tuple[Section, ...]] = field(default_factory=dict)

    def parts(self, document: Deliverable) -> tuple[TextPart, ...]:
        if document.id not in self._parts:
            numbers = range(1, min(document.parts, PARTS_READ_MAX) + 1)
            found = self.catalog.parts([(document.id, number) for number in numbers], access=self.access)
            self._parts[document.id] = tuple(found[document.id, n] for n in numbers if (document.id, n) in found)
        return self._parts[document.id]

    def sections(self, document: Deliverable) -> tuple[Section, ...]:
        if document.id not in self._sections:
            outline = self.catalog.outline(document.id, access=self.access)
            paged = document.unit == "page"
            self._sections[document.id] = landmarks.sections(self.parts(document), outline, paged=paged)
        return self._sections[document.id]

    def place(self, document: Deliverable, part: int, words: str) -> Place | None:
        """The place, if the words stand there: in its heading or its text."""
        found = next((each for each in self.parts(document) if each.number == part), None)
        if found is None or not landmarks.stands_on(words, f"{found.heading or ''}\n{found.text}"):
            return None
        return Place(document=document, part=found, words=words)

    def limitations(self, reading: Reading) -> list[Said]:
        """What the authors of a reading say makes their results worth less, as it was harvested; short enough to read,
        those under a heading that says so first."""
        document = reading.deliverable
        found: list[tuple[bool, Said]] = []
        for end in self.catalog.open_ends(document=document.id, access=self.access) if reading.readable else ():
            item = end.item
            if item.kind == "limitation" and len(item.text) <= LINE_MAX_CHARS:
                under = landmarks.kind_of(item.heading) is not None
                place = self.place(document, item.part, item.text)
                if place is not None:
                    heading = item.heading if under else ""
                    found.append((under, Said(text=item.text, project=reading.project, place=place, heading=heading)))
        return [said for _under, said in sorted(found, key=lambda each: not each[0])]

    def source(self, document: Deliverable, question: str, page: int | None) -> Place | None:
        """The sentence that a question came from: on the page that its record names, else wherever it stands."""
        # In a file that has no pages of its own, a record's page is that of a print nobody has.
        known = page if document.unit == "page" else None
        found = landmarks.nearest_sentence(question, self.parts(document), near=known, at_least=_SOURCE_SHARE)
        return self.place(document, found.part, found.text) if found else None

    def answer(self, document: Deliverable, wanted: str, page: int) -> Place | None:
        """The sentence that answers, on the page that the agenda names: elsewhere the words may only ask."""
        paged = document.unit == "page"
        parts = [part for part in self.parts(document) if part.number == page or not paged]
        at_least = _ANSWER_SHARE if paged else _ANSWER_SHARE_ANYWHERE
        found = landmarks.nearest_sentence(wanted, parts, at_least=at_least, asking=False)
        return self.place(document, found.part, found.text) if found else None


def gather(community: Community, theme: str | None, *, seen: Overview, catalog: Catalog) -> Pack:
    """The pack of a community, narrowed to a theme, as this reader sees it."""
    access = seen.access
    own = seen.projects_where(
        lambda project: project.community == community.id and (theme is None or theme in _themes(project))
    )
    texts = _Texts(catalog, access)
    agenda = [each for each in seen.agenda(community.id) if theme is None or theme in each.question.themes]
    documents = _documents_of(agenda, catalog, access)
    chosen = readings(
        order_of_reading(own, seen.lineage, _by_project(agenda, documents), today=access.today),
        lambda project: catalog.deliverables_of(project, access=access),
        seen.lineage,
        reads=lambda document: access.reads(document.text_audience) and document.full_text,
    )
    read = tuple(_read(each, agenda, texts) for each in chosen)
    # A pack goes from hand to hand: what waits for a teacher alone is none of it.
    waiting = [each for each in agenda if each.state in ("open", "proposed") and not waits_for_a_teacher(each.question)]
    people = people_to_ask(community.record.contacts if community.record else (), seen.organisations, own)
    return Pack(
        community=community,
        theme=theme,
        projects=tuple(own),
        documents=sum(count for name, _year, count in seen.counts.shelves if name == community.id),
        relay=relay_so_far(own, seen.lineage, community.id),
        readings=read,
        waiting=tuple(_waiting(each, documents, texts) for each in waiting[:QUESTIONS_MAX]),
        more_waiting=max(0, len(waiting) - QUESTIONS_MAX),
        answered=sum(each.state == "answered" for each in agenda),
        tried=_tried(read, texts),
        people=people,
        words=tuple(_words(read, texts))[:TERMS_MAX],
        day=newest_day(
            [*own, *(each.project for each in chosen)],
            [each.deliverable for each in chosen],
            [each.question for each in agenda],
            people,
            today=access.today,
        ),
    )


def _themes(project: Project) -> tuple[str, ...]:
    return project.record.themes if project.record else ()


def _documents_of(agenda: Iterable[AskedNow], catalog: Catalog, access: Access) -> dict[str, Deliverable]:
    named = {each.question.source.document for each in agenda if each.question.source}
    named |= {event.document for each in agenda for event in each.question.events}
    return catalog.deliverables(sorted(id for id in named if id), access=access)


def _by_project(agenda: Iterable[AskedNow], documents: dict[str, Deliverable]) -> Asked:
    """Which questions each project answered, and which came from its reports."""
    answered: dict[str, list[Question]] = {}
    raised: dict[str, list[Question]] = {}
    for each in agenda:
        source = each.question.source.document if each.question.source else None
        if source in documents:
            raised.setdefault(documents[source].project, []).append(each.question)
        for event in each.question.events:
            if event.state == "answered" and event.project is not None:
                answered.setdefault(event.project, []).append(each.question)
    return Asked(answered=answered, raised=raised)


def _read(reading: Reading, agenda: Iterable[AskedNow], texts: _Texts) -> Read:
    if not reading.readable:
        return Read(reading=reading, lines=tuple(_lines(reading, texts)), places=(), answers=())
    return Read(
        reading=reading,
        lines=tuple(_lines(reading, texts)),
        places=tuple(_places(reading, texts)),
        answers=tuple(_answers(reading, agenda, texts)),
    )


def _lines(reading: Reading, texts: _Texts) -> Iterator[Said]:
    """Two lines in plain words: the record's, else the first sentences of the report's own summary or conclusion."""
    record = reading.project.record
    told = [text for text in (record.summary, record.outcome) if text] if record else []
    if told:
        yield Said(text=" ".join(told), project=reading.project)
    if told or not reading.readable:
        return
    document = reading.deliverable
    sections = [each for each in texts.sections(document) if any(landmarks.sentences(each))]
    telling = [each for kind in ("summary", "conclusion") for each in sections if each.kind == kind][:2]
    for section in telling or sections[:1]:
        said = _joined(_first(section, 1 if len(telling) > 1 else 2))
        place = texts.place(document, said.part, said.text) if said else None
        if said is not None and place is not None:
            yield Said(text=said.text, project=reading.project, place=place)


def _places(reading: Reading, texts: _Texts) -> Iterator[Place]:
    """Where to read: the summary, what the last team points at, the conclusion, what failed and what is left."""
    document = reading.deliverable
    sections = texts.sections(document)
    record = reading.project.record
    advice = record.handover.start if record and record.handover and record.handover.start else ""
    chosen = landmarks.pointed_at(advice, sections)
    for kind in _PAGES_WORTH_READING:
        chosen += [each for each in sections if each.kind == kind][:1]
    in_order = [each for each in sections if each in chosen]
    for section in in_order[:PAGES_MAX]:
        place = texts.place(document, section.part, section.title)
        if place is not None:
            yield place


def _answers(reading: Reading, agenda: Iterable[AskedNow], texts: _Texts) -> Iterator[tuple[Question, Place]]:
    for each in agenda:
        for event in each.question.events:
            if event.state == "answered" and event.document == reading.deliverable.id and event.page is not None:
                place = texts.answer(reading.deliverable, f"{each.question.text} {event.note or ''}", event.page)
                if place is not None:
                    yield each.question, place


def _waiting(asked: AskedNow, documents: dict[str, Deliverable], texts: _Texts) -> Waiting:
    source = asked.question.source
    document = documents.get(source.document or "") if source else None
    place = None
    if source is not None and document is not None:
        place = texts.source(document, asked.question.text, source.page)
    return Waiting(asked=asked, place=place, source=document)


def _tried(read: Sequence[Read], texts: _Texts) -> tuple[Said, ...]:
    """What did not work, or is open: what handovers say, what reports tell under a heading that says so, and then, as
    far as there is room, what their authors call a limitation; of each reading in turn, in the order of the readings."""
    sure = [(number, said) for number, each in enumerate(read) for said in _failed(each, texts)][:TRIED_MAX]
    harvested = [texts.limitations(each.reading) for each in read]
    turns = [
        (number, found[turn])
        for turn in range(LIMITATIONS_OF_A_READING)
        for number, found in enumerate(harvested)
        if turn < len(found)
    ]
    chosen = [*sure, *turns[: TRIED_MAX - len(sure)]]
    return tuple(said for _number, said in sorted(chosen, key=lambda each: each[0]))


def _failed(read: Read, texts: _Texts) -> Iterator[Said]:
    project, document = read.reading.project, read.reading.deliverable
    left = project.record.handover if project.record else None
    if left is not None and left.open:
        yield Said(text=left.open, project=project)
    for section in texts.sections(document) if read.reading.readable else ():
        if section.kind == "failed":
            said = _joined(_first(section, SENTENCES_OF_FAILURE))
            place = texts.place(document, said.part, said.text) if said else None
            if said is not None and place is not None:
                yield Said(text=said.text, project=project, place=place, heading=section.title)


def _words(read: Iterable[Read], texts: _Texts) -> Iterator[Word]:
    """The terms that the readings define, each as the first of them does, in order of the alphabet."""
    found: dict[str, Word] = {}
    for each in read:
        document = each.reading.deliverable
        if each.reading.readable:
            for term in glossary(texts.parts(document), texts.sections(document)):
                place = texts.place(document, term.part, term.meaning)
                if place is not None:
                    found.setdefault(landmarks.bare(term.term), Word(term=term, place=place))
    yield from sorted(found.values(), key=lambda word: word.term.term.casefold())


def _first(section: Section, count: int) -> list[Sentence]:
    """The first sentences of a section, as many as fit in two lines; one at the least."""
    found: list[Sentence] = []
    for sentence in landmarks.sentences(section):
        if found and len(found) >= count:
            break
        if len(sentence.text) <= LINE_MAX_CHARS * (2 if not found else 1):
            found.append(sentence)
    return found


def _joined(sentences: list[Sentence]) -> Sentence | None:
    """Sentences that follow each other on one part, as one piece; only the first of those that don't."""
    if not sentences:
        return None
    part = sentences[0].part
    return Sentence(text=" ".join(each.text for each in sentences if each.part == part), part=part)
