"""`estafette agenda`: read the research agenda, and write down what people decide about its questions.

What is shown and checked is what the records say at this moment. People's words here; the rules in `archive.agenda.questions`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from textwrap import shorten

import click

from archive.access import everything
from archive.agenda.keeping import home_of, is_question, write_decision, write_question, write_rejection
from archive.agenda.listing import Line, about, ended_by, line_json, lines_of
from archive.agenda.questions import BOARD, Decision, Draft, Verb, level_of, worded
from archive.catalog.catalog import Catalog, CatalogUnreadable
from archive.catalog.file import FILE_NAME
from archive.errors import UsageError
from archive.model import NOBODY, Audience, Deliverable, Visibility
from archive.options import chosen_day, signed, with_folders
from archive.paths import locate, printable
from archive.records.live import LiveRecords, agenda_id, expect
from archive.relay.open_ends import HarvestedEnd
from archive.settings import Settings
from archive.storage import Storage

_DONE: Mapping[Verb, str] = {
    "accept": "open",
    "claim": "claimed",
    "answer": "answered",
    "drop": "dropped",
    "reopen": "open again",
    "reject": "dropped",
    "join": "dropped",
}

in_community = click.option("--community", metavar="C", help="Whose agenda; needed where two have the same id.")
noted = click.option("--note", help="A sentence for the history.")


@click.group()
def agenda() -> None:
    """The research agenda: questions that one team leaves and another takes up."""


@agenda.command("list")
@click.option("--community", metavar="C", help="Only this community.")
@click.option("--state", "states", multiple=True, type=click.Choice(BOARD), help="Only this state; may be given again.")
@click.option("--theme", metavar="T", help="Only this theme.")
@click.option("--overdue", is_flag=True, help="Only claims whose project ended without an answer.")
@click.option("--json", "as_json", is_flag=True, help="Print the questions as one JSON object.")
@with_folders
def list_questions(
    settings: Settings, community: str | None, states: tuple[str, ...], theme: str | None, overdue: bool, as_json: bool
) -> None:
    """Show the questions by state, with where each came from."""
    records = _records(settings)
    if community is not None:
        records.expect_community(community)
    lines = [
        line
        for line in _lines(records)
        if (community is None or line.community == community)
        and (not states or line.now.state in states)
        and (theme is None or theme in line.question.themes)
        and (not overdue or line.now.overdue)
    ]
    if as_json:
        click.echo(json.dumps({"questions": [line_json(line) for line in lines]}))
        return
    for state in BOARD:
        of_state = [line for line in lines if line.now.state == state]
        if of_state:
            click.echo(f"{state} ({len(of_state)})")
        for line in of_state:
            click.echo(f"  {line.question.id}  {printable(line.question.text)}")
            click.echo(f"      {printable(about(line))}")
    _tell(f"questions: {len(lines)}")


@agenda.command()
@click.argument("id")
@in_community
@with_folders
def show(settings: Settings, id: str, community: str | None) -> None:
    """Show one question with its history."""
    records = _records(settings)
    where = home_of(records, id, community)
    line = next(line for line in _lines(records) if (line.community, line.question.id) == (where, id))
    click.echo(f"{id}  {printable(line.question.text)}")
    click.echo(printable(about(line)))
    for event in line.question.events:
        place = f", p. {event.page}" if event.page else ""
        parts = (event.date, event.state, event.project, event.document and f"{event.document}{place}", event.by)
        click.echo("  " + printable("  ".join(str(part) for part in parts if part)))
        if event.note:
            click.echo(f"      {printable(event.note)}")


@agenda.command()
@click.argument("text")
@click.option("--community", required=True, metavar="C", help="Whose agenda.")
@click.option("--theme", "themes", multiple=True, metavar="T", help="A theme's slug; may be given again.")
@click.option("--from", "document", metavar="DOCUMENT", help="The report that it came from.")
@click.option("--page", type=click.IntRange(1), help="And the page or section, counted from 1.")
@click.option("--organisation", metavar="SLUG", help="Or the organisation that asks it.")
@click.option(
    "--visibility", default="public", show_default=True, type=click.Choice([level.value for level in Visibility])
)
@signed
@with_folders
def propose(
    settings: Settings,
    text: str,
    community: str,
    themes: tuple[str, ...],
    document: str | None,
    page: int | None,
    organisation: str | None,
    visibility: str,
    by: str,
    day: date,
) -> None:
    """Put a question on the agenda, as proposed; prints its id."""
    records = _records(settings)
    records.expect_community(community)
    if document is not None and organisation is not None:
        raise UsageError("a question comes from a document or from an organisation, not from both")
    if page is not None and document is None:
        raise UsageError("--page needs --from: of which document?")
    source: dict[str, str | int | date] = {}
    if document is not None:
        source["document"] = document = _document(records, settings, document, page)
        source.update({"page": page} if page else {})
    if organisation is not None:
        known = [each.slug for each in records.network().organisations]
        expect(organisation, known, "network.toml knows no organisation")
        source.update({"organisation": organisation, "date": day})
    draft = Draft(text=worded(text), source=source, themes=themes, visibility=Visibility(visibility))
    _add(records, community, draft, by, day)


@agenda.command()
@click.argument("fingerprint")
@click.option("--text", help="The question in your words; without it, those of the report.")
@click.option("--theme", "themes", multiple=True, metavar="T", help="A theme's slug; may be given again.")
@click.option("--community", metavar="C", help="Whose report, where several say the same.")
@click.option(
    "--visibility",
    type=click.Choice([level.value for level in Visibility]),
    help="Who may see it; without it, whoever may read the report.",
)
@signed
@with_folders
def take(
    settings: Settings,
    fingerprint: str,
    text: str | None,
    themes: tuple[str, ...],
    community: str | None,
    visibility: str | None,
    by: str,
    day: date,
) -> None:
    """Make an open question of an open end of a report (see estafette open-ends); prints its id."""
    records = _records(settings)
    end, audience = _open_end(settings, fingerprint, community)
    home = end.community or ""
    draft = Draft(
        text=worded(text if text is not None else end.item.text),
        state="open",
        source={"document": end.document, "page": end.item.part, "fingerprint": fingerprint},
        themes=themes,
        visibility=Visibility(visibility) if visibility else level_of(audience, community=home),
    )
    _add(records, home, draft, by, day)


@agenda.command()
@click.argument("what", metavar="ID|FINGERPRINT")
@click.option("--reason", help="Why, for the history of a question.")
@in_community
@signed
@with_folders
def reject(settings: Settings, what: str, reason: str | None, community: str | None, by: str, day: date) -> None:
    """Say no to a proposed question, or to an open end of a report; it is not asked again."""
    records = _records(settings)
    if is_question(records, what):
        note = worded(reason, what="the reason") if reason is not None else None
        _decide(records, what, community, Decision(verb="reject", by=by, day=day, note=note))
        return
    end, _audience = _open_end(settings, what, community)
    home = end.community or ""
    write_rejection(records, home, what, by=by, day=day)
    said = shorten(end.item.text, 80, placeholder=" …")
    _tell(f"rejected: “{printable(said)}”")
    _tell_where(home)


@agenda.command()
@click.argument("id")
@in_community
@noted
@signed
@with_folders
def accept(settings: Settings, id: str, community: str | None, note: str | None, by: str, day: date) -> None:
    """Open a proposed question: from now on a team may take it."""
    _decide(_records(settings), id, community, Decision(verb="accept", by=by, day=day, note=_note(note)))


@agenda.command()
@click.argument("id")
@click.argument("other")
@in_community
@noted
@signed
@with_folders
def join(settings: Settings, id: str, other: str, community: str | None, note: str | None, by: str, day: date) -> None:
    """Let a proposed question go on in OTHER, which asks the same on the same agenda; who asked it follows that one."""
    decision = Decision(verb="join", by=by, day=day, note=_note(note), question=other)
    _decide(_records(settings), id, community, decision)


@agenda.command()
@click.argument("id")
@click.option("--project", required=True, metavar="P", help="The project that takes it up.")
@in_community
@noted
@signed
@with_folders
def claim(
    settings: Settings, id: str, project: str, community: str | None, note: str | None, by: str, day: date
) -> None:
    """Take an open question up."""
    records = _records(settings)
    project = records.named(project, Path.cwd())
    records.expect_project(project)
    _decide(records, id, community, Decision(verb="claim", by=by, day=day, project=project, note=_note(note)))
    if ended_by(records, today=day)(project):
        _tell(f"notice: {printable(project)} has ended, so the claim is overdue from the start")


@agenda.command()
@click.argument("id")
@click.option("--document", required=True, metavar="DOCUMENT", help="The report that answers it.")
@click.option("--page", required=True, type=click.IntRange(1), help="And the page or section, counted from 1.")
@in_community
@noted
@signed
@with_folders
def answer(
    settings: Settings,
    id: str,
    document: str,
    page: int,
    community: str | None,
    note: str | None,
    by: str,
    day: date,
) -> None:
    """Close a question with the page that answers it."""
    records = _records(settings)
    document = _document(records, settings, document, page)
    project = locate(document).project
    decision = Decision(verb="answer", by=by, day=day, project=project, document=document, page=page, note=_note(note))
    _decide(records, id, community, decision)


@agenda.command()
@click.argument("id")
@click.option("--reason", required=True, help="Why nobody needs to answer it any more.")
@in_community
@signed
@with_folders
def drop(settings: Settings, id: str, reason: str, community: str | None, by: str, day: date) -> None:
    """Let a question go."""
    _decide(
        _records(settings), id, community, Decision(verb="drop", by=by, day=day, note=worded(reason, what="the reason"))
    )


@agenda.command()
@click.argument("id")
@in_community
@noted
@signed
@with_folders
def reopen(settings: Settings, id: str, community: str | None, note: str | None, by: str, day: date) -> None:
    """Open a question again that was claimed, answered or dropped."""
    _decide(_records(settings), id, community, Decision(verb="reopen", by=by, day=day, note=_note(note)))


def _records(settings: Settings) -> LiveRecords:
    return LiveRecords(Storage(settings.documents))


def _lines(records: LiveRecords) -> list[Line]:
    """All questions; what is wrong with an agenda is told beside them."""
    lines, problems = lines_of(records, today=chosen_day(None))
    for problem in problems:
        where = f", line {problem.line}" if problem.line else ""
        _tell(f"record {printable(problem.path)}{where}: {printable(problem.message)}")
    return lines


def _decide(records: LiveRecords, id: str, community: str | None, decision: Decision) -> None:
    where = write_decision(records, id, community, decision)
    whom = f" by {printable(decision.project)}" if decision.project else ""
    onward = f" and goes on in {printable(decision.question)}" if decision.question else ""
    _tell(f"{printable(id)} is {_DONE[decision.verb]}{whom}{onward}")
    _tell_where(where)


def _add(records: LiveRecords, community: str, draft: Draft, by: str, day: date) -> None:
    id = write_question(records, community, draft, by=by, day=day)
    click.echo(id)
    _tell(f"{id} is {draft.state}")
    _tell_where(community)


def _note(typed: str | None) -> str | None:
    return worded(typed, what="the note") if typed is not None else None


def _document(records: LiveRecords, settings: Settings, typed: str, page: int | None) -> str:
    """The id of a document that exists. Raises UsageError, for a page that it does not have too."""
    id = records.named(typed, Path.cwd())
    known = _deliverable(settings, id)
    if known is None:  # what was never indexed, or came since: the tree knows
        expect(id, records.files, "there is no document")
    elif page is not None and known.parts and page > known.parts:
        raise UsageError(f"{printable(id)} has {known.parts} {known.unit}s: there is no {known.unit} {page}")
    return id


def _open_end(settings: Settings, fingerprint: str, community: str | None) -> tuple[HarvestedEnd, Audience]:
    """The harvested item with this fingerprint, and who may read its report. Raises UsageError for none, or several."""
    access = everything(today=chosen_day(None))
    with closing(Catalog(settings.var / FILE_NAME)) as catalog:
        found = catalog.open_ends(community=community, fingerprint=fingerprint, access=access)
        homes = sorted({end.community for end in found if end.community})
        if not found:
            raise UsageError(f"there is no question or open end {printable(fingerprint)}: see estafette open-ends")
        if not homes:
            raise UsageError(f"{printable(found[0].document)} belongs to no community: propose the question to one")
        if len(homes) > 1:
            raise UsageError(f"reports of {' and of '.join(homes)} say this: say which with --community")
        end = next(end for end in found if end.community)
        deliverable = catalog.deliverable(end.document, access=access)
    return end, deliverable.text_audience if deliverable else NOBODY


def _deliverable(settings: Settings, id: str) -> Deliverable | None:
    """A document as it was indexed; None where nothing is indexed."""
    with suppress(CatalogUnreadable), closing(Catalog(settings.var / FILE_NAME)) as catalog:
        return catalog.deliverable(id, access=everything(today=chosen_day(None)))
    return None


def _tell_where(community: str) -> None:
    _tell(f"written in {printable(agenda_id(community))}; a site that runs shows it within a minute")


def _tell(line: str) -> None:
    click.echo(line, err=True)
