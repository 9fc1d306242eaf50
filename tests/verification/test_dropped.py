"""A file dropped on the public page: each check with its result, our name only for our own keys, nothing kept."""

import io
import json
import re
import zipfile
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from certification import limits
from certification.certificates.baking import bake, credential_in
from certification.certificates.models import Certificate
from certification.certificates.services import revoke_certificate
from certification.keys.models import SigningKey
from certification.keys.services import compromise_key, seal_of, sign_document
from certification.records.models import TrainingRecord
from certification.verification import bounded
from certification.verification.bundles import evidence_bundle
from certification.verification.dropped import judge
from certification.verification.services import set_hidden
from tests.certificates.making import replaced
from tests.verification.test_offline import body_of
from tests.worlds import School

pytestmark = pytest.mark.django_db
ADDRESS = "/verify/file/"


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def drop(data: bytes, name: str = "", client: Client | None = None) -> Any:
    file = SimpleUploadedFile("paper.bin", data)
    return (client or Client()).post(ADDRESS, {"file": file, "name": name})


def text_of(response: Any) -> str:
    """The words of the page itself, without what stands around every page."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def state(data: bytes, name: str = "") -> tuple[str, list[str]]:
    """The state of a file, and the titles of the lines that do not hold."""
    verdict = judge(data, at=timezone.now(), name=name)
    return verdict.state, [str(line.title) for line in verdict.lines if line.holds is False]


@pytest.mark.parametrize("format_", ["json", "jwt", "png", "pdf", "transcript", "clr"])
def test_every_file_of_ours_holds(certificate: Certificate, format_: str) -> None:
    response = drop(body_of(certificate, format_), name="daniela reyes")
    said = text_of(response)
    assert response.status_code == 200
    assert "This certificate is valid" in said
    assert "Riverbend School signed it." in said
    assert "The same file, byte for byte, as was issued." in said
    assert "Does not hold" not in said
    assert "The name that you typed is the name on it." in said
    assert "Reyes" not in said, "matched, never given; what was typed stands in its field only"
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


@pytest.mark.parametrize("format_", ["json", "png", "pdf", "jwt"])
def test_one_changed_byte_is_found(certificate: Certificate, format_: str) -> None:
    body = body_of(certificate, format_)
    if format_ == "pdf":
        place = body.index(b"stream", 2000) + 40
        body = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
    elif format_ == "png":
        with Image.open(io.BytesIO(body)) as image:
            first: Any = image.getpixel((0, 0))
            image.putpixel((0, 0), tuple(255 - part for part in first) if isinstance(first, tuple) else 255 - first)
            out = io.BytesIO()
            image.save(out, "PNG")
        body = bake(out.getvalue(), credential_in(body))
    elif format_ == "jwt":
        place = len(body) - 40
        body = body[:place] + (b"A" if body[place : place + 1] != b"A" else b"B") + body[place + 1 :]
    else:
        body = body.replace(b"Daniela Reyes", b"Danielo Reyes")
    response = drop(body)
    said = text_of(response)
    if response.status_code == 200:
        assert "Not as it was issued" in said
        assert "Does not hold" in said
        if format_ != "png":
            assert "Riverbend" not in said
    else:
        assert response.status_code == 422
        assert format_ == "pdf"


def test_other_white_space_is_told_and_holds(certificate: Certificate) -> None:
    body = json.dumps(json.loads(body_of(certificate, "json")), indent=3).encode()
    assert state(body) == ("valid", [])
    assert "Saved anew by some program" in text_of(drop(body))


def test_what_became_of_it_is_told(school: School, certificate: Certificate) -> None:
    fresh = replaced(school, certificate)
    body = body_of(certificate, "pdf")
    assert state(body) == ("superseded", ["Status list", "Today"])
    assert fresh.code not in text_of(drop(body)), "the newer one is the graduate's to give"
    revoke_certificate(certificate=certificate, by=school.admin, reason="fraud", on=certificate.today())
    assert state(body) == ("revoked", ["Status list", "Today"])
    said = text_of(drop(body))
    assert "This certificate was revoked" in said
    assert "false statements" not in said


def test_a_stranger_s_key_gets_no_name_of_ours(school: School, certificate: Certificate) -> None:
    """Signed in the school's name by a key of its own: also one that this register would know is the issuer's only."""
    forged = json.loads(body_of(certificate, "json"))
    with transaction.atomic():
        signed = sign_document(forged, did="did:web:forger.example", created=datetime.now(UTC))
        assert state(json.dumps(signed).encode())[0] == "changed", "a key of the register, and not the issuer's"
        transaction.set_rollback(True)  # from here on nobody here knows that key
    proofs: tuple[dict[str, Any], ...] = ({"proof": signed["proof"]}, {"proof": []})
    for proof in proofs:
        response = drop(json.dumps({**signed, **proof}).encode(), name="Daniela Reyes")
        said = text_of(response)
        assert "Not signed by us" in said
        assert "Riverbend" not in said
        assert certificate.code not in said
        assert "forger.example" not in said, "no word of the file is repeated"
        assert "the name on it" not in said


def test_a_paper_that_another_sealed_does_not_hold(school: School, certificate: Certificate) -> None:
    from certification.certificates import documents
    from certification.certificates.documents.seal import seal

    facts = {**certificate.facts, "student": {**certificate.facts["student"], "name": "Mallory Forger"}}
    forger = seal_of(did="did:web:forger.example", holder="Riverbend School")
    print_ = documents.completion_pdf(facts, credential=body_of(certificate, "json").decode())
    body = seal(print_, key=forger.key, certificate=forger.certificate)
    assert state(body) == ("changed", ["Who sealed the PDF"])
    assert "Riverbend" not in text_of(drop(body))
    assert state(print_) == ("changed", ["Seal of the PDF"])


def test_a_leaked_key_proves_nothing(certificate: Certificate) -> None:
    body = body_of(certificate, "json")
    did = json.loads(body)["issuer"]["id"]
    compromise_key(key=SigningKey.objects.get(purpose=SigningKey.Purpose.CREDENTIAL, name=did))
    assert state(body)[0] == "leaked"
    assert "Riverbend" not in text_of(drop(body))


def test_a_hidden_code_stays_hidden(school: School, certificate: Certificate) -> None:
    body = body_of(certificate, "pdf")
    set_hidden(certificate=certificate, by=school.learner_user, hidden=True)
    for name in ("Daniela Reyes", "Jun Park"):
        said = text_of(drop(body, name=name))
        assert "what it is worth today is not shown" in said
        assert certificate.code not in said
        assert "A small program" not in said
        assert "the name on it" not in said
    revoke_certificate(certificate=certificate, by=school.admin, reason="fraud", on=certificate.today())
    assert state(body) == ("gone", ["Status list"]), "the public list says so to anyone"


def test_the_name_is_compared(certificate: Certificate) -> None:
    assert state(body_of(certificate, "json"), name="Jun Park") == ("valid", ["Name"])


def test_few_queries(certificate: Certificate, django_assert_max_num_queries: Any) -> None:
    body = body_of(certificate, "pdf")
    with django_assert_max_num_queries(6):
        judge(body, at=timezone.now(), name="Daniela Reyes")
    with django_assert_max_num_queries(1):
        judge(b'{"name": "nobody\'s"}', at=timezone.now())


# ---------------------------------------------------------------- refused


def png_of(width: int, height: int) -> bytes:
    """The head of a picture of this size, and nothing behind it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"", 422, "This file is empty"),
        (b"GIF89a", 422, "no file of ours"),
        (b"<svg/>", 422, "no file of ours"),
        (b"PK\x03\x04 a zip", 422, "cannot be opened as one"),
        (b"{" + b" " * 262_144, 413, "larger than 256 KB"),
        (b"{" + b" " * 900_000, 413, "larger than 256 KB"),
        (b"{not json", 422, "Nothing of ours can be read"),
        (b'{"a":' * 40_000, 422, "Nothing of ours can be read"),
        (b'{"a":[' + b"0," * 30_000 + b"0]}", 422, "Nothing of ours can be read"),
        (b"eyJhbGciOiJub25lIn0.e30.", 200, "Not signed by us"),
        (b"eyJ.@@.##", 422, "Nothing of ours can be read"),
        (b"%PDF-1.7 nothing", 422, "Nothing of ours can be read"),
        (png_of(60_000, 60_000), 422, "Nothing of ours can be read"),
        (png_of(3, 3), 422, "Nothing of ours can be read"),
    ],
)
def test_what_is_none_of_ours_gets_a_sentence(db: None, data: bytes, status: int, said: str) -> None:
    response = drop(data, name="Jun Park")
    assert response.status_code == status
    assert said in text_of(response)
    if status == 422:
        assert 'value="Jun Park"' in response.content.decode(), "what was typed is kept"


def zip_of(*names: str, body: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zip_of("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "This is a Word document."),
        (zip_of("[Content_Types].xml", "xl/workbook.xml"), "This is an Excel workbook."),
        (zip_of("[Content_Types].xml", "ppt/presentation.xml"), "This is a PowerPoint presentation."),
        (zip_of("mimetype", "content.xml"), "This is an OpenDocument file"),
        (zip_of("certificate.pdf"), "This is a ZIP file, and not the evidence of a record."),
        (zip_of("bundle.json", body=b'{"form": "another/1"}'), "not the evidence of a record."),
    ],
)
def test_a_packed_file_is_called_what_it_is(db: None, data: bytes, said: str) -> None:
    response = drop(data)
    words = text_of(response)
    assert response.status_code == 422 and said in words and "Choose the certificate as the graduate got it" in words
    assert "This is the evidence" not in words


def test_the_evidence_of_a_record_is_called_so(certificate: Certificate) -> None:
    record = TrainingRecord.objects.get(pk=certificate.record_id)
    words = text_of(drop(evidence_bundle(record=record)))
    assert "This is the evidence of a record (ZIP). Unpack it" in words and "Word" not in words


def test_no_file_at_all(db: None) -> None:
    response = Client().post(ADDRESS, {"name": ""})
    assert response.status_code == 422
    assert "Choose the file to check." in text_of(response)


def test_a_form_of_another_site_is_refused(db: None) -> None:
    assert drop(b"{}", client=Client(enforce_csrf_checks=True)).status_code == 403


def test_a_file_that_takes_too_long_is_given_up(certificate: Certificate) -> None:
    with pytest.raises(bounded.BadFileError, match="too long"):
        bounded.look_into(body_of(certificate, "json"), [], timezone.now(), seconds=0.05)


def test_only_so_many_are_checked_at_once(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "PATIENCE", 0.05)
    for _turn in range(bounded.AT_ONCE):
        assert bounded._turn.acquire(timeout=1)
    try:
        response = drop(body_of(certificate, "json"))
    finally:
        for _turn in range(bounded.AT_ONCE):
            bounded._turn.release()
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert "Many files are being checked" in text_of(response)


def test_files_count_like_guesses(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MISSES", 2)
    for _again in range(4):
        assert drop(b"").status_code == 422, "a slip costs nothing"
    for _again in range(2):
        assert drop(b'{"name": "x"}').status_code == 200
    slowed = drop(b'{"name": "x"}')
    assert slowed.status_code == 429
    assert int(slowed["Retry-After"]) > 0
    assert Client().get(f"/verify/{certificate.code}").status_code == 429, "one count over all faces"
    assert Client().get(ADDRESS).status_code == 200


def test_the_pages_lead_to_it(db: None) -> None:
    for page in ("/verify/", "/verify/offline/"):
        assert f'href="{ADDRESS}"' in Client().get(page).content.decode()
