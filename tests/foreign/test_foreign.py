"""Credentials, tokens, status lists and sealed PDFs of a certificate issued by the services, before foreign verifiers."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from certification.certificates import services
from certification.certificates.kinds import KINDS
from certification.certificates.models import Certificate, StatusList
from certification.certificates.services.notices import make_notice
from certification.keys.models import SigningKey
from certification.keys.proofs import contexts
from certification.keys.services import compromise_key, rotate_key
from certification.records.services import record_milestone
from certification.requirements.models import RuleSet
from tests.certificates.continuing import issued_ce, make_ce_record
from tests.certificates.making import issued
from tests.certificates.test_credentials import faults
from tests.records.making import at
from tests.worlds import School

HERE = Path(__file__).parent
needs_pdfsig = pytest.mark.skipif(not shutil.which("pdfsig"), reason="pdfsig is not installed (poppler-utils)")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not shutil.which("node") or not (HERE / "node_modules").is_dir(),
        reason="foreign verifiers are not installed (make setup-foreign)",
    ),
]


def body_of(certificate: Certificate, format_: str) -> bytes:
    return bytes(certificate.documents.filter(format=format_).order_by("-version")[0].body)


def job_of(certificate: Certificate, **more: Any) -> dict[str, Any]:
    """What a verifier is handed: the credentials, and everything that it would fetch, as our addresses serve it."""
    client, slug = Client(), certificate.school.slug
    did = client.get(f"/schools/{slug}/did.json").json()
    host = settings.BASE_URL.partition("://")[2]
    documents = {did["id"]: json.dumps(did), f"https://{host}/schools/{slug}/did.json": json.dumps(did)}
    for found in StatusList.objects.all():
        documents[f"{settings.BASE_URL}/status/{found.uuid}"] = client.get(f"/status/{found.uuid}").content.decode()
    documents |= {address: json.dumps(contexts.context(address)) for address in contexts.PINNED}
    return {
        "documents": documents,
        "jwks": {each["id"]: each["publicKeyJwk"] for each in did["verificationMethod"] if "publicKeyJwk" in each},
        "credentials": [
            {"name": name, "text": body_of(certificate, format_).decode()}
            for name, format_ in (("certificate", "json"), ("transcript", "clr"))
            if format_ in KINDS[certificate.kind].formats
        ],
        "tokens": [{"name": "token", "text": body_of(certificate, "jwt").decode()}],
        **more,
    }


def verified(job: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        ["node", str(HERE / "verify.mjs")],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_strangers_verify_all_that_a_certificate_is(certificate: Certificate) -> None:
    answer = verified(job_of(certificate))
    assert {name: found["ok"] for name, found in answer.items()} == {
        "certificate": True, "transcript": True, "token": True,
    }, answer  # fmt: skip
    assert answer["token"]["jti"] == json.loads(body_of(certificate, "json"))["id"]
    job = job_of(certificate, tokens=[], dcc=True)
    by_dcc = verified({**job, "credentials": job["credentials"][:1]})["dcc certificate"]
    assert by_dcc["ok"], by_dcc
    assert faults(json.loads(body_of(certificate, "json")), "ob_v3p0_achievementcredential_schema.json") == []
    assert faults(json.loads(body_of(certificate, "clr")), "clr_v2p0_clrcredential_schema.json") == []


def files_of(certificate: Certificate, name: str) -> dict[str, Any]:
    """The credential and the token of one certificate, as a verifier is handed them under this name."""
    return {
        "credentials": [{"name": name, "text": body_of(certificate, "json").decode()}],
        "tokens": [{"name": f"{name} token", "text": body_of(certificate, "jwt").decode()}],
    }


def every_kind(school: School, rule_set: RuleSet) -> dict[str, Certificate]:
    """Of each kind but completion one certificate with its files, on the record of an approved course."""
    record = make_ce_record(school, rule_set)
    record_milestone(
        record=record, code="quiz:MFR", title="Test: fascia", occurred_at=at("2026-03-05 20:00"), source_key="a:1"
    )
    made = {"ce": issued_ce(school, record)}
    for kind, subject in (("achievement", "quiz:MFR"), ("letter", "")):
        proposal = services.propose_certificate(record=record, by=school.registrar, kind=kind, subject=subject)
        made[kind] = services.issue_certificate(proposal=proposal, by=school.second_registrar)
        services.make_documents(certificate=made[kind])
    return made


def test_strangers_verify_every_kind(school: School, rule_set: RuleSet) -> None:
    made = every_kind(school, rule_set)
    assert {"completion", *made} == set(KINDS), "a new kind is checked here too"
    job = job_of(made["ce"], credentials=[], tokens=[], dcc=True)
    for kind, certificate in made.items():
        for part, files in files_of(certificate, kind).items():
            job[part] += files
        assert faults(json.loads(body_of(certificate, "json")), "ob_v3p0_achievementcredential_schema.json") == []
    answer = verified(job)
    assert all(found["ok"] for found in answer.values()), answer
    assert set(answer) == {
        f"{before}{kind}{after}" for kind in made for before, after in (("", ""), ("dcc ", ""), ("", " token"))
    }
    services.revoke_certificate(
        certificate=made["letter"], by=school.admin, reason="issued_in_error", on=made["letter"].today()
    )
    services.due_lists()
    job["documents"] = job_of(made["ce"], credentials=[], tokens=[])["documents"]
    after = verified({**job, "tokens": []})
    assert {name: found["ok"] for name, found in after.items() if not name.startswith("dcc")} == {
        "ce": True, "achievement": True, "letter": False,
    }, after  # fmt: skip


def test_the_other_library_verifies_a_transcript_too(certificate: Certificate) -> None:
    job = job_of(certificate, tokens=[], dcc=True)
    answer = verified({**job, "credentials": job["credentials"][1:]})["dcc transcript"]
    assert answer["ok"], answer


def test_every_part_of_a_transcript_stands_alone(certificate: Certificate) -> None:
    parts = json.loads(body_of(certificate, "clr"))["credentialSubject"]["verifiableCredential"]
    job = job_of(certificate, tokens=[])
    job["credentials"] = [{"name": part["id"], "text": json.dumps(part)} for part in parts]
    answer = verified(job)
    assert all(found["ok"] for found in answer.values()), answer
    assert len(answer) == len(parts)


def test_a_revoked_certificate_is_refused_by_strangers(school: School, certificate: Certificate) -> None:
    services.revoke_certificate(certificate=certificate, by=school.registrar, reason="fraud", on=certificate.today())
    services.due_lists()  # what the task does once the transaction is over
    answer = verified(job_of(certificate, tokens=[]))
    assert [answer[name]["ok"] for name in ("certificate", "transcript")] == [False, False], answer
    assert "revoked" in answer["certificate"]["why"]


def test_one_changed_value_is_refused(certificate: Certificate) -> None:
    job = job_of(certificate)
    forged = json.loads(job["credentials"][0]["text"])
    forged["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"
    job["credentials"] = [{"name": "forged", "text": json.dumps(forged)}]
    token = job["tokens"][0]["text"]
    job["tokens"] = [{"name": "forged token", "text": token[:40] + ("A" if token[40] != "A" else "B") + token[41:]}]
    answer = verified(job)
    assert [answer["forged"]["ok"], answer["forged token"]["ok"]] == [False, False], answer


def test_a_rotated_key_keeps_what_it_signed(certificate: Certificate) -> None:
    rotate_key(purpose="credential", name=services.lists.school_did(certificate.school))
    assert verified(job_of(certificate))["certificate"]["ok"]


def test_after_a_leak_strangers_refuse_the_old_files_and_verify_the_new_ones(certificate: Certificate) -> None:
    """The procedure of docs/keys.md: leaked, signed anew."""
    old = job_of(certificate)
    did = services.lists.school_did(certificate.school)
    for purpose in ("credential", "token", "seal"):
        compromise_key(key=SigningKey.objects.get(purpose=purpose, name=did, retired_at=None))
    after = job_of(certificate)
    answer = verified({**old, "documents": after["documents"], "jwks": after["jwks"]})
    assert [found["ok"] for found in answer.values()] == [False, False, False], answer
    assert services.sign_anew() == (1, 0)
    services.due_lists()
    answer = verified(job_of(certificate))
    assert [found["ok"] for found in answer.values()] == [True, True, True], answer


def test_a_lost_key_is_followed_by_another_and_the_old_files_verify_on(certificate: Certificate) -> None:
    did = services.lists.school_did(certificate.school)
    for purpose in ("credential", "token", "seal"):
        rotate_key(purpose=purpose, name=did)
    answer = verified(job_of(certificate))
    assert [found["ok"] for found in answer.values()] == [True, True, True], answer


def test_a_thousand_forgeries_are_refused_by_strangers(certificate: Certificate) -> None:
    answer = verified(job_of(certificate, tokens=[], forgeries=1000))
    assert answer["forgeries"] == {"ok": True, "why": "0 accepted"}


def test_names_of_every_script_verify(school: School, ready: Any) -> None:
    user = ready.learner.user
    user.legal_name = "Nguyễn Łukasz Śmith-Ngô"
    user.save(update_fields=["legal_name"])
    answer = verified(job_of(issued(school, ready)))
    assert answer["certificate"]["ok"], answer


def said_by_pdfsig(body: bytes, tmp_path: Path) -> str:
    where = tmp_path / "sealed.pdf"
    where.write_bytes(body)
    done = subprocess.run(["pdfsig", "-nocert", str(where)], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout


@needs_pdfsig
@pytest.mark.parametrize("format_", ["pdf", "transcript"])
def test_pdfsig_finds_the_seal_whole_and_a_changed_byte(certificate: Certificate, tmp_path: Path, format_: str) -> None:
    body = body_of(certificate, format_)
    said = said_by_pdfsig(body, tmp_path)
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    place = body.index(b"stream\n") + 40
    changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
    assert "Signature is Valid." not in said_by_pdfsig(changed, tmp_path)


@needs_pdfsig
def test_pdfsig_finds_the_seal_of_every_kind_and_of_the_notice(
    school: School, rule_set: RuleSet, tmp_path: Path
) -> None:
    made = every_kind(school, rule_set)
    revoked = made["achievement"]
    services.revoke_certificate(certificate=revoked, by=school.admin, reason="issued_in_error", on=revoked.today())
    notice = make_notice(certificate=revoked)
    assert notice is not None
    bodies = {kind: body_of(certificate, "pdf") for kind, certificate in made.items()} | {"notice": bytes(notice.body)}
    for kind, body in bodies.items():
        said = said_by_pdfsig(body, tmp_path)
        assert "Signature is Valid." in said and "Total document signed" in said, kind


@pytest.mark.skipif(not shutil.which("pdfdetach"), reason="pdfdetach is not installed (poppler-utils)")
@pytest.mark.parametrize("pdf,kept", [("pdf", "json"), ("transcript", "clr")])
def test_the_credential_comes_out_of_the_pdf_as_it_was_signed(
    certificate: Certificate, tmp_path: Path, pdf: str, kept: str
) -> None:
    where, out = tmp_path / "sealed.pdf", tmp_path / "credential.json"
    where.write_bytes(body_of(certificate, pdf))
    subprocess.run(["pdfdetach", "-save", "1", "-o", str(out), str(where)], check=True, timeout=60)
    assert out.read_bytes() == body_of(certificate, kept)
