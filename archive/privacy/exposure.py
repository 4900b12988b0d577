"""What is seen by whom, of a project and its documents: to compare before and after a change of its record.

Pure. Who sees what is `archive.access`'s to say; here it is told in levels, days and companies, for people. Accounts
that see their own work are left out: whoever is added to a team or named is added by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from archive.access import audience_of_project, audience_of_record, level_of
from archive.model import Deliverable, DeliverableRecord, Project, ProjectRecord, Visibility
from archive.privacy.consent import levels
from archive.records.assembly import relative


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """A thing and who sees it. `id` is "" for what the form itself is about.

    `about` is its record, `text` its file where it has one that is read by fewer. `until`: it is confidential till that
    day. `companies`: those that see it as their own, whatever the level.
    """

    id: str
    title: str
    about: Visibility
    text: Visibility | None = None
    until: date | None = None
    companies: tuple[str, ...] = ()

    def wider_than(self, other: Exposed) -> bool:
        """Whether somebody sees it who did not see the other."""
        sooner = other.until is not None and (self.until is None or self.until < other.until)
        opened = sooner and self.about is not Visibility.CONFIDENTIAL
        text, before = (each.text or each.about for each in (self, other))
        companies = bool(set(self.companies) - set(other.companies))
        return opened or companies or self.about.width < other.about.width or text.width < before.width


def exposed(
    project: Project,
    record: ProjectRecord | None,
    deliverables: Iterable[Deliverable],
    *,
    default: Visibility,
    today: date,
) -> Iterator[Exposed]:
    """The project, then its documents, as they are seen with this record. `default`: of what no record speaks of."""
    said = record or ProjectRecord(title=project.title)
    known = [_with_entry(each, project.id, said) for each in deliverables]
    level = default if said.visibility is None else default.at_most(said.visibility)
    entries = [each.record or DeliverableRecord() for each in known]
    audiences = [audience_of_record(each, said, community=project.community, default=level) for each in entries]
    companies = tuple(dict.fromkeys(each.organisation for each in said.companies))
    own = audience_of_project(said, audiences, community=project.community)
    yield Exposed(id=project.id, title=said.title or project.title, about=level_of(own), companies=companies)
    for deliverable, entry in zip(known, entries, strict=True):
        about, text = levels(deliverable, said, default=default)
        until = entry.embargo_until if entry.embargo_until and entry.embargo_until > today else None
        yield Exposed(
            id=deliverable.id,
            title=entry.title or deliverable.title,
            about=about,
            text=text if text.width > about.width and not deliverable.url else None,
            until=until,
            companies=companies if entry.company_access else (),
        )


def widened(before: Iterable[Exposed], after: Iterable[Exposed]) -> list[tuple[Exposed, Exposed]]:
    """What somebody sees after a change who did not see it before: how it was, and how it will be."""
    known = {each.id: each for each in before}
    return [(known[each.id], each) for each in after if each.id in known and each.wider_than(known[each.id])]


def _with_entry(deliverable: Deliverable, project: str, record: ProjectRecord) -> Deliverable:
    """The deliverable with what the record given says of it, which may be another than the one it was indexed with."""
    for entry in record.deliverables:
        if entry.file and f"{project}/{relative(entry.file)}".casefold() == deliverable.id.casefold():
            return replace(deliverable, record=entry)
        if entry.url and not entry.file and entry.url == deliverable.url:
            return replace(deliverable, record=entry)
        if entry.sha256 and entry.sha256 == deliverable.sha256 and entry.file:
            return replace(deliverable, record=entry)
    return deliverable
