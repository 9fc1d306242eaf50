"""A person whose time is over is in no table and no file any more; what was proved of her hours still is."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.services import change_legal_name, grant_role
from certification.externships import services as externships
from certification.externships.models import CompetencyVersion, EvaluationForm, SignOff, SignOffRow
from certification.externships.services import (
    Decision,
    add_goal,
    approve_scan,
    decide,
    decline_placement,
    print_form,
    register_site,
    request_placement,
    upload_scan,
)
from certification.quizzes import services as quizzes
from certification.records.models import (
    Claim,
    Correction,
    CourseResult,
    HourEntry,
    HourLog,
    ImportBatch,
    TrainingRecord,
)
from certification.records.rules.imports import read_rows
from certification.records.selectors import inclusion_of
from certification.records.services import (
    approve_correction,
    approve_import,
    decide_anomaly,
    erase_words,
    make_checkpoint,
    make_claim,
    note_anomaly,
    place_hold,
    post_hours,
    propose_correction,
    propose_import,
    refuse_correction,
    refuse_import,
    release_hold,
    stray_papers,
    words_behind,
)
from certification.verification.audit import audit
from cms.desk.places import SchoolPlaces
from cms.desk.services import erase_person, plan_erasure
from tests.externships.conftest import NOW, Clinic, make_clinic
from tests.quizzes.conftest import ESSAY, SINGLE, hand_in_essay, response_to
from tests.records.making import paper, part
from tests.worlds import School

from .test_imports import row, table

pytestmark = [pytest.mark.django_db, pytest.mark.fresh]
HER = ("daniela", "reyes", "oldname")
OVER = date(2034, 1, 1)


@dataclass
class World:
    """A learner of whom something stands everywhere; `other` is the record of who stood in a file with her."""

    school: School
    clinic: Clinic
    record: TrainingRecord
    other: TrainingRecord


@pytest.fixture
def world(school: School, record: TrainingRecord, django_capture_on_commit_callbacks) -> Iterator[World]:
    """Her name stands wherever people write; another learner's rows stand beside hers."""
    with time_machine.travel(NOW, tick=False), django_capture_on_commit_callbacks(execute=True):
        # What tests rolled back left files without rows, which is what is counted here.
        for folder in ("imports", "record-papers", "signed-forms"):
            shutil.rmtree(Path(settings.PRIVATE_ROOT) / folder, ignore_errors=True)
        school.learner_user = change_legal_name(
            user=school.learner_user, legal_name="Daniela Oldname", until_on=date(2026, 1, 1)
        )
        school.learner_user = change_legal_name(
            user=school.learner_user, legal_name="Daniela Reyes", until_on=date(2026, 1, 2)
        )
        clinic = make_clinic(school, record)
        signed, returned = (
            clinic.draft(statement="I, Daniela, worked", reflection="Reyes should begin slower"),
            clinic.draft("2026-11-10 09:00", "2026-11-10 12:00"),
        )
        decide(
            link=clinic.send(),
            decisions=[Decision(signed.uuid, "sign"), Decision(returned.uuid, "return", "Ask Reyes again")],
            typed_name="Priya Raman",
            confirms_statement=True,
            ip="203.0.113.9",
            agent="Reyes' phone",
        )
        ask_for_a_placement(clinic)
        on_paper = clinic.draft("2026-11-11 09:00", "2026-11-11 12:00", statement="")
        scan = upload_scan(
            uuid=uuid4(), form=print_form(link=clinic.send(), by=school.learner_user), by=school.coordinator,
            answers={on_paper.uuid: ("return", "Reyes was late")}, typed_name="Priya Raman", signed_on=NOW.date(),
            attachment=paper("daniela-signed.pdf", b"%PDF-1.7 Daniela Reyes by hand"),
        )  # fmt: skip
        approve_scan(scan=scan, by=school.registrar)
        entry = post_hours(record=record, source_key="class:1", parts=[part(note="Daniela was late")]).entries[0]
        claim = make_claim(
            uuid=uuid4(), record=record, entry=entry, day=date(2026, 3, 2), minutes=30, words="I am Daniela Reyes",
            by=school.learner_user, attachment=paper("reyes.pdf", b"%PDF-1.7 Daniela Reyes"),
        )  # fmt: skip
        for claimed, answer in ((None, refuse_correction), (claim, approve_correction)):
            correction = propose_correction(
                uuid=uuid4(), record=record, entry=entry, parts=[part(30, "2026-03-02 14:00", "2026-03-02 14:30")],
                reason="minutes", words="Reyes left", by=school.registrar, claim=claimed,
                attachment=paper("daniela.pdf", b"%PDF-1.7 Reyes left"),
            )  # fmt: skip
            answer(correction=correction, by=school.second_registrar, words="Daniela confirmed")
        anomaly = note_anomaly(
            school=school.school, kind="burst", fingerprint="x", records=[record.uuid], first_on=date(2026, 3, 2),
            last_on=date(2026, 3, 2), evidence={"minutes": 1},
        )  # fmt: skip
        assert anomaly is not None
        decide_anomaly(
            uuid=uuid4(), anomaly=anomaly, verdict="explained", words="Reyes explained it", by=school.registrar
        )
        hold = place_hold(
            uuid=uuid4(), record=record, reason="unpaid", words="Reyes owes the last rate", by=school.registrar
        )
        release_hold(hold=hold, words="Daniela paid", by=school.registrar)
        hers = {"email": "daniela@example.org", "legal_name": "Daniela Reyes", "program": "small-sample@1"}
        rows = [row(**hers, document="Paper of Reyes", grade_percent="91"), row(program="small-sample@1")]
        bring(school, table(*rows), pass_=True)
        bring(school, table(row(**hers, minutes="ten")), pass_=False)
        write_an_essay(school, record)
        rate_and_examine(clinic)
        now = timezone.now()
        TrainingRecord.objects.filter(learner__user=school.learner_user).update(sealed_at=now)
        other = TrainingRecord.objects.get(learner__user__email="old@example.org")
        make_checkpoint(log=HourLog.objects.get(), reason="asked")
        yield World(school, clinic, record, other)


def ask_for_a_placement(clinic: Clinic) -> None:
    """She names herself in a request and in a goal, and is declined by her name."""
    site = register_site(school=clinic.school.school, name="St. Anne", approved_on=date(2026, 1, 1))
    asked = request_placement(
        record=clinic.record, site=site, starts_on=date(2027, 3, 1), ends_on=date(2027, 4, 1),
        words="I, Daniela Reyes, live next door", by=clinic.school.learner_user,
    )  # fmt: skip
    decline_placement(placement=asked, words="Sorry, Daniela", by=clinic.school.coordinator)
    add_goal(placement=clinic.placement, words="They say reyes and not miss", by=clinic.school.learner_user)


def write_an_essay(school: School, record: TrainingRecord) -> None:
    """She writes her name; her teachers write it in what they answer."""
    bank = quizzes.ensure_bank(school=school.school, code="E", title="Essays")
    questions = [quizzes.ensure_question(bank=bank, **SINGLE), quizzes.ensure_question(bank=bank, **ESSAY)]
    quiz = quizzes.ensure_quiz(school=school.school, code="E", title="Essay", questions=questions)
    given = quizzes.assign_quiz(record=record, quiz=quiz, module="E", module_version=1)
    quizzes.allow_otherwise(assignment=given, by=school.registrar, reason="Reyes reads slowly", extra_minutes=20)
    response = response_to(hand_in_essay(given, "I, Daniela Reyes, ask about the scar."), "report")
    mark = quizzes.mark_response(
        response=response,
        points={"safe": 2, "reasons": 4},
        remarks={"safe": "Well asked, Daniela."},
        remark="Good, Reyes.",
        by=school.instructor,
    ).mark
    quizzes.correct_mark(
        uuid=uuid4(),
        mark=mark,
        after=0,
        points={"safe": 1, "reasons": 4},
        remarks={"safe": "Less, Daniela."},
        remark="Still good, Reyes.",
        reason="Reyes asked twice",
        by=school.instructor,
    )
    appeal = quizzes.raise_appeal(response=response, words="Daniela Reyes asks why.", by=school.learner_user)
    quizzes.answer_appeal(appeal=appeal, outcome="declined", answer="Because, Daniela.", by=school.instructor)


def rate_and_examine(clinic: Clinic) -> None:
    """Her name stands in check-offs, a plan, evaluations and an examiner's sheet."""
    school, record, placement = clinic.school, clinic.record, clinic.placement
    externships.take_over_library(school=school.school)
    soap = CompetencyVersion.objects.get(competency__code="SOAP")
    (failed,) = externships.rate(
        record=record,
        ratings=[externships.Rating(soap.uuid, "1", "Daniela Reyes forgot the side")],
        by=school.instructor,
    )
    plan = externships.plan_remediation(
        failed=failed, minutes=30, instructor=school.instructor, due_on=date(2026, 12, 1), words="Reyes writes two.",
        by=school.registrar,
    )  # fmt: skip
    externships.finish_remediation(plan=plan, by=school.registrar)
    link = externships.ask_evaluation(
        placement=placement, supervisor=clinic.supervisor, purpose="midterm", by=school.coordinator
    )
    marks = {item["code"]: "4" for item in EvaluationForm.objects.get(purpose="midterm").items}
    externships.answer_evaluation(
        link=link, values=marks, item_words={}, words="Daniela Reyes is careful", digest=link.digest,
        typed_name="Priya Raman", confirms_statement=True, ip="203.0.113.9", agent="Reyes' phone",
    )  # fmt: skip
    form = EvaluationForm.objects.get(purpose="site")
    externships.evaluate_site(
        placement=placement, form=form, marks={item["code"]: 3 for item in form.items}, words="Riverbend School sent me",
        by=school.learner_user,
    )  # fmt: skip
    second = school.second_registrar
    grant_role(user=second, organisation=school.school, role="instructor")
    practical = externships.plan_practical(
        kind=externships.save_practical_kind(
            school=school.school, code="F", title="Final", pass_percent=75, by=school.registrar, codes=["SOAP"]
        ),
        record=record, on_day=NOW.date(), place="Lab", examiners=(school.instructor, second), by=school.registrar,
    )  # fmt: skip
    for sheet in practical.sheets.all():
        externships.save_sheet(
            sheet=sheet, marks={"SOAP": 2}, words="Daniela Reyes, calm", by=sheet.examiner, hand_in=True
        )


def bring(school: School, data: bytes, *, pass_: bool) -> ImportBatch:
    places = SchoolPlaces(school.school)
    batch = propose_import(school=school.school, data=data, name="reyes.csv", places=places, by=school.registrar)
    if pass_:
        return approve_import(batch=batch, places=places, by=school.second_registrar, words="Reyes's papers")
    return refuse_import(batch=batch, by=school.second_registrar, words="Ten of Daniela?")


def found_in_tables(*needles: str) -> set[str]:
    """Each table and column in which one of the texts stands, upper or lower case."""
    found = set()
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{name}"')
            columns = [column[0] for column in cursor.description]
            for values in cursor.fetchall():
                for column, value in zip(columns, values, strict=True):
                    text = (
                        bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    ).lower()
                    found |= {f"{name}.{column}" for needle in needles if needle in text}
    return found


def found_in_files(*needles: str) -> set[str]:
    return {
        str(file.relative_to(settings.PRIVATE_ROOT))
        for file in Path(settings.PRIVATE_ROOT).rglob("*")
        if file.is_file() and any(needle.encode() in file.read_bytes().lower() for needle in needles)
    }


def run(command: str, *args: str) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


def test_nothing_of_her_is_left_and_every_proof_stands(world: World, django_capture_on_commit_callbacks) -> None:
    log = HourLog.objects.get()
    before = {entry.leaf_hash: inclusion_of(log, entry.position, log.size) for entry in HourEntry.objects.all()}
    planted = found_in_tables(*HER)
    assert {
        *("records_claim.words", "records_claim.answer_words", "records_correction.words"),
        *("records_hold.words", "records_hold.release_words"),
        *("records_correction.decision_words", "records_anomalydecision.words", "records_importbatch.verdicts"),
        *("records_importbatch.file_name", "records_importbatch.decision_words", "externships_signoff.words"),
        *("externships_paperscan.answers", "externships_paperscan.attachment_name"),
        *("externships_signoff.agent", "externships_signoffrow.shown", "externships_shift.statement"),
        "externships_shift.reflection",
        *("externships_placementstep.words", "externships_learninggoal.words"),
        *("records_hourentrytext.body", "accounts_user.legal_name", "notices_message.body"),
        *("records_claim.attachment_name", "records_correction.attachment_name"),
        *("quizzes_response.answer", "quizzes_mark.remark", "quizzes_mark.remarks", "quizzes_appeal.words"),
        *("quizzes_appeal.answer", "quizzes_allowance.reason", "quizzes_markcorrection.reason"),
        *("quizzes_markcorrection.remark", "quizzes_markcorrection.remarks"),
        *("externships_checkoff.words", "externships_remediation.words", "externships_evaluationlink.shown"),
        *(
            "externships_evaluationanswer.words",
            "externships_evaluationanswer.agent",
            "externships_practicalsheet.words",
        ),
    } <= planted
    assert len(found_in_files(*HER)) >= 4
    email = world.school.learner_user.email
    with time_machine.travel(OVER, tick=False), django_capture_on_commit_callbacks(execute=True):
        said = run("erase_person", email)
        for what in (
            "claims",
            "corrections",
            "anomalies",
            "holds",
            "rows of imported files",
            "shifts",
            "placements",
            "quizzes",
            "check-offs",
            "not posted",
        ):
            assert what in said, said
        assert found_in_tables(*HER) == planted, "a look changes nothing"
        run("erase_person", email, "--confirm")
    assert found_in_tables(*HER) == set()
    assert found_in_files(*HER) == set()
    assert found_in_tables("priya raman") == {"externships_supervisor.name"}, "the signer's name stands in her own row"
    assert found_in_tables("203.0.113.9") == set()
    log.refresh_from_db()
    after = {entry.leaf_hash: inclusion_of(log, entry.position, log.size) for entry in HourEntry.objects.all()}
    assert after == before
    report = audit()
    assert report.holds, report.findings
    # Who else stood in the file keeps her row and her words.
    batch = ImportBatch.objects.get(outcome="posted")
    with batch.file.open("rb") as file:
        left = read_rows(file.read())
    assert [getattr(one, "email", None) for one in left] == [None, "old@example.org"]
    assert words_behind(record=world.other).lines == 1
    # And again there is nothing to do.
    with time_machine.travel(OVER + timedelta(days=1), tick=False):
        assert not erase_words(record=world.record, basis="asked")


def test_an_open_file_with_her_rows_stands_against_it(world: World) -> None:
    rows = [row(email=world.school.learner_user.email, legal_name="Daniela Reyes", program="small-sample@1", minutes=7)]
    with time_machine.travel(NOW, tick=False):
        propose_import(
            school=world.school.school, data=table(*rows), name="x", places=SchoolPlaces(world.school.school),
            by=world.school.registrar,
        )  # fmt: skip
    with pytest.raises(ValidationError, match="waits to be decided"):
        plan_erasure(world.school.learner_user, today=OVER)


def test_within_the_duty_only_what_no_duty_holds_goes(world: World) -> None:
    plan = erase_person(user=world.school.learner_user, today=date(2026, 12, 1))
    assert plan.keeps_name
    fates = {line.what: line.goes for line in plan.lines}
    assert fates["files that were not posted and name her"] is True
    assert fates["corrections: words and papers"] is False
    assert Claim.objects.get().words == "I am Daniela Reyes"
    assert SignOff.objects.get(decision="sign").typed_name == "Priya Raman"
    assert {batch.outcome: bool(batch.file) for batch in ImportBatch.objects.all()} == {
        "posted": True,
        "refused": False,
    }


def test_time_alone_erases_the_same(world: World, django_capture_on_commit_callbacks) -> None:
    other = TrainingRecord.objects.filter(pk=world.other.pk)
    other.update(sealed_at=timezone.now())
    with time_machine.travel(NOW + timedelta(days=300), tick=False):
        assert "Nothing was changed" in run("apply_retention")
        assert "import" not in run("apply_retention"), "a refused file explains a no for a year"
    with time_machine.travel(NOW + timedelta(days=366), tick=False), django_capture_on_commit_callbacks(execute=True):
        said = run("apply_retention", "--confirm")
        assert f"erased: import {ImportBatch.objects.get(outcome='refused').uuid}" in said
        assert ImportBatch.objects.get(outcome="refused").file.name == ""
        assert "erased: record" not in said, "the hours are still under their duty"
    with time_machine.travel(OVER, tick=False), django_capture_on_commit_callbacks(execute=True):
        run("apply_retention", "--confirm")
        assert run("apply_retention").startswith("Nothing was changed"), "and again there is nothing to do"
    assert not words_behind(record=world.record) and not words_behind(record=world.other)
    assert ImportBatch.objects.get(outcome="posted").file.name == "", "no row is left, so no file is"
    assert set(SignOffRow.objects.values_list("shown", flat=True)) == {""}
    assert audit().holds


def test_what_the_pages_say_then(world: World) -> None:
    for record in TrainingRecord.objects.filter(learner=world.record.learner):
        erase_words(record=record, basis="asked")
    client = world.school.client(world.school.registrar)
    for name, row_ in (("records:desk_claim", Claim), ("records:desk_correction", Correction)):
        for one in row_.objects.all():
            page = client.get(reverse(name, args=[one.uuid])).content.decode()
            assert "The words were erased" in page
    page = client.get(reverse("desk:record", args=[world.record.uuid])).content.decode()
    assert "The words were erased" in page
    batch = ImportBatch.objects.get(outcome="posted")
    page = client.get(reverse("desk:import", args=[batch.uuid])).content.decode()
    assert "What stood here was erased." in page and "Olga Old" in page
    assert "reyes" not in page.lower()
    refused = ImportBatch.objects.get(outcome="refused")
    assert client.get(reverse("desk:import_file", args=[refused.uuid])).status_code == 200


def test_files_that_no_row_names_go_after_a_day(world: World) -> None:
    folder = Path(settings.PRIVATE_ROOT) / "record-papers"
    fresh, old = folder / "fresh.pdf", folder / "old.pdf"
    for file, age in ((fresh, 3_600), (old, 90_000)):
        file.write_bytes(b"%PDF")
        then = (timezone.now() - timedelta(seconds=age)).timestamp()
        os.utime(file, (then, then))
    assert stray_papers() == ["record-papers/old.pdf"]
    with time_machine.travel(NOW, tick=False):
        assert "would go: the file record-papers/old.pdf" in run("apply_retention")
        assert old.exists()
        run("apply_retention", "--confirm")
    assert fresh.exists() and not old.exists()


def test_a_grade_from_a_file_names_no_paper(world: World) -> None:
    batch = ImportBatch.objects.get(outcome="posted")
    assert CourseResult.objects.get().evidence == f"import {batch.uuid}, row 1"


# ---------------------------------------------------------------- what the database lets go, and what not

BARE = {
    "records_claim": "words = '', answer_words = '', attachment = '', attachment_name = '', attachment_type = ''",
    "records_correction": "words = '', decision_words = '', attachment = '', attachment_name = '', attachment_type = ''",
    "records_anomalydecision": "words = ''",
    "records_hold": "words = '', release_words = ''",
    "records_importbatch": "file = ''",
    "externships_signoff": "words = '', typed_name = '', licence = '', ip = NULL, agent = ''",
    "externships_signoffrow": "shown = ''",
    "externships_shift": "statement = '', reflection = '', amend_reason = ''",
    "externships_placementstep": "words = ''",
    "externships_learninggoal": "words = ''",
    "externships_paperscan": (
        "typed_name = '', answers = '{}', attachment = '', attachment_name = '', attachment_type = '', decided_words = ''"
    ),
    "externships_checkoff": "words = ''",
    "externships_remediation": "words = ''",
    "externships_evaluationlink": "shown = ''",
    "externships_evaluationanswer": "words = '', typed_name = '', licence = '', ip = NULL, agent = ''",
    "externships_siteevaluation": "words = ''",
    "externships_practicalsheet": "words = ''",
    "quizzes_response": "answer = '[]'",
    "quizzes_mark": "remark = '', remarks = '{}'",
    "quizzes_markcorrection": "remark = '', remarks = '{}', reason = ''",
    "quizzes_appeal": "words = '', answer = ''",
    "quizzes_allowance": "reason = ''",
}
# What goes by other ways than the world above walks, and the module that attacks it.
ELSEWHERE = {
    "certificates_letterdecline": "tests/certificates/test_letters.py",
    "certificates_revocation": "tests/certificates/test_revoking.py",
    "externships_clock": "tests/externships/test_erasing.py",
    "externships_registerpaper": "tests/externships/test_erasing.py",
    "verification_consent": "tests/cms/test_erased_certificates.py",
    "verification_disclosure": "tests/cms/test_erased_certificates.py",
    "verification_application": "tests/verification/test_organisations.py",
    "verification_case": "tests/verification/test_cases.py",
    "verification_sending": "tests/cms/test_erased_certificates.py",
    "verification_handover": "tests/verification/test_hand_overs.py",
    "verification_delivery": "tests/verification/test_hand_overs.py",
}
MORE = {
    "records_claim": "minutes = 45",
    "records_correction": "reason = 'time'",
    "records_anomalydecision": "verdict = 'fraud'",
    "records_hold": "reason = 'other'",
    "records_importbatch": "tally = '{}'",
    "externships_signoff": "posted_minutes = 600",
    "externships_signoffrow": "digest = 'x'",
    "externships_shift": "break_minutes = 0",
    "externships_placementstep": "what = 'changed'",
    "externships_learninggoal": "added_at = '2034-01-01 00:00:00+00:00'",
    "externships_paperscan": "signed_on = '2026-01-01'",
    "externships_checkoff": "rating = 3",
    "externships_remediation": "minutes = 1",
    "externships_evaluationlink": "digest = 'x'",
    "externships_evaluationanswer": "marks = '{}'",
    "externships_siteevaluation": "marks = '{}'",
    "externships_practicalsheet": "marks = '{}'",
    "quizzes_response": "points = 9",
    "quizzes_mark": "points = '{}'",
    "quizzes_markcorrection": "points = '{}'",
    "quizzes_appeal": "outcome = 'upheld'",
    "quizzes_allowance": "before = '{}'",
}
ONLY = {
    "records_importbatch": "outcome = 'posted'",
    "externships_shift": "state = 'signed'",
    "quizzes_response": "question_version_id IN (SELECT id FROM quizzes_questionversion WHERE kind = 'essay')",
}


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            found = cursor.rowcount
            transaction.set_rollback(True)
    except DatabaseError as error:
        return "never" in str(error)
    assert found, "the attack met no row"
    return False


@pytest.mark.parametrize("table_", BARE)
def test_texts_go_only_on_a_ground_whole_and_alone(world: World, table_: str) -> None:
    where = ONLY.get(table_, "1 = 1")
    erase = f"UPDATE {table_} SET {BARE[table_]}, erased_at = '2034-01-01 00:00:00+00:00' WHERE {where}"
    assert refused(erase), "no ground"
    erase_words(record=world.record, basis="asked")
    assert not refused(erase)
    assert refused(erase.replace(" WHERE", f", {MORE[table_]} WHERE", 1)), "nothing else changes with them"
    assert refused(f"UPDATE {table_} SET {BARE[table_]}, erased_at = NULL WHERE {where}")
    if table_ != "records_importbatch":
        rewritten = erase.replace("= ''", "= 'x'", 1) if "= ''" in erase else erase.replace("'[]'", "'[1]'", 1)
        assert refused(rewritten), "they go, they are not rewritten"
    if table_ == "quizzes_response":
        assert refused(erase.replace(" IN ", " NOT IN ")), "a choice names nobody, and stays"


def test_every_column_of_an_erasable_table_is_accounted_for() -> None:
    from certification import guards

    erasable = {guard.table: guard.erasable for guard in guards.registered() if guard.erasable}
    assert set(erasable) == {*BARE, *ELSEWHERE}
    for name, module in ELSEWHERE.items():
        assert f"UPDATE {name}" in (settings.BASE_DIR / module).read_text(), f"{module} no longer attacks {name}"
    with connection.cursor() as cursor:
        for name, one in erasable.items():
            columns = {column.name for column in connection.introspection.get_table_description(cursor, name)}
            named = [*one.columns, *one.kept, *one.told, guards.MARK]
            assert sorted(columns) == sorted(named), name
