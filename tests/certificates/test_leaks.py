"""After a leak all is signed anew and the old bytes stay; lists are served as they were signed last, and signed by no GET."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from certification.certificates import services, status
from certification.certificates.models import Certificate, FileSigning, StatusList
from certification.certificates.selectors import lags_of, to_sign_anew
from certification.certificates.services import lists, papers, rounds
from certification.keys import keyfile
from certification.keys.models import AddedSignature, SigningKey
from certification.keys.proofs import integrity
from certification.keys.proofs.integrity import BadProofError
from certification.keys.rules import BadNoteError, NamedKey, open_note
from certification.keys.selectors import keys_in
from certification.keys.services import KeyFileError, compromise_key, rotate_key
from certification.records.models import Checkpoint
from certification.records.services import sign_checkpoints_again
from notices.models import Message
from tests.certificates.making import replaced
from tests.worlds import School

pytestmark = pytest.mark.django_db


def did_of(certificate: Certificate) -> str:
    return lists.school_did(certificate.school)


def leak(certificate: Certificate, purpose: str = "credential") -> SigningKey:
    """The key in use leaks; the new one."""
    return compromise_key(key=SigningKey.objects.get(purpose=purpose, name=did_of(certificate), retired_at=None))


def body_of(certificate: Certificate, format_: str, version: int = 1) -> bytes:
    return bytes(certificate.documents.get(format=format_, version=version).body)


def ed25519(certificate: Certificate) -> Any:
    return keys_in(Client().get(f"/schools/{certificate.school.slug}/did.json").json())[0]


# ---------------------------------------------------------------- files


def test_it_is_known_which_keys_signed(certificate: Certificate) -> None:
    signing = FileSigning.objects.get()
    assert (signing.certificate, signing.version) == (certificate, 1)
    for purpose, key in (
        ("credential", signing.credential_key),
        ("token", signing.token_key),
        ("seal", signing.seal_key),
    ):
        assert (key.purpose, key.name, key.retired_at) == (purpose, did_of(certificate), None)


@pytest.mark.parametrize("purpose", ["credential", "token", "seal"])
def test_after_a_leak_new_files_stand_beside_the_old_bytes(certificate: Certificate, purpose: str) -> None:
    old = {found.format: bytes(found.body) for found in certificate.documents.all()}
    leak(certificate, purpose)
    assert services.sign_anew() == (1, 0)
    assert certificate.documents.count() == 12
    for format_, body in old.items():
        assert body_of(certificate, format_, 1) == body
        # A token by a key that did not leak is the same, byte for byte; all else tells when it was signed.
        assert (body_of(certificate, format_, 2) != body) == (format_ != "jwt" or purpose == "token")
    before, after = (json.loads(body_of(certificate, "json", version)) for version in (1, 2))
    assert {**after, "proof": None} == {**before, "proof": None}, "the same credential, signed by another key"
    assert integrity.verify(after, ed25519(certificate))


def test_a_leaked_keys_files_stop_verifying_and_the_new_ones_verify(certificate: Certificate) -> None:
    leak(certificate)
    services.sign_anew()
    with pytest.raises(BadProofError, match="is not known"):
        integrity.verify(json.loads(body_of(certificate, "json", 1)), ed25519(certificate))
    assert integrity.verify(json.loads(body_of(certificate, "json", 2)), ed25519(certificate))


def test_downloads_serve_the_newest_and_pages_list_the_old_by_hash(school: School, certificate: Certificate) -> None:
    old = certificate.documents.get(format="pdf")
    leak(certificate)
    services.sign_anew()
    client = school.client(school.learner_user)
    served = client.get(f"/certificates/{certificate.code}.pdf").content
    assert served == body_of(certificate, "pdf", 2)
    for page in (
        client.get("/certificates/"),
        school.client(school.registrar).get(f"/desk/certificates/{certificate.record.uuid}/"),
    ):
        said = page.content.decode()
        assert old.sha256 in said
        assert said.count(f'href="/certificates/{certificate.code}.jwt"') == 1


def test_it_is_done_once_and_she_is_told_once(certificate: Certificate) -> None:
    assert services.sign_anew() == (0, 0), "nothing leaked"
    services.make_documents_anew(certificate=certificate)
    assert certificate.documents.count() == 6
    leak(certificate)
    services.sign_anew()
    assert services.sign_anew() == (0, 0)
    assert len(services.make_documents_anew(certificate=certificate)) == 6
    assert certificate.documents.count() == 12
    assert Message.objects.filter(key__contains=":signed-anew:").count() == 1
    leak(certificate)
    services.sign_anew()
    assert certificate.documents.count() == 18
    assert Message.objects.filter(key__contains=":signed-anew:").count() == 2, "a second leak is a second story"


def test_a_revoked_one_is_signed_anew_and_nobody_is_told(school: School, certificate: Certificate) -> None:
    services.revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=certificate.today())
    leak(certificate)
    assert services.sign_anew() == (1, 0), "outsiders must still see that it was revoked"
    assert not Message.objects.filter(key__contains=":signed-anew:").exists()


def test_a_closed_account_gets_no_mail_of_new_files(school: School, certificate: Certificate) -> None:
    User.objects.filter(pk=school.learner_user.pk).update(is_active=False)
    leak(certificate)
    assert services.sign_anew() == (1, 0)
    assert not Message.objects.filter(key__contains=":signed-anew:").exists()


def test_the_notice_of_a_revocation_is_sealed_anew_once(school: School, certificate: Certificate) -> None:
    services.revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=certificate.today())
    first = services.make_notice(certificate=certificate)
    assert first is not None
    leak(certificate, "token")
    assert services.sign_anew() == (1, 0), "a notice bears a seal alone"
    leak(certificate, "seal")
    assert services.sign_anew() == (2, 0)
    assert services.sign_anew() == (0, 0)
    notices = {one.version: bytes(one.body) for one in certificate.documents.filter(format="notice")}
    assert set(notices) == {1, 2} and notices[1] == bytes(first.body) != notices[2]
    served = school.client(school.registrar).get(f"/certificates/{certificate.code}/notice.pdf").content
    assert served == notices[2]
    again = services.make_notice_anew(certificate=certificate)
    assert again is not None and again.version == 2
    leak(certificate, "seal")
    ran("sign_anew")
    assert certificate.documents.filter(format="notice").count() == 3


def test_a_round_of_broken_ones_keeps_no_other_waiting(
    school: School, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "A_ROUND", 1)
    monkeypatch.setattr(papers, "A_ROUND", 1)
    second = replaced(school, certificate)
    third = replaced(school, second)
    known = papers._bodies

    def refusing(one: Certificate, now: Any) -> dict[str, bytes]:
        if one.pk in broken:
            raise integrity.UnsignableError("no context defines it")
        return known(one, now)

    monkeypatch.setattr(papers, "_bodies", refusing)
    broken = {second.pk}
    assert services.due_papers() == 1
    assert third.documents.count() == 6
    leak(certificate)
    broken = {certificate.pk}
    assert services.sign_anew(limit=1) == (1, 1)
    assert third.documents.count() == 12


def test_a_rotation_signs_nothing_anew(certificate: Certificate) -> None:
    rotate_key(purpose="credential", name=did_of(certificate))
    assert services.sign_anew() == (0, 0)
    assert integrity.verify(json.loads(body_of(certificate, "json")), ed25519(certificate))


def test_one_that_fails_keeps_no_other_waiting_and_a_lost_key_ends_the_round(
    school: School, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replaced(school, certificate)
    services.make_documents(certificate=other)
    leak(certificate)
    known = papers._bodies

    def refusing(one: Certificate, now: Any) -> dict[str, bytes]:
        if one.pk == certificate.pk:
            raise integrity.UnsignableError("no context defines it")
        return known(one, now)

    monkeypatch.setattr(papers, "_bodies", refusing)
    assert services.sign_anew() == (1, 1)
    assert list(to_sign_anew()) == [certificate]
    monkeypatch.setattr(papers, "_bodies", known)

    def gone(kid: str) -> dict[str, Any]:
        raise KeyFileError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(keyfile, "private_jwk", gone)
        assert services.sign_anew() == (0, 1)
        assert certificate.documents.count() == 6
    assert services.sign_anew() == (1, 0)


def test_a_key_that_changes_meanwhile_leaves_no_mixture(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    leak(certificate)
    known, times = papers._bodies, []

    def rotating(one: Certificate, now: Any) -> dict[str, bytes]:
        bodies = known(one, now)
        times.append(1)
        if len(times) == 1:
            rotate_key(purpose="credential", name=did_of(certificate))
        return bodies

    monkeypatch.setattr(papers, "_bodies", rotating)
    services.sign_anew()
    assert len(times) == 2
    signing = FileSigning.objects.get(version=2)
    badge = json.loads(body_of(certificate, "json", 2))
    assert badge["proof"][0]["verificationMethod"] == signing.credential_key.method


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE certificates_certificatedocument SET version = 2",
        "UPDATE certificates_filesigning SET version = 9",
        "DELETE FROM certificates_filesigning",
        "INSERT INTO certificates_filesigning (certificate_id, version, credential_key_id, token_key_id, seal_key_id, "
        "made_at) SELECT certificate_id, 7, credential_key_id, token_key_id, seal_key_id, made_at "
        "FROM certificates_filesigning",
    ],
)
def test_the_database_keeps_versions(certificate: Certificate, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# ---------------------------------------------------------------- by command


def ran(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_command_signs_all_anew_and_says_how_far_it_is(certificate: Certificate) -> None:
    assert "sign_anew" in ran("rotate_key", did_of(certificate), "--leaked")
    assert ran("sign_anew", "--left") == "1 certificates to sign anew\n"
    assert "1 of 1 certificates signed anew" in ran("sign_anew", "--school", "riverbend")
    assert ran("sign_anew", "--left") == "0 certificates to sign anew\n"
    with pytest.raises(CommandError, match="no school") as refused:
        ran("sign_anew", "--school", "nowhere")
    assert refused.value.returncode == 2


def test_the_command_fails_while_a_key_is_away(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    leak(certificate)
    monkeypatch.setattr(keyfile, "rsa_key", lambda kid: (_ for _ in ()).throw(KeyFileError("gone")))
    with pytest.raises(CommandError, match="could not be signed anew") as refused:
        ran("sign_anew")
    assert refused.value.returncode == 1


# ---------------------------------------------------------------- checkpoints


def test_a_leaked_log_key_is_trusted_no_more_and_checkpoints_get_another_signature(certificate: Certificate) -> None:
    log = certificate.school.hour_log
    checkpoint = Checkpoint.objects.get()
    assert sign_checkpoints_again(log=log) == 0, "nothing leaked"
    where = f"/checkpoints/{certificate.school.slug}"
    old = Client().get(f"{where}/keys").content.decode()
    assert "tell the log's witnesses" in ran("rotate_key", log.origin, "--leaked")
    new = Client().get(f"{where}/keys").content.decode()
    assert old not in new, "a key that leaked is listed no more"
    trusted = NamedKey.from_verifier(new.strip())
    with pytest.raises(BadNoteError):
        open_note(Client().get(f"{where}/{checkpoint.size}").content.decode(), [trusted])
    assert "1 checkpoints carry" in ran("sign_anew")
    assert sign_checkpoints_again(log=log) == 1
    assert AddedSignature.objects.count() == 1
    served = Client().get(f"{where}/{checkpoint.size}").content.decode()
    assert served.startswith(checkpoint.note), "the note stays as it went out"
    assert open_note(served, [trusted]) == open_note(checkpoint.note, [NamedKey.from_verifier(old.strip())])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE keys_addedsignature SET line = ''")


# ---------------------------------------------------------------- status lists


def test_a_get_signs_nothing(school: School, certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    found = StatusList.objects.get()
    before = found.body
    assert before, "it was signed with the first files that name it"
    services.revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=certificate.today())
    monkeypatch.setattr(lists.keys, "sign_document", lambda *a, **k: pytest.fail("a GET signed"))
    with CaptureQueriesContext(connection) as seen:
        answer = Client().get(f"/status/{found.uuid}")
    assert (answer.status_code, answer.content.decode(), len(seen)) == (200, before, 1)


def test_a_revocation_asks_for_the_signature_at_once(
    school: School, certificate: Certificate, django_capture_on_commit_callbacks: Any
) -> None:
    found = StatusList.objects.get()
    before = found.signed_at
    with django_capture_on_commit_callbacks(execute=True):
        services.revoke_certificate(
            certificate=certificate, by=school.registrar, reason="fraud", on=certificate.today()
        )
        found.refresh_from_db()
        assert (found.stale, found.signed_at) == (True, before)
    found.refresh_from_db()
    assert (found.stale, found.stale_since) == (False, None)
    place = certificate.status_places.get(part="certificate").place
    assert status.is_set(json.loads(found.body)["credentialSubject"]["encodedList"], place)


def test_a_new_list_is_signed_at_once(certificate: Certificate, django_capture_on_commit_callbacks: Any) -> None:
    StatusList.objects.filter(pk=StatusList.objects.get().pk)
    with django_capture_on_commit_callbacks(execute=True):
        fresh = StatusList.objects.create(school=certificate.school, number=2)
        lists._sign_soon(fresh)
    fresh.refresh_from_db()
    assert fresh.body


def test_when_the_worker_is_dead_for_a_day(school: School, certificate: Certificate, time_machine: Any) -> None:
    """The old list is handed out for 24 hours; then none is, and the desk says so long before."""
    found = StatusList.objects.get()
    at = found.signed_at
    assert at
    time_machine.move_to(at, tick=False)
    services.revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=certificate.today())
    desk = "/desk/certificates/"

    def said() -> str:
        return school.client(school.registrar).get(desk).content.decode()

    assert "Signing lags behind" not in said()
    time_machine.move_to(at + timedelta(minutes=16), tick=False)
    assert "they see none at all" in said()
    time_machine.move_to(at + timedelta(hours=23, minutes=59), tick=False)
    assert Client().get(f"/status/{found.uuid}").status_code == 200
    time_machine.move_to(at + timedelta(hours=24), tick=False)
    late = Client().get(f"/status/{found.uuid}")
    assert (late.status_code, late["Retry-After"], late["Cache-Control"]) == (503, "300", "no-store")
    assert late["Access-Control-Allow-Origin"] == "*"
    assert services.due_lists() == 1
    assert Client().get(f"/status/{found.uuid}").status_code == 200
    assert "1 notice of revocation" in said()
    assert services.due_notices() == 1
    assert "Signing lags behind" not in said()
    assert "Signing lags" not in school.client(school.foreign_registrar).get(desk).content.decode()


def test_a_list_is_signed_every_six_hours_by_the_tick(certificate: Certificate, time_machine: Any) -> None:
    at = StatusList.objects.get().signed_at
    assert at
    time_machine.move_to(at + timedelta(hours=5, minutes=59), tick=False)
    assert services.due_lists() == 0
    time_machine.move_to(at + status.SIGNED_EVERY, tick=False)
    assert services.due_lists() == 1


def test_a_list_that_a_leaked_key_signed_is_due(certificate: Certificate) -> None:
    leak(certificate)
    found = StatusList.objects.get()
    with pytest.raises(BadProofError):
        integrity.verify(json.loads(found.body), ed25519(certificate))
    assert services.due_lists() == 1
    found.refresh_from_db()
    assert integrity.verify(json.loads(found.body), ed25519(certificate))
    assert services.due_lists() == 0


def test_the_desk_says_what_is_still_to_be_signed_anew(school: School, certificate: Certificate) -> None:
    leak(certificate)
    (lag,) = lags_of([school.school], now=timezone.now())
    assert (lag.to_sign_anew, lag.notices, lag.late_lists) == (1, 0, 0)
    said = school.client(school.registrar).get("/desk/certificates/").content.decode()
    assert "are still to be signed anew" in said or "is still to be signed anew" in " ".join(said.split())
    with CaptureQueriesContext(connection) as seen:
        lags_of([school.school], now=timezone.now())
    assert len(seen) == 3


def test_the_desk_counts_notices_that_wait_for_a_seal(
    school: School, certificate: Certificate, time_machine: Any
) -> None:
    services.revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=certificate.today())
    services.due_lists()
    at = Certificate.objects.get(pk=certificate.pk).revocation.at
    time_machine.move_to(at + status.LATE - timedelta(seconds=1), tick=False)
    assert not lags_of([school.school], now=timezone.now()), "the task queue is given its time"
    time_machine.move_to(at + status.LATE, tick=False)
    (lag,) = lags_of([school.school, school.other_school], now=timezone.now())
    assert (lag.school, lag.to_sign_anew, lag.notices, lag.late_lists) == (school.school, 0, 1, 0)
    page = school.client(school.registrar).get("/desk/certificates/").content.decode()
    assert "1 notice of revocation of Riverbend School is still to be sealed" in page
    assert services.due_notices() == 1
    assert not lags_of([school.school], now=timezone.now())
    leak(certificate, "seal")
    (lag,) = lags_of([school.school], now=timezone.now())
    assert (lag.to_sign_anew, lag.notices) == (1, 1), "sealed while the key that leaked was in use"
    time_machine.move_to(at + status.LATE + timedelta(seconds=1), tick=False)
    assert services.sign_anew() == (2, 0)
    assert not lags_of([school.school], now=timezone.now())


@pytest.mark.parametrize(
    "stale,hours,leaked,due", [(False, 1, None, False), (True, 1, None, True), (False, 6, None, True),
                               (False, 1, 2, False), (False, 2, 1, True), (False, 1, 1, True)]
)  # fmt: skip
def test_when_a_list_is_due(stale: bool, hours: int, leaked: int | None, due: bool) -> None:
    now = timezone.now()
    assert (
        status.is_due(
            stale=stale,
            signed_at=now - timedelta(hours=hours),
            leaked_at=None if leaked is None else now - timedelta(hours=leaked),
            now=now,
        )
        == due
    )
    assert status.is_due(stale=False, signed_at=None, leaked_at=None, now=now)
    assert not status.is_served(None, now)
    assert settings.BASE_URL
