"""Writes quizzes; this is the room's face. `questions`: questions and cases in versions. `authoring`: banks, quizzes
and what comes into use. `files`: questions from files and for them. `pictures`: what questions ask about. `taking`:
assignments, attempts, answers, and handing in, exactly once. `allowances`: what one learner is allowed beyond a quiz's
rules. `marking`: what people give answers that no program grades. `corrections`: what stands in the place of a mark.
`regrading`: answers graded again. `appeals`: what learners question about their grades. `retention`: words that go when
their time is over.
"""

from .allowances import KEPT, AsItIs, allow_otherwise
from .appeals import answer_appeal, raise_appeal
from .authoring import (
    change_bank,
    create_bank,
    create_quiz,
    discard_draft,
    draft_quiz,
    ensure_bank,
    ensure_quiz,
    put_quiz_in_use,
    send_draft,
    write_question,
)
from .corrections import CorrectedMeanwhileError, correct_mark
from .files import Brought, bring_questions, pictures_for_a_file, questions_for_a_file
from .marking import AlreadyMarkedError, Marked, mark_response
from .pictures import as_png, keep_picture
from .questions import (
    ensure_question,
    ensure_vignette,
    put_question_in_use,
    put_vignette_in_use,
    retire_question,
    send_questions,
    sort_questions,
    write_vignette,
)
from .regrading import StalePlanError, apply_regrade
from .retention import erase_quiz_words, quiz_words_behind
from .taking import (
    NotNowError,
    Saved,
    Started,
    assign_quiz,
    flag_response,
    give_quiz,
    plan_quiz,
    post_result,
    save_answer,
    save_answers,
    start_attempt,
    submit_attempt,
    submit_overdue,
)

__all__ = [
    "KEPT",
    "AlreadyMarkedError",
    "AsItIs",
    "Brought",
    "CorrectedMeanwhileError",
    "Marked",
    "NotNowError",
    "Saved",
    "StalePlanError",
    "Started",
    "allow_otherwise",
    "answer_appeal",
    "apply_regrade",
    "as_png",
    "assign_quiz",
    "bring_questions",
    "change_bank",
    "correct_mark",
    "create_bank",
    "create_quiz",
    "discard_draft",
    "draft_quiz",
    "ensure_bank",
    "ensure_question",
    "ensure_quiz",
    "ensure_vignette",
    "erase_quiz_words",
    "flag_response",
    "give_quiz",
    "keep_picture",
    "mark_response",
    "pictures_for_a_file",
    "plan_quiz",
    "post_result",
    "put_question_in_use",
    "put_quiz_in_use",
    "put_vignette_in_use",
    "questions_for_a_file",
    "quiz_words_behind",
    "raise_appeal",
    "retire_question",
    "save_answer",
    "save_answers",
    "send_draft",
    "send_questions",
    "sort_questions",
    "start_attempt",
    "submit_attempt",
    "submit_overdue",
    "write_question",
    "write_vignette",
]
