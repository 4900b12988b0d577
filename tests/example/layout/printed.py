"""Write a document as HTML with a style for print, to be printed to PDF by Chromium.

Chromium counts pages itself in the margin boxes, but can't fill in page numbers in a table of contents, and has no
notes at the foot of a page: the numbers come from outside, after a first print, and the notes stand at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from . import figures
from .source import (
    WORDS,
    Block,
    Code,
    Figure,
    Heading,
    Inline,
    Listing,
    PageBreak,
    Paragraph,
    Quote,
    Source,
    Table,
    column_shares,
    leads_on,
    long_date,
    plain,
)

_CSS = """
@page { size: A4; margin: 25mm 25mm 22mm;
  @top-left { content: "%(header)s"; font: 8.5pt "Liberation Sans"; color: #555; width: 100%%;
    border-bottom: .5pt solid %(accent)s; vertical-align: bottom; padding-bottom: 2mm; margin-bottom: 5mm }
  @bottom-left { content: "%(footer)s"; font: 8.5pt "Liberation Sans"; color: #555 }
  @bottom-right { content: "%(page)s " counter(page); font: 8.5pt "Liberation Sans"; color: #555 } }
@page title { @top-left { content: none; border: 0 } @bottom-left { content: none } @bottom-right { content: none } }
body { margin: 0 } html { font: 10.5pt/1.45 "Liberation Serif", serif; }
h1, h2, h3, .title, nav b { font-family: "Liberation Sans", sans-serif; color: %(accent)s; break-after: avoid }
h1 { font-size: 19pt; margin: 9mm 0 4mm }
h2 { font-size: 13pt; margin: 6mm 0 2mm } h3 { font-size: 11pt; margin: 4mm 0 1mm }
h1 i, h2 i, h3 i { font-style: normal; margin-right: .7em }
p { margin: 0 0 2.6mm; orphans: 2; widows: 2 } .lead { break-after: avoid } li { margin-bottom: 1mm }
.cover { page: title; break-after: page } .cover .by { margin-top: 75mm; white-space: pre-line }
.cover .school { border-left: 3mm solid %(accent)s; padding-left: 4mm; margin-bottom: 60mm }
.cover .school { font: bold 12pt "Liberation Sans" }
.title { font-size: 31pt; line-height: 1.15; font-weight: bold } .subtitle { font-size: 15pt; color: #555 }
nav { break-after: page } nav a { display: flex; color: inherit; text-decoration: none; margin: 1mm 0 }
nav a span { flex: 1; border-bottom: 1pt dotted #aaa; margin: 0 2mm 1.2mm }
nav b { font-size: 19pt; display: block; margin: 0 0 5mm }
table { border-collapse: collapse; width: 100%%; margin: 1mm 0 5mm; font-size: 9.2pt; line-height: 1.3 }
tr { break-inside: avoid }
th { background: %(accent)s; color: #fff; text-align: left } th, td { padding: 1mm 1.6mm; vertical-align: top }
td { border-bottom: .4pt solid #bbb } .right { text-align: right }
caption, figcaption { font: italic 9pt "Liberation Sans"; text-align: left; padding: 1.5mm 0; break-after: avoid }
figure { margin: 3mm 0 5mm; break-inside: avoid; text-align: center } figure svg { max-width: 100%% }
blockquote { margin: 2mm 9mm 3mm; font-style: italic; border-left: 1mm solid #ddd; padding-left: 4mm }
sup a { text-decoration: none; color: inherit } .notes { font-size: 9pt } .break { break-after: page }
a { color: #1f4e9e }
pre, code { font: 9pt "Liberation Mono", monospace } .short { color: #555; margin-bottom: 8mm }
"""


def write_html(source: Source, *, accent: str, pages: Mapping[str, str]) -> str:
    """Return `source` as one HTML page; `pages` has the page label of each heading by its anchor, as far as known."""
    meta, words = source.meta, WORDS[source.meta.language]
    values = {"header": meta.header, "footer": meta.footer, "page": words["page"]}
    css = _CSS % (
        {key: value.replace("\\", "").replace('"', "'") for key, value in values.items()} | {"accent": accent}
    )
    day = long_date(meta.date, meta.language)
    if meta.contents:
        people = escape("\n".join((*meta.authors, "", day)))
        top = (
            f'<div class="cover"><div class="school">{escape(meta.institution)}</div>'
            f'<div class="title">{escape(meta.title)}</div><div class="subtitle">{escape(meta.subtitle)}</div>'
            f'<div class="by">{people}</div></div>'
            f"<nav><b>{words['contents']}</b>{''.join(_entry(heading, pages) for heading in source.headings)}</nav>"
        )
    else:
        line = " · ".join(part for part in (", ".join(meta.authors), meta.institution, day) if part)
        top = (
            f'<div class="title">{escape(meta.title)}</div><div class="subtitle">{escape(meta.subtitle)}</div>'
            f'<p class="short">{escape(line)}</p>'
        )
    notes = "".join(f'<li id="note{number}">{_markup(note)}</li>' for number, note in enumerate(source.notes, 1))
    end = f'<h2>{words["notes"]}</h2><ol class="notes">{notes}</ol>' if notes else ""
    author = f'<meta name="author" content="{escape("; ".join(meta.authors))}">' if meta.authors else ""
    return (
        f'<!DOCTYPE html><html lang="{meta.language}"><head><meta charset="utf-8">'
        f"<title>{escape(meta.title)}</title>{author}<style>{css}</style></head>"
        f"<body>{top}{_blocks(source.blocks, source, accent)}{end}</body></html>"
    )


def _entry(heading: Heading, pages: Mapping[str, str]) -> str:
    title = f"{heading.number} {plain(heading.text)}".strip()
    indent = 6 * (heading.level - 1)
    return (
        f'<a href="#{heading.anchor}" style="padding-left: {indent}mm">{escape(title)}<span></span>'
        f"{pages.get(heading.anchor, '1')}</a>"
    )


def _blocks(blocks: Iterable[Block], source: Source, accent: str) -> str:
    return "".join(_block(block, source, accent) for block in blocks)


def _block(block: Block, source: Source, accent: str) -> str:
    match block:
        case Heading():
            number = f"<i>{block.number}</i>" if block.number else ""
            return f'<h{block.level} id="{block.anchor}">{number}{_markup(block.text)}</h{block.level}>'
        case Paragraph():
            return f"<p{' class=lead' * leads_on(block)}>{_markup(block.text)}</p>"
        case Listing():
            tag, start = ("ol", f' start="{block.start}"') if block.ordered else ("ul", "")
            return f"<{tag}{start}>{''.join(_item(item, source, accent) for item in block.items)}</{tag}>"
        case Table():
            return _table(block, source)
        case Figure():
            drawing = figures.svg(figures.draw(block.spec, accent=accent, language=source.meta.language))
            caption = _caption("figure", block.number, block.caption, source)
            return f"<figure>{drawing}<figcaption>{caption}</figcaption></figure>"
        case Quote():
            return f"<blockquote>{_blocks(block.blocks, source, accent)}</blockquote>"
        case Code():
            return f"<pre>{escape(block.text)}</pre>"
        case PageBreak():
            return '<div class="break"></div>'


def _item(item: tuple[Block, ...], source: Source, accent: str) -> str:
    """A list item; one that is a single paragraph has no paragraph's distance around it."""
    if len(item) == 1 and isinstance(item[0], Paragraph):
        return f"<li>{_markup(item[0].text)}</li>"
    return f"<li>{_blocks(item, source, accent)}</li>"


def _caption(kind: str, number: int, caption: Inline, source: Source) -> str:
    return f"{WORDS[source.meta.language][kind]} {number}: {_markup(caption)}"


def _table(table: Table, source: Source) -> str:
    columns = "".join(f'<col style="width: {share:.1%}">' for share in column_shares(table))
    side = ['class="right"' if right else "" for right in table.right]
    head = "".join(f"<th {mark}>{_markup(text)}</th>" for mark, text in zip(side, table.head, strict=True))
    rows = "".join(
        f"<tr>{''.join(f'<td {mark}>{_markup(text)}</td>' for mark, text in zip(side, row, strict=True))}</tr>"
        for row in table.rows
    )
    caption = f"<caption>{_caption('table', table.number, table.caption, source)}</caption>" if table.caption else ""
    return f"<table>{caption}<colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _markup(text: Inline) -> str:
    parts = []
    for span in text:
        if span.note:
            parts.append(f'<sup><a href="#note{span.note}">{span.note}</a></sup>')
            continue
        part = escape(span.text).replace("\n", "<br>")
        for wanted, tag in ((span.code, "code"), (span.bold, "strong"), (span.italic, "em")):
            part = f"<{tag}>{part}</{tag}>" if wanted else part
        parts.append(f'<a href="{escape(span.href)}">{part}</a>' if span.href else part)
    return "".join(parts)
