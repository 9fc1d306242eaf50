"""What leaves the house of this room: in the export of a record, the learner's and the school's copy, and of a school."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from certification.externships.models import Shift
from certification.externships.selectors.exports import SCHOOL_PARTS, placements_told
from certification.externships.selectors.practical import practicals_told
from certification.externships.services import Decision, add_goal, clock_in, clock_out, decide, tick_goal
from certification.records.models import HourLog
from certification.records.rules.export_check import check_export
from certification.records.services import export_record, export_school, make_checkpoint

from .conftest import NOW, Clinic
from .test_competencies import library, say, second_instructor
from .test_evaluations import ask, form_of, url_of
from .test_practical import make, mark

__all__ = ["library"]
pytestmark = pytest.mark.django_db
MEASURE = {"what": "pain", "where": "", "side": "", "before": "7", "after": "3"}


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lived(clinic: Clinic) -> None:
    """A signed shift with measures, one returned, a draft, and a goal that her supervisor ticked."""
    shift = clinic.draft(regions=["shoulder"], measures=[MEASURE], reflection="I would begin slower.")
    other = clinic.draft("2026-11-11 09:00", "2026-11-11 12:00", kind="observation", techniques=[])
    decide(
        link=clinic.send(), decisions=[Decision(shift.uuid, "sign"), Decision(other.uuid, "return", "Came late.")],
        typed_name="Priya Raman", confirms_statement=True, ip="203.0.113.9", agent="Phone/1",
    )  # fmt: skip
    clinic.draft("2026-11-12 09:00", "2026-11-12 12:00", statement="Not sent yet.")
    goal = add_goal(placement=clinic.placement, words="Drape without being reminded", by=clinic.school.learner_user)
    tick_goal(goal=goal, reached=True, supervisor=clinic.supervisor)


def placements_of(data: bytes) -> list[dict[str, Any]]:
    told = json.loads(parts(data)["placements.json"])
    assert told["form"] == "palmar-placements/1"
    found: list[dict[str, Any]] = told["placements"]
    return found


def test_her_own_copy_has_all_of_it(clinic: Clinic) -> None:
    lived(clinic)
    (placement,) = placements_of(export_record(record=clinic.record, whole=False))
    assert (placement["site"], placement["state"]) == ("Harborview Rehabilitation", "active")
    assert [goal["reached_by"] for goal in placement["goals"]] == ["Dr. Priya Raman"]
    assert [step["what"] for step in placement["steps"]] == ["approved", "began"]
    signed, returned, draft = placement["shifts"]
    assert signed["measures"][0]["what"] == "pain" and signed["measures"][0]["before"] == 7
    assert (signed["state"], signed["minutes"], signed["reflection"]) == ("signed", 240, "I would begin slower.")
    (done,) = signed["decisions"]
    assert (done["decision"], done["signer"], done["minutes"]) == ("sign", "Priya Raman", 240)
    assert done["receipt"] and done["second_factor"] == ""
    assert hashlib.sha256(done["shown"].encode()).hexdigest() == done["digest"], "checked from her own file"
    assert returned["decisions"][0]["words"] == "Came late."
    assert draft["statement"] == "Not sent yet."
    data = export_record(record=clinic.record, whole=False)
    assert b"203.0.113.9" not in b"".join(parts(data).values()), "of the signer's device nothing leaves"


def test_the_schools_copy_has_no_drafts(clinic: Clinic) -> None:
    lived(clinic)
    (placement,) = placements_of(export_record(record=clinic.record, whole=True))
    assert [shift["state"] for shift in placement["shifts"]] == ["signed", "returned"]


def test_of_a_shift_that_is_a_draft_again_the_school_keeps_what_was_decided(clinic: Clinic) -> None:
    lived(clinic)
    Shift.objects.filter(state="returned").update(state="draft", statement="Written anew.")
    (placement,) = placements_of(export_record(record=clinic.record, whole=True))
    signed, again = placement["shifts"]
    assert signed["state"] == "signed"
    assert set(again) == {"uuid", "version", "state", "decisions"} and again["state"] == "draft"
    assert [done["words"] for done in again["decisions"]] == ["Came late."]


def test_a_learners_copy_names_no_examiner(library: Clinic) -> None:
    second = second_instructor(library)
    practical = make(library, second)
    for seat in (1, 2):
        mark(practical, seat, 3, 2, 1)
    for whole, names in ((False, {None}), (True, {library.school.instructor.get_full_name(), "Rita Rater"})):
        (told,) = practicals_told(library.record, whole)
        assert {sheet["examiner"] for sheet in told["sheets"]} == names


def test_what_a_clock_measured_is_in_it(clinic: Clinic) -> None:
    clock = clock_in(placement=clinic.placement, supervisor=clinic.supervisor, activity="observation", key=uuid4())
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        clock_out(clock=clock)
    (placement,) = placements_of(export_record(record=clinic.record, whole=False))
    (shift,) = placement["shifts"]
    assert (shift["entered"], shift["minutes"]) == ("clock", 60)
    assert (shift["clock"]["metres"], shift["clock"]["away"]) == ([None, None], [])


def test_a_schools_export_has_a_row_for_each_record_and_checks(library: Clinic) -> None:
    lived(library)
    say(library, "DRAPING", "pass")
    library_link = ask(library, wanted=("SOAP",))
    Client().post(url_of(library_link), form_of(library_link, SOAP="2"))
    second: User = second_instructor(library)
    practical = make(library, second)
    mark(practical, 1, 3, 3, 1)
    mark(practical, 2, 3, 2, 1)
    make_checkpoint(log=HourLog.objects.get(school=library.school.school), reason="asked")
    data = b"".join(export_school(school=library.school.school))
    found = parts(data)
    rows = {
        name: [json.loads(line) for line in found[name].splitlines()]
        for name in ("placements.jsonl", "competencies.jsonl", "practical_examinations.jsonl")
    }
    for name, told in rows.items():
        assert [row["record"] for row in told] == [str(library.record.uuid)], name
        assert name in found["README.txt"].decode()
    (row,) = rows["placements.jsonl"]
    assert [shift["state"] for shift in row["told"]["placements"][0]["shifts"]] == ["signed", "returned"]
    (row,) = rows["competencies.jsonl"]
    assert {one["code"] for one in row["told"]["checkoffs"]} == {"DRAPING", "SOAP"}
    assert row["told"]["evaluations"][0]["signer"] == "Priya Raman" and "sites" not in row["told"]
    (row,) = rows["practical_examinations.jsonl"]
    assert len(row["told"][0]["sheets"]) == 2
    assert check_export(zipfile.ZipFile(io.BytesIO(data))).misfits == []
    for rows_of_school in SCHOOL_PARTS.values():
        assert list(rows_of_school(library.school.other_school)) == [], "of another school nothing"


def test_a_part_in_which_nothing_would_stand_is_left_out(library: Clinic) -> None:
    lived(library)
    found = parts(b"".join(export_school(school=library.school.school)))
    assert "placements.jsonl" in found and "competencies.jsonl" not in found


def test_telling_costs_the_same_for_many_shifts(clinic: Clinic, django_assert_max_num_queries: Any) -> None:
    lived(clinic)
    for _more in range(2):
        with django_assert_max_num_queries(7):
            assert placements_told(clinic.record, False)
        clinic.draft(f"2026-11-1{3 + _more} 09:00", f"2026-11-1{3 + _more} 12:00")
