"""Whatever file is read: each question has the shape of its kind, and broken files break nothing."""

import ast
import random
import re
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import certification.quizzes.formats as package
from certification.quizzes.formats import READERS, WRITERS, ReadFile, ReadQuestion, UnreadableFileError, rekeyed
from tests.effort import examples

FOLDER = Path(__file__).parents[1] / "data" / "questions"
FILES = [("gift", FOLDER / "kinds.gift"), ("moodle-xml", FOLDER / "kinds.xml")] + [
    ("qti", path) for path in sorted((FOLDER / "qti").glob("*.xml"))
]
ADDRESS = re.compile(r"[0-9a-f]{8}")


def one_right(choices: list[dict[str, Any]]) -> None:
    assert len(choices) >= 2 and sum(choice["correct"] for choice in choices) == 1


def has_keys(parts: list[dict[str, Any]]) -> None:
    keys = [part["key"] for part in parts]
    assert len(set(keys)) == len(keys) and all(ADDRESS.fullmatch(key) for key in keys)


def has_answers(content: dict[str, Any], values: tuple[str, ...]) -> None:
    assert any(answer["share"] == "1" for answer in content["answers"])
    for answer in content["answers"]:
        assert set(answer) == {*values, "share", "feedback"}
        assert 0 <= Fraction(answer["share"]) <= 1
    if "tolerance" in values:
        assert all(Fraction(answer["tolerance"]) >= 0 for answer in content["answers"])
    else:
        assert all(answer["text"] for answer in content["answers"])
        assert isinstance(content["case"], bool) and isinstance(content["accents"], bool)


def has_its_shape(question: ReadQuestion) -> None:
    choices, content = question.choices, question.content
    assert question.stem and question.stem == question.stem.strip()
    assert Fraction(question.points) >= 0
    if question.kind in ("single", "multiple"):
        has_keys(choices)
        assert all(choice["text"] for choice in choices)
        weights = {key: Fraction(share) for key, share in content.get("weights", {}).items()}
        assert set(weights) <= {choice["key"] for choice in choices}
        if question.kind == "single":
            one_right(choices)
            assert all(0 < share < 1 for share in weights.values())
        else:
            assert 0 < sum(choice["correct"] for choice in choices) < len(choices)
            if weights:
                assert sum(share for share in weights.values() if share > 0) == 1
                assert all((weights[choice["key"]] > 0) is choice["correct"] for choice in choices)
        return
    if question.kind == "true_false":
        assert [(choice["key"], choice["text"]) for choice in choices] == [("true", ""), ("false", "")]
        one_right(choices)
        return
    assert choices == []
    if question.kind == "matching":
        has_keys(content["prompts"] + content["options"])
        texts = [option["text"] for option in content["options"]]
        assert len(set(texts)) == len(texts) and len(content["prompts"]) >= 2
        assert {p["match"] for p in content["prompts"]} <= {o["key"] for o in content["options"]}
    elif question.kind == "ordering":
        has_keys(content["items"])
        assert len(content["items"]) >= 2 and content["grading"] in ("place", "exact")
    elif question.kind == "numeric":
        has_answers(content, ("value", "tolerance"))
    elif question.kind == "short":
        has_answers(content, ("text",))
    elif question.kind == "cloze":
        has_keys(content["gaps"])
        assert re.findall(r"\[\[(.*?)\]\]", content["text"]) == [gap["key"] for gap in content["gaps"]]
        for gap in content["gaps"]:
            assert gap["weight"] >= 1
            if gap["kind"] == "select":
                has_keys(gap["choices"])
                one_right(gap["choices"])
            else:
                has_answers(gap, ("text",) if gap["kind"] == "short" else ("value", "tolerance"))
    elif question.kind == "essay":
        assert set(content) == {"rubric", "least_words", "most_words"}
    else:
        assert question.kind == "hotspot"
        has_keys(content["spots"])


def read_or_refused(read: Callable[[bytes], ReadFile], data: bytes) -> ReadFile | None:
    try:
        return read(data)
    except UnreadableFileError:
        return None


@pytest.mark.parametrize(("form", "path"), FILES, ids=lambda value: getattr(value, "stem", value))
def test_what_is_read_has_its_shape_and_the_keys_that_reading_makes(form: str, path: Path) -> None:
    found = read_or_refused(READERS[form], path.read_bytes())
    for question in found.questions if found else []:
        has_its_shape(question)
        assert rekeyed(question) == question


VALUES = ["", "A", "-1", "0", "x y", "1e5", "true", "RESPONSE", "SCORE", "multiple", "ordered", "A B", "-0.5", "9" * 30]
TEXTS = ["", "A", "-1", "*", "{1:SA:", "=", "[[", "\u200f"]
ELEMENT = re.compile(r"<([\w-]+)[^<>]*>[^<>]*</\1>|<[\w-]+[^<>]*/>")


def damaged(source: str, chance: random.Random) -> str:
    """Put another value, another text, one element more or one less into a file."""
    what = chance.choice([re.compile(r'(?<==")[^"]*(?=")'), re.compile(r"(?<=>)[^<>]+(?=<)"), ELEMENT, ELEMENT])
    found = list(what.finditer(source))
    if not found:
        return source[: chance.randrange(len(source))]
    hit = chance.choice(found)
    if what is ELEMENT:
        return source[: hit.start()] + hit[0] * chance.choice([0, 2]) + source[hit.end() :]
    return source[: hit.start()] + chance.choice(VALUES if "=" in what.pattern else TEXTS) + source[hit.end() :]


@pytest.mark.parametrize(("form", "path"), FILES, ids=lambda value: getattr(value, "stem", value))
def test_a_damaged_file_is_read_by_the_rules_or_refused(form: str, path: Path) -> None:
    chance = random.Random(path.name)
    for _ in range(examples(60)):
        source = path.read_text()
        for _ in range(chance.randint(1, 3)):
            source = damaged(source, chance) or "x"
        found = read_or_refused(READERS[form], source.encode())
        for question in found.questions if found else []:
            has_its_shape(question)
            for write in WRITERS.values():
                write([question])


def test_formats_know_no_django_no_clock_and_no_disk() -> None:
    folder = Path(package.__file__).parent
    code = "import sys, certification.quizzes.formats; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=folder.parents[2]).returncode == 0
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"now", "today", "utcnow", "extractall", "extract"}, file.name
            if isinstance(node, ast.Name):
                assert node.id not in {"open", "random", "secrets", "float"}, file.name
