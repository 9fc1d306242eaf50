"""The tables of the catalog: what a school teaches (`identity`) and examines by (`examinations`), what its lessons are
made of (`assets`), its words (`glossary`), who teaches it (`profiles`), the pages that present them (`pages`,
`module_pages`), what a publication means and what is approved (`changes`), what makes a page a translation
(`translated`), and which part of the CMS is whose (`office`).
"""

from .assets import (
    LESSON_WIDTHS,
    PUBLIC_COPIES,
    Figure,
    LessonMedia,
    LibraryEdition,
    SchoolDocument,
    SchoolImage,
    SchoolRendition,
    SpentUpload,
    check_clip_size,
    media_type,
    private_storage,
)
from .changes import CourseApproval, LessonChange
from .examinations import Examination
from .glossary import GlossaryTerm
from .identity import IN_ORDER, PLAN_FIELDS, Lesson, LessonPlan, Module, Program
from .module_pages import ModulePage
from .office import (
    RESPONSIBLE,
    EditorialOffice,
    ModuleLeadTask,
    ProgramBank,
    ProgramTeam,
    RegistrarTask,
    TeamMember,
)
from .pages import FramedPreview, LessonPage, MediaUse, ProgramIndexPage, ProgramPage
from .profiles import InstructorProfile
from .translated import Translated

__all__ = [
    "IN_ORDER",
    "LESSON_WIDTHS",
    "PLAN_FIELDS",
    "PUBLIC_COPIES",
    "RESPONSIBLE",
    "CourseApproval",
    "EditorialOffice",
    "Examination",
    "Figure",
    "FramedPreview",
    "GlossaryTerm",
    "InstructorProfile",
    "Lesson",
    "LessonChange",
    "LessonMedia",
    "LessonPage",
    "LessonPlan",
    "LibraryEdition",
    "MediaUse",
    "Module",
    "ModuleLeadTask",
    "ModulePage",
    "Program",
    "ProgramBank",
    "ProgramIndexPage",
    "ProgramPage",
    "ProgramTeam",
    "RegistrarTask",
    "SchoolDocument",
    "SchoolImage",
    "SchoolRendition",
    "SpentUpload",
    "TeamMember",
    "Translated",
    "check_clip_size",
    "media_type",
    "private_storage",
]
