"""The building blocks of lessons and pages: what an editor may put together, and what each must hold.

Text passes the cleaner when it is stored and when it is shown. Each block names its group, its icon, one sentence for
the editor, and an example that the picker shows. `text`, `pictures`, `teaching` and `elsewhere` hold them by concern;
`bodies` says which of them a lesson or a public page may consist of.
"""

from .bodies import LessonBody, PublicBody, chosen_rows
from .pictures import FigureBlock, MediaBlock, MediaChooserBlock, PhotoBlock
from .teaching import SelfCheckBlock, StepsBlock
from .text import (
    LINE_FEATURES,
    PROSE_FEATURES,
    CalloutBlock,
    CleanTextBlock,
    ObjectivesBlock,
    ProseBlock,
    QuestionBlock,
    ReferencesBlock,
)

__all__ = [
    "LINE_FEATURES",
    "PROSE_FEATURES",
    "CalloutBlock",
    "CleanTextBlock",
    "FigureBlock",
    "LessonBody",
    "MediaBlock",
    "MediaChooserBlock",
    "ObjectivesBlock",
    "PhotoBlock",
    "ProseBlock",
    "PublicBody",
    "QuestionBlock",
    "ReferencesBlock",
    "SelfCheckBlock",
    "StepsBlock",
    "chosen_rows",
]
