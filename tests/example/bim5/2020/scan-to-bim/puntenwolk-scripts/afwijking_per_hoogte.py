"""Hoe ver helt een gevel? Afwijking van een verticaal vlak, per halve meter hoogte, in millimeters.

Het nulvlak gaat door de punten van de onderste halve meter. Positief is naar buiten.
"""

import csv
import sys
from collections import defaultdict
from statistics import mean

STAP_M = 0.5


def lees(pad):
    with open(pad, newline="", encoding="utf-8") as bestand:
        return [tuple(float(rij[as_]) for as_ in "xyz") for rij in csv.DictReader(bestand, delimiter=";")]


def afwijking(punten):
    """De gevel loopt langs x; y wijst naar buiten."""
    onder = mean(y for _, y, z in punten if z < STAP_M)
    per_hoogte = defaultdict(list)
    for _, y, z in punten:
        per_hoogte[int(z / STAP_M)].append(1000 * (y - onder))
    return {trap * STAP_M: mean(waarden) for trap, waarden in sorted(per_hoogte.items())}


if __name__ == "__main__":
    for hoogte, mm in afwijking(lees(sys.argv[1])).items():
        print(f"{hoogte:4.1f} m  {mm:+6.1f} mm")
