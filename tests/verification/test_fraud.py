"""The frauds that massage schools have seen (docs/fraud.md), each tried on this house: what it shows, and to whom.

The attacks are those of the past: a forged paper, a borrowed code, hours after a school's end, an insider with every
password, a transfer without the school that it came from, learners with the very same hours. Sources stand in the page.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, User
from certification.certificates.models import Certificate
from certification.certificates.services import issue_certificate, propose_certificate, revoke_certificate
from certification.records.models import Anomaly, HourEntry, TrainingRecord
from certification.records.services import (
    close_school,
    ensure_learner,
    find_anomalies,
    make_checkpoint,
    open_record,
    post_hours,
)
from certification.requirements.models import RuleSet
from certification.verification.audit import audit
from certification.verification.bundles import evidence_bundle
from certification.verification.offline import Keyring, check_file
from certification.verification.verdicts import Asked
from courses.catalog.models import Program
from tests.cms.test_imports import judged, row
from tests.records.making import part
from tests.verification.asking import ask, college
from tests.verification.test_audit import insider
from tests.verification.test_dropped import drop, text_of
from tests.verification.test_offline import body_of
from tests.worlds import School

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def desk_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    return client


def test_a_forged_paper_is_told_to_whoever_checks_it(certificate: Certificate) -> None:
    """Bogus transcripts sold in California 2010-11: the page on the wall is worth what its code and its bytes say."""
    forged = body_of(certificate, "json").replace(b"Daniela Reyes", b"Somebody Else")
    said = text_of(drop(forged))
    assert "Not as it was issued" in said
    assert "Riverbend" not in said, "our name stands by our own signature alone"
    never = Client().get("/verify/0000-0000-0000-0000-0")
    assert "This certificate is valid" not in text_of(never)
    assert "This certificate is valid" in text_of(drop(body_of(certificate, "json")))


def test_a_borrowed_code_differs_and_its_graduate_reads_who_asked(certificate: Certificate, school: School) -> None:
    """A true code on another's paper: the name is matched, never given, and she whose it is sees that it was asked."""
    answer = text_of(Client().post(f"/verify/{certificate.code}/", {"name": "Rita Borrower"}))
    assert "not the name" in answer
    assert "Reyes" not in answer
    tidewater, clerk = college()
    ask(tidewater, clerk, Asked(certificate.code, "Rita Borrower"))
    hers = text_of(desk_of(school.learner_user).get(f"/certificates/{certificate.code}/share/looks/"))
    assert "Tidewater College" in hers


def test_after_a_schools_end_no_hour_and_no_certificate_is_made(
    school: School, certificate: Certificate, record: TrainingRecord
) -> None:
    """Axiom Healthcare Academy: training claimed after the school had closed."""
    today = certificate.today()
    Organisation.objects.filter(pk=school.school.pk).update(closed_on=today)
    school.school.refresh_from_db()
    close_school(school=school.school, now=timezone.now() + timedelta(days=2))
    record.refresh_from_db()
    with pytest.raises(ValidationError):
        post_hours(record=record, source_key="late:1", parts=[part(60)])
    with pytest.raises(ValidationError):
        propose_certificate(record=record, by=school.registrar)
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        said = text_of(Client().get(f"/verify/{certificate.code}/"))
    assert "closed" in said, "whoever checks is told that the school has closed, and that this one holds"


def test_one_insider_alone_makes_no_certificate(school: School, ready: TrainingRecord) -> None:
    """Florida College of Natural Health 2012: one registrar wrote papers for people who had never attended."""
    proposal = propose_certificate(record=ready, by=school.registrar)
    with pytest.raises(ValidationError):
        issue_certificate(proposal=proposal, by=school.registrar)
    assert not Certificate.objects.exists()


def test_an_insiders_edit_is_named_by_the_audit_and_breaks_the_evidence(
    school: School, certificate: Certificate, tmp_path: Path
) -> None:
    """The same, with the database's password: a line is rewritten with all guards down."""
    make_checkpoint(log=certificate.school.hour_log, reason="asked")
    assert not audit().findings
    before = evidence_bundle(record=certificate.record)
    entry = HourEntry.objects.filter(record=certificate.record).order_by("position")[0]
    with insider() as sql:
        sql(f"UPDATE records_hourentry SET minutes = minutes + 600 WHERE id = {entry.pk}")
    found = audit().findings
    assert found, "minutes that were not there when the head was signed"
    after = evidence_bundle(record=certificate.record)
    assert check_file(before, Keyring(), timezone.now()).holds, "what was taken before proves the old one without us"
    assert not check_file(after, Keyring(), timezone.now()).holds
    assert "This certificate is valid" in text_of(Client().get(f"/verify/{certificate.code}/")), (
        "what was frozen at issue does not move with the ledger"
    )


def test_a_certificate_sold_under_another_name_is_named_by_the_audit(certificate: Certificate) -> None:
    """The insider sells a true certificate: only the name by which whoever checks is answered is exchanged."""
    with insider() as sql:
        sql("UPDATE certificates_certificate SET holder_name = 'Rita Buyer'")
    answer = Client().get(f"/api/v1/verify/{certificate.code}", {"name": "Rita Buyer"}).json()
    assert answer["name"] == "match", "a page answers from the database, so somebody has to audit it"
    assert [found.message for found in audit().findings] == [
        f"Certificate {certificate.code}: its name is not that of its frozen facts."
    ]


def test_hours_from_elsewhere_need_the_school_that_sent_them(school: School, rule_set: RuleSet) -> None:
    """Transfer credit without the other school's name: a ground on which California takes a school's approval."""
    Program.objects.create(school=school.school, code="SMALL", title="A small program", rule_set=rule_set)
    assert judged(school, row())[0][0] != "refused"
    verdict, code = judged(school, row(sending_school=""))[0]
    assert (verdict, code) == ("refused", "sending_school")


def test_learners_with_the_very_same_hours_are_found_for_the_registrar(
    school: School, record: TrainingRecord, rule_set: RuleSet
) -> None:
    """Forged nursing files had identical hours and the same mistake in adding."""
    since = timezone.now() - timedelta(hours=1)
    other = open_record(
        learner=ensure_learner(user=school.other_learner_user), school=school.school, rule_set=rule_set,
        program_code="SMALL", program_title="A small program", enrolled_on=date(2026, 1, 5), source_key="enrollment:other",
    )  # fmt: skip
    for who in (record, other):
        for day in range(2, 7):
            post_hours(
                record=who,
                source_key=f"shift:{day}",
                parts=[
                    part(
                        173, f"2026-02-{day:02d} 14:07", f"2026-02-{day:02d} 17:00", source="externship",
                        category="externship_hands_on",
                    )
                ],
            )  # fmt: skip
    find_anomalies(since)
    anomaly = Anomaly.objects.get(kind="identical")
    assert set(anomaly.records.all()) == {record, other}
    assert "The same times for two learners" in text_of(school.client(school.registrar).get("/desk/anomalies/"))
    assert school.client(school.learner_user).get("/desk/anomalies/").status_code == 403


def test_a_diploma_that_was_revoked_says_so_by_whatever_way_it_is_checked(
    school: School, certificate: Certificate
) -> None:
    """Florida's hearings 2013: a paper that was never revoked "still signifies completion"."""
    revoke_certificate(certificate=certificate, by=school.registrar, reason="issued_in_error", on=certificate.today())
    assert "revoked" in text_of(Client().get(f"/verify/{certificate.code}/")).lower()
    assert "revoked" in text_of(drop(body_of(certificate, "pdf"))).lower()
    answer = Client().get(f"/api/v1/verify/{certificate.code}").json()
    assert answer["status"] == "revoked"


def test_the_page_names_a_test_for_each_case() -> None:
    page = (settings.BASE_DIR / "docs/fraud.md").read_text()
    here = Path(__file__).read_text()
    named = {word.strip("`") for word in page.split() if word.strip("`").startswith("test_")}
    missing = {name for name in named if f"def {name}(" not in here}
    assert len(named) >= 8 and not missing, missing
