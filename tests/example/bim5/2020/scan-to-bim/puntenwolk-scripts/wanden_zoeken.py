"""Zoek rechte lijnen in een horizontale doorsnede van een puntenwolk.

Leest x;y;z in meters en schrijft per gevonden lijn: begin, einde, aantal punten.
Een lijn is hier een rij punten in een strook van BREEDTE_M, langer dan LENGTE_M.
"""

import csv
import math
import sys
from collections import defaultdict

HOOGTE_M = 1.20
DIKTE_M = 0.05  # van de doorsnede
BREEDTE_M = 0.03
LENGTE_M = 0.80
HOEK_GRADEN = 1


def doorsnede(pad, hoogte=HOOGTE_M):
    with open(pad, newline="", encoding="utf-8") as bestand:
        for rij in csv.DictReader(bestand, delimiter=";"):
            x, y, z = float(rij["x"]), float(rij["y"]), float(rij["z"])
            if abs(z - hoogte) <= DIKTE_M / 2:
                yield x, y


def lijnen(punten):
    """Stem op (hoek, afstand) zoals bij een Hough-transformatie, de volste cellen eerst."""
    stemmen = defaultdict(list)
    for x, y in punten:
        for graden in range(0, 180, HOEK_GRADEN):
            hoek = math.radians(graden)
            afstand = round((x * math.cos(hoek) + y * math.sin(hoek)) / BREEDTE_M)
            stemmen[graden, afstand].append((x, y))
    gebruikt = set()
    for (graden, _), groep in sorted(stemmen.items(), key=lambda paar: -len(paar[1])):
        vrij = [punt for punt in groep if punt not in gebruikt]
        if len(vrij) < 8:
            continue
        langs = math.radians(graden + 90)
        vrij.sort(key=lambda p: p[0] * math.cos(langs) + p[1] * math.sin(langs))
        if math.dist(vrij[0], vrij[-1]) >= LENGTE_M:
            gebruikt.update(vrij)
            yield vrij[0], vrij[-1], len(vrij)


if __name__ == "__main__":
    for begin, einde, aantal in lijnen(list(doorsnede(sys.argv[1]))):
        print(f"{begin[0]:.2f} {begin[1]:.2f} -> {einde[0]:.2f} {einde[1]:.2f}  ({aantal} punten)")
