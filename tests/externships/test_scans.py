"""The fallback on paper: printed as it will be signed, handed in by one person, approved by another, one truth with the mail."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from certification.externships import rules
from certification.externships.models import PaperScan, Shift, SignOff, SignOffLink, Supervisor
from certification.externships.services import (
    Decision,
    approve_scan,
    decide,
    drop_stray_files,
    erase_shift_words,
    print_form,
    refuse_scan,
    revoke_link,
    shifts_with_words,
    stray_files,
    take_back_shift,
    take_over_proposal,
    upload_scan,
)
from certification.records.models import HourEntry
from certification.records.models.corrections import private_storage
from certification.records.services import erase_words
from notices.models import Message

from .conftest import NOW, Clinic, answers, local, text_of
from .test_signing import url_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 signed by hand"


def file(body: bytes = PDF, name: str = "scan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


@pytest.fixture
def mailed(clinic: Clinic) -> SignOffLink:
    """Two shifts sent by mail."""
    clinic.draft()
    clinic.draft("2026-11-11 09:00", "2026-11-11 12:00", kind="observation", techniques=[])
    return clinic.send()


@pytest.fixture
def form(clinic: Clinic, mailed: SignOffLink) -> SignOffLink:
    """Their form, printed by the learner."""
    return print_form(link=mailed, by=clinic.school.learner_user)


def shifts_of(link: SignOffLink) -> list[Shift]:
    return [row.shift for row in link.rows.select_related("shift").order_by("shift__starts_at")]


def hand_in(clinic: Clinic, form: SignOffLink, **change: Any) -> PaperScan:
    values = {
        "uuid": uuid4(), "form": form, "answers": {shift.uuid: ("sign", "") for shift in shifts_of(form)},
        "typed_name": "Priya Raman", "signed_on": date(2026, 11, 20), "attachment": file(), "by": clinic.school.coordinator,
    }  # fmt: skip
    return upload_scan(**{**values, **change})


# ---- the form --------------------------------------------------------------------------------------------------------


def test_the_form_shows_all_that_its_digest_holds(clinic: Clinic) -> None:
    """She signs by hand over what the link would have shown: measures, screen, and the signed shift that it amends."""
    shift = clinic.draft(
        regions=["shoulder"], complaint="restricted_motion",
        measures=[{"what": "pain", "where": "", "side": "", "before": "7", "after": "3"}],
    )  # fmt: skip
    link = clinic.send()
    decide(
        link=link, decisions=[Decision(shift.uuid, "sign")], typed_name="Priya Raman", confirms_statement=True
    )  # fmt: skip
    shift.refresh_from_db()
    clinic.draft(
        "2026-11-09 09:00", "2026-11-09 13:00", amends=shift, amend_reason="I left earlier.",
        client_code=shift.client_code, regions=["shoulder"], complaint="restricted_motion", screen="adapted",
        measures=[{"what": "pain", "where": "", "side": "", "before": "7", "after": "4"}],
    )  # fmt: skip
    form = print_form(link=clinic.send(), by=clinic.school.learner_user)
    said = text_of(clinic.learner().get(reverse("externships:paper_form", args=[form.uuid])))
    for words in (
        "Restricted motion", "Something found, treatment adapted", "Shoulder", "7/10 → 4/10", "Entered by hand",
        "Signed before", "I left earlier.", "If you sign, the hours of the earlier one are taken back",
    ):  # fmt: skip
        assert words in said, words


def test_the_form_shows_the_rows_as_they_will_be_signed(clinic: Clinic, mailed: SignOffLink) -> None:
    learner = clinic.learner()
    printed = learner.post(reverse("externships:print_form", args=[mailed.uuid]), follow=True)
    form = SignOffLink.objects.get(channel="paper")
    said = text_of(printed)
    for words in (
        "Daniela Reyes", "Harborview Rehabilitation", "PT-10442", "Monday 9 November 2026", "9:00 AM to 1:30 PM", "Observation",
        "I supervised these shifts in person", "Name", "License", "Signature", "Date",
    ):  # fmt: skip
        assert words in said
    digest = form.rows.order_by("shift__starts_at")[0].digest
    assert " ".join(digest[at : at + 4] for at in range(0, 64, 4)) in said
    assert "<svg" in printed.content.decode().split('class="qr"')[1]
    assert printed["Cache-Control"] == "private, no-store"
    learner.post(reverse("externships:print_form", args=[mailed.uuid]))
    assert SignOffLink.objects.filter(channel="paper").count() == 1, "printing again gives the same form"
    assert Client().get(url_of(mailed)).status_code == 200, "the mail goes on working"
    take_back_shift(shift=shifts_of(form)[0])
    learner.post(reverse("externships:print_form", args=[mailed.uuid]))
    assert SignOffLink.objects.filter(channel="paper").count() == 2


def test_nobody_else_prints_or_hands_in(clinic: Clinic, mailed: SignOffLink, form: SignOffLink) -> None:
    scan = hand_in(clinic, form)
    school = clinic.school
    for person in (school.other_learner_user, school.foreign_registrar, school.instructor):
        client = school.client(person)
        assert client.post(reverse("externships:print_form", args=[mailed.uuid])).status_code in (403, 404)
        assert client.get(reverse("externships:paper_form", args=[form.uuid])).status_code in (403, 404)
    for person in (school.learner_user, school.foreign_registrar):
        client = school.client(person)
        for name, one in (("desk_form", form), ("desk_scan", scan), ("scan_file", scan)):
            assert client.get(reverse(f"externships:{name}", args=[one.uuid])).status_code in (403, 404)
    with pytest.raises(ValidationError, match="Only the school"):
        hand_in(clinic, form, by=school.learner_user)


def test_no_form_for_an_unverified_supervisor_or_where_nothing_waits(clinic: Clinic, mailed: SignOffLink) -> None:
    Supervisor.objects.update(verified_at=None)
    with pytest.raises(ValidationError, match="license"):
        print_form(link=mailed, by=clinic.school.coordinator)
    for shift in shifts_of(mailed):
        take_back_shift(shift=shift)
    with pytest.raises(ValidationError, match="Nothing waits"):
        print_form(link=mailed, by=clinic.school.coordinator)


# ---- the whole way ---------------------------------------------------------------------------------------------------


def test_two_people_read_it_and_the_ledger_says_so(clinic: Clinic, mailed: SignOffLink, form: SignOffLink) -> None:
    first, second = shifts_of(form)
    desk = clinic.school.client(clinic.school.coordinator)
    url = reverse("externships:desk_form", args=[form.uuid])
    assert "Hand it in" in text_of(desk.get(url))
    typed = {
        "typed_name": "Priya Raman", "signed_on": "2026-11-20", f"answer-{first.uuid}": "sign", f"words-{first.uuid}": "",
        f"answer-{second.uuid}": "return", f"words-{second.uuid}": "Came late.",
    }  # fmt: skip
    assert desk.post(url, {**typed, "attachment": file()}).status_code == 302
    scan = PaperScan.objects.get()
    assert not SignOff.objects.exists(), "nothing is signed by one person"
    assert "A scan waits for a second person" in text_of(desk.get(url))
    scan_url = reverse("externships:desk_scan", args=[scan.uuid])
    assert "You read this form yourself" in text_of(desk.get(scan_url))
    assert "somebody else approves it" in text_of(desk.get(reverse("externships:desk_placements")))

    other = clinic.school.client(clinic.school.registrar)
    opened = other.get(reverse("externships:scan_file", args=[scan.uuid]))
    assert b"".join(opened.streaming_content) == PDF and "attachment" in opened["Content-Disposition"]
    unread = other.post(scan_url, {"verdict": "approve"})
    assert unread.status_code == 422 and "Open the scan first" in text_of(unread)
    assert not SignOff.objects.exists()
    assert other.post(scan_url, {"verdict": "approve", "looked": "on"}).status_code == 302

    signed, returned = SignOff.objects.order_by("shift__starts_at")
    assert (signed.decision, returned.decision, returned.words) == ("sign", "return", "Came late.")
    assert {signed.via, returned.via} == {"paper"} and signed.scan == returned.scan == scan
    log = text_of(other.get(reverse("externships:desk_log", args=[clinic.placement.uuid])))
    who = (clinic.school.coordinator.get_full_name(), clinic.school.registrar.get_full_name())
    assert f"On paper, 20 Nov 2026; read by {who[0]}, approved by {who[1]} · {scan.attachment_sha256[:16]}" in log
    table = other.get(reverse("externships:desk_log_table", args=[clinic.placement.uuid, "csv"])).content.decode()
    assert f",paper,{scan.attachment_sha256}," in table
    assert (signed.ip, signed.agent, signed.typed_name) == (None, "", "Priya Raman")
    entry = HourEntry.objects.get()
    assert entry.signer == f"supervisor:{clinic.supervisor.uuid}" and entry.minutes == 240
    note = entry.text.body
    for part in (
        f"signed sha256:{signed.digest}", f"on paper sha256:{scan.attachment_sha256}",
        f"read by user:{clinic.school.coordinator.uuid}", f"approved by user:{clinic.school.registrar.uuid}",
    ):  # fmt: skip
        assert part in note
    mailed.refresh_from_db()
    form.refresh_from_db()
    assert mailed.spent_at and form.spent_at, "nothing waits in either"
    assert "Signed: one shift, 4 h" in text_of(Client().get(url_of(mailed)))
    mail = Message.objects.get(key__startswith="signoff-receipt")
    assert mail.to == clinic.supervisor.email and "on a paper form" in mail.body and "If this was not you" in mail.body
    assert "on paper" in text_of(Client().get(reverse("externships:receipt", args=[signed.receipt.code])))


def test_approving_again_gives_the_same(clinic: Clinic, form: SignOffLink) -> None:
    scan = hand_in(clinic, form)
    for _again in range(2):
        approve_scan(scan=scan, by=clinic.school.registrar)
    assert (SignOff.objects.count(), HourEntry.objects.count()) == (2, 2)
    assert Message.objects.filter(key__startswith="signoff-receipt").count() == 1


def test_a_double_click_keeps_one_scan_and_a_second_waits(clinic: Clinic, form: SignOffLink) -> None:
    key = uuid4()
    assert hand_in(clinic, form, uuid=key) == hand_in(clinic, form, uuid=key)
    with pytest.raises(ValidationError, match="waits for a second person already"):
        hand_in(clinic, form)


# ---- refusals --------------------------------------------------------------------------------------------------------


def test_the_same_person_twice_is_refused_also_by_the_database(clinic: Clinic, form: SignOffLink) -> None:
    scan = hand_in(clinic, form)
    for deed in (lambda by: approve_scan(scan=scan, by=by), lambda by: refuse_scan(scan=scan, words="Not hers", by=by)):
        with pytest.raises(ValidationError, match="Somebody else approves it"):
            deed(clinic.school.coordinator)
    with pytest.raises(DatabaseError), transaction.atomic():
        PaperScan.objects.update(outcome="approved", decided_by=scan.uploaded_by, decided_at=NOW)
    assert not SignOff.objects.exists()


def test_the_supervisor_and_the_learner_read_no_form_of_their_own(clinic: Clinic, form: SignOffLink) -> None:
    Supervisor.objects.update(email=clinic.school.registrar.email.upper())
    with pytest.raises(ValidationError, match="about you"):
        hand_in(clinic, form, by=clinic.school.registrar)
    scan = hand_in(clinic, form)
    with pytest.raises(ValidationError, match="about you"):
        approve_scan(scan=scan, by=clinic.school.registrar)


def test_what_changed_since_the_printing_is_not_signed_and_told(clinic: Clinic, form: SignOffLink) -> None:
    scan = hand_in(clinic, form)
    first, second = shifts_of(form)
    take_back_shift(shift=first)
    client = clinic.school.client(clinic.school.registrar)
    page = client.post(
        reverse("externships:desk_scan", args=[scan.uuid]), {"verdict": "approve", "looked": "on"}, follow=True
    )
    assert "It was changed or taken back since. Nothing about it was signed" in text_of(page)
    assert list(SignOff.objects.values_list("shift", flat=True)) == [second.pk]


def test_a_scan_of_which_nothing_can_be_decided_is_not_approved(clinic: Clinic, form: SignOffLink) -> None:
    scan = hand_in(clinic, form)
    for shift in shifts_of(form):
        take_back_shift(shift=shift)
    with pytest.raises(ValidationError, match="changed or taken back since"):
        approve_scan(scan=scan, by=clinic.school.registrar)
    scan.refresh_from_db()
    assert scan.outcome == ""


def test_what_the_mail_decided_first_stands(clinic: Clinic, mailed: SignOffLink, form: SignOffLink) -> None:
    scan = hand_in(clinic, form)
    first, second = shifts_of(form)
    by_mail = {"link": mailed, "typed_name": "Priya Raman", "confirms_statement": True}
    decide(decisions=[Decision(first.uuid, "refuse", "Not on duty")], **by_mail)
    outcome = approve_scan(scan=scan, by=clinic.school.registrar)
    assert [row.result for row in outcome.rows] == ["already", "done"]
    assert SignOff.objects.get(shift=first).decision == "refuse"
    assert SignOff.objects.get(shift=second).via == "paper"


def test_a_form_that_the_mail_decided_wholly_is_refused(clinic: Clinic, mailed: SignOffLink, form: SignOffLink) -> None:
    scan = hand_in(clinic, form)
    assert Client().post(url_of(mailed), answers(mailed)).status_code == 302
    form.refresh_from_db()
    assert form.spent_at
    with pytest.raises(ValidationError, match="decided meanwhile"):
        approve_scan(scan=scan, by=clinic.school.registrar)


def test_a_void_form_is_refused_by_service_and_database(clinic: Clinic, form: SignOffLink) -> None:
    scan = hand_in(clinic, form)
    revoke_link(link=form, by=clinic.school.registrar)
    with pytest.raises(ValidationError, match="made void"):
        approve_scan(scan=scan, by=clinic.school.registrar)
    with pytest.raises(DatabaseError, match="a void form is never approved"), transaction.atomic():
        PaperScan.objects.update(outcome="approved", decided_by=clinic.school.registrar, decided_at=NOW)
    with pytest.raises(ValidationError, match="made void"):
        hand_in(clinic, form)
    assert "This form is void" in text_of(clinic.learner().get(reverse("externships:paper_form", args=[form.uuid])))


def test_a_form_runs_out_but_what_was_handed_in_before_stands(clinic: Clinic, form: SignOffLink) -> None:
    scan = hand_in(clinic, form)
    late = form.expires_at + timedelta(days=1)
    approve_scan(scan=scan, by=clinic.school.registrar, now=late)
    assert SignOff.objects.count() == 2


def test_a_second_person_says_what_does_not_agree(clinic: Clinic, form: SignOffLink) -> None:
    scan = hand_in(clinic, form)
    client = clinic.school.client(clinic.school.registrar)
    url = reverse("externships:desk_scan", args=[scan.uuid])
    assert "Say in a few words" in text_of(client.post(url, {"verdict": "refuse", "words": ""}))
    assert client.post(url, {"verdict": "refuse", "words": "Another name stands there."}).status_code == 302
    assert not SignOff.objects.exists()
    with pytest.raises(ValidationError, match="answered this scan meanwhile"):
        approve_scan(scan=scan, by=clinic.school.second_registrar)
    assert hand_in(clinic, form).outcome == "", "it may be handed in anew"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"typed_name": "Somebody Else"}, "typed_name"),
        ({"signed_on": date(2026, 11, 19)}, "signed_on"),
        ({"signed_on": date(2026, 11, 21)}, "signed_on"),
        ({"signed_on": None}, "signed_on"),
        ({"attachment": None}, "attachment"),
        ({"attachment": file(b"MZ program", "scan.pdf")}, "attachment"),
        ({"attachment": file(b"RIFF\x00\x00\x00\x00WEBPVP8 ", "scan.webp")}, "attachment"),
        ({"attachment": file(PDF + b"0" * (10 * 1024 * 1024))}, "attachment"),
        ({"answers": {}}, "answers"),
    ],
)
def test_an_incomplete_scan_is_refused(clinic: Clinic, form: SignOffLink, change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        hand_in(clinic, form, **change)
    assert list(refused.value.message_dict) == [field]
    assert not PaperScan.objects.exists()


def test_answers_that_no_paper_can_give_are_refused(clinic: Clinic, form: SignOffLink) -> None:
    (shift, _other) = shifts_of(form)
    for answer in (("return", ""), ("refuse", "x"), ("propose", "later")):
        with pytest.raises(ValidationError):
            hand_in(clinic, form, answers={shift.uuid: answer})


# ---- the database, and the end ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE externships_paperscan SET answers = '{}'", "UPDATE externships_paperscan SET attachment_sha256 = 'x'",
        "UPDATE externships_paperscan SET outcome = ''",
        "UPDATE externships_paperscan SET outcome = 'refused', decided_words = 'x'",
        "DELETE FROM externships_paperscan",
        "UPDATE externships_paperscan SET erased_at = '2026-12-01', typed_name = '', answers = '{}', attachment = ''",
    ],
)  # fmt: skip
def test_an_answered_scan_never_changes(clinic: Clinic, form: SignOffLink, attack: str) -> None:
    approve_scan(scan=hand_in(clinic, form), by=clinic.school.registrar)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_no_decision_on_paper_without_an_approved_scan_of_that_form(
    clinic: Clinic, mailed: SignOffLink, form: SignOffLink
) -> None:
    scan = hand_in(clinic, form)
    for row in (form.rows.all()[0], mailed.rows.all()[0]):
        with pytest.raises(DatabaseError, match="on paper counts what somebody else approved"), transaction.atomic():
            SignOff.objects.create(
                row=row, shift=row.shift, version=1, digest=row.digest, typed_name="P", licence="L", decision="refuse",
                words="No", decided_at=NOW, via="paper", scan=scan,
            )  # fmt: skip


def test_the_scan_goes_with_the_words_of_the_record(
    clinic: Clinic, form: SignOffLink, django_capture_on_commit_callbacks: Any
) -> None:
    scan = hand_in(clinic, form)
    approve_scan(scan=scan, by=clinic.school.registrar)
    name = scan.attachment.name
    assert private_storage().exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        erase_words(record=clinic.record, basis="asked")
        assert erase_shift_words(record=clinic.record) == 2
    scan.refresh_from_db()
    assert (scan.typed_name, scan.answers, scan.attachment.name) == ("", {}, "")
    assert len(scan.attachment_sha256) == 64 and scan.erased_at
    assert not private_storage().exists(name)
    assert shifts_with_words(record=clinic.record) == 0
    client = clinic.school.client(clinic.school.registrar)
    assert client.get(reverse("externships:scan_file", args=[scan.uuid])).status_code == 404
    assert "The scan was erased" in text_of(client.get(reverse("externships:desk_scan", args=[scan.uuid])))


def test_files_that_no_scan_names_go_after_a_day(clinic: Clinic, form: SignOffLink) -> None:
    scan = hand_in(clinic, form)
    kept = private_storage().save("signed-forms/left.pdf", file())
    assert stray_files() == []
    with time_machine.travel(NOW + timedelta(days=400), tick=False):
        assert kept in stray_files() and scan.attachment.name not in stray_files()
        assert drop_stray_files() >= 1
    assert not private_storage().exists(kept) and private_storage().exists(scan.attachment.name)


# ---- other times -----------------------------------------------------------------------------------------------------


def other_times(starts: str = "2026-11-09 09:30", ends: str = "2026-11-09 13:30", minutes: int = 30) -> rules.Proposal:
    return rules.Proposal(local(starts), local(ends), minutes)


def test_the_form_has_a_place_for_other_times_and_reading_it_takes_them_over(clinic: Clinic, form: SignOffLink) -> None:
    shift, observed = shifts_of(form)
    assert "I propose other times: from" in text_of(
        clinic.learner().get(reverse("externships:paper_form", args=[form.uuid]))
    )
    desk = clinic.school.client(clinic.school.coordinator)
    url, key = reverse("externships:desk_form", args=[form.uuid]), str(shift.uuid)
    typed = {
        "typed_name": "Priya Raman", "signed_on": "2026-11-20", f"answer-{key}": "propose", f"words-{key}": "Began late.",
        f"{key}-starts": "09:30", f"{key}-ends": "13:30", f"{key}-break_minutes": "30", f"answer-{observed.uuid}": "sign",
    }  # fmt: skip
    wrong = desk.post(url, {**typed, f"{key}-starts": "", "attachment": file()})
    assert wrong.status_code == 422 and "Write the times that stand beside it" in text_of(wrong)
    assert "Say when it began" in text_of(wrong) and 'value="13:30"' in wrong.content.decode(), "what was typed stays"
    assert desk.post(url, {**typed, "attachment": file()}).status_code == 302
    scan = PaperScan.objects.get()
    assert scan.answers[key] == [
        "propose", "Began late.",
        {"starts_at": "2026-11-09T14:30:00Z", "ends_at": "2026-11-09T18:30:00Z", "break_minutes": 30},
    ]  # fmt: skip
    other = clinic.school.client(clinic.school.registrar)
    scan_url = reverse("externships:desk_scan", args=[scan.uuid])
    assert "Proposed: 9:30 AM to 1:30 PM, break 30 min, which makes 3 h 30 min" in text_of(other.get(scan_url))
    assert other.post(scan_url, {"verdict": "approve", "looked": "on"}).status_code == 302
    done = SignOff.objects.get(shift=shift)
    assert (done.decision, done.via, done.words, done.posted_minutes) == ("propose", "paper", "Began late.", 0)
    assert (done.proposed_starts_at, done.proposed_break_minutes) == (local("2026-11-09 09:30"), 30)
    assert SignOff.objects.get(shift=observed).decision == "sign"
    taken = take_over_proposal(proposal=done)
    assert (taken.starts_at, taken.state) == (local("2026-11-09 09:30"), Shift.State.DRAFT)


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        (None, "Write the times that stand beside it"),
        (other_times("2026-11-09 09:00"), "times that stand there already"),
        (other_times("2026-11-09 13:30", "2026-11-09 09:00"), "The end is not after the start"),
        (other_times("2026-11-11 09:30", "2026-11-11 11:00", 0), "another shift"),
    ],
)
def test_times_that_cannot_be_are_told_to_who_reads_the_form(
    clinic: Clinic, form: SignOffLink, times: rules.Proposal | None, sentence: str
) -> None:
    (shift, _other) = shifts_of(form)
    with pytest.raises(ValidationError, match=sentence) as refused:
        hand_in(
            clinic, form, answers={shift.uuid: ("propose", "")}, proposals={shift.uuid: times} if times else {}
        )  # fmt: skip
    assert list(refused.value.message_dict) == [f"answer-{shift.uuid}"]
    assert not PaperScan.objects.exists()
