"""Clips: whole and in ranges, their captions, who may play them, and when a lesson shows them."""

import uuid
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.http import Http404
from django.test import Client, RequestFactory

from courses.catalog.access import may_edit_media, media_by_uuid
from courses.catalog.models import LessonMedia, LessonPage, MediaUse
from courses.catalog.selectors import lessons_using
from courses.catalog.services import ensure_media, refresh_media_use
from courses.catalog.serving import ranged_response
from tests.files import MP4, MP4_HEAD
from tests.worlds import School

BYTES = MP4


def asked(clip: LessonMedia, method: str = "get", **headers: str):
    request = getattr(RequestFactory(), method)("/x", headers=headers)
    return ranged_response(request, clip.file, "video/mp4")


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(
    ("asks", "status", "content_range", "expected"),
    [
        (None, 200, None, BYTES),
        ("bytes=0-99", 206, "bytes 0-99/1000", BYTES[:100]),
        ("bytes=990-", 206, "bytes 990-999/1000", BYTES[990:]),
        ("bytes=-10", 206, "bytes 990-999/1000", BYTES[990:]),
        ("bytes=990-5000", 206, "bytes 990-999/1000", BYTES[990:]),
        ("bytes=-5000", 206, "bytes 0-999/1000", BYTES),
        ("bytes=1000-", 416, "bytes */1000", b""),
        ("bytes=-0", 416, "bytes */1000", b""),
        ("bytes=5-2", 200, None, BYTES),
        ("bytes=0-1,5-6", 200, None, BYTES),
        ("lines=0-1", 200, None, BYTES),
        ("bytes=-", 200, None, BYTES),
        ("bytes=a-b", 200, None, BYTES),
        ("bytes=99999999999999999999999-", 416, "bytes */1000", b""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_ranges(clip, asks, status, content_range, expected):
    response = asked(clip, **({"Range": asks} if asks else {}))
    assert response.status_code == status
    assert response.get("Content-Range") == content_range
    assert body(response) == expected
    assert response["Accept-Ranges"] == "bytes"
    assert response["Cache-Control"] == "private, no-store"
    if status != 416:
        assert response["Content-Length"] == str(len(expected))


def test_a_long_file_is_read_in_pieces_and_put_together(whole: School):
    long = ContentFile(MP4_HEAD + bytes(range(256)) * 1000, name="long.mp4")
    clip = ensure_media(school=whole.school, code="long", title="Long", file=long)
    response = asked(clip, Range="bytes=1000-200999")
    assert body(response) == (MP4_HEAD + bytes(range(256)) * 1000)[1000:201000]


def test_if_range_with_another_version_gets_the_whole(clip):
    tag = asked(clip)["ETag"]
    assert asked(clip, **{"Range": "bytes=0-1", "If-Range": tag}).status_code == 206
    assert asked(clip, **{"Range": "bytes=0-1", "If-Range": '"old"'}).status_code == 200


def test_head_has_length_and_no_bytes(clip):
    response = asked(clip, "head")
    assert response["Content-Length"] == "1000"
    assert body(response) == b""


def test_behind_a_front_server_it_sends_the_bytes(clip, settings):
    settings.X_ACCEL_PREFIX = "/_private/"
    response = asked(clip, Range="bytes=0-1")
    assert response.status_code == 200
    assert response["X-Accel-Redirect"] == f"/_private/{clip.file.name}"
    assert body(response) == b""


def test_a_lost_file_is_missing_not_an_error(clip):
    clip.file.name = "lesson-media/lost.mp4"
    with pytest.raises(Http404):
        asked(clip)


def test_private_files_have_no_public_address(clip):
    for path in (f"/media/{clip.file.name}", f"/media/private/{clip.file.name}", f"/{clip.file.name}"):
        assert Client().get(path).status_code == 404
    assert clip.url == f"/learn/media/{clip.uuid}/file"


def test_types_are_known_by_kind_and_ending_only(clip):
    assert clip.part_type("file") == "video/mp4"
    assert clip.part_type("captions") == "text/vtt; charset=utf-8"
    assert clip.part("poster") is None
    assert clip.part("anything") is None
    clip.file.name = "x.html"
    assert clip.part_type("file") == "application/octet-stream"


def test_use_follows_the_published_page(published: LessonPage, clip: LessonMedia) -> None:
    assert list(lessons_using(clip)) == [published.lesson]
    draft = published.get_latest_revision_as_object()
    draft.body = [(item.block_type, item.value) for item in draft.body if item.block_type != "media"]
    revision = draft.save_revision()
    assert list(lessons_using(clip)) == [published.lesson], "a draft changes nothing"
    revision.publish()
    assert not lessons_using(clip).exists()
    published.revisions.order_by("pk").first().publish()
    refresh_media_use(published)
    assert MediaUse.objects.count() == 1
    LessonPage.objects.get(pk=published.pk).unpublish()
    assert not lessons_using(clip).exists()


def test_a_deleted_page_shows_nothing(published, clip):
    LessonPage.objects.get(pk=published.pk).delete()
    assert not lessons_using(clip).exists()
    refresh_media_use(published)


def test_a_clip_in_use_cannot_be_deleted_by_anyone(published, clip, reviewer):
    with pytest.raises(PermissionDenied):
        clip.delete()
    response = reviewer.post(f"/cms/media/delete/{clip.pk}/", follow=True)
    assert response.status_code in {200, 403}
    assert LessonMedia.objects.filter(pk=clip.pk).exists()


def test_who_edits_a_clip_may_play_it(clip, whole, editor, foreign_editor):
    assert may_edit_media(whole.instructor, clip)
    assert not may_edit_media(whole.learner_user, clip)
    assert not may_edit_media(whole.foreign_registrar, clip)
    assert media_by_uuid(clip.uuid) == clip
    with pytest.raises(Http404):
        media_by_uuid(uuid.uuid4())


@pytest.mark.parametrize("kind", ["file", "captions"])
def test_strangers_get_no_clip(published, clip, whole, kind, editor, foreign_editor):
    address = clip.address(kind)
    assert Client().get(address).status_code in {302, 404}
    assert whole.client(whole.learner_user).get(address).status_code == 404
    assert foreign_editor.get(address).status_code == 404
    answer = editor.get(address)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


def test_captions_must_be_webvtt(whole):
    for content, name in ((b"1\n00:00 --> 00:01\nx", "a.vtt"), (b"WEBVTT", "a.srt"), (b"<html>", "a.vtt")):
        with pytest.raises(ValidationError) as refused:
            ensure_media(
                school=whole.school, code="bad", title="Bad", file=ContentFile(b"x", name="a.mp4"),
                captions=ContentFile(content, name=name),
            )  # fmt: skip
        assert "captions" in refused.value.message_dict
    assert not LessonMedia.objects.filter(code="bad").exists()


def test_order_of_pieces_is_a_walk(clip):
    starts = [0, 333, 666, 1000]
    whole = b"".join(body(asked(clip, Range=f"bytes={a}-{b - 1}")) for a, b in pairwise(starts))
    assert whole == BYTES
