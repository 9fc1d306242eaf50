"""Names of every script are drawn by fonts of ours and can be read out again; what no font has is refused by its signs."""

import copy
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from certification.certificates import documents

FACTS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data/certificates/facts.json").read_text())
FONTS = Path(documents.__file__).parent / "fonts"
NAMES = [
    "Łukasz Wałęsa-Śmigły", "Jiří Dvořák Ěva", "Nguyễn Thị Ơn Đặng", "Zoë O’Neil", "Kaʻiulani",
    "Ελένη Παπαδοπούλου", "Иван Ђорђевић", "王小明", "歐陽靜", "𠮷野 花子", "山田太郎", "山田 さくら", "김민수",
    "محمد", "שרה", "प्रिया", "ไทย", "สมชาย ใจดี", "தமிழ்", "გიორგი", "Արմեն", "አበበ",
]  # fmt: skip
MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="reads the PDF by pdftotext")


def named(name: str, **more: str) -> dict[str, Any]:
    made = copy.deepcopy(FACTS)
    made["student"] |= {"name": name, **more}
    return made


def read(pdf: bytes, tmp_path: Path, *how: str) -> str:
    """The words of a PDF in the order in which they are said, without marks of direction."""
    file = tmp_path / "certificate.pdf"
    file.write_bytes(pdf)
    out = subprocess.run(["pdftotext", *how, str(file), "-"], check=True, capture_output=True)
    return re.sub(r"\s+", " ", MARKS.sub("", out.stdout.decode()))


@needs_poppler
@pytest.mark.parametrize("name", NAMES)
def test_names_are_drawn_and_read_as_they_are_written(name: str, tmp_path: Path) -> None:
    assert documents.undrawable(name) == ""
    for pdf in (documents.completion_pdf(named(name)), documents.transcript_pdf(named(name))):
        assert name in read(pdf, tmp_path, "-raw")


@needs_poppler
@pytest.mark.parametrize("name", ["محمد الأحمد", "שרה כהן"])
def test_words_that_run_to_the_left_stand_in_their_order(name: str, tmp_path: Path) -> None:
    assert name in read(documents.completion_pdf(named(name)), tmp_path)


@needs_poppler
def test_the_spelling_of_the_passport_stands_beside_the_name(tmp_path: Path) -> None:
    for draw in (documents.completion_pdf, documents.transcript_pdf):
        said = read(draw(named("محمد", latin="Mohammed Al-Ahmad")), tmp_path)
        assert "محمد" in said
        assert "Mohammed Al-Ahmad" in said


@pytest.mark.parametrize(("name", "signs"), [("Ana 😀 Ruiz", "😀"), ("𓀀𓁐", "𓀀𓁐"), ("Ana ᠮ", "ᠮ")])
def test_signs_that_no_font_has_are_named(name: str, signs: str) -> None:
    assert documents.undrawable(name) == signs
    with pytest.raises(documents.CannotDrawError):
        documents.completion_pdf(named(name))


def test_the_fonts_stay_small_enough_to_clone_and_each_has_its_license() -> None:
    assert sum(file.stat().st_size for file in FONTS.iterdir()) < 25_000_000
    licenses = "".join(file.read_text() for file in FONTS.glob("OFL-*.txt"))
    told = (FONTS / "README.md").read_text()
    for font in [*FONTS.glob("*.ttf"), *FONTS.glob("*.otf")]:
        assert font.stem.split("_")[0].split("-")[0] in told, font.name
    assert licenses.count("SIL OPEN FONT LICENSE Version 1.1") == 3
