"""What `network.toml` says: the organisations and themes that all communities share. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from archive.model import Contact, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A company, school or other organisation of the network."""

    slug: str
    name: str
    kind: str = "company"  # company | school | other
    aliases: tuple[str, ...] = ()
    sector: str | None = None
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A subject that runs through communities and years."""

    slug: str
    name: Text
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What all communities share: `network.toml`."""

    organisations: tuple[Organisation, ...] = ()
    themes: tuple[Theme, ...] = ()
