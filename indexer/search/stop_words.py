"""Words that say nothing of a subject, Dutch and English; left out of queries while other words remain.

They are indexed like any other word, for phrases. Written normalised (see `words.normal`).
"""

from __future__ import annotations

_WORDS = """
de het een en van in op te dat die voor met is zijn er aan om niet als ook door bij naar uit over of dan maar ze
zij hij wij we je jij u ik mij me mijn m'n uw uwe jouw jou ons onze hun hen haar hem zich zichzelf dit deze was
waren werd werden worden wordt word geworden had hadden hebben heeft hebt heb kan kunnen kunt kon konden zou zouden
zal zullen moet moeten moest mag mogen mocht wil willen wilt wilde nog wel al alle tot toen hier daar waar wie wat
welke welk hoe wanneer waarom waarvoor waarmee want nu zo zo'n zonder tegen onder na meer veel geen ja nee iets
niets alles doch omdat hoewel indien ben bent wezen geweest doen doet doe deed andere dus reeds toch 't 'n 's t n s
z'n d'r tussen via per men eens even zeer erg vaak soms ooit nooit omtrent sinds tijdens mits tenzij terwijl zodat
waarin waarop waarbij daarbij daarin daarop hierbij hierin hiervoor daarvoor ten ter

a an and are as at be been being by but can could did do does done for from had has have he her him his how i if
into it its me might may must my no nor not of off on or our out she should so some such than that the their them
then there these they this those through to too up us was were what when where which while who whom why will with
would you your about between
"""

STOP_WORDS = frozenset(_WORDS.split())
