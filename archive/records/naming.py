"""What names tell when no record does: a readable title, the kind of a deliverable, who is named. Pure guesses.

Everything here is shown as "not confirmed". Knows Dutch and English as students name their files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from archive.model import Kind

TITLE_MAX_CHARS = 200

_KINDS_BY_WORD: tuple[tuple[re.Pattern[str], Kind], ...] = tuple(
    (re.compile(rf"(?i)(?<![a-z])(?:{words})"), kind)
    for words, kind in (
        ("overdracht|handover|hand-over", Kind.HANDOVER),
        ("reflectie", Kind.NOTE),
        (r"flowchart|stroomschema|\w*diagram", Kind.MODEL),
        ("interviewverslag|gespreksverslag|evaluatie(?![a-z])", Kind.NOTE),
        (
            r"enqu[eê]te(?!r)|vragenlijst|\w*overeenkomst|sjabloon|template|\w*contract(?![a-z])|\w*handleiding|manual(?![a-z])|portfolio|beoordeling",
            Kind.OTHER,
        ),
        (
            r"plan van aanpak|pva(?![a-z])|\w*plan(?![a-z])|planning(?![a-z])|onderzoeksopzet|project plan|test plan|proposal"
            r"|\w*voorstel(?![a-z])",
            Kind.PLAN,
        ),
        ("poster", Kind.POSTER),
        ("presentatie|eindpresentatie|tussenpresentatie|presentation|pitch|slides|sheets(?![a-z])", Kind.PRESENTATION),
        ("adviesrapport|adviesnota|advies(?![a-z])|advice|aanbevelingen", Kind.ADVICE),
        ("meetgegevens|meetdata|dataset|ruwe data|data(?![a-z])|enqueteresultaten", Kind.DATASET),
        (
            r"\w*rapport|onderzoeks rapport|\w*verslag|rapportage|report|scriptie|thesis|bachelorproef|bachproef|onderzoek(?![a-z])",
            Kind.REPORT,
        ),
        ("artikel|article|paper(?![a-z])|publicatie", Kind.ARTICLE),
        (r"script|broncode|source code|code(?![a-z])", Kind.CODE),
        ("notitie|nota(?![a-z])|memo|notulen|note(?![a-z])|logboek|reflectie", Kind.NOTE),
    )
)
# Formats that hold one kind of thing, whatever the name says.
_KIND_OF_FORMAT: dict[str, Kind] = {
    **dict.fromkeys(("xlsx", "xls", "ods", "csv", "sav", "mdb", "accdb"), Kind.DATASET),
    **dict.fromkeys(("ifc", "rvt", "dwg", "dxf", "skp", "stl", "step", "e57", "las"), Kind.MODEL),
    **dict.fromkeys(("py", "ipynb", "r", "m", "js", "c", "cpp", "java"), Kind.CODE),
}
# What stands beside the name of a kind and says no more: "Eindrapport groep 3, definitieve versie".
_AROUND_A_KIND = re.compile(
    r"(?i)\b(?:eind|concept|definitief|definitieve|versie|version|final|finale|groep|group|team|document|ons|het|ver|def|v\d+)\b"
)
_SLIDES = frozenset({"pptx", "ppt", "odp", "key"})
_WRITTEN = frozenset({"pdf", "docx", "doc", "odt", "rtf", "pages"})
_NOTES = frozenset({"txt", "md", "eml", "html", "htm"})

# Titles that programs give, and authors that are machines or roles.
_NO_TITLE = re.compile(
    r"(?i)(?:microsoft (?:word|powerpoint|excel) - .*"
    r"|(?:document|presentatie|presentation|werkmap|workbook|map|book)\s*\d*|powerpoint[- ]presentati(?:e|on)"
    r"|untitled.*|naamloos.*|zonder titel.*|titel|title|slide \d+|dia \d+|word document"
    r"|new document.*|nieuw document.*|\(anonymous\)|unspecified|[\d\W_]*)"
)
_FILE_LIKE = re.compile(r"(?i)\.(?:docx?|pdf|pptx?|xlsx?|odt|odp|ods|rtf|txt|indd|tmp)$")
_NO_AUTHORS = re.compile(
    r"(?i)(?:microsoft|windows|office|openxml)?[- ]?(?:office[- ])?(?:user|gebruiker|account)"
    r"|admin(?:istrator)?|root|owner|eigenaar|unknown|onbekend|anonymous|\(anonymous\)|unspecified|author|auteur"
    r"|students?|studenten|docent|teacher|pc|laptop|hp|dell|lenovo|acer|asus|apple|python-docx|openpyxl|un-named|[\d\W_]*"
)


def readable(name: str) -> str:
    """A file's or folder's name as a title: without suffix, dashes as spaces, a capital in front.

    >>> readable("bim5/2021/eindrapport_prefab-gevels.pdf"), readable("prefab-gevels"), readable("Versie 1.2 def.docx")
    ('Eindrapport prefab gevels', 'Prefab gevels', 'Versie 1.2 def')
    """
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", name.rpartition("/")[2]) or name
    text = "".join(char if char.isprintable() else "\ufffd" if "\ud800" <= char <= "\udfff" else " " for char in stem)
    if " " not in text.strip():
        text = re.sub(r"(?<!\d)[-](?!\d)|_|%20|(?<!\d)\.(?!\d)", " ", text).replace("-", " " if "_" in stem else "-")
    text = " ".join(text.split()) or name
    return text[0].upper() + text[1:]


def format_of(id: str) -> str:
    """The suffix of a file's name in small letters, or "" without one.

    >>> format_of("a/b.PDF"), format_of("a.b/c")
    ('pdf', '')
    """
    match = re.search(r"\.([A-Za-z0-9]{1,8})$", id.rpartition("/")[2])
    return match[1].lower() if match else ""


def sensible_title(title: str | None, authors: Iterable[str] = ()) -> str | None:
    """A title from a file's properties, unless a program gave it or it names the author.

    >>> sensible_title("Microsoft Word - verslag.doc") is None, sensible_title(" Prefab\\n gevels ")
    (True, 'Prefab gevels')
    """
    text = " ".join("".join(char if char.isprintable() else " " for char in title or "").split())
    if not 4 <= len(text) <= TITLE_MAX_CHARS or _NO_TITLE.fullmatch(text) or _FILE_LIKE.search(text):
        return None
    folded = folded_words(text)
    return None if any(words and words <= folded for words in map(folded_words, authors)) else text


def guessed_kind(id: str, title: str, format: str) -> Kind:
    """What a deliverable seems to be, from its format, its name and its title.

    >>> guessed_kind("p/Adviesrapport v2.pdf", "Zonnepanelen", "pdf").value, guessed_kind("p/x.pptx", "", "pptx").value
    ('advice', 'presentation')
    """
    if format in _KIND_OF_FORMAT:
        return _KIND_OF_FORMAT[format]
    name = id.rpartition("/")[2].replace("_", " ").replace("-", " ")
    for text in (name, title):
        kind = named_kind(text)
        if kind is not None and not (format in _SLIDES and kind is not Kind.POSTER):
            return kind
    if format in _SLIDES:
        return Kind.PRESENTATION
    if format in _WRITTEN:
        return Kind.REPORT
    return Kind.NOTE if format in _NOTES else Kind.OTHER


def named_kind(text: str) -> Kind | None:
    """The kind that a name, a title or a line of a title page calls by its name.

    >>> named_kind("Testplan groep 3"), named_kind("Prefab gevels") is None
    (<Kind.PLAN: 'plan'>, True)
    """
    return next((kind for pattern, kind in _KINDS_BY_WORD if pattern.search(text)), None)


def is_name_of_kind(text: str) -> bool:
    """Whether a title says what the file is and not what it is about.

    >>> is_name_of_kind("Adviesrapport"), is_name_of_kind("Plan van Aanpak v2"), is_name_of_kind("Advies verkeerslichten")
    (True, True, False)
    """
    left = _AROUND_A_KIND.sub(" ", text)
    for pattern, _ in _KINDS_BY_WORD:
        left = pattern.sub(" ", left)
    return left != text and not re.search(r"[^\W\d_]{2}", left)


def persons(authors: Iterable[str]) -> tuple[str, ...]:
    """The authors of a file's properties that may be people: what is not surely a machine or a role counts as one.

    >>> persons(["Microsoft Office User", "F. Wolterbeek; Jan", "python-docx"])
    ('F. Wolterbeek', 'Jan')
    """
    names = (" ".join(name.split()) for author in authors for name in re.split(r"[;\n]", author))
    return tuple(dict.fromkeys(name for name in names if not _NO_AUTHORS.fullmatch(name)))


def same_person(one: str, other: str) -> bool:
    """Whether two spellings may be one person: every word of the shorter stands in the longer, or is its initial.

    >>> same_person("Wolterbeek, F.", "Fenna Wolterbeek"), same_person("F. Jansen", "Fenna Wolterbeek")
    (True, False)
    """
    shorter, longer = sorted((folded_words(one), folded_words(other)), key=len)
    whole = [word for word in shorter if word in longer and len(word) > 1]
    return bool(whole) and all(
        word in longer or (len(word) == 1 and any(full.startswith(word) for full in longer)) for word in shorter
    )


def folded_words(text: str) -> frozenset[str]:
    """The words of a name, in small letters without accents."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return frozenset(re.findall(r"[^\W_]+", plain.casefold()))


def link_slug(url: str) -> str:
    """The last part of a link's id: its address without the scheme, in letters, digits and dashes.

    >>> link_slug("https://example.org/sensoren-dashboard?x=1")
    'example-org-sensoren-dashboard-x-1'
    """
    return re.sub(r"[^a-z0-9]+", "-", url.partition("://")[2].casefold()).strip("-")[:100] or "link"


def is_web_address(url: str) -> bool:
    """Whether a link may be shown as one: `javascript:` and `file:` may not.

    >>> is_web_address("https://example.org/x"), is_web_address("javascript:alert(1)"), is_web_address("http://[")
    (True, False, False)
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and url.isprintable()
