"""Telling languages apart."""

from __future__ import annotations

import pytest

from indexer.extraction.language import language_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Het onderzoek laat zien dat bewoners niet weten hoe de installatie werkt en daarom te veel stoken.", "nl"),
        ("The study shows that residents do not know how the installation works, and this is why they heat.", "en"),
        ("Die Untersuchung zeigt, dass die Bewohner nicht wissen, wie man mit der Anlage umgeht.", "de"),
        ("Les habitants ne savent pas que le système est dans une cave et que la chaleur se perd par les murs.", "fr"),
        ("for (int i = 0; i < n; i++) { total += values[i]; }", None),
        ("Lorem ipsum et dolor est sit amet, et takimata sanctus et ea rebum et accusam et justo duo.", None),
        ("Jansen\nDe Vries\nBakker\nVisser\nSmit", None),
        ("", None),
    ],
)
def test_language_is_told_by_small_words(text: str, code: str | None) -> None:
    assert language_of(text) == code


def test_dutch_report_with_english_terms_is_dutch() -> None:
    text = "De learning community werkt met design thinking en een proof of concept voor de smart building van het mbo."
    assert language_of(text) == "nl"
