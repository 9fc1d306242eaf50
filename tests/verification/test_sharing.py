"""A graduate's links: what they open, for how long, who sees that they were opened; and the door to the document."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from certification.certificates import services as certificate_services
from certification.certificates.models import Certificate
from certification.codes import code_from_bits
from certification.verification import services
from certification.verification.models import Consent, Disclosure
from certification.verification.selectors import shared, token_of
from tests.sharing import share
from tests.worlds import School

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode())).replace("\N{NO-BREAK SPACE}", " ")


def link(school: School, certificate: Certificate, **fields: Any) -> tuple[Consent, str]:
    return share(certificate, by=school.learner_user, **fields)


# ---------------------------------------------------------------- what a link opens


def test_a_link_shows_name_hours_and_evidence(school: School, certificate: Certificate) -> None:
    _consent, token = link(school, certificate, recipient="Georgia board", purpose="license")
    page = Client().get(f"/verify/{certificate.code}", {"t": token})
    said = text_of(page)
    assert page.status_code == 200
    for piece in (
        "This certificate is valid",
        "Daniela Reyes",
        "Myofascial release",
        "Together",
        "10 h",
        "Measured",
        "2 h",
        "Co-signed",
        "8 h",
        "Helen Marsh, Registrar; Victor Osei, Registrar.",
        "Georgia board",
        "5 January 2026 to 4 March 2026",
    ):
        assert piece in said, piece
    assert '<a href="/rules/small-sample@1/">small-sample@1</a>' in page.content.decode()
    assert "(small-sample@1). They are a sample of our own that no board asks for." in said
    for secret in ("example.org", "Raman", "Riverside Clinic"):
        assert secret not in said
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "same-origin"


def test_the_narrow_scope_shows_the_name_and_no_hours(school: School, certificate: Certificate) -> None:
    _consent, token = link(school, certificate, scope="status")
    said = text_of(Client().get(f"/verify/{certificate.code}", {"t": token}))
    assert "Daniela Reyes" in said
    assert "10 h" not in said
    assert "Myofascial" not in said
    assert Client().get(f"/certificates/{certificate.code}.pdf", {"t": token}).status_code == 404, "it lists hours"


def test_a_revoked_certificate_says_so_on_the_link(school: School, certificate: Certificate) -> None:
    _consent, token = link(school, certificate)
    certificate_services.revoke_certificate(
        certificate=certificate, by=school.admin, reason="hours_corrected", on=certificate.today()
    )
    said = text_of(Client().get(f"/verify/{certificate.code}", {"t": token}))
    assert "This certificate was revoked" in said
    assert "The hours behind it were corrected" in said
    assert "It has not been revoked" not in said


def test_a_withdrawn_link_opens_nothing(school: School, certificate: Certificate) -> None:
    consent, token = link(school, certificate, until_on=certificate.today())
    assert shared(certificate.code, token)
    services.withdraw_consent(consent=consent, by=school.learner_user)
    services.withdraw_consent(consent=consent, by=school.learner_user)
    assert shared(certificate.code, token) is None
    page = Client().get(f"/verify/{certificate.code}", {"t": token})
    said = text_of(page)
    assert "The link that you followed shows nothing more" in said
    assert "This certificate is valid" in said
    assert "Daniela" not in said
    assert Client().get(f"/certificates/{certificate.code}.pdf", {"t": token}).status_code == 404


def test_a_link_opens_through_its_last_day_at_the_school(school: School, certificate: Certificate) -> None:
    consent, token = link(school, certificate)
    midnight = datetime.combine(consent.until_on + timedelta(days=1), time(), tzinfo=ZoneInfo("America/New_York"))
    with time_machine.travel(midnight.astimezone(UTC) - timedelta(minutes=1), tick=False):
        assert shared(certificate.code, token)
    with time_machine.travel(midnight.astimezone(UTC), tick=False):
        assert shared(certificate.code, token) is None


def test_a_token_opens_its_own_certificate_only(school: School, certificate: Certificate) -> None:
    consent, token = link(school, certificate)
    assert shared(code_from_bits(4), token) is None
    for wrong in ("", token[:-1], token + "x", consent.token_hash, str(consent.uuid), "x" * 5000, "\x00"):
        assert shared(certificate.code, wrong) is None


def test_a_hidden_code_still_opens_for_who_holds_a_link(school: School, certificate: Certificate) -> None:
    _consent, token = link(school, certificate)
    services.set_hidden(certificate=certificate, by=school.learner_user, hidden=True)
    assert "Daniela Reyes" in text_of(Client().get(f"/verify/{certificate.code}", {"t": token}))
    assert "No certificate has this code" in text_of(Client().get(f"/verify/{certificate.code}"))


# ---------------------------------------------------------------- tokens


def test_tokens_are_long_and_kept_as_a_hash_alone(school: School, certificate: Certificate) -> None:
    consent, token = link(school, certificate)
    assert len(token) == 43, "256 bits"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM verification_consent")
        assert token not in repr(cursor.fetchall())
    assert token_of(consent) == token, "the graduate can copy her link again"


def test_another_key_of_the_installation_shows_no_link_but_opens_it(
    school: School, certificate: Certificate, settings: Any
) -> None:
    consent, token = link(school, certificate)
    settings.SECRET_KEY = "another key of the installation, as long as it must be, rotated"
    assert token_of(consent) == ""
    assert shared(certificate.code, token)


def test_the_same_request_gives_the_same_link(school: School, certificate: Certificate) -> None:
    first = link(school, certificate, source_key="demo")
    assert link(school, certificate, source_key="demo") == first
    over = certificate.today() - timedelta(days=400)
    assert link(school, certificate, source_key="demo", until_on=over) == first, "looked up before it is judged"
    assert link(school, certificate)[1] != first[1]
    assert Consent.objects.count() == 2


# ---------------------------------------------------------------- refusals


def test_only_the_graduate_shares_and_withdraws(school: School, certificate: Certificate) -> None:
    consent, _token = link(school, certificate)
    for other in (school.registrar, school.admin, school.other_learner_user):
        with pytest.raises(ValidationError):
            share(certificate, by=other)
        with pytest.raises(ValidationError):
            services.withdraw_consent(consent=consent, by=other)
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize(("days", "sentence"), [(-1, "That day is over."), (367, "A consent lasts a year at most.")])
def test_days_out_of_reach_are_refused(school: School, certificate: Certificate, days: int, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        link(school, certificate, until_on=certificate.today() + timedelta(days=days))
    assert link(school, certificate, until_on=certificate.today() + timedelta(days=366))


def test_each_way_of_looking_is_noted_but_a_head(school: School, certificate: Certificate) -> None:
    _consent, token = link(school, certificate)
    address = f"/verify/{certificate.code}?t={token}"
    Client().head(address)
    assert Disclosure.objects.count() == 0, "it shows nothing"
    for answer in (Client().get(address), Client().post(address, {"name": "x"})):
        assert "Daniela Reyes" in answer.content.decode()
    assert Disclosure.objects.count() == 2


def test_consents_and_looks_stand_in_the_database_for_good(school: School, certificate: Certificate) -> None:
    consent, token = link(school, certificate)
    Client().get(f"/verify/{certificate.code}", {"t": token})
    services.set_hidden(certificate=certificate, by=school.learner_user, hidden=True)
    services.withdraw_consent(consent=consent, by=school.learner_user)
    for sql in (
        "UPDATE verification_consent SET until_on = '2099-01-01'",
        "UPDATE verification_consent SET scope = 'transcript', source_key = 'x'",
        "UPDATE verification_consent SET withdrawn_at = NULL",
        "DELETE FROM verification_consent",
        "UPDATE verification_disclosure SET told = ''",
        "DELETE FROM verification_disclosure",
        "UPDATE verification_visibility SET hidden = NOT hidden",
        "DELETE FROM verification_visibility",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Disclosure.objects.count() == 1


# ---------------------------------------------------------------- the document


def test_the_document_is_served_as_issued(school: School, certificate: Certificate) -> None:
    issued = bytes(certificate.documents.get(format="pdf").body)
    response = school.client(school.learner_user).get(f"/certificates/{certificate.code}.pdf")
    assert response.content == issued
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    assert "Daniela" not in response["Content-Disposition"]
    typed = certificate.code.lower().replace("-", "")
    assert school.client(school.learner_user).get(f"/certificates/{typed}.pdf").content == issued


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("learner_user", 200),
        ("registrar", 200),
        ("admin", 200),
        ("second_registrar", 200),
        ("instructor", 404),
        ("coordinator", 404),
        ("other_learner_user", 404),
        ("foreign_registrar", 404),
        (None, 404),
    ],
)
def test_who_opens_the_document(school: School, certificate: Certificate, who: str | None, status: int) -> None:
    client = school.client(getattr(school, who)) if who else Client()
    assert client.get(f"/certificates/{certificate.code}.pdf").status_code == status
    _consent, token = link(school, certificate)
    assert client.get(f"/certificates/{certificate.code}.pdf", {"t": token}).status_code == 200


def test_forbidden_and_unknown_documents_are_the_very_same_404(school: School, certificate: Certificate) -> None:
    for client in (Client(), school.client(school.other_learner_user)):
        answers = [
            re.sub(rb'value="\w{64}"', b"", client.get(f"/certificates/{code}.pdf").content).replace(code.encode(), b"")
            for code in (certificate.code, code_from_bits(77))
        ]
        assert answers[0] == answers[1]


def test_looks_are_noted_and_told_to_the_graduate(school: School, certificate: Certificate) -> None:
    consent, token = link(school, certificate, recipient="Georgia board", purpose="license")
    owner = school.client(school.learner_user)
    address = f"/certificates/{certificate.code}/share/"
    assert "Not opened yet." in text_of(owner.get(address))
    Client().get(f"/verify/{certificate.code}", {"t": token})
    Client().head(f"/verify/{certificate.code}", {"t": token})
    Client().get(f"/certificates/{certificate.code}.pdf", {"t": token})
    owner.get(f"/certificates/{certificate.code}.pdf", {"t": token})
    assert list(consent.disclosures.order_by("pk").values_list("face", "told")) == [
        ("page", "valid, name, totals"),
        ("pdf", "valid, pdf"),
    ], "her own look and a HEAD are none"
    assert "Opened 2 times" in text_of(owner.get(address))


# ---------------------------------------------------------------- the graduate's page


def fields(certificate: Certificate, page: Any, **changes: str) -> dict[str, str]:
    key = re.search(r'name="key" value="([0-9a-f-]+)"', page.content.decode())
    assert key
    until = str(certificate.today() + timedelta(days=10))
    return {"recipient": "Georgia board", "purpose": "license", "scope": "totals", "until_on": until,
            "signed_name": "Daniela Reyes", "agree": "on", "key": key.group(1), **changes}  # fmt: skip


def test_she_makes_a_link_and_withdraws_it(school: School, certificate: Certificate) -> None:
    client, address = school.client(school.learner_user), f"/certificates/{certificate.code}/share/"
    page = client.get(address)
    assert "Nobody yet" in text_of(page)
    sent = fields(certificate, page)
    for _double_click in range(2):
        done = client.post(address, sent)
        assert done.status_code == 302
    consent = Consent.objects.get()
    assert done["Location"].endswith(f"#link-{consent.uuid}")
    shown = client.get(address).content.decode()
    token = re.search(rf"/verify/{certificate.code}\?t=([\w-]+)", shown)
    assert token
    assert shared(certificate.code, token.group(1))
    client.post(f"{address}{consent.uuid}/withdraw/")
    assert shared(certificate.code, token.group(1)) is None
    assert "Withdrawn" in text_of(client.get(address))
    assert token.group(1) not in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"recipient": ""}, "Name who gets the link"),
        ({"purpose": " "}, "Say what they need it for"),
        ({"scope": "everything"}, "Choose what they see."),
        ({"until_on": "2019-01-01"}, "That day is over."),
        ({"until_on": "tomorrow"}, "Write the day as year, month, day"),
        ({"signed_name": " "}, "Sign with your full name"),
        ({"signed_name": "Someone Else"}, "Sign with your own name, as it stands on the certificate."),
        ({"agree": ""}, "Without your consent nothing is shown to anybody."),
    ],
)
def test_without_a_full_consent_no_link_is_made(
    school: School, certificate: Certificate, change: dict[str, str], sentence: str
) -> None:
    client, address = school.client(school.learner_user), f"/certificates/{certificate.code}/share/"
    refused = client.post(address, fields(certificate, client.get(address), **change))
    assert refused.status_code == 422
    assert sentence in text_of(refused)
    if "recipient" not in change:
        assert 'value="Georgia board"' in refused.content.decode(), "what was typed stays"
    assert not Consent.objects.exists()


def test_she_hides_the_code_and_shows_it_again(school: School, certificate: Certificate) -> None:
    client, address = school.client(school.learner_user), f"/certificates/{certificate.code}/hide/"
    assert "Hidden." in text_of(client.post(address, {"hidden": "1"}, follow=True))
    assert "No certificate has this code" in text_of(Client().get(f"/verify/{certificate.code}"))
    assert "Shown." in text_of(client.post(address, {"hidden": "0"}, follow=True))
    assert "This certificate is valid" in text_of(Client().get(f"/verify/{certificate.code}"))


@pytest.mark.parametrize("who", ["registrar", "admin", "other_learner_user", "instructor", "foreign_registrar"])
def test_nobody_else_reaches_her_links(school: School, certificate: Certificate, who: str) -> None:
    consent, _token = link(school, certificate)
    client, address = school.client(getattr(school, who)), f"/certificates/{certificate.code}/share/"
    assert client.get(address).status_code == 404
    assert client.post(address, {}).status_code == 404
    assert client.post(f"{address}{consent.uuid}/withdraw/").status_code == 404
    assert client.post(f"/certificates/{certificate.code}/hide/", {"hidden": "1"}).status_code == 404
    consent.refresh_from_db()
    assert consent.withdrawn_at is None
