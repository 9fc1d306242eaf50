"""An exam as it comes: a hundred people write at once, then three hundred begin and hand in within ten seconds.

Against the same server as `load`, open loop: each request is sent when it is due however the server does, and a figure
is the time from then to its last byte. Whatever was answered as kept is looked up afterwards.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from .load import Line, Server, Told, cookie_of

WRITERS = 100
PAUSE = 3.0
"""So many seconds on average between two answers of one writer."""
CANDIDATES = 300
SECONDS = 10.0
DRAWN = 10
TOKEN = "b" * 32


@dataclass
class Candidate:
    """Who sits the exam: her cookie and her assignment."""

    cookie: str
    assignment: str


def request(method: str, path: str, cookie: str, body: object = None) -> bytes:
    """One call of the API as a browser of hers sends it."""
    data = b"" if body is None else json.dumps(body).encode()
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}; csrftoken={TOKEN}\r\nX-CSRFToken: {TOKEN}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    ).encode() + data


def prepare(many: int, world: dict[str, Any]) -> list[Candidate]:
    """So many people with the right to sit one exam that draws ten of the demo's questions."""
    from accounts.models import User
    from certification.quizzes.models import QuestionBank, QuizAssignment
    from certification.quizzes.plan import DrawLine
    from certification.quizzes.services import ensure_quiz
    from certification.records.models import Learner, TrainingRecord

    model = world["record"]
    bank = QuestionBank.objects.get(school=model.school, quizzes__code="QZ-MFR")
    quiz = ensure_quiz(
        school=model.school,
        code="EXAM",
        title="Exam",
        questions=[DrawLine(bank.uuid, count=DRAWN)],
        settings={"time_limit_minutes": 60},
    )
    users = User.objects.bulk_create(
        User(email=f"exam-{number}@example.org", legal_name=f"Exam {number}", password="!") for number in range(many)
    )
    people = Learner.objects.bulk_create([Learner(user=user) for user in users])
    records = TrainingRecord.objects.bulk_create(
        TrainingRecord(
            learner=person,
            school=model.school,
            rule_set=model.rule_set,
            program_code="EXAM",
            program_title="Exam",
            zone="America/New_York",
            enrolled_on=model.enrolled_on,
            source_key=f"exam:{person.uuid}",
        )
        for person in people
    )
    given = QuizAssignment.objects.bulk_create(
        QuizAssignment(record=record, quiz=quiz, module="EXAM", module_version=1) for record in records
    )
    return [Candidate(cookie_of(user), str(one.uuid)) for user, one in zip(users, given, strict=True)]


async def timed(told: Told, line: Line, sent: bytes, due: float) -> bool:
    """Send one request when it is due; whether it was answered well."""
    wait = due - time.perf_counter()
    if wait > 0:
        await asyncio.sleep(wait)
    status = await line.send(sent)
    told.times.append((time.perf_counter() - due) * 1000)
    told.bad += status not in (200, 201)
    return status in (200, 201)


async def writing(port: int, writers: list[Callable[[], bytes]], seconds: float) -> Told:
    """Each writer saves an answer now and then."""
    line, told, drawn = Line(port), Told(), random.Random(3)

    async def one(save: Callable[[], bytes]) -> None:
        due = time.perf_counter() + drawn.random() * PAUSE
        until = time.perf_counter() + seconds
        while due < until:
            await timed(told, line, save(), due)
            due += drawn.expovariate(1 / PAUSE)

    await asyncio.gather(*[one(save) for save in writers])
    return told


async def burst(port: int, candidates: list[Candidate]) -> tuple[Told, Told]:
    """All begin in the first half and hand in within the second."""
    line, starts, submits, drawn = Line(port), Told(), Told(), random.Random(5)
    began = time.perf_counter()

    async def one(who: Candidate) -> None:
        from certification.quizzes.models import Attempt

        start = request("POST", f"/api/v1/quizzes/{who.assignment}/attempts", who.cookie)
        if not await timed(starts, line, start, began + drawn.random() * SECONDS / 2):
            return
        find: Awaitable[Any] = asyncio.to_thread(_uuid_of, Attempt, who.assignment)
        submit = request("POST", f"/api/v1/attempts/{await find}/submit", who.cookie)
        await timed(submits, line, submit, began + SECONDS / 2 + drawn.random() * SECONDS / 2)

    await asyncio.gather(*[one(who) for who in candidates])
    return starts, submits


def _uuid_of(model: Any, assignment: str) -> str:
    from django.db import connection

    try:
        return str(model.objects.values_list("uuid", flat=True).get(assignment__uuid=assignment))
    finally:
        connection.close()


def _writer(who: Candidate) -> Callable[[], bytes]:
    """What saves the next answer of an attempt that is open."""
    from certification.quizzes.models import QuizAssignment
    from certification.quizzes.services import start_attempt

    attempt = start_attempt(assignment=QuizAssignment.objects.get(uuid=who.assignment)).attempt
    rows = [
        (f"/api/v1/attempts/{attempt.uuid}/answers/{version.question.uuid}", version)
        for version in (row.question_version for row in attempt.responses.select_related("question_version__question"))
        if version.choices
    ]
    turns, numbers = cycle(rows), iter(range(1, 10**6))

    def save() -> bytes:
        path, version = next(turns)
        number = next(numbers)
        key = version.choices[number % len(version.choices)]["key"]
        return request("PUT", path, who.cookie, {"answer": [key], "sequence": number})

    return save


def exams(world: dict[str, Any], scale: float) -> dict[str, Any]:
    """The writing and the burst; at a small scale fewer sit it, at the same rate."""
    from django.db import connection
    from django.db.models import Count, Max, Sum

    from certification.quizzes.models import Attempt, Response

    share = min(max(scale * 10, 0.1), 1)
    everybody = prepare(int((WRITERS + CANDIDATES) * share), world)
    writers, candidates = everybody[: int(WRITERS * share)], everybody[int(WRITERS * share) :]
    saves = [_writer(who) for who in writers]
    connection.close()
    with Server() as port:
        asyncio.run(writing(port, saves[:20], 2))  # each worker has seen one
        told = asyncio.run(writing(port, saves, SECONDS if share == 1 else 4))
        starts, submits = asyncio.run(burst(port, candidates))
    done = Attempt.objects.filter(assignment__uuid__in=[who.assignment for who in candidates])
    whole = done.annotate(asked=Count("responses")).filter(state="submitted", asked=DRAWN)
    kept = Response.objects.filter(attempt__assignment__uuid__in=[who.assignment for who in writers])
    newest = kept.values("attempt").annotate(newest=Max("sequence")).aggregate(all=Sum("newest"))["all"]
    return {
        "exam_writers": len(writers),
        "exam_saves": len(told.times),
        "exam_save_p50_ms": told.percentile(0.5),
        "exam_save_p95_ms": told.percentile(0.95),
        "exam_candidates": len(candidates),
        "exam_start_p95_ms": starts.percentile(0.95),
        "exam_submit_p95_ms": submits.percentile(0.95),
        "exam_errors": told.bad + starts.bad + submits.bad,
        # Each writer's numbers grow by one: the newest that is kept is how many she sent.
        "exam_lost_saves": sum(_sent(save) for save in saves) - newest,
        "exam_lost_attempts": len(candidates) - whole.count(),
    }


def _sent(save: Callable[[], bytes]) -> int:
    """How many answers a writer has sent."""
    body = json.loads(save().rpartition(b"\r\n\r\n")[2])
    return int(body["sequence"]) - 1
