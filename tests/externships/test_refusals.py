"""Refusals that no story of the other modules comes by: each with the words that it is given in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from accounts.services import ensure_user, grant_role
from certification.externships import rules
from certification.externships.models import CheckOff, EvaluationForm, Shift, SignOff, SignOffLink
from certification.externships.selectors import part_of_shift
from certification.externships.services import (
    Decision,
    Rating,
    Terms,
    add_goal,
    add_paper,
    answer_evaluation,
    approve_scan,
    assign_supervisor,
    bulk_placements,
    cancel_practical,
    decide,
    drop_goal,
    edit_placement,
    evaluate_site,
    open_placement,
    plan_remediation,
    print_form,
    rate,
    register_supervisor,
    resend_evaluation,
    resend_link,
    retire_competency,
    revoke_link,
    send_shifts,
    take_over_proposal,
    tick_goal,
)
from certification.records.models import TrainingRecord
from certification.records.services import post_hours

from .conftest import NOW, Clinic, details_of, local, second_record
from .test_competencies import library, say, version
from .test_evaluations import ask
from .test_practical import make, make_kind, mark, second
from .test_scans import form, hand_in, mailed, shifts_of

__all__ = ["form", "library", "mailed", "second"]
pytestmark = pytest.mark.django_db


def refusal(call: Callable[[], Any]) -> str:
    """The words with which it is refused."""
    with pytest.raises(ValidationError) as error:
        call()
    return " ".join(error.value.messages)


# ---- a shift ---------------------------------------------------------------------------------------------------------


def test_a_shift_that_cannot_be(clinic: Clinic) -> None:
    assert refusal(lambda: clinic.draft(kind="sleeping")) == "Choose what you did."
    assert refusal(lambda: clinic.draft("2026-11-09 05:00", "2026-11-09 22:00")) == (
        "That is longer than 16 hours. Write it down as two shifts."
    )
    shift = clinic.draft()
    link = clinic.send()
    decide(link=link, decisions=[Decision(shift.uuid, "sign")], typed_name="Priya Raman", confirms_statement=True)
    assert refusal(lambda: clinic.draft("2026-11-09 09:00", "2026-11-09 12:00", shift=shift)) == (
        "This shift is closed and cannot be changed any more."
    )
    elsewhere = open_placement(
        record=clinic.record, site=clinic.site, starts_on=date(2026, 9, 8), ends_on=date(2027, 2, 1),
        required_minutes=60, approved_by=clinic.school.coordinator, although_clash=True,
    )  # fmt: skip
    shift.refresh_from_db()
    assert (
        refusal(lambda: clinic.draft(placement=elsewhere, amends=shift, amend_reason="I left earlier."))
        == "A shift is amended where it was."
    )


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"what": "mood"}, "Measure 1: choose pain, range of motion or strength."),
        ({"what": "pain", "where": "moon"}, "Measure 1: choose a region for pain, or leave it empty."),
        ({"what": "motion", "where": "neck"}, "Measure 1: choose the movement that was measured."),
        ({"what": "motion", "where": "neck_rotation", "side": ""}, "Measure 1: choose left or right."),
        ({"what": "pain", "before": "", "after": "2"}, "Measure 1: write what was measured before the session."),
        (
            {"what": "motion", "where": "neck_rotation", "side": "left", "before": "400"},
            "Measure 1: for this movement, degrees from",
        ),
    ],
)
def test_a_measure_that_cannot_be(clinic: Clinic, row: dict[str, str], sentence: str) -> None:
    typed = {"where": "", "side": "", "before": "5", "after": "", **row}
    assert refusal(lambda: clinic.draft(measures=[typed])).startswith(sentence)
    assert not Shift.objects.exists()


def test_more_measures_than_a_shift_takes(clinic: Clinic) -> None:
    row = {"what": "pain", "where": "", "side": "", "before": "5", "after": "2"}
    assert refusal(lambda: clinic.draft(measures=[row] * 13)) == "At most 12 measures for one shift."
    assert len(clinic.draft(measures=[row] * 12).measures) == 12


def test_a_draft_that_says_too_little_is_not_sent(clinic: Clinic) -> None:
    shift = clinic.draft(screen="")
    assert refusal(lambda: send_shifts(placement=clinic.placement)) == (
        "9 November: open this client session and say what asking for contraindications came to."
    )
    # What the clock wrote down has no client yet.
    Shift.objects.filter(pk=shift.pk).update(client_code="", screen="clear")
    assert refusal(lambda: send_shifts(placement=clinic.placement)) == (
        "9 November: open this client session and choose the client."
    )


def test_a_form_is_not_mailed(form: SignOffLink, clinic: Clinic) -> None:
    assert refusal(lambda: resend_link(link=form, by=clinic.school.coordinator)) == (
        "A form is printed anew, not mailed again."
    )


# ---- a signature -----------------------------------------------------------------------------------------------------


def test_hours_that_the_ledger_holds_otherwise_are_kept_back(clinic: Clinic) -> None:
    shift = clinic.draft()
    link = clinic.send()
    part = part_of_shift(shift)
    assert part is not None
    post_hours(record=clinic.record, source_key=shift.source_key, parts=[replace(part, title="Another hour")])
    outcome = decide(
        link=link, decisions=[Decision(shift.uuid, "sign")], typed_name="Priya Raman", confirms_statement=True
    )
    (row,) = outcome.kept_back
    assert row.sentence == "The ledger holds other hours for this shift. Please tell the school."
    shift.refresh_from_db()
    assert (shift.state, SignOff.objects.exists()) == ("sent", False)


@pytest.mark.parametrize(
    ("starts", "ends", "sentence"),
    [
        ("2026-11-09 05:00", "2026-11-09 22:00", "That is longer than 16 hours. Return the shift"),
        ("2026-11-20 09:00", "2026-11-20 12:00", "These times end in the future."),
    ],
)
def test_proposed_times_that_cannot_be(clinic: Clinic, starts: str, ends: str, sentence: str) -> None:
    shift = clinic.draft()
    outcome = decide(
        link=clinic.send(),
        decisions=[Decision(shift.uuid, "propose", proposal=rules.Proposal(local(starts), local(ends), 0))],
        typed_name="Priya Raman",
        confirms_statement=False,
    )
    (row,) = outcome.kept_back
    assert row.sentence.startswith(sentence)


def test_what_proposes_nothing_is_not_taken_over(clinic: Clinic) -> None:
    shift = clinic.draft()
    outcome = decide(
        link=clinic.send(), decisions=[Decision(shift.uuid, "return", "Look at the break.")], typed_name="Priya Raman",
        confirms_statement=False,
    )  # fmt: skip
    (done,) = outcome.done
    assert refusal(lambda: take_over_proposal(proposal=done)) == "No other times were proposed."


# ---- on paper --------------------------------------------------------------------------------------------------------


def test_a_scan_that_is_not_what_was_printed(clinic: Clinic, form: SignOffLink) -> None:
    first = shifts_of(form)[0]
    for change, sentence in (
        ({"answers": {}}, "Say what is ticked on the form, for one shift at least."),
        ({"answers": {first.uuid: ("sometimes", "")}}, "Choose what is ticked."),
        ({"answers": {first.uuid: ("propose", "")}}, "Write the times that stand beside it."),
        ({"answers": {first.uuid: ("refuse", "")}}, "Write the words that stand beside it."),
        ({"typed_name": "Daniela Reyes"}, "The form is for Dr. Priya Raman. Another name on it signs nothing."),
        ({"signed_on": date(2026, 11, 21)}, "The day lies between the printing of the form and today."),
        ({"signed_on": date(2026, 11, 19)}, "The day lies between the printing of the form and today."),
        ({"attachment": None}, "Attach the scan as a PDF, JPEG or PNG of at most 10 MB."),
    ):
        assert refusal(lambda change=change: hand_in(clinic, form, **change)) == sentence


def test_nobody_reads_a_form_about_herself(clinic: Clinic, form: SignOffLink) -> None:
    said = "This form is about you. Ask colleagues to read it."
    for user in (clinic.school.learner_user, ensure_user(email="P.Raman@Harborview.example", legal_name="P. Raman")):
        grant_role(user=user, organisation=clinic.school.school, role="coordinator")
    assert refusal(lambda: hand_in(clinic, form, by=clinic.school.learner_user)) == said
    clinic.supervisor.user = User.objects.get(email__iexact="P.Raman@Harborview.example")
    clinic.supervisor.save(update_fields=["user"])
    assert refusal(lambda: hand_in(clinic, form, by=clinic.supervisor.user)) == said


def test_a_form_that_is_over(clinic: Clinic, form: SignOffLink, mailed: SignOffLink) -> None:
    scan = hand_in(clinic, form)
    for shift in shifts_of(mailed):
        decide(link=mailed, decisions=[Decision(shift.uuid, "return", "Look again.")], typed_name="Priya Raman",
               confirms_statement=False)  # fmt: skip
    assert "decided meanwhile" in refusal(lambda: approve_scan(scan=scan, by=clinic.school.registrar))
    clinic.draft("2026-11-12 09:00", "2026-11-12 12:00")
    other = print_form(link=clinic.send(), by=clinic.school.learner_user)
    with time_machine.travel(NOW + timedelta(days=200), tick=False):
        assert refusal(lambda: hand_in(clinic, other)) == "This form ran out. Print a new one."
    revoke_link(link=other, by=clinic.school.coordinator)
    assert refusal(lambda: hand_in(clinic, other)) == (
        "This form was made void. Nothing on it is signed; print a new one."
    )


def test_a_row_decided_by_mail_while_its_scan_waits(clinic: Clinic, form: SignOffLink, mailed: SignOffLink) -> None:
    first, _second = shifts_of(form)
    scan = hand_in(clinic, form, answers={first.uuid: ("sign", "")})
    decide(link=mailed, decisions=[Decision(first.uuid, "return", "Look again.")], typed_name="Priya Raman",
           confirms_statement=False)  # fmt: skip
    assert refusal(lambda: approve_scan(scan=scan, by=clinic.school.registrar)) == "It was decided by mail meanwhile."


# ---- registers, placements and goals ---------------------------------------------------------------------------------


def test_a_register_that_cannot_be(clinic: Clinic, rule_set: Any) -> None:
    assign = {"supervisor": clinic.supervisor, "site": clinic.site, "by": clinic.school.coordinator}
    assert refusal(lambda: assign_supervisor(**assign, from_on=date(2026, 10, 1))) == (
        "Dr. Priya Raman is listed there from 1 September 2026 on already."
    )
    other = register_supervisor(
        school=clinic.school.school, name="Ida Brandt", email="ida@harborview.example", licence_number="1",
        licence_state="GA", profession="Massage therapist",
    )  # fmt: skip
    assign["supervisor"] = other
    assign_supervisor(**assign, from_on=date(2026, 10, 1), until_on=date(2026, 10, 31))
    assert refusal(lambda: assign_supervisor(**assign, from_on=date(2026, 10, 20))) == (
        "Ida Brandt is listed there from 1 October 2026 to 31 October 2026 already."
    )
    assert refusal(
        lambda: register_supervisor(
            school=clinic.school.school, name="Somebody", email="IDA@harborview.example", licence_number="2",
            licence_state="GA", profession="Massage therapist", uuid=uuid4(),
        )
    ) == "Ida Brandt is on your list with this address."  # fmt: skip
    assert refusal(lambda: details_of(clinic, capacity=0)) == "One place at least; leave it empty if nobody counts."
    open_placement(
        record=second_record(clinic, rule_set), site=clinic.site, starts_on=date(2026, 11, 23),
        ends_on=date(2027, 1, 31), required_minutes=60, approved_by=clinic.school.coordinator,
    )  # fmt: skip
    assert refusal(lambda: details_of(clinic, capacity=1)) == "On 23 November 2026 more learners are placed there."


def test_more_papers_than_a_site_keeps(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certification.externships.services.papers.MOST_PAPERS", 1)

    def add(body: bytes) -> None:
        add_paper(owner=clinic.site, kind="agreement", attachment=SimpleUploadedFile("a.pdf", b"%PDF-1.7 " + body),
                  by=clinic.school.coordinator)  # fmt: skip

    add(b"first")
    assert refusal(lambda: add(b"second")).startswith("There are very many papers here.")


def test_terms_that_add_up_to_more_than_all(clinic: Clinic) -> None:
    placement = clinic.placement
    said = refusal(
        lambda: edit_placement(
            placement=placement, starts_on=placement.starts_on, ends_on=placement.ends_on, required_minutes=600,
            by=clinic.school.coordinator, terms=Terms({"client_session": 540, "observation": 120}),
        )
    )  # fmt: skip
    assert said == "The hours by kind add up to 11 h, more than is needed in all."


def test_a_last_day_that_is_that_day_already(clinic: Clinic) -> None:
    (line,) = bulk_placements(
        placements=[clinic.placement], action="extend", ends_on=clinic.placement.ends_on, by=clinic.school.coordinator
    )
    assert (line.done, line.sentence) == (False, "Its last day is this one already.")


def test_a_goal_that_is_reached_stays(clinic: Clinic) -> None:
    goal = add_goal(placement=clinic.placement, words="Drape without being reminded", by=clinic.school.learner_user)
    tick_goal(goal=goal, reached=True, by=clinic.school.coordinator)
    assert refusal(lambda: drop_goal(goal=goal, by=clinic.school.learner_user)) == (
        "It was ticked as reached meanwhile, so it stays."
    )


# ---- competencies ----------------------------------------------------------------------------------------------------


def test_what_is_no_longer_asked_for(library: Clinic) -> None:
    link = ask(library)
    uuid = version("SOAP").uuid
    retire_competency(competency=version("SOAP").competency, by=library.school.coordinator)
    assert refusal(
        lambda: rate(record=library.record, ratings=[Rating(uuid, "2")], by=library.school.instructor)
    ) == "The school does not ask for this any more."  # fmt: skip
    done = answer_evaluation(
        link=link, values={"SOAP": "2", "DRAPING": "pass"}, item_words={}, words="", digest=link.digest,
        typed_name="Priya Raman", confirms_statement=True,
    )  # fmt: skip
    (kept,) = done.kept_back
    assert kept.endswith("is no longer asked for.")
    assert CheckOff.objects.get().version.competency.code == "DRAPING"
    assert refusal(lambda: resend_evaluation(link=link, by=library.school.coordinator)) == (
        "It is answered. Ask anew if you want another answer."
    )


def test_she_does_not_practice_with_herself(library: Clinic) -> None:
    failed = say(library, "SOAP", "1")
    grant_role(user=library.school.learner_user, organisation=library.school.school, role="instructor")
    said = refusal(
        lambda: plan_remediation(
            failed=failed, minutes=60, instructor=library.school.learner_user, due_on=date(2026, 12, 1), words="",
            by=library.school.instructor,
        )
    )  # fmt: skip
    assert said == "She cannot practice with herself."


def test_a_form_that_is_not_there_or_for_something_else(library: Clinic) -> None:
    wrong = EvaluationForm.objects.filter(school=library.school.school, purpose="final").first()
    assert wrong is not None
    assert refusal(
        lambda: evaluate_site(placement=library.placement, form=wrong, marks={}, words="", by=library.school.learner_user)
    ) == "This form is not for that."  # fmt: skip
    assert refusal(lambda: ask(library, "yearly")) == "The school has no form for this evaluation."


# ---- practical examinations ------------------------------------------------------------------------------------------


def test_a_practical_that_cannot_be(library: Clinic, second: User, record: TrainingRecord) -> None:
    kind = make_kind(library)
    assert refusal(lambda: make_kind(library, title="Another")) == (
        "This code stands on your list already. Open that one to change it."
    )
    grant_role(user=library.school.other_learner_user, organisation=library.school.school, role="instructor")
    second_record(library, record.rule_set)
    assert refusal(
        lambda: make(library, second, kind=kind, examiners=(library.school.other_learner_user, second))
    ) == "An examiner studies at the school. Learners do not examine each other."  # fmt: skip
    retired = make_kind(library, kind=kind, retired=True)
    assert refusal(lambda: make(library, second, kind=retired)) == "The school does not hold this examination."
    few = make_kind(library, code="ONE", codes=["PLAN"])
    retire_competency(competency=version("PLAN").competency, by=library.school.coordinator)
    assert refusal(lambda: make(library, second, kind=few)) == (
        "None of its competencies is in use. Put them in use first."
    )


def test_a_practical_that_is_decided(library: Clinic, second: User) -> None:
    practical = make(library, second)
    assert (
        refusal(lambda: mark(practical, 1, 1, 1, 1, words="x" * 2001)) == "Please say it in 2,000 characters at most."
    )
    mark(practical, 1, 1, 1, 1)
    mark(practical, 2, 1, 1, 1)
    assert refusal(lambda: cancel_practical(practical=practical, by=library.school.coordinator)) == (
        "Both sheets are in: it is decided."
    )
    third = ensure_user(email="tess@example.org", legal_name="Tess Third")
    grant_role(user=third, organisation=library.school.school, role="instructor")
    assert refusal(lambda: make(library, second, examiners=(second, third))) == (
        "She did not pass before this examiner. A re-test is by others."
    )
