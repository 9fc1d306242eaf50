"""What comes into the library, by each of the CMS's doors: judged by content, drawn anew, refused with one sentence."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.models import UploadedFile

from courses.catalog.models import EditorialOffice, LessonMedia, SchoolDocument, SchoolImage, private_storage
from courses.catalog.services import ensure_cms_roles, ensure_document, ensure_media
from courses.catalog.uploads import UnsuitableFileError, check_document, plain_picture
from tests.files import MP4, PDF, VTT, docx, mp4, packed, photograph, picture
from tests.worlds import School

EXE = b"MZ\x90\x00\x03" + bytes(200)
HTML = b"<!DOCTYPE html><script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


def moving(kind: str, frames: int) -> bytes:
    """A picture of many small frames."""
    out = BytesIO()
    stills = [Image.new("RGB", (2, 2), (i % 256, i // 256, 0)) for i in range(frames)]
    stills[0].save(out, kind, save_all=True, append_images=stills[1:], duration=10)
    return out.getvalue()


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few hundred bytes that says it has 900 million pixels."""
    import struct
    import zlib

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(5000))) + chunk(b"IEND", b"")
    )


# ---- the doors: each uploads a file and answers with what was said ----


def single(client: Client, kind: str, name: str, data: bytes, title: str = "A thing") -> str:
    place = "wagtailimages:add" if kind == "image" else "wagtaildocs:add"
    file = SimpleUploadedFile(name, data)
    return client.post(reverse(place), {"title": title, "file": file}, follow=True).content.decode()


def multiple(client: Client, kind: str, name: str, data: bytes, title: str = "A thing") -> str:
    place = "wagtailimages:add_multiple" if kind == "image" else "wagtaildocs:add_multiple"
    answer = client.post(reverse(place), {"title": title, "files[]": SimpleUploadedFile(name, data)})
    return answer.json().get("error_message", "") if answer.status_code == 200 else ""


def chooser(client: Client, kind: str, name: str, data: bytes, title: str = "A thing") -> str:
    app = "wagtailimages_chooser" if kind == "image" else "wagtaildocs_chooser"
    prefix = "image-chooser-upload" if kind == "image" else "document-chooser-upload"
    form = {f"{prefix}-title": title, f"{prefix}-file": SimpleUploadedFile(name, data)}
    answer = client.post(reverse(f"{app}:create"), form)
    assert answer.status_code == 200
    return json.loads(answer.content).get("htmlFragment") or json.loads(answer.content).get("html") or ""


Door = Callable[..., str]
DOORS = pytest.mark.parametrize("door", [single, multiple, chooser])


def words(text: str) -> str:
    from html import unescape

    return " ".join(unescape(text).split())


def stored() -> set[str]:
    """Every file that the two storages hold, however deep."""
    found = set()
    for storage in (default_storage, private_storage()):
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            if folder and not storage.exists(folder):
                continue
            if not folder and not storage.exists(""):
                continue
            folders, files = storage.listdir(folder)
            found |= {f"{folder}/{name}" for name in files}
            waiting += [f"{folder}/{name}".strip("/") for name in folders if not name.startswith(".")]
    return found


@DOORS
@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("page.png", HTML, "is no picture that can be read"),
        ("drawing.jpg", SVG, "is no picture that can be read"),
        ("drawing.svg", SVG, "Save the picture as JPEG, PNG, WebP or AVIF"),
        ("sheet.gif", picture("GIF"), "Save the picture as JPEG, PNG, WebP or AVIF"),
        ("really.png", picture("JPEG"), "is called a PNG, but holds a JPEG; save it anew as PNG"),
        ("bomb.png", bomb(), "more than 40 million pixels; make it smaller"),
        ("wide.png", bomb(7000), "more than 40 million pixels"),
        ("film.webp", moving("WEBP", 1200), "The picture moves"),
        ("film.png", moving("PNG", 1200), "The picture moves"),
        ("cut.jpg", picture("JPEG", (600, 400))[:700], "breaks off before its end"),
        ("empty.png", b"", "is empty"),
        ("big.jpg", picture() + bytes(10 * 1024 * 1024), "make it smaller"),
        ("tool.png", EXE, "is no picture that can be read"),
    ],
    ids=[
        "html",
        "svg as jpg",
        "svg",
        "gif",
        "jpg as png",
        "bomb",
        "49 million",
        "webp",
        "apng",
        "cut",
        "empty",
        "big",
        "exe",
    ],
)
def test_a_picture_is_what_it_says(editor, door: Door, name, data, says):
    before = stored()
    said = words(door(editor, "image", name, data, title="Hands, as I typed it"))
    assert says in said
    assert not SchoolImage.objects.exists()
    assert not UploadedFile.objects.exists()
    assert stored() == before, "nothing is left lying about"
    if door is not multiple:
        assert "Hands, as I typed it" in said, "what was typed stays"


@DOORS
@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("sheet.pdf", HTML, "This is no PDF"),
        ("sheet.docx", EXE, "This is no .docx file"),
        ("sheet.docx", packed(readme_D_txt=b"x"), "This is no .docx file"),
        ("sheet.xlsx", docx(), "This is no .xlsx file"),
        ("sheet.docm", docx(), "Choose a PDF"),
        ("sheet.exe", EXE, "Choose a PDF"),
        ("page.html", HTML, "Choose a PDF"),
        ("page.txt", HTML, "This is a web page"),
        ("page.csv", b"\xef\xbb\xbf  \n" + SVG, "This is a web page"),
        ("tool.txt", EXE, "is no text"),
        ("letter.txt", "Übung".encode("cp1252"), "not in UTF-8"),
        ("picture.csv", picture("PNG"), "is no text"),
        ("empty.pdf", b"", "is empty"),
        ("big.pdf", PDF + bytes(20 * 1024 * 1024), "make it smaller"),
    ],
)
def test_a_document_is_what_it_says(editor, document, door: Door, name, data, says):
    before = stored()
    said = words(door(editor, "document", name, data, title="Sheet, as I typed it"))
    assert says in said
    assert SchoolDocument.objects.get() == document
    assert not UploadedFile.objects.exists()
    assert stored() == before
    if door is not multiple:
        assert "Sheet, as I typed it" in said


def test_macros_are_refused():
    packed_in = BytesIO(docx())
    check_document(packed_in, "a.docx")
    import zipfile

    with zipfile.ZipFile(packed_in, "a") as into:
        into.writestr("word/vbaProject.bin", b"x")
    with pytest.raises(UnsuitableFileError, match="holds macros"):
        check_document(packed_in, "a.docx")


@DOORS
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_pictures_are_taken(editor, door: Door, kind):
    ending = {"JPEG": "jpeg"}.get(kind, kind.lower())
    door(editor, "image", f"hands.{ending}", picture(kind))
    kept = SchoolImage.objects.get()
    with kept.file.open() as file:
        assert Image.open(file).format == kind
    assert kept.file_size == kept.file.size and kept.file_hash
    assert kept.collection == EditorialOffice.objects.get(school__slug="riverbend").collection


HIDDEN = [b"Telephone of Daniela", b"Exif", b"GPS", b"xmpmeta", b"Client at home", b"<script"]


@DOORS
def test_a_photograph_loses_place_and_device(editor, door: Door):
    taken = photograph() + HTML
    for secret in (b"Telephone of Daniela", b"Client at home", b"GPSLatitude", b"<script"):
        assert secret in taken
    door(editor, "image", "home.jpg", taken)
    kept = SchoolImage.objects.get()
    assert (kept.width, kept.height) == (40, 60), "turned upright, since nothing says so any more"
    copies = [kept.file, kept.get_rendition("original").file, kept.get_rendition("max-30x30").file]
    for copy in copies:
        with copy.open() as file:
            data = file.read()
        assert not [secret for secret in HIDDEN if secret in data]
        assert not dict(Image.open(BytesIO(data)).getexif())


def test_a_picture_that_waits_for_its_title_is_drawn_anew_too(editor, whole: School):
    """Without a title Wagtail puts the upload aside; it comes in by another view, past the form's own file."""
    theirs = ensure_cms_roles(whole.other_school).collection
    answer = editor.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "", "collection": theirs.pk, "files[]": SimpleUploadedFile("home.jpg", photograph())},
    ).json()
    upload = UploadedFile.objects.get(pk=answer["uploaded_file_id"])
    assert Client().get(f"/media/{upload.file.name}").status_code == 404
    prefix = f"uploaded-image-{upload.pk}"
    editor.post(
        reverse("wagtailimages:create_multiple_from_uploaded_image", args=[upload.pk]),
        {f"{prefix}-title": "Home", f"{prefix}-alt": "", f"{prefix}-credit": ""},
    )
    assert not default_storage.exists(upload.file.name)
    kept = SchoolImage.objects.get()
    assert kept.collection != theirs
    with kept.file.open() as file:
        data = file.read()
    assert b"GPS" not in data and b"Telephone" not in data
    assert kept.file_size == len(data)


def test_color_profile_and_transparency_stay():
    out = BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(out, "PNG", icc_profile=b"profile" * 30)
    again = Image.open(BytesIO(plain_picture(out.getvalue(), "a.png", most_pixels=100)))
    assert again.info["icc_profile"] == b"profile" * 30
    assert again.getpixel((0, 0)) == (255, 0, 0, 0)
    big = BytesIO()
    Image.new("RGB", (4, 4)).save(big, "PNG", icc_profile=HTML * 2000)
    assert "icc_profile" not in Image.open(BytesIO(plain_picture(big.getvalue(), "a.png", most_pixels=100))).info


def test_telephones_put_two_pictures_into_one():
    out = BytesIO()
    first, second = Image.new("RGB", (20, 10), "red"), Image.new("RGB", (20, 10), "blue")
    first.save(out, "MPO", save_all=True, append_images=[second])
    again = Image.open(BytesIO(plain_picture(out.getvalue(), "a.jpg", most_pixels=1000)))
    assert (again.format, getattr(again, "n_frames", 1)) == ("JPEG", 1)
    assert again.getpixel((3, 3))[0] > 200


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.png",
        "..\\..\\boot.png",
        "a\x00b.png",
        "gnp\u202egpj.png",
        "\u200b.png",
        "/abs/olute.png",
        "a b'\"<i>.png",
    ],
)
@DOORS
def test_names_are_only_names(editor, door: Door, name):
    door(editor, "image", name, picture("PNG"), title=f"T {name}")
    door(editor, "document", name.replace(".png", ".pdf"), PDF, title=f"T {name}")
    for kept in [*SchoolImage.objects.all(), *SchoolDocument.objects.exclude(title="Record sheet")]:
        folder, _slash, last = kept.file.name.rpartition("/")
        assert folder in {"original_images", "documents"}
        assert last.isprintable() and not set(last) & set("\\/<>'\" ")
        assert last.endswith((".png", ".pdf"))
        assert kept.title.isprintable()


def test_renditions_have_names_that_nobody_guesses(editor):
    single(editor, "image", "hands.jpg", picture())
    kept = SchoolImage.objects.get()
    assert private_storage().exists(kept.file.name) and not default_storage.exists(kept.file.name)
    copy = kept.get_rendition("width-640|format-webp")  # as public pages show it
    token = kept.filename.split("-")[0]
    assert len(token) == 32 and token in copy.file.name
    assert Client().get(copy.url).status_code == 200
    for guess in ("images/hands.max-30x30.jpg", kept.file.name, f"original_images/{kept.filename}"):
        assert Client().get(f"/media/{guess}").status_code == 404
    long = ContentFile(picture(), name=f"{'a' * 200}.jpg")
    image = SchoolImage(title="Long", file=long, collection=kept.collection)
    image.full_clean()
    image.save()
    assert image.file.name.endswith(".jpg") and len(image.file.name) <= 100


# ---- clips ----


def add_clip(client: Client, kind: str = "video", **fields: Any) -> str:
    data = {"title": "A clip, as typed", "code": "", "language": "en", "transcript": "", "duration": "", "tags": ""}
    return words(
        client.post(reverse("wagtailmedia:add", args=[kind]), {**data, **fields}, follow=True).content.decode()
    )


def choose_clip(client: Client, kind: str = "video", **fields: Any) -> str:
    data = {
        "title": "A clip, as typed",
        "code": "",
        "language": "en",
        "transcript": "",
        "duration": "",
        "tags": "",
        **fields,
    }
    prefixed = {f"media-chooser-upload-{name}": value for name, value in data.items()}
    answer = client.post(reverse("wagtailmedia:chooser_upload", args=[kind]), prefixed)
    return words(json.loads(answer.content).get("html", ""))


def file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


BAD_CLIPS = [
    ("video", {"file": ("a.mp4", HTML)}, "not the .mp4 that its name says. Save the clip as MP4 or WebM"),
    ("video", {"file": ("a.mp4", picture("AVIF"))}, "not the .mp4"),
    ("video", {"file": ("a.webm", MP4)}, "not the .webm"),
    ("video", {"file": ("a.mov", MP4)}, "Save the clip as MP4 or WebM"),
    ("audio", {"file": ("a.mp3", EXE)}, "Save the sound as MP3"),
    ("audio", {"file": ("a.mp4", MP4)}, "Save the sound as MP3"),
    ("video", {"file": ("a.mp4", MP4)}, "does not say how long it is; write its length"),
    ("video", {"file": ("a.mp4", mp4(9)), "captions": ("a.vtt", b"")}, "is empty"),
    ("video", {"file": ("a.mp4", mp4(9)), "captions": ("a.vtt", b"WEBVTT\n")}, "no caption stands in this file"),
    ("video", {"file": ("a.mp4", mp4(9)), "captions": ("a.vtt", VTT.replace(b".", b","))}, "Line 3: these times cannot be read"),
    ("video", {"file": ("a.mp4", mp4(9)), "captions": ("a.srt", VTT)}, "vtt"),
    ("video", {"file": ("a.mp4", mp4(9)), "chapters": ("a.vtt", b"WEBVTT\n\nx\n")}, "No chapter stands in this file"),
    ("video", {"file": ("a.mp4", mp4(9)), "thumbnail": ("a.png", HTML)}, "is no picture that can be read"),
    ("video", {"file": ("a.mp4", mp4(9)), "thumbnail": ("a.gif", picture("GIF"))}, "Save the picture as JPEG"),
    ("video", {"file": ("a.mp4", mp4(9)), "thumbnail": ("a.png", bomb())}, "million pixels"),
]  # fmt: skip


@pytest.mark.parametrize("door", [add_clip, choose_clip])
@pytest.mark.parametrize(("kind", "files", "says"), BAD_CLIPS)
def test_a_clip_is_what_it_says(editor, clip, door, kind, files, says):
    before = stored()
    said = door(editor, kind, **{name: file(*given) for name, given in files.items()})
    assert says in said
    assert "A clip, as typed" in said
    assert LessonMedia.objects.get() == clip
    assert stored() == before


@pytest.mark.parametrize("door", [add_clip, choose_clip])
def test_its_length_is_read_and_its_poster_drawn_anew(editor, clip, door):
    door(editor, file=file("a.mp4", mp4(12.5)), thumbnail=file("a.jpg", photograph()), captions=file("a.vtt", VTT))
    made = LessonMedia.objects.exclude(pk=clip.pk).get()
    assert made.duration == 12.5
    with made.thumbnail.open() as poster:
        data = poster.read()
    assert b"Telephone" not in data and Image.open(BytesIO(data)).size == (40, 60)
    door(editor, title="Asked", file=file("b.mp4", MP4), duration="7.5")
    assert LessonMedia.objects.get(title="Asked").duration == 7.5


def test_a_clip_that_is_too_large(whole, settings):
    settings.LESSON_MEDIA_MAX_UPLOAD_SIZE = 999
    with pytest.raises(ValidationError) as refused:
        ensure_media(school=whole.school, code="x", title="X", file=ContentFile(MP4, name="x.mp4"), duration=1)
    assert "cut the clip into shorter parts" in refused.value.message_dict["file"][0]


def edit_clip(client: Client, clip: LessonMedia, **more: Any) -> str:
    data = {"title": clip.title, "code": clip.code, "language": "en", "transcript": "", "duration": "2", "tags": ""}
    address = reverse("wagtailmedia:edit", args=[clip.pk])
    return words(client.post(address, {**data, **more}, follow=True).content.decode())


@pytest.mark.fresh
def test_a_clip_in_a_published_lesson_keeps_its_captions(published, clip, editor, django_capture_on_commit_callbacks):
    old = clip.captions.name
    said = edit_clip(editor, clip, **{"captions-clear": "on"})
    assert "The published lesson “The barrier” shows this clip, so it needs captions" in said
    for data, says in (
        (b"", "is empty"),
        (b"WEBVTT\n\n", "no caption stands"),
        (b"WEBVTT\n\nx", "Line 3: words without"),
    ):
        assert says in edit_clip(editor, clip, captions=file("new.vtt", data))
    clip.refresh_from_db()
    assert clip.captions.name == old and clip.captions.storage.exists(old)
    with django_capture_on_commit_callbacks(execute=True):
        edit_clip(editor, clip, captions=file("new.vtt", VTT))
    clip.refresh_from_db()
    assert clip.captions.name != old and clip.captions.storage.exists(clip.captions.name)
    assert not clip.captions.storage.exists(old), "what others took the place of goes"


def test_files_of_a_deleted_clip_go(whole, django_capture_on_commit_callbacks):
    clip = ensure_media(
        school=whole.school, code="gone", title="Gone", file=ContentFile(mp4(1), name="gone.mp4"),
        captions=ContentFile(VTT, name="gone.vtt"), poster=ContentFile(photograph(), name="gone.jpg"),
    )  # fmt: skip
    names = [clip.file.name, clip.captions.name, clip.thumbnail.name]
    assert all(private_storage().exists(name) for name in names)
    with django_capture_on_commit_callbacks(execute=True):
        clip.delete()
    assert not any(private_storage().exists(name) for name in names)


def test_services_judge_too(whole):
    for name, data in (("a.pdf", HTML), ("a.html", HTML), ("a.docx", EXE)):
        with pytest.raises(ValidationError):
            ensure_document(school=whole.school, title="Bad", file=ContentFile(data, name=name))
    # Past every form: a row whose file is stored without being asked.
    with pytest.raises(UnsuitableFileError):
        SchoolImage(title="Bad").file.save("a.png", ContentFile(HTML), save=False)


def test_a_bad_file_in_place_of_a_good_one_changes_nothing(reviewer, document):
    single(reviewer, "image", "hands.jpg", picture())
    image = SchoolImage.objects.get()
    before = stored()
    places = {
        image: (reverse("wagtailimages:edit", args=[image.pk]), "x.jpg"),
        document: (reverse("wagtaildocs:edit", args=[document.pk]), "x.pdf"),
    }
    for row, (address, name) in places.items():
        assert reviewer.get(address).status_code == 200
        said = reviewer.post(address, {"title": "New, as typed", "tags": "", "file": file(name, HTML)}).content.decode()
        assert "New, as typed" in said and ("is no picture" in said or "This is no PDF" in said)
        kept = type(row).objects.get(pk=row.pk)
        assert (kept.file.name, kept.title) == (row.file.name, row.title)
        assert kept.file.storage.exists(kept.file.name)
    assert stored() - before <= {name for name in stored() if name.startswith("image_copies/")}, (
        "previews alone were made"
    )


def test_a_good_one_takes_its_place(reviewer):
    single(reviewer, "image", "hands.jpg", picture())
    image = SchoolImage.objects.get()
    old, copy = image.file.name, image.get_rendition("max-30x30")
    address = reverse("wagtailimages:edit", args=[image.pk])
    reviewer.post(address, {"title": "New", "tags": "", "file": file("home.jpg", photograph())})
    image.refresh_from_db()
    assert (image.title, image.width, image.height) == ("New", 40, 60)
    assert not private_storage().exists(old)
    assert image.get_rendition("max-30x30").file.name != copy.file.name
    with image.file.open() as kept:
        assert b"GPS" not in kept.read()
