"""The kinds of question: what they refuse, read, grade, show and tell; tables, and laws that hold for all kinds."""

import dataclasses
import json
from contextlib import suppress
from copy import deepcopy
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.quizzes import rules
from certification.quizzes.types import KINDS, BadAnswerError, BadQuestionError, Choice, UnreadableAnswerError
from certification.quizzes.types.essay import ESSAY, count_words

PICTURE = "ab" * 32
# Of each kind: its choices, its content, the right answer, and another that earns less.
Sample = tuple[list[dict[str, Any]], dict[str, Any], list[str], list[str]]


def choice(key: str, correct: bool = False, text: str | None = None) -> dict[str, Any]:
    words = f"text {key}" if text is None else text
    return {"key": key, "text": words, "correct": correct, "feedback": f"FEED-{key}"}


def spot(key: str, x: int, *, correct: bool = False) -> dict[str, Any]:
    return {"key": key, "x": x, "y": 100, "r": 20, "place": f"at {x}", "correct": correct, "feedback": f"FEED-{key}"}


MATCHING = {
    "prompts": [
        {"key": "p1", "text": "Biceps", "match": "o1"},
        {"key": "p2", "text": "Triceps", "match": "o2"},
        {"key": "p3", "text": "Brachialis", "match": "o1"},
    ],
    "options": [{"key": f"o{n}", "text": f"Option {n}"} for n in (1, 2, 3)],
}
NUMERIC: dict[str, Any] = {
    "answers": [
        {"value": "45", "tolerance": "0.5", "share": "1", "feedback": "FEED-RIGHT"},
        {"value": "45", "tolerance": "5", "share": "1/2", "feedback": "FEED-NEAR"},
    ],
    "unit": {"name": "cm", "required": False, "others": [{"name": "mm", "factor": "0.1"}]},
}
SHORT: dict[str, Any] = {
    "answers": [
        {"text": "erector spinae", "share": "1", "feedback": "FEED-RIGHT"},
        {"text": "*spin*", "share": "1/3", "feedback": "FEED-NEAR"},
    ],
    "case": False,
    "accents": False,
}
CLOZE: dict[str, Any] = {
    "text": "The [[g1]] lies [[g2]] and bends the elbow by [[g3]].",
    "gaps": [
        {"key": "g1", "kind": "select", "weight": 2, "choices": [choice("s1", True), choice("s2"), choice("s3")]},
        {"key": "g2", "kind": "short", "weight": 1, **SHORT},
        {"key": "g3", "kind": "numeric", "weight": 1, **NUMERIC},
    ],
}
ORDERING = {"items": [{"key": f"i{n}", "text": f"Step {n}"} for n in (1, 2, 3)], "grading": "place"}
HOTSPOT = {"picture": PICTURE, "spots": [spot("s1", 100, correct=True), spot("s2", 300), spot("s3", 500)]}
SEVERAL = {
    "picture": PICTURE,
    "spots": [spot("s1", 100, correct=True), spot("s2", 300, correct=True), spot("s3", 500)],
    "several": True,
}
LABELLING = {
    "picture": PICTURE,
    "points": [
        {"key": "p1", "x": 100, "y": 100, "place": "upper", "label": "l1"},
        {"key": "p2", "x": 100, "y": 900, "place": "lower", "label": "l2"},
    ],
    "labels": [{"key": f"l{n}", "text": f"Label {n}"} for n in (1, 2, 3)],
}
THREE = [choice("a", True), choice("b"), choice("c")]
TWO_OF_THREE = [choice("a", True), choice("b", True), choice("c")]
BOTH = [choice("true", True, ""), choice("false", text="")]
SAMPLES: dict[str, Sample] = {
    "single": (THREE, {}, ["a"], ["b"]),
    "single weighed": (THREE, {"weights": {"b": "1/2", "c": "-1/4"}}, ["a"], ["b"]),
    "multiple": (TWO_OF_THREE, {}, ["a", "b"], ["a", "c"]),
    "multiple weighed": (
        TWO_OF_THREE, {"weights": {"a": "1/3", "b": "2/3", "c": "-1/3"}}, ["a", "b"], ["a", "c"],
    ),
    "true_false": (BOTH, {}, ["true"], ["false"]),
    "matching": ([], MATCHING, ["p1=o1", "p2=o2", "p3=o1"], ["p1=o1", "p3=o2"]),
    "ordering": ([], ORDERING, ["i1", "i2", "i3"], ["i1", "i3", "i2"]),
    "ordering exact": ([], {**ORDERING, "grading": "exact"}, ["i1", "i2", "i3"], ["i1", "i3", "i2"]),
    "numeric": ([], NUMERIC, ["45.2 cm"], ["48"]),
    "short": ([], SHORT, ["Erector Spinae"], ["the spine"]),
    "cloze": ([], CLOZE, ["g1=s1", "g2=erector spinae", "g3=45"], ["g1=s2", "g2=spine"]),
    "hotspot": ([], HOTSPOT, ["s1"], ["s2"]),
    "hotspot several": ([], SEVERAL, ["s1", "s2"], ["s1", "s3"]),
    "labelling": ([], LABELLING, ["p1=l1", "p2=l2"], ["p1=l2"]),
}  # fmt: skip
every = pytest.mark.parametrize("name", SAMPLES)


def parsed(kind: str, choices: list[dict[str, Any]], content: dict[str, Any]) -> Any:
    return KINDS[kind].parse(tuple(Choice(**row) for row in choices), content)


def sample(name: str) -> tuple[Any, Any, list[str], list[str]]:
    choices, content, right, less = SAMPLES[name]
    kind = name.split()[0]
    return KINDS[kind], parsed(kind, choices, content), right, less


def test_every_kind_has_a_sample() -> None:
    """But for the essay, whose share is a person's word."""
    assert {name.split()[0] for name in SAMPLES} == set(KINDS) - {"essay"}


# ---- laws ----


@every
def test_right_is_all_and_empty_is_nothing(name: str) -> None:
    kind, c, right, less = sample(name)
    assert kind.read(right, c) == right
    assert kind.share(right, c) == 1
    assert kind.share([], c) == 0
    assert 0 <= kind.share(less, c) < 1
    assert [kind.read(nothing, c) for nothing in (None, "", [])] == [[], [], []]


KEYS = "a b c true false i1 i2 i3 s1 s2 s3 p1 p2 p3 o1 o2 o3 l1 l2 l3 g1 g2 g3"
word = st.sampled_from([*KEYS.split(), "", "45", "45,5 cm", "45.4", "470 mm", "Erector  spinae", "spin"]) | st.text()
piece = st.builds("{}={}".format, word, word)
# Whatever might be sent: near misses and nonsense.
sent = st.one_of(
    st.none(),
    word,
    piece,
    st.lists(word | piece, max_size=4),
    st.dictionaries(word, word | st.none(), max_size=4),
    st.permutations(["i1", "i2", "i3"]),
)


@every
@given(raw=sent)
def test_reading_twice_changes_nothing_and_shares_stay_within_bounds(name: str, raw: object) -> None:
    kind, c, _right, _less = sample(name)
    try:
        answer = kind.read(raw, c)
    except BadAnswerError:
        return
    assert isinstance(answer, list)
    assert kind.read(answer, c) == answer
    share = kind.share(answer, c)
    assert isinstance(share, Fraction)
    assert 0 <= share <= 1
    assert kind.share([], c) == 0
    json.dumps(answer, ensure_ascii=False).encode()  # what no database could keep would fail
    # A result can be told of any answer that was read.
    for key in (False, True):
        assert kind.told(c, rules.order("x", kind.names(c)), answer, feedback=True, key=key)


@every
@given(raw=st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4))
def test_nonsense_is_refused_in_the_one_way(name: str, raw: object) -> None:
    kind, c, _right, _less = sample(name)
    with suppress(BadAnswerError):
        assert kind.read(raw, c) is not None


@every
@given(junk=st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=3), data=st.data())
def test_a_content_that_is_off_is_refused_in_the_one_way(name: str, junk: object, data: st.DataObject) -> None:
    choices, content, _right, _less = SAMPLES[name]
    changed = deepcopy(content)
    places = list(_places(changed))
    if not places:
        return
    place, key = data.draw(st.sampled_from(places))
    place[key] = junk
    with suppress(BadQuestionError):
        assert parsed(name.split()[0], choices, changed) is not None


def _places(value: Any) -> Any:
    """Everything in a content that can be changed: a container and the key or index in it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from _places(inner)


# ---- leaks ----


def _other_key(name: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The same question with another key: other marks, feedback, weights, tolerances, forms, matches, right order."""
    choices, content, _right, _less = deepcopy(SAMPLES[name])
    rows = [*choices, *content.get("spots", ())]
    rows += [row for gap in content.get("gaps", ()) for row in gap.get("choices", ())]
    for row in rows:
        row["feedback"] = f"OTHER-{row['feedback']}"
    for listed in (choices, content.get("spots", []), *(gap.get("choices", []) for gap in content.get("gaps", ()))):
        marks = [row["correct"] for row in listed]
        for row, mark in zip(listed, [*marks[1:], *marks[:1]], strict=True):
            row["correct"] = mark
    if "weights" in content:
        content["weights"] = {"c": "1", "a": "-1/2"} if name.startswith("single") else {"a": "1/4", "c": "3/4"}
    if name == "single weighed":
        content["weights"] = {"a": "1/4"}
    for row in content.get("prompts", ()):
        row["match"] = "o3"
    for row in content.get("points", ()):
        row["label"] = "l3"
    if "items" in content:
        content["items"].reverse()
        content["grading"] = "exact" if content["grading"] == "place" else "place"
    for holder in (content, *content.get("gaps", ())):
        if "weight" in holder:
            holder["weight"] += 3
        if "unit" in holder:
            holder["answers"] = [{"value": "-7.25", "tolerance": "3", "share": "1", "feedback": "OTHER"}]
            holder["unit"]["others"] = [{"name": "inch", "factor": "2.54"}]
        elif "answers" in holder:
            holder["answers"] = [{"text": "OTHER", "share": "1", "feedback": "OTHER"}]
            holder["case"] = holder["accents"] = True
    return choices, content


@every
def test_what_is_shown_never_changes_when_only_the_key_does(name: str) -> None:
    kind, c, _right, less = sample(name)
    other = parsed(kind.kind, *_other_key(name))
    assert other != c
    assert sorted(kind.names(other)) == sorted(kind.names(c))
    assert kind.prompt_of(other) == kind.prompt_of(c)
    assert kind.texts(other) == kind.texts(c) or name == "multiple"
    for answer in ([], less):
        order = rules.order("seed", kind.names(c))
        shown = kind.shown(c, order, answer)
        assert shown == kind.shown(other, order, answer)
        assert dataclasses.is_dataclass(shown)
        with pytest.raises(dataclasses.FrozenInstanceError):
            shown.__class__.__setattr__(shown, next(f.name for f in dataclasses.fields(shown)), ())
        told = json.dumps(dataclasses.asdict(shown))
        assert "FEED" not in told
        hidden = {"correct", "feedback", "weights", "tolerance", "share", "match", "label", "answers", "weight"}
        assert not hidden & _names(dataclasses.asdict(shown))


def _names(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {name for inner in value.values() for name in _names(inner)}
    return {name for inner in value for name in _names(inner)} if isinstance(value, list | tuple) else set()


@every
def test_a_result_without_the_key_tells_nothing_of_it(name: str) -> None:
    kind, c, right, less = sample(name)
    order = rules.order("seed", kind.names(c))
    for answer in ([], right, less):
        lines = kind.told(c, order, answer, feedback=True, key=False)
        assert {line.correct for line in lines} == {None}
        assert {line.right for line in lines} == {""}
        assert not [line for line in lines if line.feedback and not line.chosen]
        silent = kind.told(c, order, answer, feedback=False, key=False)
        assert {line.feedback for line in silent} == {""}
    full = kind.told(c, order, right, feedback=True, key=True)
    assert [line for line in full if line.correct]
    # All that she answered rightly is told as right.
    assert all(line.correct for line in full if line.chosen)


@every
def test_what_is_shown_stands_in_her_order(name: str) -> None:
    kind, c, _right, _less = sample(name)
    if not kind.names(c):
        return
    orders = {str(kind.shown(c, order, [])) for order in permutations(kind.names(c), len(kind.names(c)))}
    assert len(orders) > 1


def test_true_stands_first_for_everybody() -> None:
    kind, c, _right, _less = sample("true_false")
    assert kind.names(c) == ()
    assert [one.key for one in kind.shown(c, (), []).choices] == ["true", "false"]
    assert [one.text for one in kind.shown(c, (), []).choices] == ["True", "False"]


# ---- tables ----


@pytest.mark.parametrize(
    ("name", "answer", "share"),
    [
        ("single weighed", ["b"], Fraction(1, 2)),
        ("single weighed", ["c"], Fraction(0)),
        ("multiple weighed", ["a"], Fraction(1, 3)),
        ("multiple weighed", ["b", "c"], Fraction(1, 3)),
        ("multiple weighed", ["c"], Fraction(0)),
        ("matching", ["p1=o1", "p2=o1"], Fraction(1, 3)),
        ("ordering", ["i1", "i3", "i2"], Fraction(1, 3)),
        ("ordering", ["i3", "i1", "i2"], Fraction(0)),
        ("ordering exact", ["i1", "i3", "i2"], Fraction(0)),
        ("numeric", ["45.5"], Fraction(1)),
        ("numeric", ["45.51"], Fraction(1, 2)),
        ("numeric", ["50.01"], Fraction(0)),
        ("numeric", ["455 mm"], Fraction(1)),
        ("numeric", ["456 mm"], Fraction(1, 2)),
        ("short", ["ERECTOR SPINAE"], Fraction(1)),
        ("short", ["érector spinae"], Fraction(1)),
        ("short", ["spine"], Fraction(1, 3)),
        ("short", ["back"], Fraction(0)),
        ("cloze", ["g1=s1"], Fraction(1, 2)),
        ("cloze", ["g2=spine"], Fraction(1, 12)),
        ("cloze", ["g1=s2", "g3=47 cm"], Fraction(1, 8)),
        ("hotspot several", ["s1"], Fraction(1, 2)),
        ("hotspot several", ["s1", "s3"], Fraction(0)),
        ("labelling", ["p2=l2"], Fraction(1, 2)),
    ],
)
def test_shares(name: str, answer: list[str], share: Fraction) -> None:
    kind, c, _right, _less = sample(name)
    assert kind.share(kind.read(answer, c), c) == share


@pytest.mark.parametrize(
    ("name", "raw", "answer"),
    [
        ("true_false", "false", ["false"]),
        ("matching", {"p3": "o2", "p1": "o1", "p2": ""}, ["p1=o1", "p3=o2"]),
        ("matching", "p1=o1", ["p1=o1"]),
        ("matching", {"p1": None}, []),
        ("ordering", {"i1": "2", "i2": "1", "i3": "3"}, ["i2", "i1", "i3"]),
        ("ordering", {"i1": "", "i2": ""}, []),
        ("short", "  the \t spine\u00a0", ["the spine"]),
        ("short", ["a=b"], ["a=b"]),
        ("short", "a\0b\ud800", ["ab"]),
        ("cloze", {"g2": "a=b", "g3": "45,5cm"}, ["g2=a=b", "g3=45.5 cm"]),
        ("hotspot", "s2", ["s2"]),
        ("labelling", {"p2": "l1"}, ["p2=l1"]),
    ],
)
def test_reading(name: str, raw: object, answer: list[str]) -> None:
    kind, c, _right, _less = sample(name)
    assert kind.read(raw, c) == answer


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("true_false", ["true", "false"]),
        ("true_false", "maybe"),
        ("matching", {"p1": "p2"}),
        ("matching", {"p9": "o1"}),
        ("matching", ["p1=o1", "p1=o2"]),
        ("matching", ["p1"]),
        ("matching", {"p1": 1}),
        ("ordering", ["i1", "i2"]),
        ("ordering", ["i1", "i2", "i2"]),
        ("ordering", {"i1": "4", "i2": "1", "i3": "2"}),
        ("numeric", ["1", "2"]),
        ("numeric", 45),
        ("short", {"a": "b"}),
        ("cloze", {"g1": "text"}),
        ("cloze", {"g9": "text"}),
        ("hotspot", ["s1", "s2"]),
        ("labelling", {"p1": "o1"}),
    ],
)
def test_what_does_not_fit_is_refused(name: str, raw: object) -> None:
    kind, c, _right, _less = sample(name)
    with pytest.raises(BadAnswerError) as refused:
        kind.read(raw, c)
    assert not isinstance(refused.value, UnreadableAnswerError)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("45", "45"),
        ("45,5", "45.5"),
        ("45.50 cm", "45.50 cm"),
        ("45,5cm", "45.5 cm"),
        ("+007", "7"),
        ("−3", "-3"),
        ("- 3 mm", "-3 mm"),
        (",5", "0.5"),
        ("5.", "5"),
        ("0,125", "0.125"),
        ("1.234", "1.234"),
        ("1234,567", "1234.567"),
        ("45 CM", "45 CM"),
    ],
)
def test_numbers_are_read(typed: str, read: str) -> None:
    kind, c, _right, _less = sample("numeric")
    assert kind.read(typed, c) == [read]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("about forty", "in digits"),
        ("1,234.5", "without separators"),
        ("1.234,5", "without separators"),
        ("1,234,567", "without separators"),
        ("1 234", "without separators"),
        ("1'234", "without separators"),
        ("1" * 16, "15 digits"),
        ("1,234", "two ways"),
        ("1e3", "nothing but its unit"),
        ("1/2", "in cm"),
        ("45 + 1", "nothing but its unit"),
        ("45 kg", "in cm"),
        ("-", "in digits"),
    ],
)
def test_numbers_that_cannot_be_read_are_refused_with_a_sentence(typed: str, says: str) -> None:
    kind, c, _right, _less = sample("numeric")
    with pytest.raises(UnreadableAnswerError, match=says):
        kind.read(typed, c)


def test_a_unit_that_she_is_to_write_is_judged_and_not_told() -> None:
    kind = KINDS["numeric"]
    c = kind.parse((), {**NUMERIC, "unit": {**NUMERIC["unit"], "required": True}})
    assert kind.share(kind.read("45", c), c) == 0
    assert kind.share(kind.read("45 kg", c), c) == 0
    assert kind.share(kind.read("45 cm", c), c) == 1
    assert kind.share(kind.read("450 mm", c), c) == 1
    assert (kind.shown(c, (), []).unit, kind.shown(c, (), []).unit_asked) == ("", True)
    assert "unit" in kind.prompt_of(c)
    bare = kind.parse((), {"answers": NUMERIC["answers"]})
    with pytest.raises(UnreadableAnswerError, match="without a unit"):
        kind.read("45 cm", bare)


def test_degrees_are_degrees_however_they_are_typed() -> None:
    kind = KINDS["numeric"]
    c = kind.parse((), {"answers": [{"value": "90", "share": "1"}], "unit": {"name": "°", "required": True}})
    assert [kind.read(typed, c) for typed in ("90°", "90 º", "90˚")] == [["90 °"]] * 3
    assert kind.share(["90 °"], c) == 1


@pytest.mark.parametrize(
    ("form", "flags", "text", "matches"),
    [
        ("golgi", {}, "GOLGI", True),
        ("golgi", {"case": True}, "Golgi", False),
        ("naïve", {}, "naive", True),
        ("naïve", {"accents": True}, "naive", False),
        ("naïve", {"accents": True}, "nai\u0308ve", True),
        ("Straße", {}, "STRASSE", True),
        ("Ruffini’s", {}, "ruffini's", True),
        ("Ruffini's", {"accents": True}, "Ruffini´s", True),
        ("a* b", {}, "a c b", True),
        ("a b", {}, "a   b", True),
        ("ﬁbre", {}, "fibre", True),
        ("*fascia*", {}, "the deep fascia", True),
        ("*fascia*", {}, "fascia", True),
        ("a*b*c", {}, "axxbxxc", True),
        ("a*b*c", {}, "acb", False),
        ("ab*ba", {}, "aba", False),
        ("*ab*ba*", {}, "aba", False),
        ("a*a", {}, "a", False),
        (r"5\*3", {}, "5*3", True),
        (r"5\*3", {}, "5xx3", False),
        ("a.c", {}, "abc", False),
    ],
)
def test_forms(form: str, flags: dict[str, bool], text: str, matches: bool) -> None:
    kind = KINDS["short"]
    c = kind.parse((), {"answers": [{"text": form, "share": "1", "feedback": ""}], **flags})
    assert kind.share(kind.read(text, c), c) == int(matches)


def test_a_form_full_of_stars_is_judged_at_once() -> None:
    kind = KINDS["short"]
    c = kind.parse((), {"answers": [{"text": "*a" * 90 + "*b", "share": "1"}]})
    assert kind.share(["a" * 200], c) == 0


def test_typed_text_has_its_bounds_and_a_gap_says_which_it_is() -> None:
    kind, c, _right, _less = sample("short")
    assert kind.read("x" * 200, c)
    with pytest.raises(UnreadableAnswerError, match="200"):
        kind.read("x" * 201, c)
    kind, c, _right, _less = sample("cloze")
    with pytest.raises(UnreadableAnswerError, match="Gap 3: Write a number"):
        kind.read({"g3": "much"}, c)


def test_an_order_is_whole_or_refused_with_a_sentence() -> None:
    kind, c, _right, _less = sample("ordering")
    for places in ({"i1": "1"}, {"i1": "1", "i2": "1", "i3": "2"}):
        with pytest.raises(UnreadableAnswerError, match="place of its own"):
            kind.read(places, c)


def _changed(content: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    content = deepcopy(content)
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return content


@pytest.mark.parametrize(
    ("kind", "choices", "content", "says"),
    [
        ("single", THREE, {"weights": {"z": "1"}}, "z"),
        ("single", THREE, {"weights": {"b": "1"}}, "less than the right one"),
        ("single", THREE, {"weights": {"a": "1/2"}}, "the right choice earns all"),
        ("single", THREE, {"weights": {"b": 0.5}}, "fraction"),
        ("single", THREE, {"weights": {"b": "3/2"}}, "fraction"),
        ("single", THREE, {"weights": {"b": "1/101"}}, "fraction"),
        ("single", THREE, {"wieghts": {}}, "wieghts"),
        ("single", [*THREE, choice("a")], {}, "stands twice"),
        ("multiple", TWO_OF_THREE, {"weights": {"a": "1/3", "b": "1/3"}}, "add up to 1"),
        ("multiple", TWO_OF_THREE, {"weights": {"a": "1"}}, "each right choice"),
        ("multiple", TWO_OF_THREE, {"weights": {"a": "1/2", "b": "1/4", "c": "1/4"}}, "each right choice"),
        ("true_false", THREE[:2], {}, "keys “true” and “false”"),
        ("true_false", [choice("true", True), choice("false")], {}, "empty"),
        ("true_false", [choice("true", True, ""), choice("false", True, "")], {}, "exactly one"),
        ("matching", THREE, MATCHING, "no choices"),
        ("matching", [], _changed(MATCHING, "prompts", 0, "match", to="p2"), "as its match"),
        ("matching", [], _changed(MATCHING, "prompts", 0, "key", to="o1"), "stands twice"),
        ("matching", [], _changed(MATCHING, "options", 0, "text", to="Option 2"), "same text"),
        ("matching", [], _changed(MATCHING, "prompts", to=MATCHING["prompts"][:1]), "at least 2"),
        ("ordering", [], _changed(ORDERING, "grading", to="near"), "Grading"),
        ("ordering", [], _changed(ORDERING, "items", 0, "key", to="i=1"), "key of letters"),
        ("ordering", [], _changed(ORDERING, "items", 0, "text", to="a\0b"), "text"),
        ("ordering", [], _changed(ORDERING, "items", 0, "text", to="\ud800"), "text"),
        ("ordering", [], _changed(ORDERING, "items", 0, "key", to="i2"), "stands twice"),
        ("numeric", [], _changed(NUMERIC, "answers", 0, "value", to=45), "decimal"),
        ("numeric", [], _changed(NUMERIC, "answers", 0, "tolerance", to="-1"), "0 or more"),
        ("numeric", [], _changed(NUMERIC, "answers", 0, "share", to="1/2"), "share “1”"),
        ("numeric", [], _changed(NUMERIC, "unit", "others", 0, "factor", to="0"), "more than 0"),
        ("numeric", [], _changed(NUMERIC, "unit", "others", 0, "name", to="CM"), "stands twice"),
        ("numeric", [], _changed(NUMERIC, "unit", "name", to="5m"), "as its unit"),
        ("short", [], _changed(SHORT, "answers", 0, "share", to="-1/2"), "fraction"),
        ("short", [], _changed(SHORT, "answers", 0, "text", to=" "), "text"),
        ("short", [], _changed(SHORT, "case", to="no"), "true or false"),
        ("cloze", [], _changed(CLOZE, "text", to="The [[g1]] and [[g2]]."), "exactly once"),
        ("cloze", [], _changed(CLOZE, "text", to="[[g1]] [[g2]] [[g3]] [[g3]]"), "exactly once"),
        ("cloze", [], _changed(CLOZE, "gaps", 0, "kind", to="essay"), "kind"),
        ("cloze", [], _changed(CLOZE, "gaps", 0, "weight", to=0), "whole number"),
        ("cloze", [], _changed(CLOZE, "gaps", 0, "choices", 1, "key", to="g2"), "stands twice"),
        ("hotspot", [], _changed(HOTSPOT, "spots", 1, "correct", to=True), "exactly one"),
        ("hotspot", [], _changed(HOTSPOT, "spots", 1, "x", to=1001), "whole number"),
        ("hotspot", [], _changed(HOTSPOT, "picture", to="x"), "digest"),
        ("hotspot", [], {"picture": PICTURE, "spots": [spot(f"s{n}", n) for n in range(27)]}, "26"),
        ("labelling", [], _changed(LABELLING, "points", 0, "label", to="p2"), "one of the labels"),
        ("labelling", [], _changed(LABELLING, "points", 0, "y", to=900), "one place"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_a_sentence(
    kind: str, choices: list[dict[str, Any]], content: dict[str, Any], says: str
) -> None:
    with pytest.raises(BadQuestionError, match=f"(?i){says}"):
        parsed(kind, choices, content)


def test_spots_may_touch_and_not_overlap_as_the_picture_is_shaped() -> None:
    kind = KINDS["hotspot"]
    near = parsed("hotspot", [], _changed(HOTSPOT, "spots", 1, "x", to=140))
    kind.check_picture(near, 800, 400)
    nearer = parsed("hotspot", [], _changed(HOTSPOT, "spots", 1, "x", to=139))
    with pytest.raises(BadQuestionError, match="overlap"):
        kind.check_picture(nearer, 800, 400)
    below = parsed("hotspot", [], _changed(_changed(HOTSPOT, "spots", 1, "x", to=100), "spots", 1, "y", to=140))
    kind.check_picture(below, 400, 400)
    with pytest.raises(BadQuestionError, match="overlap"):
        kind.check_picture(below, 800, 400)  # a flat picture: thousandths of its height are short


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("single", "any other earns none"),
        ("single weighed", "another may earn a part"),
        ("multiple", "takes the same part away"),
        ("multiple weighed", "may take a part away"),
        ("ordering", "its own place"),
        ("ordering exact", "whole order"),
        ("short", "do not count"),
        ("cloze", "some count for more"),
        ("hotspot several", "takes the same part away"),
    ],
)
def test_the_rule_is_said_before(name: str, says: str) -> None:
    kind, c, _right, _less = sample(name)
    assert says in kind.rule(c)


RUBRIC: dict[str, Any] = {
    "rubric": [{"key": "r1", "title": "Reasons", "points": 4, "levels": [{"points": 4, "text": "LEVEL-TEXT"}]}],
    "least_words": 50,
    "most_words": 300,
}


def test_an_essay_is_read_and_waits_for_somebody() -> None:
    assert KINDS["essay"] is ESSAY
    c = ESSAY.parse((), RUBRIC)
    answer = ESSAY.read("  One.\r\n\r\nTwo\0. ", c)
    assert answer == ["One.\n\nTwo."] == ESSAY.read(answer, c)
    assert [ESSAY.read(nothing, c) for nothing in (None, "", [], " ")] == [[], [], [], []]
    assert ESSAY.share(answer, c) is None
    assert ESSAY.share([], c) == 0, "nobody needs to read what is not there"
    assert "Reasons" in ESSAY.rule(c)
    assert "LEVEL-TEXT" not in repr(ESSAY.shown(c, (), answer))
    assert ESSAY.told(c, (), answer, feedback=True, key=True)[0].given == answer[0]
    with pytest.raises(UnreadableAnswerError, match="20000"):
        ESSAY.read("x" * 20_001, c)


@pytest.mark.parametrize(
    ("least", "most", "says"),
    [(50, 300, "50 to 300"), (50, 0, "50 words or more"), (0, 300, "300 words at most"), (0, 0, "of your own.")],
)
def test_an_essay_says_how_long_it_should_be(least: int, most: int, says: str) -> None:
    c = ESSAY.parse((), {**RUBRIC, "least_words": least, "most_words": most})
    assert says in ESSAY.prompt_of(c)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("One", 1), ("  one,\n\ntwo - three … don't  ", 4), ("– — !", 0), ("αβ 45° x", 3)],
)
def test_words_are_counted_as_the_page_counts_them(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("path", "to", "says"),
    [
        (("least_words",), 301, "no more than"),
        (("rubric",), [], "at least 1"),
        (("rubric",), RUBRIC["rubric"] * 2, "stands twice"),
        (("rubric", 0, "points"), 0, "whole number"),
        (("rubric", 0, "levels", 0, "points"), 5, "whole number"),
        (("rubric", 0, "title"), "", "text"),
    ],
)
def test_an_essay_that_cannot_be_marked_is_refused(path: tuple[Any, ...], to: Any, says: str) -> None:
    with pytest.raises(BadQuestionError, match=says):
        ESSAY.parse((), _changed(RUBRIC, *path, to=to))
