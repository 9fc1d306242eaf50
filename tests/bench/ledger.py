"""What the ledger bears: postings a second, one by one and in batches, and an audit of all that is there."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

ONE_BY_ONE, BATCHES, A_BATCH = 400, 10, 200


def postings(world: dict[str, Any]) -> dict[str, Any]:
    """Entries a second through the services: each posting in its own transaction; and 200 to a transaction."""
    from django.db import connection

    from certification.records.services import HourPart, HourRequest, post_batch, post_hours

    records = [
        type(record).objects.select_related("rule_set", "school").get(pk=record.pk) for record in world["records"][:50]
    ]

    def request(number: int) -> HourRequest:
        start = datetime(2030, 1, 1, 9, tzinfo=UTC) + timedelta(days=number // len(records))
        part = HourPart(
            category="mfr",
            minutes=60,
            source="class",
            delivery="in_person",
            evidence="co_signed",
            title="Class",
            spans=((start, start + timedelta(hours=1)),),
            signer_name="Ines Instructor",
        )
        return HourRequest(records[number % len(records)], f"bench:{number}", [part])

    connection.ensure_connection()
    requests = [request(number) for number in range(ONE_BY_ONE + BATCHES * A_BATCH)]
    began = time.perf_counter()
    for one in requests[:ONE_BY_ONE]:
        post_hours(record=one.record, source_key=one.source_key, parts=one.parts)
    single = ONE_BY_ONE / (time.perf_counter() - began)
    began = time.perf_counter()
    for start in range(ONE_BY_ONE, len(requests), A_BATCH):
        post_batch(requests=requests[start : start + A_BATCH])
    batched = BATCHES * A_BATCH / (time.perf_counter() - began)
    return {"postings_per_second": round(single), "batched_postings_per_second": round(batched)}


def auditing() -> dict[str, Any]:
    """Seconds of an audit of everything, and whether it holds."""
    from certification.verification.audit import audit

    began = time.perf_counter()
    report = audit()
    spent = time.perf_counter() - began
    return {
        "audit_lines": report.lines,
        "audit_seconds": round(spent, 1),
        "audit_holds": report.holds,
        "audit_first": report.findings[0].message if report.findings else "",
    }
