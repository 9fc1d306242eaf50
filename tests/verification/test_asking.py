"""What an organisation asks and is told, what is kept of it, who is slowed down; and the receipt that proves it."""

import json
import string
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from certification.certificates.models import Certificate
from certification.certificates.services import revoke_certificate
from certification.codes import code_from_bits
from certification.keys.models import SigningKey
from certification.keys.selectors import document_of
from certification.keys.services import compromise_key, rotate_key
from certification.records.services import ensure_log, make_checkpoint
from certification.verification import probing, services, tool
from certification.verification.models import Check, CheckedItem, Consent, Disclosure, ProbingAlert
from certification.verification.offline import Keyring, UnreadableError, check_file, kind_of, read_did_document
from certification.verification.offline.receipt import name_digest
from certification.verification.selectors import asked_and_told, checks_of, lines_of, receipt_of
from certification.verification.services import BadLinesError, OtherRequestError, SlowedDownError, set_hidden
from certification.verification.services.receipts import platform_did
from certification.verification.verdicts import Asked
from notices.models import Message
from tests.sharing import share
from tests.verification.asking import a_key, ask, college
from tests.worlds import School

pytestmark = pytest.mark.django_db
UNKNOWN = code_from_bits(777)
CLAIMS = {"mfr": 360, "total": 601}


@pytest.fixture
def tidewater(certificate: Certificate) -> tuple[Organisation, User]:
    return college()


def one(check: Check) -> dict[str, Any]:
    return asked_and_told(lines_of(check)[0])["told"]


# ---------------------------------------------------------------- what is told


def test_without_consent_no_more_than_anyone_may_know(certificate: Certificate, tidewater: Any) -> None:
    told = one(ask(*tidewater, Asked(certificate.code.lower().replace("-", " "), "daniela reyes", CLAIMS)))
    assert told == {
        "status": "valid",
        "name": "match",
        "claims": {"mfr": "not_consented", "total": "not_consented"},
        "kind": "completion",
        "credential": "A small program",
        "school": "Riverbend School",
        "issued_on": certificate.issued_on.isoformat(),
    }
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize(
    ("scope", "mfr", "total", "opens"),
    [
        ("status", "not_consented", "not_consented", False),
        ("totals", "matches", "differs", False),
        ("transcript", "matches", "differs", True),
    ],
)
def test_consent_opens_claims_and_record_by_its_scope(
    certificate: Certificate, tidewater: Any, scope: str, mfr: str, total: str, opens: bool
) -> None:
    consent, _token = share(certificate, party=tidewater[0], scope=scope)
    told = one(ask(*tidewater, Asked(certificate.code, claims=CLAIMS)))
    assert told["claims"] == {"mfr": mfr, "total": total}
    assert told.get("record") == (str(certificate.record.uuid) if opens else None)
    look = Disclosure.objects.get()
    assert (look.consent, look.face, look.who) == (consent, "desk", "Tidewater College")
    assert look.told == ("valid" if scope == "status" else "valid, claims_match, claims_differ")


def test_a_consent_to_another_opens_nothing(certificate: Certificate, tidewater: Any) -> None:
    share(certificate, party=college("inland")[0])
    share(certificate)  # a link opens to whoever holds it, and nobody held it here
    assert one(ask(*tidewater, Asked(certificate.code, claims=CLAIMS)))["claims"]["mfr"] == "not_consented"


def test_hidden_is_told_as_unknown_by_as_many_queries(certificate: Certificate, tidewater: Any) -> None:
    graduate = certificate.record.learner.user
    assert graduate
    set_hidden(certificate=certificate, by=graduate, hidden=True)
    ask(*tidewater, Asked(UNKNOWN), key="the first of all, which makes the platform's key")
    asked = []
    for number, code in enumerate((certificate.code, UNKNOWN)):
        with CaptureQueriesContext(connection) as queries:
            check = ask(*tidewater, Asked(code, "Daniela Reyes", CLAIMS), key=f"k{number}")
        asked.append((one(check), [query["sql"].split(" ")[0] for query in queries.captured_queries]))
    assert asked[0] == asked[1]
    assert asked[0][0]["status"] == "unknown"
    assert asked[0][0]["school"] is None
    share(certificate, party=tidewater[0], scope="status")
    assert one(ask(*tidewater, Asked(certificate.code), key="k3"))["status"] == "valid"


def test_revoked_is_told(school: School, certificate: Certificate, tidewater: Any) -> None:
    revoke_certificate(certificate=certificate, by=school.admin, reason="fraud", on=certificate.today())
    assert one(ask(*tidewater, Asked(certificate.code)))["status"] == "revoked"


def test_the_graduate_sees_who_asked_and_what_they_were_told(
    certificate: Certificate, tidewater: Any, django_assert_num_queries: Any
) -> None:
    graduate = certificate.record.learner.user
    assert graduate
    ask(*tidewater, Asked(certificate.code, "Daniela Reyes", {"mfr": 1}))
    set_hidden(certificate=certificate, by=graduate, hidden=True)
    ask(*tidewater, Asked(certificate.code), key="two")
    with django_assert_num_queries(1):
        found = [
            (line.check_of.organisation.name, line.status, line.name, line.told) for line in checks_of(certificate)
        ]
    assert found == [
        ("Tidewater College", "unknown", "", {}),
        ("Tidewater College", "valid", "match", {"mfr": "not_consented"}),
    ]


def test_of_a_name_nothing_is_kept_but_a_salted_digest(certificate: Certificate, tidewater: Any) -> None:
    check = ask(*tidewater, Asked(certificate.code, "Xaver Stranger"))
    with connection.cursor() as cursor:
        for table in ("verification_check", "verification_checkeditem", "verification_receipt"):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "xaver" not in str(cursor.fetchall()).lower()
    claims = claims_of(receipt_of(check).token)
    assert claims["rows"][0]["asked"]["name_sha256"] == name_digest(claims["salt"], " xaver STRANGER")


# ---------------------------------------------------------------- refused


def test_bad_lines_are_named_and_nothing_is_kept(certificate: Certificate, tidewater: Any) -> None:
    with pytest.raises(BadLinesError) as refused:
        ask(*tidewater, Asked(certificate.code), Asked("nonsense"), Asked(certificate.code, claims={"mfr": -1}))
    assert [(line.position, line.field) for line in refused.value.lines] == [(1, "code"), (2, "claims")]
    with pytest.raises(BadLinesError):
        ask(*tidewater)
    assert not Check.objects.exists()


def test_only_who_asks_for_an_organisation_asks(certificate: Certificate, tidewater: Any, school: School) -> None:
    for stranger in (school.registrar, school.learner_user, college("inland")[1]):
        with pytest.raises(ValidationError):
            ask(tidewater[0], stranger, Asked(certificate.code))
    assert ask(school.school, school.registrar, Asked(certificate.code)).items == 1


def test_the_same_request_is_answered_once(certificate: Certificate, tidewater: Any) -> None:
    first = ask(*tidewater, Asked(certificate.code, "Jo"))
    assert ask(*tidewater, Asked(certificate.code, "Jo")) == first
    with pytest.raises(OtherRequestError):
        ask(*tidewater, Asked(certificate.code, "Jon"))
    assert ask(*college("inland"), Asked(certificate.code, "Jon")) != first, "another organisation's own"
    assert Check.objects.count() == 2


def test_raw_sql_changes_nothing_of_a_check(certificate: Certificate, tidewater: Any) -> None:
    key = a_key(*tidewater)[0]
    inland = college("inland")
    check = ask(*tidewater, Asked(certificate.code))
    ask(*inland, Asked(certificate.code))
    attacks = [
        "UPDATE verification_check SET misses = 9",
        "UPDATE verification_checkeditem SET status = 'revoked'",
        "DELETE FROM verification_checkeditem",
        "DELETE FROM verification_receipt",
        f"UPDATE verification_apikey SET organisation_id = {inland[0].pk}",
        "UPDATE verification_apikey SET may_transcript = false, expires_on = '2099-01-01'",
        # a key of another organisation, and a line about the certificate of another code
        "INSERT INTO verification_check (uuid, organisation_id, key_id, face, asked_at, request_key, request_digest, items,"
        f" misses) SELECT '{'0' * 32}', {inland[0].pk}, {key.pk}, 'api', asked_at, 'x', 'y', 1, 0 FROM verification_check"
        f" WHERE id = {check.pk}",
        "INSERT INTO verification_checkeditem (check_id, position, code, name_sha256, claims, status, name, told,"
        f" told_record, certificate_id) SELECT check_id, 2, '{UNKNOWN}', name_sha256, claims, status, name, told,"
        f" told_record, certificate_id FROM verification_checkeditem WHERE check_id = {check.pk}",
    ]
    for attack in attacks:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)


# ---------------------------------------------------------------- how much it costs


def test_two_thousand_codes_in_few_queries(certificate: Certificate, tidewater: Any) -> None:
    share(certificate, party=tidewater[0])
    items = [Asked(certificate.code, "Daniela Reyes", CLAIMS)] * 2000
    began = time.monotonic()
    with CaptureQueriesContext(connection) as queries:
        check = ask(*tidewater, *items)
    # Ten thousand are four such chunks: three queries more for each of the other three.
    assert len(queries) <= 32, [query["sql"][:90] for query in queries.captured_queries]
    assert time.monotonic() - began < 20
    assert (check.items, check.misses, CheckedItem.objects.count()) == (2000, 0, 2000)
    assert Disclosure.objects.count() == 2000


# ---------------------------------------------------------------- guessing


def test_who_guesses_is_slowed_down_and_told_of(
    certificate: Certificate, tidewater: Any, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "MISSES", 5)
    wrong = [Asked(certificate.code, f"Guess {number}") for number in range(3)]
    ask(*tidewater, *wrong)
    ask(*tidewater, *[Asked(certificate.code)] * 5, key="honest")
    assert not ProbingAlert.objects.exists()
    ask(*tidewater, *wrong, key="more")
    alert = ProbingAlert.objects.get()
    assert (alert.asked, alert.misses) == (11, 6)
    with pytest.raises(SlowedDownError) as slowed:
        ask(*tidewater, Asked(certificate.code), key="next")
    assert 0 < slowed.value.wait <= probing.SLOWED.total_seconds()
    assert ask(*college("inland"), Asked(certificate.code)), "others ask on"
    mails = Message.objects.filter(key__startswith="probing:")
    assert {mail.user for mail in mails} == {school.admin, school.registrar, school.second_registrar}
    mail = mails[0]
    assert "Tidewater College asked about 11 codes" in mail.body
    with time_machine.travel(alert.until + timedelta(seconds=1)):
        assert ask(*tidewater, *wrong, key="later"), "what it was slowed for is paid"
    assert ProbingAlert.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "misses", "probes"),
    [(61, 61, True), (60, 60, False), (10_000, 61, False), (10_000, 1501, True), (200, 61, True), (204, 61, False)],
)
def test_from_when_on_it_is_guessing(asked: int, misses: int, probes: bool) -> None:
    assert probing.is_probing(asked=asked, misses=misses) is probes


# ---------------------------------------------------------------- the receipt


def claims_of(token: str) -> dict[str, Any]:
    import base64

    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def keys() -> Keyring:
    return read_did_document(json.dumps(document_of(platform_did())))


def test_a_receipt_is_proved_by_file_alone_also_after_a_rotation(certificate: Certificate, tidewater: Any) -> None:
    point = make_checkpoint(log=ensure_log(school=certificate.school), reason="asked")
    check = ask(*tidewater, Asked(certificate.code, "Daniela Reyes", CLAIMS), Asked(UNKNOWN))
    token, file = receipt_of(check).token, services.receipt_file(check=check)
    rotate_key(purpose="token", name=platform_did())
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        trusted = keys()
        with CaptureQueriesContext(connection) as queries:
            found = [
                check_file(data, trusted, timezone.now()) for data in (token.encode(), file, token.encode() + b"\n")
            ]
        assert not queries.captured_queries
    for outcome in found:
        assert outcome.holds, outcome.checks
        assert outcome.kind == "receipt"
        assert "Tidewater College" in outcome.about
        notes = "\n".join(outcome.notes)
        assert f"{certificate.code}: valid, completion, name match, mfr 360 min not_consented" in notes
        assert f"{UNKNOWN}: unknown" in notes
        assert point and f"{point.log.origin}, size {point.size}, root {point.root}" in notes
        assert "nothing of today" in notes
    assert not check_file(token.encode(), Keyring(), timezone.now()).holds
    assert kind_of(file) == kind_of(token.encode()) == "receipt"


def test_no_checkpoint_tells_of_the_school_of_a_hidden_code(certificate: Certificate, tidewater: Any) -> None:
    make_checkpoint(log=ensure_log(school=certificate.school), reason="asked")
    graduate = certificate.record.learner.user
    assert graduate
    set_hidden(certificate=certificate, by=graduate, hidden=True)
    assert claims_of(receipt_of(ask(*tidewater, Asked(certificate.code))).token)["checkpoints"] == []


def holds(data: bytes, trusted: Keyring) -> bool:
    try:
        return check_file(data, trusted, timezone.now()).holds
    except UnreadableError:
        return False


def test_no_forgery_of_one_byte_of_a_receipt_holds(certificate: Certificate, tidewater: Any) -> None:
    token, trusted = receipt_of(ask(*tidewater, Asked(certificate.code, "Jo"))).token.encode(), keys()
    assert holds(token, trusted)
    for place in range(0, len(token), 7):
        for bit in (1, 4, 32):
            forged = token[:place] + bytes([token[place] ^ bit]) + token[place + 1 :]
            assert not holds(forged, trusted), (place, bit)
    signs = f"{string.ascii_letters}{string.digits}-_".encode()
    others = [token[:-1] + bytes([sign]) for sign in signs if sign != token[-1]]
    assert not any(holds(forged, trusted) for forged in others), "not even in the spare bits of the last sign"


def test_lines_beside_a_long_receipt_are_bound_by_it(
    certificate: Certificate, tidewater: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from certification.verification.offline import receipt
    from certification.verification.services import receipts

    monkeypatch.setattr(receipt, "MOST_INSIDE", 2)
    monkeypatch.setattr(receipts, "MOST_INSIDE", 2)
    check = ask(*tidewater, *[Asked(certificate.code, claims=CLAIMS)] * 2, Asked(UNKNOWN))
    file, trusted = services.receipt_file(check=check), keys()
    token = receipt_of(check).token
    assert "rows" not in claims_of(token)
    assert holds(file, trusted)
    bare = check_file(token.encode(), trusted, timezone.now())
    assert bare.holds
    assert [one.holds for one in bare.checks if one.name == "answers"] == [None]
    told = json.loads(file)
    for change in (
        lambda rows: rows[0]["told"].update(status="revoked"),
        lambda rows: rows[2]["asked"].update(code=certificate.code),
        lambda rows: rows.pop(),
        lambda rows: rows.append(rows[0]),
        lambda rows: rows.reverse(),
    ):
        forged = json.loads(file)
        change(forged["rows"])
        assert not holds(json.dumps(forged).encode(), trusted)
    assert not holds(json.dumps({**told, "says": "all is well"}).encode(), trusted), "what nobody signed"
    start = file.index(b'"rows"')
    for place in range(start, len(file), 11):
        forged_file = file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
        try:
            same = json.loads(forged_file) == told
        except ValueError:
            same = False
        assert same or not holds(forged_file, trusted), place


def test_a_receipt_passes_for_no_credential_and_no_credential_for_a_receipt(
    certificate: Certificate, tidewater: Any
) -> None:
    from certification.keys.proofs import jws
    from certification.keys.proofs.integrity import BadProofError

    token, trusted = receipt_of(ask(*tidewater, Asked(certificate.code))).token, keys()
    with pytest.raises(BadProofError):
        jws.verify_jwt(token, lambda method: trusted.rsa(method)[0])


def test_after_a_leak_the_receipt_is_signed_anew(certificate: Certificate, tidewater: Any) -> None:
    check = ask(*tidewater, Asked(certificate.code))
    old = receipt_of(check)
    assert services.receipt_to_hand_out(check=check) == old
    compromise_key(key=SigningKey.objects.get(name=platform_did()))
    assert not holds(old.token.encode(), keys())
    fresh = services.receipt_to_hand_out(check=check)
    assert services.receipt_to_hand_out(check=check) == fresh
    assert holds(fresh.token.encode(), keys())
    assert claims_of(fresh.token) == claims_of(old.token)


def test_a_withdrawn_consent_opens_nothing_more(certificate: Certificate, tidewater: Any) -> None:
    consent: Consent = share(certificate, party=tidewater[0])[0]
    assert one(ask(*tidewater, Asked(certificate.code, claims=CLAIMS)))["claims"]["mfr"] == "matches"
    services.withdraw_consent(consent=consent, by=consent.granted_by)
    assert one(ask(*tidewater, Asked(certificate.code, claims=CLAIMS), key="2"))["claims"]["mfr"] == "not_consented"


def test_the_command_and_the_single_file_prove_a_receipt(
    certificate: Certificate, tidewater: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check = ask(*tidewater, Asked(certificate.code, "Daniela Reyes"))
    file, did, single = tmp_path / "receipt.json", tmp_path / "did.json", tmp_path / tool.NAME
    file.write_bytes(services.receipt_file(check=check))
    did.write_text(json.dumps(document_of(platform_did())))
    single.write_bytes(tool.single_file())
    call_command("verify_credential", str(file))
    assert "it holds" in capsys.readouterr().out, "by this installation's own key file"
    bare = tmp_path / "receipt.jwt"
    bare.write_text(receipt_of(check).token)
    call_command("verify_credential", str(bare), did=[str(did)])
    assert "Tidewater College" in capsys.readouterr().out
    done = subprocess.run(
        [sys.executable, str(single), str(file), "--did", str(did)], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{certificate.code}: valid, completion, name match" in done.stdout
    file.write_bytes(file.read_bytes().replace(b'"token":"eyJ', b'"token":"eyK'))
    with pytest.raises(SystemExit):
        call_command("verify_credential", str(file), did=[str(did)])
