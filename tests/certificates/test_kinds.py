"""Certificates of achievement, interim letters of hours, and notices of revocation."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.services import change_legal_name
from certification.certificates import kinds, rules, services
from certification.certificates.documents import notice
from certification.certificates.models import Certificate, CertificateDocument, CertificateProposal, LetterRequest
from certification.certificates.selectors import (
    certificates_of,
    letters_asked_for,
    printed_name,
    ready_records,
    rests_on,
    today_at,
)
from certification.certificates.selectors.expiring import expiries_due
from certification.certificates.services import notices
from certification.keys.services import KeyFileError
from certification.records.models import TrainingRecord
from certification.records.services import place_hold, post_hours, record_milestone, release_hold
from certification.verification.audit import audit
from certification.verification.services import note_look
from notices.models import Message
from tests.certificates.making import issued
from tests.certificates.test_credentials import faults
from tests.certificates.test_documents import needs_poppler, text_of
from tests.records.making import at, part
from tests.sharing import share
from tests.worlds import School

pytestmark = pytest.mark.django_db


def made(school: School, record: TrainingRecord, kind: str, subject: str = "") -> Certificate:
    proposal = services.propose_certificate(record=record, by=school.registrar, kind=kind, subject=subject)
    certificate = services.issue_certificate(proposal=proposal, by=school.second_registrar)
    services.make_documents(certificate=certificate)
    return certificate


def body_of(certificate: Certificate, format_: str) -> bytes:
    return bytes(certificate.documents.get(format=format_).body)


def desk(name: str, record: TrainingRecord) -> str:
    return reverse(f"certificates:{name}", args=[record.uuid])


def halfway(record: TrainingRecord) -> TrainingRecord:
    """Two hours of ten, and the quiz."""
    post_hours(record=record, source_key="class:1", parts=[part(120, "2026-03-02 14:00", "2026-03-02 16:00")])
    record_milestone(
        record=record, code="quiz:MFR", title="Test: fascia", occurred_at=at("2026-03-05 23:30"), source_key="a:1"
    )
    return record


def test_every_kind_is_in_the_registry_with_a_template() -> None:
    from certification.certificates.documents import HERE
    from certification.certificates.models import Kind

    assert set(kinds.KINDS) == set(Kind.values)
    for one in kinds.KINDS.values():
        assert (HERE / one.template).exists()
        assert CertificateDocument.Format.NOTICE not in one.formats


# ---------------------------------------------------------------- achievement


@needs_poppler
def test_an_achievement_says_test_and_day_and_neither_score_nor_hours(
    school: School, record: TrainingRecord, tmp_path: Any
) -> None:
    certificate = made(school, halfway(record), "achievement", "quiz:MFR")
    assert (certificate.kind, certificate.subject, certificate.title) == ("achievement", "quiz:MFR", "Test: fascia")
    assert certificate.facts["test"]["on"] == "2026-03-05", "the day at the school, not that of Greenwich"
    assert "totals" not in certificate.facts
    said = text_of(body_of(certificate, "pdf"), tmp_path)
    for piece in ("Daniela Reyes", "Test: fascia", "Passed on 5 March 2026", "Helen Marsh", certificate.code):
        assert piece in said, piece
    badge = json.loads(body_of(certificate, "json"))
    assert faults(badge, "ob_v3p0_achievementcredential_schema.json") == []
    assert badge["credentialSubject"]["achievement"]["achievementType"] == "Assessment"
    assert [one.get("status") for one in badge["credentialSubject"]["result"]] == ["Completed"]
    for text in (said.lower(), json.dumps(badge).lower()):
        assert "hour" not in text
        assert "score" not in text
    assert {one.format for one in certificate.documents.all()} == {"pdf", "png", "json", "jwt"}


def test_the_desk_says_when_the_test_was_passed(school: School, record: TrainingRecord) -> None:
    record_milestone(
        record=record, code="quiz:MFR", title="Test: fascia", occurred_at=at("2026-03-05 20:00"), source_key="a:1"
    )
    page = school.client(school.registrar).get(desk("record", record) + "?kind=achievement").content.decode()
    assert "Passed on 5 March 2026." in page.replace("\u00a0", " ")


def test_a_test_that_was_not_passed_is_no_achievement(school: School, record: TrainingRecord) -> None:
    for subject in ("", "quiz:MFR"):
        with pytest.raises(ValidationError, match="No test of this record was passed"):
            services.propose_certificate(record=record, by=school.registrar, kind="achievement", subject=subject)
    halfway(record)
    with pytest.raises(ValidationError):
        services.propose_certificate(record=record, by=school.registrar, kind="achievement", subject="quiz:OTHER")


def test_an_achievement_is_replaced_at_the_desk_when_her_name_changed(school: School, record: TrainingRecord) -> None:
    old = made(school, halfway(record), "achievement", "quiz:MFR")
    change_legal_name(user=school.learner_user, legal_name="Daniela Lindqvist", until_on=today_at(school.school))
    client, about = school.client(school.registrar), {"kind": "achievement", "subject": "quiz:MFR"}
    page = client.get(desk("replace", record), about).content.decode()
    assert old.code in page and "Daniela Lindqvist" in page
    assert client.post(desk("replace", record), {**about, "because": "hours_corrected"}).status_code == 422
    assert client.post(desk("replace", record), {**about, "because": "name_changed"}).status_code == 302
    proposal = CertificateProposal.objects.get(supersedes=old)
    fresh = services.issue_certificate(proposal=proposal, by=school.second_registrar)
    assert (fresh.kind, fresh.subject, fresh.holder_name) == ("achievement", "quiz:MFR", "Daniela Lindqvist")
    assert fresh.facts["supersedes"]["code"] == old.code
    assert Certificate.objects.get(pk=old.pk).state == "superseded"


@pytest.mark.parametrize(("kind", "subject"), [("achievement", "quiz:MFR"), ("letter", "")])
def test_a_hold_keeps_every_kind_back(school: School, record: TrainingRecord, kind: str, subject: str) -> None:
    halfway(record)
    hold = place_hold(uuid=uuid4(), record=record, reason="papers", words="Bring your card.", by=school.registrar)
    with pytest.raises(ValidationError, match="hold"):
        services.propose_certificate(record=record, by=school.registrar, kind=kind, subject=subject)
    release_hold(hold=hold, by=school.registrar, words="She brought it.")
    assert made(school, record, kind, subject).state == "valid"


def test_a_letter_follows_one_that_was_revoked(school: School, record: TrainingRecord) -> None:
    old = made(school, halfway(record), "letter")
    services.revoke_certificate(certificate=old, by=school.registrar, reason="issued_in_error", on=old.issued_on)
    fresh = made(school, record, "letter")
    assert (fresh.supersedes, fresh.proposal.because) == (old, "after_revocation")
    assert made(school, record, "letter").proposal.because == "renewed"


def test_each_test_has_one_certificate(school: School, record: TrainingRecord) -> None:
    halfway(record)
    record_milestone(
        record=record, code="quiz:FINAL", title="Final", occurred_at=at("2026-04-05 10:00"), source_key="a:2"
    )
    first, second = made(school, record, "achievement", "quiz:MFR"), made(school, record, "achievement", "quiz:FINAL")
    assert made(school, record, "achievement", "quiz:MFR") == first
    assert first != second
    fresh = Certificate.objects.get(pk=first.pk)
    fresh.pk, fresh.code, fresh._state.adding = None, "x", True
    with pytest.raises(IntegrityError), transaction.atomic():
        fresh.save()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE certificates_certificateproposal SET subject = 'quiz:X'")
    page = school.client(school.registrar).get(desk("record", record) + "?kind=achievement&subject=quiz:FINAL")
    assert second.code in page.content.decode()
    assert first.code not in page.content.decode()


def test_a_test_that_was_lost_is_never_another_test(
    school: School, record: TrainingRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    halfway(record)
    record_milestone(
        record=record, code="quiz:FINAL", title="Final", occurred_at=at("2026-04-05 10:00"), source_key="a:2"
    )
    lost, kept = made(school, record, "achievement", "quiz:MFR"), made(school, record, "achievement", "quiz:FINAL")
    passed = [one for one in kinds.achievement.passed_tests(record) if one.code != "quiz:MFR"]
    monkeypatch.setattr(kinds.achievement, "passed_tests", lambda _record: passed)  # regraded: not passed any more
    client, about = school.client(school.registrar), {"kind": "achievement", "subject": "quiz:MFR"}
    page = client.get(desk("record", record), about).content.decode()
    assert lost.code in page and kept.code not in page
    assert "Test: fascia" in client.get(desk("record", record), {**about, "subject": "quiz:FINAL"}).content.decode()
    asked = {**about, "reason": "issued_in_error", "revoked_on": str(lost.issued_on)}
    assert client.post(desk("revoke", record), asked).status_code == 302
    assert Certificate.objects.get(pk=lost.pk).state == "revoked"
    assert Certificate.objects.get(pk=kept.pk).state == "valid"
    for name in ("revoke", "issue", "propose", "withdraw"):
        assert client.post(desk(name, record), {**asked, "subject": "quiz:NONE"}).status_code == 404
    assert client.get(desk("record", record), {"kind": "completion", "subject": "quiz:MFR"}).status_code == 404


def test_an_achievement_says_the_rule_by_which_the_score_counts(school: School, record: TrainingRecord) -> None:
    facts = made(school, halfway(record), "achievement", "quiz:MFR").facts
    assert kinds.of("achievement").sheet(facts)["words"]["rule_text"] == "", "not taken here: no rule is known"
    facts["test"] |= {"rule": "last", "pass_percent": 75, "proctored": True}
    assert kinds.of("achievement").sheet(facts)["words"]["rule_text"] == (
        "75 percent or more was needed; the last attempt counts. It was taken under supervision."
    )
    facts["test"] |= {"rule": "average", "proctored": False}
    assert "average of all attempts" in kinds.of("achievement").award(facts).narrative


# ---------------------------------------------------------------- letter


@needs_poppler
def test_a_letter_says_the_hours_so_far_and_what_it_is_not(
    school: School, record: TrainingRecord, tmp_path: Any
) -> None:
    certificate = made(school, halfway(record), "letter")
    assert certificate.expires_on == certificate.issued_on + timedelta(days=90)
    assert certificate.facts["enrollment"]["status"] == "enrolled"
    said = text_of(body_of(certificate, "pdf"), tmp_path)
    for piece in (
        "This is not a certificate of completion.",
        "2 hours",
        "10 hours",
        "Myofascial release",
        "Daniela Reyes",
    ):
        assert piece in said, piece
    badge = json.loads(body_of(certificate, "json"))
    assert faults(badge, "ob_v3p0_achievementcredential_schema.json") == []
    end = datetime.combine(certificate.expires_on + timedelta(days=1), time(), ZoneInfo(record.zone))
    assert datetime.fromisoformat(badge["validUntil"]) == end, "the last day counts, where the record is kept"
    subject = badge["credentialSubject"]
    assert subject["achievement"]["achievementType"] == "LearningProgram"
    assert "not a certificate of completion" in subject["achievement"]["description"]
    assert subject["result"][-1]["status"] == "InProgress"
    assert {one.format for one in certificate.documents.all()} == {"pdf", "json", "jwt"}
    (mail,) = Message.objects.filter(key=f"certificate:{certificate.uuid}:issued")
    assert "not a certificate of completion" in mail.body


def test_a_letter_of_nobody_named_is_refused_and_of_no_hours_is_written(school: School, record: TrainingRecord) -> None:
    assert made(school, record, "letter").facts["totals"]["total"]["counted"] == 0
    school.learner_user.legal_name = ""
    school.learner_user.save()
    with pytest.raises(ValidationError, match="no legal name"):
        services.propose_certificate(
            record=TrainingRecord.objects.get(pk=record.pk), by=school.registrar, kind="letter"
        )


def test_a_later_letter_replaces_the_earlier(school: School, record: TrainingRecord) -> None:
    first = made(school, halfway(record), "letter")
    proposal = services.propose_certificate(record=record, by=school.registrar, kind="letter")
    assert services.propose_certificate(record=record, by=school.admin, kind="letter") == proposal
    second = services.issue_certificate(proposal=proposal, by=school.second_registrar)
    assert services.issue_certificate(proposal=proposal, by=school.second_registrar) == second
    assert second.supersedes == first
    assert Certificate.objects.get(pk=first.pk).state == "superseded"
    assert school.school.status_lists.get().stale, "outsiders see it too"
    third = made(school, record, "letter")
    assert third.supersedes == second
    assert Client().get(f"/api/v1/verify/{first.code}").json()["status"] == "superseded"


def test_a_letter_holds_nothing_back(school: School, record: TrainingRecord) -> None:
    made(school, halfway(record), "letter")
    assert not rests_on(record), "shifts behind it may still be corrected"
    complete_later = [
        ("mfr", 240, "2026-03-07"),
        ("nmt_trp", 120, "2026-03-08"),
        ("externship_hands_on", 120, "2026-03-09"),
    ]
    for place, (category, minutes, day) in enumerate(complete_later):
        start, end = f"{day} 14:00", f"{day} 18:00"
        post_hours(record=record, source_key=f"l:{place}", parts=[part(minutes, start, end, category=category)])
    ((one,), _more) = ready_records([school.school])
    assert one.record == record
    assert issued(school, record).kind == "completion"
    assert rests_on(record)
    assert not [one for one in audit().findings if one.kind == "certificate"]


def test_a_learner_asks_for_a_letter_once_until_it_is_there(school: School, record: TrainingRecord) -> None:
    client, address = school.client(school.learner_user), reverse("certificates:ask_for_letter", args=[record.uuid])
    assert "Ask for a letter of hours" in client.get("/certificates/").content.decode()
    client.post(address)
    client.post(address)
    assert LetterRequest.objects.count() == 1
    assert "You asked for a letter" in client.get("/certificates/").content.decode()
    assert "Letters asked for" in school.client(school.registrar).get("/desk/certificates/").content.decode()
    assert letters_asked_for([school.other_school]) == []
    assert school.client(school.other_learner_user).post(address).status_code == 404
    with pytest.raises(ValidationError):
        services.ask_for_letter(record=record, by=school.registrar)
    made(school, record, "letter")
    assert letters_asked_for([school.school]) == []
    said = client.get("/certificates/").content.decode()
    assert "It is not a certificate of completion." in said
    assert "Ask for a letter of hours" in said, "a later one may be asked for"


def test_the_desk_leads_through_a_letter(school: School, record: TrainingRecord) -> None:
    one, other = school.client(school.registrar), school.client(school.second_registrar)
    page = desk("record", record) + "?kind=letter"
    assert "Prepare the letter" in one.get(page).content.decode()
    assert one.post(desk("propose", record), {"kind": "letter"})["Location"] == page
    waiting = other.get("/desk/certificates/").content.decode()
    assert "Interim letter of hours" in waiting
    assert page in waiting
    assert other.post(desk("issue", record), {"kind": "letter"}).status_code == 422, "not without having read"
    assert other.post(desk("issue", record), {"kind": "letter", "read": "on"}).status_code == 302
    said = one.get(page).content.decode()
    assert Certificate.objects.get().code in said
    assert "Prepare the letter" in said, "the next one"
    assert one.get(desk("record", record) + "?kind=nonsense").status_code == 404


def test_a_verifier_reads_that_it_is_a_letter(school: School, record: TrainingRecord) -> None:
    certificate = made(school, halfway(record), "letter")
    assert Client().get(f"/api/v1/verify/{certificate.code}").json()["kind"] == "letter"
    page = Client().get(f"/verify/{certificate.code}").content.decode()
    assert "not a certificate of completion" in page
    assert "This letter of hours is valid" in page and "stands behind this letter today" in page
    _consent, token = share(certificate)
    opened = Client().get(f"/verify/{certificate.code}?t={token}").content.decode()
    assert "Not a certificate of completion" in opened
    assert opened.count("<dt>Holds until</dt>") == 1
    assert "Myofascial release" in opened


def test_a_shared_achievement_shows_no_hours(school: School, record: TrainingRecord) -> None:
    certificate = made(school, halfway(record), "achievement", "quiz:MFR")
    _consent, token = share(certificate)
    opened = Client().get(f"/verify/{certificate.code}?t={token}").content.decode()
    assert "Test passed" in opened
    assert "Clock hours" not in opened


def test_a_letter_is_not_renewed(school: School, record: TrainingRecord) -> None:
    certificate = made(school, halfway(record), "letter")
    assert certificate.expires_on
    for days in (30, 7):
        end = datetime.combine(certificate.expires_on, time(12), ZoneInfo(record.zone))
        assert expiries_due(end - timedelta(days=days)) == []
    said = school.client(school.learner_user).get(f"/certificates/{certificate.code}/").content.decode()
    assert "ask for a new letter" in said
    assert "We write to you" not in said and "next cycle" not in said


# ---------------------------------------------------------------- notice


def revoked(school: School, certificate: Certificate) -> Certificate:
    services.revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=certificate.today())
    return Certificate.objects.get(pk=certificate.pk)


@needs_poppler
def test_a_notice_says_what_since_when_why_and_whom_to_ask(
    school: School, certificate: Certificate, tmp_path: Any
) -> None:
    assert services.make_notice(certificate=certificate) is None, "nothing was revoked"
    gone = revoked(school, certificate)
    document = services.make_notice(certificate=gone)
    assert document is not None
    assert services.make_notice(certificate=gone) == document, "made once, kept byte for byte"
    assert document.sha256 == rules.sha256(bytes(document.body))
    assert b"/ETSI.CAdES.detached" in bytes(document.body)
    said = text_of(bytes(document.body), tmp_path)
    for piece in (
        "Notice of revocation", "Certificate of completion", "A small program", "Daniela Reyes", certificate.code,
        "It rests on false statements", "Helen Marsh", "The registrar of Riverbend School answers",
    ):  # fmt: skip
        assert piece in said, piece


def test_a_notice_never_prints_an_address(school: School, certificate: Certificate) -> None:
    gone = revoked(school, certificate)

    def said() -> list[str]:
        facts = notice.sheet_of(gone, by=printed_name(gone.revocation.by, school.school))["facts"]
        return [one["value"] for one in facts if one["name"] == "Revoked by"]

    type(school.registrar).objects.filter(pk=school.registrar.pk).update(legal_name="")
    gone = Certificate.objects.get(pk=gone.pk)
    assert said() == ["Helen Marsh"], "as the register prints her"
    gone.revocation.by = school.instructor
    assert said() == [school.instructor.legal_name]
    school.instructor.legal_name = ""
    assert said() == []


def test_nobody_is_told_of_what_was_revoked_before_its_files(school: School, ready: TrainingRecord) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    certificate = services.issue_certificate(proposal=proposal, by=school.second_registrar)
    revoked(school, certificate)
    assert len(services.make_documents(certificate=certificate)) == 6
    assert not Message.objects.filter(key__endswith=":issued").exists()


def test_the_notice_is_for_the_graduate_and_the_school(school: School, certificate: Certificate) -> None:
    address = f"/certificates/{certificate.code}/notice.pdf"
    graduate = school.client(school.learner_user)
    assert graduate.get(address).status_code == 404, "not revoked"
    gone = revoked(school, certificate)
    assert graduate.get(address).status_code == 503, "being made"
    (mail,) = Message.objects.filter(key__endswith=":revoked")
    assert address not in mail.body, "it may still be in the making"
    assert f"/certificates/{certificate.code}/\n" in mail.body
    document = services.make_notice(certificate=gone)
    assert document is not None
    for client in (graduate, school.client(school.admin)):
        answer = client.get(address)
        assert (answer.status_code, answer.content) == (200, bytes(document.body))
    for stranger in (Client(), school.client(school.other_learner_user), school.client(school.foreign_registrar)):
        assert stranger.get(address).status_code == 404
    assert "Notice of revocation" in graduate.get("/certificates/").content.decode()
    assert not [one for one in audit().findings if one.kind == "certificate"]


def test_what_failed_is_made_later_and_keeps_no_other_file(
    school: School, ready: TrainingRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = services.propose_certificate(record=ready, by=school.registrar)
    certificate = services.issue_certificate(proposal=proposal, by=school.second_registrar)
    gone = revoked(school, certificate)

    def no_key(**_named: Any) -> None:
        raise KeyFileError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(notices.keys, "seal_of", no_key)
        assert services.due_notices() == 0
        notices.make_notice_of.func(gone.pk)
    assert services.due_notices() == 1
    assert services.due_notices() == 0
    assert services.due_papers() == 1, "the notice is no paper of the certificate"
    assert services.due_papers() == 0
    assert len(certificates_of(school.learner_user)[0].documents.all()) == 7


def test_the_registrar_sees_whom_to_tell(school: School, certificate: Certificate) -> None:
    consent, _token = share(certificate, recipient="Tidewater College", purpose="transfer")
    share(certificate, recipient="Nobody looked")
    note_look(consent=consent, face="page", told="valid, hours")
    address = reverse("verification:told", args=[certificate.code])
    registrar = school.client(school.registrar)
    assert registrar.get(address).status_code == 404, "while it holds, who looked is the graduate's matter"
    revoked(school, certificate)
    page = registrar.get(address).content.decode()
    assert "Tidewater College" in page
    assert "Nobody looked" not in page
    assert address in registrar.get(desk("record", certificate.record)).content.decode()
    assert school.client(school.foreign_registrar).get(address).status_code == 404
    assert school.client(school.learner_user).get(address).status_code == 403


def test_the_frozen_form_of_old_certificates_still_draws(certificate: Certificate) -> None:
    facts = certificate.facts
    assert facts["form"] == "palmar-certificate/1"
    assert date.fromisoformat(facts["issue"]["issued_on"])
    assert kinds.of("completion").pdf(facts).startswith(b"%PDF")
