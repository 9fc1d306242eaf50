"""No refusal of the room is without a test that shows its words: what its services say is read from their text."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

ROOM = ROOT / "certification/externships"
TESTS = (
    "tests/externships/*.py",
    "tests/concurrency/*.py",
    "tests/e2e/test_externship_life.py",
    "tests/e2e/test_edges.py",
)
# Words in the services that refuse nothing: what several placements are told after it was done.
NO_REFUSALS = {"Complete on %(day)s.", "A new mail to %(names)s.", "New mails to %(names)s."}
# A piece of a sentence that is shorter than this could be of another one.
LEAST = 10

# Who may not sign, and the test that shows it at the link itself.
WHO_MAY_NOT_SIGN = {
    "the learner under any spelling of her address": "test_not_the_learner_under_any_spelling",
    "the learner by a second address or account": "test_not_by_a_second_address_or_account_of_hers",
    "another learner": "test_not_another_learner_of_the_school",
    "whoever is signed in as a learner": "test_not_while_signed_in_as_a_learner",
    "somebody not assigned that day": "test_not_somebody_not_assigned_that_day",
    "an unverified supervisor: held for the school": "test_not_before_the_school_has_verified_her",
    "a license that lapsed: signed, and not creditable (supervisor_licence)": (
        "test_a_licence_that_lapsed_is_recorded_and_the_rules_say_it"
    ),
}


def _strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield " ".join(node.value.split())


def _sentences() -> dict[str, str]:
    """Every sentence that the room's services can say, by the file in which it stands."""
    found: dict[str, str] = {}
    for file in sorted([*ROOM.glob("services/*.py"), *ROOM.glob("access*.py"), *ROOM.glob("rules/*.py")]):
        for node in ast.walk(ast.parse(file.read_text())):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id
            if named in {"_", "gettext", "ngettext"}:
                assert isinstance(node, ast.Call)
                found |= {text: file.name for argument in node.args for text in _strings(argument)}
    return {text: name for text, name in found.items() if text not in NO_REFUSALS}


def _codes() -> set[str]:
    """Every code that a refusal of the services carries."""
    found = set()
    for file in ROOM.glob("services/*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ValidationError":
                found |= {text for word in node.keywords if word.arg == "code" for text in _strings(word.value)}
    return found


def _said_in_tests() -> set[str]:
    files = [file for pattern in TESTS for file in ROOT.glob(pattern) if file != Path(__file__)]
    return {text for file in files for text in _strings(ast.parse(file.read_text()))}


SENTENCES, SAID = _sentences(), _said_in_tests()


def shown(sentence: str) -> bool:
    """Whether a test says a piece of it that stands between what is filled in, or all of such a piece."""
    pieces = [piece.strip() for piece in re.split(r"%\(\w+\)s|%s", sentence)]
    pieces = [piece for piece in pieces if len(piece) >= LEAST]
    return any(said in piece or piece in said for said in SAID if len(said) >= LEAST for piece in pieces)


def test_the_room_says_what_it_refuses() -> None:
    assert len(SENTENCES) > 200, "the reading of the services finds them"
    assert not shown("Nobody has ever heard of %(name)s in this house.")


@pytest.mark.parametrize("sentence", sorted(SENTENCES), ids=lambda text: re.sub(r"\W+", "-", text)[:60])
def test_each_refusal_is_shown_by_a_test(sentence: str) -> None:
    assert shown(sentence), f"{SENTENCES[sentence]} refuses with these words, and no test shows it"


@pytest.mark.parametrize("who", WHO_MAY_NOT_SIGN)
def test_each_who_may_not_sign_has_its_test(who: str) -> None:
    tree = ast.parse((ROOT / "tests/externships/test_signing.py").read_text())
    assert WHO_MAY_NOT_SIGN[who] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("code", sorted(_codes()))
def test_each_code_is_shown_by_a_test(code: str) -> None:
    assert code in SAID
