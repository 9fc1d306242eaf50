"""Nothing that an editor can type runs, in any field of any block: a walk over the blocks as they are defined.

A new block or field is walked without anybody thinking of it; a new kind of field stops the walk until it is judged.
"""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db.models import CharField, Model, TextField
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock
from wagtail.rich_text import RichText

from courses.catalog.blocks import CleanTextBlock, LessonBody, PublicBody, QuestionBlock
from courses.catalog.blocks.samples import LAYERS
from courses.catalog.cleaning import clean_svg

pytestmark = pytest.mark.django_db
BLOCKS = {**LessonBody().child_blocks, "question": QuestionBlock()}
EVIL = {
    "script": "x<script>alert(1)</script>",
    "handler": "x<img src=x onerror=alert(1)><p onclick='alert(1)'>y</p>",
    "attribute": "\" onmouseover=\"alert(1)\" autofocus onfocus='alert(1)' x='",
    "closing": "</textarea></title></style>--></section><script>alert(1)</script>",
    "link": '<a href="javascript:alert(1)">x</a><a href="data:text/html,<script>alert(1)</script>">y</a>',
    "bare link": "javascript:alert(1)//https://youtube.com",
    "vector": "<svg onload=alert(1)><script>alert(1)</script><use href='data:image/svg+xml,x#a'/></svg>",
    "css": "<p style='background:url(https://evil.example/x)'>x</p><style>@import 'https://evil.example'</style>",
    "frame": "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=x></object><base href=//evil.example>",
    "own place": "<!--own:check:00000000-0000-4000-8000-000000000000-->x<!--/own-->",
    "template": "{{ 7|add:7 }}{% load static %}<c-button onclick='alert(1)'>x</c-button>",
}  # fmt: skip


def poisoned(block: Any, value: Any, evil: str, walked: list[str], path: str = "") -> Any:
    """The value with `evil` in each text of it, as a row written by hand would have it."""
    if isinstance(block, CleanTextBlock):
        walked.append(path)
        return RichText(evil)  # past the cleaner that stores
    if isinstance(block, blocks.CharBlock | blocks.TextBlock | blocks.URLBlock):
        walked.append(path)
        return evil
    if isinstance(block, blocks.ChooserBlock):
        for field in value._meta.concrete_fields if isinstance(value, Model) else ():
            if isinstance(field, CharField | TextField) and field.name not in OF_OURS:
                walked.append(f"{path}.{field.name}")
                setattr(value, field.name, evil)
            elif field.name == "drawing":
                value.drawing = clean_svg(f"<svg viewBox='0 0 9 9'>{LAYERS}{SHAPES}</svg>", prefix=value.id_prefix)
        return value
    if isinstance(block, TypedTableBlock):
        walked.append(path)
        rows = [
            {
                "values": [
                    poisoned(column["block"], cell, evil, walked, path)
                    for column, cell in zip(value.columns, row["values"], strict=True)
                ]
            }
            for row in value.row_data
        ]
        return TypedTable([{**column, "heading": evil} for column in value.columns], rows, evil)
    if isinstance(block, blocks.StructBlock):
        inside = {
            name: poisoned(child, value.get(name, child.get_default()), evil, walked, f"{path}.{name}")
            for name, child in block.child_blocks.items()
        }
        return block.normalize(inside)
    if isinstance(block, blocks.ListBlock):
        values = list(value) or [block.child_block.get_default()]
        return block.normalize([poisoned(block.child_block, one, evil, walked, path) for one in values])
    assert isinstance(block, blocks.ChoiceBlock | blocks.BooleanBlock | blocks.IntegerBlock), f"judge {type(block)}"
    return value


OF_OURS = {"code", "type", "drawing", "file_hash", "language"}  # limited by choices, a pattern or a cleaner
SHAPES = (
    "<script>alert(1)</script><path onclick='alert(1)' style='fill:url(https://evil.example)' d='M0 0'/>"
    "<a href='javascript:alert(1)'><text>x</text></a><path fill='url(https://evil.example/x)' d='M0 0'/>"
    "<foreignObject><b xmlns='http://www.w3.org/1999/xhtml' onclick='alert(1)'>x</b></foreignObject>"
)


def dangers(html: str) -> list[str]:
    """What in this page would run, be fetched from elsewhere or change how it looks."""
    found = []
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        if tag.name in {"script", "style", "iframe", "object", "embed", "base", "link", "meta", "foreignobject"}:
            found.append(str(tag)[:90])
        for name, raw in tag.attrs.items():
            text = " ".join(raw) if isinstance(raw, list) else str(raw)
            if name.startswith("on") or name in {"style", "srcdoc", "autofocus", "formaction"}:
                found.append(str(tag)[:90])
            low = "".join(text.split()).lower()
            if name in {"href", "src", "action", "poster", "data", "xlink:href"}:
                outside = tag.name != "a" and low.startswith(("http", "//"))
                if outside or low.startswith(("javascript:", "data:", "vbscript:")):
                    found.append(str(tag)[:90])
            if "url(" in low and "url(#" not in low and name not in {"data-says", "aria-label", "title", "alt"}:
                found.append(str(tag)[:90])
    return found


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("name", BLOCKS)
def test_in_no_field_of_any_block(name: str, evil: str) -> None:
    block = BLOCKS[name]
    walked: list[str] = []
    value = poisoned(block, block.get_preview_value(), EVIL[evil], walked)
    html = block.render(value, {"place": 1})
    assert walked, "the walk met no text"
    assert dangers(html) == []
    assert "<!--own:check:00000000" not in html
    assert "{{ 7" in html or evil != "template" or name in {"embed"}, "a template's words are words"
    assert "14" not in html or evil != "template" or "{{ 7|add:7 }}" in html


STORABLE = sorted(
    set(BLOCKS) - {"figure", "photo", "hotspots", "media", "download", "term"}
)  # the others' rows are not stored here


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("name", STORABLE)
def test_what_is_stored_is_clean_or_refused(name: str, evil: str) -> None:
    block = BLOCKS[name]
    value = poisoned(block, block.get_preview_value(), EVIL[evil], [])
    try:
        stored = block.get_prep_value(block.clean(value))
    except ValidationError:
        stored = block.get_prep_value(value)
    texts = [text for text in strings(stored) if text != EVIL[evil]]
    for text in texts:  # formatted texts; plain ones are escaped when they are shown
        assert dangers(text) == [], text
    assert dangers(block.render(block.to_python(stored), {"place": 1})) == []


def strings(stored: Any) -> list[str]:
    """Every text in stored data."""
    if isinstance(stored, dict):
        return [text for one in stored.values() for text in strings(one)]
    if isinstance(stored, list):
        return [text for one in stored for text in strings(one)]
    return [stored] if isinstance(stored, str) else []


def test_the_walk_meets_every_text_of_every_block() -> None:
    walked: list[str] = []
    for name, block in BLOCKS.items():
        poisoned(block, block.get_preview_value(), "x", walked, name)
    for path in ("steps.steps.body", "steps.faults", "hotspots.points.says", "hotspots.figure.description", "table.table",
                 "photo.description", "photo.long_description", "photo.image.credit", "steps.steps.photo_description",
                 "comparison.columns.title", "case_study.questions.answer", "embed.url", "download.document.title",
                 "reflection.question", "term.term.meaning", "self_check.choices.feedback", "references"):  # fmt: skip
        assert path in walked, path
    assert set(PublicBody().child_blocks) <= set(BLOCKS)


@pytest.mark.parametrize(
    "html",
    [
        *("<p>x</p><script>1</script>", '<a href="javascript:1">x</a>', "<p onclick=x>y</p>"),
        *("<img src=//evil.example/x>", "<p style='color:red'>x</p>", '<path fill="url(//x)"/>'),
    ],
)
def test_dangers_are_seen(html: str) -> None:
    assert dangers(html)
