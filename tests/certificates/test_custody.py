"""A school that has closed: everything is read, checked and sent as before, and nothing is written any more."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Organisation, SchoolClosing, User
from accounts.services import ensure_organisation, ensure_user, grant_role
from certification import guards
from certification.certificates.models import Certificate, CertificateProposal
from certification.certificates.selectors import unconfirmed_revocations
from certification.certificates.services import (
    ask_for_letter,
    evaluate_course,
    issue_certificate,
    propose_certificate,
    revoke_certificate,
)
from certification.records.models import HourEntry, TrainingRecord
from certification.records.services import (
    close_due_schools,
    close_school,
    ensure_learner,
    make_claim,
    open_next_record,
    open_record,
    post_hours,
    propose_correction,
    record_course_result,
    record_milestone,
    require_open,
    reverse_entry,
    seal_record,
)
from certification.requirements.models import RuleSet
from certification.verification.models import Consent, Sending
from certification.verification.rules import named_address
from certification.verification.selectors import kept, status_of
from certification.verification.services import send_to_graduate, send_to_named, withdraw_consent
from notices.models import Message
from tests.certificates.making import complete
from tests.certificates.test_pages import text_of
from tests.layers import layer
from tests.records.making import part
from tests.sharing import share
from tests.worlds import School

pytestmark = pytest.mark.django_db
CLOSED = date(2026, 6, 30)


@layer
def keeper() -> User:
    """Who keeps the records; her role comes with the closing."""
    return ensure_user(email="keeper@example.org", legal_name="Karin Keeper", password="a-long-password")


@layer
def waiting(school: School, rule_set: RuleSet, certificate: Certificate) -> CertificateProposal:
    """Another learner's certificate that was prepared, and never signed."""
    record = open_record(
        learner=ensure_learner(user=school.other_learner_user),
        school=school.school,
        rule_set=rule_set,
        program_code="SMALL",
        program_title="A small program",
        enrolled_on=date(2026, 1, 5),
        source_key="enrollment:00000000-0000-4000-8000-0000000000f2",
    )
    return propose_certificate(record=complete(record, quiz=False), by=school.registrar)


@layer
def closed(school: School, waiting: CertificateProposal, keeper: User) -> School:
    """Riverbend, closed since June 30."""
    Organisation.objects.filter(pk=school.school.pk).update(closed_on=CLOSED)
    school.school.refresh_from_db()
    close_school(
        school=school.school, now=timezone.now(), by=school.admin, custodian="State Archive of New York",
        contact="archive@example.org",
    )  # fmt: skip
    grant_role(user=keeper, organisation=school.school, role="custodian")
    school.school.refresh_from_db()
    return school


# ---------------------------------------------------------------- closing


def test_a_school_closes_once_its_last_day_is_over(school: School, record: TrainingRecord) -> None:
    now = timezone.now()
    today = now.date()
    assert close_due_schools(now=now) == 0
    with pytest.raises(ValidationError, match="known and over"):
        close_school(school=school.school, now=now)
    Organisation.objects.filter(pk=school.school.pk).update(closed_on=today)
    assert close_due_schools(now=now) == 0, "its last day is not over"
    assert close_due_schools(now=now + timedelta(days=2)) == 1
    assert close_due_schools(now=now + timedelta(days=2)) == 0
    closing = SchoolClosing.objects.get()
    assert (closing.closed_on, closing.by) == (today, None)
    sealed = TrainingRecord.objects.get(pk=record.pk)
    assert sealed.sealed_at and sealed.seal_reason == "closed"


def test_it_is_never_opened_again(closed: School) -> None:
    for attack in (
        "DELETE FROM accounts_schoolclosing",
        "UPDATE accounts_schoolclosing SET closed_on = NULL",
        "UPDATE accounts_schoolclosing SET school_id = school_id",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            from django.db import connection

            connection.cursor().execute(attack)
    assert close_school(school=closed.school, now=timezone.now()).by == closed.admin


def test_another_school_goes_on(closed: School) -> None:
    require_open(closed.other_school)
    assert closed.client(closed.foreign_registrar).get("/desk/certificates/").status_code == 200


# ---------------------------------------------------------------- nothing is written


def record_of(school: School) -> TrainingRecord:
    return TrainingRecord.objects.get(learner__user=school.other_learner_user)


def line_of(school: School) -> HourEntry:
    return HourEntry.objects.filter(record=record_of(school)).order_by("pk")[0]


LATER = [part(60, "2026-05-02 14:00", "2026-05-02 15:00")]
DOORS: dict[str, Callable[[School], Any]] = {
    "open_record": lambda s: open_record(
        learner=ensure_learner(user=s.learner_user), school=s.school, rule_set=RuleSet.objects.all()[0],
        program_code="X", program_title="X", enrolled_on=date(2026, 5, 1), source_key="enrollment:x",
    ),
    "post_hours": lambda s: post_hours(record=record_of(s), source_key="late:1", parts=LATER),
    "reverse_entry": lambda s: reverse_entry(entry=line_of(s), source_key="back:1", reason="x", recorded_by=s.admin),
    "record_milestone": lambda s: record_milestone(
        record=record_of(s), code="x", title="X", occurred_at=timezone.now(), source_key="late:1"
    ),
    "record_course_result": lambda s: record_course_result(
        record=record_of(s), course="X@1", source_key="late:1", grade_hundredths=9000, evidence="x"
    ),
    "propose_correction": lambda s: propose_correction(
        uuid=uuid.uuid4(), record=record_of(s), entry=line_of(s), parts=[], reason="minutes", words="x", by=s.registrar
    ),
    "make_claim": lambda s: make_claim(
        uuid=uuid.uuid4(), record=record_of(s), entry=None, day=date(2026, 5, 2), minutes=30, words="x",
        by=s.other_learner_user,
    ),
    "seal_record": lambda s: seal_record(record=record_of(s), by=s.registrar, reason="completed"),
    "open_next_record": lambda s: open_next_record(
        record=record_of(s), by=s.registrar, reason="cycle", starts_on=timezone.now().date()
    ),
    "propose_certificate": lambda s: propose_certificate(
        record=TrainingRecord.objects.get(learner__user=s.learner_user), by=s.registrar
    ),
    "issue_certificate": lambda s: issue_certificate(
        proposal=CertificateProposal.objects.get(certificate=None), by=s.second_registrar
    ),
    "ask_for_letter": lambda s: ask_for_letter(record=record_of(s), by=s.other_learner_user),
    "evaluate_course": lambda s: evaluate_course(
        record=record_of(s), by=s.other_learner_user, ratings=[], questions=None
    ),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_every_writing_door_is_shut_with_words(closed: School, door: str) -> None:
    before = (HourEntry.objects.count(), Certificate.objects.count(), TrainingRecord.objects.count())
    with pytest.raises(ValidationError, match="closed on 30 June 2026"), transaction.atomic():
        DOORS[door](closed)
    assert (HourEntry.objects.count(), Certificate.objects.count(), TrainingRecord.objects.count()) == before


def test_who_held_the_pen_has_no_role_any_more(closed: School) -> None:
    record = record_of(closed)
    for who in ("registrar", "second_registrar", "admin", "coordinator", "instructor"):
        client = closed.client(getattr(closed, who))
        for address in ("/desk/", "/desk/certificates/", "/desk/custody/", f"/desk/records/{record.uuid}/"):
            assert client.get(address).status_code in (403, 404), (who, address)


def test_the_keeper_reads_and_sends_and_does_nothing_else(closed: School, keeper: User) -> None:
    client, record = closed.client(keeper), record_of(closed)
    certificate = Certificate.objects.get()
    assert client.get("/desk/custody/").status_code == 200
    assert client.get(f"/certificates/{certificate.code}.pdf").status_code == 200
    for address in ("/desk/", "/desk/certificates/", f"/desk/records/{record.uuid}/", "/cms/pages/"):
        assert client.get(address).status_code in (302, 403, 404), address
    for action in ("propose", "issue", "withdraw", "revoke"):
        assert client.post(f"/desk/certificates/{record.uuid}/{action}/").status_code in (403, 404), action


# ---------------------------------------------------------------- everything is read and sent


def test_the_public_page_says_who_keeps_the_records(closed: School, client: Any) -> None:
    certificate = Certificate.objects.get()
    status = status_of(certificate.code)
    assert (status.status, status.school_closed_on) == ("valid", CLOSED)
    said = text_of(client.get(f"/verify/{certificate.code}"))
    assert "issued it before it closed on 30 June 2026" in said
    assert "Its records are kept by State Archive of New York. archive@example.org" in said
    assert "stands behind this certificate today" not in said


def test_the_graduate_keeps_what_is_hers(closed: School) -> None:
    client, certificate = closed.client(closed.learner_user), Certificate.objects.get()
    assert "Valid" in text_of(client.get("/certificates/"))
    said = text_of(client.get(f"/certificates/{certificate.code}/"))
    assert "The school has closed" in said and "State Archive" in said
    for path in (
        *(f"/certificates/{certificate.code}.{format_}" for format_ in ("pdf", "json", "jwt", "png")),
        *(f"/transcripts/{certificate.code}.{format_}" for format_ in ("pdf", "json")),
        f"/hours/{certificate.record.uuid}/",
    ):
        assert client.get(path).status_code == 200, path
    _consent, token = share(certificate, recipient="New York board")
    assert "New York board" in text_of(client.get(f"/verify/{certificate.code}?t={token}"))


def test_it_is_sent_to_her_own_address_and_noted(closed: School, keeper: User) -> None:
    client, certificate = closed.client(keeper), Certificate.objects.get()
    address = f"/desk/custody/{certificate.code}/"
    for _twice in range(2):
        assert client.post(f"{address}send/", {"key": "one-press"}).status_code == 302
    sending = Sending.objects.get()
    assert (sending.address, sending.by, sending.consent) == (closed.learner_user.email, keeper, None)
    mail = Message.objects.get(key=f"sending:{sending.uuid}")
    assert mail.to == closed.learner_user.email and f"/certificates/{certificate.code}/" in mail.body
    assert "kept by State Archive" in mail.body
    assert closed.learner_user.email in text_of(client.get(address))


def test_to_others_it_is_sent_on_her_consent_alone(closed: School, keeper: User) -> None:
    certificate = Certificate.objects.get()

    def agreed(recipient: str) -> Consent:
        return share(certificate, recipient=recipient)[0]

    named = agreed("New York board, licensing@board.example")
    sending = send_to_named(consent=named, by=keeper, key="1")
    assert (sending.address, sending.consent) == ("licensing@board.example", named)
    assert "?t=" in Message.objects.get(key=f"sending:{sending.uuid}").body
    for recipient in ("New York board", "a@b.example or c@d.example"):
        with pytest.raises(ValidationError, match="no single e-mail address"):
            send_to_named(consent=agreed(recipient), by=keeper, key="1")
    board = ensure_organisation(kind="board", slug="ny", name="Board of New York, office@board.example")
    party, _none = share(certificate, party=board)
    with pytest.raises(ValidationError, match="no single e-mail address"):
        send_to_named(consent=party, by=keeper, key="1")
    assert {one.pk for one in kept(certificate).consents} == {named.pk}, "a party reads by its own account"
    withdraw_consent(consent=named, by=closed.learner_user)
    named.refresh_from_db()
    with pytest.raises(ValidationError, match="withdrawn"):
        send_to_named(consent=named, by=keeper, key="2")
    with pytest.raises(DatabaseError), transaction.atomic():
        Sending.objects.create(certificate=certificate, consent=named, address="x@y.example", by=keeper)
    for who in (closed.registrar, closed.foreign_registrar, closed.learner_user):
        with pytest.raises(ValidationError, match="keeps or signs"):
            send_to_graduate(certificate=certificate, by=User.objects.get(pk=who.pk), key="1")
    assert Sending.objects.count() == 1


@pytest.mark.parametrize(
    ("recipient", "address"),
    [
        ("Board <Licensing@Board.example>", "licensing@board.example"),
        ("a@b.example, A@B.example", "a@b.example"),
        ("a@b.example, c@d.example", ""),
        ("the board", ""),
        ("x@localhost", ""),
    ],
)
def test_the_address_is_the_one_that_she_named(recipient: str, address: str) -> None:
    assert named_address(recipient) == address


def test_only_an_order_ends_a_certificate_and_only_by_the_keeper(closed: School, keeper: User) -> None:
    certificate = Certificate.objects.get()
    on = certificate.today()
    with pytest.raises(ValidationError, match="order of a board or court"):
        revoke_certificate(certificate=certificate, by=keeper, reason="fraud", on=on)
    with pytest.raises(ValidationError, match="only its custodian"):
        revoke_certificate(certificate=certificate, by=closed.registrar, reason="order", on=on)
    client, address = closed.client(keeper), f"/desk/custody/{certificate.code}/order/"
    refused = client.post(address, {"revoked_on": on.isoformat()})
    assert refused.status_code == 422 and "Without an order" in text_of(refused)
    client.post(address, {"revoked_on": on.isoformat(), "ordered": "on"})
    assert Certificate.objects.get().state == "revoked"
    assert unconfirmed_revocations([closed.school]) == [], "nobody is left to confirm it, so it is never late"
    assert "No second person confirms it" in text_of(client.get(f"/desk/custody/{certificate.code}/"))


def test_an_open_school_sends_again_too(school: School, certificate: Certificate) -> None:
    client = school.client(school.registrar)
    page = client.get(f"/desk/custody/{certificate.code}/")
    assert "A board or court ended it" not in text_of(page)
    client.post(f"/desk/custody/{certificate.code}/send/", {"key": "1"})
    assert Sending.objects.get().by == school.registrar
    for who in ("learner_user", "instructor"):
        assert school.client(getattr(school, who)).get("/desk/custody/").status_code == 403
    assert school.client(school.foreign_registrar).get(f"/desk/custody/{certificate.code}/").status_code == 404


def test_the_keepers_list_asks_few_queries(closed: School, keeper: User, django_assert_max_num_queries: Any) -> None:
    client = closed.client(keeper)
    client.get("/desk/custody/")
    with django_assert_max_num_queries(8):
        assert "Daniela Reyes" in text_of(client.get("/desk/custody/?q=dani"))
    assert "Nothing found" in text_of(client.get("/desk/custody/?q=nobody"))
    with django_assert_max_num_queries(12):
        client.get(f"/desk/custody/{Certificate.objects.get().code}/")


def test_what_may_be_made_is_one_list() -> None:
    """Each table of a school's facts is shut; who adds one decides here."""
    shut = {guard.table for guard in guards.shut()}
    assert {
        *(
            "records_trainingrecord",
            "records_posting",
            "records_hourentry",
            "records_courseresult",
            "records_milestone",
        ),
        *("records_claim", "records_correction", "records_importbatch", "records_activation"),
        *("certificates_certificateproposal", "certificates_certificate", "certificates_letterrequest"),
        "certificates_courseanswers",
        *("externships_placement", "externships_shift", "externships_clock", "externships_signoff"),
        *("externships_checkoff", "externships_practical", "externships_evaluationlink"),
        *("quizzes_quizassignment", "quizzes_attempt", "catalog_program", "catalog_module", "catalog_lesson"),
        *("enrollments_enrollment", "enrollments_invitation", "enrollments_cohort", "study_studysession"),
        *("commerce_order", "commerce_price"),
    } <= shut
    open_ = {"certificates_revocation", "verification_consent", "verification_sending", "verification_disclosure"}
    assert not open_ & shut
