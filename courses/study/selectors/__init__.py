"""Reads study; this is the room's face. `home`: outlines and what to do next. `gaps`: what is lacking, and what closes it.
`cohorts`: the attended hours of a group. `releases`: when a lesson opens, and what finishing it takes. `rosters`: who
studies one lesson. `answers`: what a learner left in a lesson, for herself.
"""

from .answers import OwnAnswer, OwnPlaces, OwnWords, own_places, reflections_told
from .cohorts import SORTS, Cell, CohortHours, HoursRow, cohort_hours, sorted_by
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
from .releases import lack_words, lacks_of, names_in, standing_of, wait_words, waits_of
from .rosters import RosterRow, learners_of, roster_of

__all__ = [
    "SORTS",
    "Cell",
    "CohortGap",
    "CohortHours",
    "CohortRow",
    "GapView",
    "HoursRow",
    "Lack",
    "LessonLine",
    "Offer",
    "OwnAnswer",
    "OwnPlaces",
    "OwnWords",
    "Part",
    "RosterRow",
    "Step",
    "StudyHome",
    "cohort_gap",
    "cohort_hours",
    "cohorts_of",
    "enrollment_lines",
    "enrollments_in",
    "gap_views",
    "lack_words",
    "lacks_of",
    "learners_of",
    "lessons_beside",
    "lessons_of",
    "names_in",
    "next_step",
    "open_visit",
    "own_places",
    "reflections_told",
    "roster_of",
    "sorted_by",
    "standing_of",
    "study_home",
    "wait_words",
    "waits_of",
]
