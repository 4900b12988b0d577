"""Words that reports and plans on any subject are full of, Dutch and English: they hardly tell what a text is about.

A search heeds them, for whoever types "planning" wants it; the weighing of a text does hardly. The Dutch ones stand in
the reports of about half of 26 student teams that worked on other subjects (without the words of their trade); to these
come the words of the genre: a plan of approach has a planning, risks and an opdrachtgever, whatever it is about.
Written normalised (see `words.normal`); compared by their stems.
"""

from __future__ import annotations

from indexer.search.stemming import stem

_REPORTS = """
aantal aanwezig aangegeven aangepast aangezien achter actief algemeen alleen allerlei altijd anders bedoeld beeld begin
beginnen begint begrijpen behalve behaald beide bekend belangrijk belang beschikbaar beschreven beschrijven besloten
besproken best beste bestaan bestaat bestaande beter betreft bevat bepaald bepaalde bereiken bied bieden biedt bijna
bijlage bijvoorbeeld binnen blijft blijkt blijven boven brengen bronnen buiten conclusie daarna daarnaast daarom
deel delen denk denken dezelfde dingen direct doel doordat doorgaan door drie duidelijk duren duur duurt echt echter
eenvoudig eerder eerst eerste eigen eigenlijk einde elk elke elkaar ervaring ervoor extra figuur gaan gaat geeft gebeurt
gebruik gebruiken gebruikt gedaan geleden gelukt genoeg gericht gevraagd geven gegeven gevolg geval gekeken gekozen
genoemd geschreven gewenst gewoon goed graag groot grote groter haalt halen hand hebben heel help helpen helpt hetzelfde
hierbij hierdoor hiermee hieronder hoeveel hoofdstuk hoog houden houdt huidige hulp idee iedereen iemand informatie
inhoud inleiding inzicht invloed jaar jaren juist juiste kant keer keren keuze kiezen kijk kijken klaar klein kleine kom
komen komt kort korte krijgen krijgt kun laag laat laatste laten later lager leeg lijkt lijst lang lange lopen loopt lukt
maak maakt maken makkelijk manier mee meerdere meest mensen merken methode middel minder minst moeilijk moment mogelijk
mogelijkheid naast namelijk natuurlijk neem nemen neemt net niemand nieuw nieuwe nodig noemen noemt onderdeel ondersteunen
ontwikkelen ontwikkeling opnieuw oplossing oplossen organisatie overzicht paar pagina persoon plaats plek praten probeer
proberen probleem problemen product proces punt reden rekening resultaat rol rond samen samengevat situatie slecht snel
soort specifiek staan staat stap steeds stellen sterk stuk tabel tegelijk tekst terug tijd tijdelijk toekomst toe
toepassing tot totaal tweede twee uitgebreid uitgevoerd uitleg uiteindelijk vaak vast veranderd veranderen verandert
verbeteren verder vergelijken vergeleken verloop verschil verschillen verschillende vervolgens verwacht verwachten vier
vijf vinden vindt volgen volgende volgens volgt volledig vooral voor voorbeeld voordat voordeel voorkomen vorig vorige
vorm vraag vragen waarde waardoor waarmee weer weet weg weinig werk werken werkt weten willen wilt zeggen zegt zeker zelf
zelfs zetten ziet zien zie zit zitten zoals zodra zoeken zorgen zorgt zowel
"""
_PLANS = """
aanbeveling aanbevelingen aanleiding aanpak advies afbakening afspraak afspraken afronden agenda analyse analyseren
antwoord bachelor begeleider begeleiding begeleidt begroting bespreken bespreking bureauonderzoek communicatie
concept context contactpersoon deadline deelnemers deelonderzoek deelvraag deelvragen deskresearch docent docenten
doelgroep doelstelling eindproduct eindrapport eindpresentatie enquete enquetes evaluatie expert fase fasen fasering
feedback gesprek gesprekken halfjaar hoofdvraag hypothese interview interviews interviewen inventariseren inventarisatie
kaders kwaliteit kwalitatief kwantitatief leerdoel leerdoelen leeruitkomst literatuur literatuuronderzoek
literatuurstudie logboek maand maanden methodiek methoden mijlpaal notulen notuleert observatie observaties observeren
onderbouwing onderwerp onderzocht onderzoek onderzoeken onderzoeksmethode onderzoeksvraag onderzoeksvragen oplevering
opleveren opdracht opdrachtgever opleiding opzet orientatie overleg planning plan plannen praktijk praktijkonderzoek
presentatie presenteren probleemstelling project projectgroep projectleider projectplan projectteam randvoorwaarden
rapport rapportage rapporteren relevantie resultaten risico's risico scope semester stakeholder stakeholders stappenplan
startdatum student studenten studie takenverdeling taak taken team teamlid teamleden theoretisch theorie tussentijds
tussenrapport uitkomst uitkomsten uitvoering uitvoeren uitwerken uitwerking uitzoeken vergaderen vergadering verslag
versie vervolg voorzitter week weken werkgroep werkwijze werkzaamheden
"""
_ENGLISH = """
about accordingly achieve actually advice aim aims also although always among analyse analysis analyze another answer
answers appendix approach assignment available background based because become begin best better bring budget called
case certain change chapter choose clear client come compare conclude conclusion concept consider context course create
current currently data day days deadline deliver deliverable deliverables describe described design desk despite
develop developed different discuss discussion does during each easy effect end enough especially etc evaluate
evaluation even every everyone example expect expected explain few final finally find findings first five focus follow
following found four further future general get give given goal goals going good group half hand help helps high idea
important improve include including information instead interview interviews interviewing introduction investigate
involve involved issue issues just keep kind know large last later learn least lecturer less like likely list literature
long look looking lot low made main make makes making many matter mean means measure meeting meetings member members
method methods milestone milestones month months moreover more most much necessary need needed needs new next nothing
number objective objectives observe often once one only order organisation other others outcome outcomes outline own
paper part participants people per perhaps period person phase place plan planning point points possible practice
prepare present presentation problem problems process product project proposal propose provide purpose put question
questionnaire questions read reason recommend recommendation recommendations report reports require requirements
research respondents result results risk risks role same say schedule scope second section see seem semester set several
show shows simple since situation small something sometimes specific stage stakeholder stakeholders start state step
steps student students study sub supervisor survey table take takes talk task tasks teacher team tell terms theory thing
things think three time together topic try two type understand use used useful user using usually various version very
visit want wants way ways week weeks well whether within without work working works write year years yet
"""
GENERAL_STEMS = frozenset(map(stem, f"{_REPORTS} {_PLANS} {_ENGLISH}".split()))
