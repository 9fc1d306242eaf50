"""The demo's banks of questions and its final examination: every question can be asked, every draw can be made."""

import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from certification.quizzes import rules
from certification.quizzes.types import KINDS, Choice

CONTENT = Path(settings.BASE_DIR) / "cms/demo_content"
MODULES = ("MFR", "MLD", "NMT")
BANKS = ("ETH", "PATH", "SOAP")
PICTURED = ("hotspot", "labelling")
GRADED = {"single", "multiple", "true_false", "matching", "ordering", "numeric", "short", "cloze", *PICTURED}
Question = dict[str, Any]


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


FILES = {code: read(CONTENT / f"quizzes/{code}.yaml") for code in MODULES} | {
    code: read(CONTENT / f"banks/{code}.yaml") for code in BANKS
}
POOLS: dict[str, list[Question]] = {
    code: [*content["questions"], *content.get("hotspots", [])] for code, content in FILES.items()
}
ALL = [question for pool in POOLS.values() for question in pool]
PLATES = [question for question in ALL if question["kind"] in PICTURED]
CASES = {case["code"]: case for content in FILES.values() for case in content.get("vignettes", [])}
FINAL = read(CONTENT / "exams/FINAL.yaml")
DRAWS = [item for section in FINAL["sections"] for item in section["items"] if "draw" in item]

by_code = pytest.mark.parametrize("question", ALL, ids=lambda question: question["code"])
by_plate = pytest.mark.parametrize("question", PLATES, ids=lambda question: question["code"])
by_draw = pytest.mark.parametrize("item", DRAWS, ids=lambda item: "-".join(filter(None, item["draw"].values())))


def parsed(question: Question) -> Any:
    """The question as its kind reads it, with a stand-in for the digest of its picture."""
    content = dict(question.get("content", {}))
    if question["kind"] in PICTURED:
        content["picture"] = "0" * 64
    choices = [
        Choice(str(one.get("key", f"c{place}")), one["text"], one["correct"], one["feedback"])
        for place, one in enumerate(question.get("choices", []))
    ]
    return KINDS[question["kind"]].parse(choices, content)


def told_apart(question: Question) -> list[dict[str, Any]]:
    """What a learner can choose or type, as far as each of it can have words of its own for her."""
    content = question.get("content", {})
    if question["kind"] in ("single", "multiple", "true_false"):
        return list(question["choices"])
    if question["kind"] == "cloze":
        return [one for gap in content["gaps"] for one in gap.get("choices", gap.get("answers"))]
    key = {"hotspot": "spots", "numeric": "answers", "short": "answers"}.get(question["kind"], "")
    return list(content.get(key, []))


def pool(draw: dict[str, str]) -> list[Question]:
    """The questions that a draw may take."""
    return [
        question
        for question in POOLS[draw["bank"]]
        if (not draw["category"] or f"{question['category']}/".startswith(f"{draw['category']}/"))
        and draw["difficulty"] in ("", question["difficulty"])
        and (not draw["tag"] or draw["tag"] in question["tags"])
    ]


def lots(draw: dict[str, str]) -> list[int]:
    """How many questions come at once: one, or all of a case."""
    sizes = Counter(question.get("vignette", question["code"]) for question in pool(draw))
    return list(sizes.values())


# ---- questions ----


@by_code
def test_a_question_can_be_asked_and_explains_itself(question: Question) -> None:
    kind, c = KINDS[question["kind"]], parsed(question)
    assert kind.rule(c)
    assert re.fullmatch(r"[A-Z]\w+ .+\.", question["objective"]), "an objective begins with a verb"
    assert question["stem"].strip() and question["explanation"].endswith(".")
    assert re.fullmatch(r"[a-z][a-z ]*/[a-z][a-z -]*", question["category"])
    assert question["difficulty"] in ("easy", "medium", "hard")
    assert len(question["tags"]) == len(set(question["tags"])) >= 2
    assert all(tag == tag.strip().lower() and len(tag) <= 40 for tag in question["tags"])
    entries = told_apart(question)
    assert all(one["feedback"].strip() for one in entries), "each choice says why"
    assert not any(re.search(r"\b(all|none) of the above\b", one.get("text", ""), re.IGNORECASE) for one in entries)


@by_code
def test_a_question_says_how_it_comes(question: Question) -> None:
    """By itself, in a case or on a plate of its module: the draws of the final hold on to these words."""
    come = [tag for tag in question["tags"] if tag in ("stand-alone", "case", "hotspot")]
    assert come == ["case" if "vignette" in question else "hotspot" if question["kind"] == "hotspot" else "stand-alone"]


def test_no_choice_can_be_guessed_by_its_length() -> None:
    """The right one is now and then the longest of its question, and never by much."""
    longest = []
    singles = [question for question in ALL if question["kind"] == "single"]
    for question in singles:
        right = next(len(one["text"]) for one in question["choices"] if one["correct"])
        wrong = [len(one["text"]) for one in question["choices"] if not one["correct"]]
        assert right <= 1.2 * max(wrong), question["code"]
        longest.append(right > max(wrong))
    assert sum(longest) <= len(singles) / 2
    places = Counter(next(n for n, one in enumerate(q["choices"]) if one["correct"]) for q in singles)
    assert all(places[place] >= len(singles) / 6 for place in range(4)), "right ones stand at every place"


def test_codes_and_stems_stand_once() -> None:
    codes = [question["code"] for question in ALL]
    assert len(set(codes)) == len(codes) >= 80
    assert len({rules.normal(question["stem"]) for question in ALL}) == len(codes)
    for bank, questions in POOLS.items():
        asked = [question["code"] for question in questions if question["kind"] != "hotspot" or bank in BANKS]
        assert asked == [f"{bank}-Q{n}" for n in range(1, len(asked) + 1)]


def test_the_matter_and_the_kinds_are_spread() -> None:
    assert sum(len(POOLS[bank]) for bank in BANKS) >= 48
    assert {question["kind"] for question in ALL} == GRADED, "every kind that grades itself, and no other"
    assert Counter(question["kind"] for question in ALL)["hotspot"] == 6
    for bank in MODULES:
        assert [question["kind"] for question in FILES[bank]["hotspots"]] == ["hotspot"] * 2
    for level in ("easy", "medium", "hard"):
        assert all(any(question["difficulty"] == level for question in questions) for questions in POOLS.values())


# ---- cases ----


def test_there_are_twelve_cases_with_their_questions_together() -> None:
    assert len(CASES) == 12
    for bank in BANKS:
        own = [case["code"] for case in FILES[bank]["vignettes"]]
        assert own == [f"{bank}-V{n}" for n in range(1, len(own) + 1)]
        asked = [question["vignette"] for question in FILES[bank]["questions"] if "vignette" in question]
        assert list(dict.fromkeys(asked)) == own, "each case is asked about, in its order"
        assert sorted(asked, key=own.index) == asked, "questions of one case stand together"
        assert all(2 <= number <= 3 for number in Counter(asked).values())


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_case_is_long_enough_to_weigh_and_short_enough_to_read(code: str) -> None:
    case = CASES[code]
    assert case["title"] and "\n\n" in case["text"].strip()
    assert 80 <= len(case["text"].split()) <= 160


# ---- plates ----


@by_plate
def test_marks_stand_on_the_plate_apart_from_one_another(question: Question) -> None:
    drawing = (CONTENT / f"figures/{question['figure']}.svg").read_text()
    box = re.search(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"', drawing)
    assert box is not None
    width, height = (round(float(side)) for side in box.groups())
    c = parsed(question)
    KINDS[question["kind"]].check_picture(c, width, height)
    marks = [(mark.x * width, mark.y * height) for mark in getattr(c, "spots", getattr(c, "points", ()))]
    # A mark is drawn with a radius of 35 thousandths of the width: it lies inside, and no other reaches into it.
    drawn = 35 * width
    for x, y in marks:
        assert drawn <= x <= 1000 * width - drawn and drawn <= y <= 1000 * height - drawn
    for (x, y), (other_x, other_y) in combinations(marks, 2):
        assert (x - other_x) ** 2 + (y - other_y) ** 2 >= (2 * drawn) ** 2


@by_plate
def test_neither_plate_nor_places_name_what_is_asked(question: Question) -> None:
    """Who cannot see the plate hears where each mark is, and nothing that a learner is to know."""
    drawing = (CONTENT / f"figures/{question['figure']}.svg").read_text()
    assert set(re.findall(r"<text[^>]*>([^<]*)</text>", drawing)) <= {*map(str, range(1, 11)), *"ABCDE"}
    marks = question["content"].get("spots", question["content"].get("points"))
    heard = " ".join(
        [question["picture"]["title"], question["picture"]["description"], *(one["place"] for one in marks)]
    )
    named = re.findall(
        r"nerve|arter|vein|node|plexus|glute|piriform|levator|trapez|latissimus|quadratus", heard.lower()
    )
    # On one plate nodes and veins are drawn as such, and none of them is the answer.
    assert named == (["node", "vein"] if question["code"] == "MLD-H2" else [])


# ---- the final examination ----


def test_the_final_asks_forty_questions() -> None:
    items = [item for section in FINAL["sections"] for item in section["items"]]
    assert sum(item.get("count", 1) for item in items) == 40
    assert 12 <= sum(item["count"] for item in DRAWS if item["draw"]["tag"] == "case") <= 16
    assert all(item["draw"]["tag"] in ("case", "stand-alone", "hotspot") for item in DRAWS), "so the cases are counted"
    assert all(section["title"] and section["intro"] for section in FINAL["sections"])
    assert FINAL["bank"] in POOLS and FINAL["settings"]["honour"].strip()


@by_draw
def test_a_draw_has_enough_to_choose_from(item: dict[str, Any]) -> None:
    sizes = lots(item["draw"])
    assert sum(sizes) * 2 >= item["count"] * 3
    reached = {0}
    for size in sizes:
        reached |= {total + size for total in reached}
    assert item["count"] in reached
    # No lot is in every attempt, and none in no attempt.
    for place, size in enumerate(sizes):
        others = {0}
        for other in sizes[:place] + sizes[place + 1 :]:
            others |= {total + other for total in others}
        assert item["count"] in others and item["count"] - size in others


def test_no_question_can_be_drawn_twice() -> None:
    fixed = [item["question"] for section in FINAL["sections"] for item in section["items"] if "question" in item]
    drawn = Counter([*fixed, *(question["code"] for item in DRAWS for question in pool(item["draw"]))])
    assert max(drawn.values()) == 1


def test_what_a_practitioner_must_check_of_the_banks_is_listed() -> None:
    review = (CONTENT / "review.md").read_text()
    assert all(f"## {bank}, " in review for bank in BANKS)
