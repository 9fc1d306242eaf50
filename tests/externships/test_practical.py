"""Practical examinations: planned, marked by two who do not see each other's sheet, decided; re-test by others."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import User
from accounts.services import ensure_user, grant_role
from certification.externships.models import Practical, PracticalKind, PracticalResult, PracticalSheet
from certification.externships.selectors import practical as seen
from certification.externships.services import (
    cancel_practical,
    plan_practical,
    retire_competency,
    save_practical_kind,
    save_sheet,
)
from certification.records.models import CourseResult

from .conftest import Clinic, text_of
from .test_competencies import codes, library, second_instructor, version

__all__ = ["library"]
pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def make_kind(clinic: Clinic, **extra: object) -> PracticalKind:
    return save_practical_kind(
        **{
            "school": clinic.school.school, "code": "FINAL", "title": "Final examination", "pass_percent": 75,
            "codes": ["SOAP", "PLAN", "DRAPING"], "by": clinic.school.registrar, **extra,
        }
    )  # fmt: skip


@pytest.fixture
def second(library: Clinic) -> User:
    """A second instructor."""
    return second_instructor(library)


def make(clinic: Clinic, second: User, **extra: object) -> Practical:
    return plan_practical(
        **{
            "kind": extra.get("kind") or make_kind(clinic), "record": clinic.record, "on_day": TODAY, "place": "Lab 2",
            "examiners": (clinic.school.instructor, second), "by": clinic.school.coordinator, **extra,
        }
    )  # fmt: skip


def mark(practical: Practical, seat: int, soap: int, plan: int, draping: int, **extra: object) -> PracticalSheet:
    sheet = practical.sheets.get(seat=seat)
    return save_sheet(
        **{
            "sheet": sheet, "marks": {"SOAP": soap, "PLAN": plan, "DRAPING": draping}, "words": "", "by": sheet.examiner,
            "hand_in": True, **extra,
        }
    )  # fmt: skip


def test_both_sheets_decide_and_post(library: Clinic, second: User) -> None:
    kind = make_kind(library, course="MFR@1", fact="practical_examination")
    practical = make(library, second, kind=kind)
    assert [item["code"] for item in practical.items] == ["DRAPING", "PLAN", "SOAP"] or len(practical.items) == 3
    mark(practical, 1, 3, 2, 1)
    assert not PracticalResult.objects.exists() and codes(library.record) == set()
    mark(practical, 2, 3, 2, 1)
    result = PracticalResult.objects.get()
    assert (result.numerator, result.denominator, result.passed, result.safe) == (250, 3, True, True)
    assert codes(library.record) == {"practical:FINAL", "practical_examination"}
    grade = CourseResult.objects.get()
    assert (grade.course, grade.grade_hundredths, grade.evidence) == (
        "MFR@1", 8333, f"practical examination {practical.uuid}",
    )  # fmt: skip
    mark(practical, 2, 0, 0, 0)
    assert PracticalResult.objects.count() == CourseResult.objects.count() == 1, "a second tap changes nothing"


def test_one_failed_safety_item_fails_all_and_the_grade_stands(library: Clinic, second: User) -> None:
    practical = make(library, second, kind=make_kind(library, course="MFR@1"))
    mark(practical, 1, 3, 3, 1)
    mark(practical, 2, 3, 3, 0)
    result = PracticalResult.objects.get()
    assert (result.safe, result.passed, codes(library.record)) == (False, False, set())
    assert CourseResult.objects.get().grade_hundredths == 10_000


def test_a_re_test_is_by_others(library: Clinic, second: User) -> None:
    failed = make(library, second)
    mark(failed, 1, 1, 1, 1)
    mark(failed, 2, 1, 1, 1)
    third, fourth = (ensure_user(email=f"{name}@example.org", legal_name=name) for name in ("Tess", "Fay"))
    for user in (third, fourth):
        grant_role(user=user, organisation=library.school.school, role="instructor")
    with pytest.raises(ValidationError) as refused:
        make(library, second, examiners=(library.school.instructor, third))
    assert set(refused.value.message_dict) == {"first"}
    again = make(library, second, examiners=(third, fourth))
    mark(again, 1, 3, 3, 1)
    mark(again, 2, 3, 3, 1)
    assert codes(library.record) == {"practical:FINAL"}
    with pytest.raises(ValidationError, match="She has passed it"):
        make(library, second, examiners=(third, fourth))


def test_who_examines_and_who_plans(library: Clinic, second: User) -> None:
    people = library.school
    for by in (people.instructor, people.foreign_registrar, people.learner_user):
        with pytest.raises(ValidationError, match="Only the school"):
            make(library, second, by=by)
    for examiners, field in (
        ((people.instructor, people.instructor), "second"), ((people.registrar, second), "first"),
        ((people.instructor, people.learner_user), "second"),
    ):  # fmt: skip
        with pytest.raises(ValidationError) as refused:
            make(library, second, examiners=examiners)
        assert set(refused.value.message_dict) == {field}
    grant_role(user=people.learner_user, organisation=people.school, role="instructor")
    with pytest.raises(ValidationError, match="Nobody examines herself"):
        make(library, second, examiners=(User.objects.get(pk=people.learner_user.pk), second))
    with pytest.raises(ValidationError, match="That day is over"):
        make(library, second, on_day=date(2026, 11, 19))
    key = uuid4()
    assert make(library, second, uuid=key) == make(library, second, uuid=key)
    with pytest.raises(ValidationError, match="planned for her already"):
        make(library, second)
    cancel_practical(practical=Practical.objects.get(), by=people.registrar)
    assert seen.state_of(seen.practicals().get()) == "cancelled"
    make(library, second)


def test_a_sheet_is_its_examiners_and_opens_on_the_day(library: Clinic, second: User) -> None:
    practical = make(library, second, on_day=date(2026, 11, 21))
    with pytest.raises(ValidationError, match="has not come"):
        mark(practical, 1, 3, 3, 1)
    cancel_practical(practical=practical, by=library.school.registrar)
    with pytest.raises(ValidationError, match="called off"):
        mark(practical, 1, 3, 3, 1)
    practical = make(library, second)
    with pytest.raises(ValidationError, match="another examiner"):
        mark(practical, 1, 3, 3, 1, by=second)
    with pytest.raises(ValidationError) as refused:
        mark(practical, 1, 3, 4, 1)
    assert set(refused.value.message_dict) == {"mark-PLAN"}
    kept = mark(practical, 1, 3, 4, 1, hand_in=False)
    assert (kept.handed_in_at, kept.marks["SOAP"]) == (None, 3)
    with pytest.raises(ValidationError, match="looks like a person"):
        mark(practical, 1, 3, 3, 1, words="On Mrs. Abernathy")


def test_an_examination_keeps_what_was_in_use_when_it_was_planned(library: Clinic, second: User) -> None:
    practical = make(library, second)
    retire_competency(competency=version("SOAP").competency, by=library.school.registrar)
    with pytest.raises(ValidationError, match="Not in use: SOAP"):
        make_kind(library, title="Other")
    mark(practical, 1, 3, 3, 1)
    mark(practical, 2, 3, 3, 1)
    assert len(seen.marked_items(seen.practicals().get())) == 3


def test_a_sheet_is_not_handed_in_by_one_tap(library: Clinic, second: User) -> None:
    practical = make(library, second)
    url = reverse("externships:desk_practical", args=[practical.uuid])
    browser = library.school.client(library.school.instructor)
    marks = {"mark-SOAP": "3", "mark-PLAN": "2", "mark-DRAPING": "1", "words": "Steady.", "do": "hand_in"}
    page = browser.get(url).content.decode()
    assert 0 < page.index('value="keep"') < page.index('value="hand_in"'), "Enter keeps"
    asked = browser.post(url, marks)
    assert asked.status_code == 422 and "Tick the sentence" in text_of(asked)
    assert "Steady." in text_of(asked) and asked.content.decode().count(" checked") == 3, "kept as typed"
    assert not practical.sheets.filter(handed_in_at__isnull=False).exists()
    assert browser.post(url, {**marks, "do": "keep"}).status_code == 302
    assert not practical.sheets.filter(handed_in_at__isnull=False).exists()
    assert browser.post(url, {**marks, "sure": "yes"}).status_code == 302
    assert practical.sheets.get(handed_in_at__isnull=False).examiner == library.school.instructor


def test_nobody_sees_the_other_sheet_before_both_are_in(library: Clinic, second: User) -> None:
    people = library.school
    practical = make(library, second)
    url = reverse("externships:desk_practical", args=[practical.uuid])
    first = people.client(people.instructor)
    marks = {
        "mark-SOAP": "3",
        "mark-PLAN": "2",
        "mark-DRAPING": "1",
        "words": "Steady and warm.",
        "do": "hand_in",
        "sure": "yes",
    }
    assert first.post(url, {**marks, "mark-PLAN": ""}).status_code == 422
    assert first.post(url, marks).status_code == 302
    for who in (second, people.registrar):
        page = people.client(who).get(url)
        assert page.status_code == 200
        assert "Steady and warm" not in text_of(page) and "of 3" not in text_of(page)
    page = people.client(second).get(url).content.decode()
    assert "checked" not in page, "her own sheet is empty"
    learner = library.learner()
    own = reverse("externships:competencies")
    assert "when both examiners have handed in" in text_of(learner.get(own))
    people.client(second).post(url, {**marks, "mark-SOAP": "2", "words": ""})
    for client in (first, learner):
        said = text_of(client.get(url if client is first else own))
        assert "2.5 of 3" in said and "75 percent; 75 pass" in said and "Steady and warm" in said
    assert learner.get(url).status_code == 404
    outsider = ensure_user(email="x@example.org", legal_name="X X")
    grant_role(user=outsider, organisation=people.school, role="instructor")
    assert people.client(outsider).get(url).status_code == 404


def test_kinds_are_kept_with_care(library: Clinic) -> None:
    kind = make_kind(library)
    assert make_kind(library) == kind
    with pytest.raises(ValidationError, match="already"):
        make_kind(library, title="Other")
    changed = make_kind(library, title="Other", kind=kind, seen_version=1)
    assert (changed.version, changed.title) == (2, "Other")
    with pytest.raises(ValidationError, match="Somebody changed this"):
        make_kind(library, title="Third", kind=kind, seen_version=1)
    for wrong in ({"pass_percent": 0}, {"pass_percent": 101}, {"fact": "Not A Word"}):
        with pytest.raises(ValidationError):
            make_kind(library, code="X", **wrong)
    with pytest.raises(ValidationError, match="Only the school"):
        make_kind(library, by=library.school.instructor)


def test_the_sheet_says_what_the_scale_means_in_the_words_of_check_offs(library: Clinic, second: User) -> None:
    """0 to 3 mean the same to an examiner, an instructor and a supervisor: the words stand in one template."""
    practical = make(library, second)
    client = library.school.client(second)
    page = client.get(reverse("externships:desk_practical", args=[practical.uuid]))
    said = text_of(page)
    for words in ("0 Not seen", "1 With help", "2 Alone", "3 Teaches"):
        assert said.count(words) == 2, "of two items that are rated"
        assert words in text_of(client.get(reverse("externships:desk_checkoff_sheet", args=[library.record.uuid])))
    assert "externships/rating_scale.html" in [one.name for one in page.templates]
    for name, row in (("mark-SOAP", "0"), ("mark-PLAN", "3")):
        assert f'name="{name}" value="{row}"' in page.content.decode()
