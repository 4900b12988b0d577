"""The forms: which fields each thing has, for whom. What they write stands in DESIGN's tree."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from archive.accounts.editors import Extent
from archive.model import Visibility
from archive.network.model import Organisation
from archive.records.sheets import Rows
from webui import wording
from webui.editing.fields import (
    Field,
    FieldRows,
    Fields,
    Options,
    bilingual,
    choice,
    day,
    level,
    lines,
    many,
    text,
    texts,
    tick,
    whole,
)
from webui.house import house
from webui.overview import overview

ROLES = ("student", "teacher", "lecturer", "company")
STUDENTS_MAX = 500
YEARS = (1950, 2100)


def project(extent: Extent, continued: Options) -> Fields:
    """`continued`: the projects that may be offered for continuing."""
    told = (
        lines("summary", _("Samenvatting"), _("Een paar zinnen, ook voor wie er niets van weet."), most=1_000),
        lines("question", _("De vraag"), most=1_000),
        lines("outcome", _("De opbrengst"), _("Wat kwam eruit? Drie regels zijn genoeg.")),
        lines("use", _("Wat je ermee kunt"), _("Voor een bedrijf of een volgend team.")),
    )
    if extent == "telling":
        return Fields(fields=told)
    unset = _("Niet gekozen: wie een document van dit project mag zien.")
    hint = _("Zoek op een woord uit de titel of op een jaar.")
    return Fields(
        fields=(
            text("title", _("Titel"), needed=True),
            *told,
            choice("status", _("Stand"), [("", _("niet gekozen")), *wording.STATUSES.items()]),
            day("starts", _("Begint op")),
            day("ends", _("Eindigt op")),
            whole("students", _("Aantal studenten, als het team hieronder leeg is"), most=STUDENTS_MAX),
            many("themes", _("Thema’s"), _themes()),
            many("continues", _("Gaat verder met"), continued, hint, searched=True),
            level(_("Wie mag dit project zien?"), unset=unset),
        ),
        lists=(_team(extent), _companies()),
    )


def document(*, levels: bool) -> Fields:
    """`levels` is False for what waits for a teacher's yes: who sees it is decided there."""
    default = wording.LEVELS[house().default_visibility]
    unset = _("Niet gekozen: %(level)s, of minder als het project minder open is.", level=default)
    fields: tuple[Field, ...] = (
        text("title", _("Titel")),
        choice(
            "kind", _("Soort"), [("", _("niet gekozen")), *((each.value, name) for each, name in wording.KINDS.items())]
        ),
        choice("language", _("Taal"), [("", _("niet gekozen")), *wording.LANGUAGES.items()]),
        day("date", _("Datum")),
        choice("licence", _("Wat mag een ander hiermee?"), wording.LICENCES.items(), in_sight=True),
    )
    if levels:
        fields += (
            level(_("Wie mag dit document zien?"), unset=unset),
            day("embargo_until", _("Vertrouwelijk tot"), _("Op die dag zelf gaat het open.")),
            texts(
                "named",
                _("Wie het ook mag lezen zolang het vertrouwelijk is"),
                _("E-mailadressen, op elke regel één. Wie er al bij staat, ziet alleen de coördinator."),
                address=True,
            ),
            tick("no_names", _("In het bestand zelf staat geen naam van iemand")),
            tick(
                "company_access",
                _("Het bedrijf van het project mag dit lezen"),
                _("Zet dit uit voor een reflectie of een beoordeling."),
                usual=True,
            ),
        )
    return Fields(fields=fields)


def question(*, levels: bool) -> Fields:
    """`levels` is False for what was asked from outside and waits: who sees it is decided with it."""
    shown = (Visibility.PUBLIC, Visibility.CAMPUS, Visibility.COMMUNITY)
    unset = _("Niet gekozen: iedereen mag dit zien.")
    fields: tuple[Field, ...] = (
        lines("text", _("De vraag"), most=1_000, needed=True),
        many("themes", _("Thema’s"), _themes()),
    )
    return Fields(fields=(*fields, level(_("Wie mag de vraag zien?"), shown, unset=unset)) if levels else fields)


def community(extent: Extent) -> Fields:
    fields = (
        *bilingual("name", _("Naam"), _("Naam in het Engels"), most=120, needed=True),
        *bilingual("summary", _("Samenvatting"), _("Samenvatting in het Engels"), most=1_000),
        whole("since", _("Sinds welk jaar"), least=YEARS[0], most=YEARS[1]),
    )
    if extent != "all":
        return Fields(fields=fields)
    seen = level(_("Wie mag de bladzijde van deze community zien?"), unset=_("Niet gekozen: iedereen mag dit zien."))
    return Fields(fields=(*fields, seen), lists=(_contacts(),))


def organisation() -> Fields:
    kinds = [(value, wording.ORGANISATIONS[value]) for value in ("company", "school", "other")]
    return Fields(
        fields=(
            text("name", _("Naam"), most=120, needed=True),
            texts("aliases", _("Ook bekend als"), _("Op elke regel één naam.")),
            choice("kind", _("Wat het is"), [("", _("niet gekozen: bedrijf")), *kinds]),
            text("sector", _("Sector"), most=80),
        ),
        lists=(_contacts(),),
    )


def theme() -> Fields:
    return Fields(
        fields=(
            text("nl", _("Naam"), most=80, needed=True),
            text("en", _("Naam in het Engels"), most=80),
            texts("synonyms", _("Andere woorden hiervoor"), _("Op elke regel één. Het zoeken kent ze dan ook.")),
        )
    )


def _team(extent: Extent) -> FieldRows:
    schools = _organisations(overview().organisations.values())
    fields: tuple[Field, ...] = (
        text("name", _("Naam"), most=120),
        choice("role", _("Rol"), [(role, _role(role)) for role in ROLES]),
        choice("institution", _("School of bedrijf"), [("", _("niet gekozen")), *schools]),
        text("programme", _("Opleiding"), most=120),
    )
    if extent == "all":
        fields += (text("account", _("Account (e-mailadres)"), address=True),)
    rows = Rows(name="team", keys=(), by="name", person=("name", "account"))
    return FieldRows(
        rows=rows,
        label=_("Het team"),
        hint=_("Een naam staat buiten de scholen pas na een ja. Na het bewaren vraag je dat met een link."),
        fields=fields,
        more=_("Nog iemand"),
        gone=_("Haal deze persoon weg"),
    )


def _companies() -> FieldRows:
    companies = _organisations(each for each in overview().organisations.values() if each.kind != "school")
    unset = _("zoals het project, zover het bedrijf ja zei")
    levels = [("", unset), *((each.value, wording.LEVELS[each]) for each in Visibility)]
    return FieldRows(
        rows=Rows(name="company", keys=(), by="organisation", fixed=True),
        label=_("Bedrijven"),
        hint=_(
            "Zonder ja van elk bedrijf blijft een project voor studenten en docenten. Dat ja vraag je met een link."
        ),
        fields=(
            choice("organisation", _("Bedrijf"), [("", _("Kies een bedrijf")), *companies]),
            choice("visibility", _("Wie mag weten dat dit bedrijf meedeed?"), levels),
        ),
        more=_("Nog een bedrijf"),
        gone=_("Haal dit bedrijf weg"),
    )


def _contacts() -> FieldRows:
    roles = {role: wording.role_name(role) for role in ("coordinator", "teacher", "student")}
    return FieldRows(
        rows=Rows(name="contact", keys=(), by="name", person=("name", "email"), history=True),
        label=_("Wie je kunt vragen"),
        hint=_("Vul je een andere naam in, dan blijft de vorige in de geschiedenis staan."),
        fields=(
            text("name", _("Naam"), most=120),
            text("email", _("E-mailadres"), address=True),
            text("phone", _("Telefoonnummer"), most=40),
            text("role", _("Rol"), most=80, words=roles),
        ),
        more=_("Nog iemand"),
        gone=_("Is geen contact meer"),
        confirmed=_("Klopt nog: ik heb het nagevraagd"),
    )


def _role(role: str) -> str:
    return _("docent van buiten het team") if role == "lecturer" else wording.role_name(role)


def _themes() -> list[tuple[str, object]]:
    named = [(slug, overview().theme_name(slug)) for slug in overview().themes]
    return [*sorted(named, key=lambda each: each[1].casefold())]


def _organisations(known: Iterable[Organisation]) -> list[tuple[str, object]]:
    return [(each.slug, each.name) for each in sorted(known, key=lambda each: each.name.casefold())]
