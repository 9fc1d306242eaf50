"""A graduate's consent: to a named organisation or by a link, how far it reaches at each face, and every look under it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation
from accounts.services import ensure_organisation, ensure_user
from certification import guards
from certification.certificates import services as certificate_services
from certification.certificates.models import Certificate
from certification.certificates.services import revoke_certificate
from certification.verification import rules, services
from certification.verification.models import Consent, Disclosure
from certification.verification.selectors import derived_token, is_hidden, looks_of, open_consents_to, shared
from certification.verification.wording import told_words
from tests.certificates.making import replaced
from tests.sharing import share
from tests.verification.test_sharing import text_of
from tests.worlds import School

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def college(db: None) -> Organisation:
    return ensure_organisation(kind="verifier", slug="tidewater", name="Tidewater College of Health Careers")


@pytest.fixture
def board(db: None) -> Organisation:
    return ensure_organisation(kind="board", slug="ga-board", name="Georgia Board of Massage Therapy")


# ---------------------------------------------------------------- how far each scope reaches, at each face

OWN_FILES = ("certificates/{}.pdf", "certificates/{}.json", "certificates/{}.jwt", "certificates/{}.png")
TRANSCRIPTS = ("transcripts/{}.pdf", "transcripts/{}.json")
NAME, HOURS = "Daniela Reyes", "Hours that count, by subject"
NOTHING: tuple[str, ...] = ()
REACH = {
    "status": ((NAME,), NOTHING),
    "totals": ((NAME, HOURS), OWN_FILES),
    "transcript": ((NAME, HOURS), (*OWN_FILES, *TRANSCRIPTS)),
    # What they opened before scopes were three.
    "certificate": ((NAME,), NOTHING),
    "hours": ((NAME, HOURS), (*OWN_FILES, *TRANSCRIPTS)),
}


@contextmanager
def before_signatures() -> Iterator[None]:
    """The database as it let consents in before they were signed."""
    with connection.cursor() as cursor:
        for check in ("scope", "signed"):
            on = "" if connection.vendor == "sqlite" else " ON verification_consent"
            cursor.execute(f'DROP TRIGGER "guard_verification_consent_{check}"{on}')
    yield
    guards.install(connection)


def consent_of(certificate: Certificate, scope: str) -> tuple[Consent, str]:
    """A consent of any scope, of those of old too, and the token of its link."""
    if scope in Consent.Scope.values:
        return share(certificate, scope=scope)
    with before_signatures():
        consent = Consent(
            certificate=certificate, granted_by=certificate.record.learner.user, scope=scope,
            until_on=certificate.today(), source_key="old",
        )  # fmt: skip
        token = derived_token(str(consent.uuid))
        consent.token_hash = rules.token_hash(token)
        consent.save()
    return consent, token


def opened_by(certificate: Certificate, token: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What of name and hours the page shows, and which files open, to a guest with this token."""
    page = text_of(Client().get(f"/verify/{certificate.code}", {"t": token}))
    files = tuple(
        path
        for path in (*OWN_FILES, *TRANSCRIPTS)
        if Client().get(f"/{path.format(certificate.code)}", {"t": token}).status_code == 200
    )
    evidence = Client().get(f"/certificates/{certificate.code}/evidence.zip", {"t": token})
    assert evidence.status_code == 302, "the evidence of a record is nobody's but hers and her school's"
    return tuple(word for word in (NAME, HOURS) if word in page), files


@pytest.mark.parametrize("scope", REACH)
def test_each_scope_opens_so_much_at_every_face_while_it_is_open(
    school: School, certificate: Certificate, scope: str
) -> None:
    consent, token = consent_of(certificate, scope)
    assert opened_by(certificate, token) == REACH[scope]
    offers = Client().get(f"/verify/{certificate.code}", {"t": token}).content.decode()
    for path in ("certificates/{}.pdf", "transcripts/{}.pdf"):
        assert (f"/{path.format(certificate.code)}?t=" in offers) == (path in REACH[scope][1]), path
    with time_machine.travel(timezone.now() + timedelta(days=400), tick=False):
        assert opened_by(certificate, token) == (NOTHING, NOTHING), "it has ended"
    services.withdraw_consent(consent=consent, by=school.learner_user)
    assert opened_by(certificate, token) == (NOTHING, NOTHING)


@pytest.mark.parametrize(("scope", "status"), [("status", 404), ("totals", 200), ("transcript", 200)])
def test_the_notice_of_a_revocation_opens_where_files_do(
    school: School, certificate: Certificate, scope: str, status: int, django_capture_on_commit_callbacks: Any
) -> None:
    _consent, token = share(certificate, scope=scope)
    address = f"/certificates/{certificate.code}/notice.pdf"
    assert Client().get(address, {"t": token}).status_code == 404, "it holds"
    with django_capture_on_commit_callbacks(execute=True):
        certificate_services.revoke_certificate(
            certificate=certificate, by=school.admin, reason="hours_corrected", on=certificate.today()
        )
    answer = Client().get(address, {"t": token}).status_code
    assert answer == status or (status, answer) == (200, 503), "503: it is being made"


def test_scopes_reach_what_the_narrower_ones_do() -> None:
    reached = {
        scope: [rules.reaches(scope, what) for what in (rules.NAME, rules.TOTALS, rules.TRANSCRIPT)] for scope in REACH
    }
    assert reached == {
        "status": [True, False, False],
        "totals": [True, True, False],
        "transcript": [True, True, True],
        "certificate": [True, False, False],
        "hours": [True, True, True],
    }
    assert [rules.width(scope) for scope in ("status", "totals", "transcript", "certificate", "hours")] == [
        1,
        2,
        3,
        1,
        3,
    ]


# ---------------------------------------------------------------- to an organisation by name


def test_what_is_given_to_an_organisation_no_link_opens(
    school: School, certificate: Certificate, college: Organisation
) -> None:
    consent, token = share(certificate, party=college, recipient="somebody else")
    assert (token, consent.token_hash, consent.recipient) == ("", None, college.name)
    assert shared(certificate.code, derived_token(str(consent.uuid))) is None
    assert open_consents_to(college, [certificate]) == {certificate.pk: consent}


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"kind": "site"}, "party", "Only a school, a board or a verifier"),
        ({"kind": "buyer"}, "party", "Only a school, a board or a verifier"),
        ({"closed_on": datetime(2020, 1, 1).date()}, "party", "This organisation has closed."),
    ],
)
def test_who_cannot_be_named_is_refused(
    school: School, certificate: Certificate, college: Organisation, change: dict[str, Any], field: str, sentence: str
) -> None:
    Organisation.objects.filter(pk=college.pk).update(**change)
    college.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        share(certificate, party=college)
    assert sentence in refused.value.message_dict[field][0]
    with pytest.raises(ValidationError, match="needs no consent"):
        share(certificate, party=school.school)
    assert not Consent.objects.exists()
    assert share(certificate, party=school.other_school)[0].party == school.other_school


def test_one_organisation_finds_what_is_open_to_it_the_widest_first(
    school: School,
    certificate: Certificate,
    college: Organisation,
    board: Organisation,
    django_assert_num_queries: Any,
) -> None:
    share(certificate, scope="transcript")  # a link
    share(certificate, party=board, scope="transcript")
    narrow, _none = share(certificate, party=college, scope="status")
    wide, _none = share(certificate, party=college, scope="totals")
    share(certificate, party=college, scope="totals", until_on=certificate.today())
    withdrawn, _none = share(certificate, party=college, scope="transcript")
    services.withdraw_consent(consent=withdrawn, by=school.learner_user)
    with django_assert_num_queries(1):
        found = open_consents_to(college, [certificate])
        assert found == {certificate.pk: wide}
        assert found[certificate.pk].party == college and found[certificate.pk].certificate.school
    services.withdraw_consent(consent=wide, by=school.learner_user)
    with django_assert_num_queries(1):
        assert open_consents_to(college, Certificate.objects.all())[certificate.pk].scope == "totals"
    assert open_consents_to(college, []) == {}
    midnight = datetime.combine(narrow.until_on + timedelta(days=1), time(), tzinfo=ZoneInfo("America/New_York"))
    with time_machine.travel(midnight.astimezone(UTC) - timedelta(minutes=1), tick=False):
        assert open_consents_to(college, [certificate]) == {certificate.pk: narrow}
    with time_machine.travel(midnight.astimezone(UTC), tick=False):
        assert open_consents_to(college, [certificate]) == {}


def test_a_look_says_who_by_the_name_of_that_day_and_what_for(
    school: School, certificate: Certificate, college: Organisation
) -> None:
    consent, _none = share(certificate, party=college, purpose="admission")
    link, _token = share(certificate, recipient="Georgia board", purpose="license")
    services.note_look(consent=consent, face="desk", told="valid, name")
    Organisation.objects.filter(pk=college.pk).update(name="Tidewater University")
    consent = Consent.objects.get(pk=consent.pk)
    assert services.note_looks(looks=[(consent, "valid"), (link, "valid, totals")], face="api") == 2
    assert list(Disclosure.objects.order_by("pk").values_list("face", "who", "purpose", "told")) == [
        ("desk", "Tidewater College of Health Careers", "admission", "valid, name"),
        ("api", "Tidewater University", "admission", "valid"),
        ("api", "", "license", "valid, totals"),
    ]


def test_what_was_told_is_read_in_words() -> None:
    assert told_words("valid, name, totals") == ["it is valid", "your name", "your hours by subject"]
    assert told_words("revoked, clr") == ["it was revoked", "the transcript (JSON)"]
    assert told_words("valid, hours") == ["it is valid", "your name, and your hours by subject"], "a look of old"
    assert told_words("valid, something new") == ["it is valid", "something new"]


# ---------------------------------------------------------------- the signature


def test_the_sentence_that_she_signs_names_every_element(
    school: School, certificate: Certificate, college: Organisation
) -> None:
    until = certificate.today() + timedelta(days=30)
    consent, _none = share(
        certificate, party=college, scope="totals", purpose="  admission  in\nspring", signed_name="daniela  REYES"
    )
    for piece in (
        "I, Daniela Reyes, allow",
        school.school.name,
        certificate.code,
        "my hours by subject",
        "To: Tidewater College of Health Careers.",
        "For: admission in spring.",
        f"Until {until.day} {until:%B %Y}.",
        "withdraw",
    ):
        assert piece in consent.statement, piece
    assert "transcript" not in consent.statement
    assert "the transcript with each course" in share(certificate, scope="transcript")[0].statement
    assert (consent.signed_name, consent.purpose) == ("daniela REYES", "admission in spring")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"purpose": "  "}, "purpose"),
        ({"signed_name": ""}, "signed_name"),
        ({"signed_name": "Helen Marsh"}, "signed_name"),
        ({"scope": "hours"}, "scope"),
        ({"scope": "certificate"}, "scope"),
    ],
)
def test_what_is_not_whole_is_no_consent(
    school: School, certificate: Certificate, change: dict[str, str], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        share(certificate, **change)
    assert list(refused.value.message_dict) == [field]
    assert not Consent.objects.exists()


# ---------------------------------------------------------------- the graduate's pages


def address_of(certificate: Certificate, to: str = "") -> str:
    return f"/certificates/{certificate.code}/share/{'?to=party' if to == 'party' else ''}"


def filled(client: Client, certificate: Certificate, **changes: str) -> dict[str, str]:
    page = client.get(address_of(certificate, "party")).content.decode()
    key = re.search(r'name="key" value="([0-9a-f-]+)"', page)
    assert key
    return {
        "party": "tidewater college of  health careers", "purpose": "admission", "scope": "transcript",
        "until_on": str(certificate.today() + timedelta(days=10)), "signed_name": "Daniela Reyes", "agree": "on",
        "key": key.group(1), **changes,
    }  # fmt: skip


def test_she_names_an_organisation_and_withdraws_it(
    school: School, certificate: Certificate, college: Organisation, board: Organisation
) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": school.learner_user.email, "password": "a-long-password"})
    page = client.get(address_of(certificate, "party")).content.decode()
    assert f'<option value="{college.name}">' in page and f'<option value="{board.name}">' in page
    assert "known-parties" not in client.get(address_of(certificate)).content.decode()
    sent = filled(client, certificate)
    for _double_click in range(2):
        done = client.post(address_of(certificate, "party"), sent, follow=True)
    assert f"{college.name} can see what you chose from now on." in text_of(done)
    consent = Consent.objects.get()
    assert (consent.party, consent.scope, consent.signed_in_with) == (college, "transcript", "password")
    assert consent.signed_in_at and consent.signed_in_at <= consent.granted_at
    said = text_of(done)
    assert "This organisation alone, under its own account." in said and consent.statement in said
    assert "Signed “Daniela Reyes” on" in said and "?t=" not in done.content.decode()
    client.post(f"{address_of(certificate)}{consent.uuid}/withdraw/")
    assert open_consents_to(college, [certificate]) == {}


def test_she_is_told_that_an_organisation_sees_nothing_while_it_is_stopped(
    school: School, certificate: Certificate, college: Organisation
) -> None:
    platform = ensure_user(email="platform@example.org", legal_name="Pia Platform", superuser=True)
    stop = services.stop_checking(organisation=college, by=platform, words="Its registration lapsed.")
    client = school.client(school.learner_user)
    said = text_of(client.post(address_of(certificate, "party"), filled(client, certificate), follow=True))
    assert f"{college.name} may check nothing for now" in said
    assert "can see what you chose from now on" not in said
    assert "registration" not in said, "why is between the organisation and the platform"
    services.lift_stop(stop=stop, by=platform)
    assert list(open_consents_to(college, [certificate])) == [certificate.pk], "what she signed stands"


def test_a_code_names_an_organisation_too(school: School, certificate: Certificate, board: Organisation) -> None:
    client = school.client(school.learner_user)
    assert (
        client.post(address_of(certificate, "party"), filled(client, certificate, party=" GA-board ")).status_code
        == 302
    )
    consent = Consent.objects.get()
    assert consent.party == board
    assert consent.signed_in_at and consent.signed_in_with == "", "by no proof that we know of"


def test_an_organisation_that_is_not_found_is_refused_and_what_was_typed_stays(
    school: School, certificate: Certificate, college: Organisation
) -> None:
    client = school.client(school.learner_user)
    ensure_organisation(kind="site", slug="harborview", name="Harborview Rehabilitation")
    ensure_organisation(kind="verifier", slug="shut", name="Shut College")
    Organisation.objects.filter(slug="shut").update(closed_on="2020-01-01")
    for party, sentence in (
        ("Tidewater College", "No organisation on file has this name or code."),
        ("Harborview Rehabilitation", "No organisation on file has this name or code."),
        ("shut", "No organisation on file has this name or code."),
        (school.school.name, "This school issued the certificate and needs no consent"),
        ("", "Type the name or the code of the organisation."),
    ):
        refused = client.post(address_of(certificate, "party"), filled(client, certificate, party=party))
        assert refused.status_code == 422, party
        assert sentence in text_of(refused)
        assert f'value="{party}"' in refused.content.decode() or not party, "what was typed stays"
        assert 'value="admission"' in refused.content.decode()
    ensure_organisation(kind="school", slug="tide-2", name="Tidewater College of Health Careers")
    refused = client.post(address_of(certificate, "party"), filled(client, certificate))
    assert "Type the code of the one that you mean: tidewater, tide-2." in text_of(refused)
    assert not Consent.objects.exists()
    assert client.post(address_of(certificate, "party"), filled(client, certificate, party="tide-2")).status_code == 302


def test_every_look_is_a_line_newest_first(
    school: School, certificate: Certificate, college: Organisation, django_assert_max_num_queries: Any
) -> None:
    client, address = school.client(school.learner_user), f"{address_of(certificate)}looks/"
    assert "Nobody has looked" in text_of(client.get(address))
    link, token = share(certificate, recipient="Georgia board", purpose="license", scope="transcript")
    with time_machine.travel(datetime(2026, 12, 1, 17, 30, tzinfo=UTC), tick=False):
        Client().get(f"/verify/{certificate.code}", {"t": token})
    with time_machine.travel(datetime(2026, 12, 2, 15, 0, tzinfo=UTC), tick=False):
        Client().get(f"/transcripts/{certificate.code}.json", {"t": token})
    consent, _none = share(certificate, party=college, purpose="admission")
    with time_machine.travel(datetime(2026, 12, 3, 9, 5, tzinfo=UTC), tick=False):
        services.note_look(consent=consent, face="desk", told="valid, name")
    services.withdraw_consent(consent=link, by=school.learner_user)
    with django_assert_max_num_queries(11):
        said = text_of(client.get(address))
    lines = [
        "3 Dec 2026, 4:05 AM Tidewater College of Health Careers admission it is valid, your name Verifier’s desk",
        "2 Dec 2026, 10:00 AM Whoever held the link for Georgia board license it is valid, the transcript (JSON) File",
        "1 Dec 2026, 12:30 PM Whoever held the link for Georgia board license it is valid, your name, your hours by "
        "subject Page",
    ]
    places = [said.find(line) for line in lines]
    assert -1 not in places and places == sorted(places)
    zone = "Times are those of the school (America/New_York)."
    shared_page = text_of(client.get(address_of(certificate)))
    for page in (said, shared_page):
        assert zone in page and "UTC" not in page
    assert "Opened 2 times, last on 2 Dec 2026, 10:00 AM." in shared_page
    assert "Opened once, on 3 Dec 2026, 4:05 AM." in shared_page
    revoke_certificate(certificate=certificate, by=school.admin, reason="fraud", on=certificate.today())
    told = text_of(school.client(school.registrar).get(f"/desk/certificates/told/{certificate.code}/"))
    assert "2 times, last on 2 Dec 2026, 10:00 AM" in told and zone in told and "UTC" not in told


def test_many_looks_come_in_pages(school: School, certificate: Certificate) -> None:
    consent, _token = share(certificate)
    services.note_looks(looks=[(consent, "valid, name")] * 30, face="page")
    client, address = school.client(school.learner_user), f"{address_of(certificate)}looks/"
    first, second = client.get(address), client.get(address, {"page": 2})
    assert [page.content.decode().count("Whoever held the link") for page in (first, second)] == [25, 5]
    assert "Page 1 of 2" in text_of(first)
    assert looks_of(certificate).count() == 30


@pytest.mark.parametrize("who", ["registrar", "admin", "other_learner_user", "foreign_registrar"])
def test_who_looked_is_hers_alone(school: School, certificate: Certificate, who: str) -> None:
    address = f"{address_of(certificate)}looks/"
    assert school.client(getattr(school, who)).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert school.client(school.learner_user).get(address).status_code == 200


# ---------------------------------------------------------------- what the database refuses


def attack(sql: str, *values: Any) -> str:
    """What the database says to it; empty where it lets it pass. Nothing of it stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""


def inserted(certificate: Certificate, **changes: object) -> str:
    """What the database says to a consent that is written past every service; whole but for `changes`."""
    row = {
        "uuid": "5a4c1e2f00000000000000000000000a", "certificate_id": certificate.pk,
        "granted_by_id": certificate.record.learner.user_id, "granted_at": timezone.now(), "scope": "totals",
        "recipient": "x", "purpose": "license", "until_on": certificate.today(), "token_hash": "f" * 64,
        "source_key": "raw", "party_id": None, "statement": "I allow", "signed_name": "Daniela Reyes",
        "signed_in_with": "", **changes,
    }  # fmt: skip
    names = ", ".join(row)
    return attack(f"INSERT INTO verification_consent ({names}) VALUES ({', '.join(['%s'] * len(row))})", *row.values())


def test_the_database_takes_no_consent_but_her_own_whole_one(
    school: School, certificate: Certificate, college: Organisation
) -> None:
    assert inserted(certificate) == ""
    assert inserted(certificate, party_id=college.pk, token_hash=None) == ""
    clinic = ensure_organisation(kind="site", slug="harborview", name="Harborview Rehabilitation")
    for changes, words in (
        ({"granted_by_id": school.registrar.pk}, "only the graduate consents"),
        ({"granted_by_id": school.other_learner_user.pk}, "only the graduate consents"),
        ({"purpose": ""}, "says what for, and is signed"),
        ({"signed_name": ""}, "says what for, and is signed"),
        ({"statement": ""}, "says what for, and is signed"),
        ({"scope": "hours"}, "scopes of old"),
        ({"scope": "everything"}, "scopes of old"),
        ({"party_id": clinic.pk, "token_hash": None}, "a verifier, a board or a school"),
        ({"party_id": college.pk}, "consent_to_a_party_or_a_link"),
        ({"token_hash": None}, "consent_to_a_party_or_a_link"),
    ):
        assert words in inserted(certificate, **changes), changes


def test_the_database_widens_no_consent_and_changes_no_look(
    school: School, certificate: Certificate, college: Organisation, board: Organisation
) -> None:
    consent, _none = share(certificate, party=college, scope="status")
    services.note_look(consent=consent, face="desk", told="valid, name")
    for change in (
        "scope = 'transcript'",
        f"party_id = {board.pk}",
        "party_id = NULL, token_hash = 'x'",
        "until_on = '2099-01-01'",
        "purpose = 'other'",
        "recipient = 'other'",
        "statement = 'other'",
        "signed_name = 'Other'",
        "signed_in_with = 'passkey'",
        "signed_in_at = granted_at",
    ):
        assert "rows are never changed" in attack(f"UPDATE verification_consent SET {change}"), change
    for change in ("who = 'Other'", "purpose = 'other'", "told = 'valid'", "face = 'page'"):
        assert "rows are never changed" in attack(f"UPDATE verification_disclosure SET {change}"), change
    assert "never deleted" in attack("DELETE FROM verification_disclosure")
    assert attack("UPDATE verification_consent SET withdrawn_at = %s", timezone.now()) == ""


def test_the_database_takes_no_look_that_hides_who_looked_or_what_for(
    school: School, certificate: Certificate, college: Organisation
) -> None:
    party, link = share(certificate, party=college)[0], share(certificate)[0]
    sql = (
        "INSERT INTO verification_disclosure (consent_id, at, face, who, purpose, told) VALUES (%s, %s, %s, %s, %s, %s)"
    )
    now = timezone.now()
    assert attack(sql, party.pk, now, "desk", college.name, "license", "valid") == ""
    assert attack(sql, link.pk, now, "page", "", "license", "valid") == ""
    for values in (
        (party.pk, now, "desk", "", "license", "valid"),
        (link.pk, now, "page", "Somebody", "license", "valid"),
        (party.pk, now, "desk", college.name, "", "valid"),
        (party.pk, now, "desk", college.name, "other", "valid"),
    ):
        assert "who looked and what for" in attack(sql, *values), values


def test_a_button_whose_address_is_opened_does_nothing_and_leads_to_its_page(
    school: School, certificate: Certificate
) -> None:
    consent, _token = share(certificate)
    hers = school.client(school.learner_user)
    sharing = f"/certificates/{certificate.code}/share/"
    for address in (f"{sharing}{consent.uuid}/withdraw/", f"/certificates/{certificate.code}/hide/"):
        assert hers.get(address)["Location"] == sharing
        assert hers.put(address).status_code == 405
    consent.refresh_from_db()
    assert consent.withdrawn_at is None and not is_hidden(certificate)


# ---------------------------------------------------------------- what the page says of what is over, or hidden


def test_a_newer_certificate_that_is_hidden_is_not_named_on_the_page_of_the_old(
    school: School, certificate: Certificate
) -> None:
    _consent, token = share(certificate, scope="totals")
    newer = replaced(school, certificate)
    page = f"/verify/{certificate.code}?t={token}"
    assert newer.code in Client().get(page).content.decode()
    services.set_hidden(certificate=newer, by=school.learner_user, hidden=True)
    answer = Client().get(page)
    assert newer.code not in answer.content.decode()
    assert "Ask the graduate for the code of that one." in text_of(answer)


def test_a_link_that_is_over_says_until_when_it_opened(school: School, certificate: Certificate) -> None:
    her = school.client(school.learner_user)
    page = f"/certificates/{certificate.code}/share/"
    consent, _token = share(certificate, scope="totals")
    assert f"Opens until {consent.until_on:%-d %B %Y}." in text_of(her.get(page))
    over = datetime.combine(consent.until_on + timedelta(days=1), time(12), ZoneInfo(certificate.school.zone))
    with time_machine.travel(over, tick=False):
        her.force_login(school.learner_user, backend="accounts.backends.EmailBackend")
        assert f"Opened until {consent.until_on:%-d %B %Y}." in text_of(her.get(page))
    her.force_login(school.learner_user, backend="accounts.backends.EmailBackend")
    services.withdraw_consent(consent=consent, by=school.learner_user)
    said = text_of(her.get(page))
    assert f"Opened until you withdrew it on {certificate.today():%-d %B %Y}." in said
    assert "Opens until" not in said
