"""Reads what a learner's record holds against the gates of lessons, and what she lacks to finish one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certification.quizzes.selectors import best_hundredths
from certification.records.selectors import balances_of, milestone_codes, newest_grade, today_of
from certification.requirements.selectors import spec_for
from courses.catalog.models import IN_ORDER, Lesson, LessonPage, Module, Program
from courses.catalog.rules import Done, Exemption, Gate, Lack, Release, Standing, Wait, lacks, waits
from courses.enrollments.models import Enrollment, LessonException

from ..models import LessonProgress, SelfCheckAnswer


def standing_of(enrollment: Enrollment, releases: Iterable[Release]) -> Standing:
    """What the record holds today, in its own zone, as far as these releases ask for it.

    No query for days; one for milestones, one for lessons of modules, one or two for minutes.
    """
    releases = list(releases)
    kinds = {gate.kind for release in releases for gate in release.gates}
    is_in_line = any(release.in_line for release in releases)
    return Standing(
        today=today_of(enrollment.record),
        started_on=enrollment.record.program_start_on or enrollment.record.enrolled_on,
        milestones=milestone_codes(enrollment.record) if is_in_line or kinds - {"minutes"} else frozenset(),
        minutes=_minutes(enrollment) if "minutes" in kinds else None,
        lessons=_lessons(enrollment) if is_in_line or "module" in kinds else None,
    )


def _lessons(enrollment: Enrollment) -> dict[str, list[str]]:
    """The codes of the published lessons of each module, in the program's order."""
    live = LessonPage.objects.filter(lesson=OuterRef("pk"), live=True, alias_of=None)
    lessons: dict[str, list[str]] = {}
    rows = Lesson.objects.filter(Exists(live), module__program=enrollment.program_id, retired_at=None)
    taught = rows.exclude(module__state=Module.State.RETIRED).order_by(*IN_ORDER)
    for module, code in taught.values_list("module__code", "code"):
        lessons.setdefault(module, []).append(code)
    return lessons


def _minutes(enrollment: Enrollment) -> dict[str, int]:
    """Attended minutes by category with those below it."""
    own = balances_of([enrollment.record_id]).get(enrollment.record_id, {})
    minutes = {"": sum(own.values())}
    for node in (each for top in spec_for(enrollment.program.rule_set).categories for each in top.walk()):
        minutes[node.code] = sum(own.get(below.code, 0) for below in node.walk())
    return minutes


def exemption_of(enrollment: Enrollment, lesson: Lesson) -> Exemption | None:
    """What was decided for this learner about this lesson. One query."""
    row = LessonException.objects.filter(enrollment=enrollment, lesson=lesson, ended_at=None).first()
    return Exemption(row.opens_on, row.opens_now, frozenset(row.waives)) if row else None


def waits_of(enrollment: Enrollment, lesson: Lesson) -> tuple[Wait, ...]:
    """What a lesson waits for before this learner can open it; nothing once she has begun it.

    One query for a lesson without rules of release, at most six.
    """
    if lesson.release().always:
        return ()
    if LessonProgress.objects.filter(enrollment=enrollment, lesson=lesson).exists():
        return ()
    return waits(lesson.release(), standing_of(enrollment, [lesson.release()]), exemption_of(enrollment, lesson))


def lacks_of(
    enrollment: Enrollment, lesson: Lesson, progress: LessonProgress, page: LessonPage | None
) -> tuple[Lack, ...]:
    """What is missing to finish a lesson. At most five queries, none beside the exemption's without requirements."""
    wanted = lesson.requirement()
    exemption = exemption_of(enrollment, lesson)
    checks: list[str] = []
    answered = 0
    if wanted.self_checks and page is not None:
        checks = [child.id for child in page.body if child.block_type == "self_check"]
        answers = SelfCheckAnswer.objects.filter(enrollment=enrollment, lesson=lesson, block__in=checks)
        if lesson.redo_since:
            answers = answers.filter(answered_at__gte=lesson.redo_since)
        answered = answers.count()
    done = Done(
        minutes=progress.seat_minutes,
        self_checks=answered,
        self_checks_of=len(checks),
        quiz_hundredths=_quiz_hundredths(enrollment, lesson, wanted.quiz_percent) if wanted.quiz_percent else None,
        marked=wanted.mark and f"mark:{lesson.code}" in milestone_codes(enrollment.record),
    )
    return lacks(wanted, done, exemption)


def _quiz_hundredths(enrollment: Enrollment, lesson: Lesson, percent: int) -> int:
    """Her grade in the lesson's module or, where that is too low, her best marked attempt at its quiz.

    A score that was raised by a regrade, or made before quizzes counted as grades, stands in no CourseResult.
    """
    grade = newest_grade(enrollment.record, lesson.module.course) or 0
    if grade >= percent * 100:
        return grade
    return max(grade, best_hundredths(enrollment.record, lesson.module.code) or 0)


@dataclass(frozen=True, slots=True)
class Names:
    """What gates name, in words: lessons and modules by code, categories by code."""

    lessons: dict[str, str]
    modules: dict[str, str]
    categories: dict[str, str]


def names_in(program: Program) -> Names:
    """The names of a program's lessons, modules and categories. Two queries."""
    spec = spec_for(program.rule_set)
    return Names(
        dict(Lesson.objects.filter(module__program=program).values_list("code", "title")),
        dict(program.modules.values_list("code", "title")),
        {node.code: node.title for top in spec.categories for node in top.walk()},
    )


def wait_words(waiting: Iterable[Wait], names: Names) -> list[str]:
    """One sentence for each thing that a lesson waits for: what to do, or from when."""
    return [_wait_word(wait, names) for wait in waiting]


def opening_words(release: Release, names: Names) -> list[str]:
    """One sentence for each day and gate of a lesson, whoever asks; the order of the program is not told."""
    words = [_wait_word(Wait("day", on=release.on), names)] if release.on else []
    if release.after_days:
        days = release.after_days
        words.append(
            ngettext(
                "It opens %(days)d day after your first day.", "It opens %(days)d days after your first day.", days
            )
            % {"days": days}
        )
    for gate in release.gates:
        if gate.kind == "module":
            title = names.modules.get(gate.code, gate.code)
            words.append(_("Finish the part “%(title)s” first.") % {"title": title})
        elif gate.kind == "minutes":
            words.append(_minutes_word(gate, names))
        else:
            words.append(_wait_word(Wait("gate", gate=gate, left=1), names))
    return words


def _minutes_word(gate: Gate, names: Names) -> str:
    title = names.categories.get(gate.code, gate.code)
    if not gate.code:
        return ngettext(
            "%(minutes)d minute on your record opens it.", "%(minutes)d minutes on your record open it.", gate.minutes
        ) % {"minutes": gate.minutes}
    return ngettext(
        "%(minutes)d minute of “%(title)s” on your record opens it.",
        "%(minutes)d minutes of “%(title)s” on your record open it.",
        gate.minutes,
    ) % {"minutes": gate.minutes, "title": title}


def _wait_word(wait: Wait, names: Names) -> str:
    if wait.on is not None:
        return _("It opens on %(day)s.") % {"day": date_format(wait.on, "j F Y")}
    gate = wait.gate
    if gate is None:  # pragma: no cover - a wait has a day or a gate
        return ""
    if gate.kind == "lesson":
        return _("Finish the lesson “%(title)s” first.") % {"title": names.lessons.get(gate.code, gate.code)}
    if gate.kind == "module":
        title = names.modules.get(gate.code, gate.code)
        return ngettext(
            "Finish the part “%(title)s” first: %(left)d lesson is left.",
            "Finish the part “%(title)s” first: %(left)d lessons are left.",
            wait.left,
        ) % {"title": title, "left": wait.left}
    if gate.kind == "quiz":
        return _("Pass the quiz of “%(title)s” first.") % {"title": names.modules.get(gate.code, gate.code)}
    if gate.kind == "minutes":
        if gate.code:
            return ngettext(
                "%(left)d more minute of “%(title)s” on your record opens it.",
                "%(left)d more minutes of “%(title)s” on your record open it.",
                wait.left,
            ) % {"left": wait.left, "title": names.categories.get(gate.code, gate.code)}
        return ngettext(
            "%(left)d more minute on your record opens it.", "%(left)d more minutes on your record open it.", wait.left
        ) % {"left": wait.left}
    return _("It opens when your school has entered “%(code)s” on your record.") % {"code": gate.code}


def lack_words(lacking: Sequence[Lack]) -> list[str]:
    """One sentence for each thing that is missing to finish a lesson."""
    return [_lack_word(lack) for lack in lacking]


def _lack_word(lack: Lack) -> str:
    if lack.kind == "minutes":
        return ngettext(
            "%(missing)d minute of this lesson is still missing. Stay with it that long, then finish it.",
            "%(missing)d minutes of this lesson are still missing. Stay with it that long, then finish it.",
            lack.left,
        ) % {"missing": lack.left}
    if lack.kind == "self_checks":
        return ngettext(
            "%(left)d self-check is not answered yet. Any answer will do.",
            "%(left)d self-checks are not answered yet. Any answer will do.",
            lack.left,
        ) % {"left": lack.left}
    if lack.kind == "quiz":
        return _("Reach %(percent)d %% in the quiz of this part, then finish the lesson.") % {"percent": lack.left}
    return _("Your instructor has to mark it as done. Ask for it in class or by a question under the lesson.")
