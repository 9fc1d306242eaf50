"""How the blocks of a translation stand to those of its original: pure functions on what a StreamField stores.

Of a block's value some parts are words, and the translator's: texts, addresses, what is chosen from the library. The
rest (numbers, choices, what is right) belongs to the original, as do the blocks themselves, their order and their ids.
"""

from typing import Any

from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock

WORDS = (
    blocks.CharBlock, blocks.TextBlock, blocks.RichTextBlock, blocks.BlockQuoteBlock, blocks.URLBlock,
    blocks.EmailBlock, blocks.ChooserBlock,
)  # fmt: skip


def raw_stream(value: Any) -> list[dict[str, Any]]:
    """What a StreamField stores of this value."""
    stored: list[dict[str, Any]] = value.stream_block.get_prep_value(value)
    return stored


def shape(block: Any, raw: Any) -> Any:
    """All of a stored value that is the original's: equal shapes differ in words alone."""
    if isinstance(block, WORDS):
        return None
    if isinstance(block, blocks.StreamBlock):
        return [(one["type"], one["id"], shape(block.child_blocks.get(one["type"]), one["value"])) for one in raw or []]
    if isinstance(block, blocks.ListBlock):
        return [(one["id"], shape(block.child_block, one["value"])) for one in raw or []]
    if isinstance(block, blocks.StructBlock):
        return {name: shape(child, (raw or {}).get(name)) for name, child in block.child_blocks.items()}
    if isinstance(block, TypedTableBlock):
        table = raw or {}
        return ([column["type"] for column in table.get("columns", [])], len(table.get("rows", [])))
    return raw


def merged(block: Any, original: Any, translated: Any) -> Any:
    """The original's stored value with the translated words, where there are any; the original's words elsewhere."""
    if isinstance(block, WORDS):
        return translated or original
    if isinstance(block, blocks.StreamBlock):
        kept = {(one["type"], one["id"]): one["value"] for one in translated or []}
        return [
            {**one, "value": merged(block.child_blocks[one["type"]], one["value"], kept.get((one["type"], one["id"])))}
            for one in original or []
        ]
    if isinstance(block, blocks.ListBlock):
        kept = {one["id"]: one["value"] for one in translated or []}
        return [
            {**one, "value": merged(block.child_block, one["value"], kept.get(one["id"]))} for one in original or []
        ]
    if isinstance(block, blocks.StructBlock):
        before = translated or {}
        return {
            name: merged(child, (original or {}).get(name), before.get(name))
            for name, child in block.child_blocks.items()
        }
    if isinstance(block, TypedTableBlock):
        # The cells of a table have no ids: with another grid nothing says which words belong where.
        return translated if translated and shape(block, translated) == shape(block, original) else original
    return original


def put_into(block: Any, original: Any, words: Any) -> Any:
    """The original's stored value with the words of a file, which holds them by place and no ids.

    What is left out stays as the original has it. Raises ValueError where the file has other blocks than the original,
    or more or fewer parts.
    """
    if words is None:
        return original
    if isinstance(block, WORDS):
        return words
    if isinstance(block, blocks.StreamBlock):
        kinds, wanted = [one["type"] for one in original or []], [one["type"] for one in words]
        if kinds != wanted:
            raise ValueError(f"{wanted} in place of {kinds}")
        return [
            {**one, "value": put_into(block.child_blocks[one["type"]], one["value"], said["value"])}
            for one, said in zip(original, words, strict=True)
        ]
    if isinstance(block, blocks.ListBlock):
        if len(original or []) != len(words):
            raise ValueError(f"{len(words)} in place of {len(original or [])}: {words[:1]}")
        return [
            {**one, "value": put_into(block.child_block, one["value"], said)}
            for one, said in zip(original, words, strict=True)
        ]
    if isinstance(block, blocks.StructBlock):
        if unknown := set(words) - set(block.child_blocks):
            raise ValueError(f"no {', '.join(sorted(unknown))} in this block")
        return {
            name: put_into(child, (original or {}).get(name), words.get(name))
            for name, child in block.child_blocks.items()
        }
    raise ValueError(f"only words are translated, not “{words}”")


def changed(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[int]:
    """The places, from 1, of the blocks that are new or say something else than before."""
    known = {one["id"]: one for one in before}
    return [place for place, one in enumerate(now, start=1) if known.get(one["id"]) != one]
