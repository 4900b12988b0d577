"""Tell a start pack in the reader's language: from what was gathered to the sheet that page, DOCX and PDF share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from archive.model import Deliverable, Project
from archive.relay.handover import has_ended, is_checked, unfollowed_since, where_to_begin
from archive.relay.start_pack import Ask, Line, Reason
from webui import wording
from webui.addresses import agenda_url, community_url, document_url, project_url, start_url
from webui.overview import Overview, students_of
from webui.start_pack.gathering import Pack, Read, Said, Waiting
from webui.start_pack.linking import link, part_name, place_name, place_url, run
from webui.start_pack.sheet import Block, Glossary, Item, Listing, Paragraph, Run, Section, Sheet
from webui.start_pack.sheet import Line as Words

FACTS_MAX = 10
THEMES_NAMED = 5
NAMED_MAX = 6
LEGS_MAX = 8  # of a line: its beginning is left out first
ALONE_MAX = 6
OTHERS_MAX = 4
# A contact confirmed longer ago is still shown, and said to be that old.
CONFIRMED_LATELY = timedelta(days=2 * 365)


def tell(pack: Pack, seen: Overview) -> Sheet:
    """The pack as a sheet."""
    teller = _Teller(pack, seen)
    name = wording.said(pack.community.name)
    subtitle = _("thema: %(name)s", name=seen.theme_name(pack.theme)) if pack.theme else ""
    return Sheet(
        title=_("Startpakket %(name)s", name=name),
        subtitle=subtitle,
        dated=_("Stand van het archief: %(day)s", day=wording.day_name(pack.day)) if pack.day else "",
        language=wording.language(),
        address=start_url(pack.community.id, pack.theme),
        sections=tuple(section for section in teller.sections() if section.blocks),
    )


class _Teller:
    """One pack for one reader, told section by section."""

    def __init__(self, pack: Pack, seen: Overview) -> None:
        self.pack, self.seen = pack, seen
        self.today = seen.access.today
        self.numbers = {each.reading.project.id: n for n, each in enumerate(pack.readings, start=1)}

    def sections(self) -> Iterator[Section]:
        yield Section(anchor="kort", title=_("In het kort"), blocks=self._in_short())
        yield Section(anchor="lezen", title=_("Lees dit, in deze volgorde"), blocks=self._readings())
        yield Section(anchor="estafette", title=_("De estafette tot nu toe"), blocks=self._relay())
        yield Section(anchor="vragen", title=_("Open vragen"), blocks=self._questions())
        yield Section(anchor="geprobeerd", title=_("Wat niet lukte of open bleef"), blocks=self._tried())
        yield Section(anchor="mensen", title=_("Wie je kunt vragen"), blocks=self._people())
        yield Section(anchor="woorden", title=_("Woorden van het vak"), blocks=self._words())

    # The community in ten lines

    def _in_short(self) -> tuple[Block, ...]:
        facts = [Item(head=line) for line in self._facts()][:FACTS_MAX]
        return (Listing(items=tuple(facts)),) if facts else ()

    def _facts(self) -> Iterator[Words]:
        pack, record = self.pack, self.pack.community.record
        home = community_url(pack.community.id)
        if record is not None and record.summary is not None:
            yield (run(wording.said(record.summary)), run(" "), link(_("De community"), home))
        yield from self._size()
        yield from self._shared()
        yield from self._ran()
        if pack.waiting or pack.answered:
            waiting = len(pack.waiting) + pack.more_waiting
            open_now = ngettext("%(num)s vraag staat open", "%(num)s vragen staan open", waiting)
            answered = ngettext("%(num)s is beantwoord", "%(num)s zijn beantwoord", pack.answered)
            yield (run(f"{open_now}, {answered}. "), link(_("Naar de open vragen"), "#vragen"))
        if pack.people:
            first = pack.people[0].contact
            yield (run(_("Vraag het eerst aan:") + " "), link(first.name, "#mensen"))

    def _size(self) -> Iterator[Words]:
        """How much there is, since when, about what."""
        pack = self.pack
        years = sorted({project.year for project in pack.projects if project.year is not None})
        since = pack.community.record.since if pack.community.record else None
        if not pack.projects:
            return
        counted = ngettext("%(num)s project", "%(num)s projecten", len(pack.projects))
        students = sum(students_of(project) for project in pack.projects)
        people = ngettext("%(num)s student", "%(num)s studenten", students) if students else ""
        files = ngettext("%(num)s document", "%(num)s documenten", pack.documents) if pack.theme is None else ""
        text = ", ".join(part for part in (counted, people, files) if part)
        if years:
            first, last = wording.academic_year(years[0]), wording.academic_year(years[-1])
            text += (
                f", {first}"
                if years[0] == years[-1]
                else _(", van %(first)s tot en met %(last)s", first=first, last=last)
            )
        text += ". " + _("De community bestaat sinds %(year)s", year=since) if since and pack.theme is None else ""
        yield (run(text + "."),)
        themes = Counter(theme for project in pack.projects for theme in _themes(project) if theme != pack.theme)
        if themes:
            names = [
                self.seen.theme_name(slug) for slug, _n in sorted(themes.items(), key=lambda each: (-each[1], each[0]))
            ]
            yield (run(_("Thema’s: %(names)s.", names=", ".join(names[:THEMES_NAMED]))),)

    def _shared(self) -> Iterator[Words]:
        """Who takes part."""
        found: Counter[str] = Counter()
        for project in self.pack.projects:
            record = project.record
            found.update({each.organisation for each in (record.companies if record else ())})
            found.update({each.institution for each in (record.team if record else ()) if each.institution})
        known = sorted(
            (slug for slug in found if slug in self.seen.organisations), key=lambda slug: (-found[slug], slug)
        )
        if known:
            names = [self.seen.organisation_name(slug) for slug in known[:NAMED_MAX]]
            yield (run(_("Doen mee: %(names)s.", names=_listed(names))),)

    def _ran(self) -> Iterator[Words]:
        """The longest line, the last project, what it found and where it says that the next begins."""
        relay = self.pack.relay
        if relay.lines:
            line = relay.lines[0].projects
            text = _(
                "De langste estafette telt %(count)s projecten, van %(first)s tot %(last)s.",
                count=len(line),
                first=f"“{line[0].title}”",
                last=f"“{line[-1].title}”",
            )
            yield (run(text + " "), link(_("Naar de estafette"), "#estafette"))
        last = next((each for each in self.pack.projects if each.record is not None), None)
        if last is None:
            return
        record = last.record
        words = [run(_("Het laatste project:") + " "), self._project(last), run(f" ({self._year(last)}).")]
        if record is not None and record.outcome:
            words += [run(" "), run(record.outcome, tongue=wording.project_tongue(last))]
        yield tuple(words)
        begin = where_to_begin(self.pack.projects, today=self.today) or last
        left = begin.record.handover if begin.record else None
        if left is not None and left.start:
            other = _("Begin hier, zegt het team van “%(title)s”:", title=begin.title)
            yield (
                run((_("Begin hier, zegt dat team:") if begin is last else other) + " "),
                run(left.start, tongue=wording.tongue(left.start)),
                run(" "),
                link(_("De overdracht"), project_url(begin.id)),
                self._worth(begin),
            )
        since = self._unfollowed(last)
        if since is not None:
            yield (run(wording.no_successor(since, sentence=True)),)

    def _unfollowed(self, project: Project) -> int | None:
        """The year since which nobody went on, for readers of the schools: others don't see most projects."""
        if "campus" not in self.seen.access.tokens:
            return None
        return unfollowed_since(project, followed=bool(self._after(project)), today=self.today)

    # The readings

    def _readings(self) -> tuple[Block, ...]:
        if not self.pack.readings:
            return (Paragraph(line=(run(_("Hier staat nog niets dat jij kunt lezen.")),)),)
        items = tuple(self._reading(number, each) for number, each in enumerate(self.pack.readings, start=1))
        return (Listing(items=items, ordered=True, roomy=True),)

    def _reading(self, number: int, read: Read) -> Item:
        reading = read.reading
        document, project = reading.deliverable, reading.project
        head = (link(document.title, document_url(document.id), tongue=document.language or "nl", strong=True),)
        return Item(
            head=head, lines=tuple(self._about(read)), anchor=f"lees-{number}", tag=self._placed(document, project)
        )

    def _placed(self, document: Deliverable, project: Project) -> str:
        """ "2021–2022 · rapport · 10 bladzijden", and the community of one that is another's."""
        elsewhere = self.seen.community_name(project.community) if project.community != self.pack.community.id else ""
        pages = document.unit == "page" and document.parts
        length = ngettext("%(num)s bladzijde", "%(num)s bladzijden", document.parts) if pages else ""
        return " · ".join(
            part for part in (elsewhere, self._year(project), wording.kind_name(document.kind), length) if part
        )

    def _about(self, read: Read) -> Iterator[Words]:
        reading = read.reading
        project, document = reading.project, reading.deliverable
        why = " ".join(self._why(reason, project) for reason in reading.reasons)
        yield (run(_("Waarom:") + " ", strong=True), run(why))
        for said in read.lines:
            yield self._said(said)
        yield from self._verdict(project)
        if read.places:
            words: list[Run] = [run(_("Lees:") + " ", strong=True)]
            for n, place in enumerate(read.places):
                words += [run("; ")] if n else []
                words.append(link(place_name(place), place_url(place), tongue=document.language))
            yield tuple(words)
        for question, place in read.answers:
            yield (
                run(_("Antwoord op:") + " ", strong=True),
                run(question.text, tongue=wording.tongue(question.text)),
                run(" "),
                link(part_name(place), place_url(place)),
            )
        if not reading.readable:
            yield (run(_("Het bestand zelf kun je lezen na aanmelden."), quiet=True),)
        if reading.others:
            more: list[Run] = [run(_("Ook bij dit project:") + " ")]
            for n, other in enumerate(reading.others[:OTHERS_MAX]):
                more += [run(", ")] if n else []
                more.append(link(other.title, document_url(other.id), tongue=other.language))
                more.append(run(f" ({wording.kind_name(other.kind)})"))
            yield tuple(more)

    def _why(self, reason: Reason, read: Project) -> str:
        title = f"“{reason.project.title}”" if reason.project else ""
        count = len(reason.questions)
        told = {
            "last": _("Hier stopte de estafette: dit is het laatste project van zijn lijn.")
            if has_ended(read, today=self.today)
            else _("Hier is de estafette nu: dit project loopt nog."),
            "before": _("Hierop ging %(title)s verder.", title=title),
            "first": _("Hier begon de lijn."),
            "elsewhere": _("Komt uit een andere community; %(title)s ging erop verder.", title=title),
            "answers": ngettext("Het beantwoordt %(num)s vraag.", "Het beantwoordt %(num)s vragen.", count),
            "raises": ngettext("Er komt %(num)s vraag uit voort.", "Er komen %(num)s vragen uit voort.", count),
            "alone": _("Dit werk staat los van de estafette."),
        }
        if reason.why == "elsewhere" and not title:
            return str(_("Komt uit een andere community en hangt samen met dit werk."))
        return str(told[reason.why])

    def _verdict(self, project: Project) -> Iterator[Words]:
        """What the handover calls reliable, and what open or failed; by whom that was looked at."""
        left = project.record.handover if project.record else None
        if left is None or not (left.stands or left.open):
            return
        source = link(self._handover_name(project), project_url(project.id))
        worth = self._worth(project, ": ")
        for term, text in ((_("Hier kun je op bouwen"), left.stands), (_("Open of mislukt"), left.open)):
            if text:
                yield (run(term, strong=True), worth, run(text, tongue=wording.tongue(text)), run(" "), source)

    def _worth(self, project: Project, after: str = "") -> Run:
        """Whether a teacher looked at a handover: else it may be a guess."""
        return run(f" ({wording.checked(is_checked(project.record))}){after}", quiet=True)

    # The relay

    def _relay(self) -> tuple[Block, ...]:
        relay, blocks = self.pack.relay, list[Block]()
        for number, line in enumerate(relay.lines, start=1):
            title = _("Lijn %(number)s", number=number) if len(relay.lines) > 1 else ""
            blocks.append(Listing(items=tuple(self._legs(line)), ordered=False, title=title))
        if relay.more_lines:
            more = ngettext("En nog %(num)s lijn.", "En nog %(num)s lijnen.", relay.more_lines)
            blocks.append(Paragraph(line=(link(more, community_url(self.pack.community.id)),)))
        if relay.alone:
            words: list[Run] = [run(_("Los van een lijn:") + " ")]
            for number, project in enumerate(relay.alone[:ALONE_MAX]):
                words += [run(", ")] if number else []
                words += [self._project(project), run(f" ({self._year(project)})")]
            left_out = len(relay.alone) - ALONE_MAX
            words += [run(" " + _("en nog %(count)s", count=left_out))] if left_out > 0 else []
            blocks.append(Paragraph(line=(*words, run("."))))
        return tuple(blocks)

    def _legs(self, line: Line) -> Iterator[Item]:
        skipped = max(0, len(line.projects) - LEGS_MAX)
        if skipped:
            yield Item(
                head=(run(ngettext("%(num)s eerder project", "%(num)s eerdere projecten", skipped), quiet=True),)
            )
        for project in line.projects[skipped:]:
            yield self._leg(project, line)

    def _leg(self, project: Project, line: Line) -> Item:
        record = project.record
        elsewhere = self.seen.community_name(project.community) if project.community != self.pack.community.id else ""
        tag = " · ".join(part for part in (self._year(project), elsewhere) if part)
        lines: list[Words] = []
        outcome = (record.outcome or record.summary) if record else None
        if outcome:
            lines.append((run(_first_sentence(outcome), tongue=wording.project_tongue(project)),))
        lines += [
            (run(_("Ging ook verder op") + " "), self._project(before), run(f" ({self._year(before)})."))
            for before, after in line.branches
            if after.id == project.id
        ]
        lines += [
            (run(_("Ook hierop verder:") + " "), self._project(after), run(f" ({self._year(after)})."))
            for before, after in line.branches
            if before.id == project.id
        ]
        since = self._unfollowed(project)
        if since is not None:
            lines.append((run(wording.no_successor(since, sentence=True), quiet=True),))
        elif not has_ended(project, today=self.today):
            lines.append((run(_("Dit project loopt nog."), quiet=True),))
        return Item(head=(self._project(project, strong=True),), lines=tuple(lines), tag=tag)

    # Questions, what failed, people, words

    def _questions(self) -> tuple[Block, ...]:
        pack = self.pack
        if not pack.waiting:
            return (Paragraph(line=(run(_("Er staan geen vragen open.")),)),)
        blocks: list[Block] = [Listing(items=tuple(self._question(each) for each in pack.waiting), roomy=True)]
        if pack.more_waiting:
            more = ngettext("En nog %(num)s open vraag.", "En nog %(num)s open vragen.", pack.more_waiting)
            blocks.append(Paragraph(line=(link(more, agenda_url(pack.community.id)),)))
        return tuple(blocks)

    def _question(self, waiting: Waiting) -> Item:
        asked = waiting.asked
        source = asked.question.source
        words: list[Run] = []
        if waiting.place is not None:
            document = waiting.place.document
            words = [
                run(_("Uit:") + " "),
                link(document.title, document_url(document.id), tongue=document.language),
                run(", "),
                link(part_name(waiting.place), place_url(waiting.place)),
            ]
        elif waiting.source is not None:
            words = [run(_("Uit:") + " "), link(waiting.source.title, document_url(waiting.source.id))]
        elif source is not None and source.organisation in self.seen.organisations:
            words = [run(_("Gevraagd door %(name)s", name=self.seen.organisation_name(source.organisation)))]
        if asked.since is not None:
            words.append(run((" · " if words else "") + wording.day_name(asked.since), quiet=True))
        if asked.waits:
            words += [run(" · ")] if words else []
            words.append(link(_("Pak deze vraag op"), agenda_url(self.pack.community.id, asked.question.id)))
        text = asked.question.text
        tag = str(wording.STATES[asked.state]) if asked.state != "open" else ""
        return Item(head=(run(text, tongue=wording.tongue(text)),), lines=(tuple(words),), tag=tag)

    def _tried(self) -> tuple[Block, ...]:
        items = [
            Item(head=self._said(each), lines=((self._project(each.project), run(f" ({self._year(each.project)})")),))
            for each in self.pack.tried
        ]
        return (Listing(items=tuple(items), roomy=True),) if items else ()

    def _people(self) -> tuple[Block, ...]:
        if not self.pack.people:
            return (Paragraph(line=(run(_("Er is niemand bevestigd die je kunt vragen.")),)),)
        return (Listing(items=tuple(self._person(each) for each in self.pack.people), roomy=True),)

    def _person(self, ask: Ask) -> Item:
        contact = ask.contact
        role = wording.role_name(contact.role) if contact.role else ""
        of = ask.organisation.name if ask.organisation else wording.said(self.pack.community.name)
        about = ", ".join(part for part in (role, of) if part)
        lines: list[Words] = [(link(contact.email, f"mailto:{contact.email}"),)] if contact.email else []
        lines += [(link(contact.phone, f"tel:{wording.dialled(contact.phone)}"),)] if contact.phone else []
        day = _("bevestigd op %(day)s", day=wording.day_name(ask.confirmed))
        if self.today - ask.confirmed > CONFIRMED_LATELY:
            day += "; " + _("dat is lang geleden, vraag het na")
        lines.append((run(day, quiet=True),))
        return Item(head=(run(contact.name, strong=True), run(f", {about}")), lines=tuple(lines))

    def _words(self) -> tuple[Block, ...]:
        rows = [
            (
                (run(word.term.term, tongue=word.place.document.language, strong=True),),
                (
                    run(word.term.meaning, tongue=word.place.document.language),
                    run(" "),
                    link(f"{word.place.document.title}, {part_name(word.place)}", place_url(word.place)),
                ),
            )
            for word in self.pack.words
        ]
        return (Glossary(rows=tuple(rows)),) if rows else ()

    # Small things

    def _said(self, said: Said) -> Words:
        """A statement with where it stands: a page, else the project's own page."""
        tongue = said.place.document.language if said.place else wording.tongue(said.text)
        if said.place is not None:
            named = f"{said.heading}, " if said.heading and said.heading != said.place.part.heading else ""
            source = link(named + part_name(said.place), place_url(said.place))
        elif said.project.record and said.project.record.handover and said.text == said.project.record.handover.open:
            source = link(self._handover_name(said.project), project_url(said.project.id))
            return (run(said.text, tongue=tongue), run(" "), source, self._worth(said.project))
        else:
            source = link(_("over het project"), project_url(said.project.id))
        return (run(said.text, tongue=tongue), run(" "), source)

    def _handover_name(self, project: Project) -> str:
        left = project.record.handover if project.record else None
        day = wording.day_name(left.date) if left and left.date else ""
        return str(_("overdracht, %(day)s", day=day) if day else _("overdracht"))

    def _project(self, project: Project, *, strong: bool = False) -> Run:
        """Its title, leading to its reading in the pack, else to its page."""
        number = self.numbers.get(project.id)
        url = f"#lees-{number}" if number and not strong else project_url(project.id)
        return link(project.title, url, tongue=wording.project_tongue(project), strong=strong)

    def _year(self, project: Project) -> str:
        return wording.academic_year(project.year or "")

    def _after(self, project: Project) -> bool:
        baton = self.seen.lineage.of(project.id)
        return bool(baton and baton.successors)


def _first_sentence(text: str) -> str:
    head, dot, _rest = text.partition(". ")
    return head + dot.strip()


def _themes(project: Project) -> Sequence[str]:
    return project.record.themes if project.record else ()


def _listed(names: Sequence[str]) -> str:
    return str(format_list(list(names), locale=str(get_locale())))
