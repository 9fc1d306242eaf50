"""The tables of the catalog: what a school teaches (`identity`), what its lessons are made of (`assets`), its
words (`glossary`), the pages that present them (`pages`), and which part of the CMS is whose (`office`).
"""

from .assets import Figure, LessonMedia, SchoolDocument, SchoolImage, SchoolRendition, private_storage
from .glossary import GlossaryTerm
from .identity import Lesson, Module, Program
from .office import EditorialOffice
from .pages import FramedPreview, LessonPage, MediaUse, ProgramIndexPage, ProgramPage

__all__ = [
    "EditorialOffice",
    "Figure",
    "FramedPreview",
    "GlossaryTerm",
    "Lesson",
    "LessonMedia",
    "LessonPage",
    "MediaUse",
    "Module",
    "Program",
    "ProgramIndexPage",
    "ProgramPage",
    "SchoolDocument",
    "SchoolImage",
    "SchoolRendition",
    "private_storage",
]
