"""The yearly figures in words: groups of lines, for a page, a spreadsheet and a Word document alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.figures.yearly import FEW, Beside, Figure, Name, Row
from archive.model import Kind, Visibility
from webui import wording

# Each figure's name and what it counts: see `archive.figures.yearly.DEFINITIONS`.
FIGURES: Mapping[Name, tuple[object, object]] = {
    "students": (_l("Studenten"), _l("Studenten in de teams van dit jaar, ieder één keer geteld.")),
    "teachers": (_l("Docenten"), _l("Docenten in de teams van dit jaar, ieder één keer geteld.")),
    "projects": (_l("Projecten"), _l("Projecten in de map van dit studiejaar.")),
    "running": (_l("waarvan lopend"), _l("Projecten van dit jaar die nog niet klaar zijn.")),
    "finished": (_l("waarvan afgerond"), _l("Projecten van dit jaar die zijn afgerond.")),
    "stopped": (_l("waarvan gestopt"), _l("Projecten van dit jaar die eerder stopten.")),
    "companies": (_l("Bedrijven"), _l("Bedrijven die meededen aan een project van dit jaar.")),
    "new_companies": (_l("waarvan nieuw"), _l("Bedrijven die niet eerder aan een project meededen.")),
    "returning_companies": (_l("waarvan terug"), _l("Bedrijven die ook in een eerder jaar meededen.")),
    "schools": (_l("Scholen"), _l("Scholen waar de studenten en docenten van dit jaar vandaan komen.")),
    "programmes": (_l("Opleidingen"), _l("Opleidingen van de studenten, elke naam één keer geteld.")),
    "deliverables": (_l("Documenten"), _l("Documenten van dit jaar, zonder wat is ingetrokken.")),
    "deliverables_of_kind": (_l("Documenten naar soort"), _l("Dezelfde documenten, naar soort.")),
    "deliverables_of_level": (
        _l("Documenten naar lezers"),
        _l("Dezelfde documenten, naar wie het bestand nu mag lezen."),
    ),
    "outcomes_public": (
        _l("Openbare opbrengsten"),
        _l("Afgeronde projecten met een opbrengst die iedereen mag lezen."),
    ),
    "questions_asked": (_l("Gestelde vragen"), _l("Vragen die tussen 1 september en 31 augustus zijn gesteld.")),
    "questions_taken": (_l("Opgepakte vragen"), _l("Vragen die in die tijd door een project zijn opgepakt.")),
    "questions_answered": (_l("Beantwoorde vragen"), _l("Vragen die in die tijd zijn beantwoord.")),
    "handovers_complete": (
        _l("Complete overdrachten"),
        _l("Afgelopen projecten van dit jaar met een complete overdracht."),
    ),
    "continuing": (_l("Vervolgprojecten"), _l("Projecten van dit jaar die verdergaan met een eerder project.")),
    "continued": (_l("Projecten met een vervolg"), _l("Projecten van dit jaar waar een later project mee verderging.")),
    "longest_relay": (_l("Langste estafette"), _l("De meeste projecten achter elkaar, tot en met dit jaar.")),
    "searches": (_l("Zoekvragen"), _l("Hoe vaak iemand zocht, tussen 1 september en 31 augustus.")),
    "reads": (_l("Gelezen"), _l("Hoe vaak in die tijd de pagina of tekst van een document openging.")),
    "downloads": (_l("Opgehaald"), _l("Hoe vaak in die tijd een bestand is geopend of opgehaald.")),
}
GROUPS: tuple[tuple[object, tuple[Name, ...]], ...] = (
    (_l("Mensen"), ("students", "teachers", "schools", "programmes")),
    (
        _l("Projecten en bedrijven"),
        ("projects", "running", "finished", "stopped", "companies", "new_companies", "returning_companies"),
    ),
    (_l("Estafette"), ("handovers_complete", "continuing", "continued", "longest_relay")),
    (_l("Vragen en opbrengsten"), ("outcomes_public", "questions_asked", "questions_taken", "questions_answered")),
    (_l("Documenten"), ("deliverables", "deliverables_of_kind", "deliverables_of_level")),
    (_l("Gebruik van het archief"), ("searches", "reads", "downloads")),
)
# What must be known beside a figure; its number stands behind it.
NOTES: Mapping[Beside, object] = {
    "by_number": _l("projecten geteld met het aantal uit het record"),
    "without_team": _l("projecten met een onbekend aantal, niet geteld"),
    "nameless": _l("mensen zonder naam of account, ieder apart geteld"),
    "without_teacher": _l("projecten zonder docent"),
    "without_record": _l("projecten zonder beschrijving"),
    "loose_files": _l("losse bestanden, niet als project geteld"),
    "without_year": _l("projecten zonder jaar, nergens geteld"),
    "without_status": _l("projecten geteld naar hun einddatum"),
    "not_in_network": _l("namen die niet in network.toml staan"),
    "without_school": _l("mensen van wie de school onbekend is"),
    "without_programme": _l("studenten van wie de opleiding onbekend is"),
    "unread": _l("bestanden die niet gelezen konden worden"),
    "kind_guessed": _l("documenten waarvan de soort geraden is"),
    "finished_without_outcome": _l("afgerond zonder opbrengst"),
    "outcome_not_public": _l("met een opbrengst die niet openbaar is"),
    "undated": _l("vragen zonder datum, niet geteld"),
    "ended": _l("afgelopen projecten"),
    "beginning_unknown": _l("projecten die niets zeggen over een vorig project"),
    "days": _l("dagen waarop is geteld"),
}
WITHIN = frozenset({"running", "finished", "stopped", "new_companies", "returning_companies"})
ROLES = {"visitor": _l("bezoeker zonder account")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A line of the table, in words. `part`: of what kind, level or role it is; the first of them says what is counted.
    `within`: it is part of the figure above it."""

    label: str
    definition: str
    now: str
    before: str
    notes: str
    part: str = ""
    within: bool = False

    @property
    def name(self) -> str:
        return f"{self.label}: {self.part}" if self.part else self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    title: str
    lines: tuple[Told, ...]


def groups_of(rows: Sequence[Row], *, number: Callable[[float], str] = wording.number) -> list[Group]:
    """The table; `number` writes its numbers: for programs without the separators of a language."""
    return [
        Group(title=str(title), lines=tuple(_lines([row for row in rows if row.now.name in names], names, number)))
        for title, names in GROUPS
        if any(row.now.name in names for row in rows)
    ]


def _lines(rows: list[Row], names: tuple[Name, ...], number: Callable[[float], str]) -> Iterator[Told]:
    told: set[Name] = set()
    for row in sorted(rows, key=lambda row: names.index(row.now.name)):
        label, definition = FIGURES[row.now.name]
        yield Told(
            label=str(label),
            definition="" if row.now.name in told else str(definition),
            now=_value(row.now, number),
            before=_value(row.before, number),
            notes="; ".join(f"{NOTES[note.what]}: {number(note.count)}" for note in row.now.notes),
            part=_part(row.now),
            within=row.now.name in WITHIN,
        )
        told.add(row.now.name)


def _value(figure: Figure | None, number: Callable[[float], str]) -> str:
    if figure is None:
        return "–"
    return _("minder dan %(few)s", few=FEW) if figure.value is None else number(figure.value)


def _part(figure: Figure) -> str:
    if figure.name == "deliverables_of_kind":
        return wording.kind_name(Kind(figure.part))
    if figure.name == "deliverables_of_level":
        return str(wording.LEVELS[Visibility(figure.part)])
    return str(ROLES.get(figure.part) or wording.role_name(figure.part)) if figure.part else ""
