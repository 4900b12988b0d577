"""Write the IFC model of the invented school building: STEP text of ISO 16739-1 (IFC4), with Dutch property names."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

_GUID_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://example.org/estafette/ifc")
_STOREYS = (("Begane grond", 0.0), ("Eerste verdieping", 3.4), ("Tweede verdieping", 6.8))
_CLASSROOMS = ("Noord", "Midden", "Zuid")
_LENGTH_M, _DEPTH_M, _HEIGHT_M, _OUTER_M, _INNER_M = 24.0, 9.0, 3.1, 0.32, 0.10


def write_ifc(*, name: str, moment: datetime, author: str, organisation: str) -> str:
    """Return the model as STEP text; the same arguments give the same text."""
    model = _Model()
    model.building(name, author, organisation, int(moment.timestamp()))
    header = (
        "ISO-10303-21;\nHEADER;\n"
        "FILE_DESCRIPTION(('ViewDefinition [ReferenceView_V1.2]'),'2;1');\n"
        f"FILE_NAME('model.ifc','{moment:%Y-%m-%dT%H:%M:%S}',({_text(author)}),({_text(organisation)}),"
        "'tests/example/layout/ifc.py','Estafette','');\n"
        "FILE_SCHEMA(('IFC4'));\nENDSEC;\nDATA;\n"
    )
    return header + "\n".join(model.lines) + "\nENDSEC;\nEND-ISO-10303-21;\n"


def _text(value: str) -> str:
    r"""A STEP string: other letters than ASCII as \X2\ codes (ISO 10303-21, 6.4.3).

    >>> _text("gevel ë")
    "'gevel \\X2\\00EB\\X0\\'"
    """
    parts = []
    for letter in value:
        if letter in "'\\":
            parts.append(letter * 2)
        elif letter.isascii():
            parts.append(letter)
        else:
            parts.append(f"\\X2\\{letter.encode('utf-16-be').hex().upper()}\\X0\\")
    return f"'{''.join(parts)}'"


def _guid(key: str) -> str:
    """A GlobalId of 22 digits that is the same in every run."""
    number = uuid.uuid5(_NAMESPACE, key).int
    digits = ""
    for _ in range(22):
        digits = _GUID_DIGITS[number % 64] + digits
        number //= 64
    return f"'{digits}'"


@dataclass(slots=True)
class _Model:
    lines: list[str] = field(default_factory=list)
    owner: str = "$"
    body: str = ""

    def add(self, entity: str, *values: object) -> str:
        """Write one line and return its reference."""
        reference = f"#{len(self.lines) + 1}"
        self.lines.append(f"{reference}={entity}({','.join(map(str, values))});")
        return reference

    def building(self, name: str, author: str, organisation: str, seconds: int) -> None:
        """Project, site, building and storeys, each with its walls, windows and spaces."""
        person = self.add("IFCPERSON", "$", _text(author), "$", "$", "$", "$", "$", "$")
        school = self.add("IFCORGANIZATION", "$", _text(organisation), "$", "$", "$")
        both = self.add("IFCPERSONANDORGANIZATION", person, school, "$")
        program = self.add("IFCAPPLICATION", school, "'1.0'", _text("Estafette, voorbeeldmodel"), "'estafette'")
        self.owner = self.add("IFCOWNERHISTORY", both, program, "$", ".NOCHANGE.", "$", "$", "$", seconds)
        origin = self.axis(0, 0, 0)
        context = self.add("IFCGEOMETRICREPRESENTATIONCONTEXT", "$", "'Model'", 3, "1.E-05", origin, "$")
        self.body = self.add(
            "IFCGEOMETRICREPRESENTATIONSUBCONTEXT",
            "'Body'",
            "'Model'",
            "*",
            "*",
            "*",
            "*",
            context,
            "$",
            ".MODEL_VIEW.",
            "$",
        )
        units = [
            self.add("IFCSIUNIT", "*", f".{kind}.", "$", f".{unit}.")
            for kind, unit in (
                ("LENGTHUNIT", "METRE"), ("AREAUNIT", "SQUARE_METRE"), ("VOLUMEUNIT", "CUBIC_METRE"),
                ("PLANEANGLEUNIT", "RADIAN"),
            )
        ]  # fmt: skip
        assigned = self.add("IFCUNITASSIGNMENT", _list(units))
        project = self.rooted("IFCPROJECT", "project", _text(name), "$", "$", "$", "$", _list([context]), assigned)
        site_place = self.place("$", 0, 0, 0)
        site = self.rooted(
            "IFCSITE",
            "site",
            "'Perceel'",
            "$",
            "$",
            site_place,
            "$",
            "$",
            ".ELEMENT.",
            "(51,45,54,0)",
            "(5,31,5,0)",
            "8.2",
            "$",
            "$",
        )
        place = self.place(site_place, 0, 0, 0)
        building = self.rooted(
            "IFCBUILDING", "building", _text(name), "$", "$", place, "$", "$", ".ELEMENT.", "$", "$", "$"
        )
        self.properties("building", building, "Gebouwgegevens", Bouwjaar=1974, Functie="onderwijs", Monument=False)
        storeys = [self.storey(number, place) for number in range(len(_STOREYS))]
        for key, whole, parts in (("1", project, [site]), ("2", site, [building]), ("3", building, storeys)):
            self.rooted("IFCRELAGGREGATES", f"aggregate {key}", "$", "$", whole, _list(parts))

    def storey(self, number: int, building_place: str) -> str:
        """One storey: four outer walls, two inner walls, windows and three classrooms."""
        name, height = _STOREYS[number]
        place = self.place(building_place, 0, 0, height)
        storey = self.rooted(
            "IFCBUILDINGSTOREY",
            f"storey {number}",
            _text(name),
            "$",
            "$",
            place,
            "$",
            "$",
            ".ELEMENT.",
            f"{height:.3f}",
        )
        elements = []
        walls = [
            ("gevel zuid", 0.0, 0.0, _LENGTH_M, _OUTER_M, True),
            ("gevel noord", 0.0, _DEPTH_M - _OUTER_M, _LENGTH_M, _OUTER_M, True),
            ("gevel west", 0.0, _OUTER_M, _OUTER_M, _DEPTH_M - 2 * _OUTER_M, True),
            ("gevel oost", _LENGTH_M - _OUTER_M, _OUTER_M, _OUTER_M, _DEPTH_M - 2 * _OUTER_M, True),
            ("binnenwand A", 8.0, _OUTER_M, _INNER_M, _DEPTH_M - 2 * _OUTER_M, False),
            ("binnenwand B", 16.0, _OUTER_M, _INNER_M, _DEPTH_M - 2 * _OUTER_M, False),
        ]  # fmt: skip
        for wall_name, x, y, length, depth, outer in walls:
            key = f"{wall_name} {number}"
            shape = self.box(length, depth, _HEIGHT_M)
            wall = self.rooted(
                "IFCWALL", key, _text(key), "$", "$", self.place(place, x, y, 0), shape, "$", ".STANDARD."
            )
            elements.append(wall)
            self.properties(key, wall, "Pset_WallCommon", IsExternal=outer, LoadBearing=outer)
            deviation = 6.5 * (number + 1) if wall_name == "gevel zuid" else 2.0 + number
            self.properties(
                key, wall, "Opname_Puntenwolk", Afwijking_uit_het_lood_mm=deviation,
                Opgenomen_vanaf_standpunt=7 * number + 3, Isolatie_bekend=False,
                Materiaal="baksteen met spouw" if outer else "kalkzandsteen",
                Brandwerendheid_minuten=60 if outer else 30,
            )  # fmt: skip
        for position in range(3):
            key = f"kozijn zuid {number}.{position + 1}"
            shape = self.box(2.4, 0.12, 1.6)
            at = self.place(place, 2.8 + 8 * position, 0.1, 0.9)
            window = self.rooted(
                "IFCWINDOW", key, _text(key), "$", "$", at, shape, "$", "1.6", "2.4", ".WINDOW.", ".SINGLE_PANEL.", "$"
            )
            elements.append(window)
            self.properties(
                key,
                window,
                "Kozijngegevens",
                Glassoort="dubbel glas uit 1989",
                U_waarde=2.8,
                Draairichting="naar binnen",
            )
        spaces = []
        for position, room in enumerate(_CLASSROOMS):
            key = f"{number}.{position + 1:02}"
            left = (_OUTER_M, 8.0 + _INNER_M, 16.0 + _INNER_M)[position]
            right = (8.0, 16.0, _LENGTH_M - _OUTER_M)[position]
            shape = self.box(right - left, _DEPTH_M - 2 * _OUTER_M, _HEIGHT_M)
            space = self.rooted(
                "IFCSPACE", f"space {key}", f"'{key}'", "$", "$", self.place(place, left, _OUTER_M, 0), shape,
                _text(f"Leslokaal {room}"), ".ELEMENT.", ".INTERNAL.", "$",
            )  # fmt: skip
            spaces.append(space)
            area = round((right - left) * (_DEPTH_M - 2 * _OUTER_M), 2)
            self.properties(
                f"space {key}", space, "Ruimtegegevens", Gebruiksoppervlakte_m2=area, Leerlingplaatsen=int(area // 2),
                Ventilatie="natuurlijk, via klepramen", Ruimtetype="lesruimte",
            )  # fmt: skip
        self.rooted("IFCRELCONTAINEDINSPATIALSTRUCTURE", f"contained {number}", "$", "$", _list(elements), storey)
        self.rooted("IFCRELAGGREGATES", f"spaces {number}", "$", "$", storey, _list(spaces))
        return storey

    def rooted(self, entity: str, key: str, *values: object) -> str:
        """An entity with a GlobalId of its own."""
        return self.add(entity, _guid(f"{entity} {key}"), self.owner, *values)

    def properties(self, key: str, element: str, name: str, **values: str | float | bool) -> None:
        """A property set on one element; underscores in a name stand for spaces."""
        singles = []
        for label, value in values.items():
            match value:
                case bool():
                    typed = f"IFCBOOLEAN(.{'T' if value else 'F'}.)"
                case int():
                    typed = f"IFCINTEGER({value})"
                case float():
                    typed = f"IFCREAL({value})"
                case _:
                    typed = f"IFCLABEL({_text(value)})"
            shown = label.replace("_", " ") if not name.startswith("Pset_") else label
            singles.append(self.add("IFCPROPERTYSINGLEVALUE", _text(shown), "$", typed, "$"))
        both = self.rooted("IFCPROPERTYSET", f"{key} {name}", _text(name), "$", _list(singles))
        self.rooted("IFCRELDEFINESBYPROPERTIES", f"{key} {name}", "$", "$", _list([element]), both)

    def axis(self, x: float, y: float, z: float) -> str:
        """A placement without rotation."""
        point = self.add("IFCCARTESIANPOINT", f"({x:.3f},{y:.3f},{z:.3f})")
        return self.add("IFCAXIS2PLACEMENT3D", point, "$", "$")

    def place(self, within: str, x: float, y: float, z: float) -> str:
        """A placement in that of another."""
        return self.add("IFCLOCALPLACEMENT", within, self.axis(x, y, z))

    def box(self, length: float, depth: float, height: float) -> str:
        """A block that begins in the corner of its placement."""
        centre = self.add("IFCCARTESIANPOINT", f"({length / 2:.3f},{depth / 2:.3f})")
        axis = self.add("IFCAXIS2PLACEMENT2D", centre, "$")
        profile = self.add("IFCRECTANGLEPROFILEDEF", ".AREA.", "$", axis, f"{length:.3f}", f"{depth:.3f}")
        up = self.add("IFCDIRECTION", "(0.,0.,1.)")
        solid = self.add("IFCEXTRUDEDAREASOLID", profile, self.axis(0, 0, 0), up, f"{height:.3f}")
        shape = self.add("IFCSHAPEREPRESENTATION", self.body, "'Body'", "'SweptSolid'", _list([solid]))
        return self.add("IFCPRODUCTDEFINITIONSHAPE", "$", "$", _list([shape]))


def _list(references: Iterable[str]) -> str:
    return f"({','.join(references)})"
