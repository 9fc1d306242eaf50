"""Comments of a pack's text, and what each stands by."""

import pytest

from certification.requirements import library, rules

PACKS = sorted(library.PACKS.glob("*.yaml"))
TEXT = """\
# A state.
# Two lines of it.
schema: hour-rules/1
id: small # its name
title: "C# and # are words"   # said by nobody
other: C#
sources:
  - {citation: "a # b", read_on: 2026-11-21} # read in a library
  # not judged: what stands in the middle.
total_hours: 500 #close by
categories: # they make 500
  # Of the list.
  - code: ap
    min_hours: 50 # 1(a)
    children:
      - {code: bones, min_hours: 5} # 1(b)
      # Of muscles,
      # both lines.
      - code: muscles
    max_hours: 60 # 1(c)
  # Of ethics.
  - {code: ethics}
  - {code: law, children: [{code: own_law}]} # two on a line
overlays: [{tag: one}, {tag: two}] # of both
gates:
  # Of the gate.
  - {before: ap, requires: {total: 5}} # 2(b)
pace:
  week_starts: sunday # not confirmed
# Left over.
# not judged: a first thing,
# and more of it.
#
# NOT JUDGED: a second thing
"""


def test_each_remark_stands_by_what_it_is_about() -> None:
    found = rules.remarks(TEXT, file="r.yaml")
    assert found.head == ("A state. Two lines of it.",)
    assert found.by_place == {
        ("id", ""): ("its name",),
        ("title", ""): ("said by nobody",),
        ("sources", ""): ("read in a library",),
        ("total_hours", ""): ("close by",),
        ("categories", ""): ("they make 500", "Of the list."),
        ("category", "ap"): ("1(a)", "1(c)"),
        ("category", "bones"): ("1(b)",),
        ("category", "muscles"): ("Of muscles, both lines.",),
        ("category", "ethics"): ("Of ethics.",),
        ("category", "law"): ("two on a line",),
        ("overlays", ""): ("of both",),
        ("gate", "ap"): ("Of the gate.", "2(b)"),
        ("pace", ""): ("not confirmed",),
        ("", ""): ("Left over.",),
    }
    assert found.not_judged == ("what stands in the middle.", "a first thing, and more of it.", "a second thing")


@pytest.mark.parametrize("text", ["", "# only this", "- a list # no pack", "a word # no pack"])
def test_what_is_no_pack_has_no_remarks(text: str) -> None:
    assert rules.remarks(text, file="r.yaml") == rules.Remarks()


def test_a_comment_inside_a_block_of_words_is_none() -> None:
    found = rules.remarks(
        "title: >-\n  words\n  # not judged: these are words\n# a comment\nid: small\n", file="r.yaml"
    )
    assert (found.by_place, found.not_judged) == ({("id", ""): ("a comment",)}, ())


@pytest.mark.parametrize(
    ("text", "by_place"),
    [
        ('title: "a # b"\n', {}),
        ("id: small\ntitle: C# # a language\n", {("title", ""): ("a language",)}),
        ("id: small\ntitle: small #X-rays are read elsewhere\n", {("title", ""): ("X-rays are read elsewhere",)}),
        ("categories: [{code: a}] # alone\n", {("category", "a"): ("alone",)}),
        ("overlays: [{tag: x}] # alone\n", {("overlay", "x"): ("alone",)}),
        ("gates: [{before: b, requires: {a: 1}}] # alone\n", {("gate", "b"): ("alone",)}),
        ("pace:\n  # how long\n  min_weeks: 3\ntransfer: {max_hours: 1}\n", {("pace", ""): ("how long",)}),
        ("categories: [words] # of nothing\n", {("category", ""): ("of nothing",)}),
        ("categories: [{title: A}] # nameless\n", {("category", ""): ("nameless",)}),
    ],
)
def test_a_remark_begins_behind_the_words_and_stands_by_the_smallest_thing(text: str, by_place: object) -> None:
    found = rules.remarks(text, file="r.yaml")
    assert found == rules.Remarks(by_place=by_place, spoken=found.spoken)  # type: ignore[arg-type]


def test_what_is_not_judged_is_told_in_all_its_words() -> None:
    found = rules.remarks("id: small # not judged: a sign that says not judged: this\n", file="r.yaml")
    assert found.not_judged == ("a sign that says not judged: this",)


def test_what_is_not_yaml_is_refused() -> None:
    with pytest.raises(rules.BadFileError, match=r"r.yaml: line 2"):
        rules.remarks("a: 1\nb: [", file="r.yaml")


def test_a_pack_takes_over_what_is_said_of_what_it_leaves_as_it_is() -> None:
    base = """\
# The base.
unit_minutes: 50 # 1(a)
total_hours: 500 # 1(b)
categories: # in five
  - {code: ap} # 2(a)
  - {code: ethics} # 2(b)
gates:
  - {before: ap, requires: {total: 1}} # 3
pace: {min_weeks: 24} # 4
# not judged: the premises.
"""
    own = """\
# Our own.
total_hours: 600
categories:
  - {code: ap, min_hours: 9}
gates: [{before: ethics, requires: {total: 1}}]
pace: {min_weeks: 25} # 5
# not judged: the teacher.
"""
    found = rules.remarks(own, file="own").over(rules.remarks(base, file="base"))
    assert found.head == ("Our own.",)
    assert found.by_place == {
        ("unit_minutes", ""): ("1(a)",),
        ("category", "ethics"): ("2(b)",),
        ("pace", ""): ("5",),
    }
    assert found.not_judged == ("the teacher.", "the premises.")


def test_overlays_and_gates_replace_all_that_was_said_of_the_base_s() -> None:
    base = rules.remarks(
        "overlays:\n  - {tag: x} # 1\ngates:\n  - {before: a, requires: {total: 1}} # 2\n", file="base"
    )
    assert rules.remarks("overlays: [{tag: y}]\n", file="own").over(base).by_place == {("gate", "a"): ("2",)}
    assert rules.remarks("gates: [{before: b}]\n", file="own").over(base).by_place == {("overlay", "x"): ("1",)}


def test_a_pack_without_a_key_leaves_what_is_said_of_the_base() -> None:
    base = rules.remarks("title: Low # low\n", file="base")
    assert rules.remarks("", file="own").over(base).by_place == {("title", ""): ("low",)}
    assert base.over(rules.remarks("", file="own")).by_place == {("title", ""): ("low",)}


def test_of_three_packs_the_middle_one_hides_what_the_lowest_says() -> None:
    low, middle, top = (
        rules.remarks(text, file="r.yaml")
        for text in ("title: Low # low\nid: low # its name\n", "title: Middle\n", "version: 2\n")
    )
    assert top.over(middle).over(low).by_place == {("id", ""): ("its name",)}
    assert top.over(middle.over(low)).by_place == {("id", ""): ("its name",)}


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.name)
def test_no_comment_of_a_pack_is_lost(path) -> None:
    text = path.read_text(encoding="utf-8")
    found = rules.remarks(text, file=path.name)
    told = [*found.head, *found.not_judged, *(words for group in found.by_place.values() for words in group)]
    assert sum(words.count(" ") + 1 for words in told) == sum(
        len(line.split("#", 1)[1].replace("not judged:", "").split()) for line in text.splitlines() if "#" in line
    )
