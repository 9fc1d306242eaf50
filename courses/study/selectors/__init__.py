"""Reads study; this is the room's face. `home`: outlines and what to do next. `gaps`: what is lacking, and what closes it."""

from .gaps import CohortGap, CohortRow, GapView, Lack, Offer, cohort_gap, cohorts_of, enrollments_in, gap_views
from .home import (
    LessonLine,
    Part,
    Step,
    StudyHome,
    enrollment_lines,
    lessons_beside,
    lessons_of,
    next_step,
    open_visit,
    study_home,
)

__all__ = [
    "CohortGap",
    "CohortRow",
    "GapView",
    "Lack",
    "LessonLine",
    "Offer",
    "Part",
    "Step",
    "StudyHome",
    "cohort_gap",
    "cohorts_of",
    "enrollment_lines",
    "enrollments_in",
    "gap_views",
    "lessons_beside",
    "lessons_of",
    "next_step",
    "open_visit",
    "study_home",
]
