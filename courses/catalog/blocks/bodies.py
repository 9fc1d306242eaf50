"""Owns which blocks a lesson and a public page may hold, and what of the library a body names."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from wagtail import blocks

from .elsewhere import DownloadBlock, EmbedBlock
from .pictures import FigureBlock, HotspotsBlock, MediaBlock, PhotoBlock
from .teaching import CaseStudyBlock, ComparisonBlock, ReflectionBlock, SelfCheckBlock, StepsBlock
from .text import CalloutBlock, ObjectivesBlock, ProseBlock, ReferencesBlock, TableBlock, TermBlock


class LessonBody(blocks.StreamBlock):
    """What a lesson may consist of."""

    objectives = ObjectivesBlock()
    prose = ProseBlock()
    term = TermBlock()
    table = TableBlock()
    figure = FigureBlock()
    photo = PhotoBlock()
    hotspots = HotspotsBlock()
    media = MediaBlock()
    steps = StepsBlock()
    comparison = ComparisonBlock()
    callout = CalloutBlock()
    case_study = CaseStudyBlock()
    self_check = SelfCheckBlock()
    reflection = ReflectionBlock()
    download = DownloadBlock()
    embed = EmbedBlock()
    references = ReferencesBlock()


class PublicBody(blocks.StreamBlock):
    """What a public page may consist of: nothing that only learners may see."""

    prose = ProseBlock()
    figure = FigureBlock()
    callout = CalloutBlock()
    references = ReferencesBlock()


def chosen_rows(block: Any, value: Any) -> Iterator[Model]:
    """Every row that a block's value names by a chooser, however deep it stands, in order."""
    if value is None:
        return
    if isinstance(block, blocks.ChooserBlock):
        yield value
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from chosen_rows(child, value.get(name))
    elif isinstance(block, blocks.StreamBlock):
        for item in value:
            yield from chosen_rows(item.block, item.value)
    elif isinstance(block, blocks.ListBlock):
        for item in value:
            yield from chosen_rows(block.child_block, item)
