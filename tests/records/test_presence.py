"""One place at a time: lesson after lesson the newest wins; after an open shift or class everything is refused."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from certification.records.models import Presence, TrainingRecord
from certification.records.services import ElsewhereError, enter, leave

pytestmark = pytest.mark.django_db


def test_after_a_lesson_the_newest_wins(record: TrainingRecord) -> None:
    first = enter(learner=record.learner, source="lesson", source_key="session:1")
    second = enter(learner=record.learner, source="lesson", source_key="session:2")
    first.refresh_from_db()
    assert first.until is not None and second.until is None
    shift = enter(learner=record.learner, source="shift", source_key="shift:1")
    assert list(Presence.objects.filter(until=None)) == [shift]


@pytest.mark.parametrize("firm", ["shift", "class"])
@pytest.mark.parametrize("asked", ["lesson", "shift", "class"])
def test_after_an_open_shift_or_class_everything_is_refused(record: TrainingRecord, firm: str, asked: str) -> None:
    there = enter(learner=record.learner, source=firm, source_key="firm:1")
    with pytest.raises(ElsewhereError, match="one place only") as refused:
        enter(learner=record.learner, source=asked, source_key="other:1")
    assert refused.value.presence == there
    leave(learner=record.learner, source_key="firm:1")
    assert enter(learner=record.learner, source=asked, source_key="other:1").until is None


def test_entering_and_leaving_twice_change_nothing(record: TrainingRecord) -> None:
    first = enter(learner=record.learner, source="shift", source_key="shift:1")
    assert enter(learner=record.learner, source="shift", source_key="shift:1") == first
    leave(learner=record.learner, source_key="shift:1", at=first.since - timedelta(hours=1))
    first.refresh_from_db()
    assert first.until == first.since, "never before it began"
    leave(learner=record.learner, source_key="shift:1")
    leave(learner=record.learner, source_key="never opened")
    again = enter(learner=record.learner, source="shift", source_key="shift:1")
    assert again.until == first.since, "what ended does not open again"


def test_the_database_keeps_one_open_row_and_its_past(record: TrainingRecord) -> None:
    enter(learner=record.learner, source="lesson", source_key="session:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Presence.objects.create(learner=record.learner, source="lesson", source_key="session:2")
    leave(learner=record.learner, source_key="session:1")
    for sql in (
        "UPDATE records_presence SET until = NULL",
        "UPDATE records_presence SET source = 'shift'",
        "DELETE FROM records_presence",
    ):
        with pytest.raises(DatabaseError, match=r"never|once"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Presence.objects.filter(until__lte=timezone.now()).count() == 1
