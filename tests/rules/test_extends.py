"""A pack that extends another: top keys replace, categories merge by code, loops are refused."""

import pytest

from certification.requirements import rules
from tests.rules.making import pack

BASE = pack(
    """\
pace: {max_hours_per_day: 6, max_hours_per_week: 30}
distance: {max_hours: 0}
categories:
  - {code: a, title: Anatomy, min_hours: 4, children: [{code: a1, min_hours: 1}, {code: a2}]}
  - {code: b, title: Business, min_hours: 2, delivery: [in_person]}
"""
)
HEAD = "schema: hour-rules/1\nid: over\nversion: 2\nextends: small@1\n"


def _load(text: str, **packs: str) -> rules.RuleSetSpec:
    known = {"small@1": BASE, **{label.replace("_", "@"): base for label, base in packs.items()}}
    return rules.load(
        text, file="over.yaml", find=lambda label: (known[label], f"{label}.yaml") if label in known else None
    )


def test_all_but_the_name_is_taken_over() -> None:
    read = _load(HEAD)
    base = rules.load(BASE, file="base.yaml")
    assert (read.label, read.title, read.status) == ("over@2", base.title, base.status)
    assert (read.categories, read.pace, read.distance, read.required) == (
        base.categories, base.pace, base.distance, base.required
    )  # fmt: skip


def test_top_keys_replace_whole() -> None:
    read = _load(HEAD + "title: Another\nunit_minutes: 50\npace: {max_hours_per_day: 8}\ndistance: {max_share: 0.5}\n")
    assert read.title == "Another"
    assert read.pace == rules.Pace(day_maximum=400)
    assert read.distance == rules.Limit(share=rules.load(pack("distance: {max_share: 0.5}"), file="x").distance.share)
    # The base's hours are hours of the new unit.
    assert read.by_code["a"].required == 200


def test_categories_merge_by_code_and_keep_their_places() -> None:
    read = _load(
        HEAD
        + """\
categories:
  - {code: c, min_hours: 1}
  - {code: b, min_hours: 3}
  - {code: a, max_hours: 5, children: [{code: a2, min_hours: 2}, {code: a3}]}
"""
    )
    assert [top.code for top in read.categories] == ["a", "b", "c"]
    a, b = read.by_code["a"], read.by_code["b"]
    assert (a.title, a.required, a.maximum) == ("Anatomy", 240, 300)
    assert [(child.code, child.required) for child in a.children] == [("a1", 60), ("a2", 120), ("a3", 0)]
    assert (b.title, b.required, b.delivery) == ("Business", 180, ("in_person",))


def test_a_category_on_the_top_level_is_found_wherever_it_stands() -> None:
    read = _load(HEAD + "categories: [{code: a2, title: Deep, min_hours: 1, children: [{code: a21}]}]\n")
    assert list(read.by_code) == ["a", "a1", "a2", "a21", "b"]
    assert (read.by_code["a2"].title, read.by_code["a2"].required) == ("Deep", 60)


def test_what_is_handed_down_comes_from_the_merged_parent() -> None:
    read = _load(HEAD + "categories: [{code: a, delivery: [synchronous], unpaid: true}]\n")
    assert read.by_code["a1"].delivery == ("synchronous",)
    assert read.by_code["a1"].unpaid


def test_a_chain_of_packs() -> None:
    middle = HEAD.replace("over", "middle") + "title: Middle\ncategories: [{code: b, min_hours: 1}]\n"
    top = HEAD.replace("small@1", "middle@2") + "categories: [{code: b, max_hours: 1}, {code: a1, title: Last}]\n"
    read = _load(top, middle_2=middle)
    assert (read.label, read.title) == ("over@2", "Middle")
    assert (read.by_code["b"].required, read.by_code["b"].maximum, read.by_code["a1"].title) == (60, 60, "Last")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEAD.replace("small@1", "other@1"), "over.yaml: line 4: key 'extends': there is no pack 'other@1'"),
        (
            HEAD.replace("small@1", "small"),
            "over.yaml: line 4: key 'extends': 'small' must be an id@version such as us-tx-massage@1",
        ),
        (
            HEAD.replace("small@1", "over@2"),
            "over.yaml: line 4: key 'extends': over@2 extends over@2: a loop",
        ),
        (HEAD.replace("id: over\n", ""), "over.yaml: line 1: key 'id' is missing"),
        (HEAD.replace("version: 2\n", ""), "over.yaml: line 1: key 'version' is missing"),
        (HEAD + "pace: {speed: 1}\n", "over.yaml: line 5: unknown key 'speed'"),
        (
            HEAD + "categories: [{code: c, children: [{code: a1}]}]\n",
            "over.yaml: line 5: key 'code': category 'a1' stands already in small@1.yaml, line 13",
        ),
        (
            HEAD + "categories: [{code: b}, {code: b}]\n",
            "over.yaml: line 5: key 'code': category 'b' stands already in line 5",
        ),
        (HEAD + "categories: [{title: B}]\n", "over.yaml: line 5: key 'code' is missing"),
        (HEAD + "categories: [words]\n", "over.yaml: line 5: key 'categories': must be a mapping of keys and values"),
        (
            HEAD + "categories: [{code: b, max_hours: 1}]\n",
            "over.yaml: line 5: key 'max_hours': less than min_hours, so nobody could meet it",
        ),
        (
            HEAD + "unit_minutes: 7\ncategories: [{code: b, min_hours: 0.5}]\n",
            "over.yaml: line 6: key 'min_hours': 0.5 hours of 7 minutes are not whole minutes",
        ),
    ],
)
def test_refusals_name_the_file_in_which_the_fault_lies(text: str, problem: str) -> None:
    with pytest.raises(rules.BadFileError) as refusal:
        _load(text)
    assert str(refusal.value) == problem


def test_a_fault_of_the_base_is_told_with_its_file() -> None:
    with pytest.raises(rules.BadFileError, match=r"^small@1\.yaml: line 10: unknown key 'speed'$"):
        _load(HEAD, small_1=pack("speed: 1\n"))
    half = "schema: hour-rules/1\nid: small\nversion: 1\nextends: least@1\n"
    least = "schema: hour-rules/1\nid: least\nversion: 1\n"
    with pytest.raises(rules.BadFileError, match=r"^least@1\.yaml: line 1: key 'title' is missing$"):
        _load(HEAD, small_1=half, least_1=least)


def test_loops_through_others_are_refused() -> None:
    there = HEAD.replace("over", "there").replace("small@1", "over@2")
    with pytest.raises(rules.BadFileError) as refusal:
        _load(HEAD.replace("small@1", "there@2"), there_2=there, over_2=HEAD.replace("small@1", "there@2"))
    assert str(refusal.value) == ("there@2.yaml: line 4: key 'extends': over@2 extends there@2 extends over@2: a loop")


@pytest.mark.parametrize("last", [21, 22, None])
def test_twenty_packs_may_stand_beneath_a_pack_and_no_more(last: int | None) -> None:
    def find(label: str) -> tuple[str, str]:
        number = int(label.rpartition("@")[2])
        text = f"schema: hour-rules/1\nid: chain\nversion: {number}\nextends: chain@{number + 1}\n"
        return BASE if number == last else text, f"{label}.yaml"

    def load() -> rules.RuleSetSpec:
        return rules.load(find("chain@1")[0], file="chain@1.yaml", find=find)

    if last == 21:
        assert load().label == "chain@1"
    else:
        with pytest.raises(rules.BadFileError, match="more than 20 packs extend each other"):
            load()


def test_the_longest_name_of_a_pack_can_be_extended_and_no_longer_one() -> None:
    longest = f"{'a' * 64}@1000000"
    assert rules.extends(HEAD.replace("small@1", longest), file="over.yaml") == longest
    with pytest.raises(rules.BadFileError, match="must be one line of 1 to 72 characters"):
        rules.extends(HEAD.replace("small@1", f"{'a' * 65}@1000000"), file="over.yaml")


def test_without_a_way_to_find_it_there_is_no_such_pack() -> None:
    with pytest.raises(rules.BadFileError, match="there is no pack 'small@1'"):
        rules.load(HEAD, file="over.yaml")
    assert rules.extends(HEAD, file="over.yaml") == "small@1"
    assert rules.extends(BASE, file="base.yaml") is None
    assert rules.label_of(HEAD, file="over.yaml") == "over@2"
