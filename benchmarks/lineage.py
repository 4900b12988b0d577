"""How long the relay of 2,000 projects takes: lines over 20 years, and a drawing of each of 40 communities."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

from archive.model import Audience, Project, ProjectRecord
from archive.relay.lineage import Lineage
from benchmarks.machine import machine_line

PROJECTS, COMMUNITIES, A_YEAR = 2_000, 40, 100
EVERYONE: Audience = frozenset({("public", None)})


def main(arguments: Sequence[str] = ()) -> None:
    print(machine_line())
    projects = made()
    for _ in range(3):
        start = time.process_time()
        lineage = Lineage(projects)
        for number in range(COMMUNITIES):
            lineage.drawing(f"c{number}")
        print(f"{PROJECTS} projects: {(time.process_time() - start) * 1000:.0f} ms of processor time")


def made() -> list[Project]:
    """Each project continues up to two of the year before in its community."""
    chance = random.Random(7)
    projects: list[Project] = []
    for number in range(PROJECTS):
        community, year = f"c{number % COMMUNITIES}", 2005 + number // A_YEAR
        earlier = [each.id for each in projects if each.community == community and each.year == year - 1]
        continued = tuple(chance.sample(earlier, min(2, len(earlier))))
        record = ProjectRecord(title=f"Project {number}", continues=continued)
        id = f"{community}/{year}/p{number}"
        projects.append(
            Project(id=id, title=record.title, audience=EVERYONE, community=community, year=year, record=record)
        )
    return projects


if __name__ == "__main__":
    main()
