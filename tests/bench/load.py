"""Study as it comes: a web server of four workers, learners who beat and read at their own times, open loop.

A beat every 30 s and a lesson page every 3 minutes from each learner, at random moments (a Poisson stream), sent when
they are due however the server does; a figure is the time from when a request was due to its last byte, so a queue
shows. The client runs on the same machine. Also: 200 learners who beat every 15 s, one learner whose four windows beat
as fast as they can, and how a table grows under beats.
"""

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 4
SECONDS = 20
READERS = 300
"""Learners with a log-in of their own among whom lesson pages are shared out."""


@dataclass
class Study:
    """The requests that learners send: beats ready to go but for their number, and pages with a cookie."""

    beats: list[tuple[str, str]]
    pages: list[tuple[str, str]]
    sequence: list[int] = field(default_factory=list)


@dataclass
class Told:
    """What came of one kind of request, in milliseconds."""

    times: list[float] = field(default_factory=list)
    bad: int = 0

    def percentile(self, share: float) -> float:
        """The time within which this share was answered."""
        ordered = sorted(self.times)
        return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1) if ordered else 0.0


def cookie_of(user: Any) -> str:
    """A log-in of this person, as her browser sends it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.EmailBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def prepare(learners: int, world: dict[str, Any]) -> Study:
    """Open visits for so many learners of the demo's program, and log-ins for some of them. In bulk."""
    from accounts.models import User
    from certification.records.models import Erasure, Learner, TrainingRecord
    from courses.catalog.models import Lesson
    from courses.enrollments.models import Enrollment
    from courses.study.models import StudySession
    from courses.study.services import beats

    lesson = Lesson.objects.select_related("module__program").get(code="MFR-1")
    program, model = lesson.module.program, world["record"]
    users = User.objects.bulk_create(
        User(email=f"load-{number}@example.org", legal_name=f"Load {number}", password="!")
        for number in range(min(READERS, learners))
    )
    people = Learner.objects.bulk_create(
        [Learner(user=users[number] if number < len(users) else None) for number in range(learners)], batch_size=1000
    )
    records = TrainingRecord.objects.bulk_create(
        [
            TrainingRecord(
                learner=person,
                school=model.school,
                rule_set=model.rule_set,
                program_code="LOAD",
                program_title="Load",
                zone="America/New_York",
                enrolled_on=model.enrolled_on,
                source_key=f"load:{person.uuid}",
            )
            for person in people
        ],
        batch_size=1000,
    )
    Erasure.objects.bulk_create([Erasure(record=record, basis="retention") for record in records], batch_size=1000)
    enrollments = Enrollment.objects.bulk_create(
        [
            Enrollment(learner=record.learner, program=program, record=record, source_key=f"load:{record.uuid}")
            for record in records
        ],
        batch_size=1000,
    )
    now = beats.now_ms()
    visits = StudySession.objects.bulk_create(
        [
            StudySession(
                learner_id=enrollment.learner_id,
                enrollment=enrollment,
                record_id=enrollment.record_id,
                lesson=lesson,
                opened_ms=now,
                last_seen_ms=now,
                signed_ms=now,
                limit_ms=3_600_000,
                limit_reason="lesson",
                gap_ms=150_000,
            )
            for enrollment in enrollments
        ],
        batch_size=1000,
    )
    pages = [(f"/learn/lessons/{lesson.uuid}/", cookie_of(user)) for user in users]
    told = [(f"/api/v1/sessions/{visit.uuid}/beats", beats.mint(visit.uuid, now)[0]) for visit in visits]
    return Study(told, pages, [0] * learners)


class Server:
    """The product behind gunicorn, for as long as the block lasts."""

    def __enter__(self) -> int:
        """Start it and wait until it answers; its port."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        command = [
            sys.executable, "-m", "gunicorn", "config.wsgi:application", "--workers", str(WORKERS), "--threads", "2",
            "--worker-class", "gthread", "--bind", f"127.0.0.1:{self.port}", "--keep-alive", "30", "--log-level",
            "error", "--backlog", "4096",
        ]  # fmt: skip
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ.copy())
        for _try in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/bench/echo", timeout=2)
                return self.port
            except OSError:
                time.sleep(0.1)
        self.process.kill()
        raise RuntimeError("the server did not start")

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


class Line:
    """Connections that are kept open and used again, as browsers do; each request in its turn on one of them."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def send(self, request: bytes) -> int:
        """Send, read the whole answer; its status, 0 when the connection failed."""
        try:
            reader, writer = self.free.pop() if self.free else await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.lower().split(b"\r\n")
            length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), None)
            if length is None:
                writer.close()
                return 0
            await reader.readexactly(length)
            if b"connection: close" in lines:
                writer.close()
            else:
                self.free.append((reader, writer))
            return int(head.split(b" ", 2)[1])
        except (OSError, asyncio.IncompleteReadError, ValueError):
            return 0


def beat_of(study: Study, which: int) -> bytes:
    """The next beat of a learner."""
    path, token = study.beats[which]
    study.sequence[which] += 1
    body = json.dumps({"token": token, "sequence": study.sequence[which], "active": True}).encode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def page_of(study: Study, drawn: random.Random) -> bytes:
    """A lesson page of one of those who are logged in."""
    path, cookie = drawn.choice(study.pages)
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode()


async def run(port: int, study: Study, *, beats: float, pages: float, seconds: float) -> dict[str, Told]:
    """Send so many beats and pages a second; what came of them."""
    line, drawn = Line(port), random.Random(7)
    told = {"beat": Told(), "page": Told()}
    waiting: set[asyncio.Task[None]] = set()
    turn = iter(range(10**9))

    async def one(kind: str, request: bytes, due: float) -> None:
        status = await line.send(request)
        told[kind].times.append((time.perf_counter() - due) * 1000)
        told[kind].bad += status != 200

    began = time.perf_counter()
    due = {"beat": began, "page": began}
    rates = {"beat": beats, "page": pages}
    while True:
        kind = min((name for name in due if rates[name]), key=lambda name: due[name])
        if due[kind] - began > seconds:
            break
        wait = due[kind] - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        request = beat_of(study, next(turn) % len(study.beats)) if kind == "beat" else page_of(study, drawn)
        task = asyncio.create_task(one(kind, request, due[kind]))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
        due[kind] += drawn.expovariate(rates[kind])
    if waiting:
        await asyncio.wait(waiting, timeout=60)
    for kind, unanswered in (("beat", len(waiting)), ("page", 0)):
        told[kind].bad += unanswered
    return told


async def hammer(port: int, opens: Callable[[str], tuple[str, str]], seconds: float) -> int:
    """Four windows of one learner beat as fast as they can, through all workers; one that was ousted opens anew."""
    line = Line(port)
    until = time.perf_counter() + seconds
    sent = 0

    async def window(code: str) -> None:
        nonlocal sent
        study = Study([await asyncio.to_thread(opens, code)], [], [0])
        while time.perf_counter() < until:
            # Two at once, so that a report overtakes the one before it.
            statuses = await asyncio.gather(line.send(beat_of(study, 0)), line.send(beat_of(study, 0)))
            assert set(statuses) == {200}, statuses
            sent += 2
            if study.sequence[0] >= 40:
                study = Study([await asyncio.to_thread(opens, code)], [], [0])

    await asyncio.gather(*[window(code) for code in ("MFR-1", "MFR-2", "MFR-1", "MFR-3")])
    return sent


def soundness(port: int) -> dict[str, Any]:
    """What one learner is credited for four windows that beat through four processes, against the clock on the wall."""
    from django.db import connection
    from django.db.models import Sum

    from accounts.models import User
    from courses.catalog.models import Lesson
    from courses.enrollments.models import Enrollment
    from courses.study.models import StudySession
    from courses.study.services import open_session

    enrollment = Enrollment.objects.get(learner__user=User.objects.get(email="load-1@example.org"))
    program = enrollment.program_id

    def opens(code: str) -> tuple[str, str]:
        lesson = Lesson.objects.get(code=code, module__program=program)
        try:
            opened = open_session(enrollment=enrollment, lesson=lesson)
        finally:
            connection.close()
        return f"/api/v1/sessions/{opened.session.uuid}/beats", opened.token

    # The visit that `prepare` made for her has earned what it has.
    mine = StudySession.objects.filter(learner_id=enrollment.learner_id)
    before = mine.aggregate(all=Sum("credited_ms"))["all"]
    opens("MFR-1")
    began = time.perf_counter()
    sent = asyncio.run(hammer(port, opens, 3))
    wall = (time.perf_counter() - began) * 1000
    credited = mine.aggregate(all=Sum("credited_ms"))["all"] - before
    return {
        "sound_beats": sent,
        "sound_visits": mine.count() - 1,
        "sound_credited_to_wall": round(credited / wall, 4),
    }


def table_bytes() -> int:
    """How large the table of visits is, with its indexes; on SQLite the whole file with its log written back."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_total_relation_size('study_studysession')")
            return int(cursor.fetchone()[0])
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.fetchall()
        cursor.execute("PRAGMA page_count")
        pages = int(cursor.fetchone()[0])
        cursor.execute("PRAGMA page_size")
        return pages * int(cursor.fetchone()[0])


def growth(study: Study, beats: int) -> dict[str, Any]:
    """How much the table of visits grows under so many beats, in process."""
    from django.test import Client

    anyone = Client()
    for warm in range(len(study.beats)):
        _beat(anyone, study, warm)
    before = table_bytes()
    began = time.perf_counter()
    for number in range(beats):
        _beat(anyone, study, number % len(study.beats))
    return {
        "growth_beats": beats,
        "growth_bytes": table_bytes() - before,
        "growth_share": round((table_bytes() - before) / before, 4),
        "beats_per_second_in_process": round(beats / (time.perf_counter() - began)),
    }


def _beat(client: Any, study: Study, which: int) -> None:
    path, token = study.beats[which]
    study.sequence[which] += 1
    answer = client.post(
        path,
        json.dumps({"token": token, "sequence": study.sequence[which], "active": True}),
        content_type="application/json",
    )
    assert answer.status_code == 200


def loads(world: dict[str, Any], scale: float) -> dict[str, Any]:
    """The mixed load, the small one, and the growth, scaled; printed by the caller."""
    from django.db import connection

    learners = max(int((10_000 if connection.vendor == "postgresql" else 3_000) * scale), 60)
    study = prepare(learners, world)
    seconds = SECONDS if scale >= 0.1 else 6
    with Server() as port:
        asyncio.run(run(port, study, beats=10, pages=20, seconds=2))  # each worker has seen a page
        mixed = asyncio.run(run(port, study, beats=learners / 30, pages=learners / 180, seconds=seconds))
        small = Study(study.beats[:200], study.pages, study.sequence[:200])
        fifteen = asyncio.run(run(port, small, beats=len(small.beats) / 15, pages=0, seconds=seconds))
        study.sequence[:200] = small.sequence
        sound = soundness(port)
    connection.close()
    return {
        "load_learners": learners,
        "load_beats": len(mixed["beat"].times),
        "load_pages": len(mixed["page"].times),
        "load_errors": mixed["beat"].bad + mixed["page"].bad,
        "load_beat_p50_ms": mixed["beat"].percentile(0.5),
        "load_beat_p99_ms": mixed["beat"].percentile(0.99),
        "load_page_p50_ms": mixed["page"].percentile(0.5),
        "load_page_p99_ms": mixed["page"].percentile(0.99),
        "fifteen_learners": len(small.beats),
        "fifteen_errors": fifteen["beat"].bad,
        "fifteen_p95_ms": fifteen["beat"].percentile(0.95),
        **sound,
        **growth(study, int(100_000 * min(1.0, scale * 2))),
    }
