"""Read the text in pictures with tesseract, where it is installed (Dutch and English).

A picture is decoded here and handed over as plain grey values: tesseract's own image libraries never see the file.
"""

from __future__ import annotations

import functools
import io
import shutil
import time
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from indexer.extraction import tool
from indexer.extraction.cleaning import clean
from indexer.extraction.model import ExtractError, Extraction, Limits, Part

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from PIL.Image import Image

LANGUAGES = ("nld", "eng")
DPI = 200  # 300 reads no better on student scans and takes twice the time
SIDE_MAX_PIXELS = 3_500  # A4 at 300 dpi
SIDE_MIN_PIXELS = 24  # smaller holds no line of text
PIXELS_MAX = 100_000_000  # a phone takes 12 to 50 million
FRAMES_MAX = 50  # of a scan in several pages (TIFF)
SHARE_OF_TIME = 0.7

# tesseract's own 0 to 100. Leaves, brick and faces give "words" below 40; of real words on a skewed scan 2 % do.
CONFIDENCE_MIN = 40
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
_POINTS_PER_INCH = 72
_WORD = "5"  # the level of a line in tesseract's table that holds a word
_COLUMNS = 12

NOT_INSTALLED = "text in the picture was not read: tesseract is not installed"


def read(source: BinaryIO, *, limits: Limits) -> Extraction:
    """Return the text in a picture as one section; without any, an empty section and a warning.

    Raises ExtractError("damaged") when it can't be decoded, ("too-large") when it has more than PIXELS_MAX.
    """
    size = source.seek(0, io.SEEK_END)
    seconds = limits.seconds_for(size) * SHARE_OF_TIME
    deadline = time.monotonic() + seconds
    source.seek(0)
    image = _decoded(source)
    text = ""
    if not limits.ocr:
        warning = "text in the picture was not read"
    elif not available():
        warning = NOT_INSTALLED
    else:
        try:
            text = clean("\n\n".join(_read_grey(*grey, deadline - time.monotonic()) for grey in _frames(image)))
            warning = "read from a picture, mistakes are likely" if text else "no text was found in the picture"
        except tool.TooSlow:
            warning = f"text in the picture was not read: it takes longer than {seconds:.0f} seconds"
    return Extraction(format="image", unit="section", parts=(Part(number=1, text=text),), warnings=(warning,))


def available() -> bool:
    """Whether tesseract and at least one of the languages are installed."""
    return bool(_languages())


def scale_for(width: float, height: float) -> float:
    """How much larger than 72 dpi a page of so many points must be drawn to be read well."""
    return min(DPI / _POINTS_PER_INCH, SIDE_MAX_PIXELS / max(width, height, 1))


def read_bitmap(bitmap: pdfium.PdfBitmap, timeout_s: float) -> str:
    """Return the text in a page that pdfium drew in grey; nothing when that takes too long."""
    rows, stride = memoryview(bitmap.buffer).cast("B"), bitmap.stride
    grey = b"".join(rows[start : start + bitmap.width] for start in range(0, stride * bitmap.height, stride))
    try:
        return clean(_read_grey(bitmap.width, bitmap.height, grey, timeout_s))
    except tool.TooSlow:
        return ""


@functools.cache
def _languages() -> str:
    """The languages to ask for ("nld+eng"); empty when tesseract is not there."""
    if not shutil.which("tesseract"):
        return ""
    try:
        _, listed = tool.run(["tesseract", "--list-langs"], timeout_s=10)
    except (tool.TooSlow, OSError):
        return ""
    installed = listed.decode("utf-8", "replace").split()
    return "+".join(language for language in LANGUAGES if language in installed)


def _decoded(source: BinaryIO) -> Image:
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = PIXELS_MAX // 2  # above it Pillow warns, above twice as much it raises
    try:
        with warnings.catch_warnings(action="ignore"):
            image = Image.open(source, formats=_FORMATS)
            # A JPEG can be decoded at a half or a quarter of its size, which for a photo is a quarter of the time.
            image.draft("L", (SIDE_MAX_PIXELS, SIDE_MAX_PIXELS))
            image.load()
            return image
    except Image.DecompressionBombError as error:
        raise ExtractError("too-large", f"has more than {PIXELS_MAX // 1_000_000} million pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise ExtractError("damaged", "is damaged: the picture can't be opened") from error


def _frames(image: Image) -> Iterator[tuple[int, int, bytes]]:
    """Width, height and grey values of each frame that may hold text, turned upright; of an animation the first."""
    from PIL import Image as images
    from PIL import ImageOps

    for frame in range(min(getattr(image, "n_frames", 1), FRAMES_MAX if image.format == "TIFF" else 1)):
        image.seek(frame)
        upright = ImageOps.exif_transpose(image)
        if min(upright.size) < SIDE_MIN_PIXELS:
            continue
        if upright.has_transparency_data:  # letters on nothing: nothing is white paper
            paper = images.new("RGBA", upright.size, "white")
            upright = images.alpha_composite(paper, upright.convert("RGBA"))
        grey = upright.convert("L")
        grey.thumbnail((SIDE_MAX_PIXELS, SIDE_MAX_PIXELS))
        yield *grey.size, grey.tobytes()


def _read_grey(width: int, height: int, grey: bytes, timeout_s: float) -> str:
    command = ["tesseract", "stdin", "stdout", "-l", _languages(), "--dpi", str(DPI), "tsv"]
    _, table = tool.run(command, timeout_s=timeout_s, data=b"P5 %d %d 255\n" % (width, height) + grey)
    return "\n".join(_lines(table.decode("utf-8", "replace")))


def _lines(table: str) -> Iterator[str]:
    r"""Return lines of text from tesseract's table, without the words that it is not sure of.

    >>> row = "5\t1\t1\t1\t1\t{}\t0\t0\t9\t9\t{}\t{}"
    >>> list(_lines("\n".join([row.format(1, 96.2, "Rode"), row.format(2, 12, "~|"), row.format(3, 90, "steen")])))
    ['Rode steen']
    """
    place, words = None, list[str]()
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) != _COLUMNS or cells[0] != _WORD:
            continue
        if place != cells[1:5]:
            if words:
                yield " ".join(words)
            place, words = cells[1:5], []
        if float(cells[10]) >= CONFIDENCE_MIN and cells[11].strip():
            words.append(cells[11].strip())
    if words:
        yield " ".join(words)
