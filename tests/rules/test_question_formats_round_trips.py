"""What is written is read back as it was, with every sign that a format keeps for itself; looked for by Hypothesis."""

import dataclasses
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from certification.quizzes.formats import READERS, WRITERS, ReadQuestion, UnreadableFileError, rekeyed
from tests.effort import examples

often = settings(max_examples=examples(150), deadline=None)

PIECES = [
    *"\\~=#{}:%*/[]<>&'\"|",
    *("\n", "\n\n", " ", "\t", "\\n", "\\\\", "->", "####", "::", "//", "..", "_____", "=%50%", "%50%", "~%-33.333%"),
    *("[html]", "[plain]", "[id:x]", "[[", "]]", "]]>", "<![CDATA[", "<b>", "</p>", "<!--", "&amp;", "&#35;", "&nbsp;"),
    *("$CATEGORY: x", "TRUE", "T", "{1:SA:=x}", "{:MC:", "}", "\\}", "1:2", "3..4", "45°", "½"),
    *(
        "é",
        "e\u0301",
        "ß",
        "İ",
        "עצם",
        "عضلة",
        "\u200f",
        "肩",
        "😀",
        "👩🏽\u200d⚕️",
        "“a”",
        "l’os",
        "\u2028",
        "\x85",
        "\xa0",
        "\ufeff",
    ),
    *("biceps", "Q", "0", "-1"),
]
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join).filter(lambda text: text.strip())
said = st.one_of(st.just(""), texts)
lines = texts.map(lambda text: " ".join(text.split()))
decimals = st.tuples(st.integers(-9999, 9999), st.integers(0, 4)).map(
    lambda pair: str(pair[0]) if pair[1] == 0 else f"{pair[0]}.{pair[1]}"
)
parts = st.sampled_from(
    ["0", "1/10", "1/8", "1/7", "1/6", "1/4", "1/3", "2/5", "1/2", "2/3", "5/6", "9/10", "333/1000"]
)


@st.composite
def singles(draw: st.DrawFn) -> dict[str, Any]:
    found = draw(st.lists(texts, min_size=2, max_size=4))
    right = draw(st.integers(0, len(found) - 1))
    choices = [
        {"key": f"k{n}", "text": text, "correct": n == right, "feedback": draw(said)} for n, text in enumerate(found)
    ]
    weights = {c["key"]: draw(parts) for c in choices if not c["correct"] and draw(st.booleans())}
    return {"kind": "single", "choices": choices, "content": {"weights": weights} if weights else {}}


@st.composite
def multiples(draw: st.DrawFn) -> dict[str, Any]:
    right, wrong = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    choices = [
        {"key": f"k{n}", "text": draw(texts), "correct": n < right, "feedback": draw(said)}
        for n in range(right + wrong)
    ]
    content: dict[str, Any] = {}
    if draw(st.booleans()):
        share = {n: str(Fraction(1, right)) if n < right else "-" + draw(parts) for n in range(right + wrong)}
        content = {"weights": {f"k{n}": part.replace("-0", "0") for n, part in share.items()}}
    return {"kind": "multiple", "choices": draw(st.permutations(choices)), "content": content}


@st.composite
def truths(draw: st.DrawFn) -> dict[str, Any]:
    right = draw(st.booleans())
    choices = [
        {"key": key, "text": "", "correct": right is value, "feedback": draw(said)}
        for key, value in (("true", True), ("false", False))
    ]
    return {"kind": "true_false", "choices": choices, "content": {}}


@st.composite
def matchings(draw: st.DrawFn) -> dict[str, Any]:
    options = draw(st.lists(texts, min_size=2, max_size=4, unique_by=str.strip))
    prompts = [
        {"key": f"p{n}", "text": draw(texts), "match": f"o{draw(st.integers(0, len(options) - 1))}"}
        for n in range(draw(st.integers(2, 4)))
    ]
    listed = [{"key": f"o{n}", "text": text} for n, text in enumerate(options)]
    return {"kind": "matching", "content": {"prompts": prompts, "options": listed}}


@st.composite
def orderings(draw: st.DrawFn) -> dict[str, Any]:
    items = [{"key": f"i{n}", "text": text} for n, text in enumerate(draw(st.lists(texts, min_size=2, max_size=4)))]
    return {"kind": "ordering", "content": {"items": items, "grading": draw(st.sampled_from(["place", "exact"]))}}


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    found = draw(st.lists(texts, min_size=1, max_size=3))
    listed = [
        {"text": text, "share": draw(parts) if n else "1", "feedback": draw(said)} for n, text in enumerate(found)
    ]
    return {"answers": listed, "case": draw(st.booleans()), "accents": draw(st.booleans())}


@st.composite
def numbers(draw: st.DrawFn) -> dict[str, Any]:
    listed = [
        {
            "value": draw(decimals),
            "tolerance": draw(decimals).lstrip("-"),
            "share": draw(parts) if n else "1",
            "feedback": draw(said),
        }
        for n in range(draw(st.integers(1, 3)))
    ]
    return {"answers": listed}


@st.composite
def measures(draw: st.DrawFn) -> dict[str, Any]:
    others = [{"name": name, "factor": factor} for name, factor in (("cm", "0.01"), ("km", "1000"))]
    unit = {"name": "m", "required": draw(st.booleans()), "others": others[: draw(st.integers(0, 2))]}
    return {"kind": "numeric", "content": draw(numbers()) | {"unit": unit}}


@st.composite
def clozes(draw: st.DrawFn) -> dict[str, Any]:
    accents = draw(st.booleans())
    gaps, text = [], draw(texts)
    for n in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["select", "short", "numeric"]))
        inside: dict[str, Any]
        if kind == "select":
            inside = {"choices": draw(singles())["choices"]}
        elif kind == "short":
            inside = draw(answers()) | {"accents": accents}
        else:
            inside = draw(numbers())
        gaps.append({"key": f"g{n}", "kind": kind, "weight": draw(st.integers(1, 9)), **inside})
        text += f"[[g{n}]]" + draw(texts)
    return {"kind": "cloze", "content": {"text": text, "gaps": gaps}}


@st.composite
def essays(draw: st.DrawFn, rubric: bool) -> dict[str, Any]:
    levels = [{"points": n, "text": draw(said)} for n in range(draw(st.integers(0, 3)))]
    criteria = [{"key": "c", "title": draw(texts), "points": draw(st.integers(1, 9)), "levels": levels}]
    content = {"rubric": criteria if rubric else [], "least_words": 0, "most_words": 0}
    return {"kind": "essay", "content": content | ({"most_words": draw(st.integers(0, 500))} if rubric else {})}


@st.composite
def questions(draw: st.DrawFn, kinds: st.SearchStrategy[dict[str, Any]]) -> ReadQuestion:
    return ReadQuestion(
        code=draw(st.one_of(st.just(""), lines)),
        title=draw(st.one_of(st.just(""), lines)),
        category=draw(st.one_of(st.just(""), lines)),
        stem=draw(texts),
        explanation=draw(said),
        tags=tuple(draw(st.lists(lines, max_size=2))),
        points=draw(st.sampled_from(["1", "2", "0.5"])),
        **draw(kinds),
    )


short = answers().map(lambda content: {"kind": "short", "content": content})
numeric = numbers().map(lambda content: {"kind": "numeric", "content": content})
SIMPLE = [singles(), multiples(), truths(), matchings(), short, numeric]
KINDS = {
    "gift": st.one_of(*SIMPLE, essays(False)),
    "moodle-xml": st.one_of(*SIMPLE, measures(), orderings(), clozes(), essays(True), essays(False)),
}
ALLOWED = {"gift": ("holds “->”",), "moodle-xml": ("Moodle reads as a gap", "marks a gap")}


def told(form: str, given: list[ReadQuestion]) -> None:
    written = WRITERS[form](given)
    refused = [entry.reason for entry in written.unsupported]
    assert all(any(words in reason for words in ALLOWED[form]) for reason in refused), refused
    again = READERS[form](written.data)
    assert again.unsupported == []
    names = {id(question) for question in given if WRITERS[form]([question]).unsupported}
    assert again.questions == [rekeyed(question) for question in given if id(question) not in names]
    assert WRITERS[form](again.questions).data == written.data
    assert READERS[form](written.data) == again


def each_kind(text: str) -> list[ReadQuestion]:
    """One question of each kind that GIFT has, with this text wherever a text may stand."""
    choices = [{"key": f"k{n}", "text": text, "correct": n == 0, "feedback": text} for n in range(2)]
    truth = [{"key": key, "text": "", "correct": key == "true", "feedback": text} for key in ("true", "false")]
    options = [{"key": "o0", "text": text}, {"key": "o1", "text": text + "x"}]
    prompts = [{"key": f"p{n}", "text": text, "match": f"o{n}"} for n in range(2)]
    answer = {"share": "1", "feedback": text}
    asked: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
        ("single", choices, {}),
        ("single", choices, {"weights": {"k1": "1/3"}}),
        ("multiple", choices, {}),
        ("multiple", choices, {"weights": {"k0": "1", "k1": "0"}}),
        ("true_false", truth, {}),
        ("matching", [], {"prompts": prompts, "options": options}),
        ("short", [], {"answers": [answer | {"text": text}], "case": True, "accents": False}),
        ("numeric", [], {"answers": [answer | {"value": "1", "tolerance": "0.5"}]}),
        ("essay", [], {"rubric": [], "least_words": 0, "most_words": 0}),
    ]
    line = " ".join(text.split())
    return [ReadQuestion(line, line, line, text, kind, parts, content, text, (line,)) for kind, parts, content in asked]


@pytest.mark.parametrize("form", ["gift", "moodle-xml"])
@pytest.mark.parametrize("around", ["{}a", "a{}", "a{}b", "{0}a{0}{0}b"])
@pytest.mark.parametrize("piece", PIECES)
def test_no_sign_is_lost_wherever_it_stands(form: str, around: str, piece: str) -> None:
    told(form, each_kind(around.format(piece)))


@given(given_questions=st.lists(questions(KINDS["gift"]), min_size=1, max_size=3))
@often
def test_gift_is_read_back_as_it_was_written(given_questions: list[ReadQuestion]) -> None:
    told("gift", given_questions)


@given(given_questions=st.lists(questions(KINDS["moodle-xml"]), min_size=1, max_size=3))
@often
def test_moodle_xml_is_read_back_as_it_was_written(given_questions: list[ReadQuestion]) -> None:
    told("moodle-xml", given_questions)


def reject_doubled_brackets(question: ReadQuestion) -> None:
    """Leave texts aside whose brackets are gaps or their beginnings, which a text with gaps may not hold."""
    if question.kind == "cloze":
        assume("[[" not in question.content["text"].replace("[[g", "") and "[[" not in question.stem)


@given(question=questions(KINDS["moodle-xml"]))
@often
def test_new_keys_change_nothing_else(question: ReadQuestion) -> None:
    reject_doubled_brackets(question)
    once = rekeyed(question)
    assert rekeyed(once) == once
    assert dataclasses.replace(once, line=9) == once


@pytest.mark.parametrize("form", ["gift", "moodle-xml"])
@given(data=st.binary(max_size=300) | texts.map(str.encode))
@often
def test_whatever_is_sent_is_read_or_refused(form: str, data: bytes) -> None:
    found, refusal = None, "."
    try:
        found = READERS[form](data)
    except UnreadableFileError as error:
        refusal = str(error)
    reasons = [refusal] if found is None else [entry.reason for entry in [*found.unsupported, *found.notes]]
    assert all(reason.endswith(".") for reason in reasons)
