"""Chapters of a clip, read from WebVTT: what is listed, and what is refused with a reason."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from courses.catalog.captions import Chapter, UnreadableChaptersError, chapters_in
from courses.catalog.services import ensure_media
from tests.files import MP4, VTT

GOOD = "WEBVTT\n\n00:00.000 --> 00:05.000\nHands down\n\n00:05.500 --> 00:12.000\nSink\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD, [(0, "Hands down"), (5, "Sink")]),
        (GOOD.replace("\n", "\r\n"), [(0, "Hands down"), (5, "Sink")]),
        ("\ufeff" + GOOD, [(0, "Hands down"), (5, "Sink")]),
        ("WEBVTT Kind: chapters\n\nNOTE made by hand\n\n1\n01:02:05.900 --> 01:03:00.000 align:start\nLast\n", [(3725, "Last")]),
        ("WEBVTT\n\n00:09.000 --> 00:10.000\nB\n\n00:01.000 --> 00:02.000\nA\n", [(1, "A"), (9, "B")]),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ines>Two\nlines\n", [(1, "Two lines")]),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<script>x</script>\n", [(1, "x")]),
    ],
)  # fmt: skip
def test_reads(text, expected):
    assert [(one.seconds, one.title) for one in chapters_in(text.encode())] == expected


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no WebVTT"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nSRT\n", "no WebVTT"),
        (b"WEBVTT\n\nwords\n", "No chapter"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "has no name"),
        (b"WEBVTT\n\n00:61.000 --> 00:99.000\nA\n", "No chapter"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xff\xfe\n", "UTF-8"),
        (b"WEBVTT\n" + b"\n00:01.000 --> 00:02.000\nA\n" * 61, "at most 60"),
    ],
)
def test_refuses(data, says):
    with pytest.raises(UnreadableChaptersError, match=says):
        chapters_in(data)


@pytest.mark.parametrize(("seconds", "clock"), [(0, "0:00"), (65, "1:05"), (3725, "1:02:05")])
def test_says_when(seconds, clock):
    assert Chapter(seconds, "").clock == clock


def clip_with(whole, chapters: bytes):
    return ensure_media(
        school=whole.school,
        code="parts",
        title="In parts",
        file=ContentFile(MP4, name="parts.mp4"),
        captions=ContentFile(VTT, name="parts.vtt"),
        chapters=ContentFile(chapters, name="chapters.vtt"),
    )


@pytest.mark.django_db
def test_a_clip_keeps_them_and_refuses_others(whole):
    with pytest.raises(ValidationError) as refused:
        clip_with(whole, b"WEBVTT\n\nnothing\n")
    assert "No chapter" in refused.value.message_dict["chapters"][0]
    clip = clip_with(whole, GOOD.encode())
    assert [one.title for one in clip.chapter_list()] == ["Hands down", "Sink"]
    assert clip.part_type("chapters") == "text/vtt; charset=utf-8"
    clip.chapters.storage.delete(clip.chapters.name)
    assert clip.chapter_list() == (), "a lost file costs the list, not the lesson"
