"""Keep the harvest in the catalog: of what was just read, and of all stored text once the rules have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import PurePosixPath

from archive.catalog.catalog import Catalog
from archive.catalog.writing import CatalogWriter, OutlineOfPart, TextOfPart
from archive.model import FileFacts
from indexer.harvest.harvester import HARVEST_VERSION, harvest

HARVESTED = "harvested"  # the note in the catalog that tells by which rules
BATCH_FILES = 100


def keep_harvest(
    writer: CatalogWriter, facts: FileFacts, parts: Sequence[TextOfPart], outline: Sequence[OutlineOfPart]
) -> None:
    """Harvest a file whose text the catalog was just given."""
    title = f"{PurePosixPath(facts.id).stem} {facts.title or ''}"
    writer.put_open_ends(facts.id, harvest(parts, outline, unit=facts.unit, title=title), paged=facts.unit == "page")


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
                keep_harvest(writer, facts, parts, outline)
    with catalog.writing() as writer:
        writer.put_meta(HARVESTED, HARVEST_VERSION)
