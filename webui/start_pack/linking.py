"""Words with where they lead: runs of a sheet, and the names and addresses of places in reports."""

from __future__ import annotations

from webui import wording
from webui.addresses import read_url
from webui.start_pack.gathering import Place
from webui.start_pack.sheet import Run

MARKED_WORDS = 8  # of a reference: enough to find its line


def run(text: str, *, tongue: str | None = None, strong: bool = False, quiet: bool = False) -> Run:
    return Run(text=text, language=tongue, kind="strong" if strong else "quiet" if quiet else "plain")


def link(text: str, url: str, *, tongue: str | None = None, strong: bool = False) -> Run:
    return Run(text=text, url=url, language=tongue, kind="strong" if strong else "plain")


def place_url(place: Place) -> str:
    """The reader at this part, with the first of the words marked."""
    words = " ".join(place.words.replace('"', " ").split()[:MARKED_WORDS])
    return read_url(place.document.id, place.part.number, f'"{words}"')


def part_name(place: Place) -> str:
    part = place.part
    return wording.place_name(place.document.unit, part.number, part.label, part.heading)


def place_name(place: Place) -> str:
    """A heading with its page: "Samenvatting, p. iii"; the heading alone where it is the part's own."""
    if place.part.heading == place.words:
        return place.words
    return f"{place.words}, {part_name(place)}"
