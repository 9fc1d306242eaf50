"""The beat's SQL does what the pure formula says, and the database keeps its part of the promise alone."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from courses.study import rules
from courses.study.models import SeatCarry, StudySession
from courses.study.services import answer_presence, beats, close_session, record_beat
from tests.study.conftest import Classroom

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def session_of(classroom: Classroom) -> tuple[StudySession, str]:
    opened = classroom.open().opened
    return StudySession.objects.get(uuid=opened["session"]), opened["token"]


@pytest.mark.parametrize("seed", range(12))
def test_sql_and_formula_agree_over_random_sequences(classroom: Classroom, seed: int) -> None:
    chance = random.Random(seed)
    session, _token = session_of(classroom)
    StudySession.objects.filter(pk=session.pk).update(
        limit_ms=chance.choice([0, 45_000, 200_000, 10**7]),
        penalty=["pause", "idle", "unit"][seed % 3],
        idle_ms=chance.choice([20_000, 300_000]),
        check_ms=chance.choice([0, 60_000, 300_000]),
    )
    session.refresh_from_db()
    model = session.clock()
    now = session.opened_ms
    for step in range(60):
        # Mostly forward; sometimes the clock steps back, sometimes a number is old or comes again.
        now += chance.choice([0, 1, 999, 15_000, 30_000, 150_000, 150_001, 400_000, -5_000])
        report = rules.Beat(
            now,
            max(1, step + chance.choice([1, 1, 1, 0, -2])),
            chance.random() < 0.7,
            chance.choice(["idle", "idle", "hidden", "seen"]),
            chance.choice([None, 0, 20_000, 200_000]),
            chance.choice([None, None, 0, 5_000, 10**6]),
        )
        classroom.clock.move_to(EPOCH + timedelta(milliseconds=now))
        if step == 50:
            StudySession.objects.filter(pk=session.pk).update(
                state="closed", close_reason="closed", closed_at=datetime.now(UTC)
            )
            model = replace(model, is_open=False)
        if step % 7 == 6 and model.mark == rules.UNANSWERED_MARK:
            now = max(now, model.last_seen) + chance.choice([1_000, 119_000, 200_000])
            classroom.clock.move_to(EPOCH + timedelta(milliseconds=now))
            _answer(session, now)
            model = rules.answered(model, now=now, is_right=True, within=120_000)
            session.refresh_from_db()
            assert session.clock() == model, f"answer at step {step}"
            report = replace(report, now=now)
        model = rules.beat(model, report)
        answer = _beat(session, report)
        session.refresh_from_db()
        assert session.clock() == model, f"step {step}"
        assert answer.credited_ms == model.credited
        assert (answer.state, answer.reason) == rules.state_of(model, session.close_reason, session.limit_reason)
        assert rules.length(session.measured()) == session.credited_ms


@pytest.mark.parametrize("penalty", ["pause", "idle", "unit"])
@pytest.mark.parametrize("why", ["idle", "hidden", "seen"])
@pytest.mark.parametrize("away", [0, 60_000, 60_001, 400_000])
def test_closing_does_what_the_formula_says(classroom: Classroom, penalty: str, why: str, away: int) -> None:
    session, _token = session_of(classroom)
    StudySession.objects.filter(pk=session.pk).update(penalty=penalty, idle_ms=60_000)
    for number, step, active in [(1, 100_000, True), (2, 0, False)]:
        classroom.wait(step / 1000)
        _beat(session, rules.Beat(session.opened_ms + 100_000, number, active, why))
    session.refresh_from_db()
    model = session.clock()
    classroom.wait(away / 1000)
    close_session(session=session)
    session.refresh_from_db()
    assert session.clock() == rules.closed(model, session.opened_ms + 100_000 + away)
    assert rules.length(session.measured()) == session.credited_ms


def _beat(session: StudySession, report: rules.Beat):
    """Straight to the statement, with a token that is always fresh."""
    token, _expires = beats.mint(session.uuid, report.now)
    return record_beat(
        session_uuid=session.uuid,
        token=token,
        sequence=report.sequence,
        active=report.active,
        why=report.why,
        quiet=report.quiet,
        most=report.most,
    )


def _answer(session: StudySession, now: int) -> None:
    """Answer the question that waits, rightly."""
    token, _expires = beats.mint(session.uuid, now)
    question = beats.drawn(session.uuid, session.asked)
    answer_presence(session_uuid=session.uuid, token=token, number=session.asked, choice=question.right)


def test_pauses_do_not_grow_without_end(classroom: Classroom) -> None:
    session, _token = session_of(classroom)
    now = session.opened_ms
    for step in range(1, 400):
        now += 1_000
        classroom.clock.move_to(EPOCH + timedelta(milliseconds=now))
        answer = _beat(session, rules.Beat(now, step, step % 2 == 0))
    session.refresh_from_db()
    assert rules.MOST_PAUSES <= len(session.pauses) < rules.MOST_PAUSES + 40
    assert rules.length(session.measured()) == session.credited_ms
    now += 1_000
    classroom.clock.move_to(EPOCH + timedelta(milliseconds=now))
    answer = _beat(session, rules.Beat(now, 500, True))
    assert (answer.state, answer.reason) == ("capped", "pauses")


@pytest.mark.parametrize(
    "change",
    [
        "credited_ms = limit_ms + 1, last_seen_ms = last_seen_ms + 100000000",
        "credited_ms = 1000",
        "credited_ms = -1",
        "state = 'closed'",
        "posted = true",
        "close_reason = 'closed'",
    ],
)
def test_the_database_refuses_credit_beyond_clock_and_limit(classroom: Classroom, change: str) -> None:
    session_of(classroom)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE study_studysession SET {change}")


def test_the_database_refuses_a_second_open_visit(classroom: Classroom) -> None:
    session, _token = session_of(classroom)
    session.pk = None
    session.uuid = "11111111-1111-4111-8111-111111111111"
    with pytest.raises(IntegrityError), transaction.atomic():
        session.save(force_insert=True)


def test_the_database_refuses_a_carried_minute(classroom: Classroom) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SeatCarry.objects.create(
            learner=classroom.enrollment.learner, lesson=classroom.lesson(), carry_ms=60_000, spans="0-60000;"
        )


def test_nothing_a_beat_changes_is_indexed(db: None) -> None:
    """Otherwise each beat would rewrite an index, and the table would grow."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, StudySession._meta.db_table)
    indexed = {column for one in found.values() if one["index"] or one["unique"] for column in one["columns"]}
    written = {
        "credited_ms", "pauses", "idle_since_ms", "idle_mark", "signed_ms", "held_ms", "unchecked_ms", "asked", "tries",
        "position", "last_seen_ms", "sequence",
    }  # fmt: skip
    assert not indexed & written
    assert "learner_id" in indexed
