"""What a list of certificates costs: looking at each row, preparing it, issuing it, and its files; time and queries a row."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any

ROWS = 300


def together(world: dict[str, Any], scale: float) -> dict[str, Any]:
    """A list of 300 records (fewer for a small scale) through the services, as the task queue does it."""
    from django.db import connection
    from django.test.utils import override_settings

    from accounts.services import ensure_user
    from certification.certificates.models import Certificate
    from certification.certificates.selectors import look_at, progress_of
    from certification.certificates.services import make_documents, prepare_batch, run_batch, sign_batch
    from certification.records.services import ensure_learner, open_record
    from certification.requirements.services import import_rules
    from tests.certificates.making import complete
    from tests.worlds import SMALL_PACK

    rows = max(20, min(ROWS, int(ROWS * scale * 10)))
    school, people = world["demo"].school, world["demo"].people
    rule_set = import_rules(text=SMALL_PACK, filename="small-sample@1.yaml")
    records = []
    for number in range(rows):
        user = ensure_user(email=f"bench{number}@example.org", legal_name=f"Bench {number:03d}", password=None)
        record = open_record(
            learner=ensure_learner(user=user),
            school=school,
            rule_set=rule_set,
            program_code="SMALL",
            program_title="A small program",
            enrolled_on=date(2026, 1, 5),
            program_start_on=date(2026, 1, 5),
            requirements=[("quiz:MFR", "Quiz: myofascial release")],
            source_key=f"bench:{number}",
        )
        records.append(complete(record))
    told: dict[str, Any] = {"together_rows": rows}

    def timed(name: str, work: Callable[[], Any], of: int) -> None:
        seen: list[str] = []

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            seen.append(sql)  # Django's own list ends at 9,000
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            began = time.perf_counter()
            work()
            spent = time.perf_counter() - began
        told[f"together_{name}_ms"] = round(spent * 1000 / of, 1)
        told[f"together_{name}_queries"] = round(len(seen) / of, 1)

    with override_settings(TASKS={"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": []}}):
        timed("look", lambda: look_at([record.pk for record in records]), rows)
        batch = prepare_batch(school=school, records=records, by=people["registrar"], source_key="bench")
        timed("prepare", lambda: run_batch(batch=batch), rows)
        batch = sign_batch(batch=batch, by=people["second-registrar"], expected=rows)
        timed("issue", lambda: run_batch(batch=batch), rows)
    told["together_issued"] = progress_of(batch).issued
    some = list(Certificate.objects.filter(documents=None).order_by("pk")[:10])
    make_documents(certificate=some[0])  # the first of all makes keys
    timed("files", lambda: [make_documents(certificate=one) for one in some[1:]], len(some) - 1)
    return told
