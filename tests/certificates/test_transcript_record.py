"""A transcript of a record that has it all: distance, transfer, a correction, every kind of evidence; paper and machine."""

import json
import shutil
import subprocess
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from certification.certificates import credentials
from certification.certificates.models import Certificate, CertificateDocument
from certification.records.models import HourEntry, TrainingRecord
from certification.records.services import approve_correction, post_hours, propose_correction
from tests.certificates.making import complete, issued
from tests.layers import layer
from tests.records.making import part
from tests.worlds import School

pytestmark = pytest.mark.django_db


@layer
def mixed(school: School, record: TrainingRecord) -> Certificate:
    """Ten hours in class, online and at the clinic; five hours from Hillside; a class put right by two people."""
    complete(record)
    moved = part(
        300, spans=(), date=date(2026, 1, 6), source="transfer", evidence="transferred", sending_school="Hillside School",
        title="Transfer credit", signer="", signer_name="",
    )  # fmt: skip
    post_hours(record=record, source_key="transfer:1", parts=[moved])
    wrong = HourEntry.objects.get(record=record, minutes=360)
    correction = propose_correction(
        uuid=uuid.uuid4(), record=record, entry=wrong, reason="minutes", words="It ended earlier.", by=school.registrar,
        parts=[part(330, "2026-03-02 14:00", "2026-03-02 20:00", course="MFR@1")],
    )  # fmt: skip
    approve_correction(correction=correction, by=school.second_registrar)
    return issued(school, record)


def results(credential: dict[str, Any]) -> dict[str, str]:
    subject = credential["credentialSubject"]
    return {one["resultDescription"].rpartition("#")[2]: one["value"] for one in subject["result"]}


def test_the_machine_form_tells_all_four(mixed: Certificate) -> None:
    body = bytes(CertificateDocument.objects.get(certificate=mixed, format="clr").body)
    parts = json.loads(body)["credentialSubject"]["verifiableCredential"]
    by_name = {part_["id"].rpartition("#")[2]: part_ for part_ in parts[1:]}
    online = results(by_name["nmt_trp"])
    assert (online["nmt_trp-distance-minutes"], online["nmt_trp-distance-hours"]) == ("120", "2 h")
    assert results(by_name["mfr"])["mfr-transferred-minutes"] == "300"
    assert "mfr-distance-minutes" not in results(by_name["mfr"]), "what is not there is not told"
    whole = results(by_name["record"])
    assert (whole["total-distance-minutes"], whole["total-transferred-minutes"]) == ("120", "300")
    evidence = {
        name: int(value) for name, value in whole.items() if name.startswith("evidence-") and name.endswith("-minutes")
    }
    assert set(evidence) == {f"evidence-{one}-minutes" for one in ("measured", "co_signed", "transferred", "corrected")}
    assert sum(evidence.values()) == mixed.facts["totals"]["total"]["creditable"]
    stories = {one["name"]: one["narrative"] for one in by_name["record"]["evidence"]}
    assert "5 h from Hillside School" in stories["Transferred hours"]
    assert "5 h 30 min, reason" in stories["Correction"]


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext")
def test_the_paper_tells_all_four(mixed: Certificate, tmp_path: Path) -> None:
    file = tmp_path / "transcript.pdf"
    file.write_bytes(bytes(CertificateDocument.objects.get(certificate=mixed, format="transcript").body))
    text = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True).stdout
    said = " ".join(text.replace("\u00a0", " ").split())
    for words in ("By distance", "Transferred", "Hillside School", "Corrected", "5 h 30 min", "Measured"):
        assert words.lower() in said.lower(), words


def test_facts_of_before_make_a_record_without_new_words() -> None:
    """Certificates from before kinds and corrections were frozen still make their files."""
    facts = json.loads((Path(__file__).parents[1] / "data/certificates/facts.json").read_text())
    facts["totals"].pop("kinds", None)
    facts.pop("corrections", None)
    made = credentials.record_badge(
        facts,
        house=credentials.House("https://palmar.example"),
        issuer=credentials.Issuer("did:web:palmar.example", "X"),
        status=credentials.StatusPlace("https://palmar.example/status/1", 1),
    )
    assert results(made), "how the hours are evidenced was frozen from the first"
    assert not [name for name in results(made) if name.startswith("total-")]
    assert "evidence" not in made or all(one["name"] != "Correction" for one in made["evidence"])
