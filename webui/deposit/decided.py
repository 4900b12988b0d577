"""From the form, as somebody sends it, to what is decided about a hand-in. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from archive.deposit.plan import About, HandIn, Item, NewProject
from archive.model import Handover, Kind, Person, Visibility
from webui.deposit.form import LINES, TELLS, VERSION_OF, Form


def hand_in(form: Form, *, teacher: str | None = None) -> HandIn:
    """What sending the form decides; nothing is `missing` in it any more.

    `teacher`: the account of the teacher who makes a project by it, and belongs to it from then on.
    """
    return HandIn(
        project=_new_project(form) if form.is_new else form.values["project"],
        items=tuple(_item(form, file.key) for file in form.files),
        about=_about(form, teacher),
    )


def _new_project(form: Form) -> NewProject:
    values = form.values
    return NewProject(title=values["title"], community=values["community"], year=int(values["year"]))


def _item(form: Form, key: str) -> Item:
    level, embargo = form.level_of(key), _day(form.values["embargo"])
    is_what = form.of("as", key)
    return Item(
        key=key,
        title=form.of("title", key),
        kind=Kind(form.of("kind", key)),
        language=form.of("language", key) or None,
        date=_day(form.of("date", key)),
        licence=form.values["licence"] or None,
        visibility=level,
        embargo_until=embargo if level is not Visibility.CONFIDENTIAL else None,
        no_names=bool(form.of("no_names", key)),
        company_access=not (form.of("not_company", key) or form.of("personal", key) == "apart"),
        personal=form.of("personal", key) or None,
        replaces=is_what.removeprefix(VERSION_OF) if is_what.startswith(VERSION_OF) else None,
    )


def _about(form: Form, teacher: str | None) -> About:
    """What is told of the project: of a student's hand-in only the lines that a teacher then agrees to."""
    record = form.project.record if form.project else None
    said = {name: text for name in LINES if (text := form.values[name]) and text != getattr(record, name, None)}
    about = About(
        question=said.get("question"),
        outcome=said.get("outcome"),
        use=said.get("use"),
        visibility=_visibility(form),
        handover=_handover(form),
        # Handed in as it was guessed, a teacher's name below it would say that it was checked.
        handover_guessed=any(name in form.guesses for name in TELLS),
    )
    if form.choices.asks:
        return about
    begins = (Person(role="teacher", account=teacher),) if teacher and form.is_new else ()
    return replace(
        about,
        themes=form.lists["themes"],
        continues=form.lists["continues"],
        team=(*begins, *new_people(form)),
        companies=form.lists["companies"],
    )


def new_people(form: Form) -> tuple[Person, ...]:
    """The people that come into the team."""
    chosen = set(form.lists["team"])
    return tuple(Person(name=each.name, role=each.role) for each in form.people if each.name in chosen)


def _visibility(form: Form) -> Visibility | None:
    """The level of the project's own lines; None leaves it as it stands."""
    before = form.project.record.visibility if form.project and form.project.record else None
    if form.values["public_lines"]:
        return Visibility.PUBLIC if before is not Visibility.PUBLIC else None
    if before is Visibility.PUBLIC:
        return Visibility.CAMPUS
    # Without a level of its own nobody but the coordinator would see a project whose files are all closed.
    return Visibility.CAMPUS if form.is_new else None


def _handover(form: Form) -> Handover | None:
    """The three answers, where one of them is another than stands there."""
    record = form.project.record if form.project else None
    before = record.handover if record else None
    told = {name: form.values[name] for name in TELLS}
    if not any(told.values()) or all(text == (getattr(before, name, None) or "") for name, text in told.items()):
        return None
    return Handover(stands=told["stands"] or None, open=told["open"] or None, start=told["start"] or None)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
