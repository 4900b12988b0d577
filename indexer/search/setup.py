"""Put the search engine together as the settings want it."""

from __future__ import annotations

from archive.errors import UsageError
from archive.settings import Settings
from indexer.search.analysis import AnalysisSettings
from indexer.search.engine import SearchIndex
from indexer.search.whoosh_engine import WhooshIndex, standard_analyzer


def open_index(settings: Settings) -> SearchIndex:
    """The index in `var/`; an empty one is made when there is none."""
    known = set(AnalysisSettings.__dataclass_fields__)
    if unknown := sorted(settings.analysis.keys() - known):
        raise UsageError(f"estafette.toml: [analysis] knows no {unknown[0]!r}; known are {', '.join(sorted(known))}")
    return WhooshIndex.open(settings.var / "index", analyzer=standard_analyzer(AnalysisSettings(**settings.analysis)))
