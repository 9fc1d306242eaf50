"""What waits in a record that takes no more hours, or at a school that has closed: said truly, asked of nobody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from certification.externships.models import EvaluationAnswer, Shift, SignOff
from certification.externships.selectors.queue import evaluations_of, queue_of
from certification.externships.services import remind, resend_evaluation, send_collected
from certification.records.services import close_school, seal_record
from notices.models import Message

from .conftest import NOW, Clinic, answers, text_of
from .test_asking import TONIGHT, address, asked, daily, sent_by, tokens
from .test_competencies import library
from .test_evaluation_reminders import priya
from .test_evaluations import ask, form_of, url_of

__all__ = ["daily", "library", "priya"]
pytestmark = pytest.mark.django_db
CLOSED = "Riverbend School has closed: nothing new is written into its records."
SEALED = "The record is sealed: it ended, and nothing new is written into it."


def close(clinic: Clinic) -> str:
    """The school's last day is over."""
    school = clinic.school.school
    Organisation.objects.filter(pk=school.pk).update(closed_on="2026-11-15")
    school.refresh_from_db()
    close_school(school=school, now=timezone.now())
    return CLOSED


def seal(clinic: Clinic) -> str:
    """The learner left."""
    seal_record(record=clinic.placement.record, by=clinic.school.registrar, reason="left")
    return SEALED


ENDS = pytest.mark.parametrize("ends", [close, seal])


@ENDS
def test_a_learner_reads_that_it_goes_out_no_more(daily: Clinic, ends: Callable[[Clinic], str]) -> None:
    link = sent_by(daily)
    shift = Shift.objects.get()
    pages = [reverse("externships:shifts"), reverse("externships:shift", args=[shift.uuid])]
    learner = daily.learner()
    for page in pages:
        assert "goes out tonight" in text_of(learner.get(page))
    said = ends(daily)
    assert send_collected(now=TONIGHT + timedelta(minutes=1)) == 0
    for page in pages:
        read = text_of(learner.get(page))
        assert f"{said} What is not signed counts nowhere." in read
        assert not [
            word for word in ("goes out", "Take it back", "paper form", "Clock in", "coordinator") if word in read
        ]
    link.refresh_from_db()
    assert link.mailed_at is None and asked() == []


@ENDS
def test_what_is_out_is_neither_signed_nor_brought_to_mind(
    clinic: Clinic, priya: User, ends: Callable[[Clinic], str]
) -> None:
    link = sent_by(clinic)
    page = address(tokens(asked()[0])[0])
    Message.objects.filter(sent_at=None).update(sent_at=NOW)
    assert "Your signature" in text_of(Client().get(page)) and len(queue_of(priya, NOW)) == 1
    said = ends(clinic)
    read = text_of(Client().get(page))
    assert said in read and "You need not do anything." in read and "Your signature" not in read
    assert "Signed" not in text_of(Client().post(page, answers(link), follow=True)) and not SignOff.objects.exists()
    assert queue_of(priya, NOW) == []
    assert [remind(now=NOW + timedelta(days=day)) for day in (3, 14, 17, 30)] == [0] * 4


@ENDS
def test_nor_is_an_evaluation_answered(library: Clinic, priya: User, ends: Callable[[Clinic], str]) -> None:
    link = ask(library)
    page, client = url_of(link), Client()
    assert "Rate what you saw" in text_of(client.get(page)) and evaluations_of(priya, NOW) == [link]
    form = form_of(link, SOAP="2", DRAPING="pass")
    said = ends(library)
    read = text_of(client.get(page))
    assert said in read and "Rate what you saw" not in read and "Send my answer" not in read
    assert "Your answer is noted" not in text_of(client.post(page, form, follow=True))
    assert not EvaluationAnswer.objects.exists() and evaluations_of(priya, NOW) == []
    if said == SEALED:
        with pytest.raises(Exception, match="sealed"):
            resend_evaluation(link=link, by=library.school.coordinator)
