"""Draw the small charts of the example documents, as a vector drawing, as SVG or as PNG.

A figure's text is `bar: label=12, label=30; unit=kWh`, `line: …` in the same form, `flow: A -> B -> C` or
`plan: room=3x4, room=2x5` (metres). Several series stand one after the other, as `name: label=1, label=2 | name: …`.
"""

from __future__ import annotations

import io
import re
import subprocess
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import reportlab
from reportlab.graphics import renderPDF, renderSVG
from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.shapes import Drawing, Line, Polygon, Rect, String
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont

WIDTH_PT = 440.0
PNG_PIXELS_PER_POINT = 2.2  # 160 dpi
_INK = HexColor("#333333")
_GRID = HexColor("#d9d9d9")
_SECOND = ("#c8862b", "#5b7f95", "#8c8c8c", "#9b5c8f")
_VARIANTS = {"": "", "-Bold": ":bold", "-Italic": ":italic", "-BoldItalic": ":bold:italic"}
_BUNDLED = {"": "Vera.ttf", "-Bold": "VeraBd.ttf", "-Italic": "VeraIt.ttf", "-BoldItalic": "VeraBI.ttf"}
_PAIR = re.compile(r"\s*([^=]+?)\s*=\s*([-–−]?\d+(?:[.,]\d+)*)\s*([^,;|\d]*?)\s*(?:,|;|$)")


@cache
def font(family: str) -> str:
    """Register the four styles of a TrueType family and return its name; without it, the one that reportlab brings."""
    name = family.replace(" ", "")
    for suffix, pattern in _VARIANTS.items():
        pdfmetrics.registerFont(TTFont(name + suffix, str(_font_file(family + pattern, _BUNDLED[suffix]))))
    pdfmetrics.registerFontFamily(name, name, f"{name}-Bold", f"{name}-Italic", f"{name}-BoldItalic")
    return name


def _font_file(pattern: str, bundled: str) -> Path:
    """Where fontconfig has a TrueType font for `pattern`."""
    fallback = Path(reportlab.__file__).parent / "fonts" / bundled
    try:
        command = ["fc-match", "--format=%{file}", pattern]
        found = Path(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    except (OSError, subprocess.CalledProcessError):
        return fallback
    return found if found.suffix == ".ttf" else fallback


def draw(spec: str, *, accent: str, language: str, width: float = WIDTH_PT) -> Drawing:
    """Return the figure, `width` points wide and as high as it needs.

    Raises ValueError when the spec has nothing to draw.
    """
    kind, _, rest = spec.partition(":")
    match kind.strip():
        case "flow":
            return _flow(rest, accent, width)
        case "plan":
            return _plan(rest, accent, width, language)
        case "line":
            return _chart(rest, accent, width, language, lines=True)
        case _:
            return _chart(rest, accent, width, language, lines=False)


def png(drawing: Drawing) -> bytes:
    """The drawing as a picture, for files that hold no vectors."""
    page = pdfium.PdfDocument(renderPDF.drawToString(drawing))[0]
    target = io.BytesIO()
    page.render(scale=PNG_PIXELS_PER_POINT).to_pil().quantize(64).save(target, "PNG", optimize=True)
    return target.getvalue()


def svg(drawing: Drawing) -> str:
    """The drawing as an <svg> element, to stand in HTML."""
    text: str = renderSVG.drawToString(drawing)
    text = re.sub(r'\b(width|height)="([\d.]+)"', r'\1="\2pt"', text[text.index("<svg") :], count=2)
    return re.sub(r"font-family:\s*LiberationSans[A-Za-z-]*", "font-family: 'Liberation Sans', sans-serif", text)


def _series(text: str) -> tuple[list[tuple[str, list[tuple[str, float]]]], str]:
    """Split the text of a chart into named series of (label, value), and its unit.

    >>> _series("a=1,5, b=2; unit=kWh")
    ([('', [('a', 1.5), ('b', 2.0)])], 'kWh')
    >>> _series("voor: a=1, b=2 | na: a=3, b=4")[0][1]
    ('na', [('a', 3.0), ('b', 4.0)])
    """
    unit = ""
    found = re.search(r"[;,]?\s*(?:unit|eenheid)\s*=\s*([^;|]+)", text)
    if found:
        unit = found[1].strip()
        text = text[: found.start()] + text[found.end() :]
    parts = [part for part in re.split(r"\s*[|;]\s*", text) if "=" in part]
    result = []
    for part in parts:
        name, colon, pairs = part.partition(":")
        if not colon or "=" in name:
            name, pairs = "", part
        values = [(pair[1], _number(pair[2])) for pair in _PAIR.finditer(pairs)]
        if values:
            result.append((name.strip(), values))
    if not result:
        raise ValueError(f"nothing to draw in: {text}")
    return result, unit


def _number(text: str) -> float:
    """A number as people write it: 12,5 or 12.5 or 1.250 or 1.250,5."""
    text = text.replace("–", "-").replace("−", "-")
    if "," in text or re.fullmatch(r"-?[1-9]\d{0,2}(?:\.\d{3})+", text):
        text = text.replace(".", "").replace(",", ".")
    return float(text)


def _shown(value: float, language: str) -> str:
    """A value with at most two decimals, in the way of the language."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,")) if language == "nl" else text


def _chart(text: str, accent: str, width: float, language: str, *, lines: bool) -> Drawing:
    """A bar or line chart with its values, a legend when there are several series, and the unit above the axis."""
    name = font("Liberation Sans")
    series, unit = _series(text)
    labels = list(dict.fromkeys(label for _, values in series for label, _ in values))
    data = [tuple(dict(values).get(label) for label in labels) for _, values in series]
    numbers = [value for row in data for value in row if value is not None]
    longest = max(stringWidth(label, name, 8) for label in labels)
    flat = not lines and (longest > 0.85 * (width - 60) / len(labels) or len(labels) > 12)
    height = 50 + len(labels) * (6 + 13 * len(data)) if flat else 210
    drawing = Drawing(width, height)
    legend = len(series) > 1

    chart = HorizontalLineChart() if lines else HorizontalBarChart() if flat else VerticalBarChart()
    margin = min(longest, width * 0.42) + 10 if flat else 44
    turned = not flat and longest > (width - 70) / len(labels)
    chart.x, chart.y = margin, 24 if flat else 26 + (longest * 0.5 if turned else 0)
    chart.width, chart.height = width - margin - 40, height - chart.y - (34 if legend else 22)
    order = -1 if flat else 1  # a horizontal chart counts from below
    chart.data = [row[::order] for row in data[::order]]
    chart.categoryAxis.categoryNames = labels[::order]
    for axis in (chart.categoryAxis, chart.valueAxis):
        axis.labels.fontName, axis.labels.fontSize, axis.labels.fillColor = name, 8, _INK
        axis.strokeColor = _GRID
    if turned:
        chart.categoryAxis.labels.angle, chart.categoryAxis.labels.boxAnchor = 30, "ne"
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    if lines and min(numbers) > 0.6 * max(numbers):
        low = min(numbers) - 0.5 * (max(numbers) - min(numbers) or 1)
    step = _step(high - low)
    chart.valueAxis.valueMin, chart.valueAxis.valueMax = (
        step * int(low / step - (low < 0)),
        step * (int(high / step) + 1),
    )
    chart.valueAxis.valueStep = step
    chart.valueAxis.labelTextFormat = lambda value: _shown(value, language)
    chart.valueAxis.visibleGrid, chart.valueAxis.gridStrokeColor = True, _GRID
    colors = [HexColor(code) for code in (accent, *_SECOND)]
    for row in range(len(data)):
        color = colors[(len(data) - 1 - row if flat else row) % len(colors)]
        if lines:
            chart.lines[row].strokeColor, chart.lines[row].strokeWidth = color, 1.8
            chart.lines[row].symbol = makeMarker("FilledCircle", size=4, fillColor=color, strokeColor=color)
        else:
            chart.bars[row].fillColor, chart.bars[row].strokeColor = color, None
    if lines:
        chart.joinedLines = 1
    else:
        chart.groupSpacing, chart.barSpacing = 6, 1
    if len(labels) * len(data) <= (13 if lines else 24):
        values = chart.lineLabels if lines else chart.barLabels
        values.fontName, values.fontSize, values.fillColor = name, 7.5, _INK
        if lines:
            chart.lineLabelFormat = lambda value: _shown(value, language)
            chart.lineLabelNudge = 10
        else:
            chart.barLabelFormat = lambda value: _shown(value, language)
            values.nudge = 12 if flat else 7
    drawing.add(chart)
    if unit:
        drawing.add(String(2, height - 10, unit, fontName=name, fontSize=8, fillColor=_INK))
    if legend:
        left = margin + 30
        for position, (label, _) in enumerate(series):
            drawing.add(Rect(left, height - 13, 9, 9, fillColor=colors[position % len(colors)], strokeColor=None))
            drawing.add(String(left + 13, height - 12, label, fontName=name, fontSize=8, fillColor=_INK))
            left += 30 + stringWidth(label, name, 8)
    return drawing


def _step(span: float) -> float:
    """A round distance between four to eight grid lines."""
    power = 10.0 ** (len(str(int(span))) - 1) if span >= 1 else 0.1
    return next(power * part for part in (0.1, 0.2, 0.5, 1, 2, 5) if span / (power * part) <= 8)


def _flow(text: str, accent: str, width: float) -> Drawing:
    """Boxes with arrows, on as many lines as they need; each chain begins on a line of its own."""
    name = font("Liberation Sans")
    chains = [[step.strip() for step in re.split(r"->|→", chain) if step.strip()] for chain in re.split(r"[;|]", text)]
    chains = [chain for chain in chains if chain]
    if not chains:
        raise ValueError(f"nothing to draw in: {text}")
    longest = max(map(len, chains))
    across = -(-longest // -(-longest // (5 if width > 300 else 3)))  # lines of about the same length
    gap, box_height = 26.0, 50.0
    box = (width - 2 - gap * (across - 1)) / across
    lines = [(chain[at : at + across], at > 0) for chain in chains for at in range(0, len(chain), across)]
    drawing = Drawing(width, len(lines) * (box_height + 24) - 14)
    tint = _tint(accent)
    for row, (steps, continued) in enumerate(lines):
        top = drawing.height - 4 - row * (box_height + 24)
        middle = top - box_height / 2
        if continued:  # the arrow comes from the line above, round the margin
            _path(drawing, [(width - box / 2, top + 24), (width - box / 2, top + 12), (box / 2, top + 12)], accent)
            _arrow(drawing, box / 2, top + 12, box / 2, top, accent)
        for column, step in enumerate(steps):
            left = 1 + column * (box + gap)
            drawing.add(
                Rect(left, top - box_height, box, box_height, rx=4, ry=4, fillColor=tint, strokeColor=HexColor(accent))
            )
            _centred(drawing, step, left + box / 2, middle, box - 8, name, 8.5)
            if column:
                _arrow(drawing, left - gap + 3, middle, left - 2, middle, accent)
    return drawing


def _plan(text: str, accent: str, width: float, language: str) -> Drawing:
    """Rooms to scale, side by side in rows like along a corridor."""
    name = font("Liberation Sans")
    rooms = [
        (found[1].strip(), _number(found[2]), _number(found[3]))
        for found in re.finditer(r"([^=,;]+)=\s*(\d+(?:[.,]\d+)?)\s*[x×*]\s*(\d+(?:[.,]\d+)?)", text)
    ]
    if not rooms:
        raise ValueError(f"nothing to draw in: {text}")
    total = sum(wide for _, wide, _ in rooms)
    per_row = max(total / (2 if len(rooms) > 3 else 1), *(wide for _, wide, _ in rooms))
    rows: list[list[tuple[str, float, float]]] = [[]]
    for room in rooms:
        if rows[-1] and sum(wide for _, wide, _ in rows[-1]) + room[1] > per_row * 1.15:
            rows.append([])
        rows[-1].append(room)
    widest = max(sum(wide for _, wide, _ in row) for row in rows)
    deep = sum(max(depth for *_, depth in row) for row in rows)
    scale = min((width - 4) / widest, 240 / deep)
    corridor = 16.0
    drawing = Drawing(width, deep * scale + corridor * (len(rows) - 1) + 22)
    left_margin = (width - widest * scale) / 2
    top = drawing.height - 2
    for row in rows:
        left = left_margin
        row_depth = max(depth for *_, depth in row) * scale
        for position, (room_name, wide, depth) in enumerate(row):
            fill = white if position % 2 else _tint(accent)
            drawing.add(
                Rect(
                    left,
                    top - depth * scale,
                    wide * scale,
                    depth * scale,
                    fillColor=fill,
                    strokeColor=_INK,
                    strokeWidth=1.6,
                )
            )
            label = f"{room_name}\n{_shown(wide, language)} × {_shown(depth, language)} m"
            _centred(drawing, label, left + wide * scale / 2, top - depth * scale / 2, wide * scale - 6, name, 8)
            left += wide * scale
        top -= row_depth + corridor
    metres = next(bar for bar in (1, 2, 5, 10, 20, 50, 100) if bar * scale > 40 or bar == 100)
    drawing.add(Line(left_margin, 6, left_margin + metres * scale, 6, strokeColor=_INK, strokeWidth=1.5))
    drawing.add(String(left_margin + metres * scale + 5, 3, f"{metres} m", fontName=name, fontSize=7.5, fillColor=_INK))
    return drawing


def _tint(accent: str) -> Any:
    color = HexColor(accent)
    return Color(*(1 - (1 - part) * 0.16 for part in (color.red, color.green, color.blue)))


def _centred(drawing: Drawing, text: str, x: float, y: float, width: float, name: str, size: float) -> None:
    """Text in the middle of (x, y), broken to `width`, and smaller when a word does not fit."""
    while size > 5 and max(stringWidth(word, name, size) for word in text.split()) > width:
        size -= 0.5
    lines = [line for part in text.split("\n") for line in simpleSplit(part, name, size, width)]
    first = y + (len(lines) - 1) * size * 0.6 - size * 0.35
    for row, line in enumerate(lines):
        drawing.add(
            String(x, first - row * size * 1.2, line, fontName=name, fontSize=size, fillColor=_INK, textAnchor="middle")
        )


def _path(drawing: Drawing, points: list[tuple[float, float]], accent: str) -> None:
    for (x, y), (to_x, to_y) in pairwise(points):
        drawing.add(Line(x, y, to_x, to_y, strokeColor=HexColor(accent), strokeWidth=1.2))


def _arrow(drawing: Drawing, x: float, y: float, to_x: float, to_y: float, accent: str) -> None:
    """A straight arrow, to the right or down."""
    _path(drawing, [(x, y), (to_x, to_y)], accent)
    wing = [to_x - 5, to_y + 3, to_x - 5, to_y - 3] if y == to_y else [to_x - 3, to_y + 5, to_x + 3, to_y + 5]
    drawing.add(Polygon([to_x, to_y, *wing], fillColor=HexColor(accent), strokeColor=HexColor(accent)))
