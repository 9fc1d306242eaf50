"""The Gap page: what is lacking in plain words, what closes it, and what a group lacks."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from certification.externships.services import assign_supervisor, open_placement, register_site, register_supervisor
from certification.records.models import Target
from certification.records.services import choose_target, set_crosswalk
from certification.requirements.models import RuleSet
from certification.requirements.rules import Crossing
from certification.requirements.services import import_rules
from courses.catalog.models import Program
from courses.enrollments.services import enroll, ensure_cohort
from tests.rules.making import pack
from tests.study.conftest import Classroom

BOARD = (
    pack(
        """\
categories:
  - {code: theory, title: Theory, min_hours: 1, children: [{code: deep, title: Deep theory, min_hours: 0.5}]}
  - {code: practice, title: Practice, min_hours: 2, delivery: [in_person]}
overlays: [{tag: hands_on, min_hours: 1}]
""",
        total_hours="4",
    )
    .replace("id: small", "id: board")
    .replace("A small pack", "The board’s license")
    .replace("status: sample", "status: unverified")
)
CROSSINGS = (Crossing("mfr", "theory"), Crossing("nmt_trp", "practice"), Crossing("externship", "practice"))


@pytest.fixture
def board(classroom: Classroom) -> RuleSet:
    return import_rules(text=BOARD, filename="board.yaml")


def _placed(classroom: Classroom) -> None:
    set_crosswalk(
        school=classroom.school.school, source="small-sample", target="board", crossings=CROSSINGS,
        by=classroom.school.registrar,
    )  # fmt: skip


def _address(classroom: Classroom) -> str:
    return reverse("study:gap", args=[classroom.enrollment.record.uuid])


def _text(response: Any) -> str:
    words = unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"\s+", " ", words)


def test_what_the_program_still_asks_for_and_what_closes_it(classroom: Classroom) -> None:
    page = classroom.client.get(_address(classroom))
    assert page.status_code == 200
    text = _text(page)
    assert "What you still need" in text
    assert "You need 10 more hours" in text
    html = page.content.decode()
    lesson = classroom.lesson("MFR-1")
    assert f'href="/learn/lessons/{lesson.uuid}/"' in html
    assert f"{lesson.title} 40 min left" in text
    assert f'href="/hours/{classroom.enrollment.record.uuid}/rows/?category=mfr"' in html
    assert 'href="/rules/small-sample@1/#category-mfr"' in html
    # Hands-on hours come from a clinic, and there is no placement.
    assert "Nothing on offer now closes it. Ask the office for classes or a placement." in text


def test_a_placement_is_on_offer(classroom: Classroom) -> None:
    school, today = classroom.school.school, date(2026, 3, 2)
    Program.objects.filter(pk=classroom.program.pk).update(externship_category="externship", externship_minutes=120)
    site = register_site(school=school, slug="harbor", name="Harborview", approved_on=today - timedelta(days=9))
    supervisor = register_supervisor(
        school=school, name="Dr. Raman", email="raman@example.org", licence_number="1", licence_state="GA",
        profession="PT",
    )  # fmt: skip
    assign_supervisor(supervisor=supervisor, site=site, from_on=today - timedelta(days=9))
    placement = open_placement(
        record=classroom.enrollment.record, site=site, starts_on=today, ends_on=today + timedelta(days=90),
        required_minutes=120, approved_by=classroom.school.coordinator,
    )  # fmt: skip
    html = classroom.client.get(_address(classroom)).content.decode()
    assert f'href="/shifts/new/?placement={placement.uuid}"' in html
    assert "A shift at Harborview" in html


def test_an_aim_is_chosen_shown_and_dropped(classroom: Classroom, board: RuleSet) -> None:
    address = _address(classroom)
    page = classroom.client.get(address)
    assert "your school has not placed its hours there yet" in _text(page)
    chosen = classroom.client.post(
        reverse("study:aim", args=[classroom.enrollment.record.uuid]), {"rules": "board"}, follow=True
    )
    text = _text(chosen)
    assert "The board’s license" in text
    assert "not checked against the statute" in text
    assert "Your school has not said yet where its hours stand here" in text
    _placed(classroom)
    text = _text(classroom.client.get(address))
    assert "You need 30 more minutes of Deep theory" in text
    assert "was said by Helen Marsh" in text
    target = Target.objects.get()
    gone = classroom.client.post(
        reverse("study:drop", args=[target.uuid]), {"record": classroom.enrollment.record.uuid}, follow=True
    )
    assert "It is off your page." in _text(gone)
    assert "Deep theory" not in _text(gone)


def test_offers_stand_where_the_schools_word_puts_them_and_only_as_they_may_be_taught(
    classroom: Classroom, board: RuleSet
) -> None:
    _placed(classroom)
    choose_target(learner=classroom.enrollment.learner, identifier="board")
    html = classroom.client.get(_address(classroom)).content.decode()
    section = html.split('id="board"')[1]
    theory, practice = section.split("Practice")[:2]
    assert classroom.lesson("MFR-1").title in theory
    # Lessons are online; practice must be in person.
    assert "Soonest" not in practice.split("</li>")[0]


@pytest.mark.parametrize("rules", ["nowhere", "", "x" * 200, "a\0b"])
def test_unknown_aims_are_refused_in_a_sentence(classroom: Classroom, rules: str) -> None:
    address = reverse("study:aim", args=[classroom.enrollment.record.uuid])
    assert "Choose one of the rule sets in the list." in _text(
        classroom.client.post(address, {"rules": rules}, follow=True)
    )
    assert not Target.objects.exists()


def test_staff_look_and_do_not_choose(classroom: Classroom, board: RuleSet) -> None:
    _placed(classroom)
    target = choose_target(learner=classroom.enrollment.learner, identifier="board")
    for person in (classroom.school.instructor, classroom.school.registrar):
        client = classroom.school.client(person)
        text = _text(client.get(_address(classroom)))
        assert "What is still needed" in text
        assert "Add an aim" not in text
        assert (
            client.post(reverse("study:aim", args=[classroom.enrollment.record.uuid]), {"rules": "board"}).status_code
            == 404
        )
        assert client.post(reverse("study:drop", args=[target.uuid])).status_code == 404
    for person in (classroom.school.other_learner_user, classroom.school.foreign_registrar):
        assert classroom.school.client(person).get(_address(classroom)).status_code == 404
    target.refresh_from_db()
    assert target.dropped_at is None


def test_the_pages_queries_do_not_grow_with_aims(classroom: Classroom, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        import_rules(text=BOARD.replace("id: board", f"id: board-{number}"), filename="b.yaml")
        set_crosswalk(
            school=classroom.school.school, source="small-sample", target=f"board-{number}", crossings=CROSSINGS,
            by=classroom.school.registrar,
        )  # fmt: skip
    classroom.client.get(_address(classroom))
    with django_assert_max_num_queries(22):
        classroom.client.get(_address(classroom))
    for number in range(6):
        choose_target(learner=classroom.enrollment.learner, identifier=f"board-{number}")
    with django_assert_max_num_queries(23):
        assert classroom.client.get(_address(classroom)).status_code == 200


def test_aims_stand_in_the_api_beside_the_programs_rules(classroom: Classroom, board: RuleSet) -> None:
    _placed(classroom)
    address = f"/api/v1/me/enrollments/{classroom.enrollment.uuid}/hours"
    assert [result["rules"] for result in classroom.client.get(address).json()["results"]] == ["small-sample@1"]
    choose_target(learner=classroom.enrollment.learner, identifier="board")
    results = classroom.client.get(address).json()["results"]
    assert [result["rules"] for result in results] == ["small-sample@1", "board@1"]
    assert results[1]["unplaced"] == []
    assert results[1]["status"] == "unverified"


# ---- a group ---------------------------------------------------------------------------------------------------------


def _group(classroom: Classroom) -> str:
    cohort = ensure_cohort(program=classroom.program, name="Spring", starts_on=date(2026, 3, 2))
    for user in (classroom.school.other_learner_user, classroom.school.admin):
        enroll(user=user, program=classroom.program, source_key=f"desk:{user.pk}", cohort=cohort)
    return reverse("study:cohort", args=[cohort.uuid])


def test_hours_are_of_as_many_minutes_as_the_boards_rules_say(classroom: Classroom) -> None:
    import_rules(text=BOARD.replace("unit_minutes: 60", "unit_minutes: 50"), filename="board.yaml")
    _placed(classroom)
    choose_target(learner=classroom.enrollment.learner, identifier="board")
    visit = classroom.open()
    classroom.study(visit, 1800)
    visit.close()
    text = _text(classroom.client.get(_address(classroom)))
    board = text[text.index("One of your aims") :]
    assert "One hour is 50 minutes." in board
    assert "One hour is" not in text[: text.index("One of your aims")], "the program’s hours have 60"
    assert "30 min of 1 h" in re.sub(r"\u2009| (?=of)", " ", board)
    assert "to the total: 30 min of 4 h count." in board
    address = _group(classroom)
    group = _text(classroom.school.client(classroom.school.instructor).get(f"{address}?rules=board"))
    assert "One hour is 50 minutes." in group
    assert "4 h" in group
    assert "3 h 20 min" not in group, "4 hours of 50 minutes, told in hours of 60"


def test_a_group_at_a_glance(classroom: Classroom, board: RuleSet, django_assert_max_num_queries: Any) -> None:
    address = _group(classroom)
    _placed(classroom)
    instructor = classroom.school.client(classroom.school.instructor)
    assert "Spring" in _text(instructor.get("/desk/cohorts/"))
    text = _text(instructor.get(address))
    assert "All 2 learners still need something." in text
    assert "Jun Park" in text
    assert "Myofascial release" in text
    with django_assert_max_num_queries(16):
        text = _text(instructor.get(f"{address}?rules=board"))
    assert "Theory" in text
    assert "not checked against the statute" in text
    assert "Myofascial release" in _text(instructor.get(f"{address}?rules=nonsense"))


def test_groups_of_other_schools_are_not_there(classroom: Classroom) -> None:
    address = _group(classroom)
    foreign = classroom.school.client(classroom.school.foreign_registrar)
    assert foreign.get(address).status_code == 404
    assert "No group yet" in _text(foreign.get("/desk/cohorts/"))
    assert classroom.client.get(address).status_code == 403


def test_an_empty_group_says_what_to_do(classroom: Classroom) -> None:
    cohort = ensure_cohort(program=classroom.program, name="Autumn", starts_on=date(2026, 9, 1))
    page = classroom.school.client(classroom.school.registrar).get(reverse("study:cohort", args=[cohort.uuid]))
    assert "Nobody is in this group yet" in _text(page)
