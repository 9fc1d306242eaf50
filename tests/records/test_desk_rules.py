"""The registrar's pages: who is affected by a version, and where hours stand in other rule sets."""

import re
from html import unescape
from typing import Any

import pytest

from certification.records.models import Activation, Crosswalk, TrainingRecord
from certification.records.services import post_hours, set_crosswalk
from certification.requirements.models import RuleSet
from certification.requirements.rules import Crossing
from certification.requirements.services import import_rules
from tests.records.making import part
from tests.worlds import SMALL_PACK, School

pytestmark = pytest.mark.django_db
BOARD = SMALL_PACK.replace("small-sample", "board").replace("A small program, ten hours", "A board") + (
    "overlays: [{tag: hands_on, min_hours: 1}]\n"
)


@pytest.fixture
def two(rule_set: RuleSet) -> RuleSet:
    return import_rules(
        text=SMALL_PACK.replace("version: 1", "version: 2").replace("min_hours: 4", "min_hours: 5"), filename="2"
    )


@pytest.fixture
def board(rule_set: RuleSet) -> RuleSet:
    return import_rules(text=BOARD, filename="board.yaml")


def _text(response: object) -> str:
    return unescape(re.sub(r"<[^>]+>|\s+", " ", response.content.decode())).replace("\u00a0", " ")  # type: ignore[attr-defined]


def test_versions_and_whom_they_judge(school: School, record: TrainingRecord, two: RuleSet) -> None:
    page = school.client(school.registrar).get("/desk/rules/")
    assert page.status_code == 200
    text = _text(page)
    assert "small-sample@2" in text
    assert re.search(r"small-sample@1 .*1 record .*In use since the program began", text)
    assert re.search(r"small-sample@2 .*0 records .*Not activated", text)


def test_a_school_without_records_is_told_what_to_do(school: School) -> None:
    text = _text(school.client(school.registrar).get("/desk/rules/"))
    assert "No rules judge anybody yet" in text
    assert "import_rules" in text


def test_seeing_who_is_affected_then_activating(school: School, record: TrainingRecord, two: RuleSet) -> None:
    client = school.client(school.registrar)
    post_hours(record=record, source_key="a", parts=[part(240, "2026-03-02 14:00", "2026-03-02 18:00")])
    address = "/desk/rules/small-sample@2/"
    text = _text(client.get(address))
    assert "1 running record would be judged anew" in text
    assert "Daniela Reyes" in text
    assert "Myofascial release is 1 h short of 5 h" in text
    refused = client.post(address, {"expected": 1, "note": "The board asks for more."})
    assert refused.status_code == 422
    assert "tick this first" in _text(refused)
    assert "The board asks for more." in refused.content.decode()
    assert not Activation.objects.exists()
    done = client.post(address, {"expected": 1, "note": "The board asks for more.", "seen": "on"}, follow=True)
    assert "small-sample@2 judges from now on. 1 record is judged anew." in _text(done)
    record.refresh_from_db()
    assert record.rule_set == two
    assert "Activated by Helen Marsh" in _text(client.get("/desk/rules/"))
    again = client.post(address, {"expected": 1, "note": "Twice", "seen": "on"})
    assert again.status_code == 302
    assert Activation.objects.get().note == "The board asks for more."


def test_another_number_than_was_shown_is_refused_with_the_new_list(
    school: School, record: TrainingRecord, two: RuleSet
) -> None:
    page = school.client(school.registrar).post(
        "/desk/rules/small-sample@2/", {"expected": 7, "note": "x", "seen": "on"}
    )
    assert page.status_code == 422
    assert "Meanwhile 1 record would change." in _text(page)
    assert 'name="expected" value="1"' in page.content.decode()


@pytest.mark.parametrize(
    "label", ["small-sample@9", "small-sample", "@", "x@1", "small-sample@²", "small-sample@99999999999", "%00@1"]
)
def test_versions_that_do_not_exist(school: School, record: TrainingRecord, label: str) -> None:
    assert school.client(school.registrar).get(f"/desk/rules/{label}/").status_code == 404


def test_a_rule_set_that_judges_nobody_here_is_not_activated_here(
    school: School, record: TrainingRecord, board: RuleSet
) -> None:
    assert school.client(school.registrar).get("/desk/rules/board@1/").status_code == 404


PAGES = (
    "/desk/rules/",
    "/desk/rules/small-sample@2/",
    "/desk/rules/crosswalks/",
    "/desk/rules/crosswalks/small-sample/board/",
)


@pytest.mark.parametrize("address", PAGES)
def test_only_registrars_come_in(
    school: School, record: TrainingRecord, two: RuleSet, board: RuleSet, address: str
) -> None:
    for person in (school.instructor, school.coordinator, school.learner_user):
        assert school.client(person).get(address).status_code == 403
    foreign = school.client(school.foreign_registrar)
    assert foreign.get(f"{address}?school=riverbend").status_code == 404
    if "@" in address or "board" in address:
        assert foreign.get(address).status_code == 404


def test_saying_where_hours_stand(school: School, record: TrainingRecord, board: RuleSet) -> None:
    for number, course in enumerate(["MFR@1", "DEEP@1"], start=2):
        one = part(240, f"2026-03-0{number} 14:00", f"2026-03-0{number} 18:00", course=course)
        post_hours(record=record, source_key=course, parts=[one])
    client = school.client(school.registrar)
    assert "Nothing said yet" in _text(client.get("/desk/rules/crosswalks/"))
    address = "/desk/rules/crosswalks/small-sample/board/"
    page = client.get(address).content.decode()
    for name in ("to:mfr:", "to:mfr:MFR@1", "to:externship_hands_on:", "to:elective:", "tags:mfr:"):
        assert f'name="{name}"' in page, name
    assert "nothing is guessed" in _text(client.get(address))
    done = client.post(
        address,
        {
            "seen_version": 0,
            "to:mfr:": "mfr",
            "to:mfr:MFR@1": "nmt_trp",
            "tags:mfr:": "hands_on",
            "to:externship:": "externship",
            "to:elective:": "elective",
        },
        follow=True,
    )
    assert "4 lines by Helen Marsh" in _text(done)
    lines = Crosswalk.objects.get().lines.order_by("category", "course")
    assert [(line.category, line.course, line.to_category, line.tags) for line in lines] == [
        ("elective", "", "elective", ""),
        ("externship", "", "externship", ""),
        ("mfr", "", "mfr", "hands_on"),
        ("mfr", "MFR@1", "nmt_trp", ""),
    ]
    again = client.get(address).content.decode()
    assert '<option value="nmt_trp" selected>' in again
    assert "As Helen Marsh said on" in _text(client.get(address))


def test_a_colleagues_word_meanwhile_is_told_and_what_was_chosen_is_kept(
    school: School, record: TrainingRecord, board: RuleSet
) -> None:
    set_crosswalk(
        school=school.school,
        source="small-sample",
        target="board",
        crossings=[Crossing("mfr", "mfr")],
        by=school.second_registrar,
    )
    page = school.client(school.registrar).post(
        "/desk/rules/crosswalks/small-sample/board/", {"seen_version": 0, "to:nmt_trp:": "nmt_trp"}
    )
    assert page.status_code == 422
    assert "Somebody changed this list meanwhile" in _text(page)
    assert Crosswalk.objects.get().lines.get().category == "mfr"


@pytest.mark.parametrize(
    "data", [{"to:mfr:": "nowhere"}, {"tags:mfr:": "nothing", "to:mfr:": "mfr"}, {"seen_version": "x"}]
)
def test_values_that_the_form_did_not_offer(
    school: School, record: TrainingRecord, board: RuleSet, data: dict[str, str]
) -> None:
    page = school.client(school.registrar).post(
        "/desk/rules/crosswalks/small-sample/board/", {"seen_version": 0, **data}
    )
    assert page.status_code == 422
    assert not Crosswalk.objects.exists()


@pytest.mark.parametrize(
    "pair", ["board/small-sample", "small-sample/small-sample", "small-sample/none", "none/board", "small-sample/%00"]
)
def test_pairs_that_make_no_sense(school: School, record: TrainingRecord, board: RuleSet, pair: str) -> None:
    assert school.client(school.registrar).get(f"/desk/rules/crosswalks/{pair}/").status_code == 404


def test_pages_take_few_queries(
    school: School, record: TrainingRecord, two: RuleSet, board: RuleSet, django_assert_max_num_queries: Any
) -> None:
    client = school.client(school.registrar)
    for address in PAGES:
        client.get(address)
        with django_assert_max_num_queries(16):
            assert client.get(address).status_code == 200
