"""The words of handing in: what is missing, who may see it, what others may do with it, what was found. Dutch first."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from archive.deposit.errors import ChangedMeanwhile
from archive.deposit.plan import Unfit
from archive.errors import ArchiveError
from archive.model import Visibility
from indexer.deposit.guesses import Guess, GuessedPerson
from indexer.deposit.personal_data import Finding
from indexer.deposit.reading import FileReading
from webui import wording
from webui.deposit.form import LICENCES as OFFERED_LICENCES
from webui.deposit.form import Form, Missing
from webui.deposit.uploads import refusal_of

NAME_SHOWN_CHARS = 32  # of a file, in the tag beside a guess

# What has to be done before a hand-in can be sent, by the code of `Missing`.
MISSING = {
    "no-files": _l("Kies minstens één bestand."),
    "not-whole": _l("%(name)s is nog niet helemaal binnen. Kies het opnieuw, of haal het weg."),
    "unread": _l("%(name)s wordt nog gelezen. Even geduld."),
    "personal": _l("Kies wat er met de persoonsgegevens in %(name)s gebeurt."),
    "alike": _l("Kies wat %(name)s is: het lijkt op iets dat er al staat."),
    "all-there": _l("Alles wat je hier neerzette, staat al in het archief. Kies wat je wilt."),
    "long-title": _l("Een titel heeft ten hoogste 200 tekens. Kort hem in."),
    "long-text": _l("Een antwoord heeft ten hoogste 2.000 tekens. Kort het in."),
    "no-project": _l("Kies bij welk project dit hoort."),
    "no-title": _l("Geef het nieuwe project een titel."),
    "embargo": _l("Kies een dag die nog moet komen, of laat die dag leeg."),
}

LEVELS = {
    Visibility.PUBLIC: (_l("Iedereen"), _l("Ook mensen zonder account, overal op internet.")),
    Visibility.PARTNER: (
        _l("Ook bedrijven"),
        _l("Studenten, docenten en bedrijven met een account. Ook concurrenten."),
    ),
    Visibility.CAMPUS: (
        _l("De scholen"),
        _l("Alle studenten en docenten van de scholen."),
    ),
    Visibility.COMMUNITY: (
        _l("Deze community"),
        _l("Alleen studenten en docenten van deze learning community."),
    ),
    Visibility.CONFIDENTIAL: (
        _l("Vertrouwelijk"),
        _l("Alleen het team, de docent en de coördinator."),
    ),
}
AND_THE_COMPANY = _l("En het bedrijf van dit project.")

LICENCES = {licence: wording.LICENCES[licence] for licence in OFFERED_LICENCES}

FINDINGS = {
    "bsn": _l("burgerservicenummer"),
    "student_number": _l("studentnummer"),
    "phone": _l("telefoonnummer"),
    "email": _l("e-mailadres"),
    "address": _l("adres"),
    "iban": _l("rekeningnummer"),
    "birth_date": _l("geboortedatum"),
    "interview": _l("interview, woord voor woord"),
    "persons_table": _l("tabel met mensen"),
    "assessment": _l("beoordeling of cijfers van mensen"),
    "closed": _l("er staat op dat het vertrouwelijk is"),
}

UNFIT = {
    "no-files": _l("Kies minstens één bestand."),
    "file-missing": _l("Een van de bestanden is er niet meer. Kijk het nog eens na."),
    "file-left": _l("Er kwam een bestand bij. Kijk het nog eens na."),
    "not-whole": _l("Een van de bestanden is nog niet helemaal binnen."),
    "no-project": _l("Dit project is er niet meer. Kies een ander."),
    "no-title": _l("Geef het nieuwe project een titel."),
    "not-yours": _l("Dat doet een docent. Vraag het je docent."),
    "same": _l("Dit is precies de versie die er al staat. Haal het bestand weg."),
    "not-there": _l("Het document dat je wilt vervangen, is er niet meer."),
    "withdrawn": _l("Het document dat je wilt vervangen, is ingetrokken. Kies “een ander document”."),
}
CHANGED = _l("Je veranderde dit ook in een ander tabblad. Kijk alles na en bewaar het opnieuw.")


def why_missing(each: Missing) -> str:
    return str(MISSING[each.code]) % {"name": each.name}


def why_not(error: ArchiveError) -> tuple[str, int]:
    """What stands in the way of a hand-in, and its status; what is no fault of whoever hands in is raised again."""
    if isinstance(error, Unfit):
        return str(UNFIT.get(error.code, UNFIT["file-missing"])), 409
    if isinstance(error, ChangedMeanwhile):
        return str(CHANGED), 409
    return refusal_of(error)


def source_of(guess: Guess | None, form: Form, key: str = "") -> str:
    """Where a guess comes from: "geraden uit p. 1", with the file where it may be any of several; nothing for no guess."""
    if guess is None:
        return ""
    if guess.source == "name":
        return str(_("geraden uit de bestandsnaam"))
    if guess.source == "properties" or guess.part is None:
        return str(_("geraden uit het bestand"))
    reading = form.readings.get(guess.file or key)
    where = place(reading, guess.part)
    if not key and len(form.files) > 1:
        name = next((file.name for file in form.files if file.key == guess.file), "")
        short = name if len(name) <= NAME_SHOWN_CHARS else f"{name[: NAME_SHOWN_CHARS - 1]}…"
        where = f"{short}, {where}" if short else where
    return str(_("geraden uit %(place)s", place=where))


def person_source(person: GuessedPerson, form: Form) -> str:
    """Why somebody is taken for one of the team: "staat als maker op p. 1"."""
    if person.source == "properties" or person.part is None:
        return str(_("staat in de eigenschappen van het bestand"))
    where = place(form.readings.get(person.file or ""), person.part)
    if person.told == "label":
        return str(_("staat met een rol op %(place)s", place=where))
    if person.told == "number":
        return str(_("staat met een studentnummer op %(place)s", place=where))
    return str(_("misschien een naam, op %(place)s", place=where))


def place(reading: FileReading | None, part: int) -> str:
    """A page or section of a file that is being handed in; one without a heading by its first words."""
    unit = reading.unit if reading else "page"
    return wording.place_name(unit, part, None, dict(reading.places).get(part) if reading else None)


def found_in(finding: Finding, reading: FileReading) -> str:
    """The same, of a file that is being handed in."""
    return pointed_at(finding, place(reading, finding.part))


def pointed_at(finding: Finding, where: str) -> str:
    """Likely personal data, masked, with its place: "p. 3: telefoonnummer 06… (2 keer)"."""
    told = [str(FINDINGS.get(finding.kind, finding.kind)), finding.masked]
    if finding.count > 1:
        told.append(_("(%(num)s keer)", num=finding.count))
    return f"{where}: {' '.join(each for each in told if each)}"


def read_as(reading: FileReading) -> str:
    """What was read of a file: "pdf, 14 bladzijden, 3.200 woorden"; or why it was not."""
    if reading.code == "not-read":
        return str(_("Van dit soort bestand leest het archief de tekst niet. Het wordt wel bewaard."))
    if reading.code:
        return str(wording.FAILURES.get(reading.code, wording.FAILURES["unreadable"]))
    parts = [reading.format]
    if reading.unit == "page" and reading.parts:
        parts.append(ngettext("%(num)s bladzijde", "%(num)s bladzijden", reading.parts))
    if reading.words:
        parts.append(
            ngettext("%(count)s woord", "%(count)s woorden", reading.words, count=wording.number(reading.words))
        )
    return ", ".join(part for part in parts if part)


def levels() -> Mapping[str, tuple[str, str]]:
    return {level.value: level_told(level) for level in LEVELS}


def level_told(level: Visibility, *, company: bool = True) -> tuple[str, str]:
    """A level's name, and who reads what has it; `company`: the project's own does, whatever the level."""
    name, sentence = LEVELS[level]
    told = f"{sentence} {AND_THE_COMPANY}" if company and level.width >= Visibility.CAMPUS.width else str(sentence)
    return str(name), told
