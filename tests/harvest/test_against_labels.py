"""The harvest of the example archive agrees with what people found when they read it whole."""

from __future__ import annotations

from benchmarks.open_ends.against_labels import Figures, of_example


def test_the_example_archive_is_harvested_as_it_was_labelled() -> None:
    figures = Figures()
    for report in of_example([]):
        figures.add(report)
    assert figures.wanted == 352
    assert figures.found / (figures.told - figures.again) >= 0.9
    assert figures.found / figures.wanted >= 0.9
    assert figures.at_its_place / figures.found >= 0.98
    assert figures.of_its_kind / figures.found >= 0.9
