"""Clips that browsers send straight into the bucket: what the form for the bucket says, what is judged after, once.

The bucket on this machine takes whatever it is sent: it asks neither for the signature of the form nor for its
conditions. So the signature, the name, the type, the range of sizes and the end of the form are held by
`test_the_form_says_what_the_bucket_must_refuse`, and what comes in spite of them is sent here and judged by us.
"""

import hashlib
import hmac
import json
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.request import Request, urlopen

import pytest
import time_machine
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from accounts.models import User
from cms.jobs import JOBS, run_due
from courses.catalog import incoming
from courses.catalog.models import EditorialOffice, LessonMedia, SpentUpload
from courses.catalog.services import ensure_media, sweep_uploads, take_upload
from courses.catalog.uploads import UnsuitableFileError
from tests.files import MP4, VTT, mp4
from tests.worlds import School

from .conftest import BUCKET, keys, staff

ASK = "/cms/media/straight/"
ADD = "/cms/media/video/add/"
CLIP = mp4(12) + bytes(range(256)) * 8000
Form = dict[str, Any]


@pytest.fixture
def straight(in_bucket: Any, settings) -> Any:
    """The bucket, with the setting on."""
    settings.S3_DIRECT_UPLOADS = True
    return in_bucket


@pytest.fixture
def form(whole: School) -> Form:
    """What an editor types beside the file."""
    office = EditorialOffice.objects.get(school=whole.school)
    return {"title": "Far away", "code": "far", "language": "en", "duration": "", "collection": office.collection.pk}


def asked(client: Client, **more: Any) -> dict[str, Any]:
    answer = client.post(ASK, {"kind": "video", "name": "far.mp4", "size": len(CLIP), **more})
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def posted(offer: dict[str, Any], data: bytes) -> int:
    """As a browser does: the fields of the form, then the file."""
    body = encode_multipart(BOUNDARY, {**offer["fields"], "file": SimpleUploadedFile("far.mp4", data)})
    with urlopen(Request(offer["address"], body, {"Content-Type": MULTIPART_CONTENT})) as answer:
        status: int = answer.status
        return status


def sent(client: Client, data: bytes = CLIP, **more: Any) -> str:
    """Ask and send; the reference."""
    offer = asked(client, **more)
    assert posted(offer, data) == 204
    reference: str = offer["reference"]
    return reference


def lying(client: Any) -> set[str]:
    return {key for key in keys(client) if key.startswith("private/incoming/")}


def says(answer: Any) -> str:
    """What stands beside the file."""
    assert answer.status_code == 200
    found: str = " ".join(answer.context["form"].errors.get("file", []))
    return found


# ---- the form for the bucket ----


@time_machine.travel("2026-11-28T12:00:00Z", tick=False)
def test_the_form_says_what_the_bucket_must_refuse(straight, editor, endpoint, settings) -> None:
    settings.LESSON_MEDIA_MAX_UPLOAD_SIZE = 5_000_000
    offer = asked(editor)
    fields = offer["fields"]
    assert offer["address"] == f"{endpoint}/{BUCKET}"
    token = fields["key"].removeprefix("private/incoming/")
    assert incoming.TOKEN.fullmatch(token), "256 bits of ours, nothing of the browser's"
    policy = json.loads(b64decode(fields["policy"]))
    assert policy["expiration"] == "2026-11-28T12:10:00Z"
    assert {"key": f"private/incoming/{token}"} in policy["conditions"], "this name, not a beginning of names"
    assert {"Content-Type": "video/mp4"} in policy["conditions"]
    assert ["content-length-range", 1, 5_000_000] in policy["conditions"]
    assert {"bucket": BUCKET} in policy["conditions"]
    assert fields["Content-Type"] == "video/mp4"
    # What is not named in the policy is refused by the bucket, so nothing else may be asked for, such as rights.
    named = {name for condition in policy["conditions"] if isinstance(condition, dict) for name in condition}
    assert set(fields) - {"policy", "x-amz-signature"} == named - {"bucket"}
    key = b"AWS4secret"
    for part in ("20261128", "us-east-1", "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    assert fields["x-amz-signature"] == hmac.digest(key, fields["policy"].encode(), hashlib.sha256).hex()
    assert asked(editor)["fields"]["key"] != fields["key"]


@pytest.mark.parametrize(
    ("asks", "words"),
    [
        ({"name": "far.exe"}, "Save the clip as MP4 or WebM, and choose that file."),
        ({"name": ""}, "Save the clip as MP4 or WebM, and choose that file."),
        ({"name": "far.mp4", "kind": "audio"}, "Save the sound as MP3, M4A, Ogg or WebM, and choose that file."),
        ({"kind": "anything"}, "Save the sound as MP3"),
        ({"size": 6_000_000}, "The file is larger than 4.8\xa0MB; cut the clip into shorter parts."),
    ],
)
def test_what_its_name_and_size_tell_is_refused_before_it_is_sent(straight, editor, settings, asks, words) -> None:
    settings.LESSON_MEDIA_MAX_UPLOAD_SIZE = 5_000_000
    answer = editor.post(ASK, {"kind": "video", "name": "far.mp4", "size": 9, **asks})
    assert answer.status_code == 422
    assert words in answer.json()["title"]


def test_who_may_ask(straight, whole, editor, foreign_editor, reviewer) -> None:
    asks = {"kind": "video", "name": "far.mp4", "size": 9}
    for client in (editor, reviewer, foreign_editor):
        answer = client.post(ASK, asks)
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
    assert "/cms/login/" in Client().post(ASK, asks)["Location"]
    learner = whole.client(whole.learner_user).post(ASK, asks)
    assert learner.status_code in (302, 403) and b"policy" not in learner.content
    outsider = User.objects.create_user(email="plain@example.org", password="x" * 12, legal_name="Pat Plain")
    from django.contrib.auth.models import Permission

    outsider.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert b"policy" not in staff(outsider).post(ASK, asks).content, "to enter the CMS is not to add clips"
    assert editor.get(ASK).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(whole.instructor, backend="accounts.backends.EmailBackend")
    assert strict.post(ASK, asks).status_code == 403


def test_without_the_setting_there_is_no_such_door(in_bucket, editor, form) -> None:
    assert editor.post(ASK, {"kind": "video", "name": "far.mp4", "size": 9}).status_code == 404
    page = editor.get(ADD).content.decode()
    assert "direct-upload" not in page and "file-sent" not in page
    reference = signing.dumps({"token": "x" * 43, "user": 1, "kind": "video", "name": "a.mp4"}, salt=incoming.SALT)
    assert "required" in says(editor.post(ADD, {**form, "file-sent": reference}))


# ---- the file is judged and taken ----


def test_a_clip_that_was_sent_is_taken(straight, editor, form, whole) -> None:
    reference = sent(editor)
    assert len(lying(straight)) == 1
    ranges: list[str] = []
    straight.meta.events.register(
        "before-call.s3.GetObject", lambda params, **_: ranges.append(params["headers"]["Range"]), unique_id="ranges"
    )
    answer = editor.post(ADD, {**form, "file-sent": reference, "captions": SimpleUploadedFile("far.vtt", VTT)})
    straight.meta.events.unregister("before-call.s3.GetObject", unique_id="ranges")
    assert answer.status_code == 302, answer.context["form"].errors
    clip = LessonMedia.objects.get(code="far")
    assert clip.file.name == "lesson-media/far.mp4"
    assert clip.duration == 12, "read from the object"
    assert clip.uploaded_by_user == whole.instructor
    assert keys(straight) == {"private/lesson-media/far.mp4", f"private/{clip.captions.name}"}
    stored = straight.get_object(Bucket=BUCKET, Key="private/lesson-media/far.mp4")
    assert stored["Body"].read() == CLIP
    assert (stored["ContentType"], stored["CacheControl"]) == ("video/mp4", "private, no-store")
    read = sum(int(last) - int(first) + 1 for first, last in (span[6:].split("-") for span in ranges))
    assert 0 < read <= 2 * incoming.PART < len(CLIP) / 3, "only what judging needs"
    assert "/private/lesson-media/far.mp4" in editor.get(clip.address("file"))["Location"]


def test_names_that_are_taken_are_not_overwritten(straight, editor, form, whole) -> None:
    ensure_media(school=whole.school, code="first", title="First", file=ContentFile(MP4, name="far.mp4"), duration=2)
    assert editor.post(ADD, {**form, "file-sent": sent(editor)}).status_code == 302
    first, second = LessonMedia.objects.get(code="first"), LessonMedia.objects.get(code="far")
    assert first.file.name != second.file.name
    with first.file.open() as kept:
        assert kept.read() == MP4


def test_sound_is_taken_by_its_own_door(straight, editor, form) -> None:
    reference = sent(editor, mp4(7), kind="audio", name="far.m4a")
    assert editor.post("/cms/media/audio/add/", {**form, "file-sent": reference}).status_code == 302
    clip = LessonMedia.objects.get(code="far")
    assert (clip.type, clip.duration) == ("audio", 7)
    assert straight.head_object(Bucket=BUCKET, Key=f"private/{clip.file.name}")["ContentType"] == "audio/mp4"


def test_the_window_of_a_lesson_takes_it_too(straight, editor, form) -> None:
    window = editor.get("/cms/media/chooser/").json()["html"]
    assert window.count('data-controller="direct-upload"') == 2
    assert 'name="media-chooser-upload-file-sent"' in window
    prefixed = {f"media-chooser-upload-{name}": value for name, value in {**form, "file-sent": sent(editor)}.items()}
    answer = editor.post("/cms/media/video/chooser/upload/", prefixed)
    assert answer.json()["step"] == "media_chosen", answer.content
    assert LessonMedia.objects.get(code="far").duration == 12


def test_another_file_takes_the_place_of_the_first(straight, editor, form, whole) -> None:
    clip = ensure_media(school=whole.school, code="far", title="Far", file=ContentFile(MP4, name="old.mp4"), duration=2)
    answer = editor.post(f"/cms/media/edit/{clip.pk}/", {**form, "file-sent": sent(editor)})
    assert answer.status_code == 302, answer.context["form"].errors
    clip.refresh_from_db()
    assert (clip.file.name, clip.duration) == ("lesson-media/far.mp4", 12)
    assert keys(straight) == {"private/lesson-media/far.mp4"}
    # Without a new one, the file stays.
    assert editor.post(f"/cms/media/edit/{clip.pk}/", {**form, "duration": "12"}).status_code == 302
    assert keys(straight) == {"private/lesson-media/far.mp4"}


def test_a_file_that_comes_with_the_form_is_taken_as_ever(straight, editor, form) -> None:
    page = editor.get(ADD).content.decode()
    assert "js/direct-upload.js" in page
    assert "as without JavaScript, it is sent when you save" in page
    answer = editor.post(ADD, {**form, "file": SimpleUploadedFile("far.mp4", CLIP), "file-sent": "stale"})
    assert answer.status_code == 302, answer.context["form"].errors
    assert LessonMedia.objects.get(code="far").duration == 12
    assert keys(straight) == {"private/lesson-media/far.mp4"}


# ---- what is refused ----

GONE = "The file could not be fetched from where it was sent; choose it again."
NOT_HERS = "This file was not sent by you for this form; choose it again."
SAVED = "This file was saved already; look for it in the list of clips."


def _too_large(world: "Refused") -> str:
    reference = sent(world.editor)
    world.settings.LESSON_MEDIA_MAX_UPLOAD_SIZE = 999
    return reference


def _another_kind_inside(world: "Refused") -> str:
    return sent(world.editor, b"<!doctype html><script>alert(1)</script>")


def _nothing_inside(world: "Refused") -> str:
    return sent(world.editor, b"")


def _of_another_user(world: "Refused") -> str:
    return sent(world.reviewer)


def _for_another_kind(world: "Refused") -> str:
    return sent(world.editor, kind="audio", name="far.m4a")


def _changed(world: "Refused") -> str:
    return sent(world.editor) + "x"


def _outside(world: "Refused") -> str:
    """Even with our signature."""
    world.bucket.put_object(Bucket=BUCKET, Key="private/lesson-media/others.mp4", Body=CLIP)
    about = {"token": "../lesson-media/others.mp4", "user": world.user.pk, "kind": "video", "name": "far.mp4"}
    return signing.dumps(about, salt=incoming.SALT)


def _signed_for_something_else(world: "Refused") -> str:
    about = {"token": "x" * 43, "user": world.user.pk, "kind": "video", "name": "far.mp4"}
    return signing.dumps(about, salt="another")


def _never_sent(world: "Refused") -> str:
    reference: str = asked(world.editor)["reference"]
    return reference


def _used(world: "Refused") -> str:
    """And its form, still open, was sent again."""
    offer = asked(world.editor)
    posted(offer, CLIP)
    assert world.editor.post(ADD, {**world.form, "code": "before", "file-sent": offer["reference"]}).status_code == 302
    posted(offer, CLIP)
    reference: str = offer["reference"]
    return reference


class Refused:
    """Who sends, and the bucket."""

    def __init__(self, bucket: Any, editor: Client, reviewer: Client, form: Form, user: User, settings: Any) -> None:
        self.bucket, self.editor, self.reviewer = bucket, editor, reviewer
        self.form, self.user, self.settings = form, user, settings


@pytest.fixture
def world(straight, editor, reviewer, form, whole, settings) -> Refused:
    return Refused(straight, editor, reviewer, form, whole.instructor, settings)


@pytest.mark.parametrize(
    ("prepare", "words", "left"),
    [
        (_too_large, "The file is larger than 999\xa0bytes", 0),
        (_another_kind_inside, "The file is not the .mp4 that its name says.", 0),
        (_nothing_inside, "The submitted file is empty.", 1),
        (_of_another_user, NOT_HERS, 1),
        (_for_another_kind, NOT_HERS, 1),
        (_changed, NOT_HERS, 1),
        (_outside, NOT_HERS, 0),
        (_signed_for_something_else, NOT_HERS, 0),
        (_never_sent, GONE, 0),
        (_used, SAVED, 1),
    ],
)
def test_what_does_not_fit_is_refused(world: Refused, prepare: Callable[[Refused], str], words: str, left: int) -> None:
    reference = prepare(world)
    before = keys(world.bucket)
    answer = world.editor.post(ADD, {**world.form, "file-sent": reference})
    assert words in says(answer)
    assert not LessonMedia.objects.filter(code="far").exists()
    page = answer.content.decode()
    assert 'value="Far away"' in page and 'value="far"' in page, "what was typed is kept"
    assert reference not in page, "the reference is of no use"
    assert len(lying(world.bucket)) == left
    assert {key for key in before if "incoming" not in key} == {
        key for key in keys(world.bucket) if "incoming" not in key
    }


@pytest.mark.parametrize(("hours", "status"), [(11, 302), (13, 200)])
def test_a_reference_runs_out(straight, editor, form, hours: int, status: int) -> None:
    reference = sent(editor)
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        answer = editor.post(ADD, {**form, "file-sent": reference})
        assert answer.status_code == status
        if status == 200:
            assert says(answer) == "The file was sent too long ago; choose it again."


def test_what_is_wrong_beside_it_does_not_cost_the_file(straight, editor, form) -> None:
    """A clip of hours is not sent twice because a title is missing."""
    reference = sent(editor)
    answer = editor.post(ADD, {**form, "title": "", "file-sent": reference})
    assert says(answer) == ""
    page = answer.content.decode()
    assert f'name="file-sent" value="{reference}"' in page
    assert "“far.mp4” is sent. It is kept when you save." in page
    assert not SpentUpload.objects.exists()
    assert editor.post(ADD, {**form, "file-sent": reference}).status_code == 302
    assert LessonMedia.objects.filter(code="far").exists()


def test_a_length_is_asked_for_where_the_file_does_not_say_it(straight, editor, form) -> None:
    reference = sent(editor, MP4)
    answer = editor.post(ADD, {**form, "file-sent": reference})
    assert "length in seconds" in str(answer.context["form"].errors["duration"])
    assert editor.post(ADD, {**form, "duration": "9", "file-sent": reference}).status_code == 302
    assert LessonMedia.objects.get(code="far").duration == 9


def test_another_object_in_the_judged_ones_place_is_not_taken(straight, editor, form, monkeypatch) -> None:
    """Its form opens for minutes, so it may be sent again while we judge."""
    offer = asked(editor)
    posted(offer, CLIP)
    copy = incoming.SentFile.copy_to

    def slow(self: incoming.SentFile, *args: Any, **more: Any) -> str:
        posted(offer, b"<!doctype html>" * 9000)
        return copy(self, *args, **more)

    monkeypatch.setattr(incoming.SentFile, "copy_to", slow)
    assert says(editor.post(ADD, {**form, "file-sent": offer["reference"]})) == GONE
    assert not LessonMedia.objects.filter(code="far").exists()
    assert keys(straight) == lying(straight)


def test_no_part_of_another_version_is_read(straight, editor, whole) -> None:
    offer = asked(editor)
    posted(offer, CLIP)
    file = incoming.sent_file(offer["reference"], user_id=whole.instructor.pk, kind="video")
    file.seek(len(CLIP) - 100)
    assert file.read() == CLIP[-100:]
    posted(offer, CLIP[::-1])
    file.seek(len(CLIP) // 2)
    with pytest.raises(OSError, match="cannot be read"):
        file.read(10)


def test_a_file_made_to_be_read_all_over_is_given_up(straight, editor, whole, monkeypatch) -> None:
    monkeypatch.setattr(incoming, "MOST_PARTS", 3)
    file = incoming.sent_file(sent(editor), user_id=whole.instructor.pk, kind="video")
    with pytest.raises(OSError, match="too many"):
        file.read()


def test_of_two_who_save_at_once_one_is_refused(straight, editor, whole) -> None:
    """Both have judged it."""
    reference = sent(editor)
    first, second = (incoming.sent_file(reference, user_id=whole.instructor.pk, kind="video") for _ in range(2))
    take_upload(sent=first, clip=LessonMedia(type="video"))
    with pytest.raises(UnsuitableFileError, match="saved already"):
        take_upload(sent=second, clip=LessonMedia(type="video"))
    assert keys(straight) == {"private/lesson-media/far.mp4"}


def test_a_bucket_that_does_not_answer_is_said(straight, editor, form, monkeypatch) -> None:
    reference = sent(editor)

    def broken(**_: Any) -> None:
        raise ConnectionError

    straight.meta.events.register("before-send.s3.HeadObject", broken, unique_id="broken")
    answer = editor.post(ADD, {**form, "file-sent": reference})
    straight.meta.events.unregister("before-send.s3.HeadObject", unique_id="broken")
    assert says(answer) == GONE


# ---- what nobody comes back for ----


@pytest.fixture
def left(straight, editor) -> datetime:
    """An object that was sent, beside a clip; when that was."""
    straight.put_object(Bucket=BUCKET, Key="private/lesson-media/kept.mp4", Body=CLIP)
    straight.put_object(Bucket=BUCKET, Key="public/incoming/kept.mp4", Body=CLIP)
    sent(editor)
    return timezone.now()


def test_what_was_never_saved_goes_after_a_day(straight, left) -> None:
    SpentUpload.objects.create(token="a" * 43, spent_at=left)
    assert sweep_uploads(now=left + timedelta(hours=23)) == 0
    assert len(lying(straight)) == 1 and SpentUpload.objects.count() == 1
    assert sweep_uploads(now=left + timedelta(hours=25)) == 1
    assert keys(straight) == {"private/lesson-media/kept.mp4", "public/incoming/kept.mp4"}
    assert not SpentUpload.objects.exists()


def test_the_sweep_is_a_due_job(straight, left) -> None:
    assert "uploads left lying" in {name for name, _job, _rest in JOBS}
    with time_machine.travel(left + timedelta(hours=25)):
        assert run_due(force=True)["uploads left lying"] == "1 done"
        assert run_due(force=True)["uploads left lying"] == "0 done"


def test_no_reference_outlives_its_object(settings) -> None:
    from courses.catalog.services.incoming import KEPT

    assert timedelta(seconds=incoming.REFERENCE_SECONDS + incoming.FORM_SECONDS) < KEPT
    assert sweep_uploads(now=timezone.now()) == 0, "without the setting no bucket is asked"
