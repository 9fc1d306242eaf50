"""The API of organisations: keys, lines, idempotency, transcripts, and what is refused."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.services import ensure_user
from certification import limits
from certification.certificates.models import Certificate
from certification.codes import code_from_bits
from certification.verification import api_auth, probing, services
from certification.verification.models import ApiKey, Check, Disclosure
from certification.verification.offline import check_file, read_did_document
from certification.verification.services import set_hidden
from tests.sharing import share
from tests.verification.asking import a_key, college

pytestmark = pytest.mark.django_db
UNKNOWN = code_from_bits(777)


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def tidewater(certificate: Certificate) -> Any:
    return college()


@pytest.fixture
def secret(tidewater: Any) -> str:
    return a_key(*tidewater)[1]


def ask(secret: str, items: Any, idempotency_key: str = "", **headers: str) -> Any:
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    body = items if isinstance(items, dict) else {"items": items}
    return Client().post(
        "/api/v1/verifications",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}", **headers},
    )


def read(secret: str, certificate: Certificate) -> Any:
    return Client().get(
        f"/api/v1/records/{certificate.record.uuid}/transcript", headers={"Authorization": f"Bearer {secret}"}
    )


def is_problem(answer: Any, status: int) -> bool:
    return bool(answer.status_code == answer.json()["status"] == status) and answer["Content-Type"].startswith(
        "application/problem+json"
    )


def test_an_answer_and_its_receipt(certificate: Certificate, tidewater: Any, secret: str) -> None:
    share(certificate, party=tidewater[0])
    answer = ask(secret, [{"code": certificate.code, "name": "Jun", "claims": {"mfr": 360}}, {"code": UNKNOWN}])
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    told = answer.json()
    assert told["items"] == [
        {
            "code": certificate.code,
            "status": "valid",
            "name": "differs",
            "claims": {"mfr": "matches"},
            "kind": "completion",
            "credential": "A small program",
            "school": "Riverbend School",
            "issued_on": certificate.issued_on.isoformat(),
            "record": str(certificate.record.uuid),
        },
        {
            "code": UNKNOWN,
            "status": "unknown",
            "claims": {},
            "kind": None,
            "credential": None,
            "school": None,
            "issued_on": None,
        },
    ]
    trusted = read_did_document(Client().get("/.well-known/did.json").content.decode())
    assert check_file(told["receipt"].encode(), trusted, timezone.now()).holds
    assert Disclosure.objects.get().face == "api"
    assert ApiKey.objects.get().last_used_on == timezone.now().date()


def test_the_same_key_and_body_get_the_same_bytes(certificate: Certificate, secret: str) -> None:
    items = [{"code": certificate.code, "claims": {"z": 1, "mfr": 2, "a": 3}}]
    first = ask(secret, items, "order-17")
    graduate = certificate.record.learner.user
    assert graduate
    set_hidden(certificate=certificate, by=graduate, hidden=True)
    again = ask(secret, items, "order-17")
    assert again.content == first.content
    assert first.json()["items"][0]["status"] == "valid"
    assert is_problem(ask(secret, [{"code": UNKNOWN}], "order-17"), 422)
    assert ask(secret, items).json()["items"][0]["status"] == "unknown"
    assert Check.objects.count() == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"items": []},
        {"items": [{"code": UNKNOWN}] * 501},
        {"items": [{"name": "Jo"}]},
        {"items": [{"code": UNKNOWN, "nmae": "Jo"}]},
        {"items": [{"code": UNKNOWN, "claims": {"mfr": 1.5}}]},
        {"items": [{"code": UNKNOWN, "claims": {"mfr": "60"}}]},
        {"items": [{"code": UNKNOWN, "claims": {"mfr": -1}}]},
        {"items": [{"code": UNKNOWN, "claims": {"m\u0000r": 1}}]},
        {"items": [{"code": UNKNOWN, "name": "\ud800"}]},
        {"items": "all"},
    ],
)
def test_a_request_that_does_not_fit(certificate: Certificate, secret: str, body: dict[str, Any]) -> None:
    assert is_problem(ask(secret, body), 422)
    assert not Check.objects.exists()


def test_lines_that_are_no_code_are_named_by_their_place(certificate: Certificate, secret: str) -> None:
    wrong = certificate.code[:-1] + ("0" if certificate.code[-1] != "0" else "1")
    answer = ask(secret, [{"code": certificate.code}, {"code": "nonsense"}, {"code": wrong}])
    assert is_problem(answer, 422)
    assert [error["loc"][-2:] for error in answer.json()["errors"]] == [[1, "code"], [2, "code"]]


def test_no_key_that_does_not_work_and_none_in_an_address(
    certificate: Certificate, tidewater: Any, secret: str
) -> None:
    item = [{"code": certificate.code}]
    for wrong in ("", "palmar_" + "x" * 43, secret[:-1], secret + "x"):
        answer = ask(wrong, item)
        assert is_problem(answer, 401)
        assert answer["WWW-Authenticate"] == "Bearer"
    for name in ("key", "api_key", "access_token", "token"):
        sent = Client().post(
            f"/api/v1/verifications?{name}={secret}", json.dumps({"items": item}), content_type="application/json"
        )
        assert is_problem(sent, 401)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM verification_apikey")
        assert secret not in str(cursor.fetchall())
    key = ApiKey.objects.get()
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert is_problem(ask(secret, item), 401)
    services.revoke_key(key=key, by=tidewater[1])
    assert is_problem(ask(secret, item), 401)


def test_a_key_that_works_no_more_says_why_and_shuts_nobody_at_its_address_out(
    certificate: Certificate, tidewater: Any, secret: str
) -> None:
    """A program that was forgotten asks all night: the clerks of its college still check on the public page."""
    item = [{"code": certificate.code}]
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        for _call in range(limits.MISSES + 1):
            answer = ask(secret, item)
        assert is_problem(answer, 401)
        assert answer["WWW-Authenticate"] == "Bearer"
        assert "The last day of this key is over" in answer.json()["title"]
        assert Client().get(f"/verify/{certificate.code}/").status_code == 200
        for _call in range(api_auth.CALLS_OF_KEY - limits.MISSES):
            answer = ask(secret, item)
        assert is_problem(answer, 429), "it asks no more often than one that works"
    services.revoke_key(key=ApiKey.objects.get(), by=tidewater[1])
    cache.clear()
    assert "revoked" in ask(secret, item).json()["title"]
    for _call in range(limits.MISSES):
        assert is_problem(ask("palmar_" + "x" * 43, item), 401)
    assert Client().get(f"/verify/{certificate.code}/").status_code == 429, "one that never was is a guess"


def test_a_key_says_what_it_may_not_do(certificate: Certificate, tidewater: Any) -> None:
    reads = a_key(*tidewater, may_check=False, source_key="reads")[1]
    checks = a_key(*tidewater, may_transcript=False, source_key="checks")[1]
    refused = ask(reads, [{"code": certificate.code}])
    assert is_problem(refused, 403)
    assert "may not check certificates" in refused.json()["title"]
    refused = read(checks, certificate)
    assert is_problem(refused, 403)
    assert "may not read transcripts" in refused.json()["title"]
    assert not Check.objects.exists()


def test_who_was_stopped_replaces_no_key(tidewater: Any, secret: str) -> None:
    platform = ensure_user(email="platform@example.org", legal_name="Pia Platform", superuser=True)
    key = ApiKey.objects.get()
    stop = services.stop_checking(organisation=tidewater[0], by=platform, words="Its registration lapsed.")
    with pytest.raises(ValidationError):
        services.rotate_key(key=key, by=tidewater[1])
    services.lift_stop(stop=stop, by=platform)
    assert services.rotate_key(key=key, by=tidewater[1])[1]


def test_a_rotated_key_works_for_some_days_more(certificate: Certificate, tidewater: Any, secret: str) -> None:
    key = ApiKey.objects.get()
    fresh, newer = services.rotate_key(key=key, by=tidewater[1])
    assert (fresh.label, fresh.may_transcript, fresh.replaces) == (key.label, True, key)
    item = [{"code": certificate.code}]
    assert ask(secret, item, "k").content == ask(newer, item, "k").content, (
        "a retry after the change is the same request"
    )
    with pytest.raises(ValidationError):
        services.rotate_key(key=key, by=tidewater[1])
    with time_machine.travel(timezone.now() + services.OVERLAP + timedelta(minutes=1)):
        assert is_problem(ask(secret, item), 401)
        assert ask(newer, item).status_code == 200
    with pytest.raises(DatabaseError), transaction.atomic():
        ApiKey.objects.filter(pk=key.pk).update(ends_at=None)


def test_a_key_is_made_once_by_who_may(tidewater: Any) -> None:
    key, secret = a_key(*tidewater)
    assert len(secret) >= len("palmar_") + 43
    assert a_key(*tidewater) == (key, "")
    for wrong in (
        {"label": " "},
        {"may_check": False, "may_transcript": False},
        {"expires_on": key.expires_on.replace(2020)},
    ):
        with pytest.raises(ValidationError):
            a_key(*tidewater, **{"source_key": "other", **wrong})
    with pytest.raises(ValidationError):
        a_key(tidewater[0], college("inland")[1], source_key="theirs")
    with pytest.raises(ValidationError):
        services.revoke_key(key=key, by=college("inland")[1])


def test_each_scope_opens_its_call_alone(certificate: Certificate, tidewater: Any) -> None:
    share(certificate, party=tidewater[0])
    checks = a_key(*tidewater, may_transcript=False, source_key="1")[1]
    reads = a_key(*tidewater, may_check=False, source_key="2")[1]
    assert ask(checks, [{"code": certificate.code}]).status_code == 200
    assert is_problem(read(checks, certificate), 403)
    assert is_problem(ask(reads, [{"code": certificate.code}]), 403)
    assert read(reads, certificate).status_code == 200


def test_a_transcript_by_consent_alone(certificate: Certificate, tidewater: Any, secret: str) -> None:
    assert is_problem(read(secret, certificate), 404)
    share(certificate, party=college("inland")[0])
    share(certificate, party=tidewater[0], scope="totals")
    assert is_problem(read(secret, certificate), 404)
    assert not Disclosure.objects.exists()
    consent = share(certificate, party=tidewater[0])[0]
    answer = read(secret, certificate)
    assert answer.status_code == 200
    told = answer.json()
    assert told["certificate"]["code"] == certificate.code
    assert told["certificate"]["status"] == "valid"
    assert told["student"]["name"] == "Daniela Reyes"
    assert told["totals"]["total"]["counted"] == 600
    assert [one["course"] for one in told["courses"]] == ["MFR@1", "NMT@1"]
    assert "daniela@example.org" not in answer.content.decode()
    look = Disclosure.objects.get()
    assert (look.consent, look.face, look.told) == (consent, "api", "valid, clr")
    services.withdraw_consent(consent=consent, by=consent.granted_by)
    assert is_problem(read(secret, certificate), 404)


def test_too_many_calls_and_wrong_keys_wait(
    certificate: Certificate, tidewater: Any, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = [{"code": certificate.code}]
    monkeypatch.setattr(api_auth, "CALLS_OF_KEY", 2)
    other = a_key(*tidewater, source_key="2")[1]
    with time_machine.travel("2026-11-29T10:00:05Z", tick=False):
        assert [ask(secret, item).status_code for _ in range(3)] == [200, 200, 429]
        slow = ask(secret, item)
        assert is_problem(slow, 429)
        assert 0 < int(slow["Retry-After"]) <= 60
        assert ask(other, item).status_code == 200, "each key has turns of its own"
        monkeypatch.setattr(api_auth, "CALLS_OF_ORGANISATION", 3)
        assert ask(other, item).status_code == 429, "and all keys together those of their organisation"
    with time_machine.travel("2026-11-29T10:01:05Z", tick=False):
        assert ask(secret, item).status_code == 200
    monkeypatch.setattr(limits, "MISSES", 2)
    assert [ask("palmar_wrong", item).status_code for _ in range(3)] == [401, 401, 429]


def test_a_program_that_guesses_is_told_why_it_gets_no_answers(tidewater: Any, secret: str) -> None:
    guesses = [{"code": code_from_bits(number)} for number in range(1000, 1000 + probing.MISSES + 1)]
    assert ask(secret, guesses).status_code == 200
    slow = ask(secret, guesses[:1])
    assert is_problem(slow, 429)
    assert "The schools concerned are told" in slow.json()["title"]
    assert int(slow["Retry-After"]) > probing.SLOWED.total_seconds() - 60
