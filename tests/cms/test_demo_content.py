"""The demo's content files against one another: what a lesson names is there, and what the program promises adds up."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

CONTENT = Path(settings.BASE_DIR) / "cms/demo_content"
PACK = Path(settings.BASE_DIR) / "certification/requirements/packs/us-mm-300-sample@1.yaml"
TAUGHT = ("MFR", "NMT", "MLD")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


PROGRAM = read(CONTENT / "program.yaml")
MODULES = {module["code"]: module for module in PROGRAM["modules"]}
LESSONS = {lesson["code"]: (module, lesson) for module in PROGRAM["modules"] for lesson in module["lessons"]}


def blocks(code: str) -> dict[str, list[Any]]:
    """A lesson's blocks by their type."""
    found: dict[str, list[Any]] = defaultdict(list)
    for block in read(CONTENT / f"lessons/{code}.yaml")["blocks"]:
        found[block["type"]].append(block["value"])
    return found


def words(*parts: str) -> int:
    return len(re.sub(r"<[^>]+>", " ", " ".join(parts)).split())


def test_three_modules_have_three_lessons_each() -> None:
    assert {code: len(module["lessons"]) for code, module in MODULES.items() if module["lessons"]} == dict.fromkeys(
        TAUGHT, 3
    )
    assert {code for code, module in MODULES.items() if module["status"] == "complete"} == set(TAUGHT)
    assert {path.stem for path in (CONTENT / "lessons").glob("*.yaml")} == set(LESSONS), "no lesson waits unregistered"


@pytest.mark.parametrize("code", sorted(LESSONS))
def test_a_lesson_is_whole(code: str) -> None:
    module, planned = LESSONS[code]
    lesson, parts = read(CONTENT / planned["file"]), blocks(code)
    assert (lesson["code"], lesson["module"], lesson["title"]) == (code, module["code"], planned["title"])
    assert "reviewed by" in lesson["review_note"]
    assert 45 <= planned["minutes"] <= 75
    assert planned["min_seat_minutes"] < planned["minutes"]
    assert len(parts["objectives"][0]) >= 5
    assert {"red_flag", "contraindication"} <= {value["kind"] for value in parts["callout"]}
    assert len(parts["self_check"]) >= 2
    assert len(parts["references"][0]) >= 5
    (steps,) = parts["steps"]
    assert len(steps["faults"]) >= 3
    assert all(step["dose"] and step["pressure"] for step in steps["steps"])
    text = [*parts["prose"], *(value["body"] for value in parts["callout"])]
    text += [step["body"] for step in steps["steps"]] + steps["faults"]
    assert words(*text) >= 900
    assert f"## {code}," in (CONTENT / "review.md").read_text(), "what a practitioner must check is listed"


@pytest.mark.parametrize("code", sorted(LESSONS))
def test_what_a_lesson_shows_is_there(code: str) -> None:
    parts = blocks(code)
    assert parts["figure"]
    for value in parts["figure"]:
        about = read(CONTENT / f"figures/{value['figure']}.yaml")
        drawing = (CONTENT / f"figures/{value['figure']}.svg").read_text()
        drawn = {int(number) for number in re.findall(r'class="f-num"[^>]*>(\d+)<', drawing)}
        assert drawn == {item["n"] for item in about["legend"]}, "each number of the drawing is in the legend"
        assert sorted(drawn) == list(range(1, len(drawn) + 1))
        for letter in set(re.findall(r'class="f-let"[^>]*>([A-Z])<', drawing)):
            assert re.search(rf"\b{letter}\b", about["description"]), "who cannot see it hears of each letter"
        assert not re.search(r"<(style|script)|\sstyle=|\son\w+=", drawing)
    for value in parts["media"]:
        assert (CONTENT / f"media/{value['media']}.yaml").exists()


@pytest.mark.parametrize("code", TAUGHT)
def test_a_quiz_asks_what_its_lessons_teach(code: str) -> None:
    questions = read(CONTENT / f"quizzes/{code}.yaml")["questions"]
    assert [question["code"] for question in questions] == [f"{code}-Q{n}" for n in range(1, len(questions) + 1)]
    asked = [question["objective"].rstrip(".") for question in questions]
    for number in (2, 3):
        taught = {objective.rstrip(".") for objective in blocks(f"{code}-{number}")["objectives"][0]}
        assert sum(objective in taught for objective in asked) == 4, f"four questions name {code}-{number}"
    for question in questions:
        right = sum(choice["correct"] for choice in question["choices"])
        assert right == 1 if question["kind"] == "single" else 1 < right < len(question["choices"])
        assert len({choice["text"] for choice in question["choices"]}) == len(question["choices"]) >= 3
        assert all(choice["feedback"] for choice in question["choices"]) and question["explanation"]


@pytest.mark.parametrize("code", sorted(MODULES))
def test_a_module_says_what_a_learner_will_be_able_to_do(code: str) -> None:
    module = MODULES[code]
    assert 5 <= len(module["objectives"]) <= 8
    assert all(re.match(r"[A-Z]\w+ ", objective) and objective.endswith(".") for objective in module["objectives"])
    # The summary names the hours; lessons stay within those that are online.
    shares = {place: int(hours) for hours, place in re.findall(r"(\d+) h (online|in)", module["summary"])}
    assert sum(shares.values()) * 60 == module["minutes"]
    assert sum(lesson["minutes"] for lesson in module["lessons"]) <= shares["online"] * 60


def test_the_planned_hours_fit_the_rules() -> None:
    pack = read(PACK)
    planned: dict[str, int] = defaultdict(int)
    for module in PROGRAM["modules"]:
        planned[module["category"]] += module["minutes"]
    planned[PROGRAM["externship"]["category"]] += PROGRAM["externship"]["minutes"]
    assert sum(planned.values()) == pack["total_hours"] * 60
    for category in pack["categories"]:
        assert planned[category["code"]] >= category["min_hours"] * 60, category["code"]


def test_the_glossary_is_a_list_of_terms() -> None:
    terms = read(CONTENT / "glossary.yaml")
    names = [entry["term"] for entry in terms]
    assert len(names) >= 40
    assert names == sorted(set(names), key=str.lower), "in order, each once"
    for entry in terms:
        assert set(entry) <= {"term", "meaning", "say", "figure"}
        assert entry["meaning"].endswith(".")
        if "figure" in entry:
            assert (CONTENT / f"figures/{entry['figure']}.svg").exists()


TRANSLATIONS = sorted((CONTENT / "translations").glob("*/*.yaml"))


def told(value: Any) -> list[str]:
    """All words of a block, whatever it is made of, in the order in which its original has them."""
    if isinstance(value, dict):
        return [line for key in sorted(value) for line in told(value[key])]
    if isinstance(value, list):
        return [line for each in value for line in told(each)]
    return [value] if isinstance(value, str) else []


def numbers(value: Any) -> list[str]:
    return sorted(re.findall(r"\d+(?:\.\d+)?", " ".join(told(value))))


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_translation_says_every_number_of_its_original(path: Path) -> None:
    spoken, original = read(path), read(CONTENT / f"lessons/{path.stem}.yaml")
    assert spoken["lesson"] == path.stem
    assert [block["type"] for block in spoken["blocks"]] == [block["type"] for block in original["blocks"]]
    for mine, theirs in zip(spoken["blocks"], original["blocks"], strict=True):
        if mine["type"] in ("figure", "media"):
            continue
        assert numbers(mine["value"]) == numbers(theirs["value"]), mine["type"]
        # A list has as many items, a step its dose: nothing of a lesson is lost on the way.
        assert len(told(mine["value"])) == len(told({k: v for k, v in theirs["value"].items() if k != "kind"}
            if isinstance(theirs["value"], dict) else theirs["value"]))  # fmt: skip
    assert f"## {path.stem} in " in (CONTENT / "review.md").read_text(), "somebody bilingual must check it"


def test_one_whole_lesson_is_there_in_spanish() -> None:
    assert [path.relative_to(CONTENT / "translations") for path in TRANSLATIONS] == [Path("es/MLD-1.yaml")]
    (figure,) = [block["value"]["figure"] for block in read(TRANSLATIONS[0])["blocks"] if block["type"] == "figure"]
    spoken = read(CONTENT / f"figures/{figure}.yaml")
    original = read(CONTENT / f"figures/{spoken['drawing']}.yaml")
    assert [item["n"] for item in spoken["legend"]] == [item["n"] for item in original["legend"]]
    assert (CONTENT / f"figures/{spoken['drawing']}.svg").exists()
