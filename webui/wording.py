"""The words of the interface that hang on a value: kinds, failures, hints, places. Dutch first."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from flask_babel import format_date, format_decimal, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.errors import AccountRefused
from archive.model import Deliverable, Kind, Project, Text, Visibility
from indexer.extraction.language import language_of
from indexer.search.engine import Sort
from indexer.search.query import Hint

KINDS = {
    Kind.REPORT: _l("rapport"),
    Kind.ADVICE: _l("advies"),
    Kind.PLAN: _l("plan"),
    Kind.PRESENTATION: _l("presentatie"),
    Kind.POSTER: _l("poster"),
    Kind.ARTICLE: _l("artikel"),
    Kind.MODEL: _l("model"),
    Kind.DATASET: _l("gegevens"),
    Kind.CODE: _l("code"),
    Kind.NOTE: _l("notitie"),
    Kind.HANDOVER: _l("overdracht"),
    Kind.OTHER: _l("ander document"),
}

LANGUAGES = {"nl": _l("Nederlands"), "en": _l("Engels"), "de": _l("Duits"), "fr": _l("Frans")}

# What a reader may do with a document, by licence; the codes are SPDX's.
LICENCES = {
    "": _l("Lezen. Wie meer wil, vraagt dat aan het team."),
    "CC-BY-4.0": _l("Gebruiken en aanpassen, ook om te verkopen. Met de makers erbij genoemd. (CC BY)"),
    "CC-BY-SA-4.0": _l("Gebruiken en aanpassen, en net zo delen. Met de makers erbij genoemd. (CC BY-SA)"),
    "CC-BY-NC-4.0": _l("Gebruiken en aanpassen, maar er niets mee verdienen. (CC BY-NC)"),
    "CC-BY-ND-4.0": _l("Doorgeven, zonder iets te veranderen. Met de makers erbij genoemd. (CC BY-ND)"),
    "CC0-1.0": _l("Alles, zonder iets te vragen of te noemen. (CC0)"),
}

FACETS = {
    "community": _l("Learning community"),
    "year": _l("Jaar"),
    "kind": _l("Soort"),
    "theme": _l("Thema"),
    "company": _l("Bedrijf"),
    "language": _l("Taal"),
}

SORTS: dict[Sort, object] = {
    "relevance": _l("Beste eerst"),
    "newest": _l("Nieuwste eerst"),
    "oldest": _l("Oudste eerst"),
}

# A failure's code -> what is wrong and what to do.
FAILURES = {
    "password": _l("Dit bestand is met een wachtwoord beveiligd; lever een versie zonder wachtwoord in."),
    "damaged": _l(
        "Dit bestand is beschadigd; open het in het programma waarin het gemaakt is, bewaar het opnieuw en lever het weer in."
    ),
    "empty": _l("Dit bestand is leeg; kijk of de goede versie is bewaard."),
    "unknown-format": _l(
        "Dit is geen document dat het archief kent, of niet wat de naam belooft; lever het in als pdf of Word-bestand."
    ),
    "too-large": _l("Dit bestand is te groot om te lezen; lever een kleinere versie in, of deel het op."),
    "too-slow": _l("Het lezen van dit bestand duurde te lang; lever het in als gewone pdf, zonder zware tekeningen."),
    "too-much-memory": _l("Dit bestand vraagt te veel geheugen; lever een eenvoudiger versie in, of deel het op."),
    "unreadable": _l("Dit bestand kon niet worden geopend; kijk of het archief het mag lezen."),
    "record": _l("De beschrijving van dit bestand bevat een fout."),
    "not-downloaded": _l(
        "Nog niet gedownload: dit bestand staat alleen in de cloud. Zet het op “altijd bewaren op dit apparaat”."
    ),
    "waiting": _l("Dit bestand wordt nog geschreven; het komt vanzelf aan de beurt."),
}

HINTS: dict[Hint, object] = {
    "unbalanced-quote": _l("Een aanhalingsteken had geen tweede; die woorden zijn gewoon gezocht."),
    "short-prefix": _l("Voor een * zijn minstens vier letters nodig; het woord is gewoon gezocht."),
    "wildcard": _l("Een * kan alleen aan het eind van een woord staan."),
    "unknown-field": _l("Een deel voor de dubbele punt is geen veld; het is als gewoon woord gezocht."),
    "unknown-value": _l("Een jaar, soort of taal is niet herkend en is als gewoon woord gezocht."),
    "operator": _l(
        "AND, OR en NOT zijn niet nodig: documenten met alle woorden staan vooraan. Gebruik -woord om iets uit te sluiten."
    ),
    "too-many-words": _l("De zoekvraag was erg lang; alleen het eerste deel is gezocht."),
}


# Who sees something, from wide to narrow.
LEVELS = {
    Visibility.PUBLIC: _l("voor iedereen"),
    Visibility.PARTNER: _l("ook voor bedrijven, dus ook concurrenten"),
    Visibility.CAMPUS: _l("alle studenten en docenten van de scholen"),
    Visibility.COMMUNITY: _l("deze community"),
    Visibility.CONFIDENTIAL: _l("vertrouwelijk"),
}

# What a person says yes or no to.
PURPOSES = {"name": _l("naam"), "contact": _l("contact"), "picture": _l("foto")}

# Why an account or a password is refused, by the code of `AccountRefused`.
REFUSALS = {
    "email": _l("Dit is geen e-mailadres. Kijk het nog eens na."),
    "taken": _l("Dit e-mailadres heeft al een account."),
    "role": _l("Kies een rol uit de lijst."),
    "name": _l("Een naam heeft ten hoogste 120 letters."),
    "company": _l("Kies het bedrijf waar deze persoon werkt."),
    "password-short": _l("Een wachtwoord heeft minstens 8 tekens."),
    "password-long": _l("Een wachtwoord heeft ten hoogste 200 tekens."),
    "password-known": _l("Dat wachtwoord wordt het eerst geraden. Kies een ander."),
    "link": _l("Deze link werkt niet meer."),
}

# The states of a question, as STYLE names them.
STATES = {
    "proposed": _l("voorgesteld"),
    "open": _l("open"),
    "claimed": _l("opgepakt"),
    "answered": _l("beantwoord"),
    "dropped": _l("vervallen"),
}

STATUSES = {"running": _l("loopt"), "finished": _l("afgerond"), "stopped": _l("gestopt")}

ROLES = {
    "student": _l("student"),
    "teacher": _l("docent"),
    "lecturer": _l("docent"),
    "coordinator": _l("coördinator"),
    "company": _l("bedrijf"),
    "partner": _l("bedrijf"),
}

ORGANISATIONS = {"company": _l("bedrijf"), "school": _l("school"), "other": _l("organisatie")}

# What a page without an account promises, whatever is hidden: never a number.
SIGN_IN = _l("Studenten, docenten en partners zien meer na aanmelden.")
NO_ADVICE = _l("Studentenwerk, geen professioneel advies")


DAY = "d MMMM y"  # in English, too: the readers are in Europe


def language() -> str:
    """The language of this page: "nl" or "en"."""
    return str(get_locale() or "nl")


def refusal(error: AccountRefused) -> str:
    """Why an account or a password is refused, in the reader's language."""
    return str(REFUSALS.get(error.code, error))


def said(text: Text) -> str:
    """A text of a record in the reader's language, where it was given."""
    return text.en if text.en and language() == "en" else text.nl


@lru_cache(maxsize=4096)
def tongue(text: str) -> str:
    """The language in which a text of a record is written: Dutch unless it is clearly another.

    >>> tongue("The team measured what the machines use, and this is what it found.")
    'en'
    """
    return language_of(text) or "nl"


def project_tongue(project: Project) -> str:
    """The language of a project's record."""
    record = project.record
    texts = (record.summary, record.question, record.outcome) if record else ()
    return tongue(" ".join(text for text in texts if text))


def day_name(day: date | str | None) -> str:
    """A date in the reader's language, as precise as it is known: "28 januari 2022", "januari 2022", "2022"."""
    if isinstance(day, str):
        parts = day[:10].split("-")
        if len(parts) < 2 or not all(part.isdecimal() for part in parts):
            return day
        known = date(int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) > 2 else 1)
        return str(format_date(known, DAY if len(parts) > 2 else "MMMM y"))
    return str(format_date(day, DAY)) if day else ""


def number(value: float) -> str:
    """A number with the separators of the reader's language."""
    return str(format_decimal(value))


def role_name(role: str) -> str:
    return str(ROLES.get(role.lower(), role))


def dialled(phone: str) -> str:
    """A telephone number as a link dials it (RFC 3966): what people write to read it is left out.

    >>> dialled("+31 (0)24 – 123.45.67"), dialled("024-1234567, vraag naar Ine")
    ('+31241234567', '0241234567')
    """
    plain = phone.replace("(0)", "") if phone.lstrip().startswith("+") else phone
    return ("+" if plain.lstrip().startswith("+") else "") + "".join(c for c in plain if c in "0123456789")


def place_in_relay(position: int, length: int) -> str:
    """A project's place in its relay: "2e van 4"."""
    return str(_("%(position)se van %(length)s", position=position, length=length))


def no_successor(since: int, *, sentence: bool = False) -> str:
    """That nobody continues a project: beside its place in the relay, or as a sentence of its own."""
    if sentence:
        return str(_("Er is geen vervolgproject sinds %(year)s.", year=since))
    return str(_("geen vervolgproject sinds %(year)s", year=since))


def checked(by_teacher: bool) -> str:
    """What a handover's word is worth."""
    return str(_("nagekeken door de docent") if by_teacher else _("nog niet nagekeken"))


def academic_year(year: int | str) -> str:
    """
    >>> academic_year(2021)
    '2021–2022'
    """
    text = str(year)
    return f"{text}–{int(text) + 1}" if text.isdecimal() else str(_("jaar onbekend"))


def kind_name(kind: str) -> str:
    return str(KINDS.get(Kind(kind), kind)) if kind in set(Kind) else kind


def place_name(unit: str, number: int, label: str | None, heading: str | None) -> str:
    """How a place is called: "p. iv", "§ Methode"."""
    if unit == "page":
        return str(_("p. %(label)s", label=label or number))
    return f"§ {heading}" if heading else str(_("deel %(number)s", number=number))


def more_places(count: int, unit: str) -> str:
    if unit == "page":
        return str(ngettext("en op nog %(num)s bladzijde", "en op nog %(num)s bladzijden", count))
    return str(ngettext("en op nog %(num)s plek", "en op nog %(num)s plekken", count))


def size_name(size: int) -> str:
    """A file's size, as people say it: "1,5 MB"."""
    if not size:
        return str(_("leeg"))
    if size < 1_000_000:
        return f"{number(max(1, round(size / 1000)))} kB"
    if size < 1_000_000_000:
        return f"{number(round(size / 1_000_000, 1))} MB"
    return f"{number(round(size / 1_000_000_000, 1))} GB"


def file_name(deliverable: Deliverable) -> str:
    """What kind of file it is and how large: "pdf, 1,5 MB, 14 bladzijden"."""
    parts = [deliverable.format, size_name(deliverable.size)]
    if deliverable.unit == "page" and deliverable.parts:
        parts.append(ngettext("%(num)s bladzijde", "%(num)s bladzijden", deliverable.parts))
    return ", ".join(part for part in parts if part)


def placed(deliverable: Deliverable, community: str | None) -> str:
    """Where a deliverable belongs: community · year · kind."""
    year = academic_year(deliverable.year) if deliverable.year else _("jaar onbekend")
    # A line may end behind a dot, never begin with one.
    return "\u00a0· ".join(part for part in (community, year, kind_name(deliverable.kind)) if part)
