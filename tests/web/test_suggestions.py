"""Suggestions while typing and deliverables alike, as the site's script and others get them."""

from __future__ import annotations

import pytest

from tests.conftest import Archive, Site

PROSE = (
    "De spouwankers van de gevel houden het metselwerk op zijn plaats, zegt de constructeur van de prefab elementen."
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("suggest"))
    archive.put("network.toml", '[[theme]]\nslug = "prefab"\nnl = "prefab bouwen"\nen = "prefabrication"\n')
    archive.put("bim5/community.toml", 'name = { nl = "BIM 5", en = "BIM 5" }\n')
    archive.put(
        "bim5/2021/gevels/project.toml",
        'title = "Gevels"\nthemes = ["prefab"]\n[[deliverable]]\nfile = "een.txt"\ntitle = "Prefab gevels"\n'
        'visibility = "public"\nno_names = true\n'
        '[[deliverable]]\nfile = "geheim.txt"\ntitle = "Prefab kanarie"\nvisibility = "confidential"\n',
    )
    archive.put("bim5/2021/gevels/een.txt", PROSE)
    archive.put("bim5/2021/gevels/twee.txt", PROSE + " Nog eens.")
    archive.put("bim5/2021/gevels/geheim.txt", PROSE)
    archive.index()
    return archive


def test_a_title_leads_to_its_document_and_a_word_to_a_search(served: Site) -> None:
    items = served.get("/api/v1/suggest", q="pref").json["items"]
    title = next(item for item in items if item["kind"] == "title")
    assert title["text"] == "Prefab gevels"
    assert title["url"] == "/documents/bim5/2021/gevels/een.txt"
    words = [item for item in served.get("/api/v1/suggest", q="spouwan").json["items"] if item["kind"] == "term"]
    assert words[0]["url"] == "/search?q=spouwankers"


def test_a_theme_is_called_by_its_name_in_the_readers_language(served: Site) -> None:
    for language, name in (("nl", "prefab bouwen"), ("en", "prefabrication")):
        items = served.get("/api/v1/suggest", headers={"Accept-Language": language}, q="pref").json["items"]
        assert {"theme": name}.items() <= {item["kind"]: item["text"] for item in items}.items()


@pytest.mark.parametrize("q", ["", " ", "*", "x" * 5_000, "\x00", '"', "zzzz"])
def test_whatever_is_typed_there_is_an_answer(served: Site, q: str) -> None:
    answer = served.get("/api/v1/suggest", q=q)
    assert answer.status == 200
    assert answer.json["items"] == []


def test_what_a_reader_may_not_see_is_neither_suggested_nor_similar(filled: Archive, served: Site) -> None:
    with filled.serving() as public:
        for reader in (served, public):
            assert "anarie" not in reader.get("/api/v1/suggest", q="prefab k").text
            assert reader.get("/api/v1/similar", id="bim5/2021/gevels/geheim.txt").status == 404
        assert public.get("/api/v1/suggest", q="spouwan").json["items"] == []
        assert public.get("/api/v1/similar", id="bim5/2021/gevels/een.txt").json == {"items": []}
    assert [each["id"] for each in served.get("/api/v1/similar", id="bim5/2021/gevels/een.txt").json["items"]] == [
        "bim5/2021/gevels/twee.txt"
    ]


def test_similar_of_nothing_is_not_there(served: Site) -> None:
    assert served.get("/api/v1/similar").status == 404
    assert served.get("/api/v1/similar", id="bestaat/niet").status == 404
