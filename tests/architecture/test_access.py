"""The access table: every address and API call of ours, for every role, on the demo school.

A row says what each kind of person gets: `ok` (it opens, or leads on), `login` (asked to log in), `gone` (404: as if it
did not exist) or `no` (403). Addresses that only take POST are posted to by those who may not, and must change nothing.
A new address without a row fails `test_every_address_stands_in_the_table`.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.services import ensure_organisation, ensure_user, grant_role
from certification.certificates.models import Certificate
from certification.certificates.services import draft_look, prepare_batch
from certification.externships import rules
from certification.externships.models import (
    Competency,
    EvaluationForm,
    EvaluationLink,
    PaperScan,
    Practical,
    Remediation,
    Shift,
    SignOff,
    SignOffLink,
)
from certification.externships.services import (
    Decision,
    add_goal,
    add_paper,
    clock_in,
    clock_out,
    decide,
    print_form,
    remind,
    upload_scan,
)
from certification.quizzes.models import Appeal, Attempt, Mark, QuizAssignment
from certification.quizzes.services import (
    assign_quiz,
    ensure_question,
    ensure_quiz,
    keep_picture,
    mark_response,
    raise_appeal,
    start_attempt,
    submit_attempt,
    write_vignette,
)
from certification.records.models import Checkpoint
from certification.records.selectors import standing_entries, targets_of, today_of
from certification.records.services import (
    add_witness,
    ask_check,
    make_claim,
    note_anomaly,
    place_hold,
    propose_correction,
    propose_import,
)
from certification.verification.models import (
    Application,
    Case,
    Consent,
    GraduateLine,
    GraduateList,
    HandOver,
    MemberInvitation,
    Roster,
    RosterRow,
)
from certification.verification.services import apply_to_check, ask_hand_over, invite_member, open_case
from certification.verification.verdicts import Asked
from cms.demo import Demo
from cms.desk.places import SchoolPlaces
from commerce.models import Order
from config.api import api
from courses.catalog.models import Figure, Lesson, LessonMedia, LessonPage, Program
from courses.catalog.services import decide_change, ensure_cms_roles, ensure_image, sync_cms_groups
from courses.enrollments.models import Enrollment
from courses.enrollments.services import invite
from courses.study.services import announce, ask, keep_note, open_session, publish_answer
from notices.models import Message
from tests.files import picture
from tests.layers import layer
from tests.quizzes.conftest import ESSAY, SINGLE, hand_in_essay, response_to
from tests.quizzes.kinds import SHOULDER
from tests.records.making import paper, without_times
from tests.verification.asking import a_key, a_list
from tests.verification.asking import ask as ask_one

PEOPLE = (
    "visitor",
    "student",  # owns the record, shift and attempt of the table
    "graduate",  # owns the certificate
    "stranger",  # a learner without enrollment
    "instructor",
    "coordinator",
    "registrar",
    "admin",
    "foreign",  # a registrar of another school
    "manager",  # of an organisation that checks
)
OURS = ("instructor", "coordinator", "registrar", "admin")
PLACING = ("coordinator", "registrar", "admin")
SEALING = ("registrar", "admin")
WRITING = ("instructor", *SEALING)
ELSEWHERE = dict.fromkeys(("foreign", "manager"), "gone")  # who does the same for another organisation
UNOPENED = dict.fromkeys(
    ("registrar", "admin", "foreign", "manager"), "gone"
)  # nothing was opened to their organisation
NOT_SIGNING = ("instructor", "foreign")  # of those who may enter the CMS, who signs nothing for this school


@dataclass(frozen=True)
class Row:
    """One address: who gets `ok`, and what visitors and all others get."""

    name: str
    ok: tuple[str, ...]
    others: str = "gone"
    visitor: str = "login"
    args: str = ""  # which object of the world stands in the address
    post: bool = False  # takes only POST
    note: str = ""
    special: dict[str, str] = field(default_factory=dict)


ALL = PEOPLE
MEMBERS = PEOPLE[1:]
TABLE = [
    # For everybody
    Row("healthz", ALL, visitor="ok"),
    Row("readyz", ALL, visitor="ok"),
    Row("cms:search", ALL, visitor="ok"),
    Row("set_language", ALL, visitor="ok", post=True, note="leads back; a cookie keeps the language"),
    Row("cms:sitemap", ALL, visitor="ok"),
    Row("cms:robots", ALL, visitor="ok"),
    Row("cms:feed", ALL, visitor="ok"),
    Row("requirements:index", ALL, visitor="ok"),
    Row("requirements:rule_set", ALL, visitor="ok", args="rules"),
    Row("requirements:text", ALL, visitor="ok", args="rules"),
    Row("verification:ask", ALL, visitor="ok"),
    Row("verification:offline", ALL, visitor="ok"),
    Row("verification:file", ALL, visitor="ok"),
    Row("verification:single_file", ALL, visitor="ok"),
    Row("verification:check", ALL, visitor="ok", args="code"),
    Row("enrollments:enroll", ALL, visitor="ok", args="program"),
    Row(
        "enrollments:invitation", ALL, visitor="ok", args="invitation", note="shows the offer to whoever holds the link"
    ),
    Row("externships:sign", ALL, visitor="ok", args="unknown_token", note="an unknown link says what to do, to anyone"),
    Row("externships:not_me", ALL, visitor="ok", args="unknown_token", post=True),
    Row("externships:new_link", ALL, visitor="ok", args="unknown_token", post=True, note="one answer for all"),
    Row("externships:ask_receipt", ALL, visitor="ok"),
    Row("externships:receipt", ALL, visitor="ok", args="receipt", note="names neither learner, client nor signer"),
    Row("externships:evaluate", ALL, visitor="ok", args="unknown_token"),
    Row("externships:evaluate_not_me", ALL, visitor="ok", args="unknown_token", post=True),
    Row(
        "externships:new_evaluation_link", ALL, visitor="ok", args="unknown_token", post=True, note="one answer for all"
    ),
    Row("commerce:stripe_webhook", (), visitor="bad", others="bad", post=True, note="only Stripe's signature passes"),
    Row("cms:patterns", (), others="gone", visitor="gone", note="DEBUG only"),
    # For anyone who is logged in
    Row("home", MEMBERS),
    Row("study:home", MEMBERS),
    Row("records:home", MEMBERS),
    Row("externships:shifts", MEMBERS),
    Row("externships:new_shift", MEMBERS),
    Row("externships:clock", MEMBERS),
    Row("externships:clock_in", (), others="gone", post=True, note="at a placement of her own"),
    Row("externships:queue", MEMBERS, note="her own, by her proved address; empty for all others"),
    Row("externships:queued", (), args="link", note="for the supervisor of the link alone"),
    Row("externships:queued_rating", (), args="evaluation", note="for the supervisor of the link alone"),
    Row("externships:competencies", MEMBERS),
    Row("certificates:own", MEMBERS),
    Row("certificates:one", ("graduate",), args="code"),
    Row("certificates:ask_for_letter", ("student",), args="record", post=True),
    Row("certificates:evaluate", (), args="record", note="of approved courses of continuing education alone"),
    # A learner's own
    Row("records:hours", ("student", *OURS), args="record"),
    Row("records:rows", ("student", *OURS), args="record"),
    Row("records:record_zip", ("student", *SEALING), args="record"),
    Row("records:hours_table", ("student", *SEALING), args="table"),
    Row("records:claim", ("student",), args="record"),
    Row("records:claims", ("student",), args="record"),
    Row("records:withdraw_claim", ("student",), args="claim", post=True),
    Row("records:claim_paper", ("student", *SEALING), args="claim"),
    Row("study:gap", ("student", *OURS), args="record"),
    Row("study:visits", ("student", *OURS), args="record"),
    Row("study:visit", ("student", *OURS), args="visit"),
    Row("study:aim", ("student",), args="record", post=True),
    Row("study:drop", ("student",), args="target", post=True),
    Row("study:lesson", ("student", "graduate", *OURS), args="lesson"),
    Row("study:finish", ("student", "graduate"), args="lesson", post=True),
    Row("study:answer_check", ("student", "graduate"), args="lesson_check", post=True),
    Row("study:reflect", ("student", "graduate"), args="lesson_reflection", post=True),
    Row("study:download", ("student", "graduate", *OURS), args="lesson_file"),
    Row("study:photo", ("student", "graduate", *OURS), args="lesson_photo"),
    Row("study:quiz", ("student", "graduate"), args="module", special=dict.fromkeys(OURS, "any")),
    Row("study:questions", ("student", "graduate"), args="lesson"),
    Row("study:delete_question", ("student",), args="question", post=True),
    Row("study:dismiss_announcement", ("student",), args="announcement", post=True),
    Row("study:keep_note", ("student", "graduate"), args="lesson", post=True),
    Row("study:delete_note", ("student",), args="note", post=True),
    Row("study:bookmark", ("student", "graduate"), args="lesson", post=True),
    Row("study:notes", ("student", "graduate"), args="program", note="her own notes; staff read nobody's"),
    Row("study:notes_file", ("student", "graduate"), args="notes_file"),
    Row("study:rules", ("student", "graduate", *OURS), args="program"),
    Row("study:glossary", ("student", "graduate", *OURS), args="program"),
    Row("study:media", ("student", "graduate", *OURS), args="media"),
    Row("quizzes:assignment", ("student",), args="assignment"),
    Row("quizzes:start", ("student",), args="assignment", post=True),
    Row("quizzes:attempt", ("student",), args="attempt", special=dict.fromkeys(OURS, "any")),
    Row(
        "quizzes:flag",
        ("student",),
        args="attempt",
        post=True,
        special={"student": "any"},
        note="204 for a question of hers",
    ),
    Row("quizzes:of_record", ("instructor", *SEALING), args="record"),
    Row("quizzes:allow", ("instructor", *SEALING), args="assignment"),
    Row("quizzes:submit", ("student",), args="attempt", post=True),
    Row("quizzes:result", ("student", "instructor", *SEALING), args="attempt"),
    Row("quizzes:appeal", ("student",), args="answer"),
    Row("externships:shift", ("student",), args="shift"),
    Row("externships:ask_placement", MEMBERS),
    Row("externships:placement", ("student",), args="placement"),
    Row("externships:cancel_placement", ("student",), args="placement", post=True),
    Row("externships:drop_goal", ("student",), args="goal", post=True),
    Row("externships:send", ("student",), others="any", post=True),
    Row("externships:take_back", ("student",), args="shift", post=True),
    Row("externships:withdraw", ("student",), args="shift", post=True),
    Row("externships:amend", ("student",), args="shift"),
    Row("externships:clock_tap", ("student",), args="clock", post=True),
    Row("externships:clock_out", ("student",), args="clock", post=True),
    Row("externships:take_over", ("student",), args="proposal", post=True),
    Row("externships:print_form", ("student", *PLACING), others="refused", args="link", post=True),
    Row("externships:paper_form", ("student", *PLACING), args="form"),
    Row("verification:pdf", ("graduate", *SEALING), visitor="gone", args="code"),
    Row("verification:notice", (), visitor="gone", args="code", note="only of what was revoked"),
    *(
        Row(f"verification:{name}", ("graduate", *SEALING), visitor="gone", args="code")
        for name in ("json", "jwt", "png", "transcript_pdf", "transcript_json")
    ),
    Row("verification:evidence", ("graduate", *SEALING), args="code"),
    Row("verification:sharing", ("graduate",), args="code"),
    Row("verification:looks", ("graduate",), args="code"),
    Row("verification:ask_hand_over", ("graduate",), args="code"),
    Row("verification:withdraw", ("graduate",), args="consent", post=True),
    Row("verification:hide", ("graduate",), args="code", post=True),
    Row("verification:apply", MEMBERS),
    Row("verification:withdraw_application", ("stranger",), args="application", post=True),
    Row("verification:invited", MEMBERS),
    Row("verification:answer_invitation", ("stranger",), args="member_invitation", post=True),
    Row("verification:people", ("manager", "admin"), args="organisation"),
    Row("verification:take_back", ("manager", "admin"), args="member_invitation", post=True),
    Row("verification:end_member", ("manager", "admin"), args="member", post=True),
    Row("commerce:checkout", (), others="any", args="program", post=True, note="each opens an order of her own"),
    Row("commerce:order", ("student",), args="order"),
    # Staff
    Row("desk:home", (*OURS, "foreign"), others="no"),
    Row("desk:looks", ("admin",), others="no"),
    Row("desk:look", ("admin",), args="log", note="args: the school's slug"),
    Row("desk:people", (*OURS, "foreign"), others="no"),
    Row("desk:orders", (*SEALING, "foreign"), others="no"),
    Row("enrollments:invitations", (*PLACING, "foreign"), others="no"),
    Row(
        "enrollments:withdraw",
        PLACING,
        others="gone",
        args="invitation_row",
        post=True,
        special=dict.fromkeys(("student", "graduate", "stranger", "instructor"), "refused"),
    ),
    Row("externships:desk_placements", (*PLACING, "foreign"), others="no"),
    Row("externships:desk_rhythm", PLACING, others="refused", args="school", post=True),
    Row("externships:desk_send_again", PLACING, others="refused", args="link", post=True),
    Row("externships:desk_revoke", PLACING, others="refused", args="link", post=True),
    Row("externships:desk_verify", PLACING, others="refused", args="supervisor", post=True),
    Row("externships:desk_form", PLACING, args="form"),
    Row("externships:desk_scan", PLACING, args="scan"),
    Row("externships:scan_file", PLACING, args="scan"),
    Row("study:lesson_learners", OURS, others="gone", args="lesson", special={"foreign": "gone"}),
    Row("study:cohorts", (*OURS, "foreign"), others="no"),
    Row("study:add_cohort", (*PLACING, "foreign"), others="no"),
    Row("study:cohort_days", PLACING, others="no", args="cohort", special={"foreign": "gone"}),
    Row("study:cohort", OURS, others="no", args="cohort", special={"foreign": "gone"}),
    Row("study:cohort_hours", OURS, others="no", args="cohort", special={"foreign": "gone"}),
    Row("study:cohort_progress", OURS, others="no", args="cohort", special={"foreign": "gone"}),
    Row("study:cohort_grades", OURS, others="no", args="cohort", special={"foreign": "gone"}),
    Row("study:cohort_grades_table", OURS, others="no", args="cohort_table", special={"foreign": "gone"}),
    Row("study:cohort_announcements", OURS, others="no", args="cohort", special={"foreign": "gone"}),
    Row("study:desk_questions", (*OURS, "foreign"), others="no"),
    Row("study:desk_question", OURS, others="no", args="thread", special={"foreign": "gone"}),
    Row("study:desk_question_state", OURS, others="no", args="thread", post=True, special={"foreign": "gone"}),
    Row("study:desk_question_publish", OURS, others="no", args="thread", special={"foreign": "gone"}),
    Row("study:desk_hide_message", OURS, others="no", args="question", special={"foreign": "gone"}),
    Row("study:desk_withdraw_answer", OURS, others="no", args="published", post=True, special={"foreign": "gone"}),
    Row("study:program_lessons", OURS, others="no", args="program", special={"foreign": "gone"}),
    Row("study:lesson_statistics", OURS, others="no", args="lesson", special={"foreign": "gone"}),
    Row("desk:record", SEALING, args="record"),
    Row("records:desk_corrections", (*OURS, "foreign"), others="no"),
    Row("records:desk_correct", OURS, args="entry"),
    Row("records:desk_add", OURS, args="record"),
    Row("records:desk_correction", ("instructor", *SEALING), args="correction", note="the instructor proposed it"),
    Row("records:correction_paper", ("instructor", *SEALING), args="correction"),
    Row("records:desk_claims", (*SEALING, "foreign"), others="no"),
    Row("records:desk_claim", SEALING, args="claim"),
    Row("records:desk_anomalies", (*SEALING, "foreign"), others="no"),
    Row("records:desk_anomaly", SEALING, args="anomaly"),
    Row("records:desk_log", (*SEALING, "foreign"), others="no"),
    Row("records:desk_make_checkpoint", (*SEALING, "foreign"), others="no", post=True),
    Row("records:desk_end_witness", SEALING, others="refused", args="witness", post=True),
    Row("records:checkpoints", ALL, visitor="ok", args="log"),
    Row("keys:platform", ALL, visitor="ok", note="there once the platform itself signs: receipts of checks"),
    Row("keys:school", ALL, visitor="ok", args="school_slug"),
    Row("certificates:achievement", ALL, visitor="ok", args="achievement"),
    Row("certificates:status", ALL, visitor="ok", args="status_list"),
    Row("records:checkpoint", ALL, visitor="ok", args="log_size"),
    Row("records:newest_checkpoint", ALL, visitor="ok", args="log"),
    Row("records:log_keys", ALL, visitor="ok", args="log"),
    Row("records:consistency", (), others="422", visitor="422", args="log", note="open to all; asks for two sizes"),
    Row("records:inclusion", ALL, visitor="ok", args="leaf"),
    Row("records:desk_export", (*SEALING, "foreign"), others="no"),
    Row("records:school_zip", (*SEALING, "foreign")),
    Row("desk:imports", (*SEALING, "foreign"), others="no"),
    Row("desk:import", SEALING, args="import"),
    Row("desk:import_file", SEALING, args="import"),
    Row("desk:import_run", SEALING, args="import_run"),
    Row("records:rule_sets", (*SEALING, "foreign"), others="no"),
    Row("records:activation", SEALING, others="no", args="next_rules", special={"foreign": "gone"}),
    Row("records:crosswalks", (*SEALING, "foreign"), others="no"),
    Row("records:crosswalk", SEALING, others="no", args="crosswalk", special={"foreign": "gone"}),
    Row("externships:evaluate_site", ("student",), args="placement"),
    Row("externships:ask_evaluation", ("student", *OURS), args="placement"),
    Row("externships:desk_checkoffs", (*OURS, "foreign"), others="no"),
    Row("externships:desk_checkoff_sheet", OURS, args="record"),
    Row("externships:desk_remediation", OURS, args="failed"),
    Row("externships:desk_remediation_done", OURS, args="remediation", post=True),
    Row("externships:desk_competencies", (*OURS, "foreign"), others="no"),
    Row("externships:desk_new_competency", (*OURS, "foreign"), others="no"),
    Row("externships:desk_take_over_library", OURS, args="school", post=True),
    Row("externships:desk_competency", OURS, args="competency"),
    Row("externships:desk_retire_competency", OURS, args="competency", post=True),
    Row("externships:desk_evaluation_form", OURS, args="evaluation_form"),
    Row("externships:desk_evaluations", (*OURS, "foreign"), others="no"),
    Row("externships:desk_evaluation", OURS, args="evaluation"),
    Row("externships:desk_evaluation_again", OURS, args="evaluation", post=True),
    Row("externships:desk_revoke_evaluation", OURS, args="evaluation", post=True),
    Row("externships:desk_practicals", (*OURS, "foreign"), others="no"),
    Row("externships:desk_find_examinee", (*PLACING, "foreign"), others="no"),
    Row("externships:desk_plan_practical", PLACING, args="record"),
    Row("externships:desk_new_practical_kind", (*PLACING, "foreign"), others="no"),
    Row("externships:desk_practical_kind", PLACING, args="practical_kind"),
    Row("externships:desk_practical", OURS, args="practical", note="an instructor only as one of its two examiners"),
    Row("externships:desk_cancel_practical", PLACING, others="refused", args="practical", post=True),
    Row("externships:desk_all_placements", (*PLACING, "foreign"), others="no"),
    Row("externships:desk_find_record", (*PLACING, "foreign"), others="no"),
    Row("externships:desk_place", PLACING, args="record"),
    Row("externships:desk_placement", PLACING, args="placement"),
    Row("externships:desk_shifts", PLACING, args="placement"),
    Row("externships:desk_shift", PLACING, args="shift"),
    Row("externships:desk_edit_placement", PLACING, args="placement"),
    Row("externships:desk_end_placement", PLACING, args="placement"),
    Row("externships:desk_reopen_placement", PLACING, args="placement", post=True),
    Row("externships:desk_board", (*PLACING, "foreign"), others="no"),
    Row("externships:desk_board_table", (*PLACING, "foreign"), others="no", args="table_kind"),
    Row("externships:desk_several", (*PLACING, "foreign"), others="no", post=True),
    Row("externships:desk_log", PLACING, args="placement"),
    Row("externships:desk_log_table", PLACING, args="placement_table"),
    Row("externships:own_log", ("student",), args="placement"),
    Row("externships:own_log_table", ("student",), args="placement_table"),
    Row("externships:desk_approve_placement", PLACING, args="placement"),
    Row("externships:desk_decline_placement", PLACING, args="placement"),
    Row("externships:desk_add_goal", PLACING, args="placement", post=True),
    Row("externships:desk_tick_goal", PLACING, args="goal", post=True),
    Row("externships:desk_drop_goal", PLACING, args="goal", post=True),
    Row("externships:desk_site_paper", PLACING, args="site"),
    Row("externships:desk_supervisor_paper", PLACING, args="supervisor"),
    Row("externships:desk_paper", PLACING, args="register_paper"),
    Row("externships:desk_withdraw_paper", PLACING, args="register_paper"),
    Row("externships:desk_erase_paper", PLACING, args="register_paper"),
    Row("externships:desk_sites", (*PLACING, "foreign"), others="no"),
    Row("externships:desk_new_site", (*PLACING, "foreign"), others="no"),
    Row("externships:desk_site", PLACING, args="site"),
    Row("externships:desk_edit_site", PLACING, args="site"),
    Row("externships:desk_assignment", PLACING, args="site_assignment"),
    Row("externships:desk_supervisors", (*PLACING, "foreign"), others="no"),
    Row("externships:desk_new_supervisor", (*PLACING, "foreign"), others="no"),
    Row("externships:desk_supervisor", PLACING, args="supervisor"),
    Row("externships:desk_edit_supervisor", PLACING, args="supervisor"),
    # In the CMS: `no` leads to its first page with a sentence, or to the way in for who has no door
    Row("catalog_offer_upload", (*WRITING, "foreign"), others="no", post=True, note="there by setting alone"),
    Row("cms_questions", (*WRITING, "foreign"), others="no"),
    Row("cms_questions_results", (*WRITING, "foreign"), others="no"),
    Row("cms_quizzes", (*WRITING, "foreign"), others="no"),
    Row("cms_quizzes_results", (*WRITING, "foreign"), others="no"),
    Row("cms_banks", (*WRITING, "foreign"), others="no"),
    Row("cms_add_question", WRITING, others="no", special={"foreign": "ok"}, note="who has no bank is led to the list"),
    Row("cms_add_quiz", WRITING, others="no", special={"foreign": "ok"}, note="likewise"),
    Row("cms_question", WRITING, others="no", args="bank_question", special={"foreign": "gone"}),
    Row("cms_question_preview", WRITING, others="no", args="bank_question", special={"foreign": "gone"}),
    Row("cms_question_state", WRITING, others="no", args="bank_question", post=True, special={"foreign": "gone"}),
    Row("cms_change_many", WRITING, others="no", special={"foreign": "gone"}, note="without questions led to the list"),
    Row("cms_doubles", (*WRITING, "foreign"), others="no"),
    Row("cms_vignettes", (*WRITING, "foreign"), others="no"),
    Row("cms_add_vignette", WRITING, others="no", special={"foreign": "ok"}, note="who has no bank is led to the list"),
    Row("cms_vignette", WRITING, others="no", args="vignette", special={"foreign": "gone"}),
    Row("cms_vignette_state", WRITING, others="no", args="vignette", post=True, special={"foreign": "gone"}),
    Row("cms_question_picture", WRITING, others="no", args="question_picture", special={"foreign": "gone"}),
    Row("cms_import", WRITING, others="no", special={"foreign": "gone"}),
    Row(
        "cms_import_run",
        (),
        others="no",
        args="question_file",
        special=dict.fromkeys((*WRITING, "foreign"), "gone"),
        note="a file is there for who sent it",
    ),
    Row("cms_export_notes", WRITING, others="no", args="bank", special={"foreign": "gone"}),
    Row("cms_export_bank", WRITING, others="no", args="bank_file", special={"foreign": "gone"}),
    Row("cms_typed_preview", WRITING, others="no", post=True, special={"foreign": "gone"}),
    Row("cms_quiz", WRITING, others="no", args="quiz", special={"foreign": "gone"}),
    Row("cms_quiz_preview", WRITING, others="no", args="quiz", special={"foreign": "gone"}),
    Row("cms_discard_quiz", WRITING, others="no", args="quiz", post=True, special={"foreign": "gone"}),
    Row("cms_marking", (*WRITING, "foreign"), others="no"),
    Row("cms_mark", WRITING, others="no", args="to_mark", special={"foreign": "gone"}),
    Row("cms_correct_mark", WRITING, others="no", args="marked", special={"foreign": "gone"}),
    Row("cms_appeals", (*WRITING, "foreign"), others="no"),
    Row("cms_appeal", WRITING, others="no", args="appeal", special={"foreign": "gone"}),
    Row("cms_analysis", WRITING, others="no", args="quiz", special={"foreign": "gone"}),
    Row("cms_analysis_table", WRITING, others="no", args="quiz", special={"foreign": "gone"}),
    Row("cms_regrade", WRITING, others="no", args="regrade", special={"foreign": "gone"}),
    Row("cms_add_bank", SEALING, others="no", special={"foreign": "gone", "instructor": "gone"}),
    Row("cms_bank", SEALING, others="no", args="bank", special={"foreign": "gone", "instructor": "gone"}),
    Row("cms_document_looks", (*SEALING, "foreign"), others="no", special={"instructor": "gone"}),
    Row("cms_document_look", SEALING, others="no", args="school_slug", special=dict.fromkeys(NOT_SIGNING, "gone")),
    Row(
        "cms_document_hand",
        SEALING,
        others="no",
        args="school_slug",
        post=True,
        special=dict.fromkeys(NOT_SIGNING, "gone"),
    ),
    Row(
        "cms_document_adopt",
        ("admin",),
        others="no",
        args="look",
        post=True,
        special=dict.fromkeys((*NOT_SIGNING, "registrar"), "gone"),
    ),
    Row("cms_document_sample", SEALING, others="no", args="look_sample", special=dict.fromkeys(NOT_SIGNING, "gone")),
    Row("catalog_programs", (*SEALING, "foreign"), others="no"),
    Row("catalog_add_program", (*SEALING, "foreign"), others="no"),
    Row("catalog_program", SEALING, others="no", args="program", special={"foreign": "gone"}),
    Row("catalog_team", SEALING, others="no", args="program", post=True, special={"foreign": "gone"}),
    Row("catalog_approve", SEALING, others="no", args="program", post=True, special={"foreign": "gone"}),
    Row("catalog_withdraw", SEALING, others="no", args="approval", post=True, special={"foreign": "gone"}),
    Row(
        "catalog_examinations",
        SEALING,
        others="no",
        args="program",
        special={"foreign": "gone", "instructor": "gone"},
        note="the lead of a module too (tests/catalog/test_examinations.py)",
    ),
    Row(
        "catalog_add_examination",
        SEALING,
        others="no",
        args="program",
        special={"foreign": "gone", "instructor": "gone"},
    ),
    Row(
        "catalog_examination",
        SEALING,
        others="no",
        args="examination",
        special={"foreign": "gone", "instructor": "gone"},
    ),
    Row("catalog_version", SEALING, others="no", args="program", post=True, special={"foreign": "gone"}),
    Row("catalog_change", SEALING, others="no", args="lesson_page"),
    Row("catalog_retire", SEALING, others="no", args="retiring"),
    Row("catalog_translate", WRITING, others="no", args="lesson_page"),
    Row("catalog_follow", (), others="no", args="lesson_page", special=dict.fromkeys(WRITING, "gone")),
    Row("catalog_figure_picture", WRITING, others="no", args="figure", special={"foreign": "gone"}),
    Row("catalog_image_copy", WRITING, others="no", args="image_copy", special={"foreign": "gone"}),
    Row("catalog_obstacle", WRITING, others="no", args="lesson_page"),
    Row("verification:checks", (*SEALING, "foreign", "manager"), others="no"),
    Row("verification:check_list", (*SEALING, "foreign", "manager"), others="no"),
    Row("verification:list_kept", SEALING, others="no", args="check_list", special=ELSEWHERE),
    *(
        Row(f"verification:answers_{kind}", SEALING, others="no", args="check", special=ELSEWHERE)
        for kind in ("csv", "xlsx")
    ),
    Row("verification:check_history", (*SEALING, "foreign", "manager"), others="no"),
    Row("verification:api_keys", (*SEALING, "foreign", "manager"), others="no"),
    Row("verification:cases", ("manager",), others="no"),
    Row("verification:case", ("manager",), args="case"),
    Row("verification:close_case", ("manager",), args="case", post=True),
    Row("verification:case_record", ("manager",), args="case", post=True, note="says that nothing is open yet"),
    Row("verification:case_evidence", ("manager",), args="case", post=True, note="likewise"),
    Row("verification:cases_asked", (*SEALING, "foreign"), others="no", note="and a custodian"),
    Row("verification:case_answer", SEALING, args="case"),
    Row(
        "verification:rotate_key",
        SEALING,
        others="no",
        args="api_key",
        post=True,
        special=ELSEWHERE,
    ),
    Row(
        "verification:revoke_key",
        SEALING,
        others="no",
        args="api_key",
        post=True,
        special=ELSEWHERE,
    ),
    Row("verification:check_made", SEALING, others="no", args="check", special=ELSEWHERE),
    Row("verification:check_receipt", SEALING, others="no", args="check", special=ELSEWHERE),
    Row("verification:rosters", (*SEALING, "foreign"), others="no"),
    Row("verification:roster", SEALING, args="roster"),
    Row("verification:roster_file", SEALING, args="roster"),
    Row("verification:opened", (), others="no", args="code", special=UNOPENED),
    *(
        Row(f"verification:opened_{kind}", (), others="no", args="code", special=UNOPENED)
        for kind in ("pdf", "transcript")
    ),
    Row("verification:graduate_lists", (*SEALING, "foreign"), others="no"),
    Row("verification:graduate_list", SEALING, args="graduate_list"),
    Row("verification:graduate_file", SEALING, args="graduate_list"),
    Row("verification:hand_overs", (*SEALING, "foreign"), others="no"),
    Row("verification:hand_over", SEALING, others="refused", args="hand_over"),
    Row("verification:custody", (*SEALING, "foreign"), others="no"),
    Row("verification:custody_one", SEALING, others="refused", args="code"),
    Row("verification:custody_send", SEALING, others="refused", args="code", post=True),
    Row("verification:custody_send_named", SEALING, others="refused", args="consent", post=True),
    Row("verification:custody_order", SEALING, others="refused", args="code", post=True),
    Row("desk:seal", SEALING, args="record"),
    Row("certificates:desk", (*SEALING, "foreign"), others="no"),
    Row("certificates:record", SEALING, others="refused", args="record"),
    Row("certificates:latin_name", SEALING, others="refused", args="record", post=True),
    Row("certificates:legal_name", SEALING, others="refused", args="record", post=True),
    Row("certificates:propose", SEALING, others="refused", args="record", post=True),
    Row("certificates:issue", SEALING, others="refused", args="record", post=True),
    Row("certificates:withdraw", SEALING, others="refused", args="record", post=True),
    Row("certificates:revoke", SEALING, others="refused", args="record", post=True),
    Row("certificates:add_licence", SEALING, others="refused", args="record", post=True),
    Row("certificates:education", (*SEALING, "foreign"), others="no"),
    Row("certificates:add_number", SEALING, others="no", args="school_slug", post=True, special={"foreign": "gone"}),
    Row(
        "certificates:write_questions", SEALING, others="no", args="school_slug", post=True, special={"foreign": "gone"}
    ),
    Row("certificates:end_number", SEALING, others="no", args="number", post=True, special={"foreign": "gone"}),
    Row("certificates:to_sign", ("instructor",), others="no"),
    Row("certificates:sign_course", (), others="no", args="record", post=True, special={"instructor": "gone"}),
    *(
        Row(
            f"verification:{name}",
            ("admin",),
            others="no",
            args=args,
            note="of the demo's people she runs the platform",
        )
        for name, args in (("organisations", ""), ("application", "application"), ("organisation", "organisation"))
    ),
    Row("verification:told", (), others="no", args="code", special=dict.fromkeys((*SEALING, "foreign"), "gone")),
    Row("certificates:together", (*SEALING, "foreign"), others="no"),
    Row("certificates:together_prepare", (*SEALING, "foreign"), others="no", post=True),
    Row("certificates:batch", SEALING, others="refused", args="batch"),
    Row("certificates:batch_progress", SEALING, others="refused", args="batch"),
    Row("certificates:batch_result", SEALING, others="refused", args="batch_table"),
    Row("certificates:batch_sign", SEALING, others="refused", args="batch", post=True),
    Row("certificates:batch_withdraw", SEALING, others="refused", args="batch", post=True),
    Row("certificates:batch_leave_out", SEALING, others="refused", args="batch_row", post=True),
    Row("certificates:confirm", SEALING, others="refused", args="record", post=True),
    Row("certificates:decline_letter", SEALING, others="refused", args="record", post=True),
    Row("certificates:replace", SEALING, others="refused", args="record", note="leads back where none was issued"),
    Row("certificates:signers", ("admin",), others="no"),
    Row("certificates:closing", ("admin",), note="and a custodian, and who was admin when it closed"),
    Row("certificates:custodians", ("admin",), note="of a closed school its custodians, and who was admin if none is"),
    Row("certificates:end_signer", ("admin",), args="signer"),
    Row("certificates:conditions", ("student",), args="record"),
    Row("records:desk_hold", SEALING, args="record"),
    Row("records:desk_release_hold", SEALING, args="hold"),
]
# API calls: method, path with the object that stands in it, who gets an answer, what all others get.
# `unauthenticated` is 401, the visitor's answer unless said otherwise.
CALLS = [
    ("get", "/me/enrollments", "", MEMBERS, "ok"),
    ("get", "/me/enrollments/{id}/hours", "enrollment", ("student",), "gone"),
    ("post", "/lessons/{id}/sessions", "lesson", ("student", "graduate"), "gone"),
    ("post", "/sessions/{uuid}/beats", "session", (), "unreadable"),  # the token alone authenticates
    ("post", "/sessions/{uuid}/presence", "session", (), "unreadable"),
    ("post", "/sessions/{uuid}/renew", "session", ("student",), "gone"),
    ("post", "/sessions/{uuid}/close", "session", ("student",), "gone"),
    ("post", "/quizzes/{id}/attempts", "assignment", ("student",), "gone"),
    ("put", "/attempts/{uuid}/answers/{question}", "answer", ("student",), "gone"),
    ("post", "/attempts/{uuid}/submit", "attempt", ("student",), "gone"),
    ("get", "/verify/{code}", "code", PEOPLE, "ok"),
    # By an organisation's key alone, whoever is logged in (tests/verification/test_asking_api.py)
    ("post", "/verifications", "", (), "unauthenticated"),
    ("get", "/records/{uuid}/transcript", "record", (), "unauthenticated"),
]
# Addresses of packages, with rules of their own that their tests and test_one_door hold.
FOREIGN_NAMESPACES = {"admin", "api", "wagtailadmin", "wagtaildocs"}


@dataclass
class World:
    """The demo school, one person of each kind, and the objects that stand in addresses."""

    demo: Demo
    people: dict[str, User]
    objects: dict[str, list[Any]]

    def client(self, who: str) -> Client:
        """A browser of that person."""
        client = Client()
        if who != "visitor":
            client.force_login(self.people[who], backend="accounts.backends.EmailBackend")
        return client


@layer
def world(demo: Demo) -> World:
    """Made through the services."""
    people = dict(demo.people)
    people["stranger"] = ensure_user(email="stranger@example.org", legal_name="Sam Stranger")
    people["coordinator"] = ensure_user(email="coordinator@example.org", legal_name="Cora Coordinator")
    grant_role(user=people["coordinator"], organisation=demo.school, role="coordinator")
    hillside = ensure_organisation(kind="school", slug="hillside", name="Hillside School")
    people["foreign"] = ensure_user(email="foreign@example.org", legal_name="Fern Foreign")
    grant_role(user=people["foreign"], organisation=hillside, role="registrar")
    people["manager"] = ensure_user(email="manager@example.org", legal_name="Mara Manager")
    application, member_invitation = checking_organisation(people)
    program = Program.objects.get()
    enrollment = Enrollment.objects.get(learner__user=people["student"])
    invitation, token = invite(program=program, email="new@example.org", by=people["registrar"])
    attempt = Attempt.objects.filter(assignment__record=enrollment.record).first()
    lesson = Lesson.objects.filter(module__quiz__isnull=False).first()
    order = Order.objects.create(user=people["student"], program=program, amount_minor=1, currency="usd")
    assert attempt and lesson
    certificate = Certificate.objects.get()
    look = draft_look(
        school=demo.school, by=people["admin"], accent="#8c2846", ground="#ffffff", paper="a4", seal="drawn"
    )
    consent = Consent.objects.get()
    link = SignOffLink.objects.filter(spent_at=None).first()
    assert link
    clock = clock_in(placement=link.placement, supervisor=link.supervisor, activity="observation", key=uuid4())
    clock_out(clock=clock, now=clock.started_at + timedelta(minutes=10))
    form, scan, proposal = on_paper_and_proposed(link, people)
    entry = standing_entries(enrollment.record)[-1]
    claim = make_claim(
        uuid=uuid4(),
        record=enrollment.record,
        entry=entry,
        day=entry.date,
        minutes=None,
        words="Too short.",
        by=people["student"],
        attachment=paper(),
    )
    correction = propose_correction(
        uuid=uuid4(),
        record=enrollment.record,
        entry=None,
        parts=[without_times(30, today_of(enrollment.record).isoformat(), category=entry.category)],
        reason="missing",
        words="She helped at the open day.",
        by=people["instructor"],
        attachment=paper(),
    )
    anomaly = note_anomaly(
        school=demo.school,
        kind="long_day",
        fingerprint="0" * 64,
        records=[enrollment.record.uuid],
        first_on=entry.date,
        last_on=entry.date,
        evidence={"entries": [str(entry.uuid)], "minutes": 1000},
    )
    assert anomaly
    log = enrollment.record.school.hour_log
    brought = propose_import(
        school=demo.school,
        data=b"email,legal_name,program,enrolled_on,date,minutes,category,document\n"
        b"old@example.org,Olga Old,us-mm-300-sample@1,2024-01-08,,,,Roll of 2024\n",
        name="old.csv",
        places=SchoolPlaces(demo.school),
        by=people["registrar"],
    )
    asked = ask_check(school=demo.school, data=b"x", name="new.csv", by=people["registrar"])
    question = ask(uuid=uuid4(), enrollment=enrollment, lesson=lesson, text="Why?", by=people["student"])
    published = publish_answer(
        uuid=uuid4(), thread=question.thread, question="Why?", answer="For this.", by=people["instructor"]
    )
    assert enrollment.cohort
    announcement = announce(
        uuid=uuid4(), cohort=enrollment.cohort, subject="Saturday", text="At nine.", by=people["instructor"]
    )
    note = keep_note(uuid=uuid4(), enrollment=enrollment, lesson=lesson, text="Again on Friday.")
    hold = place_hold(
        uuid=uuid4(), record=enrollment.record, reason="papers", words="Bring the ID.", by=people["registrar"]
    )
    witness = add_witness(log=log, name="State board", email="board@example.org")
    photo = ensure_image(
        school=demo.school, title="Hands", file=ContentFile(picture(), name="hands.jpg"), alt="Hands on a back."
    )
    offering = LessonPage.objects.get(lesson__code="MFR-1").get_latest_revision_as_object()
    offering.body.append(("photo", {"image": photo, "caption": "", "description": "Hands.", "long_description": ""}))
    revision = offering.save_revision()
    sync_cms_groups(people["registrar"])
    decide_change(page=LessonPage.objects.get(pk=offering.pk), kind="cosmetic", note="", by=people["registrar"])
    revision.publish()
    offering = LessonPage.objects.get(lesson__code="MFR-1")
    offers = {child.block_type: child.id for child in offering.body}
    visit = open_session(enrollment=enrollment, lesson=lesson).session
    ensure_cms_roles(hillside)
    sync_cms_groups(people["foreign"])
    question_row = attempt.responses.first().question_version.question  # type: ignore[union-attr]
    to_mark, appeal, marked = after_handing_in(attempt)
    goal = add_goal(placement=link.placement, words="Drape unasked.", by=people["student"])
    kept = add_paper(owner=link.placement.site, kind="agreement", attachment=paper(), by=people["registrar"])
    together = prepare_batch(
        school=demo.school, records=[enrollment.record], by=people["registrar"], source_key="access"
    )
    return World(
        demo,
        people,
        {
            "": [],
            "to_mark": [to_mark.uuid],
            "appeal": [appeal.uuid],
            "marked": [marked.response.attempt.uuid, marked.response.position],
            "regrade": [appeal.response.attempt.assignment.quiz.uuid, appeal.response.question_version.question.uuid],
            "program": [program.uuid],
            "record": [enrollment.record.uuid],
            "table": [enrollment.record.uuid, "csv"],
            "import": [brought.uuid],
            "import_run": [asked.uuid],
            "entry": [enrollment.record.uuid, entry.uuid],
            "claim": [claim.uuid],
            "correction": [correction.uuid],
            "anomaly": [anomaly.uuid],
            "rules": [enrollment.record.rule_set.label],
            "lesson": [lesson.uuid],
            "lesson_check": [offering.lesson.uuid, offers["self_check"]],
            "lesson_reflection": [offering.lesson.uuid, offers["reflection"]],
            "note": [lesson.uuid, note.uuid],
            "notes_file": [program.uuid, "md"],
            "lesson_photo": [offering.lesson.uuid, offers["photo"], 800],
            "image_copy": [photo.lesson_copy(800).pk],  # type: ignore[union-attr]
            "lesson_file": [offering.lesson.uuid, offers["download"]],
            "module": [lesson.module.uuid],
            "media": [LessonMedia.objects.first().uuid, "captions"],  # type: ignore[union-attr]
            "assignment": [QuizAssignment.objects.filter(record=enrollment.record).first().uuid],  # type: ignore[union-attr]
            "attempt": [attempt.uuid],
            "enrollment": [enrollment.uuid],
            "bank_question": [question_row.uuid],
            "bank": [question_row.bank.uuid],
            "bank_file": [question_row.bank.uuid, "gift"],
            "question_file": [question_row.bank.uuid, "0" * 64],
            "question_picture": [keep_picture(school=question_row.bank.school, **SHOULDER).digest],
            "vignette": [write_vignette(bank=question_row.bank, title="A", text="B", by=people["instructor"]).uuid],
            "quiz": [attempt.assignment.quiz.uuid],
            "approval": [program.uuid, uuid4()],
            "examination": [program.uuid, program.examinations.get().uuid],
            "lesson_page": [offering.pk],
            "figure": [Figure.objects.order_by("pk").first().pk],  # type: ignore[union-attr]
            "retiring": ["lesson", offering.pk],
            "session": [visit.uuid],
            "visit": [enrollment.record.uuid, visit.uuid],
            "answer": [attempt.uuid, attempt.responses.first().question_version.question.uuid],  # type: ignore[union-attr]
            "shift": [Shift.objects.filter(placement__record=enrollment.record).first().uuid],  # type: ignore[union-attr]
            "code": [certificate.code],
            "application": [application.uuid],
            "case": [case_of(demo.school, people["manager"]).uuid],
            "roster": [roster_of(certificate, people["registrar"]).uuid],
            "graduate_list": [graduates_of(certificate, people["registrar"]).uuid],
            "hand_over": [asked_to_send(certificate).uuid],
            "organisation": ["state-board"],
            "member": ["state-board", people["manager"].uuid, "manager"],
            "member_invitation": [member_invitation.uuid],
            "school_slug": [demo.school.slug],
            "look": [demo.school.slug, look.number],
            "look_sample": [demo.school.slug, look.number, "badge.png"],
            "number": [demo.school.provider_numbers.first().uuid],  # type: ignore[union-attr]
            "achievement": [certificate.school.achievements.first().name],  # type: ignore[union-attr]
            "status_list": [certificate.school.status_lists.get().uuid],
            "consent": [certificate.code, consent.uuid],
            "check_list": [a_list(demo.school, people["registrar"], Asked(certificate.code))],
            "check": [ask_one(demo.school, people["registrar"], Asked(certificate.code)).uuid],
            "api_key": [a_key(demo.school, people["registrar"])[0].uuid],
            "batch": [together.uuid],
            "batch_table": [together.uuid, "csv"],
            "batch_row": [together.uuid, 1],
            "order": [order.uuid],
            "invitation": [token],
            "invitation_row": [invitation.uuid],
            "unknown_token": ["x" * 43],
            "link": [link.uuid],
            "form": [form.uuid],
            "scan": [scan.uuid],
            "proposal": [proposal.uuid],
            "receipt": [proposal.receipt.code],  # type: ignore[union-attr]
            "supervisor": [link.supervisor.uuid],
            "target": [targets_of(enrollment.learner)[0].uuid],
            "cohort": [enrollment.cohort.uuid],  # type: ignore[union-attr]
            "cohort_table": [enrollment.cohort.uuid, "csv"],  # type: ignore[union-attr]
            "question": [question.uuid],
            "thread": [question.thread.uuid],
            "published": [published.uuid],
            "announcement": [announcement.uuid],
            "next_rules": ["us-mm-300-sample@2"],
            "crosswalk": ["us-mm-300-sample", "us-ga-massage"],
            "log": [demo.school.slug],
            "log_size": [demo.school.slug, Checkpoint.objects.latest("size").size],
            "leaf": [demo.school.slug, log.entries.get(position=0).leaf_hash],
            "witness": [witness.uuid],
            "signer": [people["registrar"].signer_entries.get().uuid],
            "hold": [hold.uuid],
            "table_kind": ["csv"],
            "placement_table": [link.placement.uuid, "csv"],
            "clock": [clock.uuid],
            "placement": [link.placement.uuid],
            "goal": [goal.uuid],
            "register_paper": [kept.uuid],
            "site": [link.placement.site.uuid],
            "failed": [Remediation.objects.get().failed.uuid],
            "remediation": [Remediation.objects.get().uuid],
            "school": [demo.school.slug],
            "competency": [Competency.objects.get(code="SOAP").uuid],
            "evaluation_form": [EvaluationForm.objects.get(purpose="final").uuid],
            "evaluation": [EvaluationLink.objects.get().uuid],
            "practical": [Practical.objects.get().uuid],
            "practical_kind": [Practical.objects.get().kind.uuid],
            "site_assignment": [link.placement.site.assignments.first().uuid],  # type: ignore[union-attr]
        },
    )


def case_of(school: Organisation, by: User) -> Case:
    """What the board asks the school for; nothing was answered."""
    return open_case(
        uuid=uuid4(), organisation=Organisation.objects.get(slug="state-board"), school=school, number="2026-114",
        person="Daniela Reyes", ground="O.C.G.A. 43-24A-7", by=by,
    )  # fmt: skip


def graduates_of(certificate: Certificate, by: User) -> GraduateList:
    """A list for a board with one graduate, which nobody has sent."""
    made = GraduateList.objects.create(
        school=certificate.school, number=1, receiver="Board", ground="Law", from_on=certificate.issued_on,
        to_on=certificate.issued_on, sha256="0" * 64, made_by=by,
    )  # fmt: skip
    GraduateLine.objects.create(list=made, line=1, certificate=certificate)
    return made


def asked_to_send(certificate: Certificate) -> HandOver:
    """What the graduate asked her school to send."""
    return ask_hand_over(
        certificate=certificate, by=certificate.record.learner.user, recipient="State Board", way="post",  # type: ignore[arg-type]
        address="1 Main Street", purpose="license", until_on=certificate.today(),
        signed_name=certificate.holder_name, source_key="x",
    )  # fmt: skip


def roster_of(certificate: Certificate, by: User) -> Roster:
    """A file for CE Broker with one line, which nobody has sent."""
    roster = Roster.objects.create(
        school=certificate.school, number=1, profession="MA", body="x", sha256="0" * 64, made_by=by
    )
    RosterRow.objects.create(
        roster=roster, line=1, certificate=certificate, record=certificate.record, course_number="1",
        completed_on=certificate.issued_on,
    )  # fmt: skip
    return roster


def checking_organisation(people: dict[str, User]) -> tuple[Application, MemberInvitation]:
    """A board that checks, and who invites the stranger; what the stranger asks for herself waits."""
    board = ensure_organisation(kind="board", slug="state-board", name="State Board")
    grant_role(user=people["manager"], organisation=board, role="manager")
    application = apply_to_check(
        uuid=uuid4(), by=people["stranger"], sort="employer", name="Sam's Spa", website="https://spa.example",
        address="1 Main Street", position="Owner", purpose="Whom we employ.",
    )  # fmt: skip
    invitation = invite_member(organisation=board, address=people["stranger"].email, role="board", by=people["manager"])
    return application, invitation


def on_paper_and_proposed(link: SignOffLink, people: dict[str, User]) -> tuple[SignOffLink, PaperScan, SignOff]:
    """A form over what waits, its scan, and other times for one of the shifts by the mailed link, which was reminded."""
    form = print_form(link=link, by=people["student"])
    row = link.rows.select_related("shift").order_by("-pk")[0]
    shift = row.shift
    decide(
        link=link,
        decisions=[
            Decision(
                shift.uuid,
                "propose",
                proposal=rules.Proposal(shift.starts_at, shift.ends_at - timedelta(minutes=30), shift.break_minutes),
            )
        ],
        typed_name=link.supervisor.name,
        confirms_statement=False,
    )
    Message.objects.filter(key=f"signoff-link:{link.uuid}").update(sent_at=link.created_at)
    remind(now=link.created_at + timedelta(days=3))
    scan = upload_scan(
        uuid=uuid4(),
        form=form,
        answers={one.shift.uuid: ("sign", "") for one in form.rows.select_related("shift").exclude(shift=shift)},
        typed_name=link.supervisor.name,
        signed_on=timezone.localdate(timezone=ZoneInfo(link.placement.site.zone)),
        attachment=paper(),
        by=people["registrar"],
    )
    return form, scan, SignOff.objects.get(decision="propose")


def after_handing_in(attempt: Attempt) -> tuple[Attempt, Appeal, Mark]:
    """The student's attempt that waits for the mark of its essay, what she questions of another, and a mark; in the same
    bank.
    """
    given, user = attempt.assignment, attempt.assignment.record.learner.user
    assert given.quiz.bank
    assert user
    asked = [ensure_question(bank=given.quiz.bank, **spec) for spec in (SINGLE, ESSAY)]  # type: ignore[arg-type]
    found = []
    for code, questions in (("ESSAY", asked), ("CHOICE", asked[:1]), ("MARKED", asked)):
        quiz = ensure_quiz(school=given.record.school, code=code, title=code.title(), questions=questions)
        own = assign_quiz(record=given.record, quiz=quiz, module=given.module, module_version=given.module_version)
        found.append(own)
    waiting = hand_in_essay(found[0])
    handed_in = submit_attempt(attempt=start_attempt(assignment=found[1]).attempt)
    appeal = raise_appeal(response=response_to(handed_in, "creep"), words="Why is this not right?", by=user)
    essay = response_to(hand_in_essay(found[2]), "report")
    teacher = User.objects.get(email="registrar@riverbend.example")
    return waiting, appeal, mark_response(response=essay, points={"safe": 2, "reasons": 4}, by=teacher).mark


def outcome(answer: Any) -> str:
    """What an answer amounts to. The CMS leads who may not to its first page, or to the way in."""
    if answer.status_code in (301, 302, 303):
        if answer["Location"].split("?")[0] in ("/cms/", "/cms/login/") and answer.wsgi_request.user.is_authenticated:
            return "no"
        return "login" if "login/" in answer["Location"] else "ok"
    return {200: "ok", 206: "ok", 404: "gone", 410: "gone", 403: "no", 400: "bad", 405: "method"}.get(
        answer.status_code, str(answer.status_code)
    )


def expected(row: Row, who: str) -> set[str]:
    """What this person should get; `refused` is 403 or 404."""
    wanted = row.special.get(who) or ("ok" if who in row.ok else row.visitor if who == "visitor" else row.others)
    if wanted == "any":
        return {"ok", "gone", "no", "bad"}
    return {"no", "gone"} if wanted == "refused" else {wanted}


def test_every_row(world: World, settings) -> None:
    settings.S3_DIRECT_UPLOADS = True
    wrong: list[str] = []
    for who in PEOPLE:
        client = world.client(who)
        for row in TABLE:
            address = reverse(row.name, args=world.objects[row.args])
            if row.post:
                if who in row.ok and row.visitor != "ok":
                    continue  # what those who may do it cause is tested in the room
                answer = client.post(address)
            else:
                answer = client.get(address)
            got = outcome(answer)
            # A link that opens nothing answers 404 or 410 with a page that says what to do.
            if row.args == "unknown_token" and got == "gone":
                got = "ok"
            if got not in expected(row, who):
                wrong.append(
                    f"{who:<12} {'POST' if row.post else 'GET '} {row.name:<32} expected {expected(row, who)}, got {got}"
                )
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_api_call_for_every_role(world: World) -> None:
    wrong: list[str] = []
    for who in PEOPLE:
        client = world.client(who)
        for method, path, args, ok, others in CALLS:
            if who in ok and method != "get":
                continue  # what those who may do it cause is tested in the room
            address = re.sub(r"\{\w+\}", "{}", path).format(*world.objects[args])
            body = (
                {}
                if method == "get"
                else {"data": '{"answer": null, "sequence": 1}', "content_type": "application/json"}
            )
            answer = getattr(client, method)(f"/api/v1{address}", **body)
            got = {401: "unauthenticated", 422: "unreadable"}.get(answer.status_code, outcome(answer))
            public = others == "unreadable" or "visitor" in ok
            wanted = "ok" if who in ok else "unauthenticated" if who == "visitor" and not public else others
            if got != wanted:
                wrong.append(f"{who:<12} {method} {path:<40} expected {wanted}, got {got}")
            if answer.status_code >= 400 and not answer["Content-Type"].startswith("application/problem+json"):
                wrong.append(f"{who:<12} {method} {path:<40} is refused without a problem document")
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_api_call_stands_in_the_table() -> None:
    known = {
        (method, path.removeprefix("/api/v1"))
        for path, calls in api.get_openapi_schema()["paths"].items()
        for method in calls
    }
    listed = {(method, path) for method, path, *_rest in CALLS}
    assert {(m, re.sub(r"\{\w+\}", "{}", p)) for m, p in known} == {(m, re.sub(r"\{\w+\}", "{}", p)) for m, p in listed}


def _hangs_in_the_cms(pattern: Any) -> bool:
    return isinstance(pattern, URLPattern) and bool(pattern.name) and pattern.name.startswith(("cms_", "catalog_"))


def names(patterns: list[Any], namespace: str = "") -> set[str]:
    """The names of all addresses of ours, those that hang in the CMS included."""
    found: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace or namespace
            if inner in FOREIGN_NAMESPACES:
                continue
            module = getattr(pattern.urlconf_module, "__name__", "")
            if module == "wagtail.admin.urls":
                found |= {each.name for each in pattern.url_patterns if _hangs_in_the_cms(each)}
            if module.startswith(("wagtail", "allauth")):
                continue
            found |= names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.add(f"{namespace}:{pattern.name}" if namespace else pattern.name)
    return found


def test_every_address_stands_in_the_table() -> None:
    listed = {row.name for row in TABLE}
    known = names(get_resolver().url_patterns) - {"public_media"}
    assert known - listed == set(), "addresses without a row"
    assert listed - known == set(), "rows without an address"
