"""Is planted personal data pointed at, on its page, and is little else? In many ways of writing.

    python -m benchmarks personal_data [--real FOLDER] [--misses]

People, numbers and addresses are made up. Two sets of ways of writing: `KNOWN` was at hand when the rules were written;
`UNSEEN` was written before them by what people type, and only measured. FOLDER: real files to count alarms on; what is
pointed at there is printed masked, for reading by hand.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from indexer.deposit.personal_data import Finding, find
from indexer.extraction.model import Extraction, Part
from indexer.extraction.worker import extract_many

EACH = 40  # plants of each way of writing
_FIRST = ("Fenna", "Joris", "Amina", "Ruben", "Sanne", "Daan", "Lotte", "Yusuf", "Mees", "Noor")
_LAST = ("Wolterbeek", "van Raamsdonk", "de Leeuw", "Terstappen", "El Amrani", "Oldenkamp", "Bos", "ter Haar")
_STREETS = ("Dorpsstraat", "Kerkweg", "Burgemeester Tellegenlaan", "Lindenplein", "Oude Gracht", "Molenpad")
_TOWNS = ("Arnhem", "Nijmegen", "'s-Hertogenbosch", "Wijchen", "Den Haag", "Bergen op Zoom")
_FILLER = (
    "In dit hoofdstuk staat hoe de gevels zijn gemeten.",
    "De 123456789 metingen van 2021 en 2022 gaven geen verschil.",
    "Op 12-03-2021 is de opstelling in lokaal B2.014 gebouwd voor € 1.250,00.",
    "Zie ook tabel 3.2 en ISBN 978-90-274-3964-2.",
)
Plant = Callable[[random.Random], str]


def _digits(chance: random.Random, count: int) -> str:
    return "".join(str(chance.randrange(10)) for _ in range(count))


def _bsn(chance: random.Random) -> str:
    while True:
        digits = str(chance.randrange(1, 10)) + _digits(chance, 8)
        weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
        if sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0:
            return digits


def _iban(chance: random.Random) -> str:
    account = _digits(chance, 10)
    rest = int("".join(str(int(char, 36)) for char in f"INGB{account}NL00"))
    return f"NL{98 - rest % 97:02}INGB{account}"


def _name(chance: random.Random) -> str:
    return f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"


def _mail(chance: random.Random) -> str:
    return f"{chance.choice(_FIRST).lower()}.{chance.choice(_LAST).split()[-1].lower()}@{chance.choice(('han.nl', 'student.hu.nl', 'gmail.com'))}"


def _postcode(chance: random.Random, space: str = " ") -> str:
    return f"{chance.randrange(1000, 9999)}{space}{chance.choice('ABCDEGHJKLMNPRSTVWXZ')}{chance.choice('ABCEGHJKLMNPRTVWXZ')}"


def _mobile(chance: random.Random) -> str:
    return str(chance.choice((1, 2, 3, 4, 5))) + _digits(chance, 7)


def _number(chance: random.Random) -> int:
    return chance.randrange(1, 240)


def _mark(chance: random.Random) -> str:
    return f"{chance.randrange(4, 10)}{chance.choice(('', ',5', ',0'))}"


def _marked(chance: random.Random, line: str) -> str:
    """Three lines of the same form, each with a name and marks of its own."""
    return "\n".join(
        line.format(name=_name(chance), a=_mark(chance), b=_mark(chance), c=_mark(chance)) for _ in range(3)
    )


KNOWN: dict[str, tuple[Plant, ...]] = {
    "bsn": (
        lambda r: f"BSN: {_bsn(r)}",
        lambda r: f"Burgerservicenummer {_bsn(r)}",
        lambda r: "BSN " + (lambda b: f"{b[:4]}.{b[4:6]}.{b[6:]}")(_bsn(r)),
        lambda r: f"Naam\tBSN\n{_name(r)}\t{_bsn(r)}\n{_name(r)}\t{_bsn(r)}",
    ),
    "student_number": (
        lambda r: f"{_name(r)} (s{_digits(r, 7)})",
        lambda r: f"Studentnummer: {r.randrange(1, 10)}{_digits(r, 6)}",
        lambda r: f"Naam\tStudentnummer\n{_name(r)}\t0{_digits(r, 6)}\n{_name(r)}\t1{_digits(r, 6)}",
        lambda r: f"studentnr. {r.randrange(1, 10)}{_digits(r, 5)}",
    ),
    "phone": (
        lambda r: f"06-{_mobile(r)}",
        lambda r: f"06 {(m := _mobile(r))[:2]} {m[2:4]} {m[4:6]} {m[6:]}",
        lambda r: f"+31 6 {_mobile(r)}",
        lambda r: f"+31 (0)6 {(m := _mobile(r))[:4]} {m[4:]}",
        lambda r: f"0031 6 {_mobile(r)}",
        lambda r: f"tel. 024-3{_digits(r, 6)}",
        lambda r: f"06{_mobile(r)}",
    ),
    "email": (
        lambda r: _mail(r),
        lambda r: f"E-mail: {_mail(r).upper()}",
        lambda r: f"<{_mail(r)}>",
    ),
    "address": (
        lambda r: f"{r.choice(_STREETS)} {_number(r)}, {_postcode(r)} {r.choice(_TOWNS)}",
        lambda r: f"Adres: {r.choice(_STREETS)} {_number(r)}a",
        lambda r: f"{r.choice(_STREETS)} {_number(r)}\n{_postcode(r, '')} {r.choice(_TOWNS)}",
    ),
    "iban": (lambda r: _iban(r), lambda r: (lambda i: " ".join(i[at : at + 4] for at in range(0, 18, 4)))(_iban(r))),
    "birth_date": (
        lambda r: f"Geboortedatum: 12-04-{r.randrange(1970, 2005)}",
        lambda r: f"geboren op 3 mei {r.randrange(1970, 2005)}",
    ),
    "interview": (
        lambda r: (
            "Interviewer: Hoe ging dat?\nRespondent: Dat ging goed.\nInterviewer: En toen?\nRespondent: Toen niet meer."
        ),
    ),
    "persons_table": (
        lambda r: "Naam\tE-mail\tTelefoon\n" + "\n".join(f"{_name(r)}\t{_mail(r)}\t06{_mobile(r)}" for _ in range(3)),
    ),
    "assessment": (
        lambda r: "Peerbeoordeling\nNaam\tInzet\tSamenwerking\tCijfer\n" + _marked(r, "{name}\t{a}\t{b}\t{c}"),
        lambda r: "Beoordeling van groepsleden\n" + _marked(r, "{name}: {a}"),
        lambda r: "Groepslid\tEindcijfer\n" + _marked(r, "{name}\t{a}"),
        lambda r: "Cijferlijst\nNaam\tToets 1\tToets 2\tEindcijfer\n" + _marked(r, "{name}\t{a}\t{b}\t{c}"),
        lambda r: (
            f"Feedback over {r.choice(_FIRST)}\n\tSprint 1\t\tSprint 2\n\tCijfer\tFeedback\tCijfer\tFeedback\n"
            + "\n".join(f"{first}\t{_mark(r)}\tWerkt hard.\t{_mark(r)}\tGoed gedaan." for first in r.sample(_FIRST, 2))
        ),
        lambda r: (
            "Onderdeel Samenwerken\tBeoordeling\n\tO\tM\tV\tG\n"
            + "\n".join(f"{what}\t\t\tX" for what in ("Luisteren", "Expertise delen", "Werk afstemmen"))
        ),
        lambda r: "Peer review\n" + _marked(r, "{name}\nWerkt hard en is op tijd.\nCijfer: {a}"),
    ),
}

UNSEEN: dict[str, tuple[Plant, ...]] = {
    "bsn": (
        lambda r: f"bsn-nummer is {_bsn(r)}",
        lambda r: f"BSN/sofinummer: {(b := _bsn(r))[:3]} {b[3:6]} {b[6:]}",
        lambda r: f"Het burgerservicenummer van {_name(r)} is {_bsn(r)}.",
        lambda r: f"Sofinummer\n{_bsn(r)}",
        lambda r: f"BSN nr {(b := _bsn(r))[:3]}.{b[3:6]}.{b[6:]}",
        lambda r: f"Achternaam\tGeboortedatum\tBSN\nBos\t01-02-1990\t{_bsn(r)}\nDe Leeuw\t03-04-1991\t{_bsn(r)}",
    ),
    "student_number": (
        lambda r: f"S{_digits(r, 7)}",
        lambda r: f"Studentnummers: {r.randrange(1, 10)}{_digits(r, 6)} en {r.randrange(1, 10)}{_digits(r, 6)}",
        lambda r: f"{_name(r)}, student nr {r.randrange(1, 10)}{_digits(r, 6)}",
        lambda r: f"Student number {r.randrange(1, 10)}{_digits(r, 5)}",
        lambda r: f"{_name(r)} - {r.randrange(1, 10)}{_digits(r, 6)}\n{_name(r)} - {r.randrange(1, 10)}{_digits(r, 6)}",
        lambda r: f"Studentennummer {_name(r)}: {r.randrange(1, 10)}{_digits(r, 8)}",
        lambda r: f"Leerlingnr: {r.randrange(1, 10)}{_digits(r, 5)}",
    ),
    "phone": (
        lambda r: f"(06) {_mobile(r)}",
        lambda r: f"06.{(m := _mobile(r))[:2]}.{m[2:4]}.{m[4:6]}.{m[6:]}",
        lambda r: f"+316{_mobile(r)}",
        lambda r: f"+31(0)6-{_mobile(r)}",
        lambda r: f"00316{_mobile(r)}",
        lambda r: f"06 - {_mobile(r)}",
        lambda r: f"06-{(m := _mobile(r))[:4]} {m[4:]}",
        lambda r: f"Telefoonnummer: 0{r.choice(('10', '20', '26'))} {(m := _mobile(r))[:3]} {m[3:5]} {m[5:7]}",
        lambda r: f"Mob: +31-6-{_mobile(r)}",
        lambda r: f"T: 0{r.choice(('481', '344', '317'))} - {_digits(r, 6)}".replace(" - 0", " - 4"),
        lambda r: f"+31 {r.choice(('24', '26', '10'))} {_mobile(r)[:7]}",
        lambda r: f"bel mij op 06 {(m := _mobile(r))[:3]} {m[3:6]} {m[6:]}",
    ),
    "email": (
        lambda r: _mail(r).replace("@", " [at] "),
        lambda r: f"mail naar {_mail(r)}, dan",
        lambda r: f"mailto:{_mail(r)}",
        lambda r: f"{_name(r)} ({_mail(r)})",
        lambda r: f"{r.choice(_FIRST).lower()}_{r.randrange(80, 99)}@hotmail.com.",
    ),
    "address": (
        lambda r: (
            f"{_name(r)}\n{r.choice(_STREETS)} {_number(r)}-{r.randrange(1, 9)}\n{_postcode(r)}  {r.choice(_TOWNS).upper()}"
        ),
        lambda r: f"Zij woont aan de {r.choice(_STREETS)} {_number(r)} in {r.choice(_TOWNS)}.",
        lambda r: f"Adres\tPostcode\tWoonplaats\n{r.choice(_STREETS)} {_number(r)}\t{_postcode(r)}\t{r.choice(_TOWNS)}",
        lambda r: f"{r.choice(_STREETS)} {_number(r)} bis, {_postcode(r, '')}, {r.choice(_TOWNS)}",
        lambda r: f"Postcode: {_postcode(r)}",
        lambda r: f"adres: {r.choice(_STREETS)} {_number(r)} te {r.choice(_TOWNS)}",
        lambda r: f"{r.choice(_STREETS)} {_number(r)} {_postcode(r)} {r.choice(_TOWNS)}",
    ),
    "iban": (lambda r: f"IBAN: {_iban(r).lower()}", lambda r: f"rekening {(i := _iban(r))[:8]} {i[8:]}"),
    "birth_date": (
        lambda r: f"geb. 12/04/{r.randrange(1970, 2005)}",
        lambda r: f"Geboren te Arnhem op 3 mei {r.randrange(1970, 2005)}",
        lambda r: f"Date of birth: {r.randrange(1970, 2005)}-04-12",
        lambda r: f"Geboortedatum en -plaats: 9 juni {r.randrange(1970, 2005)}, Ede",
    ),
    "interview": (
        lambda r: (
            "I: Wat doe je hier?\nR: Ik zet de wanden.\nI: Al lang?\nR: Elf jaar.\nI: En bevalt het?\nR: Ja hoor."
        ),
        lambda r: (
            "Bijlage 3: Interview met de uitvoerder\n"
            + "Wij spraken hem over zijn werk en dat vertelt hij hier in het lang. " * 8
        ),
        lambda r: "Vraag: Wat vind je?\nAntwoord: Het gaat wel.\nVraag: Hoezo?\nAntwoord: Te druk.",
        lambda r: (
            "Joris: Hoe begon het?\nAmina: Met een mail.\nJoris: En toen?\nAmina: Toen niets.\nJoris: Echt?\nAmina: Ja."
        ),
    ),
    "persons_table": (
        lambda r: (
            "Voornaam\tAchternaam\tGeboortedatum\tWoonplaats\n"
            + "\n".join(f"{_name(r).replace(' ', chr(9), 1)}\t0{n}-02-1999\tEde" for n in range(1, 5))
        ),
        lambda r: "Nr\tDeelnemer\tMobiel\n" + "\n".join(f"{n}\t{_name(r)}\t06-{_mobile(r)}" for n in range(1, 4)),
        lambda r: (
            "Student;Mailadres;Klas\n".replace(";", "\t") + "\n".join(f"{_name(r)}\t{_mail(r)}\tB2a" for _ in range(3))
        ),
    ),
    "assessment": (
        lambda r: "360 graden feedback\n" + _marked(r, "Feedback voor {name}\nScore: {a} van 10"),
        lambda r: (
            "Student\tBeoordeling\n" + "\n".join(f"{_name(r)}\t{each}" for each in ("goed", "voldoende", "onvoldoende"))
        ),
        lambda r: "Beoordelingsformulier groepsleden\n" + _marked(r, "Beoordeelde: {name}\nInzet {a}\nGemiddeld {b}"),
        lambda r: "Peer assessment\n" + "\n".join(f"{_name(r)} {r.randrange(4, 10)}/10" for _ in range(3)),
        lambda r: (
            f"Groepsbeoordeling\n\t{_name(r)}\t{_name(r)}\t{_name(r)}\n"
            f"Inzet\t{_mark(r)}\t{_mark(r)}\t{_mark(r)}\nSamenwerken\t{_mark(r)}\t{_mark(r)}\t{_mark(r)}"
        ),
        lambda r: "Groepsbeoordeling\n" + _marked(r, "{name} geef ik een {a}, want het werk was op tijd."),
        lambda r: "Nr.\tStudent\tPunten\tCijfer\n" + _marked(r, "12\t{name}\t34\t{a}"),
        lambda r: f"Voor de inzet geven wij {_name(r)} een {_mark(r)} en {_name(r)} een {_mark(r)}.",
        lambda r: "Peer evaluation\nTeam member\tContribution\tComment\n" + _marked(r, "{name}\t{a}\tGood work"),
        lambda r: f"Individuele cijfers: {_name(r)} {_mark(r)}, {_name(r)} {_mark(r)} en {_name(r)} {_mark(r)}.",
        lambda r: "Feedback van teamgenoten\n" + _marked(r, "{name}\nTop: altijd op tijd.\nTip: stel meer vragen."),
    ),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, help="a folder with real files to count alarms on")
    parser.add_argument("--misses", action="store_true", help="print what of the known ways was missed")
    args = parser.parse_args(arguments)
    for title, ways in (("known ways", KNOWN), ("unseen ways", UNSEEN)):
        found, planted = measured(ways, misses=args.misses and ways is KNOWN)
        lines = "  ".join(f"{kind} {found[kind]}/{planted[kind]}" for kind in ways)
        print(f"{title}: {found.total()} of {planted.total()} ({found.total() / planted.total():.1%})\n  {lines}")
    if args.real:
        _alarms(args.real)


def measured(ways: dict[str, tuple[Plant, ...]], *, misses: bool = False) -> tuple[Counter[str], Counter[str]]:
    """How many plants of each kind were found on their page, and how many there were."""
    found: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    chance = random.Random(2021)
    for kind, plants in ways.items():
        for number, plant in enumerate(plants):
            for _ in range(EACH):
                text = plant(chance)
                page = chance.randrange(1, 4)
                findings = find(pages_with(text, page, chance))
                planted[kind] += 1
                hit = any(each.kind == kind and each.part == page for each in findings)
                found[kind] += hit
                if misses and not hit:
                    print(f"missed: {kind}, way {number + 1}: {text!r}")
    return found, planted


def pages_with(text: str, page: int, chance: random.Random) -> tuple[Part, ...]:
    """Three pages of a report, one of which holds the text between its own lines."""
    parts = []
    for number in range(1, 4):
        lines = [chance.choice(_FILLER) for _ in range(6)]
        if number == page:
            lines.insert(3, text)
        parts.append(Part(number=number, text="\n".join(lines)))
    return tuple(parts)


def alarms_of(files: Sequence[Path]) -> Iterator[tuple[Path, int, tuple[Finding, ...]]]:
    """For each file that can be read: how many pages or sections, and what is pointed at."""
    for path, outcome in extract_many(files, jobs=2):
        if isinstance(outcome, Extraction):
            yield path, len(outcome.parts), find(outcome.parts)


def _alarms(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in (".pdf", ".docx"))
    pages = 0
    kinds: Counter[str] = Counter()
    for path, parts, findings in alarms_of(files):
        pages += parts
        for each in findings:
            kinds[each.kind] += 1
            print(f"{path.name}  p. {each.part}  {each.kind}  {each.masked}  ×{each.count}")
    print(f"{kinds.total()} on {pages} pages or sections: {dict(kinds)}")


if __name__ == "__main__":
    main()
