"""A small catalog to test in, made through the services: a program with a finished module, its site and lesson page."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client

from accounts.models import User
from accounts.services import ensure_user, grant_role
from certification.requirements.models import RuleSet
from cms.services import ensure_site
from config import bucket
from courses.catalog.models import (
    Figure,
    Lesson,
    LessonMedia,
    LessonPage,
    Program,
    ProgramIndexPage,
    ProgramPage,
    SchoolDocument,
    SchoolImage,
    SchoolRendition,
)
from courses.catalog.services import (
    ensure_cms_roles,
    ensure_document,
    ensure_figure,
    ensure_media,
    join_team,
    load_lesson_page,
    load_program,
    load_program_page,
    sync_cms_groups,
)
from tests.files import MP4
from tests.layers import layer
from tests.worlds import School

BUCKET = "palmar-tests"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 60">'
    '<path id="a" class="f-line" d="M0 0L100 60"/><text class="f-num" x="10" y="20">1</text></svg>'
)

PROGRAM: dict[str, Any] = {
    "code": "SMALL",
    "title": "A small program",
    "summary": "Ten hours for therapists.",
    "page": {
        "lede": "Ten hours, every one of them proved.",
        "slug": "small",
        "audience": ["Licensed therapists"],
        "entry_conditions": ["An active licence"],
        "certificate_is": "A record of ten taught hours.",
        "certificate_is_not": "It is not a licence.",
        "faq": [{"question": "Is it a licence?", "answer": "No."}],
    },
    "modules": [
        {
            "code": "MFR",
            "title": "Myofascial release",
            "summary": "Reading a barrier.",
            "category": "mfr",
            "hours": 4,
            "state": "complete",
            "objectives": ["find the barrier"],
            "lessons": [
                {"code": "MFR-1", "title": "The barrier", "minutes": 40, "min_seat_minutes": 20},
                {"code": "MFR-2", "title": "The second barrier", "minutes": 30},
            ],
        },
        {"code": "NMT", "title": "Neuromuscular technique", "category": "nmt_trp", "minutes": 90},
    ],
}

LESSON: dict[str, Any] = {
    "title": "The barrier",
    "lede": "It answers to time.",
    "review_note": "Teaching sample; reviewed by: —",
    "blocks": [
        {"type": "objectives", "value": ["Find the first barrier."]},
        {"type": "prose", "value": "<h2>Zebrafascia</h2><p>A word that stands <em>nowhere</em> else.</p>"},
        {"type": "figure", "value": {"figure": "hold"}},
        {
            "type": "steps",
            "value": {
                "title": "The hold",
                "intro": "Client prone.",
                "steps": [{"title": "Sink", "body": "<p>Slowly.</p>", "dose": "60 s", "pressure": "2 kg"}],
                "faults": ["Sliding."],
            },
        },
        {"type": "callout", "value": {"kind": "red_flag", "title": "Stop", "body": "<ul><li>Numb saddle</li></ul>"}},
        {"type": "callout", "value": {"kind": "note", "title": "Write it down", "body": "<p>Twice.</p>"}},
        {"type": "media", "value": {"media": "barrier"}},
        {
            "type": "self_check",
            "value": {
                "question": "It pushes back?",
                "choices": [
                    {"text": "Ease off", "correct": True, "feedback": "Yes."},
                    {"text": "Push", "correct": False, "feedback": "No."},
                ],
                "explanation": "It guards.",
            },
        },
        {
            "type": "hotspots",
            "value": {
                "figure": "hold",
                "intro": "Look at both.",
                "points": [
                    {"name": "Heel", "says": "Carries the load.", "x": 25, "y": 40},
                    {"name": "Fingers", "says": "They rest.", "x": 75, "y": 5},
                ],
            },
        },
        {
            "type": "comparison",
            "value": {
                "title": "Wait or push",
                "columns": [
                    {"kind": "do", "title": "Wait", "body": "It softens."},
                    {"kind": "dont", "title": "Push", "body": ["It guards.", "You tire."]},
                ],
            },
        },
        {
            "type": "table",
            "value": {
                "caption": "Seconds by layer",
                "columns": ["Layer", {"heading": "Seconds", "type": "number"}],
                "rows": [["Superficial", 60], ["Deep", "90 to 120"]],
            },
        },
        {
            "type": "case_study",
            "value": {
                "title": "A gardener",
                "vignette": "Six weeks of ache.",
                "questions": [{"question": "What first?", "answer": "The glide."}],
            },
        },
        {"type": "reflection", "value": {"question": "Whose back?", "hint": "Two sentences."}},
        {"type": "download", "value": {"document": "Record sheet", "note": "One a session."}},
        {"type": "embed", "value": {"url": "https://www.youtube.com/watch?v=1", "title": "A film", "note": "Watch."}},
        {"type": "references", "value": ["Willard FH, 2012."]},
    ],
}


def make_site(school: School) -> ProgramIndexPage:
    """The school's site: a home page, one article, the list of programs."""
    _home, index = ensure_site(
        school=school.school,
        home={"title": "Riverbend", "lede": "Hours you can prove."},
        pages=[
            {
                "slug": "privacy",
                "title": "Privacy",
                "intro": "What we keep.",
                "blocks": [{"type": "prose", "value": "<h2>Ledger</h2><p>Minutes, never pulses.</p>"}],
            }
        ],
    )
    return index


def make_library(school: School) -> None:
    """A drawing, a captioned clip of 1000 bytes, and a sheet to print."""
    ensure_figure(
        school=school.school, code="hold", title="The hold", description="Two hands.", drawing=SVG, legend=["Fascia"]
    )
    ensure_media(
        school=school.school,
        code="barrier",
        title="Taking up slack",
        file=ContentFile(MP4, name="barrier.mp4"),
        captions=ContentFile(b"WEBVTT\n\n00:00.000 --> 00:02.000\nSink.\n", name="barrier.vtt"),
        transcript="Sink.",
        duration=2,
    )
    ensure_document(school=school.school, title="Record sheet", file=ContentFile(b"%PDF-1.7 sheet", name="sheet.pdf"))


@layer
def building(school: School, rule_set: RuleSet) -> None:
    """The whole catalog.

    A program with one finished module of 4 h (two lessons, the first with its published page and every kind of block)
    and one in preparation, its public pages, the school's library; a second school that has its part of the CMS too.
    """
    index = make_site(school)
    program = load_program(PROGRAM, school.school, rule_set, {})
    page = load_program_page(program, PROGRAM, index)
    make_library(school)
    load_lesson_page(Lesson.objects.get(code="MFR-1"), LESSON, page)
    join_team(program=program, user=school.instructor)
    ensure_cms_roles(school.other_school)
    foreigner = ensure_user(email="fritz@example.org", legal_name="Fritz Foreign", password="x" * 12)
    grant_role(user=foreigner, organisation=school.other_school, role="instructor")


@pytest.fixture
def whole(school: School, building: None) -> School:
    """The school of the whole catalog."""
    return school


@pytest.fixture
def site(whole: School) -> ProgramIndexPage:
    """The list of programs."""
    return ProgramIndexPage.objects.get()


@pytest.fixture
def program(whole: School) -> Program:
    """The program."""
    return Program.objects.get()


@pytest.fixture
def program_page(whole: School) -> ProgramPage:
    """The program's public page."""
    return ProgramPage.objects.get()


@pytest.fixture
def figure(whole: School) -> Figure:
    """The drawing."""
    return Figure.objects.get()


@pytest.fixture
def document(whole: School) -> SchoolDocument:
    """The sheet to print."""
    return SchoolDocument.objects.get()


@pytest.fixture
def clip(whole: School) -> LessonMedia:
    """The clip."""
    return LessonMedia.objects.get()


@pytest.fixture
def published(whole: School) -> LessonPage:
    """The published page of the first lesson."""
    return LessonPage.objects.get()


def staff(user: User) -> Client:
    """A browser of somebody who works in the CMS, her groups as her memberships say."""
    sync_cms_groups(user)
    client = Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    return client


@pytest.fixture
def editor(whole: School) -> Client:
    """The instructor's browser."""
    return staff(whole.instructor)


@pytest.fixture
def reviewer(whole: School) -> Client:
    """The registrar's browser."""
    return staff(whole.registrar)


@pytest.fixture
def foreign_editor(whole: School) -> Client:
    """The browser of an instructor of the other school."""
    return staff(User.objects.get(email="fritz@example.org"))


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server that speaks S3."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def in_bucket(endpoint: str, settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Both storages lie in a bucket, as the settings put them there."""
    made = bucket.storages(BUCKET, endpoint=endpoint, region="us-east-1", access_key="key", secret_key="secret")
    settings.STORAGES = {**settings.STORAGES, **made}
    private, public = storages["private"], storages["default"]
    for model, names, storage in (
        (LessonMedia, ("file", "thumbnail", "captions", "chapters"), private),
        (SchoolDocument, ("file",), private),
        (SchoolImage, ("file",), private),
        (SchoolRendition, ("file",), public),
    ):
        for name in names:
            monkeypatch.setattr(model._meta.get_field(name), "storage", storage)
    client = private.connection.meta.client
    client.create_bucket(Bucket=BUCKET)
    yield client
    for found in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=found["Key"])
    client.delete_bucket(Bucket=BUCKET)


def keys(client) -> set[str]:
    """What lies in the bucket."""
    return {found["Key"] for found in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])}


def by_her_clock(moment: datetime) -> str:
    """A moment as the staff of the school type it in the CMS, which tells their school's time."""
    return moment.astimezone(ZoneInfo("America/New_York")).strftime("%Y-%m-%d %H:%M")
