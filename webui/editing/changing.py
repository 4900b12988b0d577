"""The pages on which records are changed: one form for all, from a look at the record to what is written in it.

The record is the truth: it is read when the form is shown and again when it is sent. Who was second is asked, with what
both wrote; what would be seen by more people than before is asked once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from archive.accounts.accounts import Account
from archive.accounts.editors import extent
from archive.errors import AccessFailed, ArchiveError, UsageError
from archive.model import Deliverable, Project, Visibility
from archive.privacy.exposure import Exposed, widened
from archive.records.editing import Change, edit
from archive.records.live import LiveRecords
from archive.records.naming import folded_words
from archive.records.revising import Other, Revision, revise, typed_in
from archive.records.sheets import Look, Row, look, mark
from webui import wording
from webui.accounts.consenting import may_ask
from webui.addresses import requested_id
from webui.editing import subjects
from webui.editing.fields import PROBLEMS, FieldRows
from webui.editing.subjects import Subject
from webui.errors import refusal
from webui.house import house
from webui.overview import Asked, overview
from webui.relay.deciding import back_to, done, note, why_not
from webui.visitor import account, own_account

FOUND_SHOWN = 12
EXPOSED_SHOWN = 40

blueprint = Blueprint("editing", __name__, url_prefix="/edit")


class _AskAgain(Exception):
    """The form goes back to who sent it, and nothing is written."""

    def __init__(self, revision: Revision, **more: Any) -> None:
        self.revision, self.more = revision, more


class _Nothing(Exception):
    """What the form says stands there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A form as it is shown. `marks` is what it saw; `wrong` are sentences by field."""

    subject: Subject
    shown: Look
    marks: str
    wrong: Mapping[str, object] = field(default_factory=dict)
    others: Mapping[str, Other] = field(default_factory=dict)
    problem: str = ""
    wider: tuple[tuple[Exposed, Exposed], ...] = ()
    then: tuple[Exposed, ...] = ()
    confirm: str = ""

    def answer(self, status: int = 200) -> ResponseReturnValue:
        return render_template(
            "edit.html",
            page=self,
            subject=self.subject,
            heading=subjects.sentence(self.subject),
            onward=back_to(self.subject.where),
            query=request.form.get("query", ""),
        ), status

    def rows(self, each: FieldRows) -> list[tuple[str, Row]]:
        """The rows of a list with the places that their fields are named by, and an empty one at the end."""
        placed: list[tuple[str, Row]] = []
        new = 0
        for number, row in enumerate(self.shown.rows.get(each.rows.name, ())):
            if row.number is None:
                placed.append((f"n{new}", row))
                new += 1
            else:
                placed.append((str(number), row))
        return [*placed, (f"n{new}", Row())]

    def faults(self) -> list[tuple[str, str, object]]:
        """What is wrong, with the field's name and label, in the order of the form."""
        labels = {each.key.name: str(each.label) for each in self.subject.fields.fields}
        for rows in self.subject.fields.lists:
            for place, _row in self.rows(rows):
                for each in rows.fields:
                    labels[f"{rows.rows.name}-{place}-{each.key.name}"] = f"{rows.label}: {each.label}"
        return [(name, label, self.wrong[name]) for name, label in labels.items() if name in self.wrong]


@blueprint.app_context_processor
def _for_templates() -> dict[str, Callable[..., Any]]:
    return {
        "edits_project": edits_project,
        "edits_document": edits_document,
        "edits_question": edits_question,
        "edits": lambda thing, community=None: extent(account(), thing, community=community) is not None,
    }


def edits_project(project: Project) -> bool:
    """Whether this visitor may change something of a project."""
    return subjects.has_folder(project) and subjects.extent_of(account(), project) is not None


def edits_document(deliverable: Deliverable) -> bool:
    may = extent(account(), "document", community=deliverable.community) is not None
    return may and subjects.can_be_described(deliverable)


def edits_question(asked: Asked) -> bool:
    return extent(account(), "question", community=asked.community.id) is not None


@blueprint.route("/projects/<path:address>", methods=["GET", "POST"])
def project(address: str) -> ResponseReturnValue:
    mine, id = own_account(), requested_id("/edit/projects/")
    wanted = request.form.getlist("continues")
    if request.form.get("verb") == "find":
        wanted += _matching(request.form.get("query", ""), besides=id)
    return _form(mine, subjects.project(mine, id, found=wanted))


@blueprint.route("/documents/<path:address>", methods=["GET", "POST"])
def document(address: str) -> ResponseReturnValue:
    mine = own_account()
    return _form(mine, subjects.document(mine, requested_id("/edit/documents/")))


@blueprint.route("/communities/<id>", methods=["GET", "POST"])
def community(id: str) -> ResponseReturnValue:
    mine = own_account()
    return _form(mine, subjects.community(mine, id))


@blueprint.route("/communities/<community>/questions/<id>", methods=["GET", "POST"])
def question(community: str, id: str) -> ResponseReturnValue:
    mine = own_account()
    return _form(mine, subjects.question(mine, community, id))


@blueprint.route("/organisations/<path:slug>", methods=["GET", "POST"])
def organisation(slug: str) -> ResponseReturnValue:
    mine = own_account()
    return _form(mine, subjects.organisation(mine, slug))


@blueprint.route("/themes/<path:slug>", methods=["GET", "POST"])
def theme(slug: str) -> ResponseReturnValue:
    mine = own_account()
    return _form(mine, subjects.theme(mine, slug))


def _form(mine: Account, subject: Subject) -> ResponseReturnValue:
    records = LiveRecords(house().storage)
    if request.method != "POST":
        try:
            page = _fresh(subject, records)
        except ArchiveError as error:
            sentence, status = why_not(error)
            return refusal(status, sentence)
        return page.answer()
    if request.form.get("verb") in ("more", "find"):
        return _as_typed(subject, records).answer()
    return _save(mine, subject, records)


def _save(mine: Account, subject: Subject, records: LiveRecords) -> ResponseReturnValue:
    written: list[Revision] = []
    wider: list[tuple[Exposed, Exposed]] = []
    then: list[Exposed] = []

    def decide(content: bytes) -> list[Change]:
        revision, changes = _revised(subject, content)
        before, after = _exposures(subject, content, changes)
        wider[:], then[:] = widened(before, after), after
        if request.form.get("verb") == "look":
            raise _AskAgain(revision, then=tuple(after[:EXPOSED_SHOWN]))
        if not revision.changes:
            raise _Nothing
        agreed = mark(repr(wider))
        if wider and request.form.get("confirm") != agreed:
            raise _AskAgain(revision, wider=tuple(wider[:EXPOSED_SHOWN]), confirm=agreed)
        written[:] = [revision]
        return changes

    try:
        records.change(subject.record, decide)
    except _Nothing:
        return done(_("Er was niets te wijzigen."), subject.where)
    except _AskAgain as again:
        return _asked_again(subject, again)
    except ArchiveError as error:
        sentence, status = why_not(error, gone=_("Dit staat er niet meer. Wat je typte, staat hieronder nog."))
        return replace(_as_typed(subject, records), problem=sentence).answer(status)
    says = {"fields": _changed(written[0]), "wider": [after.id for _before, after in wider]}
    note(mine, f"{subject.thing} changed", _address(subject), says)
    return _saved(subject, written[0], then)


def _saved(subject: Subject, revision: Revision, then: list[Exposed]) -> ResponseReturnValue:
    """Back to the page; to the page of consent where somebody, or a company, was added."""
    added = any(row.number is None and not row.gone for rows in revision.shown.rows.values() for row in rows)
    if added and subject.thing == "project" and may_ask(subject.project):
        where = url_for("consenting.project", address=subject.project.id if subject.project else "")
        return done(_("Bewaard. Vraag hier met een link om een ja."), where, onward=True)
    chosen = revision.shown.texts.get("visibility", "")
    held = _held_back(Visibility(chosen), then[0]) if chosen in set(Visibility) and then else ""
    return done(" ".join(filter(None, (_("Bewaard."), held))), subject.where)


def _held_back(chosen: Visibility, then: Exposed) -> str:
    """That a thing is not as open as somebody chose, and what it waits for."""
    if then.about.width > chosen.width:
        return str(_("Tot elk bedrijf ja zegt, blijft dit: %(level)s.", level=wording.LEVELS[then.about]))
    if then.text is not None:
        return str(_("Niet iedereen zei ja. Het bestand zelf blijft: %(level)s.", level=wording.LEVELS[then.text]))
    return ""


def _asked_again(subject: Subject, again: _AskAgain) -> ResponseReturnValue:
    revision = again.revision
    problem = ""
    if revision.others:
        problem = _("Iemand anders wijzigde dit intussen. Er is nog niets bewaard. Kijk wat er moet staan.")
    elif revision.wrong:
        problem = _("Er is nog niets bewaard. Kijk na wat hieronder staat.")
    page = Page(
        subject=subject,
        shown=revision.shown,
        marks=revision.now.marks,
        wrong={name: PROBLEMS[code] for name, code in revision.wrong.items()},
        others=revision.others,
        problem=problem,
    )
    wrong = again.more.pop("checked", {})
    if wrong:
        page = replace(page, wrong=wrong, problem=_("Er is nog niets bewaard. Kijk na wat hieronder staat."))
    stopped = 409 if revision.others else 400 if page.wrong else 200
    return replace(page, **again.more).answer(stopped)


def _revised(subject: Subject, content: bytes) -> tuple[Revision, list[Change]]:
    """What the form makes of the record as it is now. Raises _AskAgain when that is not to be written."""
    part = subject.part(content)
    revision = revise(
        subject.fields.sheet,
        part.table,
        request.form.to_dict(flat=False),
        at=part.at,
        sees=part.sees,
        day=overview().access.today,
    )
    if revision.others or revision.wrong:
        raise _AskAgain(revision)
    checked = subject.checks(revision.now, revision.shown)
    if checked:
        raise _AskAgain(revision, checked=checked)
    return revision, [*part.first, *revision.changes] if revision.changes else []


def _exposures(subject: Subject, content: bytes, changes: Iterable[Change]) -> tuple[list[Exposed], list[Exposed]]:
    """Who sees what before and after."""
    after = edit(content.decode("utf-8-sig"), changes).encode()
    return subject.exposed(content), subject.exposed(after)


def _fresh(subject: Subject, records: LiveRecords) -> Page:
    """The form over the record as it is."""
    part = subject.part(records.content(subject.record) or b"")
    shown = look(subject.fields.sheet, part.table, sees=part.sees)
    return Page(subject=subject, shown=shown, marks=shown.marks)


def _as_typed(subject: Subject, records: LiveRecords) -> Page:
    """The form as it was sent, whatever became of the record meanwhile."""
    try:
        part = subject.part(records.content(subject.record) or b"")
    except (AccessFailed, UsageError):
        part = subjects.Part(table={})
    typed = typed_in(
        subject.fields.sheet, request.form.to_dict(flat=False), look(subject.fields.sheet, part.table, sees=part.sees)
    )
    return Page(subject=subject, shown=typed, marks=request.form.get("seen", ""))


def _matching(query: str, *, besides: str) -> list[str]:
    """The projects with all these words, or beginnings, in title, community and year; newest first."""
    words, seen = folded_words(query), overview()

    def fits(each: Project) -> bool:
        own = folded_words(f"{each.title} {seen.community_name(each.community)} {each.year or ''}")
        return each.id != besides and all(any(word.startswith(start) for word in own) for start in words)

    found = seen.projects_where(lambda each: bool(words) and each.id.isprintable() and fits(each))
    return [each.id for each in found[:FOUND_SHOWN]]


def _changed(revision: Revision) -> list[str]:
    """The names of what was changed: the log keeps no values."""
    now, then = revision.now, revision.shown
    texts = [name for name, text in then.texts.items() if text != now.texts[name]]
    rows = [
        name
        for name, each in then.rows.items()
        if any(row.number is None or row.gone or row.confirmed for row in each)
        or [row.mark for row in each] != [row.mark for row in now.rows[name]]
    ]
    return [*texts, *rows]


def _address(subject: Subject) -> str:
    """What the log calls it."""
    return subject.where.partition("#")[0] if subject.thing != "question" else subject.where
