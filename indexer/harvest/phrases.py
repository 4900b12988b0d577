"""The turns of phrase by which authors hand something on, Dutch and English, as a table. Data, and how it is read.

One phrase a line, in lower case. `(a|b)` is one or the other, `[a|b]` one of them or none, `[2]` up to two words, `…` some
words in between, `word*` all words that begin so, `^` the beginning of the sentence. A name in capitals stands for the words
given in WORDS. A `strong` phrase says by itself that something is handed on; a `weak` one only where authors look back on
their work. Of the phrases in a sentence the first in the table decides its kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from archive.relay.open_ends import OpenEndKind

GAP_MAX_CHARS = 80

WORDS = {
    "WE": "wij|we|ik",
    "US": "wij|we",
    "MODAL": "kan|kunnen|zou|zouden|moet|moeten|should|could|can|must|might",
    "STUDY": "onderzoek|vervolgonderzoek|studie|test|tests|meting|metingen|experiment|experimenten",
    "NEEDED": "nodig|noodzakelijk|gewenst|wenselijk|vereist|aan te raden",
    "NEXT": "volgend|volgende|nieuw|nieuwe|ander|second|next|follow-up|new",
    "TEAM": "team|groep|onderzoek|project|projectgroep|studie|study|student|studenten|group",
    "WHETHER": "of|hoe|wat|welke|waarom|in hoeverre",
    "UNCLEAR": "onduidelijk|onbekend|niet duidelijk|niet bekend|niet zeker|de vraag",
    "BETTER": "verbeterd|uitgebreid|geoptimaliseerd|toegevoegd|uitgewerkt",
    "MEASURED": "gemeten|getest|onderzocht|meegenomen|beproefd",
}

Strength = Literal["strong", "weak"]

# What a paragraph calls itself comes first, then open questions: "nog onduidelijk of" often stands before words of a
# limitation.
TABLE: tuple[tuple[OpenEndKind, Strength, str], ...] = (
    (
        "recommendation",
        "strong",
        """
        ^ (aanbeveling|advies|tip|recommendation) [1]:
        """,
    ),
    (
        "limitation",
        "strong",
        """
        ^ (beperking|kanttekening|voorbehoud|limitation|caveat):
        """,
    ),
    (
        "open_question",
        "strong",
        """
        open vraag
        (niet|nooit) [meer] kunnen (uitzoeken|achterhalen)
        (niet|nooit) [meer] hebben kunnen
        (is|zijn|blijft|blijven) [het] [nog|ons|helaas|echter|wel] UNCLEAR WHETHER
        (is|remains) [still] (unclear|unknown|an open question|to be seen) (whether|how|what|which|why|if)
        """,
    ),
    (
        "open_question",
        "weak",
        """
        blijft (de vraag|onbeantwoord|open|onduidelijk)
        kan alleen … zeggen
        """,
    ),
    (
        "future_work",
        "strong",
        """
        ^ (vervolg|vervolgonderzoek|future work):
        (verder|verdere|nader|meer|extra|aanvullend) STUDY … (NEEDED|MODAL|verdient)
        vervolgonderzoek … (NEEDED|MODAL|zal|verdient)
        (NEEDED|raadzaam|verstandig|goed|interessant) [1] om … (verder|nader) te (onderzoeken|testen|bepalen|kijken)
        (NEEDED|raadzaam|verstandig|goed|interessant) [1] om … (verder|nader|meer) STUDY
        (moet|moeten|zou|zouden) … (tests|metingen|onderzoek|vervolgonderzoek) … (gedaan|uitgevoerd|verricht)
        NEXT TEAM [2] MODAL
        (toegevoegd|onderzocht|verbeterd|uitgebreid) … (vervolgonderzoek|nader onderzoek|volgend onderzoek)
        (indien|als|wanneer) … in (nader|verder|een volgend) onderzoek
        (zou|zal) [het] [2] (interessant|nuttig|zinvol|waardevol|de moeite waard) [zijn] (om|als)
        (valt|dient|blijft|is) [nog] verder te onderzoeken
        (would|could|might) be interesting to
        onderzoek naar [2] (kunnen|moeten) doen
        (further|future|more|additional|follow-up) (research|work|study|studies|testing) … (need*|requir*|MODAL|is)
        (should|ought to|could|must|need to|needs to) be [further] (tested|investigated|studied|examined|explored)
        (deserve|deserves) a study
        (remain|remains) to be (tested|studied|done|built)
        left for (future|later)
        hebben US [dat|dit] [zelf] (niet|nooit) geprobeerd
        (zou|zouden|moet|moeten|kan|kunnen) [nog] (verder|nader) [1] (onderzocht|uitgezocht|bekeken)
        in [de] (toekomst|vervolg) … (moet|moeten|zou|zouden|uitgebreid|uitbreid*)
        (moet|moeten|zou|zouden) … in de toekomst
        in de toekomst (kan|kunnen|zal|zullen|wil|willen) … (BETTER|gemaakt|gebouwd|gerealiseerd|vervangen|ontwikkeld)
        (zou|zouden|kan|kunnen|moet|moeten) … (in een vervolg*|later) … (uitbreid*|uitgebreid|toegevoegd|onderzocht)
        in the future … (could|should|can|must|will)
        (could|should|can|must) … in the future
        (in|voor) (een|de) (volgende|latere|toekomstige) (versie|fase|iteratie|release|sprint)
        (een|de|the|a) [logische] (volgende stap|next step) (zou|kan|would|could|should)
        niet [meer] aan toegekomen
        nog niet (geïmplementeerd|gerealiseerd|uitgewerkt|ingebouwd|afgemaakt)
        not [yet] [been] implemented
        (kan|kunnen|zou|zouden) [3] (nog|verder) [3] BETTER
        mogelijke (uitbreiding*|toevoeging*|verbetering*) (is|zijn|zou|zouden|kan|kunnen)
        (can|could|should) be [further] (improved|extended|optimised|optimized)
        would be (better|nice|good|useful|wise) to
        (still|yet) (need|needs|has|have) to be
        (in|for) a (next|future|later|new) (version|release|phase|iteration|sprint)
        room for improvement
        """,
    ),
    (
        "future_work",
        "weak",
        """
        geen tijd meer
        (kan|kunnen|zou|zouden) … dieper
        interesting to (study|test|compare|research|investigate|find|poll)
        is [het] [2] (interessant|nuttig|zinvol|waardevol|de moeite waard) om
        (volgende stap|next step) is
        (startpunt|aanzet|basis|aanleiding|mogelijkheden|ruimte|plaats) [2] (voor|tot) [2] (vervolg*|verder|verdere|toekomstig*) [1]
        (kan|kunnen|worden) … in de toekomst
        in de toekomst … (kan|kunnen|willen)
        graag [nog|ook] (hadden|had|willen)
        hadden US … (graag|willen)
        (uitbreiding|uitbreidingen|doorontwikkeling) (zou|kan|is|zijn|kunnen)
        (moet|moeten|dient|dienen) [er] (nog|verder|er meer)
        nog [verder] (onderzocht|getest|uitgewerkt|geoptimaliseerd|verbeterd) [moeten|kunnen] worden
        staat nog open
        nog te (onderzoeken|testen|bouwen|doen|verbeteren)
        (kan|kunnen|zou|zouden) … (verbeterd|geoptimaliseerd|uitgebreid|uitgebreider|behaald) [kunnen] worden
        (kan|kunnen|zou|zouden) … worden (verbeterd|uitgebreid|geoptimaliseerd)
        kan … uitgebreider
        hadden … (kunnen|nog) … worden (toegevoegd|gemeten|onderzocht|verteld)
        zou … worden verteld
        verbeterpunt
        """,
    ),
    (
        "recommendation",
        "strong",
        """
        (raad|raden|raadt) [1] WE
        WE (raad|raden) … (aan|af)
        WE … willen … (aanraden|adviseren|meegeven)
        adviseer
        adviseren [1] US
        US adviseren
        (ons|mijn) advies
        het advies (is|luidt)
        (zou|zouden) WE … (kiezen|aanraden|adviseren)
        (bevelen|beveel) … aan
        (is|zou|lijkt) [het] [3] aan te (bevelen|raden) (om|dat)
        verdient [het] [de] aanbeveling
        onze aanbeveling (is|luidt)
        we [would] [strongly] (recommend|advise|suggest)
        it is (recommended|advised|advisable)
        our (advice|recommendation)
        is recommended
        wie na ons komt
        (vinden|denken) US [ook] dat … (moet|moeten|beter|het beste)
        US (vinden|denken|zijn van mening) [ook] dat … (moet|moeten|beter|het beste|niet waard)
        stellen US voor
        US stellen voor
        kan (men|je) [het] best
        (kun je|kan je|kan men|zou je) overwegen
        ^ overweeg
        """,
    ),
    (
        "recommendation",
        "weak",
        """
        het is [2] (verstandig|raadzaam|zinvol|slim) (om|dat)
        lijken ons de moeite waard
        (wordt|worden) … (geadviseerd|aangeraden|aanbevolen)
        (geadviseerd|aangeraden|aanbevolen) wordt
        (is|zijn|zou|lijkt) … aan te (bevelen|raden)
        (kan|kunnen|zou|zouden) (men|je|ze|zij) [2] (best|beter|het beste)
        ^ wie … wil …, moet
        (kan|kunnen) … (best|beste) … (gebruikt|gekozen|ingezet|toegepast)
        (is|lijkt) [hiervoor|daarvoor] [dan ook|dus] (de|het) beste (keuze|optie|oplossing)
        """,
    ),
    (
        "limitation",
        "strong",
        """
        oorzaak en gevolg
        niet (zonder meer|te) (geldig|generaliseren|vertalen)
        (niet|not) [erg|volledig|helemaal] (representatief|representative)
        (geen|no) (controlegroep|control group|doorsnee)
        controlegroep … (niet|geen)
        (oververtegenwoordigd|ondervertegenwoordigd|over-represented|under-represented|underrepresented)
        (zwak punt|zwakte|beperking|tekortkoming) van (dit|het|ons|onze|deze)
        (zwak punt|zwakte|beperking|tekortkoming|kritische noot|kanttekening) (is|was|bij|vooraf|die)
        voorbehoud:
        ons verzuim
        (te weinig|te klein|te kort) [is|zijn|was] voor een
        (te weinig|te klein|te kort) [is|zijn|was] om … te (zeggen|concluderen|beweren|kunnen)
        (zegt|zeggen) (dat|dit) [1] niets
        kleine aantallen
        be read as a hypothesis
        wrong to (conclude|present)
        with caution
        small sample
        limitation of (this|our)
        niet [helemaal|heel|geheel|volledig|erg] (nauwkeurig|volledig betrouwbaar)
        (vanwege|wegens|door) [een] (gebrek aan tijd|tijdgebrek|tijdsgebrek|beperkte tijd)
        lack of (time|data)
        nog niet (helemaal|volledig|geheel) (klaar|af)
        wegens een bug
        (werkt|werken|functioneert|functioneren) [2] nog niet
        (werkt|werken) (helaas|momenteel) niet
        (werkt|werken|functioneert|functioneren) [1] niet (altijd|goed|optimaal|perfect|volledig|naar behoren)
        (is|zijn|wordt|worden) [2] nog niet [1] (gebouwd|gemaakt|getest|getoond|geprogrammeerd|mogelijk|beschikbaar)
        not (finished|completed|implemented|tested|supported|working) yet
        (is|are|has|have) not yet [been]
        (does|do) not work (yet|properly|correctly|reliably)
        (ran|run) out of time
        (due to|because of) [a|the] (lack of time|time constraints|limited time|lack of)
        (did|do) not have [2] time
        (cijfers|uitkomsten|resultaten|gegevens) … (dragen geen conclusie|vertekend|mooier maakt|kunnen beïnvloeden)
        uitkomsten … niet … geldig
        (resultaat|resultaten|uitkomst|uitkomsten) (kan|kunnen) [3] (afwijken|beïnvloed|vertekend)
        kunnen US (hier|daar|hierover|daarover|nog|daardoor|hierdoor) [nog] (geen|niets)
        kunnen US niets (zeggen|beweren)
        niet te scheiden
        slechts (één|twee|drie|enkele|een paar) (respondent*|deelnemer*|metingen|bedrijven|gesprekken|interviews)
        """,
    ),
    (
        "limitation",
        "weak",
        """
        WE … niet [kunnen] (MEASURED|meten|onderzoeken|vaststellen|testen)
        hebben US … niet [meer] kunnen
        helaas … (niet|geen)
        unfortunately … (not|no|unable)
        (not|insufficient|too little) [enough] (time|data|participants|respondents|measurements)
        we (could|were) not [able]
        (fairly|quite|too|relatively|very) (small|few|short)
        niet gelukt
        konden US (niet|geen)
        US konden … (niet|geen)
        (onvoldoende|te weinig) (data|tijd|gegevens|metingen|respondenten|deelnemers)
        (unable to|not able to)
        (klein|kleine) (aantal|groep|steekproef)
        (few participants|small numbers|small group)
        (beperkt|beperkte) (aantal|hoeveelheid|dataset|data|steekproef)
        limited (number|amount|data)
        (dat|which|that) we (did|could) not (measure|test)
        was not (measured|planned)
        (is|zijn) voorlopig
        vuistregel en geen
        voorzichtig moet worden
        (geen perfecte|allesbehalve|niet optimaal|verre van perfect)
        (had|hadden) … beter (gekund|gekunnen|geweest)
        beste geweest (om|als)
        te (abstract|abstracte)
        weinig geëxperimenteerd
        ruimte voor verbetering
        misschien … gewoon
        nog niet (klaar|af)
        niet aangetoond
        bemoeilijkt
        te (klein|kleine|weinig|kort|korte|beperkt|gering) … (om|voor)
        (wordt|worden|werd|werden|is|was) [2] beperkt (door|tot)
        (is|zijn|blijft|blijven) [2] (onbekend|onduidelijk|onzeker)
        maakt het (lastig|moeilijk) om
        (enkel|slechts|alleen) … (MEASURED|data beschikbaar)
        kunnen US niet (altijd|overal)
        (namen|neem|nemen) WE [2] aan
        WE (namen|nemen|neem) … aan
        (model|models|study|analysis|analyse|berekening|method) [does|do] (assume|assumes|veronderstelt)
        vanuit gegaan dat
        (was|waren|is|zijn) misschien
        """,
    ),
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A turn of phrase."""

    kind: OpenEndKind
    strong: bool
    pattern: re.Pattern[str]


_PIECE = re.compile(r"\[[^\]]*\]|\([^)]*\)\S*|\S+")
_NAME = re.compile(r"\b[A-Z]{2,}\b")
_WORD = re.compile(r"\w+")
BEGINNING = 4  # letters


def read_phrase(line: str) -> tuple[str, tuple[str, ...]]:
    """A line of the table as a regular expression, and the words of which a text that fits has at least one.

    >>> pattern, needs = read_phrase("WE (raad|raden) [ten zeerste] … (aan|af)")
    >>> re.search(pattern, "dat wij raden ten zeerste het gebruik aan").group()
    'wij raden ten zeerste het gebruik aan'
    >>> needs
    ('raad', 'raden')
    """
    pattern, parted = "", True
    needs: tuple[str, ...] = ("",)
    for piece in _PIECE.findall(line):
        if piece == "^":
            pattern = "^"
        elif piece == "…":
            some = f"[^.?!]{{0,{GAP_MAX_CHARS}}}?"
            pattern += f"(?:{some} )?" if parted else f"(?: {some})? "
            parted = True
        elif piece.startswith("["):
            inside = piece[1:-1]
            some = rf"(?:\w+ ){{0,{inside}}}" if inside.isdecimal() else f"(?:(?:{_spelled(inside)}) )?"
            pattern += some if parted else f" {some}"
            parted = True
        else:
            words, behind = piece[1:].split(")") if piece.startswith("(") else (piece, "")
            words = _NAME.sub(lambda name: WORDS[name.group()], words)
            pattern += ("" if parted else " ") + rf"(?<!\w)(?:{_spelled(words)}){re.escape(behind)}(?!\w)"
            parted = False
            choices = tuple(word.rstrip("*") for word in words.split("|"))
            if min(map(len, choices)) > min(map(len, needs)):
                needs = choices
    return pattern, needs


def _spelled(words: str) -> str:
    return "|".join(re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in words.split("|"))


def _read_table() -> tuple[tuple[Phrase, ...], dict[str, tuple[tuple[str, int], ...]]]:
    """The phrases, and by the beginning of a word what each needs with the number of the phrase."""
    phrases: list[Phrase] = []
    needed: dict[str, list[tuple[str, int]]] = {}
    for kind, strength, lines in TABLE:
        for line in filter(None, map(str.strip, lines.splitlines())):
            pattern, needs = read_phrase(line)
            for need in needs:
                needed.setdefault(_WORD.findall(need)[0][:BEGINNING], []).append((need, len(phrases)))
            phrases.append(Phrase(kind=kind, strong=strength == "strong", pattern=re.compile(pattern)))
    return tuple(phrases), {beginning: tuple(needs) for beginning, needs in needed.items()}


PHRASES, _NEEDED = _read_table()


def phrase_in(text: str, *, weak: bool) -> tuple[Phrase, str] | None:
    """The first phrase of the table that stands in a sentence (in lower case), with its words; weak ones if asked."""
    # What a phrase needs begins where a word does: looking there first costs a tenth of looking for all of it.
    beginnings = {word[:BEGINNING] for word in _WORD.findall(text)} & _NEEDED.keys()
    likely = {number for beginning in beginnings for need, number in _NEEDED[beginning] if need in text}
    for number in sorted(likely):
        phrase = PHRASES[number]
        if (phrase.strong or weak) and (match := phrase.pattern.search(text)) is not None:
            return phrase, match.group()
    return None
