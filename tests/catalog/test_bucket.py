"""Files in an S3 bucket, over real HTTP to a server of its kind on this machine: signed, in ranges, public apart."""

from io import BytesIO
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from django.core.files.base import ContentFile
from django.http import Http404
from django.test import Client
from PIL import Image

from courses.catalog.models import LessonMedia, SchoolImage
from courses.catalog.selectors import rendered_body
from courses.catalog.services import ensure_document, ensure_media
from courses.enrollments.services import enroll
from tests.files import PDF, VTT, mp4, photograph, picture
from tests.worlds import School

from .conftest import BUCKET, keys

CLIP = mp4(12) + bytes(range(256)) * 4000


@pytest.fixture
def clip(whole: School, in_bucket: object) -> LessonMedia:
    """A clip with all its parts, in the bucket."""
    return ensure_media(
        school=whole.school, code="far", title="Far away", file=ContentFile(CLIP, name="far.mp4"),
        captions=ContentFile(VTT, name="far.vtt"), poster=ContentFile(picture(), name="far.jpg"),
    )  # fmt: skip


def fetched(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    with urlopen(Request(address, headers=headers)) as answer:
        return answer.status, dict(answer.headers), answer.read()


def test_a_clip_is_answered_by_a_signed_address(clip, in_bucket, editor, endpoint):
    assert f"private/{clip.file.name}" in keys(in_bucket)
    assert clip.duration == 12
    answer = editor.get(clip.address("file"))
    assert answer.status_code == 302 and answer.content == b""
    assert answer["Cache-Control"] == "private, no-store" and answer["Referrer-Policy"] == "no-referrer"
    there = answer["Location"]
    assert there.startswith(f"{endpoint}/{BUCKET}/private/lesson-media/")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    assert asked["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256" and asked["X-Amz-Signature"]
    assert asked["X-Amz-Expires"] == str(300 + 4 * 12), "as long as somebody watches, and a little more"
    assert asked["response-content-type"] == "video/mp4"
    assert asked["response-content-disposition"] == "inline"
    assert fetched(there)[2] == CLIP
    status, headers, part = fetched(there, Range="bytes=1000-1999")
    assert (status, part) == (206, CLIP[1000:2000])
    assert headers["Cache-Control"] == "private, no-store"


def test_no_address_opens_for_more_than_six_hours(clip, editor):
    LessonMedia.objects.filter(pk=clip.pk).update(duration=80_000)
    assert "X-Amz-Expires=21600&" in editor.get(clip.address("file"))["Location"]


@pytest.mark.parametrize(("kind", "content_type"), [("captions", "text/vtt; charset=utf-8"), ("poster", "image/jpeg")])
def test_small_parts_come_from_here(clip, editor, kind, content_type):
    answer = editor.get(clip.address(kind))
    assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
    with clip.part(kind).open() as stored:
        assert b"".join(answer.streaming_content) == stored.read()


def test_strangers_get_no_address(clip, whole, foreign_editor):
    assert foreign_editor.get(clip.address("file")).status_code == 404
    assert whole.client(whole.learner_user).get(clip.address("file")).status_code == 404
    assert "/accounts/login/" in Client().get(clip.address("file"))["Location"]


def test_a_lost_file_is_missing(clip, in_bucket, editor):
    in_bucket.delete_object(Bucket=BUCKET, Key=f"private/{clip.file.name}")
    assert editor.get(clip.address("file")).status_code == 404


def test_a_document_is_kept_under_its_name(whole, in_bucket, editor):
    kept = ensure_document(school=whole.school, title="Far", file=ContentFile(PDF, name="far.pdf"))
    answer = editor.get(kept.url)
    _status, headers, data = fetched(answer["Location"])
    assert data == PDF
    assert headers["Content-Disposition"] == 'attachment; filename="far.pdf"'
    assert "X-Amz-Expires=300&" in answer["Location"]


def test_a_learner_gets_the_document_of_her_lesson(published, document, whole, in_bucket):
    document.file.save("sheet.pdf", ContentFile(PDF))
    enroll(user=whole.learner_user, program=published.lesson.module.program, source_key="test:far")
    block = next(child.id for child in published.body if child.block_type == "download")
    address = f"/learn/lessons/{published.lesson.uuid}/files/{block}/"
    there = whole.client(whole.learner_user).get(address)["Location"]
    assert fetched(there)[2] == PDF
    assert BUCKET not in rendered_body(published), "no page holds an address of the bucket"


def test_pictures_are_public_and_their_originals_are_not(whole, in_bucket, document, endpoint):
    image = SchoolImage(title="Home", file=ContentFile(photograph(), name="home.jpg"), collection=document.collection)
    image.full_clean()
    image.save()
    copy = image.get_rendition("width-640|format-webp")
    assert copy.url == f"{endpoint}/{BUCKET}/public/{copy.file.name}", "no signature, so that it may be kept"
    assert keys(in_bucket) == {f"private/{image.file.name}", f"public/{copy.file.name}"}
    head = in_bucket.head_object(Bucket=BUCKET, Key=f"public/{copy.file.name}")
    assert head["CacheControl"] == "public, max-age=31536000, immutable"
    data = in_bucket.get_object(Bucket=BUCKET, Key=f"public/{copy.file.name}")["Body"].read()
    assert b"Telephone" not in data and Image.open(BytesIO(data)).size == (40, 60)
    copy = image.get_rendition("max-30x30")
    assert copy.url.startswith("/cms/") and f"private/{copy.file.name}" in keys(in_bucket), "no public page shows it so"
    with pytest.raises(Http404):
        from courses.catalog.serving import ranged_response

        image.file.name = "original_images/lost.jpg"
        ranged_response(None, image.file, "image/jpeg")  # type: ignore[arg-type]
