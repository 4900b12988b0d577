"""The harvest of a file as the catalog keeps it: of what was just read, and of all stored text once the rules have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import PurePosixPath
from typing import Literal

from archive.catalog.catalog import Catalog
from archive.catalog.writing import OutlineOfPart, TextOfPart
from archive.relay.open_ends import OpenEnd
from indexer.harvest.harvester import HARVEST_VERSION, harvest

HARVESTED = "harvested"  # the note in the catalog that tells by which rules
BATCH_FILES = 100


def harvest_of(
    id: str,
    title: str | None,
    parts: Sequence[TextOfPart],
    outline: Sequence[OutlineOfPart],
    *,
    unit: Literal["page", "section"],
) -> tuple[OpenEnd, ...]:
    """The open ends of a file, which is called what its title and its name say."""
    return harvest(parts, outline, unit=unit, title=f"{PurePosixPath(id).stem} {title or ''}")


def is_harvested(catalog: Catalog) -> bool:
    """Whether all that the catalog holds was harvested by the rules of now."""
    return catalog.meta(HARVESTED) == HARVEST_VERSION


def harvest_again(catalog: Catalog, ids: Iterable[str], *, stops: Callable[[], bool]) -> None:
    """Harvest these files anew from their stored text; no file is opened. Where it is stopped, the next run begins anew."""
    waiting = iter(ids)
    while batch := list(islice(waiting, BATCH_FILES)):
        if stops():
            return
        stored = [found for id in batch if (found := catalog.stored_text(id)) is not None]
        with catalog.writing() as writer:
            for facts, parts, outline in stored:
                open_ends = harvest_of(facts.id, facts.title, parts, outline, unit=facts.unit)
                writer.put_open_ends(facts.id, open_ends, paged=facts.unit == "page")
    with catalog.writing() as writer:
        writer.put_meta(HARVESTED, HARVEST_VERSION)
