"""Moodle XML: what each type means, what is refused and why, what is written for Moodle to read."""

import hashlib
import itertools
from pathlib import Path

import pytest

from certification.quizzes.formats import READERS, WRITERS, ReadQuestion, UnreadableFileError, moodle_xml, rekeyed
from certification.quizzes.formats.base import MOST_QUESTIONS

FOLDER = Path(__file__).parents[1] / "data" / "questions"
FILE = moodle_xml.read((FOLDER / "kinds.xml").read_bytes())
BY_TITLE = {question.title: question for question in FILE.questions}


def notes(title: str) -> list[str]:
    return [note.reason for note in FILE.notes if note.name == title]


def test_every_question_of_the_file_is_read() -> None:
    assert FILE.unsupported == []
    assert [question.kind for question in FILE.questions] == [
        *("single", "multiple", "true_false", "short", "numeric", "matching", "ordering", "cloze", "essay")
    ]
    assert {question.category for question in FILE.questions} == {"Anatomy/Knee"}


def test_html_is_read_by_paragraphs() -> None:
    question = BY_TITLE["Patella"]
    assert question.stem == "A client kneels.\n\nWhich bone lies in front of the knee joint?"
    assert question.explanation == "It is a sesamoid bone.\n\n– flat\n– round"
    assert [c["text"] for c in question.choices] == ["Patella", "Femur & condyles", "Fibula <b>"]
    assert BY_TITLE["Fibula"].stem == "The fibula bears the body's weight. 3 < 4 & so on"


def test_codes_tags_points_and_lines_are_told() -> None:
    question = BY_TITLE["Patella"]
    assert (question.code, question.tags, question.points, question.line) == ("kn-1", ("knee", "bones"), "2", 9)


def test_shares_and_feedback_go_with_choices() -> None:
    question = BY_TITLE["Patella"]
    assert question.content == {"weights": {question.choices[1]["key"]: "1/3"}}
    assert question.choices[0]["feedback"] == "Yes & no other"
    assert BY_TITLE["Menisci"].content == {}


def test_what_is_not_kept_is_said() -> None:
    assert notes("Patella") == [
        "Its hints for further tries are not kept.",
        "What is said to every answer of a sort is not kept: “Nearly there.”.",
    ]
    assert "What is said to every other answer is not kept: “Measure again.”." in notes("Length")
    assert notes("Report") == ["What it holds for those who mark is not kept: “Look for contraindications.”."]


def test_true_and_false() -> None:
    said = [(c["key"], c["correct"], c["feedback"]) for c in BY_TITLE["Fibula"].choices]
    assert said == [("true", False, "The tibia does."), ("false", True, "Right.")]


def test_short_answers() -> None:
    content = BY_TITLE["Shin"].content
    assert content["case"] is True and content["accents"] is True
    assert [(a["text"], a["share"], a["feedback"]) for a in content["answers"]] == [
        ("Tibia", "1", ""),
        ("os *", "1/2", "Which one?"),
    ]


def test_numbers_and_units() -> None:
    content = BY_TITLE["Length"].content
    assert [(a["value"], a["tolerance"], a["share"]) for a in content["answers"]] == [
        ("2", "0.05", "1"),
        ("2", "0.1", "1/2"),
    ]
    others = [{"name": "cm", "factor": "0.01"}, {"name": "km", "factor": "1000"}]
    assert content["unit"] == {"name": "m", "required": True, "others": others}


def test_pairs_and_order() -> None:
    content = BY_TITLE["Actions"].content
    assert [p["text"] for p in content["prompts"]] == ["Quadriceps", "Hamstrings"]
    assert [o["text"] for o in content["options"]] == ["extends", "flexes", "abducts"]
    assert content["prompts"][1]["match"] == content["options"][1]["key"]
    content = BY_TITLE["Session"].content
    assert [i["text"] for i in content["items"]] == ["Intake", "Draping", "Effleurage"]
    assert content["grading"] == "place"


def test_gaps() -> None:
    question = BY_TITLE["Leg"]
    first, second, third = question.content["gaps"]
    assert question.stem == "Complete the text."
    assert question.content["text"] == (
        f"The [[{first['key']}]] lies laterally, the [[{second['key']}]] in front. "
        f"It has [[{third['key']}]] parts & a {{name}}. H₂O"
    )
    assert (first["kind"], first["weight"]) == ("select", 2)
    assert [(c["text"], c["correct"], c["feedback"]) for c in first["choices"]] == [
        ("tibia", False, "it is medial"),
        ("fibula", True, "yes, {lateral}"),
        ("t~#x", False, ""),
    ]
    assert (second["kind"], second["case"]) == ("short", True)
    assert [(a["text"], a["share"]) for a in second["answers"]] == [("patella", "1"), ("knee*", "1/2")]
    assert (third["kind"], third["weight"]) == ("numeric", 1)
    assert [tuple(a.values()) for a in third["answers"]] == [("2", "0.5", "1", "about"), ("3", "1", "1/2", "")]


def test_a_text_that_begins_with_its_gap_is_introduced() -> None:
    found = moodle_xml.read(
        b'<quiz><question type="cloze"><questiontext format="html"><text>{1:SA:=a} is.</text></questiontext></question></quiz>'
    )
    assert found.questions[0].stem == "Fill the gaps."
    assert found.questions[0].content["text"].endswith("]] is.")
    assert "Nothing is said before" in found.notes[0].reason


def test_essays_tell_bounds() -> None:
    assert BY_TITLE["Report"].content == {"rubric": [], "least_words": 20, "most_words": 200}


REASONS = {
    "description": "asks nothing",
    "calculated": "drawn anew",
    "calculatedsimple": "drawn anew",
    "calculatedmulti": "drawn anew",
    "ddmatch": "make it a “matching” question",
    "ddimageortext": "asked on a picture",
    "ddmarker": "asked on a picture",
    "ddwtos": "make it a “cloze” question",
    "gapselect": "make it a “cloze” question",
    "randomsamatch": "from other questions",
    "random": "drawn from others",
    "multichoiceset": "all points or none",
    "unknown type": "“turtle” are not known",
    "picture": "a picture (<img>)",
    "file": "It shows files (“a.png”)",
    "broken file": "The file “a.png” is broken.",
    "no text": "The question has no text.",
    "two right": "2 choices are fully right",
    "shares": "earn 33/50 of the points together",
    "odd single": "<single> is neither true nor false",
    "odd format": "The format “wiki”",
    "yes and no": "Its answers are not “true” and “false”",
    "both": "Not exactly one of",
    "no right": "No answer earns all points",
    "words": "“three” is no number",
    "relative": "no plain difference",
    "unit penalty": "costs a part of the points",
    "no base": "None of its units",
    "third": "1/3 cannot be written as a decimal",
    "nothing unit": "is nothing of another",
    "one pair": "fewer than 2 pairs",
    "relative order": "graded by what stands beside what",
    "some": "asks some of its items only",
    "backwards": "do not stand in their order",
    "several": "A gap asks for several choices",
    "gap type": "A gap of the type “DRAWING”",
    "unclosed": "no closing brace",
    "no gaps": "There are no gaps",
    "light": "A gap weighs nothing",
    "part": "A choice in a gap earns a part",
    "brackets": "“[[”",
    "attachments": "wants files from the learner",
    "only files": "wants files from the learner and no text",
    "odd words": "<minwordlimit> is no number of words",
}


def test_what_is_not_understood_is_listed_with_its_line_and_never_half_read() -> None:
    found = moodle_xml.read((FOLDER / "refused.xml").read_bytes())
    assert [question.title for question in found.questions] == ["fine"]
    assert [entry.name for entry in found.unsupported] == list(REASONS)
    assert [entry.line for entry in found.unsupported] == [*range(3, 3 + len(REASONS))]
    for entry in found.unsupported:
        assert REASONS[entry.name] in entry.reason


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<html></html>", "begins with <html>"),
        (b"<quiz>", "The file is no XML: line 1"),
        (b"", "no XML"),
        (b"Which?{=a ~b}", "no XML"),
        (b'<?xml version="1.0" encoding="klingon"?><quiz/>', "encoding"),
        (b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>', "declares entities"),
        (b'<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>', "declares entities"),
        (b"<quiz>" + b"<a>" * 200 + b"</a>" * 200 + b"</quiz>", "deeper than 100"),
        (b"<quiz>" + b"<question type='x'/>" * (MOST_QUESTIONS + 1) + b"</quiz>", "more than 5,000 questions"),
        (b"<quiz>" + b"<a/>" * 300_001 + b"</quiz>", "more than 300,000 parts"),
        (b" " * (20 * 1024 * 1024 + 1), "larger than 20 MB"),
    ],
)
def test_what_is_no_moodle_xml_or_does_harm_is_refused_whole(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableFileError, match=why):
        moodle_xml.read(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings_are_those_that_the_file_tells(encoding: str) -> None:
    source = (
        f'<?xml version="1.0" encoding="{encoding}"?>\r\n<quiz><question type="truefalse"><questiontext format="plain_text">'
        '<text>Où?\r\nLà.</text></questiontext><answer fraction="100"><text>true</text></answer>'
        '<answer fraction="0"><text>false</text></answer></question></quiz>'
    )
    assert moodle_xml.read(source.encode(encoding)).questions[0].stem == "Où?\nLà."


def test_what_is_read_is_written_and_read_again() -> None:
    written = WRITERS["moodle-xml"](FILE.questions)
    assert written.unsupported == []
    again = moodle_xml.read(written.data)
    assert again.questions == [rekeyed(question) for question in FILE.questions] == FILE.questions
    assert again.unsupported == [] and again.notes == []


def test_moodle_finds_in_it_what_it_looks_for() -> None:
    text = WRITERS["moodle-xml"](FILE.questions).data.decode()
    for piece in (
        '<question type="category">',
        "<text>$course$/top/Anatomy/Knee</text>",
        '<answer fraction="33.33333" format="plain_text">',
        "<multiplier>100</multiplier>",
        "{2:MULTICHOICE:%0%tibia#it is medial~=fibula",
        "<gradingtype>ABSOLUTE_POSITION</gradingtype>",
        "<maxwordlimit>200</maxwordlimit>",
    ):
        assert piece in text


SHORT = {"answers": [{"text": "os", "share": "1", "feedback": ""}], "case": False, "accents": False}
NUMBER = {"answers": [{"value": "1", "tolerance": "0", "share": "1", "feedback": ""}]}


def cloze(*gaps: dict[str, object]) -> dict[str, object]:
    listed = [{"key": f"g{n}", "weight": 1, **gap} for n, gap in enumerate(gaps)]
    return {"text": " ".join(f"x [[{gap['key']}]]" for gap in listed), "gaps": listed}


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (
            ReadQuestion("", "", "", "Mark it.", "hotspot", [], {"picture": "x", "spots": []}),
            "no place for the marks that are wrong",
        ),
        (ReadQuestion("", "", "", "Label it.", "labelling", [], {}), "600 by 400"),
        (ReadQuestion("", "", "", "Dance.", "dance", [], {}), "no questions of the kind “dance”"),
        (ReadQuestion("", "", "", "A", "short", [], SHORT, picture="f" * 64), "which is not at hand"),
        (ReadQuestion("", "", "", "A\x01B", "short", [], SHORT), "a sign that XML cannot hold"),
        (ReadQuestion("", "", "", "A", "short", [], SHORT, tags=("\ufffe",)), "a sign that XML cannot hold"),
        (ReadQuestion("", "", "", "", "short", [], SHORT), "has no text"),
        (
            ReadQuestion(
                "",
                "",
                "",
                "A",
                "cloze",
                [],
                cloze({"kind": "short", **SHORT}, {"kind": "short", **SHORT, "accents": True}),
            ),
            "some of its gaps only",
        ),
        (
            ReadQuestion("", "", "", "A", "cloze", [], cloze({"kind": "numeric", **NUMBER, "unit": {"name": "m"}})),
            "no units",
        ),
        (
            ReadQuestion("", "", "", "A {1:SA:=x}", "cloze", [], cloze({"kind": "numeric", **NUMBER})),
            "Moodle reads as a gap",
        ),
    ],
)
def test_what_moodle_xml_cannot_hold_is_listed_when_it_is_written(question: ReadQuestion, why: str) -> None:
    written = WRITERS["moodle-xml"]([question])
    assert moodle_xml.read(written.data).questions == []
    assert why in written.unsupported[0].reason


def test_what_moodle_passes_over_is_said_when_it_is_written() -> None:
    rubric = [{"key": "a", "title": "Words", "points": 2, "levels": [{"points": 2, "text": "all"}]}]
    asked = [
        ReadQuestion("", "", "", "A", "short", [], SHORT),
        ReadQuestion("", "", "", "B", "essay", [], {"rubric": rubric, "least_words": 0, "most_words": 0}),
    ]
    assert [note.reason for note in WRITERS["moodle-xml"](asked).notes] == [moodle_xml.ACCENTS, moodle_xml.RUBRIC]


def test_categories_come_back_to_none() -> None:
    asked = [
        ReadQuestion("", "", category, "A", "short", [], SHORT | {"accents": True})
        for category in ("", "Anatomy", "", "top/x", "$a$/b")
    ]
    for form in ("gift", "moodle-xml"):
        written = WRITERS[form](asked).data
        again = READERS[form](written)
        assert [question.category for question in again.questions] == [question.category for question in asked]
        assert all(a.line < b.line for a, b in itertools.pairwise(again.questions))


def test_pictures_are_written_inside_and_read_again() -> None:
    """A PNG and a drawing; what is said of them, and their questions' words, come back as they went."""
    data = {hashlib.sha256(one).hexdigest(): one for one in (b"\x89PNG\r\n\x1a\n back", b"<svg viewBox='0 0 9 9'/>")}
    asked = [
        ReadQuestion("", f"Q{n}", "", "Look at <this>.\n\nOn a\nsecond line & more?", "short", [], SHORT | {
            "accents": True}, picture=digest, picture_says='A "back" & more')
        for n, digest in enumerate(data)
    ]  # fmt: skip
    written = WRITERS["moodle-xml"](asked, data)
    assert written.unsupported == []
    again = READERS["moodle-xml"](written.data)
    assert again.questions == asked
    assert again.pictures == data
    assert [one.picture_says for one in again.questions] == ['A "back" & more'] * 2
    assert WRITERS["moodle-xml"](again.questions, again.pictures).data == written.data
    assert b".png" in written.data
    assert b".svg" in written.data


def test_a_file_stays_small_enough_to_be_read_again() -> None:
    """Each picture has 4 MB: two fit into half of the 20 MB of a file, the third is named."""
    data = {hashlib.sha256(bytes([n])).hexdigest(): bytes([n]) * 3_500_000 for n in range(3)}
    asked = [
        ReadQuestion("", f"Q{n}", "", "What?", "short", [], SHORT, picture=digest) for n, digest in enumerate(data)
    ]
    written = WRITERS["moodle-xml"](asked, data)
    assert [one.name for one in written.unsupported] == ["Q2"]
    assert "too large to be read again" in written.unsupported[0].reason
    assert len(READERS["moodle-xml"](written.data).questions) == 2


def test_a_text_whose_spaces_would_not_come_back_does_not_leave_with_a_picture() -> None:
    asked = ReadQuestion("", "", "", "Two  spaces?", "short", [], SHORT, picture="a" * 64)
    (refused,) = WRITERS["moodle-xml"]([asked], {"a" * 64: b"x"}).unsupported
    assert "spaces that would not come back" in refused.reason


def test_a_picture_beside_a_text_with_gaps_does_not_leave() -> None:
    asked = ReadQuestion("", "", "", "A", "cloze", [], cloze({"kind": "numeric", **NUMBER}), picture="a" * 64)
    (refused,) = WRITERS["moodle-xml"]([asked], {"a" * 64: b"x"}).unsupported
    assert "beside a text with gaps" in refused.reason
