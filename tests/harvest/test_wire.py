"""Open ends come from a worker that read a stranger's file: what no worker sends is not believed."""

from __future__ import annotations

import json

import pytest

from archive.relay.open_ends import OpenEnd, fingerprint_of
from indexer.harvest.wire import decode, encode

TEXT = "Meet een winter lang, “ook” ’s nachts."


def test_open_ends_survive_the_wire() -> None:
    found = (
        OpenEnd(
            part=2,
            heading="5 Advies",
            text=TEXT,
            kind="recommendation",
            reason="under “5 Advies”",
            fingerprint=fingerprint_of(TEXT),
            places=(1, 3),
        ),
    )
    assert decode(encode(found), parts=3) == found
    assert decode(encode(()), parts=1) == ()


@pytest.mark.parametrize(
    "item",
    [
        [4, "", TEXT, "limitation", "", []],
        [True, "", TEXT, "limitation", "", [0]],
        [1, "", TEXT, "gossip", "", []],
        [1, "", TEXT, ["limitation"], "", []],
        [1, None, TEXT, "limitation", "", []],
        [1, "", "\ud800", "limitation", "", []],
        [1, "", TEXT, "limitation", "", [9]],
        [1, "", TEXT, "limitation", "", 5],
        [1, "", TEXT],
        {"part": 1},
        5,
    ],
)
def test_what_is_no_open_end_is_not_believed(item: object) -> None:
    with pytest.raises(ValueError):
        decode(json.dumps([item]), parts=3)


@pytest.mark.parametrize("text", ["", "{}[", "5", "null", "[" * 100_000])
def test_noise_is_not_believed(text: str) -> None:
    with pytest.raises(ValueError):
        decode(text, parts=3)
