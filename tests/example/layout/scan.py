"""Turn a PDF into a scan of itself: grey pictures, a little askew and noisy, without any text."""

from __future__ import annotations

import random
import time
from datetime import date
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageFilter

DPI = 120
JPEG_QUALITY = 52


def write_scan(printed: Path, target: Path, *, day: date, title: str, seed: int) -> None:
    """Write the pages of `printed` to `target` as pictures."""
    chance = random.Random(seed)
    pages = []
    with pdfium.PdfDocument(printed) as document:
        for page in document:
            clean = page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
            pages.append(_scanned(clean, chance))
    moment = time.struct_time((day.year, day.month, day.day, 16, 5, 0, 0, 1, -1))
    pages[0].save(
        target, "PDF", save_all=True, append_images=pages[1:], resolution=DPI, quality=JPEG_QUALITY, title=title,
        producer="Kopieerapparaat 2e verdieping", creationDate=moment, modDate=moment,
    )  # fmt: skip


def _scanned(page: Image.Image, chance: random.Random) -> Image.Image:
    """One page, turned by at most 0.9°, softened, with the noise and the shadow of a glass plate."""
    angle = chance.uniform(-0.9, 0.9)
    turned = page.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=236)
    soft = turned.filter(ImageFilter.GaussianBlur(0.5))
    noise = Image.frombytes("L", soft.size, chance.randbytes(soft.width * soft.height))
    speckled = Image.blend(soft, noise, 0.035)
    shadow = Image.linear_gradient("L").resize((26, soft.height)).rotate(90, expand=True).resize((26, soft.height))
    speckled.paste(Image.blend(speckled.crop((0, 0, 26, soft.height)), shadow, 0.12), (0, 0))
    return speckled
