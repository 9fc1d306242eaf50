"""Every guarded table, walked: raw SQL with the application's own login changes, deletes, replaces and empties nothing.

The list is the guards' own, so a new table is attacked without anybody thinking of it; it only needs a row in the world.
"""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.services import ensure_user, give_custody, plan_last_day
from certification import guards
from certification.certificates.models import Certificate, ExpiryNotice
from certification.certificates.services import (
    ask_for_letter,
    confirm_revocation,
    decline_letter,
    draft_look,
    evaluate_course,
    keep_hand,
    kept_file,
    revoke_certificate,
    sign_course,
    write_questions,
)
from certification.externships.models import EvaluationForm, EvaluationLink, LearningGoal, Practical, SignOffLink, Site
from certification.externships.selectors.competencies import shown_by
from certification.externships.services import (
    answer_evaluation,
    edit_supervisor,
    evaluate_site,
    save_sheet,
    send_code,
    set_rhythm,
    tell_of_lapses,
    tick_goal,
)
from certification.guards import AppendOnly
from certification.keys.models import SigningKey
from certification.keys.services import compromise_key
from certification.quizzes.models import Allowance, Appeal, Attempt, Vignette, VignetteVersion
from certification.quizzes.services import apply_regrade, correct_mark, keep_picture, mark_response
from certification.records.models import Anomaly, TrainingRecord
from certification.records.selectors import preview_of, today_of
from certification.records.services import (
    activate_version,
    close_school,
    decide_anomaly,
    erase_words,
    record_course_result,
    sign_checkpoints_again,
    withdraw_milestone,
)
from certification.requirements.selectors import labelled
from certification.verification.models import (
    Application,
    Case,
    Consent,
    Disclosure,
    HandOver,
    ProbingAlert,
    RosterNotice,
)
from certification.verification.services import (
    answer_case,
    decide_application,
    hand_over,
    note_case_look,
    note_look,
    send_to_graduate,
    set_hidden,
    stop_checking,
)
from courses.catalog.models import Lesson, LessonChange, Program
from courses.catalog.services import record_approval
from tests.files import picture
from tests.gateway import DEAD
from tests.layers import layer
from tests.quizzes.conftest import response_to
from tests.quizzes.kinds import SHOULDER

from .test_access import World, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db
TABLES = sorted(guard.table for guard in guards.registered())


@layer
def everything(world: World) -> dict[str, int]:
    """At least one row in each guarded table, made through the services; how many there are."""
    registrar, certificate = world.people["registrar"], Certificate.objects.get()
    graduate = certificate.record.learner.user
    assert graduate
    set_hidden(certificate=certificate, by=graduate, hidden=True)
    hand_over(hand_over=HandOver.objects.get(), by=registrar, way="post", key="1", reference="RR 1")
    note_look(consent=Consent.objects.get(hand_over=None), face=Disclosure.Face.PAGE, told="hours")
    revocation = revoke_certificate(
        certificate=certificate, by=registrar, reason="asked", on=certificate.today(), words="She called."
    )
    confirm_revocation(revocation=revocation, by=world.people["admin"])
    logo = kept_file(school=world.demo.school, data=picture())
    draft_look(
        school=world.demo.school, by=world.people["admin"], accent="#14545c", ground="#ffffff", paper="a4", seal="none",
        logo=logo,
    )  # fmt: skip
    keep_hand(school=world.demo.school, by=registrar, data=picture())
    record = TrainingRecord.objects.exclude(pk=certificate.record_id).order_by("pk")[0]
    record_course_result(record=record, course="MFR@1", source_key="grade:1", grade_hundredths=9000, evidence="sheet")
    school, rules, today = world.demo.school, labelled(world.objects["next_rules"][0]), today_of(record)
    assert rules
    activate_version(
        school=school,
        rule_set=rules,
        by=registrar,
        as_of=today,
        expected=len(preview_of(school, rules, today).affected),
    )
    decide_anomaly(uuid=uuid4(), anomaly=Anomaly.objects.get(), verdict="watch", words="Again.", by=registrar)
    erase_words(record=certificate.record, basis="asked")
    program = Program.objects.get(school=school)
    continuing_education(world, program, record)
    keep_picture(school=school, **SHOULDER)
    lesson = Lesson.objects.all()[0]
    LessonChange.objects.create(lesson=lesson, revision=1, kind="cosmetic", decided_by=registrar)
    after_the_quiz(world)
    tick_goal(goal=LearningGoal.objects.get(uuid=world.objects["goal"][0]), reached=True, by=registrar)
    Site.objects.filter(school=school).update(insurance_ends_on=today)
    tell_of_lapses(now=timezone.now())
    after_the_placement(world)
    after_the_telephone(world)
    set_rhythm(school=school, rhythm="daily", by=registrar)
    what_was_sent_and_told(certificate, registrar)
    key = SigningKey.objects.get(purpose="log", name=certificate.school.hour_log.origin)
    compromise_key(key=key)
    assert sign_checkpoints_again(log=certificate.school.hour_log)
    withdraw_milestone(milestone=record.milestones.all()[0], source_key="regrade:1")
    return {table: count(f'"{table}"') for table in TABLES}


def what_was_sent_and_told(certificate: Certificate, registrar: User) -> None:
    """A certificate that was sent again, that it expires, and another school that closed."""
    send_to_graduate(certificate=certificate, by=registrar, key="1")
    now = timezone.now()
    ProbingAlert.objects.create(organisation=certificate.school, since=now, until=now, asked=100, misses=100)
    platform = ensure_user(email="platform@example.org", legal_name="Pia Platform", superuser=True)
    decide_application(application=Application.objects.get(), approved=True, looked_at="Called them.", by=platform)
    case = Case.objects.get()
    answer_case(case=case, record=certificate.record, until_on=certificate.today(), by=registrar)
    note_case_look(case=Case.objects.get(), face="page", by=case.asked_by)
    stop_checking(organisation=Organisation.objects.get(slug="state-board"), words="Guessing.", by=platform)
    ExpiryNotice.objects.create(certificate=certificate, step=90)
    RosterNotice.objects.create(certificate=certificate, step="late")
    admin = User.objects.get(email="admin@riverbend.example")
    give_custody(school=certificate.school, user=registrar, by=admin)
    plan_last_day(school=certificate.school, last_day=date(2040, 1, 1), custodian="K", contact="k", by=admin)
    plan_last_day(school=certificate.school, last_day=None, by=admin)
    hillside = Organisation.objects.get(slug="hillside")
    Organisation.objects.filter(pk=hillside.pk).update(closed_on=date(2026, 6, 30))
    hillside.refresh_from_db()
    close_school(school=hillside, now=timezone.now())


def after_the_quiz(world: World) -> None:
    """A case, an allowance; the mark of the essay that waits, corrected, and the appeal's question graded again."""
    registrar = world.people["registrar"]
    waiting = Attempt.objects.get(uuid=world.objects["to_mark"][0])
    mark = mark_response(response=response_to(waiting, "report"), points={"safe": 2, "reasons": 4}, by=registrar).mark
    correct_mark(uuid=uuid4(), mark=mark, after=0, points={"safe": 0, "reasons": 4}, reason="read anew", by=registrar)
    answer = Appeal.objects.get().response
    quiz, version = answer.attempt.assignment.quiz, answer.question_version
    VignetteVersion.objects.create(
        vignette=Vignette.objects.create(bank=version.question.bank, code="V1"), number=1, title="A case", text="Told."
    )
    Allowance.objects.create(
        assignment=answer.attempt.assignment, before={}, after={}, reason="asked", allowed_by=registrar
    )
    apply_regrade(uuid=uuid4(), quiz=quiz, question=version.question, how="full", reason="slip", by=registrar)


def after_the_placement(world: World) -> None:
    """A midterm that was answered, what the learner says of the site, and an examination that both marked."""
    link = EvaluationLink.objects.get(purpose="midterm")
    learner = link.placement.record.learner.user
    assert learner
    answer_evaluation(
        link=link, values={item.code: "4" for item in shown_by(link).items}, item_words={}, words="", digest=link.digest,
        typed_name=link.supervisor.name, confirms_statement=True,
    )  # fmt: skip
    form = EvaluationForm.objects.get(purpose="site")
    evaluate_site(
        placement=link.placement, form=form, marks={item["code"]: 4 for item in form.items}, words="", by=learner
    )
    practical = Practical.objects.get()
    for sheet in practical.sheets.all():
        save_sheet(
            sheet=sheet, marks={item["code"]: 1 for item in practical.items}, words="", by=sheet.examiner, hand_in=True
        )


def after_the_telephone(world: World) -> None:
    """A supervisor who is asked for a code, and one that was sent to her."""
    link = SignOffLink.objects.filter(
        channel="mail", revoked_at=None, spent_at=None, held_at=None, expires_at__gt=timezone.now()
    )[0]
    who = link.supervisor
    with override_settings(SMS_URL=DEAD):
        edit_supervisor(
            supervisor=who, name=who.name, email=who.email, licence_number=who.licence_number,
            licence_state=who.licence_state, profession=who.profession, valid_from=who.valid_from,
            valid_to=who.valid_to, phone="(912) 555-0143", asks_code=True, by=world.people["registrar"],
        )  # fmt: skip
        send_code(link=link)


def continuing_education(world: World, program: Program, record: TrainingRecord) -> None:
    """The program as an approved course that its instructor signed and its learner evaluated by the school's words."""
    registrar, teacher, learner = world.people["registrar"], world.people["instructor"], record.learner.user
    assert learner
    record_approval(
        program=program, module=None, by=registrar, body="NCBTMB", number="1", approved_on=today_of(record),
        regulator="ncbtmb", course_type="live", instructor=teacher,
    )  # fmt: skip
    questions = write_questions(
        school=record.school, program_code=record.program_code, statements=["Clear?"], by=registrar
    )
    wish = ask_for_letter(record=record, by=learner)
    decline_letter(request=wish, words="Not while it is being put right.", by=registrar)
    evaluate_course(record=record, by=learner, ratings=[5], questions=questions)
    sign_course(record=record, by=teacher)


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        return int(cursor.fetchone()[0])


def guard_of(table: str) -> AppendOnly:
    return next(guard for guard in guards.registered() if guard.table == table)


def refusal(sql: str) -> str:
    """What the database says of an attack; empty when it lets it pass. Nothing of it stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""


def assert_refused(table: str, sql: str) -> None:
    said = refusal(sql)
    assert said, f"passed: {sql}"
    # A guard's own word, not that of some constraint which only stands in the way of this attack.
    assert any(said.startswith(message) or f"\n{message}" in said for message in words_of(table)), (sql, said)


def words_of(table: str) -> set[str]:
    guard = guard_of(table)
    return {message for _name, _event, _when, message in guards._statements(guard, connection.vendor)}


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_changed_deleted_replaced_or_swept_away(everything: dict[str, int], table: str) -> None:
    assert everything[table], f"give the world a row of {table}"
    guard = guard_of(table)
    key = columns_of(table)[0]
    for column in guard.frozen or (key,):
        # A number that counts rows has no NULL in SQLite; all else goes to NULL, whatever its kind.
        other = '"id" + 100000' if column == "id" else "NULL"
        if count(f'"{table}" WHERE "{column}" IS NOT NULL'):
            assert_refused(table, f'UPDATE "{table}" SET "{column}" = {other} WHERE "{column}" IS NOT NULL')
    if not guard.frozen:
        assert_refused(table, f'UPDATE "{table}" SET "{key}" = "{key}"')
    assert_refused(table, f'DELETE FROM "{table}"')
    if connection.vendor == "sqlite":
        assert_refused(table, f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"')
        assert_refused(table, f'UPDATE OR REPLACE "{table}" SET "{key}" = "{key}" + 100000')


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", TABLES)
def test_no_table_is_emptied_at_once(everything: dict[str, int], table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else PostgreSQL refuses for pending checks, not for the guard
    said = refusal(f'TRUNCATE "{table}" CASCADE')
    assert "rows are never deleted" in said
    # Alone too, where no other table would speak for it.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgtype & 32 = 32 AND tgenabled = 'O'",
            [table],
        )
        assert cursor.fetchone()[0] == 1, f"{table} has no guard of its own against TRUNCATE"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite deletes what collides")
@pytest.mark.parametrize("table", TABLES)
def test_a_guard_knows_every_unique_key_of_its_table(everything: dict[str, int], table: str) -> None:
    """INSERT OR REPLACE deletes by any of them, without asking the guard of DELETE."""
    with connection.cursor() as cursor:
        cursor.execute(f'PRAGMA index_list("{table}")')
        unique = [row[1] for row in cursor.fetchall() if row[2] and not row[4]]  # no partial ones
        keys = set()
        for name in unique:
            cursor.execute(f'PRAGMA index_info("{name}")')
            keys.add(tuple(row[2] for row in cursor.fetchall()))
        cursor.execute(f'PRAGMA index_list("{table}")')
        partial = [row[1] for row in cursor.fetchall() if row[2] and row[4]]
    guard = guard_of(table)
    known = {frozenset(key) for key in guard.keys}
    assert {frozenset(key) for key in keys} <= known, f"{table}: {keys}"
    assert bool(partial) <= bool(guard.sqlite_checks), f"{table}: {partial}"


@pytest.mark.parametrize(
    "guard", [guard for guard in guards.registered() if guard.erasable], ids=lambda guard: guard.table
)
def test_what_stays_when_texts_go_is_every_other_column(db: None, guard: AppendOnly) -> None:
    """A column that neither goes nor is kept, nor told with it, could be changed unseen beside an erasure."""
    assert guard.erasable
    named = [*guard.erasable.columns, *guard.erasable.kept, *guard.erasable.told, guards.MARK]
    assert sorted(named) == sorted(columns_of(guard.table))


def columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # Django stumbles over a constraint that lists numbers
            cursor.execute(f'PRAGMA table_info("{table}")')
            return [row[1] for row in cursor.fetchall()]
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]
