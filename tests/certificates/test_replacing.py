"""A new certificate takes the place of one before it: for a reason that holds, by two people, once, seen by all."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.services import change_legal_name
from certification import codes
from certification.certificates import kinds, rules, services
from certification.certificates.models import Because, Certificate, CertificateProposal, StatusList
from certification.certificates.rules import Difference
from certification.certificates.selectors import today_at
from certification.records.models import TrainingRecord
from certification.records.services import (
    approve_correction,
    place_hold,
    post_hours,
    propose_correction,
    reverse_entry,
)
from notices.models import Message
from tests.certificates.making import replaced
from tests.certificates.test_documents import needs_poppler
from tests.certificates.test_documents import text_of as printed
from tests.certificates.test_pages import desk, text_of
from tests.records.making import part
from tests.worlds import School

pytestmark = pytest.mark.django_db


def differing(certificate: Certificate, record: TrainingRecord) -> list[Difference]:
    """What a new certificate in the place of this one would say otherwise today."""
    behavior = kinds.of(certificate.kind)
    return behavior.differs(certificate, behavior.judge(record, certificate.subject))


def corrected(school: School, record: TrainingRecord, minutes: int = 300) -> None:
    """The six hours of myofascial release become fewer or more, by two people."""
    entry = record.entries.get(category="mfr")
    end = f"2026-03-02 {14 + minutes // 60}:{minutes % 60:02d}"
    correction = propose_correction(
        uuid=uuid4(), record=record, entry=entry, parts=[part(minutes, "2026-03-02 14:00", end, course="MFR@1")],
        reason="minutes", words="The class ended at another time.", by=school.registrar,
    )  # fmt: skip
    approve_correction(correction=correction, by=school.admin)


def renamed(school: School) -> None:
    change_legal_name(user=school.learner_user, legal_name="Daniela Lindqvist", until_on=today_at(school.school))


def revoked(school: School, certificate: Certificate) -> None:
    services.revoke_certificate(
        certificate=certificate, by=school.registrar, reason="issued_in_error", on=certificate.today()
    )


# ---------------------------------------------------------------- rules


def test_what_differs_is_told_side_by_side(school: School, certificate: Certificate) -> None:
    assert rules.differences(certificate.facts, certificate.facts) == []
    renamed(school)
    corrected(school, certificate.record, 420)
    record = TrainingRecord.objects.get(pk=certificate.record_id)
    found = {(one.subject, one.what): (one.before, one.after) for one in differing(certificate, record)}
    assert found == {
        ("name", "name"): ("Daniela Reyes", "Daniela Lindqvist"),
        ("hours", "total"): (600, 660),
        ("hours", "mfr"): (360, 420),
    }


def test_the_same_sums_from_other_lines_are_a_difference(school: School, certificate: Certificate) -> None:
    record = certificate.record
    entry = record.entries.get(category="mfr")
    reverse_entry(entry=entry, source_key="fix:1", reason="clerical", recorded_by=school.registrar)
    other_day = part(360, "2026-03-09 14:00", "2026-03-09 20:00", course="MFR@1")
    post_hours(record=record, source_key="fix:2", parts=[other_day])
    (one,) = differing(certificate, record)
    assert (one.subject, one.what) == ("hours", "lines")


# ---------------------------------------------------------------- success


@pytest.mark.parametrize("because", ["hours_corrected", "name_changed", "document_error"])
def test_two_people_replace_it_and_everybody_is_told(
    school: School, certificate: Certificate, because: str, client: Any
) -> None:
    renamed(school)
    corrected(school, certificate.record, 420)
    StatusList.objects.update(stale=False)
    fresh = replaced(school, Certificate.objects.get(pk=certificate.pk), because)
    services.make_documents(certificate=fresh)
    old = Certificate.objects.get(pk=certificate.pk)
    assert (old.state, fresh.state, fresh.supersedes) == ("superseded", "valid", old)
    assert (fresh.holder_name, old.holder_name) == ("Daniela Lindqvist", "Daniela Reyes")
    assert fresh.facts["totals"]["total"]["counted"] == 660
    assert fresh.facts["issue"]["version"] == 2
    assert fresh.facts["supersedes"] == {
        "code": old.code, "issued_on": old.issued_on.isoformat(), "because": because
    }  # fmt: skip
    assert "supersedes" not in old.facts
    assert StatusList.objects.get().stale, "its status bit is set with the next list"
    (mail,) = Message.objects.filter(key=f"certificate:{fresh.uuid}:issued")
    for words in (fresh.code, old.code, Because(because).label, "replaced"):
        assert str(words) in mail.body
    hers = text_of(school.client(school.learner_user).get("/certificates/"))
    assert "Replaced by" in hers and "Takes the place of" in hers
    assert hers.count(fresh.code) > 1 and hers.count(old.code) > 1
    assert "has issued a newer one in its place" in text_of(client.get(f"/verify/{old.code}"))
    assert "Valid" in text_of(client.get(f"/verify/{fresh.code}"))


def test_a_chain_grows_only_at_its_end(school: School, certificate: Certificate) -> None:
    second = replaced(school, certificate)
    renamed(school)
    with pytest.raises(ValidationError, match="It was replaced already, by"):
        services.propose_replacement(certificate=certificate, because="name_changed", by=school.registrar)
    third = replaced(school, second)
    assert third.facts["issue"]["version"] == 3
    assert [one.state for one in Certificate.objects.order_by("pk")] == ["superseded", "superseded", "valid"]


def test_asking_again_changes_nothing(school: School, certificate: Certificate) -> None:
    proposal = services.propose_replacement(certificate=certificate, because="document_error", by=school.registrar)
    for by in (school.registrar, school.admin):
        again = services.propose_replacement(certificate=certificate, because="document_error", by=by)
        assert again == proposal
    renamed(school)
    with pytest.raises(ValidationError, match="for another reason"):
        services.propose_replacement(certificate=certificate, because="name_changed", by=school.admin)
    fresh = services.issue_certificate(proposal=proposal, by=school.second_registrar)
    assert services.issue_certificate(proposal=proposal, by=school.second_registrar) == fresh
    assert Certificate.objects.count() == 2


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("because", "sentence"),
    [
        ("hours_corrected", "The hours are as the certificate says them."),
        ("name_changed", "Name and title are as the certificate says them."),
        ("after_revocation", "It was not revoked."),
        ("boredom", "Choose one of the reasons."),
        ("", "Choose one of the reasons."),
    ],
)
def test_a_reason_must_hold(school: School, certificate: Certificate, because: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        services.propose_replacement(certificate=certificate, because=because, by=school.registrar)
    assert sentence in " ".join(refused.value.messages)
    assert CertificateProposal.objects.count() == 1


def test_one_person_alone_or_a_stranger_replaces_nothing(school: School, certificate: Certificate) -> None:
    for stranger in (school.learner_user, school.instructor, school.foreign_registrar):
        with pytest.raises(ValidationError):
            services.propose_replacement(certificate=certificate, because="document_error", by=stranger)
    proposal = services.propose_replacement(certificate=certificate, because="document_error", by=school.registrar)
    with pytest.raises(ValidationError, match="You prepared it"):
        services.issue_certificate(proposal=proposal, by=school.registrar)
    assert Certificate.objects.count() == 1


def test_a_record_that_fell_short_is_revoked_not_replaced(school: School, certificate: Certificate) -> None:
    corrected(school, certificate.record, 300)
    with pytest.raises(ValidationError, match="1 h short of 10 h"):
        services.propose_replacement(certificate=certificate, because="hours_corrected", by=school.registrar)
    said = text_of(school.client(school.registrar).get(desk("replace", certificate.record)))
    assert "If the certificate should not stand, revoke it." in said
    assert "Prepare the new one" not in said


def test_a_revoked_one_stays_revoked_and_a_new_one_follows(school: School, certificate: Certificate) -> None:
    revoked(school, certificate)
    with pytest.raises(ValidationError, match="It was revoked, and stays so"):
        services.propose_replacement(certificate=certificate, because="document_error", by=school.registrar)
    fresh = replaced(school, certificate, "after_revocation")
    assert Certificate.objects.get(pk=certificate.pk).state == "revoked"
    assert fresh.state == "valid"
    said = text_of(school.client(school.learner_user).get("/certificates/"))
    assert "Followed by" in said
    assert "Replaced by" not in said


def test_one_that_was_revoked_meanwhile_is_not_replaced(school: School, certificate: Certificate) -> None:
    proposal = services.propose_replacement(certificate=certificate, because="document_error", by=school.registrar)
    revoked(school, certificate)
    with pytest.raises(ValidationError) as refused:
        services.issue_certificate(proposal=proposal, by=school.second_registrar)
    assert "It was revoked, and stays so" in refused.value.messages[0]
    assert "Withdraw it and prepare it again." in refused.value.messages
    assert Certificate.objects.count() == 1


# ---------------------------------------------------------------- the desk


def test_the_desk_shows_both_sides_and_walks_it(school: School, certificate: Certificate) -> None:
    record = certificate.record
    renamed(school)
    first, second = school.client(school.registrar), school.client(school.second_registrar)
    assert "Replace it" in text_of(first.get(desk("record", record)))
    page = text_of(first.get(desk("replace", record)))
    assert "Daniela Reyes" in page and "Daniela Lindqvist" in page
    refused = first.post(desk("replace", record), {"because": "hours_corrected"})
    assert refused.status_code == 422
    assert "Nothing was corrected since." in text_of(refused)
    assert "Another registrar must read it and sign." in text_of(
        first.post(desk("replace", record), {"because": "name_changed"}, follow=True)
    )
    assert "prepared already" in text_of(first.get(desk("replace", record), follow=True))
    waiting = text_of(second.get(desk("record", record)))
    assert "A new one is prepared" in waiting
    assert "Daniela Lindqvist" in waiting
    assert "It waits for you." in text_of(second.get("/desk/certificates/"))
    unread = second.post(desk("issue", record))
    assert (unread.status_code, Certificate.objects.count()) == (422, 1)
    done = text_of(second.post(desk("issue", record), {"read": "on"}, follow=True))
    fresh = Certificate.objects.get(supersedes=certificate)
    assert f"{fresh.code} took its place on" in done
    assert "Took the place of" in done
    assert second.post(desk("issue", record)).status_code == 302, "issued already: nothing to tick any more"


def test_a_record_without_certificate_has_nothing_to_replace(school: School, ready: TrainingRecord) -> None:
    page = school.client(school.registrar).get(desk("replace", ready), follow=True)
    assert "There is no certificate to replace." in text_of(page)


def test_the_page_offers_no_reason_that_is_refused(school: School, certificate: Certificate) -> None:
    page = text_of(school.client(school.registrar).get(desk("replace", certificate.record)))
    assert str(Because.HOURS_CORRECTED.label) in page
    assert str(Because.RENEWED.label) not in page, "a letter renews itself"


def test_the_page_asks_few_queries(
    school: School, certificate: Certificate, django_assert_max_num_queries: Any
) -> None:
    client = school.client(school.registrar)
    client.get(desk("replace", certificate.record))
    with django_assert_max_num_queries(20):
        client.get(desk("replace", certificate.record))


# ---------------------------------------------------------------- attacks by SQL


def attack(sql: str, *values: Any, says: str = "") -> None:
    with pytest.raises(IntegrityError, match=says or None), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def copied(old: Certificate, proposal: CertificateProposal) -> Certificate:
    """What somebody past the services would write."""
    forged = Certificate.objects.get(pk=old.pk)
    forged.pk, forged.uuid, forged.code, forged._state.adding = None, proposal.uuid, codes.code_from_bits(96), True
    forged.proposal, forged.supersedes = proposal, old
    return forged


def test_the_database_wants_a_reason_exactly_where_one_is_replaced(school: School, certificate: Certificate) -> None:
    for supersedes, because in ((certificate, ""), (None, "document_error"), (certificate, "boredom")):
        with pytest.raises(IntegrityError), transaction.atomic():
            CertificateProposal.objects.create(
                record=certificate.record, supersedes=supersedes, because=because, proposed_by=school.registrar
            )
    services.propose_replacement(certificate=certificate, because="document_error", by=school.registrar)
    attack(
        "UPDATE certificates_certificateproposal SET because = 'name_changed' WHERE because <> ''", says="never changed"
    )


def test_the_database_replaces_no_revoked_one_and_follows_no_other(school: School, certificate: Certificate) -> None:
    wrong = CertificateProposal.objects.create(
        record=certificate.record, supersedes=certificate, because="after_revocation", proposed_by=school.registrar
    )
    with pytest.raises(IntegrityError, match="only a revoked certificate is followed"), transaction.atomic():
        copied(certificate, wrong).save()
    services.withdraw_proposal(proposal=wrong, by=school.registrar)
    plain = services.propose_replacement(certificate=certificate, because="document_error", by=school.registrar)
    revoked(school, certificate)
    with pytest.raises(IntegrityError, match="never replaced, only followed"), transaction.atomic():
        copied(certificate, plain).save()


def test_under_a_hold_the_page_says_so_and_advises_no_revocation(school: School, certificate: Certificate) -> None:
    record = certificate.record
    place_hold(uuid=uuid4(), record=record, reason="papers", words="Bring the diploma.", by=school.registrar)
    said = text_of(school.client(school.registrar).get(desk("replace", record)))
    assert "A hold stands" in said and "stays valid" in said
    assert "revoke it" not in said and "does not bear a certificate" not in said


@needs_poppler
def test_the_transcript_of_the_new_one_names_the_old(school: School, certificate: Certificate, tmp_path: Path) -> None:
    renamed(school)
    fresh = replaced(school, Certificate.objects.get(pk=certificate.pk), "name_changed")
    services.make_documents(certificate=fresh)
    paper = printed(bytes(fresh.documents.get(format="transcript").body), tmp_path)
    assert f"Takes the place of {certificate.code}" in paper
    old = printed(bytes(certificate.documents.get(format="transcript").body), tmp_path)
    assert "Takes the place of" not in old
