"""What gives an open end away: headings, document titles, lists that are announced, in Dutch and English. Data only.

All patterns are matched against lower case with single spaces. The phrases of plain paragraphs are in `phrases`.
"""

from __future__ import annotations

import re
from typing import Literal

from archive.relay.open_ends import OpenEndKind

# What a section is for. `closing`: where authors look back; `results`: what they found and made; `early`: before the work
# was done; `foreign`: where others speak or nothing is handed on.
SectionUse = Literal[
    "recommendation", "future_work", "limitation", "open_question", "closing", "results", "early", "foreign", "plain"
]

# The first that fits decides; a heading that fits none is `plain`.
_HEADINGS: tuple[tuple[SectionUse, str], ...] = (
    ("foreign", r"\b(inhoud|inhoudsopgave|contents|bronnen|literatuur(lijst)?|bronvermelding|bronverwijzingen)\b"),
    (
        "foreign",
        r"\b(references|referenties|bibliogra\w+|sources|meer lezen|versiebeheer|dankwoord|begrippen|afkortingen)\b",
    ),
    ("foreign", r"\b(planning|takenlijst|requirements|eisen|wensen|randvoorwaarden|projectgrenzen|risico\w*|risks?)\b"),
    ("foreign", r"\b(volgens|according to|onderzoeks?voorstel|research proposal)\b"),
    ("foreign", r"\bverbeterpunten\b.*\b(proces|samenwerking|team|groep)\w*\b"),
    (
        "early",
        r"\b(verwachte?|expected) |\b(stand van zaken|state.of.the.art|theoretisch kader|literatuur\w*|literature)\b",
    ),
    (
        "early",
        r"\b(inleiding|introduction|aanleiding|probleemstelling|opdracht|doelstelling\w*|doel|afbakening|context)\b",
    ),
    ("early", r"\b(hoofdvraag|deelvragen|onderzoeksvra(ag|gen)|research questions?|vraagstelling)\b"),
    ("early", r"\b(eerder werk|vorige? \w*rapport|waar we verder gaan|previous work|related work|background)\b"),
    ("foreign", r"\b(test ?(plan|cases?|scripts?|protocol|rapport)|use cases?|interviews?|vragenlijst|notulen)\b"),
    ("foreign", r"\b(reflecteren|leerdoelen|competenties|zelfreflectie|persoonlijk\w*|veelgestelde vragen|antwoord)\b"),
    ("foreign", r"\b(project ?plan|project management plan|plan van aanpak)\b"),
    ("closing", r"\b(conclusies?|discussie|conclusions?|discussion)\b.*(\b(en|and)\b|&)"),
    ("closing", r"(\b(en|and)|&) (conclusies?|discussie|conclusions?|discussion)\b|\b(kern|in het kort|in short)\b"),
    (
        "future_work",
        r"\b(vervolg|verder|nader|toekomstig|aanvullend)\w* ?(onderzoek|uitwerking|uitbreiding|werk|stappen|ontwikkeling)",
    ),
    (
        "future_work",
        r"\b(further|future) (research|work|studies|development)|\bnext steps\b|\bout ?look\b|\bfollow-up\b",
    ),
    ("future_work", r"\b(open|openstaande) (tickets?|branches|punten|taken|zaken)\b|\bto ?do'?s?\b|\bvervolg\b"),
    ("future_work", r"\b(uitbreidingen|doorontwikkeling|toekomst(plannen|visie)?|vooruitblik|nog te doen)\b"),
    (
        "future_work",
        r"\b(possible|future|mogelijke) (extensions|improvements|plans|uitbreidingen)\b|\bwhat.s next\b|\broadmap\b",
    ),
    (
        "future_work",
        r"\b(wat|wat er) nog (moet|kan)\b|\bniet (gerealiseerd|afgerond|geïmplementeerd)e?\b|\bnot implemented\b",
    ),
    (
        "future_work",
        r"\b(toekomst|toekomstige?|toekomst\w*|future)\b|\bnog te \w+en\b|\buitbreidings?\w*\b|\bopen issues\b",
    ),
    ("future_work", r"\bvoor het volgende team\b|\bfor the next team\b|\bhoe nu verder\b"),
    ("open_question", r"\b(open|onbeantwoorde|openstaande|unanswered|remaining) (vragen|vraag|questions?)\b"),
    ("open_question", r"\bvragen voor\b|\bquestions for\b|\bniet weten\b|\bnog niet (kunnen|weten)\b|\bdon.t know\b"),
    ("limitation", r"\b(beperking|limitatie|limitation|tekortkoming|shortcoming|kanttekening|caveat|voorbehoud)\w*\b"),
    ("limitation", r"\b(issues|bugs|known (problems?|faults?)|bekende (problemen|fouten)|zwakke punten)\b"),
    (
        "recommendation",
        r"\b(aanbeveling(en)?|recommendations?|advie[sz](en)?|verbeterpunt(en)?|suggesties|advice)\b",
    ),
    ("recommendation", r"\b\w*(aanbeveling(en)?|advies|adviezen)\b|\b(aandachtspunten|verbeteringen|improvements)\b"),
    ("recommendation", r"\bvoorstellen\b|^[\d. ]*((ons|onze|mijn) )?voorstel(len)?( (aan|tot|voor) .*)?$"),
    ("recommendation", r"\b(wat (ik|wij|we) (voorstel|aanra)\w*|doe dit|tips)\b"),
    ("closing", r"\b(conclusies?|conclusions?|discussie|discussion|evaluatie|evaluation|reflectie|reflection|slot)\b"),
    (
        "closing",
        r"\b(samenvatting|\w*samenvatting|summary|abstract|oordeel|besluit|nawoord|terugblik|betrouwbaarheid)\b",
    ),
    ("closing", r"\b(problemen|moeilijkheden|uitdagingen|problems|difficulties|challenges|overdracht|afsluiting)\b"),
    ("closing", r"\b(knelpunten|validiteit|validity)\b"),
    ("results", r"\b(eindresultaat|eindproduct|opgeleverd|opgeleverde|oplevering|realisatie)\b"),
    ("results", r"\b(resultaten|results|bevindingen|findings|wat we vonden)\b"),
)
HEADINGS = tuple((use, re.compile(pattern)) for use, pattern in _HEADINGS)
# A heading of more words is a sentence or a title.
HEADING_MAX_WORDS = 9

# Documents in which a project still has to begin, or that are no report at all.
NO_REPORT = re.compile(
    r"\b(plan van aanpak|project ?plan|test ?plan|onderzoeks?(plan|voorstel)|project ?voorstel|voorstel|projectdefinitie"
    r"|(functioneel|technisch) ontwerp|programma van eisen|requirements|risico ?-?analyse|debriefing|sjabloon|template"
    r"|reflectie ?verslag|test ?(?:rapport|verslag)|review en retro|retrospective|backlog|doelgroep ?analyse|\w*design ?document|ontwerpdocument"
    r"|architectuur ?document|system documentation|stageplan|project plan|project proposal|gespreksverslag|notulen|portfolio"
    r"|samenwerkings(?:contract|overeenkomst)|offerte|beoordeling\w*|functionele decompositie|data ?dictionary|log ?boek|conventies?"
    r"|informatieboek(?:je)?|studiewijzer)\b"
)
REPORT = re.compile(
    r"\b(\w*rapport|\w*verslag|scriptie|\w*proef|thesis|paper|(?:final|research) report|overdracht\w*)\b"
)
CONCLUSION = re.compile(r"(?:\w*conclusies?|conclusions?|discussie|discussion|besluit)\b")
# With these titles a chapter after the conclusion is a document of its own, written before the work was done.
APPENDED = re.compile(
    r"(?:plan van aanpak|pva|project ?(?:management )?plan|onderzoeks?(?:plan|voorstel)|(?:research|project) proposal|test ?plan|stage ?plan)"
)
# Documents that tell their reader how to do something.
MANUAL = re.compile(
    r"\b(\w*handleiding|manual|user guide|richtlijnen|praktische gids|stappenplan|instructies?|guidelines)\b"
)
# What of a manual is handed on: its own advice, and what does not work yet.
MANUAL_HANDS_ON = re.compile(
    r"\b(aanbeveling\w*|recommendations?|beperking\w*|limitations?|bekende|known|vervolg\w*|toekomst\w*|future)\b"
)
READER = frozenset(("je", "jij", "jouw", "jullie", "u", "uw", "you", "your"))
AUTHORS = frozenset(("wij", "we", "ons", "onze", "ik", "mijn", "our"))


# Whoever says something else than the authors, or what is over: never an open end.
NOT_OURS = re.compile(
    r"\b(?:respondent\w*|geïnterviewde\w*|volgens (?:de|een) (?:gebruiker|klant|opdrachtgever)\w*|(?:zei|vertelde|vond) (?:hij|zij|ze)"
    r"|antwoord\w* (?:\w+ )*op de (?:hoofd|deel|onderzoeks)?vra|als ik|weet ik|heb ik|ik \w*(?: \w+){0,4} (?:geleerd|leren)|dat ik niet|hebben (?:we|wij) besloten|is besloten|leerpunt|leerdoel|(?:de )?volgende keer|wij adviseerden"
    r"|(?:besproken|beschreven|toegelicht|behandeld|onderzocht|gekeken|bekeken|achterhalen|achterhaald) (?:is |wordt |werd )?(?:hoe|wat|welke?|of|waarom))\b"
    r"|(?:aan een|om een) (?:goed|juist|volledig)? ?antwoord|\b(?:hoofdstuk|sectie|paragraaf|chapter|section)\b[^.]*\b(?:besproken|beschreven|toegelicht|behandeld|te lezen|discussed|described)\b"
    r"|\bin de (?:\w+ )?(?:gids|handleiding|documentatie|literatuur)\b"
)
# A sentence with a source behind it says what others found: "(Jansen, 2019)", "Jansen (2019)", "[12]".
CITES = re.compile(
    r"\([A-Z][^()]{1,60}[, ] ?(?:(?:19|20)\d\d[a-z]?|n\.d\.|z\.d\.|g\.d\.|sd)\)|[A-Z]\w{1,60} \((?:19|20)\d\d[a-z]?\)|\[\d{1,3}\]"
)
# What the last sentence before a list says that the list holds.
ANNOUNCED: tuple[tuple[OpenEndKind, re.Pattern[str]], ...] = (
    (
        "future_work",
        re.compile(r"\b(?:vervolgstappen|vervolgonderzoek|uitbreidingen|doorontwikkeling|next steps|future work)\b"),
    ),
    (
        "recommendation",
        re.compile(
            r"\b(?:aanbevelingen|adviezen|advies|suggesties|tips|verbeterpunten|verbeteringen|recommendations)\b"
        ),
    ),
    ("limitation", re.compile(r"\b(?:beperkingen|tekortkomingen|kanttekeningen|limitations|shortcomings)\b")),
    ("open_question", re.compile(r"\b(?:open vragen|onbeantwoorde vragen|open questions)\b")),
)
# A sentence that announces items, or looks back on them.
ANNOUNCES = re.compile(
    r"\b(?:aantal|verschillende|enkele|volgende|onderstaande|hieronder|twee|drie|vier|vijf|zes|following|below|three|four|five|some) (?:\w+ )?"
    r"(?:dingen|zaken|punten|manieren|mogelijkheden|opties|vragen|aanbevelingen|adviezen|suggesties|beperkingen|stappen|questions|things|points"
    r"|recommendations|suggestions|limitations)\b"
)
# A sentence that says what a chapter is for.
SIGNPOST = re.compile(
    r"(?:in |dit |deze |this |that )?(?:dit|deze|this|het volgende|the following)? ?"
    r"(?:advies|hoofdstuk|paragraaf|rapport|document|sectie|onderdeel|chapter|section|report) (?:is|wordt|worden|bevat|beschrijft|geven|gaan|staan|we|wij|describes|contains)\b"
)
# These words at its beginning make a sentence lean on the one before it.
LEANING = re.compile(
    r"(?:dit|dat|deze|die|ditzelfde|daardoor|hierdoor|daarom|hiermee|daarmee|zo|hij|ze|zij|hun|dus|zulke|want|meer niet|maar"
    r"|daarvan|hier|toen|indien|een deel|daarvoor|hiervoor|this|that|these|those|it|they|such|so|therefore|hence)\b"
)
# With these a sentence begins something of its own, also where lists have no marks.
FRESH = re.compile(
    r"(?:verder|daarnaast|ook|bovendien|ten (?:eerste|tweede|derde|vierde|slotte)|tot slot|als laatste|een (?:tweede|derde|eerste)"
    r"|een open vraag|nog één|finally|also|and|in addition|furthermore|moreover|first|second|third|lastly|a (?:first|second|third))\b"
)
