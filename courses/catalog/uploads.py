"""Judges files by what they hold, not by what they are called, and takes from pictures all that is not the picture.

A photograph names the place where it was taken, its device and its hour: the homes of clients among them. So a picture
is drawn anew and only its pixels and its color profile are kept, which also leaves behind whatever else a file hides.
"""

import warnings
import zipfile
from io import BytesIO
from pathlib import PurePath
from typing import IO, Any

import filetype
from django.utils.translation import gettext as _
from PIL import Image, ImageOps
from tinytag import TinyTag, TinyTagException

HEAD = 8192
MOST_PROFILE = 64 * 1024
PICTURES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF"}
WRITTEN: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90, "optimize": True},
    "PNG": {"optimize": False},
    # The limit of pixels takes a few seconds to write; slower ways save little.
    "WEBP": {"quality": 90, "method": 2},
    "AVIF": {"quality": 80, "speed": 9},
}
CLIPS = {
    ("video", "mp4"): {"video/mp4", "video/x-m4v"},
    ("video", "webm"): {"video/webm"},
    ("audio", "mp3"): {"audio/mpeg"},
    ("audio", "m4a"): {"audio/mp4", "video/mp4"},
    ("audio", "ogg"): {"audio/ogg"},
    ("audio", "opus"): {"audio/ogg"},
    ("audio", "webm"): {"video/webm"},
}
OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
MARKUP = ("<!doctype", "<html", "<head", "<body", "<script", "<svg", "<?xml", "<?php")
LAYOUT = {"\t", "\n", "\r", "\f"}


class UnsuitableFileError(ValueError):
    """The file cannot be taken; the message says what to do."""


def ending(name: str) -> str:
    """What a file's name ends in, in small letters and without the dot."""
    return PurePath(name).suffix[1:].lower()


def plain_title(title: str) -> str:
    """The title without marks that cannot be seen, such as those that turn the direction of writing."""
    return "".join(letter for letter in title if letter.isprintable()).strip()


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return head


# ---- pictures ----


def plain_picture(data: bytes, name: str, *, most_pixels: int) -> bytes:
    """The picture drawn anew and upright: pixels and color profile, nothing of place, device, words or what is behind it.

    Refuses (UnsuitableFileError) what is no still picture of the kind that its name says, breaks off, or has too many
    pixels; those are counted before any is drawn.
    """
    wanted = PICTURES.get(ending(name))
    if wanted is None:
        raise UnsuitableFileError(_("Save the picture as JPEG, PNG, WebP or AVIF, and choose that file."))
    image = _opened(data, wanted, most_pixels)
    profile = image.info.get("icc_profile") or b""
    plain = ImageOps.exif_transpose(image)  # a copy
    plain.info = {key: image.info[key] for key in ("transparency",) if key in image.info}
    written = BytesIO()
    plain.save(
        written, wanted, icc_profile=profile if len(profile) <= MOST_PROFILE else None, exif=b"", **WRITTEN[wanted]
    )
    return written.getvalue()


def _opened(data: bytes, wanted: str, most_pixels: int) -> Image.Image:
    """The picture with its pixels."""
    too_many = UnsuitableFileError(
        _("The picture has more than %(most)d million pixels; make it smaller, and choose that file.")
        % {"most": most_pixels // 1_000_000}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            # It only reads the head; `load` below draws.
            image = Image.open(BytesIO(data), formats=[*dict.fromkeys(PICTURES.values()), "MPO"])
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise too_many from error
        except Exception as error:  # whatever a decoder stumbles over
            raise UnsuitableFileError(
                _("This is no picture that can be read; open it in a picture program and save it as JPEG or PNG.")
            ) from error
    found = "JPEG" if image.format == "MPO" else image.format
    if found != wanted:
        raise UnsuitableFileError(
            _("The file is called a %(wanted)s, but holds a %(found)s; save it anew as %(wanted)s.")
            % {"wanted": wanted, "found": found}
        )
    if image.width * image.height > most_pixels:
        raise too_many
    # Telephones put a second picture behind the first (MPO); the first is the one that was meant.
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise UnsuitableFileError(_("The picture moves; choose a still one, or add it to the clips as a video."))
    try:
        image.load()
    except Exception as error:
        raise UnsuitableFileError(
            _("The picture breaks off before its end; save it anew in a picture program, and choose that file.")
        ) from error
    return image


# ---- documents ----


def check_document(file: IO[bytes], name: str) -> None:
    """Refuse (UnsuitableFileError) what is not the kind of document that its name says."""
    kind = ending(name)
    head = _head(file)
    if kind == "pdf":
        if not head.startswith(b"%PDF-"):
            raise UnsuitableFileError(_("This is no PDF, though it is called one; export it anew as PDF."))
    elif kind in OFFICE:
        _check_office(file, kind)
    elif kind in {"csv", "txt"}:
        _check_text(file, head)
    else:
        raise UnsuitableFileError(_("Choose a PDF, a Word (.docx) or Excel (.xlsx) file, a CSV or plain text."))


def _check_office(file: IO[bytes], kind: str) -> None:
    wrong = UnsuitableFileError(
        _("This is no .%(kind)s file, though it is called one; save it anew as .%(kind)s, or export it as PDF.")
        % {"kind": kind}
    )
    head = _head(file)
    if not head.startswith(b"PK\x03\x04"):
        raise wrong
    try:
        with zipfile.ZipFile(file) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise wrong from error
    finally:
        file.seek(0)
    if not {"[Content_Types].xml", OFFICE[kind]} <= names:
        raise wrong
    if any(PurePath(inside).name.lower() == "vbaproject.bin" for inside in names):
        raise UnsuitableFileError(_("The file holds macros; save it without them, or export it as PDF."))


def _check_text(file: IO[bytes], head: bytes) -> None:
    if filetype.guess(head) is not None:
        raise UnsuitableFileError(_("This is no text, though it is called one; save it as plain text in UTF-8."))
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnsuitableFileError(
            _("The text is not in UTF-8; save it anew as UTF-8, and choose that file.")
        ) from error
    finally:
        file.seek(0)
    if any(ord(letter) < 32 and letter not in LAYOUT for letter in text):
        raise UnsuitableFileError(_("This is no text, though it is called one; save it as plain text in UTF-8."))
    if text.lstrip().lower().startswith(MARKUP):
        raise UnsuitableFileError(_("This is a web page, not a text; export it as PDF, or save its words alone."))


# ---- clips ----


def _clips_to_choose(kind: str) -> str:
    if kind == "video":
        return _("Save the clip as MP4 or WebM, and choose that file.")
    return _("Save the sound as MP3, M4A, Ogg or WebM, and choose that file.")


def check_clip_name(name: str, kind: str) -> set[str]:
    """The media types that a clip of this name may hold; refuses (UnsuitableFileError) a name of another kind of file."""
    accepted = CLIPS.get((kind, ending(name)))
    if accepted is None:
        raise UnsuitableFileError(_clips_to_choose(kind))
    return accepted


def check_clip(file: IO[bytes], name: str, kind: str) -> None:
    """Refuse (UnsuitableFileError) what is not the video or audio that its name says; `kind` is `video` or `audio`."""
    accepted = check_clip_name(name, kind)
    found = filetype.guess(_head(file))
    if found is None or found.mime not in accepted:
        raise UnsuitableFileError(
            _("The file is not the .%(ending)s that its name says.") % {"ending": ending(name)}
            + " "
            + _clips_to_choose(kind)
        )


def duration_of(file: IO[bytes]) -> float:
    """How long a clip lasts, in seconds; 0 where its file does not say."""
    file.seek(0)
    try:
        # A file of many tags may not keep the request waiting; only the length is read.
        seconds = TinyTag.get(file_obj=file, tags=False).duration or 0.0
    except (TinyTagException, ValueError, OSError, ArithmeticError, IndexError, KeyError):
        seconds = 0.0
    finally:
        file.seek(0)
    return round(seconds, 3) if 0 < seconds < 86_400 else 0.0
