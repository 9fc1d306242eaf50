"""Captions that players read to their end, and the line at which others do not."""

import pytest

from courses.catalog.webvtt import Cue, UnreadableCaptionsError, cues_in

GOOD = """WEBVTT Kind: captions; Language: en

NOTE A remark --
over two lines

STYLE
::cue { color: white }

first
00:01.000 --> 00:02.500 align:start
<v Ines>Sink</v>
slowly.

00:02.000 --> 01:00:02.000
Both at once.
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_reads(end, mark):
    assert cues_in(mark + GOOD.replace("\n", end).encode()) == (Cue(10, 1000, 2500), Cue(14, 2000, 3_602_000))


HEAD = "WEBVTT\n\n"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "must be WEBVTT"),
        ("WEBVTTX\n\n00:00.000 --> 00:01.000\na", 1, "must be WEBVTT"),
        ("1\n00:00:00,000 --> 00:00:01,000\na", 1, "must be WEBVTT"),
        ("WEBVTT\n00:00.000 --> 00:01.000\na", 2, "leave it empty"),
        ("WEBVTT", 1, "no caption stands"),
        (HEAD + "NOTE nothing\n", 4, "no caption stands"),
        (HEAD + "00:00,000 --> 00:01,000\na", 3, "with a dot"),
        (HEAD + "00:61.000 --> 00:62.000\na", 3, "cannot be read"),
        (HEAD + "0:00.000 --> 0:01.000\na", 3, "cannot be read"),
        (HEAD + "00:02.000 --> 00:01.000\na", 3, "ends before it begins"),
        (HEAD + "00:01.000 --> 00:01.000\na", 3, "ends before it begins"),
        (HEAD + "00:00.000 --> 00:01.000\n", 3, "no words"),
        (HEAD + "00:00.000 --> 00:01.000\n<i> </i>", 3, "no words"),
        (HEAD + "00:05.000 --> 00:06.000\na\n\n00:04.000 --> 00:07.000\nb", 6, "before the one above"),
        (HEAD + "00:00.000 --> 00:01.000\na\n00:01.000 --> 00:02.000\nb", 5, "empty line"),
        (HEAD + "00:00.000 --> 00:01.000\n00:01.000 --> 00:02.000\nb", 4, "empty line"),
        (HEAD + "name\nmore\n00:00.000 --> 00:01.000\na", 5, "empty line"),
        (HEAD + "words alone", 3, "words without times"),
    ],
)
def test_refuses_at_its_line(text, line, says):
    with pytest.raises(UnreadableCaptionsError, match=says) as refused:
        cues_in(text.encode())
    assert refused.value.line == line
    assert str(refused.value).startswith(f"Line {line}: ")


def test_refuses_letters_that_are_not_utf8():
    with pytest.raises(UnreadableCaptionsError, match="not UTF-8") as refused:
        cues_in(b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + "für".encode("latin-1"))
    assert refused.value.line == 4
