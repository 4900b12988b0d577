"""Who may see what: the one place that decides.

A reader holds tokens ("campus", "community:bim5"); a thing has an audience, a set of grants (token, from when). A
reader sees a thing when one of the tokens is granted today. Catalog and search engine take the same tokens into their
queries, so that what a reader may not see takes part in nothing: hits, counts, statistics, suggestions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from archive.model import Audience, DeliverableRecord, Grant, Involvement, Person, ProjectRecord, Question, Visibility

EMBARGO_ZONE = ZoneInfo("Europe/Amsterdam")
Role = Literal["public", "partner", "student", "teacher", "coordinator"]

# What every audience holds: the coordinator sees the whole network.
COORDINATOR = "coordinator"
_LEVELS_OF_ROLE: dict[str, tuple[str, ...]] = {
    "public": ("public",),
    "partner": ("public", "partner"),
    "student": ("public", "partner", "campus"),
    "teacher": ("public", "partner", "campus"),
    "coordinator": ("public", "partner", "campus", COORDINATOR),
}


# What members hold of each of their communities.
_OF_MEMBERS: dict[str, tuple[str, ...]] = {"student": ("community",), "teacher": ("community", "teacher")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A reader on a day. Made once a request or command, and passed to every read."""

    tokens: frozenset[str]
    today: date

    def reads(self, audience: Audience) -> bool:
        """Whether this reader is part of that audience today."""
        return any(token in self.tokens and (start is None or start <= self.today) for token, start in audience)

    @property
    def sees_everything(self) -> bool:
        return COORDINATOR in self.tokens

    @property
    def own_tokens(self) -> frozenset[str]:
        """What this reader holds beyond the role's levels: an account, a company, communities."""
        return frozenset(token for token in self.tokens if ":" in token)


def reader(
    role: Role,
    *,
    today: date,
    account: str | None = None,
    communities: Iterable[str] = (),
    company: str | None = None,
) -> Access:
    """The access of a role; an unknown role is a closed one: it sees what is public.

    >>> sorted(reader("partner", today=date(2021, 9, 1), company="x").tokens)
    ['company:x', 'partner', 'public']
    """
    tokens = {*_LEVELS_OF_ROLE.get(role, ("public",))}
    if account:
        tokens.add(f"account:{account.lower()}")
    if company and role == "partner":
        tokens.add(f"company:{company}")
    if role in ("student", "teacher"):
        tokens.update(f"{token}:{slug}" for slug in communities for token in _OF_MEMBERS[role])
    return Access(tokens=frozenset(tokens), today=today)


def everything(*, today: date) -> Access:
    """The access of whoever can read the folder itself."""
    return reader("coordinator", today=today)


def today_in_amsterdam(now: datetime) -> date:
    """The day on which an embargo is judged; `now` carries its zone."""
    return now.astimezone(EMBARGO_ZONE).date()


def audience_of_level(level: Visibility, *, community: str | None) -> Audience:
    """Who sees something of this level that has no owner, embargo or names.

    >>> sorted(token for token, _ in audience_of_level(Visibility.COMMUNITY, community="bim5"))
    ['community:bim5', 'coordinator']
    """
    return frozenset({(COORDINATOR, None), *_level_grants(level, community, None)})


def level_of(audience: Audience) -> Visibility:
    """The level that an audience comes from, whatever its dates and whoever else sees the thing as their own work.

    >>> level_of(audience_of_level(Visibility.COMMUNITY, community="bim5")).value
    'community'
    """
    tokens = {token for token, _ in audience}
    for level in (Visibility.PUBLIC, Visibility.PARTNER, Visibility.CAMPUS):
        if level.value in tokens:
            return level
    is_of_a_community = any(token.startswith("community:") for token in tokens)
    return Visibility.COMMUNITY if is_of_a_community else Visibility.CONFIDENTIAL


def audience_of_record(
    record: DeliverableRecord, project: ProjectRecord | None, *, community: str | None, default: Visibility
) -> Audience:
    """Who may know of a deliverable and read its record."""
    level = _agreed(record.visibility or default, project)
    return _audience(level, record, project, community)


def audience_of_text(
    record: DeliverableRecord,
    project: ProjectRecord | None,
    *,
    community: str | None,
    default: Visibility,
    author_known: bool,
) -> Audience:
    """Who may read the file: `campus` at the most while it names people who did not all consent.

    `author_known`: the file's properties name a person who is not of the team, or did not consent.
    """
    level = _agreed(record.visibility or default, project)
    if _names_without_consent(record, project, author_known):
        level = level.at_most(Visibility.CAMPUS)
    return _audience(level, record, project, community)


def audience_of_question(question: Question, *, community: str | None) -> Audience:
    """Who may know of a question: whoever its level says, and the organisation that asked it.

    What is asked from outside is confidential until it is decided about: the teachers of its community do that.
    """
    grants: set[Grant] = {*audience_of_level(question.visibility, community=community)}
    if question.source is not None and question.source.organisation:
        grants.add((f"company:{question.source.organisation}", None))
    was_proposed = any(event.state == "proposed" for event in question.events)
    if was_proposed and question.visibility is Visibility.CONFIDENTIAL and community:
        grants.add((f"teacher:{community}", None))
    return frozenset(grants)


def audience_of_project(
    record: ProjectRecord | None, deliverables: Iterable[Audience], *, community: str | None
) -> Audience:
    """Who may see a project: its own level, else whoever may see one of its deliverables; its team always."""
    if record is not None and record.visibility is not None:
        level = _agreed(record.visibility, record)
        return frozenset({(COORDINATOR, None), *_level_grants(level, community, None), *_own_grants(record)})
    # A project that begins has no deliverable yet: its team would be told that it is in none.
    own = _own_grants(record, company=False) if record is not None else ()
    return frozenset({(COORDINATOR, None), *own}).union(*deliverables)


def audience_of_company(
    involved: Involvement, project: ProjectRecord, *, audience: Audience, community: str | None
) -> Audience:
    """Who may know that a company took part in something with this audience: its own level, the project's and what it
    agreed to, whichever is narrowest. Without any level: whoever sees the thing, which its agreement bounds already."""
    stated = [level for level in (involved.visibility, project.visibility) if level is not None]
    if not stated:
        return audience
    level = max(stated, key=lambda each: each.width)
    level = level.at_most(involved.agreed.up_to if involved.agreed else Visibility.CAMPUS)
    own = {(f"company:{involved.organisation}", None), *_own_grants(project, company=False)}
    return frozenset({(COORDINATOR, None), *_level_grants(level, community, None), *own})


def audience_of_name(person: Person, *, audience: Audience) -> Audience:
    """Who may read a person's name on something with this audience: without consent nobody of a company."""
    if person.consents_to("name"):
        return audience
    kept = {
        grant for grant in audience if grant[0] not in ("public", "partner") and not grant[0].startswith("company:")
    }
    return frozenset(kept) | _inside(audience)


def _inside(audience: Audience) -> Audience:
    """For what is public or for partners, a name without consent is still for campus."""
    starts = [start for token, start in audience if token in ("public", "partner")]
    return frozenset(("campus", start) for start in starts)


def _audience(
    level: Visibility, record: DeliverableRecord, project: ProjectRecord | None, community: str | None
) -> Audience:
    grants: set[Grant] = {(COORDINATOR, None), *_level_grants(level, community, record.embargo_until)}
    if level is Visibility.CONFIDENTIAL or record.embargo_until is not None:
        grants.update((f"account:{address.lower()}", None) for address in record.named)
    if record.deposited_by:
        grants.add((f"account:{record.deposited_by.lower()}", None))
    if project is not None:
        grants.update(_own_grants(project, company=record.company_access))
    return frozenset(grants)


def _level_grants(level: Visibility, community: str | None, start: date | None) -> Iterable[Grant]:
    """The wider levels' tokens are held by narrower readers too, so one grant a level suffices."""
    if level is Visibility.CONFIDENTIAL:
        return ()
    if level is Visibility.COMMUNITY:
        return ((f"community:{community}", start),) if community else ()
    return ((level.value, start),)


def _own_grants(project: ProjectRecord, *, company: bool = True) -> Iterable[Grant]:
    """Whatever the level: the team and its teacher see their own work, and so does its company."""
    for person in project.team:
        if person.account:
            yield f"account:{person.account.lower()}", None
    if company:
        for involved in project.companies:
            yield f"company:{involved.organisation}", None


def _agreed(level: Visibility, project: ProjectRecord | None) -> Visibility:
    """A project with a company is wider than campus only as far as every company agreed."""
    for involved in project.companies if project else ():
        up_to = involved.agreed.up_to if involved.agreed else Visibility.CAMPUS
        level = level.at_most(up_to)
    return level


def _names_without_consent(record: DeliverableRecord, project: ProjectRecord | None, author_known: bool) -> bool:
    if record.no_names:
        return False
    # Whoever was erased from a team has no name there any more, and may still have one in its files.
    named = [person for person in (project.team if project else ()) if person.name or person.withdrew("name")]
    return author_known or not all(person.consents_to("name") for person in named)


def covers(wider: Audience, narrower: Audience) -> bool:
    """Whether every reader of `narrower` is, whenever that holds, a reader of `wider` too.

    >>> public = audience_of_level(Visibility.PUBLIC, community=None)
    >>> campus = audience_of_level(Visibility.CAMPUS, community=None)
    >>> covers(public, campus), covers(campus, public)
    (True, False)
    """
    return all(_covered(token, start, wider) for token, start in narrower)


def _covered(token: str, start: date | None, wider: Audience) -> bool:
    enough = {token, "public"}
    if token not in ("public",):
        enough.add("partner")  # whoever holds another token than this one holds `partner` too
    if token.startswith(("community:", "teacher:")) or token == COORDINATOR:
        enough.add("campus")
    if token.startswith("teacher:"):
        enough.add(token.replace("teacher:", "community:", 1))
    return any(other in enough and (since is None or (start is not None and since <= start)) for other, since in wider)
