"""Sentences that no phrase gives away: signs that say little alone are weighed together. Pure.

A sign is a class of words, or several that stand near each other in any order: Dutch moves its verbs about, and "is niet
getest", "hebben we het niet kunnen testen" and "het testen lukte niet" are one sign. What the signs of a kind weigh together,
with the place in the report, must reach ENOUGH. The weights were set by hand, by reading where the sentences of
some hundred documents of students fell; each says how far its sign goes alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from archive.relay.open_ends import OpenEndKind

ENOUGH, ROUNDED = 1.0, 0.01
WEAK_PHRASE = 0.6
WORDS_KEPT, SETS_KEPT = 20_000, 10_000  # of which the classes, and the signs, are remembered

# Words by what they say. `*` stands for any ending.
CLASSES = {
    "negation": "niet geen nooit nauwelijks nergens onmogelijk not no never cannot couldn didn wasn isn doesn weren hasn haven",
    "done": """
        onderzocht getest gemeten berekend bepaald meegenomen gecontroleerd gevalideerd vastgesteld geïmplementeerd
        gerealiseerd uitgevoerd afgerond vergeleken achterhaald beoordeeld geëvalueerd geanalyseerd
        gebouwd uitgewerkt toegepast opgenomen geverifieerd gekeken ingebouwd verzameld afgemaakt beantwoord toegekomen
        tested measured investigated evaluated implemented compared examined validated verified completed finished included considered
    """,
    "try": """
        onderzoeken testen meten berekenen bepalen controleren valideren vaststellen implementeren realiseren uitvoeren
        afronden vergelijken achterhalen aantonen beoordelen test measure evaluate implement compare examine validate
    """,
    "able": "kon konden kunnen gelukt lukte mogelijk geslaagd could able possible managed haalbaar toegekomen",
    "alas": "helaas jammer spijtig* jammergenoeg unfortunately regrettably",
    "yet": "echter toch hoewel alhoewel ondanks weliswaar however although though despite",
    "little": """
        weinig klein kleine kleinere kort korte beperkt beperkte slechts enkel alleen onvoldoende gering geringe minimaal
        small few little limited only insufficient short
    """,
    "material": """
        dataset datasets data gegevens steekproef* respons respondent* deelnemer* testpersonen participanten proefpersonen
        meting metingen iteratie* experiment experimenten enquête* interview* periode testperiode onderzoeksperiode
        tijd tijdsbestek onderzoeksgroep sample participants respondents measurements experiments period
    """,
    "worth": """
        betrouwbaar* representati* nauwkeurig* accura* generali* vertekend sluitend* valide
        validiteit realistisch* objectief volledig* reliab* valid
    """,
    "less": "niet minder beperkt beperkte onvoldoende vertekend onbetrouwbaar less not insufficiently nadelig* beïnvloed*",
    "salt": "korrel indicatie voorzichtigheid kanttekening* foutmarge foutenmarge vertekend* caution",
    "cause": "wegens vanwege doordat gezien tijdgebrek tijdsgebrek tijdnood corona* covid* budget due because",
    "supposed": "aangenomen aanname aannames veronderstel* assume assumes assumed assumption*",
    "unknown": "onbekend onduidelijk onzeker vooralsnog unknown unclear uncertain",
    "ours": """
        wij we ons onze dit deze this our prototype product applicatie app website systeem model tool concept analyse
        onderzoek experiment enquête
    """,
    "auxiliary": "is zijn was waren werd werden hebben heeft had hadden were has have",
    "then": "was waren destijds voorheen were",
    "again": """
        verder verdere nader nadere vervolg vervolgonderzoek* vervolgstudie* toekomstig* volgend aanvullend* extra
        bijkomend* opnieuw herhaald* herhalen hernemen langdurig* grootschalig* nieuw further future additional
    """,
    "study": """
        onderzoek onderzoeken onderzoekt studie studies vervolgonderzoek* vervolgstudie* research study studies test tests
        experiment experimenten metingen enquête* analyse uitwerking onderzoeksmogelijkheden
    """,
    "may": "kan kunnen zou zouden moet moeten dient dienen could should can might would must",
    "would": "zou zouden would could",
    "worthwhile": """
        interessant* nuttig* zinvol* waardevol* opportuun nodig noodzakelijk vereist aangewezen aanzet startpunt nood
        aanbevolen aangeraden aanrader mogelijkheden interesting useful valuable worthwhile needed required
    """,
    "more": """
        beter betere groter grotere meer vaker langer breder bredere uitgebreider* dieper nauwkeuriger* sneller* extra andere
        meerdere better larger more longer broader other
    """,
    "improve": """
        verbeterd verbeteren verbetering* verbeterpunt* uitgebreid uitbreiden uitbreiding* toegevoegd toevoegen
        geoptimaliseerd optimaliseren optimalisatie* verfijn* uitgewerkt uitwerken doorontwikkel* aangescherpt bestuderen
        onderzocht bekeken getest herhaald ingegaan ontwikkeld vervangen geautomatiseerd gebouwd bewezen
        improved extended added optimi* expanded explored refined automated improve extend add replaced replace expand
    """,
    "later": "toekomst toekomstig* later latere vervolg nog verder verdere future further",
    "condition": "indien wanneer waarvan waarbij zolang tenzij if when whenever unless",
    "asked": "hoofdvraag deelvraag deelvragen onderzoeksvraag onderzoeksvragen vraag doel doelstelling doelen getracht",
    "plan": "zal zullen gaan gaat will volgens",
    "duty": "moeten moet dient dienen best should must ought",
    "advised": "verstandig raadzaam aangeraden aanbevolen aangewezen geadviseerd advisable wise",
    "addressee": """
        opdrachtgever* bedrijf bedrijven organisatie* gemeente* school scholen ontwikkelaar* gebruiker* beheerder*
        projectgroep* groep groepen team teams student studenten onderzoeker* client company companies developers
    """,
}

NEAR, BESIDE = 7, 3  # words: a verb stands further from its adverb than an adjective from its noun

# Kind, weight, the classes of which a word each must stand near the others, and how near.
Sign = tuple[OpenEndKind, float, tuple[str, ...], int]
SIGNS: tuple[Sign, ...] = (
    ("limitation", 0.7, ("negation", "done"), NEAR),
    ("limitation", 0.4, ("negation", "try"), NEAR),
    ("limitation", 0.3, ("negation", "able"), NEAR),
    ("limitation", 0.5, ("little", "material"), BESIDE),
    ("limitation", 0.5, ("less", "worth"), BESIDE),
    ("limitation", 0.7, ("salt",), 0),
    ("limitation", 0.5, ("supposed",), 0),
    ("limitation", 0.5, ("unknown",), 0),
    ("limitation", -0.3, ("unknown", "then"), NEAR),
    ("limitation", 0.3, ("cause",), 0),
    ("limitation", 0.3, ("alas",), 0),
    ("limitation", 0.1, ("yet",), 0),
    ("limitation", 0.2, ("ours",), 0),
    ("limitation", 0.1, ("auxiliary",), 0),
    ("limitation", -0.4, ("condition",), 0),
    ("limitation", -0.4, ("later",), 0),
    ("limitation", -0.3, ("asked",), 0),
    ("limitation", -0.3, ("plan",), 0),
    ("future_work", 0.6, ("again", "study"), BESIDE),
    ("future_work", 0.4, ("later", "improve"), NEAR),
    ("future_work", 0.3, ("may", "improve"), NEAR),
    ("future_work", 0.2, ("may", "study"), NEAR),
    ("future_work", 0.2, ("may",), 0),
    ("future_work", 0.2, ("worthwhile",), 0),
    ("future_work", 0.2, ("later",), 0),
    ("future_work", 0.1, ("more",), 0),
    ("future_work", 0.2, ("would",), 0),
    ("future_work", 0.3, ("later", "worthwhile"), NEAR),
    ("future_work", 0.2, ("would", "duty"), NEAR),
    ("future_work", -0.4, ("negation", "improve"), BESIDE),
    ("future_work", -0.3, ("condition",), 0),
    ("future_work", -0.3, ("asked",), 0),
    ("future_work", -0.3, ("plan",), 0),
    ("recommendation", 0.5, ("advised",), 0),
    ("recommendation", 0.3, ("duty",), 0),
    ("recommendation", 0.3, ("addressee", "duty"), NEAR),
    ("recommendation", 0.1, ("more",), 0),
)

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What the signs of a sentence say together, and the words that said it."""

    kind: OpenEndKind
    weight: float
    words: str


def _read_classes() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """The classes of whole words, and those of words by how they begin."""
    whole: dict[str, frozenset[str]] = {}
    begun: dict[str, frozenset[str]] = {}
    for name, words in CLASSES.items():
        for word in words.split():
            known = begun if word[-1] == "*" else whole
            known[word.rstrip("*")] = known.get(word.rstrip("*"), frozenset()) | {name}
    return whole, begun


_WHOLE, _BEGUN = _read_classes()
_LENGTHS = sorted(set(map(len, _BEGUN)))


@lru_cache(WORDS_KEPT)
def _classes_of(word: str) -> frozenset[str]:
    begun = (_BEGUN.get(word[:length]) for length in _LENGTHS if length <= len(word))
    return frozenset().union(_WHOLE.get(word, ()), *filter(None, begun))


@lru_cache(SETS_KEPT)
def _signs_of(classes: frozenset[str]) -> tuple[tuple[Sign, ...], float]:
    """The signs that words of these classes may give, and the most that those of one kind can weigh together."""
    signs = tuple(sign for sign in SIGNS if classes.issuperset(sign[2]))
    most: dict[OpenEndKind, float] = {}
    for kind, weight, _, _ in signs:
        most[kind] = most.get(kind, 0.0) + max(weight, 0.0)
    return signs, max(most.values(), default=0.0)


def weigh(text: str, place: float, *, phrase: OpenEndKind | None = None) -> Weighed | None:
    """What a sentence (in lower case) hands on by its signs, where they and its place weigh enough.

    `place` is what the section adds, `phrase` the kind of a weak phrase that stands in it.

    >>> weigh("de sensor is in de winter helaas niet getest.", 0.1)
    Weighed(kind='limitation', weight=1.2, words='niet … getest')
    >>> weigh("de sensor is in de zomer getest.", 0.1)
    """
    words = _WORD.findall(text)
    classes = list(map(_classes_of, words))
    signs, most = _signs_of(frozenset().union(*classes))
    if place + most + (WEAK_PHRASE if phrase else 0) < ENOUGH - ROUNDED:
        return None  # as of nine sentences in ten
    at: dict[str, list[int]] = {}
    for position, names in enumerate(classes):
        for name in names:
            at.setdefault(name, []).append(position)
    totals: dict[OpenEndKind, float] = {phrase: place + WEAK_PHRASE} if phrase else {}
    heaviest: dict[OpenEndKind, tuple[float, tuple[int, ...]]] = {}
    for kind, weight, needed, near in signs:
        if (found := _near([at[name] for name in needed], near)) is not None:
            totals[kind] = totals.get(kind, place) + weight
            heaviest[kind] = max(heaviest.get(kind, (0.0, ())), (weight, found))
    if not totals:
        return None
    best = max(totals, key=lambda kind: totals[kind])
    if round(totals[best], 2) < ENOUGH:
        return None
    told = heaviest[best][1] if best in heaviest else ()
    return Weighed(kind=best, weight=round(totals[best], 2), words=" … ".join(words[position] for position in told))


def _near(places: list[list[int]], near: int) -> tuple[int, ...] | None:
    """The first words, one of each class, that stand near each other; the same word does not count for two."""
    if len(places) == 1:
        return (places[0][0],)
    for one in places[0]:
        for other in places[1]:
            if one != other and abs(one - other) <= near:
                return tuple(sorted((one, other)))
    return None
