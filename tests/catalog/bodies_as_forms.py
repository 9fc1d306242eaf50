"""A stored body as the form fields that the editor's script makes of it, ids and all."""

from typing import Any

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.test.utils.form_data import rich_text

from courses.catalog.translating import raw_stream


def stream_fields(value: Any, name: str) -> dict[str, str]:
    """The fields of a StreamField."""
    return _fields(value.stream_block, raw_stream(value), name)


def _fields(block: Any, raw: Any, name: str) -> dict[str, str]:
    if isinstance(block, blocks.StreamBlock | blocks.ListBlock):
        data = {f"{name}-count": str(len(raw))}
        for at, one in enumerate(raw):
            part = f"{name}-{at}"
            child = block.child_blocks[one["type"]] if isinstance(block, blocks.StreamBlock) else block.child_block
            data |= {
                f"{part}-deleted": "",
                f"{part}-order": str(at),
                f"{part}-type": one["type"],
                f"{part}-id": one["id"],
            }
            data |= _fields(child, one["value"], f"{part}-value")
        return data
    if isinstance(block, blocks.StructBlock):
        data = {}
        for key, child in block.child_blocks.items():
            data |= _fields(child, raw.get(key), f"{name}-{key}")
        return data
    if isinstance(block, TypedTableBlock):
        return _table(block, raw, name)
    if isinstance(block, blocks.RichTextBlock):
        return {name: rich_text(str(raw or ""))}
    if isinstance(block, blocks.BooleanBlock):
        return {name: "on"} if raw else {}
    return {name: "" if raw is None else str(raw)}


def _table(block: TypedTableBlock, raw: Any, name: str) -> dict[str, str]:
    data = {
        f"{name}-caption": raw["caption"],
        f"{name}-column-count": str(len(raw["columns"])),
        f"{name}-row-count": str(len(raw["rows"])),
    }
    for at, column in enumerate(raw["columns"]):
        part = f"{name}-column-{at}"
        data |= {f"{part}-type": column["type"], f"{part}-heading": column["heading"]}
        data |= {f"{part}-order": str(at), f"{part}-deleted": ""}
    for at, row in enumerate(raw["rows"]):
        data |= {f"{name}-row-{at}-order": str(at), f"{name}-row-{at}-deleted": ""}
        for place, cell in enumerate(row["values"]):
            child = block.child_blocks[raw["columns"][place]["type"]]
            data |= _fields(child, cell, f"{name}-cell-{at}-{place}")
    return data
