"""What the yearly figures are counted over, read from the catalog."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from archive.access import everything
from archive.catalog.catalog import Catalog
from archive.figures.yearly import Holdings
from archive.model import Deliverable
from archive.relay.lineage import Lineage

ALL = -1  # no limit


def gather(catalog: Catalog, *, today: date) -> Holdings:
    """All that the archive holds. Only counts of it may be shown to anybody else than who sees everything."""
    access = everything(today=today)
    projects = catalog.projects(access=access)
    communities = (catalog.community(each.id, access=access) for each in catalog.communities(access=access))
    return Holdings(
        projects=projects,
        deliverables=by_project(catalog.newest(ALL, access=access)),
        communities={each.id: each for each in communities if each is not None},
        network=catalog.network(access=access),
        lineage=Lineage(projects),
        today=today,
    )


def by_project(deliverables: Iterable[Deliverable]) -> dict[str, tuple[Deliverable, ...]]:
    found: dict[str, list[Deliverable]] = {}
    for each in deliverables:
        found.setdefault(each.project, []).append(each)
    return {project: tuple(own) for project, own in found.items()}
