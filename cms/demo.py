"""Loads the demo school through the rooms' services, never by writing their rows; safe to repeat.

Everything is placed relative to today, so that the school looks alive whenever it is loaded. Mails that the loading
causes are not sent: its addresses belong to nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale

from accounts.models import Organisation, User
from accounts.services import ensure_organisation, ensure_user, grant_role, record_licence
from certification.certificates.models import Certificate, DocumentLook, LetterRequest
from certification.certificates.selectors import certificate_of
from certification.certificates.services import (
    adopt_look,
    ask_for_letter,
    draft_look,
    enter_signer,
    issue_certificate,
    kept_file,
    make_documents,
    propose_certificate,
    record_provider_number,
)
from certification.externships.models import CheckOff, CompetencyVersion, Placement, Supervisor
from certification.externships.selectors import rows_of
from certification.externships.services import (
    Decision,
    Rating,
    SiteDetails,
    add_goal,
    ask_evaluation,
    assign_supervisor,
    decide,
    open_placement,
    plan_practical,
    plan_remediation,
    rate,
    register_site,
    register_supervisor,
    request_placement,
    save_practical_kind,
    save_shift,
    send_shifts,
    take_over_library,
    verify_supervisor,
)
from certification.quizzes.models import Attempt, QuizAssignment
from certification.quizzes.services import save_answers, start_attempt, submit_attempt
from certification.records.models import TrainingRecord
from certification.records.selectors import crosswalk_between
from certification.records.services import HourPart, HourRequest, choose_target, post_batch, set_crosswalk
from certification.requirements.models import RuleSet
from certification.requirements.rules import Crossing
from certification.requirements.services import import_pack, import_packs
from certification.verification.services import share_certificate
from commerce.services import set_price
from courses.catalog.cleaning import clean_svg
from courses.catalog.models import Lesson, LessonPage, Program, ProgramPage
from courses.catalog.services import (
    ensure_document,
    ensure_figure,
    ensure_image,
    ensure_media,
    ensure_profile,
    ensure_term,
    join_team,
    load_lesson_page,
    load_module_page,
    load_program,
    load_program_page,
    load_translation,
    refresh_media_use,
    sync_cms_groups,
)
from courses.enrollments.models import Enrollment
from courses.enrollments.selectors import next_groups
from courses.enrollments.services import enroll, ensure_cohort
from courses.study.services import (
    announce,
    answer,
    ask,
    close_session,
    open_session,
    publish_answer,
    suspend_enrollment,
)
from notices.services import keep_unsent

from .demo_quizzes import load_quizzes, open_banks
from .services import ensure_brand, ensure_site

CONTENT = Path(__file__).parent / "demo_content"
PASSWORD = "riverbend-demo"  # noqa: S105 - published; refused in production
BLOCK = 120  # minutes of one class meeting
# Local starts of the four meetings of a class day.
MEETINGS = (time(9, 0), time(11, 15), time(14, 0), time(16, 15))


@dataclass(frozen=True)
class Demo:
    """What the command prints."""

    school: Organisation
    people: dict[str, User]
    certificate: Certificate
    share_url: str


def read(name: str) -> Any:
    """One content file."""
    return yaml.safe_load((CONTENT / name).read_text())


def load() -> Demo:
    """Load the demo school, or find it as it is. Atomic: stopped half-way, nothing is there."""
    started = timezone.now()
    with transaction.atomic():
        demo = _load()
        keep_unsent(since=started)
    return demo


def _load() -> Demo:
    school = ensure_organisation(
        kind="school",
        slug="riverbend",
        name="Riverbend School of Medical Massage",
        address="14 River Street, Savannah, Georgia",
        zone="America/New_York",
        licence_number="",
    )
    people = _people(school)
    import_packs()
    rule_set = import_pack(label="us-mm-300-sample@1")
    content = read("program.yaml")
    quizzes = load_quizzes(school)
    program = load_program(_with_quizzes(content), school, rule_set, quizzes)
    set_price(program=program, **content["price"])
    _crosswalks(school, people["registrar"], rule_set)
    _library(school)
    take_over_library(school=school)
    _site(school, program, content)
    open_banks(program)
    join_team(program=program, user=people["instructor"])
    _instructor(school, people, content["instructor"])
    for user in people.values():
        sync_cms_groups(user)
    _translations(school, people)
    today = timezone.localdate(timezone=ZoneInfo(school.zone))
    supervisor = _supervisor(school, people, today)
    # The second registrar teaches too, so that an examination has its two examiners.
    grant_role(user=people["second-registrar"], organisation=school, role="instructor")
    _signers(school, people, today)
    _look(school, people["admin"])
    _student(program, people, supervisor, today)
    _group(program, people, today)
    _next_groups(program, today)
    _complete(program, "candidate", people, supervisor, today)
    certificate = _graduate(program, people, supervisor, today)
    _continuing(school, people, certificate)
    _consent, token = share_certificate(
        certificate=certificate,
        by=people["graduate"],
        scope="transcript",
        purpose="to show what a link opens",
        until_on=certificate.issued_at.date() + timedelta(days=365),
        signed_name=certificate.holder_name,
        source_key="demo",
    )
    return Demo(school, people, certificate, f"{settings.BASE_URL}/verify/{certificate.code}?t={token}")


# ---- people and library ----


def _people(school: Organisation) -> dict[str, User]:
    college = ensure_organisation(kind="verifier", slug="tidewater", name="Tidewater College of Health Careers")
    clinic = ensure_organisation(
        kind="site",
        slug="harborview",
        name="Harborview Rehabilitation",
        address="200 Bay Street, Savannah, Georgia",
        zone=school.zone,
    )
    roles = {
        "instructor": (school, "instructor"),
        "registrar": (school, "registrar"),
        "second-registrar": (school, "registrar"),
        "admin": (school, "admin"),
        "supervisor": (clinic, "supervisor"),
        "verifier": (college, "manager"),
    }
    people: dict[str, User] = {}
    for person in read("people.yaml"):
        slug = person["email"].split("@")[0]
        user = ensure_user(
            email=person["email"],
            legal_name=person["legal_name"],
            preferred_name=person.get("preferred_name", ""),
            password=PASSWORD,
            superuser=slug == "admin",
        )
        if slug in roles:
            grant_role(user=user, organisation=roles[slug][0], role=roles[slug][1])
        people[slug] = user
    return people


def _with_quizzes(content: dict[str, Any]) -> dict[str, Any]:
    modules = [
        {
            **module,
            "state": module["status"],
            "quiz": f"QZ-{module['code']}" if (CONTENT / f"quizzes/{module['code']}.yaml").exists() else "",
        }
        for module in content["modules"]
    ]
    page = {
        "slug": content["slug"],
        "lede": content["lede"],
        "faq": [{"question": item["q"], "answer": item["a"]} for item in content["faq"]],
        **{
            key: content[key]
            for key in ("audience", "outcomes", "entry_conditions", "certificate_is", "certificate_is_not")
        },
    }
    return {**content, "modules": modules, "page": page}


def _library(school: Organisation) -> None:
    for file in sorted((CONTENT / "figures").glob("*.yaml")):
        about = read(f"figures/{file.name}")
        ensure_figure(
            school=school,
            code=about["code"],
            title=about["title"],
            caption=about["caption"],
            description=about["description"],
            legend=[item["label"] for item in sorted(about["legend"], key=lambda item: item["n"])],
            drawing=file.with_name(f"{about.get('drawing', file.stem)}.svg").read_text(),
        )
    for about in read("glossary.yaml"):
        ensure_term(school=school, **about)
    media = CONTENT / "media"
    for file in sorted(media.glob("*.yaml")):
        about = read(f"media/{file.name}")
        ensure_media(
            school=school,
            code=about["code"],
            title=about["title"],
            kind=about["kind"],
            file=media / about["file"],
            captions=media / about["captions"],
            chapters=media / about["chapters"] if about.get("chapters") else None,
            poster=media / about["poster"] if about.get("poster") else None,
            transcript=about["transcript"],
            duration=about["duration_seconds"],
            language=about.get("language", "en"),
        )
    for about in read("documents/documents.yaml"):
        ensure_document(school=school, title=about["title"], file=CONTENT / "documents" / about["file"])


def _crosswalks(school: Organisation, registrar: User, rule_set: RuleSet) -> None:
    for crosswalk in read("crosswalks.yaml"):
        if crosswalk_between(school, rule_set.identifier, crosswalk["target"]) is None:
            set_crosswalk(
                school=school,
                source=rule_set.identifier,
                target=crosswalk["target"],
                crossings=[
                    Crossing(line["category"], line["to"], line.get("course", ""), tuple(line.get("tags", ())))
                    for line in crosswalk["crossings"]
                ],
                by=registrar,
            )


# ---- the site ----


def _site(school: Organisation, program: Program, about: dict[str, Any]) -> None:
    pages = read("pages.yaml")
    for picture in pages["images"]:
        ensure_image(school=school, **{**picture, "file": CONTENT / "images" / picture["file"]})
    _home, index = ensure_site(
        school=school,
        home=pages["home"],
        pages=pages["standard"],
        programs=pages["programs"],
        articles=pages["articles"],
        policies=pages["policies"],
    )
    ensure_brand(school=school, **pages["brand"])
    program_page: ProgramPage = load_program_page(program, _with_quizzes(about), index)
    for module in program.modules.all():
        load_module_page(module, program_page)
    for lesson in Lesson.objects.filter(module__program=program):
        page = load_lesson_page(lesson, read(f"lessons/{lesson.code}.yaml"), program_page)
        refresh_media_use(page)


def _translations(school: Organisation, people: dict[str, User]) -> None:
    """What the instructor wrote in another language and the registrar published, as the CMS would have it."""
    for file in sorted((CONTENT / "translations").glob("*/*.yaml")):
        content = yaml.safe_load(file.read_text())
        locale = Locale.objects.get_or_create(language_code=file.parent.name)[0]
        original = LessonPage.objects.get(
            lesson__code=content["lesson"], lesson__module__program__school=school, follows=None, alias_of=None
        )
        load_translation(
            page=original, locale=locale, content=content, by=people["instructor"], approver=people["registrar"]
        )


def _instructor(school: Organisation, people: dict[str, User], about: dict[str, Any]) -> None:
    """The instructor as the public sees her, with a license that the registrar has checked."""
    today = timezone.localdate(timezone=ZoneInfo(school.zone))
    record_licence(
        user=people["instructor"],
        valid_from=today - timedelta(days=500),
        valid_to=today + timedelta(days=230),
        verified_by=people["registrar"],
        verified_at=timezone.now() - timedelta(days=24),
        **about["licence"],
    )
    ensure_profile(
        school=school,
        user=people["instructor"],
        name=people["instructor"].legal_name,
        agreed_on=today - timedelta(days=30),
        is_public=True,
        **about["profile"],
    )


# ---- hours ----


def _instant(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _class_days(first: date, last: date) -> Iterator[date]:
    """Saturdays and Sundays."""
    day = first
    while day <= last:
        if day.weekday() >= 5:
            yield day
        day += timedelta(days=1)


def _post_classes(record: TrainingRecord, program: Program, teacher: User, first: date, minutes: int) -> None:
    """Post class meetings at weekends from `first`, subject after subject, each up to its planned minutes."""
    wanted: list[tuple[str, str, str, int]] = []
    for module in program.modules.all():
        left = module.minutes
        while left > 0:
            wanted.append((module.category, module.course, module.title, min(left, BLOCK)))
            left -= BLOCK
    # Subjects take turns, as they do in a real timetable.
    by_module: dict[str, list[tuple[str, str, str, int]]] = {}
    for item in wanted:
        by_module.setdefault(item[1], []).append(item)
    turns = [
        item
        for place in range(max(map(len, by_module.values())))
        for queue in by_module.values()
        for item in queue[place : place + 1]
    ]
    zone = ZoneInfo(record.zone)
    now = timezone.now()
    posted = 0
    requests: list[HourRequest] = []
    meetings = ((day, clock) for day in _class_days(first, now.astimezone(zone).date()) for clock in MEETINGS)
    for (category, course, title, length), (day, clock) in zip(turns, meetings, strict=False):
        length = min(length, minutes - posted)
        begin = _instant(day, clock, record.zone)
        if length <= 0 or begin + timedelta(minutes=length) > now:
            break
        part = HourPart(
            category=category,
            minutes=length,
            source="class",
            delivery="in_person",
            evidence="co_signed",
            title=f"Class: {title}",
            spans=((begin, begin + timedelta(minutes=length)),),
            course=course,
            place="Riverbend School, Savannah",
            signer=f"user:{teacher.uuid}",
            signer_name=teacher.legal_name,
        )
        requests.append(HourRequest(record, f"class:{day.isoformat()}T{clock:%H%M}", [part]))
        posted += length
    post_batch(requests=requests, recorded_by=teacher)


def _supervisor(school: Organisation, people: dict[str, User], today: date) -> Supervisor:
    supervisor = register_supervisor(
        school=school,
        name=people["supervisor"].preferred_name,
        email=people["supervisor"].email,
        licence_number="PT-004417",
        licence_state="GA",
        profession="Physical therapist",
        valid_from=today - timedelta(days=700),
        valid_to=today + timedelta(days=500),
        phone="(912) 555-0143",
        user=people["supervisor"],
    )
    return verify_supervisor(
        supervisor=supervisor, by=people["registrar"], source="The state board’s page, by name and number"
    )


def _placement(record: TrainingRecord, supervisor: Supervisor, by: User, starts_on: date, ends_on: date) -> Placement:
    site = register_site(
        school=record.school,
        slug="harborview",
        name="Harborview Rehabilitation",
        approved_on=starts_on - timedelta(days=400),
        approval_ends_on=None,
        agreement_starts_on=starts_on - timedelta(days=400),
        agreement_ends_on=ends_on + timedelta(days=400),
        details=SiteDetails(
            capacity=4,
            insurance_starts_on=starts_on - timedelta(days=400),
            insurance_ends_on=ends_on + timedelta(days=400),
            policy_number="HR-2207-114",
        ),
    )
    assign_supervisor(supervisor=supervisor, site=site, from_on=site.approved_on)
    return open_placement(
        record=record, site=site, starts_on=starts_on, ends_on=ends_on, required_minutes=4200, approved_by=by
    )


WORDS = {
    "client_session": "Neck and shoulder sessions. Range of motion measured before and after, pain asked for each time.",
    "intake_notes": "Took histories, screened for red flags, wrote SOAP notes that the supervisor read.",
}


ASKED: dict[str, Any] = {
    "regions": ["neck", "shoulder"],
    "complaint": "restricted_motion",
    "screen": "clear",
    "measures": [
        {"what": "pain", "where": "neck", "before": "6", "after": "3"},
        {"what": "motion", "where": "neck_rotation", "side": "left", "before": "48", "after": "62"},
        {"what": "strength", "where": "shoulder_abduction", "side": "left", "before": "4-", "after": "4"},
    ],
}


def _shift(placement: Placement, supervisor: Supervisor, day: date, kind: str) -> None:
    begin = _instant(day, time(9, 0), placement.record.zone)
    save_shift(
        placement=placement,
        supervisor=supervisor,
        kind=kind,
        starts_at=begin,
        ends_at=begin + timedelta(minutes=330),
        break_minutes=30,
        techniques=["mfr", "nmt"] if kind == "client_session" else [],
        **(ASKED if kind == "client_session" else {}),
        statement=WORDS[kind],
    )


def _sign_all(placement: Placement, supervisor: Supervisor, *, minutes_ago: int) -> None:
    """Sent and, an hour later, signed: she reads before she signs, and one learner's after another's."""
    signed_at = timezone.now() - timedelta(minutes=minutes_ago)
    for link in send_shifts(placement=placement, now=signed_at - timedelta(hours=1)):
        decide(
            link=link,
            decisions=[Decision(row.shift.uuid, "sign", digest=row.digest) for row in rows_of(link)],
            typed_name=supervisor.name,
            confirms_statement=True,
            now=signed_at,
        )


def _weekdays(first: date, weekday: int, count: int) -> list[date]:
    """`count` days, a week apart, on `weekday` (Monday is 0), from `first` on."""
    begin = first + timedelta(days=(weekday - first.weekday()) % 7)
    return [begin + timedelta(weeks=week) for week in range(count)]


def _pass_quiz(enrollment: Enrollment, quiz_code: str) -> None:
    assignment = QuizAssignment.objects.get(record=enrollment.record, quiz__code=quiz_code)
    if Attempt.objects.filter(assignment=assignment, passed=True).exists():
        return
    attempt = start_attempt(assignment=assignment).attempt
    answers = []
    for response in attempt.responses.select_related("question_version"):
        right = [choice["key"] for choice in response.question_version.choices if choice["correct"]]
        answers.append((response, right[0] if response.question_version.kind == "single" else right))
    save_answers(changes=answers)
    submit_attempt(attempt=attempt)


def _student(program: Program, people: dict[str, User], supervisor: Supervisor, today: date) -> None:
    """Halfway: classes and three signed shifts, one quiz passed, three shifts that wait for the supervisor."""
    if Enrollment.objects.filter(source_key="desk:demo-student").exists():
        return
    began = today - timedelta(weeks=14)
    ends = began + timedelta(weeks=40)
    cohort = ensure_cohort(program=program, name=f"Autumn {began.year}", starts_on=began, ends_on=ends)
    enrollment = enroll(
        user=people["student"], program=program, source_key="desk:demo-student", cohort=cohort, enrolled_on=began
    )
    for identifier in ("us-ga-massage", "ncbtmb-500"):
        choose_target(learner=enrollment.learner, identifier=identifier)
    _post_classes(enrollment.record, program, people["instructor"], began + timedelta(days=2), 8100)
    _pass_quiz(enrollment, "QZ-NMT")
    _check_off(enrollment.record, people["instructor"], began + timedelta(weeks=5))
    placement = _placement(
        enrollment.record, supervisor, people["registrar"], began + timedelta(weeks=6), today + timedelta(weeks=20)
    )
    for day in _weekdays(began + timedelta(weeks=7), 2, 3):
        _shift(placement, supervisor, day, "client_session")
    _sign_all(placement, supervisor, minutes_ago=90)
    for day in _weekdays(began + timedelta(weeks=10), 2, 3):
        _shift(placement, supervisor, day, "client_session")
    send_shifts(placement=placement)
    _wishes(placement, people["student"], today)
    _after_the_sessions(placement, supervisor, people, today)


GOALS = ("Drape for each region without being reminded", "Measure the shoulder’s range of motion on both sides")


def _wishes(placement: Placement, student: User, today: date) -> None:
    """What she wants to learn, and a second site for which she asks."""
    for goal in GOALS:
        add_goal(placement=placement, words=goal, by=student)
    sports = register_site(
        school=placement.record.school,
        slug="tideline",
        name="Tideline Sports Recovery",
        approved_on=today - timedelta(days=200),
        agreement_starts_on=today - timedelta(days=200),
        agreement_ends_on=today + timedelta(days=700),
        address="40 Marsh Road\nSavannah, GA 31406",
        details=SiteDetails(kind="sports", capacity=2),
    )
    request_placement(
        record=placement.record,
        site=sports,
        starts_on=placement.ends_on + timedelta(days=7),
        ends_on=placement.ends_on + timedelta(days=90),
        words="I want to work with runners. Tuesdays and Saturdays are free.",
        by=student,
    )


BEFORE_CLIENTS = {
    "INTAKE": "2",
    "RED-FLAGS": "pass",
    "DRAPING": "pass",
    "INFECTION-CONTROL": "pass",
    "BODY-MECHANICS": "2",
    "BOUNDARIES": "pass",
}


def _check_off(record: TrainingRecord, by: User, day: date, values: dict[str, str] | None = None) -> None:
    """What an instructor saw of a learner on a day; without `values` what must be passed before the first client."""
    wanted = values or BEFORE_CLIENTS
    in_use = CompetencyVersion.objects.filter(competency__school=record.school, state="in_use")
    uuids = dict(in_use.values_list("competency__code", "uuid"))
    rate(
        record=record,
        ratings=[Rating(uuids[code], value) for code, value in wanted.items()],
        by=by,
        now=_instant(day, time(15, 0), record.zone),
    )


def _after_the_sessions(placement: Placement, supervisor: Supervisor, people: dict[str, User], today: date) -> None:
    """A technique passed after three sessions, a note not yet and a plan for it, a midterm asked for, an examination."""
    record = placement.record
    _check_off(record, people["instructor"], today - timedelta(days=6), {"TECH-MFR": "2", "SOAP": "1"})
    plan_remediation(
        failed=CheckOff.objects.get(record=record, outcome="failed"),
        minutes=90,
        instructor=people["instructor"],
        due_on=today + timedelta(days=8),
        words="Two notes from recorded sessions: what is said, what is found, measures with side and unit.",
        by=people["instructor"],
    )
    ask_evaluation(placement=placement, supervisor=supervisor, purpose="midterm", by=people["student"])
    kind = save_practical_kind(
        school=record.school,
        code="FINAL",
        title="Final practical examination",
        pass_percent=75,
        fact="practical_examination",
        by=people["registrar"],
    )
    plan_practical(
        kind=kind,
        record=record,
        on_day=today,
        place="Lab 2",
        examiners=(people["instructor"], people["second-registrar"]),
        by=people["registrar"],
    )


def _next_groups(program: Program, today: date) -> None:
    """Two groups that the public may join: one in about six weeks, one four months later."""
    if next_groups(program, on=today):
        return
    for weeks in (6, 23):
        starts = today + timedelta(weeks=weeks)
        starts -= timedelta(days=starts.weekday())
        name = f"{starts:%B %Y}"
        ensure_cohort(
            program=program, name=name, starts_on=starts, ends_on=starts + timedelta(weeks=40), is_public=True
        )


def _group(program: Program, people: dict[str, User], today: date) -> None:
    """Who goes through it with the student, what they ask their instructor, and what she tells them."""
    about = read("group.yaml")
    teacher = people["instructor"]
    cohort = Enrollment.objects.select_related("cohort__program").get(source_key="desk:demo-student").cohort
    assert cohort
    for one in about["learners"]:
        source_key = f"desk:demo-{one['email'].partition('@')[0]}"
        if Enrollment.objects.filter(source_key=source_key).exists():
            continue
        user = ensure_user(email=one["email"], legal_name=one["legal_name"], password=PASSWORD)
        began = max(today - timedelta(weeks=one["weeks"]), cohort.starts_on)
        enrollment = enroll(user=user, program=program, source_key=source_key, cohort=cohort, enrolled_on=began)
        _post_classes(enrollment.record, program, teacher, began + timedelta(days=2), one["classes"])
        for code, position in one["opened"].items():
            lesson = Lesson.objects.get(code=code, module__program=program)
            visit = open_session(enrollment=enrollment, lesson=lesson).session
            close_session(session=visit, position=position)
        for code in one.get("passed", []):
            _pass_quiz(enrollment, code)
        for code, times in one.get("failed", {}).items():
            _fail_quiz(enrollment, code, times)
        for code, skill in one.get("answered", {}).items():
            _answer_quiz(enrollment, code, skill)
        if one.get("paused"):
            suspend_enrollment(enrollment=enrollment)
    _talk(program, teacher, about["questions"])
    announce(uuid=_key("announcement"), cohort=cohort, by=teacher, **about["announcement"])


def _key(name: str) -> UUID:
    """The same for each loading, so that nothing is said twice."""
    return uuid5(NAMESPACE_URL, f"palmar:demo:{name}")


def _talk(program: Program, teacher: User, questions: list[dict[str, Any]]) -> None:
    for number, one in enumerate(questions):
        enrollment = Enrollment.objects.get(learner__user__email=one["from"], program=program)
        message = ask(
            uuid=_key(f"question-{number}"),
            enrollment=enrollment,
            lesson=Lesson.objects.get(code=one["lesson"], module__program=program),
            text=one["text"],
            by=User.objects.get(email=one["from"]),
        )
        if "answer" in one:
            answer(uuid=_key(f"answer-{number}"), thread=message.thread, text=one["answer"], by=teacher)
        if "published" in one:
            publish_answer(uuid=_key(f"published-{number}"), thread=message.thread, by=teacher, **one["published"])


def _fail_quiz(enrollment: Enrollment, quiz_code: str, times: int) -> None:
    """Hand a quiz in so many times with most answers wrong, each time a little better: the same for each loading."""
    assignment = QuizAssignment.objects.get(record=enrollment.record, quiz__code=quiz_code)
    for nth in range(assignment.attempts.count(), times):
        attempt = start_attempt(assignment=assignment).attempt
        asked = attempt.responses.filter(question_version__kind="single").select_related("question_version")
        answers = []
        # By code: the order in which she meets the questions is another for each attempt.
        for place, response in enumerate(asked.order_by("question_version__question__code")):
            # Every third one is right, then every second one, so that the score is no plain zero.
            keys = [
                one["key"] for one in response.question_version.choices if one["correct"] is (place % (3 - nth) == 0)
            ]
            answers.append((response, keys[0]))
        save_answers(changes=answers)
        submit_attempt(attempt=attempt)


def _answer_quiz(enrollment: Enrollment, quiz_code: str, skill: int) -> None:
    """Hand a quiz in once, right with about `skill` chances of 100: the same for each loading, another for each learner.

    Questions differ in how hard they are, and of the wrong choices one draws more than the others.
    """
    assignment = QuizAssignment.objects.get(record=enrollment.record, quiz__code=quiz_code)
    attempt = start_attempt(assignment=assignment).attempt
    answers = []
    for response in attempt.responses.select_related("question_version__question"):
        version = response.question_version
        right = [one["key"] for one in version.choices if one["correct"]]
        wrong = [one["key"] for one in version.choices if not one["correct"]]
        ease = _chance(version.question.code) // 3 - 16
        draw = _chance(enrollment.source_key, version.question.code)
        if draw < skill + ease:
            given = right
        elif version.kind == "single":
            given = [wrong[0] if draw % 2 else wrong[draw % len(wrong)]]
        else:
            given = right[1:] or wrong[:1]
        answers.append((response, given[0] if version.kind == "single" else given))
    save_answers(changes=answers)
    submit_attempt(attempt=attempt)


def _chance(*words: str) -> int:
    """A number from 0 to 99 that these words always give."""
    return int(sha256("/".join(words).encode()).hexdigest(), 16) % 100


def _complete(
    program: Program, slug: str, people: dict[str, User], supervisor: Supervisor, today: date
) -> TrainingRecord:
    """All 300 hours and all quizzes."""
    began = today - timedelta(weeks=44)
    source_key = f"desk:demo-{slug}"
    found = Enrollment.objects.filter(source_key=source_key).select_related("record").first()
    if found is not None:
        return found.record
    enrollment = enroll(
        user=people[slug],
        program=program,
        source_key=source_key,
        cohort=ensure_cohort(program=program, name=f"Winter {began.year}", starts_on=began),
        enrolled_on=began,
    )
    record = enrollment.record
    _post_classes(record, program, people["instructor"], began + timedelta(days=2), 13_800)
    for code in ("QZ-MFR", "QZ-NMT", "QZ-MLD"):
        _pass_quiz(enrollment, code)
    _check_off(record, people["instructor"], began + timedelta(weeks=11))
    placement = _placement(
        record, supervisor, people["registrar"], began + timedelta(weeks=12), began + timedelta(weeks=40)
    )
    # Wednesdays for one, Thursdays for the other: a supervisor is in one place at a time.
    weekday = 2 if slug == "graduate" else 3
    for place, day in enumerate(_weekdays(began + timedelta(weeks=13), weekday, 14)):
        _shift(placement, supervisor, day, "client_session" if place < 10 else "intake_notes")
    _sign_all(placement, supervisor, minutes_ago=60 if slug == "graduate" else 30)
    return record


def _signers(school: Organisation, people: dict[str, User], today: date) -> None:
    """Who signs certificates, on the school's register."""
    titles = {"registrar": "Registrar", "second-registrar": "Registrar", "admin": "School director"}
    for slug, title in titles.items():
        if not people[slug].signer_entries.filter(school=school).exists():
            enter_signer(
                school=school,
                user=people[slug],
                name=people[slug].legal_name,
                title=title,
                from_on=today - timedelta(days=400),
                by=people["admin"],
            )


def _look(school: Organisation, admin: User) -> None:
    """How the school's documents look, with its mark; before the first one is issued. A look that is there stays."""
    if DocumentLook.objects.filter(school=school).exists():
        return
    mark = clean_svg((CONTENT / "images/riverbend-mark.svg").read_text(), prefix="look-").encode()
    look = draft_look(
        school=school,
        by=admin,
        accent="#14545c",
        ground="#fcf9f3",
        paper="us-letter",
        seal="drawn",
        logo=kept_file(school=school, data=mark),
    )
    adopt_look(look=look, by=admin)


def _graduate(program: Program, people: dict[str, User], supervisor: Supervisor, today: date) -> Certificate:
    """Everything there, then two registrars."""
    record = _complete(program, "graduate", people, supervisor, today)
    issued = certificate_of(record)
    if issued is None:
        proposal = propose_certificate(record=record, by=people["registrar"])
        issued = issue_certificate(proposal=proposal, by=people["second-registrar"])
    make_documents(certificate=issued)  # what the task queue does; the files are there when the school opens
    return issued


def _continuing(school: Organisation, people: dict[str, User], certificate: Certificate) -> None:
    """The numbers under which regulators know the school as a provider, and a letter that the student asked for."""
    # From the year before: a course of last December has its number too.
    since = date(certificate.issued_on.year - 1, 1, 1)
    for regulator, number in (("ncbtmb", "000000-00"), ("florida", "50-00000")):
        record_provider_number(
            school=school,
            by=people["registrar"],
            regulator=regulator,
            number=number,
            valid_from=since,
            valid_to=since.replace(year=since.year + 3),
        )
    student = Enrollment.objects.select_related("record").get(learner__user=people["student"])
    if not LetterRequest.objects.filter(record=student.record).exists():
        ask_for_letter(record=student.record, by=people["student"])
