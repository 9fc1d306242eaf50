"""The packs that come with the product."""

from pathlib import Path

import pytest

import certification.requirements as room
from certification.requirements import rules

PACKS = sorted((Path(room.__file__).parent / "packs").glob("*.yaml"))


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.name)
def test_a_pack_is_sound_and_bears_its_name(path: Path) -> None:
    spec = rules.load(path.read_text(encoding="utf-8"), file=path.name)
    assert path.name == f"{spec.label}.yaml"
    assert spec.sources


def test_the_300_hour_sample() -> None:
    path = next(path for path in PACKS if path.name == "us-mm-300-sample@1.yaml")
    spec = rules.load(path.read_text(encoding="utf-8"), file=path.name)
    assert (spec.title, spec.status) == ("Medical Massage Practitioner, 300 hours", "sample")
    assert (spec.applies_by, spec.unit_minutes, spec.required) == ("enrolment", 60, 300 * 60)
    assert {node.code: (node.required // 60, node.maximum) for node in spec.by_code.values()} == {
        "pathology_redflags": (40, None),
        "assessment_mmt_rom": (30, None),
        "mfr": (30, None),
        "nmt_trp": (50, None),
        "mld_intro": (24, None),
        "rehab_stretch": (26, None),
        "soap_hipaa_ethics_billing": (30, None),
        "externship": (70, 70 * 60),
        "externship_hands_on": (50, None),
    }
    assert sum(top.required for top in spec.categories) == spec.required
    assert [child.code for child in spec.by_code["externship"].children] == ["externship_hands_on"]
