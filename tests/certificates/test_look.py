"""How a school's documents look: who says it, what is refused, and that what was issued keeps what it was issued with."""

import io
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from PIL import Image, ImageDraw

from certification.certificates import documents, rules
from certification.certificates.models import DocumentLook, Hand, LookFile
from certification.certificates.selectors import look_facts, look_files, look_in_use
from certification.certificates.services import (
    adopt_look,
    draft_look,
    issue_certificate,
    keep_hand,
    kept_file,
    make_documents,
    propose_certificate,
)
from certification.records.models import TrainingRecord
from certification.records.services import record_milestone
from certification.requirements.models import RuleSet
from courses.catalog.services import ensure_cms_roles, sync_cms_groups
from tests.certificates.continuing import issued_ce, make_ce_record
from tests.certificates.making import issued
from tests.certificates.test_documents import needs_poppler
from tests.files import photograph
from tests.records.making import at
from tests.worlds import School

pytestmark = pytest.mark.django_db
SVG = b'<svg class="fig" viewBox="0 0 40 20"><path d="M0 0h40v20z" fill="#14545c"/></svg>'


def clear(color: Any = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (60, 20), color).save(out, "PNG")
    return out.getvalue()


def look(school: School, **changes: Any) -> DocumentLook:
    said = {"accent": "#8c2846", "ground": "#ffffff", "paper": "a4", "seal": "drawn", **changes}
    return draft_look(school=school.school, by=school.admin, **said)


def in_use(school: School, **changes: Any) -> DocumentLook:
    return adopt_look(look=look(school, **changes), by=school.admin)


# ---------------------------------------------------------------- colors


def test_contrast_is_that_of_wcag() -> None:
    assert rules.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert rules.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert rules.contrast("#ffffff", "#767676") == rules.contrast("#767676", "#ffffff")


@pytest.mark.parametrize("color", ["#ffcc00", "#ffffff", "#7fd1b9", "#ff0000", "#14545c"])
def test_the_color_that_is_offered_can_be_read(color: str) -> None:
    better = rules.readable(color, "#fcf9f3")
    assert rules.contrast(better, "#fcf9f3") >= 4.5
    assert (better == color) == (rules.contrast(color, "#fcf9f3") >= 4.5)
    assert rules.contrast(rules.INK_SOFT, rules.light_enough(color)) >= 4.5


def test_colors_in_which_nobody_could_read_are_refused_with_a_way_on(school: School) -> None:
    with pytest.raises(ValidationError) as refused:
        look(school, accent="#ffcc00")
    sentence = refused.value.message_dict["accent"][0]
    better = rules.readable("#ffcc00", "#ffffff")
    assert "1.5 : 1" in sentence
    assert better in sentence
    assert look(school, accent=better).accent == better
    with pytest.raises(ValidationError) as refused:
        look(school, ground="#888888")
    assert rules.light_enough("#888888") in refused.value.message_dict["ground"][0]
    with pytest.raises(ValidationError):
        look(school, accent="red")


# ---------------------------------------------------------------- files


def test_a_photograph_is_drawn_anew(school: School) -> None:
    body = bytes(kept_file(school=school.school, data=photograph()).body)
    assert body.startswith(b"\x89PNG")
    assert b"Daniela" not in body
    assert kept_file(school=school.school, data=photograph()).pk == LookFile.objects.get().pk


@pytest.mark.parametrize(
    "data",
    [
        b"MZ not a picture",
        b"<svg viewBox='0 0 1 1'><script>alert(1)</script></svg>",
        b'<svg viewBox="0 0 1 1"><image href="https://x.example/a.png"/></svg>',
        b'<svg viewBox="0 0 1 1"><path d="M0 0" onload="x()"/></svg>',
        b"x" * 3_000_001,
    ],
)
def test_what_is_no_picture_is_refused(school: School, data: bytes) -> None:
    with pytest.raises(ValidationError):
        kept_file(school=school.school, data=data)
    assert not LookFile.objects.exists()


# ---------------------------------------------------------------- versions


def test_only_administrators_say_it_and_nothing_changes_until_it_is_taken_into_use(school: School) -> None:
    for by in (school.registrar, school.instructor, school.foreign_registrar):
        with pytest.raises(ValidationError):
            draft_look(school=school.school, by=by, accent="#14545c", ground="#ffffff", paper="a4", seal="none")
    first = look(school)
    assert look(school).pk == first.pk
    assert look_in_use(school.school) is None
    with pytest.raises(ValidationError):
        adopt_look(look=first, by=school.registrar)
    second = in_use(school, accent="#14545c")
    assert (second.number, look_in_use(school.school)) == (2, second)
    with pytest.raises(ValidationError):
        adopt_look(look=first, by=school.admin)
    assert adopt_look(look=second, by=school.admin).adopted_at == second.adopted_at


def test_nobody_puts_anothers_hand_under_anything(school: School) -> None:
    assert keep_hand(school=school.school, by=school.registrar, data=clear())
    keep_hand(school=school.school, by=school.registrar, data=clear())
    assert Hand.objects.count() == 1
    signers = [str(school.registrar.uuid), str(school.second_registrar.uuid)]
    assert set(look_facts(school.school, signers=signers)["hands"]) == {str(school.registrar.uuid)}
    with pytest.raises(ValidationError):
        keep_hand(school=school.school, by=school.instructor, data=clear())
    assert keep_hand(school=school.school, by=school.registrar, data=None) is None
    assert look_facts(school.school, signers=signers) == {}


def test_what_was_issued_says_what_it_was_drawn_with_and_keeps_it(school: School, ready: TrainingRecord) -> None:
    keep_hand(school=school.school, by=school.second_registrar, data=clear())
    used = in_use(school, logo=kept_file(school=school.school, data=SVG))
    proposal = propose_certificate(record=ready, by=school.registrar)
    certificate = issue_certificate(proposal=proposal, by=school.second_registrar)
    # Between the issue and the task that makes the files, the school changes its mind.
    in_use(school, accent="#14545c", logo=None, seal="none")
    make_documents(certificate=certificate)
    frozen = certificate.facts["look"]
    assert (frozen["version"], frozen["accent"], frozen["paper"]) == (used.number, "#8c2846", "a4")
    assert frozen["hands"] == {str(school.second_registrar.uuid): Hand.objects.get().file.sha256}  # type: ignore[union-attr]
    said = {name: value for name, value in frozen.items() if name != "sha256"}
    assert frozen["sha256"] == rules.sha256(rules.canonical(said).encode())
    assert used.logo
    assert frozen["logo"] == used.logo.sha256 == rules.sha256(bytes(used.logo.body))
    with documents.look.files(look_files(school.school, certificate.facts)):
        again = documents.completion_pdf(
            certificate.facts, credential=bytes(certificate.documents.get(format="json").body).decode()
        )
    assert bytes(certificate.documents.get(format="pdf").body).startswith(again[:-1])
    assert b"/MediaBox [0 0 841" in again or b"/MediaBox[0 0 841" in again, "A4 across"


@needs_poppler
def test_every_kind_that_is_signed_shows_its_signers_hands(school: School, rule_set: RuleSet, tmp_path: Path) -> None:
    for signer in (school.admin, school.registrar, school.second_registrar):
        keep_hand(school=school.school, by=signer, data=clear())
    record = make_ce_record(school, rule_set)
    record_milestone(
        record=record, code="quiz:MFR", title="Test: fascia", occurred_at=at("2026-03-05 20:00"), source_key="a:1"
    )
    made = [issued_ce(school, record)]
    for kind, subject in (("achievement", "quiz:MFR"), ("letter", "")):
        proposal = propose_certificate(record=record, by=school.registrar, kind=kind, subject=subject)
        made.append(issue_certificate(proposal=proposal, by=school.second_registrar))
        make_documents(certificate=made[-1])
    for certificate in made:
        file = tmp_path / f"{certificate.kind}.pdf"
        file.write_bytes(bytes(certificate.documents.get(format="pdf").body))
        told = subprocess.run(["pdfimages", "-list", str(file)], capture_output=True, text=True, check=True).stdout
        # No logo and no seal here, and a square code is lines: the pictures are the two hands.
        assert len(re.findall(r"^ +1 +\d+ image ", told, re.MULTILINE)) == 2, certificate.kind


def test_a_certificate_of_a_school_without_a_look_has_none(school: School, ready: TrainingRecord) -> None:
    assert "look" not in issued(school, ready).facts


def test_a_file_that_is_not_there_is_an_error_and_never_a_blank(school: School) -> None:
    facts = {"look": {"logo": "0" * 64}}
    with pytest.raises(documents.look.MissingFileError):
        documents.look.pictures_of(facts)
    with documents.look.files({"0" * 64: b"another"}), pytest.raises(documents.look.MissingFileError):
        documents.look.pictures_of(facts)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE certificates_documentlook SET accent = '#000000'",
        "UPDATE certificates_documentlook SET adopted_at = NULL, adopted_by_id = NULL",
        "DELETE FROM certificates_documentlook",
        "UPDATE certificates_lookfile SET sha256 = 'x'",
        "DELETE FROM certificates_lookfile",
        "UPDATE certificates_hand SET file_id = NULL",
        "DELETE FROM certificates_hand",
    ],
)
def test_the_database_keeps_it(school: School, statement: str) -> None:
    in_use(school, logo=kept_file(school=school.school, data=SVG))
    keep_hand(school=school.school, by=school.registrar, data=clear())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_takes_no_file_of_another_school(school: School) -> None:
    foreign = kept_file(school=school.other_school, data=SVG)
    with pytest.raises(DatabaseError), transaction.atomic():
        DocumentLook.objects.create(
            school=school.school, number=9, accent="#000000", ground="#ffffff", logo=foreign, made_by=school.admin
        )


# ---------------------------------------------------------------- the page in the CMS


@pytest.fixture
def cms(school: School) -> School:
    """The school with its office in the CMS."""
    for place in (school.school, school.other_school):
        ensure_cms_roles(place)
    for user in (school.admin, school.registrar, school.instructor, school.foreign_registrar):
        sync_cms_groups(user)
    return school


def page(school: School, more: str = "") -> str:
    return f"/cms/look/{school.school.slug}/{more}"


def said(**changes: Any) -> dict[str, Any]:
    return {"accent": "#8c2846", "ground": "#ffffff", "paper": "a4", "seal": "drawn", **changes}


def test_an_administrator_tries_a_look_out_and_takes_it_into_use(cms: School) -> None:
    admin = cms.client(cms.admin)
    assert "Our own look" in admin.get(page(cms)).content.decode()
    dirty = b'<svg viewBox="0 0 4 4"><script>x()</script><path d="M0 0h4v4z" fill="#14545c"/></svg>'
    answer = admin.post(page(cms), said(logo=SimpleUploadedFile("logo.svg", dirty)))
    assert answer.status_code == 302
    newest = DocumentLook.objects.get()
    assert newest.logo
    assert b"script" not in bytes(newest.logo.body)
    body = admin.get(page(cms)).content.decode()
    assert "Tried out, not in use" in body
    for name, head in (
        ("certificate.pdf", b"%PDF"),
        ("transcript.pdf", b"%PDF"),
        ("certificate.png", b"\x89PNG"),
        ("transcript.png", b"\x89PNG"),
        ("badge.png", b"\x89PNG"),
    ):
        sample = admin.get(page(cms, f"1/{name}"))
        assert sample.content.startswith(head), name
        assert "no-store" in sample["Cache-Control"]
    assert admin.get(page(cms, "9/badge.png")).status_code == 404
    assert admin.get(page(cms, "1/other.png")).status_code == 404
    admin.post(page(cms, "1/use/"))
    assert look_in_use(cms.school) == newest
    assert "In use since" in admin.get(page(cms)).content.decode()
    admin.post(page(cms), said(accent="#14545c"))
    assert DocumentLook.objects.get(number=2).logo == newest.logo, "no new file keeps the one that is there"


def test_what_is_refused_stands_beside_its_field_and_keeps_what_was_said(cms: School) -> None:
    answer = cms.client(cms.admin).post(page(cms), said(accent="#ffcc00"))
    body = answer.content.decode()
    assert answer.status_code == 422
    assert rules.readable("#ffcc00", "#ffffff") in body
    assert 'value="#ffcc00"' in body
    assert not DocumentLook.objects.exists()


def test_registrars_see_it_and_write_only_their_own_hand(cms: School) -> None:
    registrar = cms.client(cms.registrar)
    assert registrar.get(page(cms)).status_code == 200
    assert registrar.post(page(cms), said()).status_code == 404
    registrar.post(page(cms, "hand/"), {"picture": SimpleUploadedFile("hand.png", clear())})
    assert Hand.objects.get().user == cms.registrar
    for user in (cms.instructor, cms.foreign_registrar):
        assert cms.client(user).get(page(cms)).status_code in (302, 404)
    assert Client().get(page(cms)).status_code == 302


def scanned(paper: int = 244) -> bytes:
    """A stroke of ink on paper, with some noise, as a phone photographs it."""
    picture = Image.new("L", (240, 80), paper)
    picture.paste(paper - 12, (0, 0, 120, 80))
    ImageDraw.Draw(picture).line([(8, 60), (60, 12), (90, 66), (232, 40)], fill=24, width=6)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def kept_hand(cms: School, data: bytes, name: str) -> Image.Image:
    address, registrar = page(cms, "hand/"), cms.client(cms.registrar)
    assert registrar.post(address, {"picture": SimpleUploadedFile(name, data)}).status_code == 302
    file = Hand.objects.latest("pk").file
    assert file
    return Image.open(io.BytesIO(bytes(file.body))).convert("RGBA")


def test_of_a_photographed_hand_the_ink_alone_stands(cms: School) -> None:
    picture = kept_hand(cms, scanned(), "hand.jpg")
    assert [picture.getpixel(at)[3] for at in ((2, 2), (200, 70), (118, 4))] == [0, 0, 0]
    assert picture.getpixel((34, 36))[3] == 255, "on the stroke"


def test_a_hand_on_a_clear_or_a_dark_ground_stays_as_it_came(cms: School) -> None:
    assert kept_hand(cms, clear("navy"), "hand.png").getpixel((5, 5)) == (0, 0, 128, 255)
    half = kept_hand(cms, clear((0, 0, 128, 90)), "hand.png")
    assert half.getpixel((5, 5))[3] == 90


@pytest.mark.parametrize("words", [b"<text x='1' y='5'>Hi</text>", b"<svg:text>Hi</svg:text>"])
def test_a_drawing_with_words_in_it_is_refused_with_a_way_on(cms: School, words: bytes) -> None:
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 10 10'>" + words + b"<path d='M0 0h9v9z'/></svg>"
    answer = cms.client(cms.admin).post(page(cms), said(logo=SimpleUploadedFile("logo.svg", drawing)))
    assert answer.status_code == 422
    assert "Turn the text into outlines" in answer.content.decode()
    assert not DocumentLook.objects.exists()


def test_a_sample_says_so_and_is_nobody(school: School) -> None:
    facts = documents.sample.facts("A school", "", {})
    assert documents.look.colors_of(facts) == {"sample": "SAMPLE"}
    assert json.dumps(facts)
