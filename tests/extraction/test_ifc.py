"""Building models: header, project, storeys, names of properties."""

from __future__ import annotations

import io
from pathlib import Path

from indexer.extraction import ifc
from indexer.extraction.model import Limits
from tests.extraction.contract import answered

MODEL = r"""ISO-10303-21;
HEADER;
FILE_DESCRIPTION(('ViewDefinition [CoordinationView]'),'2;1');
FILE_NAME('gevel.ifc','2021-06-18T14:03:00',('A. Jansen','B. de Vries'),('Hogeschool'),'IFC 2x3','Tekenprogramma',$);
FILE_SCHEMA(('IFC2X3'));
ENDSEC;
DATA;
#1=IFCPROJECT('0YvctVUKr0kugbFTf53O9L',#2,'Prefab; gevels','Een caf\X2\00E9\X0\ ''De Gevel''',
  $,'Lange naam','Fase',(#20),#7);
#2= IFCBUILDING('x',#2,'Hoofdgebouw',$,$,#3,$,$,.ELEMENT.,$,$,$);
#3=IFCBUILDINGSTOREY('x',#2,'01 Begane grond',$,$,#3,$,'Peil',.ELEMENT.,0.);
#4=IFCBUILDINGSTOREY('x',#2,'02 Eerste',$,$,#3,$,$,.ELEMENT.,3000.);
#5=IFCPROPERTYSINGLEVALUE('Brandwerendheid',$,IFCLABEL('60 minuten'),$);
#6=IFCPROPERTYSINGLEVALUE('Brandwerendheid',$,IFCLABEL('30 minuten'),$);
#7=IFCPROPERTYSET('x',#2,'Pset_WallCommon',$,(#5));
#8=IFCWALL('x',#2,'Wand die geen eigenschap is',$,$,#3,$,'1');
ENDSEC;
END-ISO-10303-21;
"""


def test_a_model_has_four_sections(tmp_path: Path) -> None:
    (tmp_path / "gevel.ifc").write_text(MODEL, encoding="ascii")
    found = answered(tmp_path / "gevel.ifc")
    assert [(part["heading"], part["text"]) for part in found["sections"]] == [
        (
            "Header",
            "Description: ViewDefinition [CoordinationView]\nName: gevel.ifc\nDate: 2021-06-18T14:03:00\n"
            "Authors: A. Jansen, B. de Vries\nOrganisation: Hogeschool\nPreprocessor: IFC 2x3\n"
            "Program: Tekenprogramma\nSchema: IFC2X3",
        ),
        ("Project", "Project: Prefab; gevels, Lange naam, Een café 'De Gevel'\nBuilding: Hoofdgebouw"),
        ("Storeys", "01 Begane grond, Peil\t0\n02 Eerste\t3000"),
        ("Property names", "Brandwerendheid\nPset_WallCommon"),
    ]
    about = found["properties"]
    assert (about["title"], about["authors"], about["created"]) == (
        "Prefab; gevels", ["A. Jansen", "B. de Vries"], "2021-06-18T14:03:00",
    )  # fmt: skip


def test_a_model_that_breaks_off_or_never_ends_a_statement_is_read_as_far_as_it_goes() -> None:
    for rest in (
        MODEL[: MODEL.index("#4=")] + "#4=IFCBUILDINGSTOREY('x",
        MODEL + "'" * 3_000_001,
        MODEL + "(" * 3_000_000,
    ):
        found = ifc.read(io.BytesIO(rest.encode()), limits=Limits())
        assert found.parts[2].text.startswith("01 Begane grond")
