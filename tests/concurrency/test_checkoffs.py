"""Two people judge one learner at the same moment: one answer to a link, one result of an examination, one milestone."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.services import grant_role
from certification.externships.models import (
    CheckOff,
    CompetencyVersion,
    EvaluationAnswer,
    PracticalKind,
    PracticalResult,
    PracticalSheet,
)
from certification.externships.services import (
    Rating,
    ask_evaluation,
    plan_practical,
    rate,
    save_practical_kind,
    save_sheet,
    take_over_library,
)
from certification.records.models import Milestone
from notices.models import Message
from tests.externships.conftest import NOW, make_clinic
from tests.externships.test_evaluations import form_of

from .test_signoff import together

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def clinic(school: Any, record: Any) -> Any:
    """A clinic whose school has taken over the library."""
    take_over_library(school=school.school)
    return make_clinic(school, record)


def uuid_of(code: str) -> Any:
    return CompetencyVersion.objects.get(competency__code=code, state="in_use").uuid


def test_two_browsers_with_one_link_make_one_answer(clinic: Any) -> None:
    link = ask_evaluation(
        placement=clinic.placement, supervisor=clinic.supervisor, purpose="checkoff", versions=[uuid_of("SOAP")],
        by=clinic.school.coordinator,
    )  # fmt: skip
    (token,) = re.findall(r"/evaluate/([\w-]+)/", mail.outbox[-1].body)
    url = reverse("externships:evaluate", args=[token])
    good, bad = form_of(link, SOAP="2"), form_of(link, SOAP="1")
    codes = together(lambda: Client().post(url, good).status_code, lambda: Client().post(url, bad).status_code)
    assert sorted(codes) == [200, 302], "whose answer was not taken is told so"
    assert EvaluationAnswer.objects.count() == CheckOff.objects.count() == 1
    assert Milestone.objects.filter(record=clinic.record).count() == (CheckOff.objects.get().outcome == "passed")
    assert Message.objects.filter(key__startswith="evaluation-receipt").count() == 1


def test_of_two_instructors_who_disagree_the_second_meets_the_first(clinic: Any) -> None:
    grant_role(user=clinic.school.second_registrar, organisation=clinic.school.school, role="instructor")
    soap = uuid_of("SOAP")
    results = together(
        *(
            lambda by=by, value=value: rate(record=clinic.record, ratings=[Rating(soap, value)], by=by)
            for by, value in ((clinic.school.instructor, "2"), (clinic.school.second_registrar, "1"))
        )
    )
    failed_first = isinstance(results[0], ValidationError)
    assert not isinstance(results[1], Exception)
    assert CheckOff.objects.count() == (1 if failed_first else 2)
    assert not Milestone.objects.filter(record=clinic.record).exists(), "the failure is the last word either way"


def test_two_examiners_who_hand_in_at_once_make_one_result(clinic: Any) -> None:
    school = clinic.school
    grant_role(user=school.second_registrar, organisation=school.school, role="instructor")
    kind: PracticalKind = save_practical_kind(
        school=school.school, code="F", title="F", pass_percent=75, by=school.registrar, codes=["SOAP"]
    )
    practical = plan_practical(
        kind=kind, record=clinic.record, on_day=date(2026, 11, 20), place="Lab",
        examiners=(school.instructor, school.second_registrar), by=school.registrar,
    )  # fmt: skip
    sheets = list(PracticalSheet.objects.filter(practical=practical).select_related("examiner", "practical__record"))
    results = together(
        *(
            lambda sheet=sheet: save_sheet(sheet=sheet, marks={"SOAP": 3}, words="", by=sheet.examiner, hand_in=True)
            for sheet in sheets
        )
    )
    assert not [one for one in results if isinstance(one, Exception)], results
    assert PracticalResult.objects.get().passed
    assert Milestone.objects.filter(record=clinic.record, code="practical:F").count() == 1
