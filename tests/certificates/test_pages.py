"""The graduate's page and the desk: what each role sees, and that refusals say what to do and keep what was typed."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from certification.certificates import services
from certification.certificates.models import Certificate, CertificateProposal, Revocation
from certification.records.models import TrainingRecord
from certification.requirements.models import RuleSet
from tests.certificates.continuing import issued_ce, make_ce_record
from tests.certificates.making import complete, replaced
from tests.worlds import School

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode())).replace("\u2009", " ")


def desk(name: str, record: TrainingRecord) -> str:
    return reverse(f"certificates:{name}", args=[record.uuid])


# ---------------------------------------------------------------- the graduate


def test_a_graduate_finds_her_certificate(school: School, certificate: Certificate) -> None:
    page = school.client(school.learner_user).get("/certificates/")
    said = text_of(page)
    assert page.status_code == 200
    assert certificate.code in said
    assert "Valid" in said
    assert f"/certificates/{certificate.code}.pdf" in page.content.decode()
    other = text_of(school.client(school.other_learner_user).get("/certificates/"))
    assert certificate.code not in other
    assert "No certificate yet" in other


def test_the_empty_page_leads_to_what_is_missing(school: School, record: TrainingRecord) -> None:
    page = school.client(school.learner_user).get("/certificates/")
    assert "No certificate yet" in text_of(page)
    assert reverse("certificates:conditions", args=[record.uuid]) in page.content.decode()


def test_states_are_told(school: School, certificate: Certificate) -> None:
    client = school.client(school.learner_user)
    fresh = replaced(school, certificate)
    said = text_of(client.get("/certificates/"))
    assert "Replaced by" in said
    assert fresh.code in said
    services.revoke_certificate(certificate=fresh, by=school.admin, reason="order", on=fresh.today())
    assert "A board or court ordered it" in text_of(client.get("/certificates/"))


def test_visitors_log_in_first(certificate: Certificate) -> None:
    for address in ("/certificates/", "/desk/certificates/", desk("record", certificate.record)):
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


def test_the_graduates_page_asks_few_queries(
    school: School, certificate: Certificate, django_assert_max_num_queries: Any
) -> None:
    client = school.client(school.learner_user)
    client.get("/certificates/")
    with django_assert_max_num_queries(7):
        client.get("/certificates/")


# ---------------------------------------------------------------- who reaches the desk


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("registrar", 200),
        ("second_registrar", 200),
        ("admin", 200),
        ("instructor", 403),
        ("coordinator", 403),
        ("learner_user", 403),
        ("foreign_registrar", 404),
    ],
)
def test_only_signers_of_the_school_open_a_record(school: School, ready: TrainingRecord, who: str, status: int) -> None:
    client = school.client(getattr(school, who))
    assert client.get(desk("record", ready)).status_code == status
    for action in ("propose", "issue", "withdraw", "revoke"):
        if status != 200:
            assert client.post(desk(action, ready)).status_code == status
    if status != 200:
        assert not CertificateProposal.objects.exists()


def test_a_foreign_registrar_sees_an_empty_desk(school: School, ready: TrainingRecord) -> None:
    mine = text_of(school.client(school.registrar).get("/desk/certificates/"))
    assert "Daniela Reyes" in mine
    theirs = text_of(school.client(school.foreign_registrar).get("/desk/certificates/"))
    assert "Daniela" not in theirs
    assert "Nothing to prepare or sign" in theirs


def test_addresses_that_only_write_do_nothing_when_opened(school: School, ready: TrainingRecord) -> None:
    client = school.client(school.registrar)
    for action in ("propose", "issue", "withdraw", "revoke"):
        assert client.get(desk(action, ready)).status_code == 302


@pytest.mark.parametrize(
    ("name", "args", "page"),
    [
        ("certificates:together_prepare", [], "certificates:together"),
        ("certificates:add_number", ["riverbend"], "certificates:education"),
        ("certificates:write_questions", ["riverbend"], "certificates:education"),
        ("records:desk_make_checkpoint", [], "records:desk_log"),
    ],
)
def test_buttons_beside_a_record_lead_to_their_pages_too(school: School, name: str, args: list[str], page: str) -> None:
    client = school.client(school.registrar)
    opened = client.get(reverse(name, args=args))
    assert (opened.status_code, opened["Location"]) == (302, reverse(page))
    assert client.get(opened["Location"]).status_code == 200


# ---------------------------------------------------------------- two hands on the desk


def test_two_people_walk_it(school: School, ready: TrainingRecord) -> None:
    first, second = school.client(school.registrar), school.client(school.second_registrar)
    page = first.get(desk("record", ready))
    said = text_of(page)
    assert 'href="/rules/small-sample@1/"' in page.content.decode()
    assert "a sample of our own that no board asks for. The certificate says so." in said
    assert "All 8 conditions are met." in said
    assert "Daniela Reyes" in said

    said = text_of(first.post(desk("propose", ready), follow=True))
    assert "You prepared it, so another registrar must sign." in said
    assert "Ada Admin or Victor Osei must sign." in said
    assert "Sign and issue" not in said
    assert "Prepared by you" in text_of(first.get("/desk/certificates/"))

    assert "It waits for you." in text_of(second.get("/desk/certificates/"))
    assert "never changed" in text_of(second.get(desk("record", ready)))
    unread = second.post(desk("issue", ready))
    assert unread.status_code == 422
    assert "Read the conditions and tick this first" in text_of(unread)
    assert not Certificate.objects.exists()

    page = second.post(desk("issue", ready), {"read": "on"}, follow=True)
    said = text_of(page)
    assert 'Rules</dt><dd><a href="/rules/small-sample@1/">' in page.content.decode()
    certificate = Certificate.objects.get()
    assert certificate.code in said
    assert "Helen Marsh prepared it, Victor Osei signed." in said
    assert certificate.code in text_of(first.get("/desk/certificates/"))


def test_one_hand_is_told_why_not(school: School, ready: TrainingRecord) -> None:
    client = school.client(school.registrar)
    client.post(desk("propose", ready))
    refused = client.post(desk("issue", ready), {"read": "on"})
    assert refused.status_code == 422
    assert "You prepared it, so another registrar must sign." in text_of(refused)
    assert not Certificate.objects.exists()


def test_what_is_missing_is_named(school: School, record: TrainingRecord) -> None:
    complete(record, mfr=359)
    client = school.client(school.registrar)
    said = text_of(client.get(desk("record", record)))
    assert "The hours together are 1 min short of 10 h." in said
    assert "Prepare the certificate" not in said
    refused = client.post(desk("propose", record))
    assert refused.status_code == 422
    assert "1 min short of 10 h" in text_of(refused)


def test_double_clicks_and_the_back_button_do_nothing_twice(school: School, ready: TrainingRecord) -> None:
    first, second = school.client(school.registrar), school.client(school.second_registrar)
    for _again in range(2):
        assert first.post(desk("propose", ready)).status_code == 302
    for _again in range(2):
        assert second.post(desk("issue", ready), {"read": "on"}).status_code == 302
    assert second.post(desk("issue", ready)).status_code == 302, "issued already: nothing to tick any more"
    assert first.post(desk("propose", ready)).status_code == 302
    assert (CertificateProposal.objects.count(), Certificate.objects.count()) == (1, 1)


def test_withdrawing_and_signing_what_is_not_there(school: School, ready: TrainingRecord) -> None:
    first, second = school.client(school.registrar), school.client(school.second_registrar)
    first.post(desk("propose", ready))
    assert "Withdrawn." in text_of(second.post(desk("withdraw", ready), follow=True))
    assert "nothing to sign" in text_of(second.post(desk("issue", ready), {"read": "on"}, follow=True))
    assert "no certificate to revoke" in text_of(first.post(desk("revoke", ready), follow=True))
    first.post(desk("propose", ready))
    second.post(desk("issue", ready), {"read": "on"})
    late = first.post(desk("withdraw", ready))
    assert late.status_code == 422
    assert "revoked, not withdrawn" in text_of(late)


def test_revoking_keeps_what_was_typed_when_refused(school: School, certificate: Certificate) -> None:
    client = school.client(school.admin)
    address = desk("revoke", certificate.record)
    refused = client.post(address, {"reason": "fraud", "revoked_on": "2019-01-01"})
    assert refused.status_code == 422
    assert "It was issued after that day." in text_of(refused)
    assert 'value="2019-01-01"' in refused.content.decode()
    assert '<option value="fraud" selected>' in refused.content.decode()
    assert "Choose one of the reasons." in text_of(client.post(address, {"reason": "x", "revoked_on": "2026-99-99"}))
    assert not Revocation.objects.exists()
    done = client.post(address, {"reason": "fraud", "revoked_on": str(certificate.today())}, follow=True)
    assert "from" in text_of(done)
    assert Certificate.objects.get().state == "revoked"
    assert "Revoke it" not in text_of(done)


def test_the_desk_asks_few_queries_however_much_was_issued(
    school: School, certificate: Certificate, django_assert_max_num_queries: Any
) -> None:
    client = school.client(school.registrar)
    client.get("/desk/certificates/")
    with django_assert_max_num_queries(16):  # among them letters asked for, lists, notices to seal, revocations
        client.get("/desk/certificates/")


# ---------------------------------------------------------------- what to do with each


def test_a_certificate_of_completion_goes_with_its_transcript(school: School, certificate: Certificate) -> None:
    said = text_of(school.client(school.learner_user).get(f"/certificates/{certificate.code}/"))
    assert "the certificate or the transcript" in said and "Show it on a website" in said


def test_other_kinds_speak_of_no_file_that_they_lack(school: School, rule_set: RuleSet) -> None:
    record = make_ce_record(school, rule_set)
    course = issued_ce(school, record)
    proposal = services.propose_certificate(record=record, by=school.registrar, kind="letter")
    letter = services.issue_certificate(proposal=proposal, by=school.second_registrar)
    services.make_documents(certificate=letter)
    client = school.client(school.learner_user)
    ce, hours = (text_of(client.get(f"/certificates/{one.code}/")) for one in (course, letter))
    assert "transcript" not in ce.lower() and "Show it on a website" in ce
    assert "Use it for a renewal" in ce and "CE Broker" in ce
    assert "transcript" not in hours.lower() and "It is not a certificate of completion" in hours
    assert "Show it on a website" not in hours and "Badge, picture" not in hours


def test_nobody_is_told_to_send_what_does_not_hold(school: School, certificate: Certificate) -> None:
    client = school.client(school.learner_user)
    assert "To print, or to send to a board" in text_of(client.get(f"/certificates/{certificate.code}/"))
    services.revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=certificate.today())
    for address in (f"/certificates/{certificate.code}/", "/certificates/"):
        said = text_of(client.get(address))
        assert "To print, or to send to a board" not in said and "For a website" not in said, address
        assert "is told that it was revoked" in said
