"""While authoring: what a program plans, against its own rules and those in which the school has placed its hours."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from certification.records.services import set_crosswalk
from certification.requirements.rules import Crossing
from certification.requirements.services import import_rules
from courses.catalog.models import LessonPage, Program, ProgramPage
from courses.catalog.selectors import plans_of
from tests.rules.making import pack
from tests.worlds import SMALL_PACK, School

pytestmark = pytest.mark.django_db
BOARD = (
    pack(
        "categories: [{code: theory, title: Theory, min_hours: 6, children: [{code: deep, min_hours: 2}]}, {code: free}]"
    )
    .replace("id: small", "id: board")
    .replace("A small pack", "The board’s license")
)


def _placed(whole: School) -> None:
    import_rules(text=BOARD, filename="board.yaml")
    set_crosswalk(
        school=whole.school,
        source="small-sample",
        target="board",
        crossings=[Crossing("mfr", "theory"), Crossing("mfr", "deep", course="DEEP@1")],
        by=whole.registrar,
    )


def test_own_rules_first_then_the_boards(whole: School, program: Program, django_assert_num_queries: Any) -> None:
    _placed(whole)
    fresh = Program.objects.select_related("school", "rule_set").get(pk=program.pk)
    with django_assert_num_queries(4):
        own, board = plans_of(fresh)
    assert [(line.code, line.depth, line.required, line.planned, line.short) for line in own.lines] == [
        ("mfr", 0, 240, 240, 0),
        ("nmt_trp", 0, 120, 90, 30),
        ("externship", 0, 120, 0, 120),
        ("externship_hands_on", 1, 60, 0, 60),
    ]
    assert (own.required, own.planned, own.short, own.unplaced) == (600, 330, 270, 0)
    assert [(line.code, line.required, line.planned) for line in board.lines] == [
        ("theory", 360, 240),
        ("deep", 120, 0),
    ]
    assert (board.planned, board.unplaced) == (240, 90)


def _text(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return unescape(re.sub(r"<[^>]+>|\s+", " ", page.content.decode())).replace("\u00a0", " ")


def test_the_editor_shows_them(whole: School, editor: Client, program_page: ProgramPage, published: LessonPage) -> None:
    _placed(whole)
    text = re.sub(r" +", " ", _text(editor, reverse("wagtailadmin_pages:edit", args=[program_page.pk])))
    assert "Hours against the rules" in text
    assert "Plans 5 h 30 min of the 10 h that are asked for: 4 h 30 min short." in text
    assert "The board’s license" in text
    assert "1 h 30 min have no place in these rules by your school’s word." in text
    lesson = re.sub(r" +", " ", _text(editor, reverse("wagtailadmin_pages:edit", args=[published.pk])))
    assert "This lesson gives up to 40 min; the module “Myofascial release” plans 4 h in all." in lesson


def test_hours_are_of_as_many_minutes_as_the_rules_say(
    whole: School, editor: Client, program_page: ProgramPage
) -> None:
    small = SMALL_PACK.replace("id: small-sample", "id: short-hours") + "unit_minutes: 50\n"
    rules = import_rules(text=small, filename="pack.yaml")
    Program.objects.filter(pk=program_page.program_id).update(rule_set=rules)
    text = re.sub(r" +", " ", _text(editor, reverse("wagtailadmin_pages:edit", args=[program_page.pk])))
    assert "Plans 6 h 30 min of the 10 h that are asked for: 3 h 20 min short. One hour is 50 minutes." in text
    page = re.sub(r"[ \u2009]+", " ", _text(Client(), program_page.url))
    assert "An hour here is 50 minutes of teaching." in page
    assert "Length 10 h" in page
    assert "6 h 30 min of teaching, in the order in which you meet it." in page


def test_a_new_lesson_shows_the_hours_of_its_program(editor: Client, published: LessonPage) -> None:
    address = reverse("wagtailadmin_pages:add", args=["catalog", "lessonpage", published.get_parent().pk])
    assert "Plans 5 h 30 min of the 10 h that are asked for" in re.sub(r" +", " ", _text(editor, address))
