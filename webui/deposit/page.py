"""What the form of a draft is filled with: everything that is looked up for it, as its owner sees the archive."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from archive.deposit.draft import Draft
from archive.model import Kind, Project
from archive.relay.handover import has_ended, start_of
from indexer.deposit.likeness import Alike, alike
from indexer.deposit.reading import FileReading
from indexer.relay.prior_work import prior_work
from webui import wording
from webui.deposit import words
from webui.deposit.depositors import Depositor
from webui.deposit.form import NEW, VERSION_OF, Choices, Form, filled, may_replace, readings_of
from webui.deposit.reading import decoded, reader
from webui.house import house
from webui.overview import overview
from webui.visitor import access

PREDECESSORS_OFFERED = 4
TOLD_MAX_CHARS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something to tick: what is proposed stands in sight, with where it was found; the rest behind a fold."""

    value: str
    text: str
    near: bool
    why: str = ""


def form_of(draft: Draft, who: Depositor) -> Form:
    """The form of a draft; what was not read yet is read from now on."""
    seen = overview()
    reader().want(draft, network=seen.network)
    readings = readings_of(draft, decoded)
    projects = dict(who.projects)
    if (chosen := str(draft.answers.get("project", ""))) and chosen != NEW and (own := who.project(chosen)):
        projects[own.id] = own
    choices = Choices(
        projects=projects,
        communities=who.communities,
        years=who.years,
        network=seen.network,
        level=house().default_visibility,
        today=who.today,
        asks=who.account.role == "student",
        alike={file.key: found for file in draft.files if (found := _alike(file.sha256, readings.get(file.key)))},
    )
    form = filled(draft, readings, choices)
    if form.project is None:
        return form
    return filled(draft, readings, replace(choices, versions=_replaceable(form.project, asks=choices.asks)))


def project_options(form: Form) -> list[tuple[str, str]]:
    """The projects to choose from, and one that is made."""
    named = [
        (id, f"{each.title} · {wording.academic_year(each.year or '')}") for id, each in form.choices.projects.items()
    ]
    made = [(NEW, str(_("Een nieuw project")))] if form.choices.communities else []
    return [("", str(_("Kies een project"))), *named, *made]


def kind_options() -> list[tuple[str, str]]:
    return [(kind.value, str(name)) for kind, name in wording.KINDS.items() if kind in set(Kind)]


def language_options() -> list[tuple[str, str]]:
    return [("", str(_("geen tekst"))), *((code, str(name)) for code, name in wording.LANGUAGES.items())]


def theme_options(form: Form) -> list[Option]:
    guessed = {guess.value: guess for guess in form.guessed.themes}
    near, stands = {*form.lists["themes"], *guessed}, _standing(form, "themes")
    return [
        Option(
            value=each.slug,
            text=wording.said(each.name),
            near=each.slug in near,
            why="" if each.slug in stands else words.source_of(guessed.get(each.slug), form),
        )
        for each in form.choices.network.themes
    ]


def company_options(form: Form) -> list[Option]:
    guessed = {guess.value: guess for guess in form.guessed.organisations}
    near, stands = {*form.lists["companies"], *guessed}, _standing(form, "companies")
    return [
        Option(
            value=each.slug,
            text=each.name,
            near=each.slug in near,
            why="" if each.slug in stands else words.source_of(guessed.get(each.slug), form),
        )
        for each in form.choices.network.organisations
        if each.kind == "company"
    ]


def _standing(form: Form, name: str) -> Collection[str]:
    """What the project's record says already: no guess."""
    record = form.project.record if form.project else None
    if record is None:
        return ()
    return record.themes if name == "themes" else [each.organisation for each in record.companies]


def predecessors(form: Form) -> list[Project]:
    """The projects that these files may go on from: those chosen, those that share their text, those about the same.

    Those of earlier years first; one of the same year only when it is over. None before it is known whose files these
    are: the likest of all would be the project itself.
    """
    if form.project is None and not form.is_new:
        return []
    seen = overview().projects
    found = [*form.lists["continues"]]
    found += [each.project for kept in form.choices.alike.values() for each in kept if not each.same_bytes]
    if told := _told(form):
        found += [each.project.id for each in prior_work([told], house().finder, access=access()).projects]
    own = form.project
    year = (own.year if own else int(form.values["year"] or 0)) or 9999
    fit = [
        project
        for id in dict.fromkeys(found)
        if (project := seen.get(id)) is not None
        and (own is None or (id != own.id and id not in (own.record.continues if own.record else ())))
        and _is_before(project, year, own, form)
    ]
    fit.sort(key=lambda project: project.year == year)
    return fit[:PREDECESSORS_OFFERED]


def _is_before(project: Project, year: int, own: Project | None, form: Form) -> bool:
    """Whether a project was there before the one that these files belong to."""
    if project.year is None or project.year != year:
        return project.year is None or project.year < year
    over = has_ended(project, today=form.choices.today)
    return over and (own is None or _began(project) < _began(own))


def like_sentence(each: Alike) -> str:
    """What a file has in common with a deliverable."""
    if each.same_bytes:
        return str(_("Dit is hetzelfde bestand."))
    return str(_("%(share)s%% van de tekst staat ook daarin.", share=each.share))


def template_words() -> dict[str, object]:
    """What the templates of this package say of values."""
    return {
        "words": words,
        "kind_options": kind_options(),
        "language_options": language_options(),
        "like_sentence": like_sentence,
        "size_name": wording.size_name,
        "version_options": _version_options,
        "community_options": _community_options,
        "year_options": _year_options,
    }


def _version_options(versions: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(VERSION_OF + id, str(_("ja, van “%(title)s”", title=title))) for id, title in versions.items()]


def _community_options(form: Form) -> list[tuple[str, str]]:
    return [(id, overview().community_name(id)) for id in form.choices.communities]


def _year_options(form: Form) -> list[tuple[str, str]]:
    return [(str(year), wording.academic_year(year)) for year in form.choices.years]


def _alike(sha256: str | None, reading: FileReading | None) -> tuple[Alike, ...]:
    if sha256 is None:
        return ()
    fingerprints = reading.fingerprints if reading else ()
    return alike(fingerprints, sha256, catalog=house().catalog, access=access())


def _replaceable(project: Project, *, asks: bool) -> dict[str, str]:
    """The deliverables of a project that may get a new version, by id."""
    return {
        each.id: each.title
        for each in house().catalog.deliverables_of(project.id, access=access())
        if not each.url and (may_replace(each.record, asks=asks) or (each.record is None and not asks))
    }


def _told(form: Form) -> str:
    """What these files are about, in their own words."""
    if form.unread:
        return ""
    guessed = form.guessed
    texts = [each.value for each in (guessed.title, guessed.question, guessed.summary, guessed.outcome) if each]
    return "\n".join(texts)[:TOLD_MAX_CHARS]


def _began(project: Project) -> str:
    start = start_of(project)
    return start.isoformat() if start else ""
