"""Closed classes of words, Dutch and English, by which sentences are told apart. Data only."""

from __future__ import annotations

# A full stop after one of these ends no sentence.
_ABBREVIATIONS = """
bijv bv o.a e.a e.g i.e nr nrs ca max min dr drs ir ing prof mr mevr dhr blz pag p fig tab vgl evt incl excl
resp d.w.z m.b.v t.o.v i.v.m n.a.v d.m.v t.b.v m.a.w i.p.v o.b.v z.o.z jr vs cf no vol par hfst art st
"""
# Words that a sentence may begin with and that are no verb: what else begins one may be an imperative.
_NO_VERB = """
de het een er dit dat deze die ik wij we jij je jullie zij ze hij hun ons onze mijn zijn haar al alle allemaal
als omdat doordat hoewel terwijl wanneer indien toen nadat voordat zodat of en maar want dus ook nog niet geen
met zonder in op aan bij van voor door over uit na naar tot onder tegen tussen tijdens volgens sinds vanaf
hier daar daarom daardoor hierdoor daarnaast verder bovendien echter toch wel zo te om wie wat waar welke hoe
waarom twee drie vier vijf zes zeven acht negen tien één veel weinig meer minder sommige enkele elke elk ieder
iedere beide zowel noch eerst dan nu soms vaak meestal helaas gelukkig uiteraard misschien waarschijnlijk the
a an this that these those it its they our their there if when while because although since as at by on for
from to with without and or but so not no all both each every some many most few more less one two three four
he she his her my your you i who what which how why where is are was were has have had can could may might
only just finally also des ondanks gezien naast behalve dankzij vanwege wegens door
"""
# Verbs that show, near the beginning, that a sentence states something.
_FINITE = """
is zijn was waren wordt worden werd werden heeft hebben had hadden kan kunnen kon konden moet moeten mag mogen
zal zullen zou zouden gaat gaan blijkt blijft lijkt komt staat geeft maakt doet are were has have will would
can could may might must should does did seems remains
"""

ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
NO_VERB = frozenset(_NO_VERB.split())
FINITE = frozenset(_FINITE.split())
