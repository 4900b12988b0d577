"""Forms as lists of fields: what each is called, what may be chosen, and what it says of who will see the thing.

Declared once for every form: the page, what is read of it and what is written all follow from these. The values
themselves are `archive.records.sheets`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from archive.model import Visibility
from archive.records.revising import Code
from archive.records.sheets import Key, Rows, Sheet
from webui import wording

Options = tuple[tuple[str, str], ...]

LEVELS: Mapping[Visibility, object] = {
    Visibility.PUBLIC: _l("Iedereen mag dit zien, ook zonder account."),
    Visibility.PARTNER: _l("Ook alle bedrijven met een account zien dit, dus ook concurrenten."),
    Visibility.CAMPUS: _l("Alle studenten en docenten van de scholen zien dit."),
    Visibility.COMMUNITY: _l("Alleen de mensen van deze community zien dit."),
    Visibility.CONFIDENTIAL: _l("Vertrouwelijk: alleen wie je noemt, het team en de coördinator zien dit."),
}
PROBLEMS: Mapping[Code, object] = {
    "needed": _l("Vul dit in."),
    "long": _l("Dat is te lang. Kort het in."),
    "whole": _l("Vul een heel getal in dat hier kan."),
    "day": _l("Dit is geen datum. Schrijf hem als 31-1-2022."),
    "choice": _l("Kies iets uit de lijst."),
    "address": _l("Dit is geen e-mailadres. Kijk het nog eens na."),
    "twice": _l("Dit bedrijf staat er al bij."),
    "veiled": _l("Dit kun je hier niet invullen. Vraag de coördinator."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`options` are pairs of value and text; those of a level stand all in sight (`in_sight`)."""

    key: Key
    label: object
    hint: object = ""
    options: Options = ()
    in_sight: bool = False
    searched: bool = False  # options are found by words: there are too many to show

    def options_beside(self, value: str) -> Options:
        """The options, and what stands there that is none of them: it stays chosen until somebody chooses otherwise."""
        known = {each for each, _said in self.options}
        if self.key.kind == "choice" and not value and self.key.needed:
            return (("", str(_("niet gekozen"))), *self.options)
        chosen = value.split("\n") if self.key.kind == "many" else [value]
        return (*self.options, *((each, each) for each in chosen if each and each not in known))

    def option(self, value: str) -> str:
        return next((text for each, text in self.options if each == value), value)

    def said(self, text: str) -> str:
        """A value as people read it."""
        if self.key.kind == "tick":
            return str(_("ja") if text else _("nee"))
        if self.key.kind == "day" and text:
            return wording.day_name(text)
        if self.options:
            return ", ".join(map(self.option, text.split("\n")))
        return text or str(_("niets"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRows:
    """A list of rows: `more` asks for another one; `gone` says that a row goes, `confirmed` that it is still right."""

    rows: Rows
    label: object
    fields: tuple[Field, ...]
    more: object
    gone: object
    confirmed: object = ""
    hint: object = ""


@dataclass(frozen=True, kw_only=True)
class Fields:
    """A whole form."""

    fields: tuple[Field, ...]
    lists: tuple[FieldRows, ...] = ()

    @cached_property
    def sheet(self) -> Sheet:
        return Sheet(
            keys=tuple(field.key for field in self.fields),
            rows=tuple(replace(each.rows, keys=tuple(field.key for field in each.fields)) for each in self.lists),
        )

    @property
    def has_levels(self) -> bool:
        return any(field.key.name == "visibility" for field in self.fields)


def text(
    name: str,
    label: object,
    hint: object = "",
    *,
    most: int = 200,
    needed: bool = False,
    address: bool = False,
    words: Mapping[str, str] | None = None,
) -> Field:
    key = Key(name=name, most=most, needed=needed, address=address, words=words or {})
    return Field(key=key, label=label, hint=hint)


def lines(name: str, label: object, hint: object = "", *, most: int = 2_000, needed: bool = False) -> Field:
    return Field(key=Key(name=name, kind="lines", most=most, needed=needed), label=label, hint=hint)


def day(name: str, label: object, hint: object = "") -> Field:
    return Field(key=Key(name=name, kind="day"), label=label, hint=hint)


def whole(name: str, label: object, *, least: int = 0, most: int) -> Field:
    return Field(key=Key(name=name, kind="whole", least=least, most=most), label=label)


def texts(name: str, label: object, hint: object = "", *, address: bool = False) -> Field:
    return Field(key=Key(name=name, kind="texts", most=200, address=address), label=label, hint=hint)


def tick(name: str, label: object, hint: object = "", *, usual: bool = False) -> Field:
    return Field(key=Key(name=name, kind="tick", usual=usual), label=label, hint=hint)


def choice(
    name: str, label: object, options: Iterable[tuple[str, object]], hint: object = "", *, in_sight: bool = False
) -> Field:
    """One of some; "" among the options says that nothing may be chosen, too."""
    pairs = tuple((value, str(said)) for value, said in options)
    values = frozenset(value for value, _said in pairs)
    key = Key(name=name, kind="choice", choices=values, needed="" not in values)
    return Field(key=key, label=label, hint=hint, options=pairs, in_sight=in_sight)


def many(
    name: str, label: object, options: Iterable[tuple[str, object]], hint: object = "", *, searched: bool = False
) -> Field:
    pairs = tuple((value, str(said)) for value, said in options)
    key = Key(name=name, kind="many", choices=frozenset(value for value, _said in pairs))
    return Field(key=key, label=label, hint=hint, options=pairs, searched=searched)


def bilingual(name: str, dutch: object, english: object, *, most: int, needed: bool = False) -> tuple[Field, Field]:
    kind = "lines" if most > 200 else "line"
    nl = Key(name=f"{name}-nl", kind=kind, way=(name, "nl"), most=most, needed=needed)  # type: ignore[arg-type]
    en = Key(name=f"{name}-en", kind=kind, way=(name, "en"), most=most)  # type: ignore[arg-type]
    return Field(key=nl, label=dutch), Field(key=en, label=english)


def level(label: object, levels: Iterable[Visibility] = tuple(Visibility), *, unset: object = "") -> Field:
    """Who may see it; `unset` says what it means to choose nothing, where that is possible."""
    options: list[tuple[str, object]] = [("", unset)] if unset else []
    options += [(each.value, LEVELS[each]) for each in levels]
    return choice("visibility", label, options, in_sight=True)
