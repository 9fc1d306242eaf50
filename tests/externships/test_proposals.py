"""She proposes other times: kept beside the learner's, checked like a shift's, taken over with one tap; whole weeks."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from certification.externships import rules
from certification.externships.forms import ProposalForm
from certification.externships.models import Shift, SignOff, SignOffLink
from certification.externships.services import Decision, decide, save_shift, take_over_proposal
from certification.records.models import HourEntry
from notices.models import Message

from .conftest import Clinic, answers, local, text_of
from .test_signing import url_of

pytestmark = pytest.mark.django_db
OTHER = rules.Proposal(local("2026-11-09 09:15"), local("2026-11-09 13:00"), 15)


def proposing(shift: Shift, link: SignOffLink, **times: str) -> dict[str, str]:
    """The supervisor's form with other times for one shift."""
    form = {**answers(link, ""), f"answer-{shift.uuid}": "propose"}
    typed = {"starts": "09:15", "ends": "13:00", "break_minutes": "15", **times}
    return form | {f"{shift.uuid}-{name}": value for name, value in typed.items()}


def propose(clinic: Clinic, shift: Shift, proposal: rules.Proposal = OTHER, words: str = "") -> Any:
    link = clinic.send()
    return decide(
        link=link,
        decisions=[Decision(shift.uuid, "propose", words, proposal=proposal)],
        typed_name="Priya Raman",
        confirms_statement=False,
    )


def test_other_times_return_the_shift_and_stand_beside_the_learners(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    url = url_of(link)
    page = text_of(Client().get(url))
    assert "Propose other times" in page
    assert Client().post(url, proposing(shift, link)).status_code == 302, "words are optional"
    shift.refresh_from_db()
    assert (shift.state, shift.version, shift.starts_at) == ("returned", 1, local("2026-11-09 09:00"))
    done = SignOff.objects.get()
    assert (done.decision, done.proposed_starts_at, done.proposed_ends_at, done.proposed_break_minutes) == (
        "propose", local("2026-11-09 09:15"), local("2026-11-09 13:00"), 15,
    )  # fmt: skip
    assert not HourEntry.objects.exists()
    link.refresh_from_db()
    assert link.spent_at is not None
    assert (
        "Returned on 20 November 2026 with other times: 9:15 AM to 1:00 PM, break 15 min, which makes 3 h 30 min"
        in (text_of(Client().get(url)))
    )
    for key in ("signoff-receipt", "signoff-notice"):
        body = Message.objects.get(key__startswith=key).body
        assert "9:15 AM to 1:00 PM, break 15 min, which makes 3 h 30 min" in body
    assert "Dr. Priya Raman proposes" not in (listed := text_of(clinic.learner().get(reverse("externships:shifts"))))
    assert "Priya Raman proposes 9:15 AM to 1:00 PM, 3 h 30 min" in listed
    both = text_of(clinic.learner().get(reverse("externships:shift", args=[shift.uuid])))
    assert "9 Nov, 9:00 AM" in both and "9 Nov, 9:15 AM" in both and "Take these times over" in both


def test_one_tap_takes_them_over_as_a_draft_of_the_next_version(clinic: Clinic) -> None:
    shift = clinic.draft()
    propose(clinic, shift)
    proposal = SignOff.objects.get()
    url = reverse("externships:take_over", args=[proposal.uuid])
    for _again in range(2):
        assert clinic.learner().post(url).status_code == 302
    shift.refresh_from_db()
    assert (shift.state, shift.version, shift.minutes) == ("draft", 2, 210)
    assert (shift.statement[:10], shift.techniques) == ("Cross-hand", ["mfr", "trigger_point"])
    link = clinic.send()
    decide(link=link, decisions=[Decision(shift.uuid, "sign")], typed_name="Priya Raman", confirms_statement=True)
    assert HourEntry.objects.get().minutes == 210
    history = text_of(clinic.learner().get(reverse("externships:shift", args=[shift.uuid])))
    assert "proposed other times on 20 November 2026: 9:15 AM to 1:00 PM" in history, "both stay on record"


def test_she_may_answer_with_her_own_and_the_proposal_is_past(clinic: Clinic) -> None:
    shift = clinic.draft()
    propose(clinic, shift)
    save_shift(
        placement=clinic.placement, supervisor=clinic.supervisor, kind="observation", shift=shift,
        starts_at=local("2026-11-09 09:00"), ends_at=local("2026-11-09 12:00"),
    )  # fmt: skip
    with pytest.raises(ValidationError, match="You changed this shift since"):
        take_over_proposal(proposal=SignOff.objects.get())


def test_nobody_else_takes_a_proposal_over(clinic: Clinic) -> None:
    shift = clinic.draft()
    propose(clinic, shift)
    url = reverse("externships:take_over", args=[SignOff.objects.get().uuid])
    for person in (clinic.school.coordinator, clinic.school.other_learner_user):
        assert clinic.school.client(person).post(url).status_code == 404
    assert Client().post(url).status_code == 302
    shift.refresh_from_db()
    assert shift.state == "returned"


def test_proposed_times_that_cannot_be_any_more_are_not_taken_over(clinic: Clinic) -> None:
    shift = clinic.draft()
    propose(clinic, shift)
    clinic.draft("2026-11-09 13:30", "2026-11-09 15:00")
    Shift.objects.filter(pk=shift.pk).update(starts_at=local("2026-11-09 08:00"), ends_at=local("2026-11-09 09:05"))
    clinic.draft("2026-11-09 09:10", "2026-11-09 09:45")
    with pytest.raises(ValidationError, match="No minute counts twice"):
        take_over_proposal(proposal=SignOff.objects.get())


@pytest.mark.parametrize(
    ("times", "says"),
    [
        ({"starts": "09:00", "ends": "13:30", "break_minutes": "30"}, "These are the times that stand there already"),
        ({"starts": "13:00", "ends": "09:00"}, "The end is not after the start"),
        ({"ends": "10:00", "break_minutes": "45"}, "The break is as long as the shift"),
        ({"starts": "06:00"}, "At these times the learner has another shift"),
        ({"starts": ""}, "Say when it began"),
        ({"ends": "late"}, "Enter a valid time"),
    ],
)
def test_impossible_times_are_refused_beside_the_row_and_kept(clinic: Clinic, times: Any, says: str) -> None:
    clinic.draft("2026-11-09 06:30", "2026-11-09 08:00")
    shift = clinic.draft()
    link = clinic.send()
    page = Client().post(url_of(link), proposing(shift, link, **times))
    assert page.status_code == 200
    assert says in text_of(page)
    if times.get("starts") == "06:00":
        assert 'value="06:00"' in page.content.decode(), "what was typed stays"
    assert not SignOff.objects.exists()


def test_a_day_outside_her_assignment_is_no_proposal(clinic: Clinic) -> None:
    assert (
        propose(clinic, clinic.draft(), rules.Proposal(local("2026-08-31 09:00"), local("2026-08-31 12:00"), 0))
        .kept_back[0]
        .sentence.startswith("At these times the shift lies outside")
    )


NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "pause", "codes"),
    [
        ("2026-11-09 09:00", "2026-11-09 12:00", 0, ["same"]),
        ("2026-11-09 09:00", "2026-11-09 12:00", 5, []),
        ("2026-11-09 12:00", "2026-11-09 09:00", 0, ["end_before_start"]),
        ("2026-11-09 09:00", "2026-11-10 09:00", 0, ["too_long"]),
        ("2026-11-09 09:00", "2026-11-09 10:00", 60, ["break_too_long"]),
        ("2026-11-25 09:00", "2026-11-25 10:00", 0, ["future"]),
        ("2026-12-09 09:00", "2026-12-09 10:00", 0, ["future", "outside_placement", "not_assigned"]),
    ],
)
def test_the_rule_of_proposals(start: str, end: str, pause: int, codes: list[str]) -> None:
    november = rules.Window(datetime(2026, 11, 1).date(), datetime(2026, 11, 30).date())
    free = rules.Window()
    bounds = rules.Bounds("America/New_York", november, free, free, free, (november,))
    claim = rules.Claim("observation", local("2026-11-09 09:00"), local("2026-11-09 12:00"), 0)
    found = rules.problems_of_proposal(claim, rules.Proposal(local(start), local(end), pause), bounds, NOW)
    assert [problem.code for problem in found] == codes


def test_a_time_that_the_clock_showed_twice_is_asked_for() -> None:
    night = datetime(2026, 11, 1).date()
    typed = {"starts": "00:30", "ends": "01:30", "break_minutes": ""}
    form = ProposalForm(typed, day=night, zone="America/New_York")
    assert not form.is_valid() and form.proposal is None
    assert form.asks_turn == ["ends"]
    second = ProposalForm({**typed, "ends_turn": "second"}, day=night, zone="America/New_York")
    assert second.is_valid() and second.proposal is not None
    assert second.proposal.ends_at - second.proposal.starts_at == local("2026-11-09 03:00") - local("2026-11-09 01:00")
    spring = ProposalForm(
        {**typed, "starts": "02:30", "ends": "03:30"}, day=datetime(2026, 3, 8).date(), zone="America/New_York"
    )
    assert "did not exist" in str(spring.errors)


# ---- the whole week --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rest", "state"), [("sign", "signed"), ("return", "returned"), ("refuse", "refused")])
def test_the_rest_of_a_week_is_answered_at_once(clinic: Clinic, rest: str, state: str) -> None:
    first, second, third = (clinic.draft(f"2026-11-{day:02d} 09:00", f"2026-11-{day:02d} 12:00") for day in (9, 10, 11))
    link = clinic.send()
    form = {**answers(link, ""), "rest": rest, f"answer-{first.uuid}": "return", f"words-{first.uuid}": "Wrong day."}
    if rest != "sign":
        page = Client().post(url_of(link), form)
        assert text_of(page).count("Say in a few words what is not right") == 2, "once above, once beside the words"
        assert not SignOff.objects.exists()
        form["rest_words"] = "She was not on duty that week."
    assert Client().post(url_of(link), form).status_code == 302
    assert [Shift.objects.get(pk=one.pk).state for one in (first, second, third)] == ["returned", state, state]
    words = dict(SignOff.objects.values_list("shift", "words"))
    assert words[first.pk] == "Wrong day."
    assert words[third.pk] == ("" if rest == "sign" else "She was not on duty that week.")


def test_the_rest_is_never_proposed_and_never_what_was_not_shown(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    for form in (
        {**answers(link, ""), "rest": "propose"},
        {"typed_name": "Priya Raman", "rest": "refuse", "rest_words": "None."},
    ):
        assert "Choose an answer for at least one shift" in text_of(Client().post(url_of(link), form))
    shift.refresh_from_db()
    assert shift.state == "sent"


# ---- the database ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "proposed_starts_at = NULL", "proposed_break_minutes = 7", "decision = 'return', words = 'x'", "via = 'paper'",
        "receipt_id = NULL", "erased_at = '2026-11-21', typed_name = '', proposed_break_minutes = 0",
    ],
)  # fmt: skip
def test_a_proposal_never_changes(clinic: Clinic, change: str) -> None:
    propose(clinic, clinic.draft())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE externships_signoff SET {change}")


def test_half_a_proposal_and_times_beside_a_signature_are_refused(clinic: Clinic) -> None:
    shift = clinic.draft()
    row = clinic.send().rows.get()
    base = {
        "row": row, "shift": shift, "version": 1, "digest": row.digest, "typed_name": "P", "licence": "L",
        "decided_at": NOW,
    }  # fmt: skip
    for wrong in (
        {"decision": "propose", "proposed_starts_at": NOW},
        {"decision": "propose", "proposed_starts_at": NOW, "proposed_ends_at": NOW, "proposed_break_minutes": 0},
        {"decision": "sign", "statement": "S", "proposed_break_minutes": 0},
        {"decision": "refuse", "words": "No", "proposed_starts_at": NOW},
        {"decision": "sign", "statement": "S", "via": "paper"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            SignOff.objects.create(**base, **wrong)
