"""Seeds the demo school and a crowd around it: every line with its true leaf, tree, time and balance, in bulk."""

import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

CHUNK = 2_000
LONG = 2_000  # lines of the one long record
COHORT = 50  # learners of the one group


def seed(scale: float) -> dict[str, Any]:
    """`scale` times 10,000 learners and 1,000,000 lines; and one record of 2,000 lines."""
    from django.db import connection, transaction

    from certification.records.models import Erasure, HourEntry, HourLog, Learner, Posting, TrainingRecord
    from certification.requirements.selectors import spec_for
    from cms.demo import load

    demo = load()
    learners, entries = int(10_000 * scale), int(1_000_000 * scale)
    model = HourEntry.objects.select_related("record").order_by("pk").first()
    assert model
    began = time.perf_counter()
    with transaction.atomic():
        crowd = Learner.objects.bulk_create([Learner() for _ in range(learners + 1)], batch_size=CHUNK)
        records = TrainingRecord.objects.bulk_create(
            [
                TrainingRecord(
                    learner=learner,
                    school=demo.school,
                    rule_set=model.record.rule_set,
                    program_code="MMP-300",
                    program_title="Crowd",
                    zone="America/New_York",
                    enrolled_on=model.record.enrolled_on,
                    source_key=f"bench:{learner.uuid}",
                )
                for learner in crowd
            ],
            batch_size=1000,
        )
        postings = Posting.objects.bulk_create(
            [Posting(record=record, source_key="bench", request_digest="0" * 64) for record in records],
            batch_size=CHUNK,
        )
        nodes = spec_for(model.record.rule_set).by_code
        categories = [code for code, node in nodes.items() if not node.children][:8]
        lines = _Lines(HourLog.objects.get(school=demo.school), categories)
        start = datetime(2025, 1, 1, 9, tzinfo=UTC)
        *short, long = zip(records, postings, strict=True)
        for number in range(entries):
            record, posting = short[number % len(short)]
            lines.add(record, posting, number, start + timedelta(days=number // len(short)))
        for number in range(int(LONG * min(1, scale * 100))):
            record, posting = long
            lines.add(record, posting, number, start + timedelta(hours=number * 4))
        lines.finish()
        # Their words were never written: say so as for words that were erased, or the audit asks.
        Erasure.objects.bulk_create([Erasure(record=record, basis="retention") for record in records], batch_size=CHUNK)
        cohort = _cohort(demo, records[:COHORT])
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_clock (id integer PRIMARY KEY, seen bigint)")
        cursor.execute("INSERT INTO bench_clock VALUES (1, 0)")
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
    print(
        f"seeded {learners:,} learners and {entries:,} entries in {time.perf_counter() - began:.0f} s", file=sys.stderr
    )
    return {"demo": demo, "record": records[0], "long_record": records[-1], "records": records, "cohort": cohort}


def _cohort(demo: Any, records: list[Any]) -> Any:
    """A group of these records, in the demo's program."""
    from courses.catalog.models import Program
    from courses.enrollments.models import Enrollment
    from courses.enrollments.services import ensure_cohort

    program = Program.objects.get(school=demo.school)
    cohort = ensure_cohort(program=program, name="Crowd", starts_on=date(2025, 1, 1))
    Enrollment.objects.bulk_create(
        Enrollment(
            learner=record.learner, program=program, cohort=cohort, record=record, source_key=f"bench:{record.uuid}"
        )
        for record in records
    )
    return cohort


class _Lines:
    """Lines on their way into the log: in bulk past the services, and yet such that the audit finds nothing."""

    def __init__(self, log: Any, categories: list[str]) -> None:
        self.log, self.categories = log, categories
        self.peaks: tuple[bytes, ...] = tuple(bytes.fromhex(peak) for peak in log.peaks)
        self.waiting: list[Any] = []
        self.sums: dict[tuple[int, str], list[Any]] = {}
        self.now = max(log.grown_at, datetime.now(UTC))

    def add(self, record: Any, posting: Any, number: int, when: datetime) -> None:
        from certification.records.models import HourEntry
        from certification.records.rules import instant, leaf_hash, leaf_text
        from certification.records.selectors import leaf_fields

        end = when + timedelta(hours=1)
        entry = HourEntry(
            record=record,
            posting=posting,
            source_key=f"bench/{number}",
            date=when.date(),
            minutes=60,
            category=self.categories[number % len(self.categories)],
            starts_at=when,
            ends_at=end,
            spans=[[instant(when), instant(end)]],
            delivery="in_person",
            source="class",
            title="Class",
            evidence="co_signed",
            recorded_at=self.now,
            text_hash="0" * 64,
            log=self.log,
            position=self.log.size + len(self.waiting),
            salt="0" * 32,
        )
        entry.leaf_hash = leaf_hash(leaf_text(leaf_fields(entry, log=self.log))).hex()
        self.waiting.append(entry)
        sum_ = self.sums.setdefault((record.pk, entry.category), [0, date.min, 0])
        sum_[0] += 60
        sum_[1] = max(sum_[1], entry.date)
        sum_[2] = entry.position + 1
        if len(self.waiting) == CHUNK:
            self._write()

    def _write(self) -> None:
        from certification.records.models import HourEntry, LogNode, OccupiedTime
        from certification.records.rules import merkle

        grown = merkle.grow(self.log.size, self.peaks, [bytes.fromhex(entry.leaf_hash) for entry in self.waiting])
        HourEntry.objects.bulk_create(self.waiting)
        LogNode.objects.bulk_create(
            LogNode(log=self.log, level=level, index=index, hash=node.hex()) for level, index, node in grown.nodes
        )
        OccupiedTime.objects.bulk_create(
            OccupiedTime(
                learner_id=entry.record.learner_id, entry=entry, starts_at=entry.starts_at, ends_at=entry.ends_at
            )
            for entry in self.waiting
        )
        self.log.size += len(self.waiting)
        self.peaks, self.waiting = grown.peaks, []

    def finish(self) -> None:
        from certification.records.models import Balance

        self._write()
        self.log.peaks = [peak.hex() for peak in self.peaks]
        self.log.grown_at = self.now
        self.log.save()
        Balance.objects.bulk_create(
            (
                Balance(record_id=record, category=category, minutes=minutes, last_on=last_on, log_size=size)
                for (record, category), (minutes, last_on, size) in self.sums.items()
            ),
            batch_size=CHUNK,
        )
