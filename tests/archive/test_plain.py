"""Values survive JSON exactly, whatever is in them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Agenda, Community, Deliverable, FileFacts, Project
from archive.network.model import Network
from archive.plain import from_json, to_json

# Lone surrogates are how bytes that are not UTF-8 stand in a name.
texts = st.text(st.characters(exclude_categories=()), max_size=6)
st.register_type_strategy(str, texts)


@pytest.mark.parametrize("kind", [Deliverable, Project, Community, Network, Agenda, FileFacts])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_value_comes_back_as_it_was(kind, data):
    value = data.draw(st.from_type(kind))
    assert from_json(kind, to_json(value)) == value


def test_what_holds_its_default_takes_no_room():
    assert to_json(FileFacts(id="a")) == '{"id":"a"}'
