"""The PDF: what it says, that it is the same bytes each time, and that its fonts are whole and its own."""

import copy
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from certification.certificates import documents

FACTS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data/certificates/facts.json").read_text())
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="reads the PDF by pdftotext")


def facts(**changes: str) -> dict[str, Any]:
    made = copy.deepcopy(FACTS)
    for path, value in changes.items():
        *way, last = path.split("__")
        here = made
        for step in way:
            here = here[step]
        here[last] = value
    return made


def text_of(pdf: bytes, tmp_path: Path) -> str:
    file = tmp_path / "certificate.pdf"
    file.write_bytes(pdf)
    out = subprocess.run(["pdftotext", "-raw", str(file), "-"], check=True, capture_output=True)
    return re.sub(r"\s+", " ", out.stdout.decode())


@needs_poppler
def test_it_says_who_what_how_long_and_by_whom(tmp_path: Path, settings: Any) -> None:
    settings.BASE_URL = "https://palmar.example"
    said = text_of(documents.completion_pdf(FACTS), tmp_path)
    for piece in (
        "Thomas Adewale Lindqvist",
        "Medical Massage Practitioner, 300 hours",
        "Riverbend School of Medical Massage",
        "Neuromuscular technique and trigger",
        "52 h 30 min",
        "Together 300 h",
        "8 September 2025 to 5 June 2026",
        "Awarded on 12 June 2026",
        "Helen Marsh",
        "Signed and issued 12 June 2026",
        "7K4D-Q9XW-3HTR-M2VC-F",
        "palmar.example/verify",
        "not a license to practice",
        "us-mm-300-sample@1 (a sample, no regulator’s rule)",
        "31,904 lines",
    ):
        assert piece in said, piece


def test_the_same_facts_make_the_same_bytes() -> None:
    first = documents.completion_pdf(FACTS)
    assert documents.completion_pdf(copy.deepcopy(FACTS)) == first
    assert documents.completion_pdf(facts(student__name="Thomas A. Lindqvist")) != first


def test_the_language_of_who_signs_changes_nothing() -> None:
    first = documents.completion_pdf(FACTS)
    with translation.override("es"):
        assert documents.completion_pdf(FACTS) == first


def test_it_claims_both_standards_and_carries_tags() -> None:
    pdf = documents.completion_pdf(FACTS)
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/Lang(en)" in pdf.replace(b"/Lang (en)", b"/Lang(en)")


@pytest.mark.skipif(not shutil.which("pdffonts"), reason="lists fonts by pdffonts")
def test_every_font_is_embedded_and_none_comes_from_the_machine(tmp_path: Path) -> None:
    file = tmp_path / "certificate.pdf"
    file.write_bytes(documents.completion_pdf(FACTS))
    lines = subprocess.run(["pdffonts", str(file)], check=True, capture_output=True).stdout.decode().splitlines()[2:]
    assert lines
    for line in lines:
        assert "SourceSerif4" in line or "AtkinsonHyperlegible" in line, line
        assert line.split()[-5:-2] == ["yes", "yes", "yes"], line


@needs_poppler
def test_what_looks_like_markup_is_text(tmp_path: Path) -> None:
    hostile = '#read("/etc/passwd") *x* $1$ <b> \\ @a "'
    said = text_of(documents.completion_pdf(facts(student__name=hostile, credential__title=hostile)), tmp_path)
    assert '#read("/etc/passwd") *x* $1$ <b> \\ @a "' in said


@needs_poppler
def test_long_names_and_many_subjects_stay_on_one_page(tmp_path: Path) -> None:
    long_ = facts(
        student__name="Nguyễn Thị Ánh Nguyệt Castellanos de la Vega y Montenegro Villaseñor-Łukaszewicz " * 2,
        credential__title="Advanced Certificate in Orthopedic and Medical Massage with Manual Lymph Drainage " * 2,
        school__name="The Northern Institute and Academy of Therapeutic Massage and Bodywork of Upper Michigan",
    )
    node = {"code": "x", "title": "A subject with quite a long title of its own", "required": 0, "attended": 8430,
            "creditable": 8430, "counted": 8430, "children": []}  # fmt: skip
    long_["totals"]["categories"] = [dict(node) for _ in range(18)]
    pdf = documents.completion_pdf(long_)
    said = text_of(pdf, tmp_path)
    assert len(re.findall(rb"/Type ?/Page\b", pdf)) == 1
    assert "Together 300 h" in said
    assert "7K4D-Q9XW-3HTR-M2VC-F" in said


def test_hours_are_those_of_the_rules() -> None:
    assert documents.hours_in(25000, 50) == "500\N{NO-BREAK SPACE}h"
    assert documents.hours_in(3150, 60) == "52\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30\N{NO-BREAK SPACE}min"
    assert documents.hours_in(0, 60) == "0\N{NO-BREAK SPACE}h"
    assert documents.hours_in(40, 50) == "40\N{NO-BREAK SPACE}min"


def test_the_square_leads_to_the_page_that_checks(settings: Any) -> None:
    settings.BASE_URL = "https://palmar.example"
    assert documents.verify_address("7K4D-Q9XW-3HTR-M2VC-F") == "https://palmar.example/verify/7K4D-Q9XW-3HTR-M2VC-F"
    assert documents.qr("https://palmar.example/verify/7K4D-Q9XW-3HTR-M2VC-F").startswith("<svg")


MADE = json.loads((Path(__file__).parents[1] / "data/credentials/facts.json").read_text())


@needs_poppler
def test_a_transcript_says_what_each_hour_rests_on(tmp_path: Path) -> None:
    said = text_of(documents.transcript_pdf(MADE), tmp_path)
    for words in (
        *("Transcript", "Daniela Reyes", "Hours by subject", "Myofascial release", "6 h", "By distance", "Transferred"),
        *("Courses", "MFR@1", "Externship", "Riverside Clinic", "Dr. Raman", "How each hour is known", "Co-signed"),
        *("Measured", "Quiz: myofascial release", "What this transcript is not.", MADE["issue"]["code"], "Page 1 of"),
    ):
        assert words in said, words


@needs_poppler
def test_a_transcript_names_corrections_transfers_and_what_the_rules_left_out(tmp_path: Path) -> None:
    made = copy.deepcopy(MADE)
    made["transfers"] = [{"sending_school": "Hillside School", "minutes": 90, "creditable": 60}]
    made["corrections"] = [{"on": "2026-03-05", "title": "Class", "reason": "Left early", "minutes": 30}]
    made["totals"]["not_creditable"] = {"day_cap": 30}
    made["totals"]["kinds"] = {"": {"distance": 120, "transferred": 90}, "mfr": {"distance": 0, "transferred": 90}}
    said = text_of(documents.transcript_pdf(made), tmp_path)
    for words in (
        *("From other schools", "Hillside School", "1 h 30 min", "Corrections", "Class: Left early"),
        *("Attended and not creditable", "Together"),
    ):
        assert words in said, words


def test_files_of_the_same_facts_are_the_same_bytes() -> None:
    assert documents.transcript_pdf(MADE) == documents.transcript_pdf(MADE)
    picture = documents.badge_png(MADE)
    assert picture == documents.badge_png(MADE)
    assert picture.startswith(b"\x89PNG")
