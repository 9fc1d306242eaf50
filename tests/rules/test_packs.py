"""The packs that come with the product."""

from pathlib import Path

import pytest

from certification.requirements import library, rules

PACKS = sorted(library.PACKS.glob("*.yaml"))


def _loaded(path: Path) -> rules.RuleSetSpec:
    return rules.load(path.read_text(encoding="utf-8"), file=path.name, find=library.packs_beside(str(path)))


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.name)
def test_a_pack_is_sound_and_bears_its_name(path: Path) -> None:
    spec = _loaded(path)
    assert path.name == f"{spec.label}.yaml"
    assert spec.sources


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.name)
def test_the_minima_of_a_pack_fit_into_what_they_are_parts_of(path: Path) -> None:
    spec = _loaded(path)
    assert sum(top.required for top in spec.categories) <= spec.required
    for node in spec.by_code.values():
        if node.required:
            assert sum(child.required for child in node.children) <= node.required, node.code


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.name)
def test_an_unverified_pack_says_what_is_not_confirmed(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    doubts = [line for line in text.splitlines() if "not confirmed" in line.lower() or "not read" in line.lower()]
    if _loaded(path).status == "unverified":
        assert any("#" in line for line in doubts)


def test_a_pack_of_our_own_is_called_a_sample() -> None:
    assert {path.stem for path in PACKS if _loaded(path).status == "sample"} == {
        path.stem for path in PACKS if "-sample@" in path.name
    }


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
