"""What the house issued is checked without it: files, evidence bundles, the command and the single file."""

import hashlib
import io
import json
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from certification.certificates.models import Certificate
from certification.certificates.services import (
    fresh_list,
    issue_certificate,
    make_documents,
    propose_certificate,
    revoke_certificate,
)
from certification.keys.models import SigningKey
from certification.keys.proofs import ed25519_multibase
from certification.keys.services import compromise_key, rotate_key
from certification.records.models import Checkpoint, TrainingRecord
from certification.records.rules.checkpoints import read_kept
from certification.records.services import ensure_log, make_checkpoint, post_hours
from certification.requirements.models import RuleSet
from certification.verification import bundles, tool
from certification.verification.offline import Keyring, Outcome, UnreadableError, check_file, cli, read_did_document
from tests.certificates.making import complete, issued
from tests.certificates.test_batches import another
from tests.records.making import part
from tests.worlds import School

pytestmark = pytest.mark.django_db


def keys_of(school: School) -> Keyring:
    """The keys as an outsider fetches them."""
    return read_did_document(Client().get(f"/schools/{school.school.slug}/did.json").content.decode())


def body_of(certificate: Certificate, format_: str) -> bytes:
    return bytes(certificate.documents.get(format=format_).body)


def at(days: int = 0) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=5, days=days)


def failed(outcome: Outcome) -> list[str]:
    return [check.name for check in outcome.checks if check.holds is False]


@pytest.mark.parametrize("format_", ["json", "jwt", "png", "pdf", "transcript", "clr"])
def test_every_file_holds_by_the_published_keys(school: School, certificate: Certificate, format_: str) -> None:
    keys, body = keys_of(school), body_of(certificate, format_)
    with CaptureQueriesContext(connection) as asked:
        outcome = check_file(body, keys, at())
    assert not asked.captured_queries
    assert outcome.holds, outcome.checks
    assert "Daniela" in outcome.about
    assert any("Status was not checked" in note for note in outcome.notes)


@pytest.mark.parametrize("format_", ["json", "jwt", "png", "pdf", "clr"])
def test_no_file_holds_by_no_keys_or_those_of_another(school: School, certificate: Certificate, format_: str) -> None:
    body = body_of(certificate, format_)
    assert not check_file(body, Keyring(), at()).holds
    other = json.dumps(
        {
            **json.loads(Client().get(f"/schools/{school.school.slug}/did.json").content),
            "id": "did:web:else.example",
        }
    )
    assert not check_file(body, read_did_document(other), at()).holds


def test_a_file_whose_words_were_changed_does_not_hold(school: School, certificate: Certificate) -> None:
    keys = keys_of(school)
    credential = json.loads(body_of(certificate, "json"))
    credential["credentialSubject"]["result"][1]["value"] = "601"
    assert failed(check_file(json.dumps(credential).encode(), keys, at())) == ["proof"]
    pdf = body_of(certificate, "pdf")
    assert check_file(pdf, keys, at()).holds
    later = IncrementalPdfFileWriter(io.BytesIO(pdf))
    later.root["/PageLayout"] = pdf_name("/TwoColumnLeft")
    later.update_root()
    out = io.BytesIO()
    later.write(out)
    assert failed(check_file(out.getvalue(), keys, at())) == ["seal"]
    place = pdf.index(b"stream", 2000) + 40
    changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    assert not _holds(changed, keys)


def _holds(data: bytes, keys: Keyring) -> bool:
    try:
        return check_file(data, keys, at()).holds
    except UnreadableError:
        return False


@pytest.mark.parametrize("format_", ["json", "jwt", "png", "pdf"])
def test_no_forgery_of_one_byte_holds(school: School, certificate: Certificate, format_: str) -> None:
    keys = keys_of(school)
    body = body_of(certificate, format_)
    assert _holds(body, keys)
    chance = random.Random(format_)
    for _ in range(25):
        place = chance.randrange(len(body))
        forged = body[:place] + bytes([body[place] ^ chance.choice([1, 2, 4, 32])]) + body[place + 1 :]
        if format_ in ("json", "png") and _says(forged) == _says(body):
            continue  # white space, or a pixel: nothing that was signed
        if format_ == "pdf" and gap_of(body)[0] <= place < gap_of(body)[1]:
            continue  # the signature's own container: spelling of its hex, and what fills it up
        if format_ == "jwt" and place == len(body) - 1:
            continue  # the last sign of base64 has spare bits; the token's text names nothing
        assert not _holds(forged, keys), place


def gap_of(pdf: bytes) -> tuple[int, int]:
    """Where the signature itself lies, which it cannot cover."""
    _start, begin, end, _rest = map(int, re.search(rb"/ByteRange \[ ?(\d+) (\d+) (\d+) (\d+) ?\]", pdf).groups())  # type: ignore[union-attr]
    return begin, end


def _says(data: bytes) -> object:
    from certification.certificates.baking import NotBakedError, credential_in

    try:
        return json.loads(credential_in(data) if data.startswith(b"\x89") else data)
    except (ValueError, NotBakedError):
        return None


def test_a_member_that_stands_twice_is_refused(school: School, certificate: Certificate) -> None:
    body = body_of(certificate, "json").decode()
    twice = body[:-1] + ', "name": "Another program"}'
    with pytest.raises(UnreadableError, match="stands twice"):
        check_file(twice.encode(), keys_of(school), at())


def test_a_pdf_that_another_sealed_does_not_hold(school: School, certificate: Certificate) -> None:
    """The seal is whole and the credential is genuine; only whose seal it is tells that the print was swapped."""
    from certification.certificates import documents
    from certification.certificates.documents.seal import seal
    from certification.keys.services import seal_of

    facts = {**certificate.facts, "student": {**certificate.facts["student"], "name": "Mallory Forger"}}
    forger = seal_of(did="did:web:forger.example", holder="Riverbend School")
    print_ = documents.completion_pdf(facts, credential=body_of(certificate, "json").decode())
    outcome = check_file(seal(print_, key=forger.key, certificate=forger.certificate), keys_of(school), at())
    assert failed(outcome) == ["sealed by"]
    unsealed = check_file(print_, keys_of(school), at())
    assert failed(unsealed) == ["seal"]


def test_a_credential_that_does_not_hold_yet_or_any_more(school: School, certificate: Certificate) -> None:
    body = body_of(certificate, "json")
    assert failed(check_file(body, keys_of(school), at(days=-30))) == ["dates"]


def test_a_key_of_another_school_signs_nothing_in_this_ones_name(school: School, certificate: Certificate) -> None:
    from certification.keys.services import sign_document

    credential = json.loads(body_of(certificate, "json"))
    credential["credentialSubject"]["identifier"][0]["identityHash"] = "Mallory Forger"
    forged = sign_document(credential, did="did:web:forger.example", created=datetime.now(UTC))
    from certification.keys.selectors import document_of

    keys = keys_of(school) + read_did_document(json.dumps(document_of("did:web:forger.example")))
    assert failed(check_file(json.dumps(forged).encode(), keys, at())) == ["issuer"]


def test_a_retired_key_still_proves_and_a_leaked_one_does_not(school: School, certificate: Certificate) -> None:
    did = json.loads(body_of(certificate, "json"))["issuer"]["id"]
    old = SigningKey.objects.get(purpose=SigningKey.Purpose.CREDENTIAL, name=did)
    rotate_key(purpose=SigningKey.Purpose.CREDENTIAL, name=did)
    assert check_file(body_of(certificate, "json"), keys_of(school), at()).holds
    compromise_key(key=old)
    assert not check_file(body_of(certificate, "json"), keys_of(school), at()).holds


# ---- bundles ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def bundle(certificate: Certificate) -> bytes:
    """The evidence of Daniela's record, some days after her certificate."""
    for place in certificate.status_places.select_related("list"):
        fresh_list(place.list)
    record = TrainingRecord.objects.get(pk=certificate.record_id)
    post_hours(record=record, source_key="later", parts=[part(60, "2026-03-10 14:00", "2026-03-10 15:00")])
    make_checkpoint(log=ensure_log(school=record.school), reason=Checkpoint.Reason.DAILY)
    return bundles.evidence_bundle(record=record)


def rewritten(bundle: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """A bundle with other parts, and sums that fit them again, as a forger would do it."""

    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != "SHA256SUMS"}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
        sums = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in parts.items())
        archive.writestr("SHA256SUMS", sums)
    return out.getvalue()


def test_a_bundle_holds_and_judges_the_hours_again(school: School, bundle: bytes) -> None:
    keys = keys_of(school)
    with CaptureQueriesContext(connection) as asked:
        outcome = check_file(bundle, keys, at())
    assert not asked.captured_queries
    assert outcome.holds, [check for check in outcome.checks if check.holds is False]
    said = {check.name.split(" of ")[0]: check.words for check in outcome.checks}
    assert "judged again from 3 proved lines" in said["hours"]
    assert "600 of 600 minutes" in said["hours"]
    assert "neither revoked nor replaced when the list was signed (20" in said["status"]
    assert not any("was not checked" in note for note in outcome.notes), "it was, as of the list"
    assert any("not as of today" in note for note in outcome.notes)
    assert said["lines"].startswith("4 of 4 lines")


def test_without_its_status_list_a_bundle_tells_no_status(school: School, bundle: bytes) -> None:
    def drop(parts: dict[str, bytes]) -> None:
        for name in [name for name in parts if name.startswith("status/")]:
            del parts[name]

    outcome = check_file(rewritten(bundle, drop), keys_of(school), at())
    status = [check for check in outcome.checks if check.name.startswith("status of")]
    assert [(check.holds, check.words) for check in status] == [
        (None, "not told: its status list is not in the bundle")
    ]
    assert not any("neither revoked" in check.words for check in outcome.checks)


def test_a_bundle_needs_no_keys_and_says_that_its_own_are_its_word(bundle: bytes) -> None:
    outcome = check_file(bundle, Keyring(), at())
    assert outcome.holds
    assert any("its own word" in note for note in outcome.notes)


def test_a_bundle_leads_to_a_checkpoint_that_lay_elsewhere(
    school: School, certificate: Certificate, bundle: bytes
) -> None:
    old = Checkpoint.objects.get(log__school=school.school, size=certificate.log_size)
    assert check_file(bundle, keys_of(school), at(), kept=[read_kept("mail", old.note)]).holds


@pytest.mark.parametrize("what", ["minutes", "facts", "rules", "evaluation", "credential", "list", "checkpoint", "key"])
def test_a_bundle_that_was_changed_does_not_hold(
    school: School, certificate: Certificate, bundle: bytes, what: str
) -> None:
    folder = f"certificates/{certificate.code}/"

    def edit(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
        def change(parts: dict[str, bytes]) -> None:
            assert old in parts[name], (name, parts[name][:400])
            parts[name] = parts[name].replace(old, new)

        return change

    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        names = archive.namelist()
    lists = next(name for name in names if name.startswith("status/"))
    rules = next(name for name in names if name.startswith(f"{folder}rules/"))
    did = next(name for name in names if name.startswith("did/"))
    changes = {
        "minutes": edit("record.json", b'"minutes": 120', b'"minutes": 180'),
        "facts": edit(f"{folder}facts.json", b'"size":3', b'"size":2'),
        "rules": edit(rules, b"total_hours: 10", b"total_hours: 1"),
        "evaluation": edit(f"{folder}evaluation.json", b'"counted":600', b'"counted":601'),
        "credential": edit(f"{folder}certificate.json", b'"600"', b'"660"'),
        "list": edit(lists, b'"encodedList": "u', b'"encodedList": "uH'),
        "checkpoint": lambda parts: parts.__setitem__(f"{folder}checkpoint.txt", parts["checkpoint.txt"]),
        "key": lambda parts: parts.__setitem__(
            did, re.sub(rb"z6Mk\w+", ed25519_multibase(bytes(32)).encode(), parts[did])
        ),
    }
    changed = rewritten(bundle, changes[what])
    assert not check_file(changed, keys_of(school), at()).holds


def test_a_revoked_certificate_is_said_by_the_list_of_the_day(school: School, certificate: Certificate) -> None:
    revoke_certificate(certificate=certificate, by=school.registrar, reason="issued_in_error", on=certificate.issued_on)
    for place in certificate.status_places.select_related("list"):
        fresh_list(place.list)
    bundle = bundles.evidence_bundle(record=TrainingRecord.objects.get(pk=certificate.record_id))
    outcome = check_file(bundle, keys_of(school), at())
    assert outcome.holds
    assert any("revoked or replaced when the list" in check.words for check in outcome.checks)

    def deny(parts: dict[str, bytes]) -> None:
        parts["bundle.json"] = parts["bundle.json"].replace(b'"revoked"', b'"valid"')

    lying = check_file(rewritten(bundle, deny), keys_of(school), at())
    assert failed(lying) == [f"status of {certificate.code}"]


def test_a_record_without_a_certificate_has_a_bundle_too(school: School, ready: TrainingRecord) -> None:
    make_checkpoint(log=ensure_log(school=school.school), reason=Checkpoint.Reason.DAILY)
    outcome = check_file(bundles.evidence_bundle(record=ready), Keyring(), at())
    assert outcome.holds
    assert "No certificate was issued on this record." in outcome.notes


def test_what_nobody_signed_is_no_certificate(school: School, certificate: Certificate, bundle: bytes) -> None:
    """Facts, rules and an evaluation of one's own, under a code of one's own: everything fits, and nothing is signed."""
    folder = f"certificates/{certificate.code}/"

    def forge(parts: dict[str, bytes]) -> None:
        unsigned = {f"{folder}{name}" for name in ("facts.json", "evaluation.json", "checkpoint.txt")}
        for name in [name for name in parts if name.startswith(folder) and "/rules/" not in name]:
            if name not in unsigned:
                del parts[name]

    outcome = check_file(rewritten(bundle, forge), keys_of(school), at())
    assert failed(outcome) == [f"certificate {certificate.code}"]


def test_the_certificate_of_another_proves_nothing_here(
    school: School, certificate: Certificate, bundle: bytes, rule_set: RuleSet
) -> None:
    other = issued(school, another(school, rule_set, 2001))
    folder = f"certificates/{certificate.code}/"

    def swap(parts: dict[str, bytes]) -> None:
        parts[f"{folder}certificate.json"] = body_of(other, "json")
        parts[f"{folder}certificate.jwt"] = body_of(other, "jwt")

    found = failed(check_file(rewritten(bundle, swap), keys_of(school), at()))
    assert {f"{folder}certificate.json", f"{folder}certificate.jwt", f"facts of {certificate.code}"} <= set(found)


def test_a_name_in_the_bundle_is_the_signed_one(school: School, certificate: Certificate, bundle: bytes) -> None:
    def rename(parts: dict[str, bytes]) -> None:
        for name in ("record.json", f"certificates/{certificate.code}/facts.json"):
            parts[name] = parts[name].replace(b"Daniela Reyes", b"Mallory Forger")

    outcome = check_file(rewritten(bundle, rename), keys_of(school), at())
    assert failed(outcome) == [f"facts of {certificate.code}"]
    assert "Mallory" not in outcome.about


def test_a_list_of_another_signer_says_nothing(school: School, certificate: Certificate, bundle: bytes) -> None:
    from certification.keys.selectors import document_of
    from certification.keys.services import sign_document

    def swap(parts: dict[str, bytes]) -> None:
        name = next(name for name in parts if name.startswith("status/"))
        bare = {**json.loads(parts[name]), "issuer": "did:web:forger.example"}
        parts[name] = json.dumps(sign_document(bare, did="did:web:forger.example", created=datetime.now(UTC))).encode()

    changed = rewritten(bundle, swap)
    keys = keys_of(school) + read_did_document(json.dumps(document_of("did:web:forger.example")))
    assert f"status of {certificate.code}" in failed(check_file(changed, keys, at()))


def test_a_term_that_is_over_and_lines_of_today_are_told_and_break_nothing(
    school: School, record: TrainingRecord
) -> None:
    """A letter from before her first hour; a year later it has lapsed, and she studied today."""
    proposal = propose_certificate(record=record, by=school.registrar, kind="letter")
    letter = issue_certificate(proposal=proposal, by=school.second_registrar)
    make_documents(certificate=letter)
    complete(record)
    make_checkpoint(log=ensure_log(school=record.school), reason=Checkpoint.Reason.DAILY)
    post_hours(record=record, source_key="today", parts=[part(60, "2026-03-10 14:00", "2026-03-10 15:00")])
    outcome = check_file(bundles.evidence_bundle(record=record), keys_of(school), at(days=365))
    assert outcome.holds, [check for check in outcome.checks if check.holds is False]
    open_ = {check.name: check.words for check in outcome.checks if check.holds is None}
    assert "which is over" in open_[f"term of {letter.code}"]
    assert open_["youngest lines"].startswith("1 lines were written after")


# ---- commands --------------------------------------------------------------------------------------------------------


def test_the_commands_write_check_and_refuse(
    school: School, certificate: Certificate, bundle: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "evidence.zip"
    call_command("evidence_bundle", certificate.code, out=str(target))
    with pytest.raises(CommandError, match="exists"):
        call_command("evidence_bundle", str(certificate.record.uuid), out=str(target))
    with pytest.raises(CommandError, match="neither"):
        call_command("evidence_bundle", "somebody", out=str(tmp_path / "x.zip"))
    did = tmp_path / "did.json"
    did.write_bytes(Client().get(f"/schools/{school.school.slug}/did.json").content)
    call_command("verify_credential", str(target), did=[str(did)])
    assert "it holds" in capsys.readouterr().out
    # One document by the keys of this installation.
    pdf = tmp_path / "certificate.pdf"
    pdf.write_bytes(body_of(certificate, "pdf"))
    call_command("verify_credential", str(pdf))
    assert "Status was not checked" in capsys.readouterr().out
    other = tmp_path / "other.json"
    other.write_text(did.read_text().replace(school.school.slug, "elsewhere"))
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_credential", str(pdf), did=[str(other)])
    assert stopped.value.code == 1
    (tmp_path / "note.txt").write_text("hello")
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_credential", str(tmp_path / "note.txt"))
    assert stopped.value.code == 2


def test_the_single_file_runs_without_us(school: School, bundle: bytes, tmp_path: Path) -> None:
    """Away from the repository, without Django, with an empty environment: only what the package index has."""
    single, evidence, did = tmp_path / tool.NAME, tmp_path / "evidence.zip", tmp_path / "did.json"
    single.write_bytes(tool.single_file())
    evidence.write_bytes(bundle)
    did.write_bytes(Client().get(f"/schools/{school.school.slug}/did.json").content)
    without = (
        "import sys, runpy; sys.modules['django'] = None; sys.argv = sys.argv[1:]; "
        "sys.path.insert(0, sys.argv[0]); runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    later = ["--json"]
    done = subprocess.run(
        [sys.executable, "-I", "-c", without, str(single), str(evidence), "--did", str(did), *later],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert json.loads(done.stdout)["holds"] is True


def test_the_single_file_says_which_packages_it_needs(tmp_path: Path) -> None:
    """On a machine with Python alone: the command that brings them, no traceback."""
    single = tmp_path / tool.NAME
    single.write_bytes(tool.single_file())
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(single), "evidence.zip"],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "python -m pip install base58 " in done.stderr and "Traceback" not in done.stderr


def test_without_keys_nothing_is_said_of_a_genuine_file(certificate: Certificate, tmp_path: Path) -> None:
    """It would not hold by any key, and whoever runs the single file would take that for a forgery."""
    file = tmp_path / "certificate.json"
    said: list[str] = []
    file.write_bytes(body_of(certificate, "json"))

    def run(*did: str) -> int:
        return cli.run(
            file=str(file), did=did, checkpoints=(), as_json=False, at=at(), out=said.append, err=said.append
        )

    assert run() == 2
    assert "no keys to check it by" in said[0] and "/did.json" in said[0] and len(said) == 1
    keys = tmp_path / "did.json"
    keys.write_bytes(Client().get(f"/schools/{certificate.school.slug}/did.json").content)
    assert run(str(keys)) == 0
    assert said[1].endswith("it holds")
    file.write_text("a letter to a friend")
    assert run() == 2
    assert "no keys" not in said[2], "what is none of ours is called that"


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_the_page_explains_and_serves_the_single_file_without_a_query() -> None:
    client = Client()
    client.get("/verify/")  # what stands around every page is kept from here on
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/verify/offline/")
        single = client.get(f"/verify/{tool.NAME}")
    assert not asked.captured_queries
    assert single.content == tool.single_file()
    assert hashlib.sha256(single.content).hexdigest() in page.content.decode()
    assert "What it does not prove" in page.content.decode()
    assert f"{settings.BASE_URL}/.well-known/did.json" in page.content.decode(), "by whose keys a receipt is checked"


def test_a_graduate_takes_her_evidence_and_nobody_else(school: School, certificate: Certificate) -> None:
    address = f"/certificates/{certificate.code}/evidence.zip"
    her = Client()
    her.force_login(school.learner_user)
    answer = her.get(address)
    assert answer["Content-Disposition"].endswith(f'evidence-{certificate.code}.zip"')
    make_checkpoint(log=ensure_log(school=school.school), reason=Checkpoint.Reason.DAILY)
    assert check_file(answer.content, keys_of(school), at()).holds
    stranger = Client()
    stranger.force_login(school.foreign_registrar)
    assert stranger.get(address).status_code == 404
    assert her.get("/certificates/no-code/evidence.zip").status_code == 404
