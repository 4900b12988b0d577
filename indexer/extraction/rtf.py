r"""Read Rich Text Format: groups in braces, control words, and text between them (RTF 1.9.1).

striprtf gives the words and no more: no headings, and footnotes, running heads and deleted text in the middle of a
sentence. The format is small enough to be read in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from indexer.extraction.metadata import iso_date, names, title_of
from indexer.extraction.model import Extraction, Limits, Properties
from indexer.extraction.sections import Block, Flow

FILE_MAX_BYTES = 200 << 20  # nearly all of a large one are pictures in hexadecimal figures
GROUPS_MAX = 5_000

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|\\'(?P<byte>[0-9a-fA-F]{2})"
    rb"|\\(?P<symbol>.)"
    rb"|(?P<brace>[{}])"
    rb"|(?P<text>[^\\{}\r\n]+)"
    rb"|[\r\n]+|\\\Z",
    re.DOTALL,
)
# Groups that hold no text of the document. So do all that begin with \* (a reader that doesn't know them is to skip
# them), but for those that hold text boxes and the ends of rows in nested tables.
_SKIPPED = frozenset(
    {
        "fonttbl", "colortbl", "stylesheet", "info", "pict", "fldinst", "sp", "nonshppict", "shprslt", "objdata",
        "objclass", "objname", "filetbl", "revtbl", "xe", "tc", "tcn", "rxe", "txe", "template", "bkmkstart", "bkmkend",
        "nonesttables", "ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "datafield", "falt", "panose",
        "listname", "annotation", "atnid", "atnauthor", "atrfstart", "atrfend", "themedata",
    }
)  # fmt: skip
_READ_ALL_THE_SAME = frozenset({"shpinst", "nesttableprops"})
_RUNNING = frozenset(["header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"])
_COLLECTED = frozenset({"title", "author", "stylesheet"})
_NUMBERS = frozenset({"listtext", "pntext"})
_CHARACTERS = {
    "tab": "\t", "line": "\n", "emdash": "\u2014", "endash": "\u2013", "bullet": "\u2022", "lquote": "\u2018",
    "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d", "emspace": " ", "enspace": " ", "qmspace": " ",
    "nestcell": "\t", "nestrow": "\n",
}  # fmt: skip
_SYMBOLS = {"~": " ", "_": "-", "-": "", "{": "{", "}": "}", "\\": "\\"}
_CHARSETS = {
    0: "cp1252", 1: "cp1252", 77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gb2312", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 255: "cp437",
}  # fmt: skip
_SYMBOL_CHARSET = 2
_HEADING_NAME = re.compile(r"(?:heading|kop) ([1-9])", re.IGNORECASE)
_HEADING_OF_CONTENTS = re.compile(r"(?:toc|contents) heading", re.IGNORECASE)
_LEVELS = 9


def read(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return an RTF document's sections: the body, then its notes, running heads and feet."""
    walk = _Walk(source.read(FILE_MAX_BYTES))
    walk.run()
    walk.flow.apart(walk.notes)
    walk.flow.apart((None, text) for blocks in walk.running for _, text in blocks)
    return Extraction(format="rtf", unit="section", parts=walk.flow.parts(), properties=walk.properties())


@dataclass(slots=True)
class _Group:
    """What a group takes over from the one around it, and gives back at its end."""

    skipped: bool = False
    hidden: bool = False
    fallback: int = 1  # characters after \u that stand for readers without Unicode
    encoding: str = "cp1252"
    target: str = ""  # of the group that collects: "stylesheet", "title" ...
    story: str = ""  # set where a story of its own begins: a note, a running head, a box


@dataclass(slots=True)
class _Paragraph:
    text: list[str] = field(default_factory=list)
    boxes: list[Block] = field(default_factory=list)
    number: str = ""
    style: int = 0
    outline: int | None = None
    in_table: bool = False
    cell: list[Block] | None = None  # the lines of the table's cell so far


@dataclass(slots=True)
class _Style:
    outline: int | None = None
    base: int | None = None
    name: str = ""


class _Walk:
    """Goes over the tokens with a stack of groups, and tells a `Flow` what is read."""

    def __init__(self, data: bytes) -> None:
        self.flow = Flow()
        self.notes: list[Block] = []
        self.running: dict[tuple[Block, ...], None] = {}  # sections repeat their heads: each text once
        self._data = data
        self._groups = [_Group()]
        self._paragraphs = [_Paragraph()]
        self._rows: list[list[list[Block]]] = [[]]  # for each story the cells of its open row
        self._encoding = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._styles: dict[int, _Style] = {}
        self._style = 0
        self._collected: dict[str, list[str]] = {}
        self._date: dict[str, int] = {}
        self._to_skip = 0  # characters after \u
        self._begins_group = self._optional = False
        self._words: dict[str, Callable[[int | None], object]] = {
            "par": lambda _: self._end_paragraph(),
            "sect": lambda _: self._end_paragraph(),
            "page": lambda _: self._put("\n"),
            "cell": lambda _: self._end_cell(),
            "row": lambda _: self._end_row(),
            "pard": lambda _: self._plain_paragraph(),
            "plain": lambda _: self._hide(0),
            "intbl": lambda _: self._in_table(),
            "v": self._hide,
            "deleted": self._hide,
            "s": self._set_style,
            "outlinelevel": self._set_outline,
            "sbasedon": self._set_base,
            "u": self._unicode,
            "uc": self._set_fallback,
            "ansicpg": self._set_code_page,
            "f": self._set_font,
            "fcharset": self._set_charset,
            **{word: self._dated(word) for word in ("yr", "mo", "dy", "hr", "min")},
        }

    def run(self) -> None:
        place, data = 0, self._data
        while (found := _TOKEN.match(data, place)) is not None:
            place = found.end()
            kind = found.lastgroup
            if kind == "number":
                kind = "word"
            if kind == "brace":
                self._open() if found["brace"] == b"{" else self._close()
                continue
            begins, self._begins_group = self._begins_group, False
            if kind == "text":
                self._bytes(found["text"])
            elif kind == "word":
                word = found["word"].decode("ascii")
                number = int(found["number"]) if found["number"] else None
                if word == "bin":
                    place += max(number or 0, 0)
                else:
                    self._word(word, number, begins)
            elif kind == "byte":
                self._bytes(bytes.fromhex(found["byte"].decode("ascii")))
            elif kind == "symbol":
                self._symbol(found["symbol"].decode("latin-1"), begins)
        while len(self._groups) > 1:
            self._close()
        self._end_paragraph()
        self._end_row()

    def properties(self) -> Properties:
        said = {name: "".join(pieces) for name, pieces in self._collected.items()}
        date = self._date
        created = None
        if "yr" in date:
            created = f"{date['yr']:04}-{date.get('mo', 1):02}-{date.get('dy', 1):02}"
            created += f"T{date.get('hr', 0):02}:{date.get('min', 0):02}"
        return Properties(
            title=title_of(said.get("title")), authors=names(said.get("author")), created=iso_date(created)
        )

    # Groups

    def _open(self) -> None:
        if len(self._groups) > GROUPS_MAX:
            raise RecursionError  # the reader's border says it: nested too deeply
        self._groups.append(replace(self._groups[-1], story=""))
        self._begins_group, self._optional = True, False

    def _close(self) -> None:
        if len(self._groups) == 1:
            return  # one brace too many
        group = self._groups.pop()
        if group.target == "stylesheet" and self._groups[-1].target == "stylesheet":
            style = self._styles.setdefault(self._style, _Style())
            style.name = "".join(self._collected.pop("stylesheet", ())).strip().rstrip(";")
            self._style = 0
        if group.story:
            self._end_story(group.story)

    def _destination(self, word: str) -> bool:
        """A group's first word may say that it holds something else than the text around it."""
        group = self._groups[-1]
        if word in _RUNNING or word in ("footnote", "shptxt"):
            if not group.skipped:
                group.story = word
                self._begin_story()
            return True
        if word in _NUMBERS:
            group.target = "number"
            self._paragraphs[-1].number = ""
            return True
        if word in ("title", "author") and group.target == "info":
            group.target = word
            return True
        if word == "creatim" and group.target == "info":
            group.target = word
            return True
        if word in _SKIPPED or (self._optional and word not in _READ_ALL_THE_SAME):
            group.skipped = True
            group.target = word
            return True
        return False

    def _begin_story(self) -> None:
        self.flow.open_box()
        self._rows.append([])
        self._paragraphs.append(_Paragraph())

    def _end_story(self, story: str) -> None:
        self._end_paragraph()
        self._end_row()
        self._paragraphs.pop()
        self._rows.pop()
        blocks: list[Block] = [(None, text) for _, text in self.flow.close_box()]
        if story == "footnote":
            self.notes += blocks
        elif story == "shptxt":
            self._paragraphs[-1].boxes += blocks
        else:
            self.running[tuple(blocks)] = None

    # Words and characters

    def _word(self, word: str, number: int | None, begins: bool) -> None:
        if (begins or self._optional) and self._destination(word):
            self._optional = False
            return
        self._optional = False
        if word in _CHARACTERS:
            self._put(_CHARACTERS[word])
        elif word in self._words:
            self._words[word](number)

    def _symbol(self, symbol: str, begins: bool) -> None:
        if symbol == "*" and begins:
            self._optional = True
        elif symbol in "\r\n":
            self._end_paragraph()
        elif symbol in _SYMBOLS:
            self._put(_SYMBOLS[symbol])

    def _bytes(self, data: bytes) -> None:
        if self._to_skip:
            skipped = min(self._to_skip, len(data))
            self._to_skip -= skipped
            data = data[skipped:]
        group = self._groups[-1]
        if data and (not group.skipped or group.target in _COLLECTED):  # a picture has 100,000 lines of figures
            self._put(data.decode(group.encoding, "replace") if group.encoding else " ")

    def _put(self, text: str) -> None:
        group = self._groups[-1]
        if group.target == "number":
            self._paragraphs[-1].number += text
        elif group.target in _COLLECTED:
            self._collected.setdefault(group.target, []).append(text)
        elif not group.skipped and not group.hidden:
            self._paragraphs[-1].text.append(text)

    def _unicode(self, number: int | None) -> None:
        self._put(chr((number or 0) & 0xFFFF))
        self._to_skip = self._groups[-1].fallback

    def _set_fallback(self, number: int | None) -> None:
        self._groups[-1].fallback = max(number if number is not None else 1, 0)

    def _set_code_page(self, number: int | None) -> None:
        self._encoding = self._groups[-1].encoding = _known_encoding(f"cp{number}")

    def _set_font(self, number: int | None) -> None:
        self._font = number or 0
        if self._groups[-1].target != "fonttbl":
            self._groups[-1].encoding = self._fonts.get(self._font, self._encoding)

    def _set_charset(self, number: int | None) -> None:
        if number == _SYMBOL_CHARSET:
            self._fonts[self._font] = ""  # bullets and arrows: no letters
        elif number in _CHARSETS and number > 1:
            self._fonts[self._font] = _CHARSETS[number]

    def _hide(self, number: int | None) -> None:
        self._groups[-1].hidden = number != 0

    # Paragraphs and tables

    def _plain_paragraph(self) -> None:
        if self._groups[-1].skipped or self._groups[-1].target == "number":  # says it of the number alone
            return
        paragraph = self._paragraphs[-1]
        paragraph.style, paragraph.outline, paragraph.in_table = 0, None, False

    def _in_table(self) -> None:
        if not self._groups[-1].skipped:
            self._paragraphs[-1].in_table = True

    def _set_style(self, number: int | None) -> None:
        if self._groups[-1].target == "stylesheet":
            self._style = number or 0
        elif not self._groups[-1].skipped:
            self._paragraphs[-1].style = number or 0

    def _set_outline(self, number: int | None) -> None:
        if self._groups[-1].target == "stylesheet":
            self._styles.setdefault(self._style, _Style()).outline = number or 0
        elif not self._groups[-1].skipped:
            self._paragraphs[-1].outline = number or 0

    def _set_base(self, number: int | None) -> None:
        if self._groups[-1].target == "stylesheet":
            self._styles.setdefault(self._style, _Style()).base = number

    def _end_paragraph(self) -> None:
        if self._groups[-1].skipped:
            return
        paragraph = self._paragraphs[-1]
        blocks = self._finish(paragraph)
        if paragraph.in_table:
            paragraph.cell = (paragraph.cell or []) + blocks
        else:
            if self._rows[-1]:
                self._end_row()
            self.flow.blocks(blocks)

    def _finish(self, paragraph: _Paragraph) -> list[Block]:
        """The blocks of a paragraph; the next one begins with the same properties."""
        # Characters beyond the first plane are written as two halves.
        text = "".join(paragraph.text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        outline = self._outline(paragraph)
        blocks: list[Block] = []
        if outline is not None and text.strip():
            number = paragraph.number.strip()
            blocks.append((outline + 1, f"{number} {text}" if number[:1].isalnum() else text))
        elif text.strip():
            blocks.append((None, text))
        blocks += paragraph.boxes
        paragraph.text, paragraph.boxes, paragraph.number = [], [], ""
        return blocks

    def _outline(self, paragraph: _Paragraph) -> int | None:
        outline = paragraph.outline
        style: int | None = paragraph.style
        seen: set[int] = set()
        while outline is None and style is not None and style in self._styles and style not in seen:
            seen.add(style)
            about = self._styles[style]
            if _HEADING_OF_CONTENTS.fullmatch(about.name):  # based on a heading, but none itself
                return None
            named = _HEADING_NAME.fullmatch(about.name)
            outline = int(named[1]) - 1 if about.outline is None and named else about.outline
            style = about.base
        return outline if outline is not None and outline < _LEVELS else None

    def _end_cell(self) -> None:
        if self._groups[-1].skipped:
            return
        paragraph = self._paragraphs[-1]
        paragraph.text = [piece.replace("\t", " ") if piece != "\t" else piece for piece in paragraph.text]
        self._rows[-1].append((paragraph.cell or []) + self._finish(paragraph))
        paragraph.cell = None

    def _end_row(self) -> None:
        cells, self._rows[-1] = self._rows[-1], []
        paragraph = self._paragraphs[-1]
        if paragraph.cell:  # text in a table that ends before its cell does
            cells.append(paragraph.cell)
            paragraph.cell = None
        for cell in cells:
            self.flow.cell(cell)
        self.flow.close_row()

    def _dated(self, word: str) -> Callable[[int | None], None]:
        def keep(number: int | None) -> None:
            if self._groups[-1].target == "creatim" and number is not None:
                self._date.setdefault(word, number)

        return keep


def _known_encoding(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name
