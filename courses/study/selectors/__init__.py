"""Reads study; this is the room's face. `home`: outlines and what to do next. `gaps`: what is lacking, and what closes it.
`cohorts`: the attended hours of a group; `board`: where its learners are; `grades`: its gradebook; `statistics`: what
learners make of lessons; `announcements` and `questions`: what people write to each other. `releases`: when a lesson
opens, and what finishing it takes. `rosters`: who studies one lesson. `answers`: what a learner left in a lesson;
`notes`: what she marked and wrote for herself.
"""

from .announcements import announcements_for, announcements_of
from .answers import OwnAnswer, OwnPlaces, OwnWords, own_places, own_reflections_told, reflections_told
from .board import SHOWS, ProgressRow, cohort_progress, name_of, records_in, running_in, shown
from .board import SORTS as BOARD_SORTS
from .cohorts import SORTS, Cell, CohortHours, HoursRow, cohort_hours, sorted_by
from .gaps import CohortGap, CohortRow, GapView, Lack, Offer, cohort_gap, cohorts_of, enrollments_in, gap_views
from .grades import Gradebook, gradebook, gradebook_header, gradebook_rows
from .home import (
    Deadline,
    LessonLine,
    Part,
    Step,
    StudyHome,
    clips_of,
    enrollment_lines,
    lessons_beside,
    lessons_in,
    lessons_of,
    minutes_to_go,
    next_step,
    open_visit,
    study_home,
)
from .notes import NotedLesson, bookmarks_of, notes_of, notes_to_take_away, own_notes_told
from .questions import (
    Talk,
    published_for,
    published_from,
    questions_told,
    talk_about,
    talk_in,
    threads_for,
    waiting_questions,
)
from .releases import lack_words, lacks_of, names_in, opening_words, standing_of, wait_words, waits_of
from .rosters import RosterRow, learners_of, roster_of
from .statistics import CheckNumbers, LessonNumbers, check_numbers, lesson_numbers, programs_of
from .visits import WHYS, VisitLine, VisitStory, visit_lines, visit_story, visited_lessons, visits_of, visits_told

__all__ = [
    "BOARD_SORTS",
    "SHOWS",
    "SORTS",
    "WHYS",
    "Cell",
    "CheckNumbers",
    "CohortGap",
    "CohortHours",
    "CohortRow",
    "Deadline",
    "GapView",
    "Gradebook",
    "HoursRow",
    "Lack",
    "LessonLine",
    "LessonNumbers",
    "NotedLesson",
    "Offer",
    "OwnAnswer",
    "OwnPlaces",
    "OwnWords",
    "Part",
    "ProgressRow",
    "RosterRow",
    "Step",
    "StudyHome",
    "Talk",
    "VisitLine",
    "VisitStory",
    "announcements_for",
    "announcements_of",
    "bookmarks_of",
    "check_numbers",
    "clips_of",
    "cohort_gap",
    "cohort_hours",
    "cohort_progress",
    "cohorts_of",
    "enrollment_lines",
    "enrollments_in",
    "gap_views",
    "gradebook",
    "gradebook_header",
    "gradebook_rows",
    "lack_words",
    "lacks_of",
    "learners_of",
    "lesson_numbers",
    "lessons_beside",
    "lessons_in",
    "lessons_of",
    "minutes_to_go",
    "name_of",
    "names_in",
    "next_step",
    "notes_of",
    "notes_to_take_away",
    "open_visit",
    "opening_words",
    "own_notes_told",
    "own_places",
    "own_reflections_told",
    "programs_of",
    "published_for",
    "published_from",
    "questions_told",
    "records_in",
    "reflections_told",
    "roster_of",
    "running_in",
    "shown",
    "sorted_by",
    "standing_of",
    "study_home",
    "talk_about",
    "talk_in",
    "threads_for",
    "visit_lines",
    "visit_story",
    "visited_lessons",
    "visits_of",
    "visits_told",
    "wait_words",
    "waiting_questions",
    "waits_of",
]
