"""An outcome for everybody: what stands in the way of it, and what to write when nothing does.

Pure. Publishing opens what a project's record tells and no document: those keep the level that they have. It never goes
past what a company agreed to, and names nobody who did not consent.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Literal

from archive.errors import UsageError
from archive.model import CommunityRecord, ProjectRecord, Visibility
from archive.network.model import Network
from archive.records.editing import Change, Put
from archive.records.reading import UNREADABLE

# Why an outcome can't be for everybody: there is none; somebody chose a narrower level; a company did not agree; the
# text names a company or a person who did not consent to that; it says something else than what was read.
Obstacle = Literal["no-outcome", "narrower", "agreement", "company-named", "person-named", "changed"]
VERSION_CHARS = 16
TELLING_LETTERS = 4  # of a word that tells a name: "van de" is in every text


class NotPublishable(UsageError):
    """Something stands in the way of an outcome for everybody; nothing was written."""

    def __init__(self, obstacle: Obstacle) -> None:
        self.obstacle = obstacle
        super().__init__(f"the outcome can't be public: {obstacle}")


def has_ended_well(record: ProjectRecord | None, *, today: date) -> bool:
    """Whether a project is finished, by its record's word or else by its day."""
    if record is None:
        return False
    return record.status == "finished" or (record.status is None and record.ends is not None and record.ends < today)


def has_outcome(record: ProjectRecord | None, *, today: date) -> bool:
    """Whether there is something to tell of a project that has ended."""
    return record is not None and bool(record.outcome) and has_ended_well(record, today=today)


def obstacle(
    record: ProjectRecord, *, community: CommunityRecord | None, network: Network, default: Visibility, today: date
) -> Obstacle | None:
    """The first thing that stands in the way of everybody reading what this record tells; None: it may be published.

    `default` is the level of documents without one. A level narrower than that bounds them, too: it is not widened
    here, since that would open them.
    """
    if not has_outcome(record, today=today):
        return "no-outcome"
    if record.visibility is not None and record.visibility.width > default.width:
        return "narrower"
    if community is not None and community.visibility is not Visibility.PUBLIC:
        return "narrower"
    if any(each.agreed is None or each.agreed.up_to is not Visibility.PUBLIC for each in record.companies):
        return "agreement"
    told = _plain(" \n ".join(_told(record)))
    if any(_names(told, name) for name in _companies_unnamed(record, network)):
        return "company-named"
    unnamed = [each.name for each in record.team if each.name and not each.consents_to("name")]
    if any(_names(told, name) for name in unnamed if name != UNREADABLE):
        return "person-named"
    return None


def published(
    record: ProjectRecord,
    *,
    read: str,
    community: CommunityRecord | None,
    network: Network,
    default: Visibility,
    today: date,
) -> list[Change]:
    """What to write so that everybody may read what a project's record tells. Raises NotPublishable.

    `read` is the version that somebody read who says so: nobody opens words that they did not see.
    """
    found = obstacle(record, community=community, network=network, default=default, today=today)
    if found is None and read != version_of(record):
        found = "changed"
    if found is not None:
        raise NotPublishable(found)
    return [Put(values={"visibility": Visibility.PUBLIC.value})]


def version_of(record: ProjectRecord) -> str:
    """A mark that is another as soon as a record tells something else."""
    return hashlib.sha256("\0".join(_told(record)).encode("utf-8", "surrogatepass")).hexdigest()[:VERSION_CHARS]


def _told(record: ProjectRecord) -> Iterator[str]:
    """What a public project shows of its record in people's own words."""
    handover = record.handover
    left = (handover.stands, handover.open, handover.start) if handover else ()
    search = (record.search.query,) if record.search else ()
    texts = (record.title, record.summary, record.question, record.outcome, record.use, *left, *search)
    yield from (text for text in texts if text)


def _companies_unnamed(record: ProjectRecord, network: Network) -> Iterator[str]:
    """All names of the companies that agreed without being named."""
    hidden = {each.organisation for each in record.companies if each.visibility not in (None, Visibility.PUBLIC)}
    for organisation in network.organisations:
        if organisation.slug in hidden:
            yield from (organisation.name, *organisation.aliases)
    yield from hidden


def _names(told: str, name: str) -> bool:
    """Whether a text names somebody: by the whole name, or by two words of it that follow each other.

    >>> _names("de loods van bouw x staat", "Bouw X"), _names("een kersenboom", "Kers")
    (True, False)
    >>> _names("bij osse veld", "Machinefabriek Osse Veld"), _names("van de wijk", "Zorg van de Maas")
    (True, False)
    """
    words = _plain(name).split()
    pairs = [f"{one} {two}" for one, two in pairwise(words) if max(len(one), len(two)) >= TELLING_LETTERS]
    return any(
        part in told and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", told) is not None
        for part in [" ".join(words), *pairs]
        if part
    )


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
