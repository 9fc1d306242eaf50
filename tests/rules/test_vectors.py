"""Cases worked by hand from the contract's text, a folder each: the evaluator comes out where the hand came out."""

import json
from pathlib import Path
from typing import Any

import pytest

from certification.requirements import rules
from certification.requirements.library import packs_beside

VECTORS = Path(__file__).parents[1] / "data" / "vectors"
CASES = sorted(folder.name for folder in VECTORS.iterdir() if folder.is_dir())


def _judged(name: str) -> dict[str, Any]:
    folder = VECTORS / name
    pack, context = folder / "rules.yaml", folder / "context.yaml"
    evaluation = rules.evaluate(
        rules.load(pack.read_text(), file="rules.yaml", find=packs_beside(str(pack))),
        rules.read_entries((folder / "entries.csv").read_bytes(), file="entries.csv"),
        context=rules.read_context(context.read_text(), file="context.yaml") if context.exists() else None,
    )
    return evaluation.as_dict()


def _assert_holds(expected: Any, got: Any, path: str = "") -> None:
    """`expected` names only what must be there; categories are found by code, other lists compared as they stand."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            assert key in got, f"{path}/{key}"
            _assert_holds(value, got[key], f"{path}/{key}")
    elif isinstance(expected, list) and path.endswith(("/categories", "/children")):
        found = {node["code"]: node for node in got}
        for node in expected:
            _assert_holds(node, found[node["code"]], f"{path}/{node['code']}")
    elif isinstance(expected, list):
        assert len(expected) == len(got), path
        for place, (wanted, there) in enumerate(zip(expected, got, strict=True)):
            _assert_holds(wanted, there, f"{path}/{place}")
    else:
        assert expected == got, path


@pytest.mark.parametrize("name", CASES)
def test_worked_case(name: str) -> None:
    expected = json.loads((VECTORS / name / "expected.json").read_text())
    _assert_holds(expected, _judged(name))


def test_cases_are_there() -> None:
    assert len(CASES) >= 100


@pytest.mark.parametrize("name", CASES)
def test_the_arithmetic_of_a_case_is_shown(name: str) -> None:
    handed_over = {"day-cap", "maximum", "nested-short", "tx-hands-on-short", "tx-met", "tx-swedish-short"}
    assert name in handed_over or (VECTORS / name / "worked.md").read_text().startswith("# ")
