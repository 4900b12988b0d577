"""Open ends are found under headings, in lists and in plain paragraphs, and nothing is found where none is handed on."""

from __future__ import annotations

from archive.catalog.catalog import OutlineEntry, TextPart
from archive.relay.open_ends import OpenEnd
from indexer.harvest.harvester import harvest


def sections(*told: tuple[str, str]) -> tuple[OpenEnd, ...]:
    """What is harvested from sections: heading and text."""
    parts = [TextPart(number=n, heading=head or None, level=1, text=text) for n, (head, text) in enumerate(told, 1)]
    return harvest(parts, unit="section")


def pages(*texts: str, outline: tuple[OutlineEntry, ...] = ()) -> tuple[OpenEnd, ...]:
    return harvest([TextPart(number=n, text=text) for n, text in enumerate(texts, 1)], outline, unit="page")


def kinds(found: tuple[OpenEnd, ...]) -> list[tuple[str, str]]:
    return [(each.kind, each.text) for each in found]


def test_each_paragraph_under_a_heading_for_advice_is_one_item_with_its_explanation() -> None:
    found = sections(
        (
            "5 Aanbevelingen",
            "Voor de opdrachtgever:\n"
            "Meet een week lang hoe vaak de deur openstaat. Een logger kost 25 euro.\n"
            "Zet de verwarming lager.\n"
            "Vraag de buren naar hun ervaring.",
        )
    )
    assert kinds(found) == [
        ("recommendation", "Meet een week lang hoe vaak de deur openstaat. Een logger kost 25 euro."),
        ("recommendation", "Zet de verwarming lager."),
        ("recommendation", "Vraag de buren naar hun ervaring."),
    ]
    assert {(each.heading, each.part, each.reason) for each in found} == {
        ("5 Aanbevelingen", 1, "under “5 Aanbevelingen”")
    }


def test_a_paragraph_of_limitations_is_cut_at_each_and_keeps_what_leans_on_the_one_before() -> None:
    found = sections(
        (
            "Limitations",
            "Only two companies took part in the measurements of this year. They were both well organised. "
            "The costs of the errors that were found were not calculated by us.",
        )
    )
    assert [each.text.split(" ", 1)[0] for each in found] == ["Only", "The"]
    assert {each.kind for each in found} == {"limitation"}


def test_a_line_of_a_page_that_is_a_heading_begins_a_section_and_the_next_one_ends_it() -> None:
    found = pages(
        "3 Resultaten\nDe gevel was na een dag dicht, en dat was een dag eerder dan wij hadden verwacht.\n"
        "4 Vervolgonderzoek\n1. Hoe houdt de gevel zich bij een winter met veel wind uit het westen en met\nslagregen?\n"
        "2. Wat kost het onderhoud na tien jaar?\nBronnen\n1. Een boek over gevels.\n2. Een boek over wind."
    )
    assert kinds(found) == [
        ("future_work", "Hoe houdt de gevel zich bij een winter met veel wind uit het westen en met slagregen?"),
        ("future_work", "Wat kost het onderhoud na tien jaar?"),
    ]


def test_the_outline_tells_a_heading_that_its_looks_do_not() -> None:
    text = "Wat, vonden wij, beter kan: aanbevelingen\nBestel het glas vroeg.\nMeet alles twee keer."
    entry = OutlineEntry(title="Wat, vonden wij, beter kan: aanbevelingen", level=1, part=1)
    assert [each.text for each in pages(text, outline=(entry,))] == ["Bestel het glas vroeg.", "Meet alles twee keer."]


def test_an_item_stands_on_the_page_where_it_begins_though_its_sentence_goes_on_overleaf() -> None:
    lines = "\n".join(f"Zin {n} van een hoofdstuk dat nog lang doorgaat met wat er is gemeten." for n in range(6))
    found = pages(
        f"1 Resultaten\n{lines}\n2 Aanbevelingen\n• Laat de ploeg de eerste week meelopen met een ervaren monteur en laat",
        "hem daarna zelf beslissen.\n• Schrijf alles op.",
    )
    assert [(each.part, each.text) for each in found] == [
        (1, "Laat de ploeg de eerste week meelopen met een ervaren monteur en laat hem daarna zelf beslissen."),
        (2, "Schrijf alles op."),
    ]


def test_words_that_were_broken_off_are_whole_again() -> None:
    (found,) = pages("Advies\n• Laat de fabriek de gevelele-\nmenten een dag eerder brengen dan nu.")
    assert "gevelelementen" in found.text


def test_a_plain_sentence_that_hands_something_on_is_found_with_the_words_that_told_so() -> None:
    found = sections(
        ("3 Geluid", "De metingen duurden een dag. Verder onderzoek is nodig naar het geluid bij harde wind."),
        ("4 Kosten", "Wij raden aan om het onderhoud vooraf te begroten. Dat scheelt later veel geld."),
        ("5 Rest", "Het is nog onduidelijk of de gevel over tien jaar even dicht is."),
    )
    assert [each.kind for each in found] == ["future_work", "recommendation", "open_question"]
    assert found[0].reason == "“verder onderzoek is nodig”"
    assert found[1].text.endswith("Dat scheelt later veel geld.")


def test_common_words_count_only_where_authors_look_back() -> None:
    sentence = "Het geluid van de gevel is in januari niet gemeten."
    assert sections(("2 Opstelling", sentence)) == ()
    assert [each.kind for each in sections(("6 Conclusie", sentence))] == ["limitation"]


def test_what_the_authors_say_they_could_not_do_is_a_limitation_anywhere() -> None:
    (found,) = sections(("2 Opstelling", "Helaas hebben wij het geluid van de gevel niet gemeten."))
    assert (found.kind, found.reason) == ("limitation", "“niet … gemeten”")


def test_what_a_summary_tells_again_is_a_second_place_of_the_item_under_its_own_heading() -> None:
    (found,) = sections(
        ("Samenvatting", "Wij adviseren de gemeente om de loggers tot september te laten hangen."),
        ("5 Aanbevelingen", "Laat de loggers tot september hangen, want de gemeente betaalt ze."),
    )
    assert (found.part, found.places, found.text[:4]) == (2, (1,), "Laat")


def test_the_words_of_an_item_win_when_they_plainly_say_another_kind() -> None:
    (found,) = sections(("Aanbevelingen", "Verder onderzoek naar het geluid is nodig bij harde wind uit het westen."))
    assert found.kind == "future_work"


def test_a_list_that_is_announced_in_a_plain_section_is_taken() -> None:
    found = sections(("7 Tot besluit", "Wij geven de volgende aanbevelingen:\n• Begin vroeg.\n• Bel de buren."))
    assert kinds(found) == [("recommendation", "Begin vroeg."), ("recommendation", "Bel de buren.")]


def test_a_sub_heading_keeps_what_the_heading_above_it_is_for() -> None:
    parts = [
        TextPart(number=1, heading="3 Advies", level=1, text=""),
        TextPart(number=2, heading="Snelheid", level=2, text="De pagina moet op een telefoon sneller laden."),
        TextPart(number=3, heading="4 Techniek", level=1, text="De pagina moet eerst laden."),
    ]
    (found,) = harvest(parts, unit="section")
    assert (found.kind, found.heading, found.part) == ("recommendation", "Snelheid", 2)


def test_nothing_is_taken_from_a_plan_a_template_or_a_list_of_requirements() -> None:
    advice = ("5 Aanbevelingen", "Meet een week lang hoe vaak de deur openstaat.")
    assert len(sections(("", "Eindrapport"), advice)) == 1
    for title in ("Plan van aanpak", "Sjabloon evaluatie", "Programma van eisen", "Test plan", "Samenwerkingscontract"):
        assert sections(("", title), advice) == ()


def test_a_report_stays_one_though_its_contents_name_a_plan() -> None:
    """A report whose first page listed "Plan van aanpak 10" was once taken for that plan."""
    advice = ("5 Aanbevelingen", "Meet een week lang hoe vaak de deur openstaat.")
    assert len(sections(("", "De deur\nInleiding\t1\nLogboek\t9\nPlan van aanpak\t10"), advice)) == 1
    assert len(sections(("", "Onderzoeksrapport\nVervolg op het plan van aanpak"), advice)) == 1


def test_of_a_manual_only_its_own_advice_is_taken() -> None:
    steps = ("2 Gebruik", "Gaat de pomp aan, dan raden wij aan om de kraan te sluiten.")
    advice = ("4 Aanbevelingen", "Vervang het filter door een grovere.")
    tips = ("5 Tips", "Spoel het filter elke week.")
    assert len(sections(("", "Verslag van de pomp"), steps, advice, tips)) == 3
    assert [each.text for each in sections(("", "Handleiding van de pomp"), steps, advice, tips)] == [advice[1]]
    address = "Zet je pomp aan en sluit je kraan. Kijk of je meter loopt en schrijf je stand op."
    assert [each.text for each in sections(("", "De pomp"), ("1 Begin", address), steps, advice, tips)] == [advice[1]]


def test_a_plan_that_is_added_behind_a_report_hands_nothing_on() -> None:
    limits = ("2.6 Beperkingen", "Wij meten dit voorjaar alleen de zuidgevel van de hal.")
    report = (("1 Resultaten", "De gevel was dicht."), ("6 Conclusie", "De gevel is dicht genoeg voor de winter."))
    assert sections(*report, ("Plan van aanpak", "Dit plan is van februari."), limits) == ()
    assert len(sections(*report, limits)) == 1
    behind = ("Bijlage C", "De metingen."), ("Aanbevelingen", "Meet ook de noordgevel.")
    assert len(sections(*report, ("Plan van aanpak", "Dit plan is van februari."), *behind)) == 1


def test_what_a_source_found_or_expects_is_not_the_authors_own() -> None:
    told = "Verder onderzoek is nodig naar houten gevels"
    assert len(sections(("3 Hout", f"{told}."))) == 1
    assert sections(("3 Hout", f"{told} (Timmerman, 2019).")) == ()
    assert sections(("3 Hout", "Timmerman (2019) stelt dat verder onderzoek nodig is.")) == ()
    assert (
        sections(("7 Toekomst", "Houten gevels zullen volgens kenners in de markt moeten groeien (Timmerman, 2019)."))
        == ()
    )


def test_signposts_and_research_questions_are_no_open_ends() -> None:
    assert (
        sections(
            ("6 Conclusie", "In deze sectie worden punten besproken die in de toekomst kunnen worden uitgebreid."),
            ("7 Discussie", "Onderzocht is hoe de gevel in de toekomst verbeterd kan worden."),
            ("8 Reflectie", "De vraag was: “Hoe kunnen gevels verbeterd worden?”"),
        )
        == ()
    )


def test_headings_that_look_forward_before_the_work_was_done_hand_nothing_on() -> None:
    sentence = "Verder onderzoek naar de gevel is nodig."
    assert len(sections(("5 Conclusie", sentence))) == 1
    for heading in (
        "A.5 Verwachte conclusies",
        "2 Stand van zaken",
        "Onderzoeksvoorstel",
        "Tekortkomingen volgens de klant",
    ):
        assert sections((heading, sentence)) == ()


def test_a_line_with_an_infinitive_for_its_only_verb_is_a_task() -> None:
    lines = "Meer sensoren op de noordgevel zetten\nDe meter elke maand ijken (door de school)\nDe gevel is van hout"
    assert [each.text for each in sections(("Mogelijke verbeteringen", lines))] == lines.split("\n")[:2]


def test_captions_are_no_feet_of_slides() -> None:
    """Captions that came back made the text below them count as a slide's notes, where common words are enough."""
    plain = "Het geluid van de gevel is in januari niet gemeten."
    caption = "Tabel 3: de gevel\n"
    assert sections(*((f"{n} Opstelling", caption + plain) for n in range(1, 4))) == ()


def test_a_chapter_that_calls_itself_one_ends_the_chapter_before() -> None:
    (found,) = sections(
        (
            "Verslag",
            "H6 Aanbevelingen\nMeet de gevel ook in de winter.\nH7 De precisie van de gebruikte meters\nDit moet kunnen.",
        )
    )
    assert found.text == "Meet de gevel ook in de winter."


def test_a_word_that_the_layout_left_alone_on_a_line_is_no_heading() -> None:
    found = pages(
        "Advies\n• Meet in de winter.\nOok\nMeet de noordgevel, want daar regent het veel vaker tegenaan.\n• Begin vroeg."
    )
    assert {each.heading for each in found} == {"Advies"}


def test_nothing_is_taken_from_risks_planning_sources_and_lessons_learned() -> None:
    assert (
        sections(
            ("4 Risico’s", "Er moet nog een vergunning komen. Verder onderzoek is nodig."),
            ("5 Planning", "In week 3 moeten de tests worden uitgevoerd."),
            ("Bronnen", "Recommendations for further research are needed, 2019."),
            ("6 Reflectie", "Ik heb geleerd dat ik de volgende keer beter moet plannen."),
        )
        == ()
    )


def test_a_table_of_contents_is_no_section() -> None:
    contents = "Inhoud\n1 Inleiding 2\n2 Methode 3\n3 Resultaten 4\n4 Aanbevelingen 5\n5 Beperkingen 6\n6 Bronnen 7"
    assert pages(contents, "1 Inleiding\nDit rapport gaat over een gevel die in een dag dicht was.") == ()


def test_a_chapter_whose_end_was_not_seen_is_not_taken_whole() -> None:
    """A heading for advice once swallowed the rest of a report whose other headings could not be told."""
    rest = "\n".join(f"• Regel {n} van een opsomming die nergens over advies gaat." for n in range(80))
    assert pages(f"Advies\n{rest}") == ()


def test_notes_below_the_foot_of_a_slide_are_no_items_of_its_list() -> None:
    found = sections(
        *((f"Dia {n}", f"Een gevel\nGevels · {n}") for n in range(1, 4)),
        ("Aanbevelingen", "Meet twee keer\nBegin vroeg\nGevels · 4\nDeel nu de kaartjes uit."),
    )
    assert [each.text for each in found] == ["Meet twee keer", "Begin vroeg"]


def test_an_empty_document_hands_nothing_on() -> None:
    assert pages() == pages("") == sections(("Aanbevelingen", "")) == ()
