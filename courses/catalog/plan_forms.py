"""Owns the forms in which a quiz is written: its settings, the conditions before it, and its lines (sections,
questions, draws), each line a row. Works without script: each button sends all of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from certification.quizzes.models import Question, QuestionBank, Quiz
from certification.quizzes.plan import AskLine, DrawLine, Line, SectionLine
from certification.quizzes.selectors import QuizAsWritten
from certification.quizzes.settings import LatePolicy, Layout, QuizGate, QuizSettings, ScoreKept, Shown

POINTS = {
    "required": _("Give it a point or more."),
    "invalid": _("Write a whole number of points."),
    "min_value": _("Give it a point or more."),
}
SPARE_GATES = 2
MOST_GATES = 20
ALL_MINUTES = "minutes:"
OTHER = "other"


class InstantInput(forms.DateTimeInput):
    """A day and a time as the browser's own field takes them, to the minute."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def _instant(label: Any, help_text: Any) -> forms.DateTimeField:
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    return forms.DateTimeField(
        label=label, required=False, help_text=help_text, widget=InstantInput(), input_formats=formats
    )


def _minutes(label: Any, help_text: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=most, help_text=help_text)


class QuizForm(forms.Form):
    """A quiz but for its lines. Fields below `key_shown` bear the names of `QuizSettings`."""

    title = forms.CharField(label=_("Title"), max_length=200, error_messages={"required": _("Give it a title.")})
    intro = forms.CharField(
        label=_("Introduction"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Read before the quiz is begun."),
    )
    pass_percent = forms.IntegerField(
        label=_("To pass, percent"), min_value=1, max_value=100, help_text=_("Of all points; reaching it is enough.")
    )
    attempts_allowed = forms.IntegerField(
        label=_("Attempts"),
        min_value=1,
        max_value=100,
        help_text=_("The key is shown after the last."),
    )
    stamp = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    opens_at = _instant(_("Opens"), _("In the school’s time. Empty: at once. A learner may have a date of her own."))
    closes_at = _instant(_("Closes"), _("No attempt begins from then on, and none takes answers. Empty: never."))
    time_limit_minutes = _minutes(_("Time limit, minutes"), _("From the beginning of an attempt. Empty: none."), 1440)
    grace_seconds = forms.IntegerField(
        label=_("Grace, seconds"),
        required=False,
        min_value=0,
        max_value=3600,
        help_text=_("So long after her time, an answer that was on its way is still taken."),
    )
    late_policy = forms.ChoiceField(
        label=_("When her time is over"),
        required=False,
        choices=[
            (LatePolicy.HAND_IN, _("What she saved is handed in")),
            (LatePolicy.VOID, _("The attempt counts as used and earns nothing, unless she handed it in")),
        ],
    )
    wait_minutes = _minutes(
        _("Wait between attempts, minutes"), _("A day is 1440. Empty: she may begin again at once."), 86_400
    )
    score_kept = forms.ChoiceField(
        label=_("Which score counts"),
        required=False,
        choices=[
            (ScoreKept.BEST, _("The best")),
            (ScoreKept.LAST, _("The last")),
            (ScoreKept.AVERAGE, _("The average of all")),
        ],
    )
    layout = forms.ChoiceField(
        label=_("Questions stand"),
        required=False,
        choices=[(Layout.ALL, _("All on one page")), (Layout.ONE, _("One on each page"))],
    )
    shuffle_questions = forms.BooleanField(
        label=_("Shuffle questions"),
        required=False,
        help_text=_("Within their section; those of a case stay together."),
    )
    shuffle_choices = forms.BooleanField(
        label=_("Shuffle choices"), required=False, help_text=_("What is to be put in order is always shuffled.")
    )
    key_shown = forms.ChoiceField(
        label=_("Right answers and reasons are shown"),
        required=False,
        choices=[
            (Shown.AFTER_LAST, _("Once she has passed, or has no attempt left")),
            (Shown.AFTER_CLOSING, _("The same, and not before the quiz has closed")),
            (Shown.NEVER, _("Never")),
        ],
    )
    honour = forms.CharField(
        label=_("Honor statement"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("She agrees to it before each attempt; when, is kept with the attempt. Empty: none."),
    )
    access_code = forms.CharField(
        label=_("Access code"),
        required=False,
        max_length=40,
        help_text=_("Asked for at the beginning of an attempt. Empty: none."),
    )
    proctored = forms.BooleanField(
        label=_("Taken under supervision"),
        required=False,
        help_text=_("Said to her and written beside the result. Nothing watches her: somebody must be there."),
    )

    MAIN = ("title", "intro", "pass_percent", "attempts_allowed", "stamp")

    @classmethod
    def begun(cls, written: QuizAsWritten) -> dict[str, Any]:
        """What the form of a quiz holds at first."""
        main = {name: getattr(written, name) for name in cls.MAIN}
        rules = {name: getattr(written.rules, name) for name in cls.base_fields if name not in cls.MAIN}
        rules["time_limit_minutes"] = rules["time_limit_minutes"] or None
        rules["wait_minutes"] = rules["wait_minutes"] or None
        return main | rules

    def clean(self) -> dict[str, Any]:
        """Refuse a quiz that closes before it opens."""
        cleaned: dict[str, Any] = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("A quiz closes after it opens."))
        return cleaned

    def settings(self, gates: Sequence[QuizGate]) -> dict[str, Any]:
        """The settings as they are stored; a field that is empty stands at its default."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in self.MAIN}
        kept = {name: value for name, value in said.items() if value not in (None, "")}
        return QuizSettings.read({**kept, "gates": tuple(gates)}).stored()

    def main(self) -> dict[str, Any]:
        """What is no setting, as `draft_quiz` takes it."""
        return {name: self.cleaned_data[name] for name in self.MAIN}


class ExaminationForm(forms.Form):
    """One examination of a program but for what must come before it."""

    quiz = forms.ModelChoiceField(
        Quiz.objects.none(),
        label=_("Quiz"),
        empty_label=None,
        help_text=_("One in use that no module of this program asks."),
        error_messages={"required": _("Choose a quiz."), "invalid_choice": _("Choose a quiz from the list.")},
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        help_text=_("As learners and the program’s page call it."),
        error_messages={"required": _("Give it a title.")},
    )
    attempts_allowed = forms.IntegerField(
        label=_("Attempts"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=_("Empty: as many as the quiz gives."),
    )
    is_required = forms.BooleanField(
        label=_("Needed for the certificate"),
        required=False,
        initial=True,
        help_text=_("For those who enroll from now on. Records that are open keep what they were told."),
    )

    def __init__(self, *args: Any, quizzes: QuerySet[Quiz] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if quizzes is None:
            del self.fields["quiz"]
        else:
            self.fields["quiz"].queryset = quizzes  # type: ignore[attr-defined]


# ---- lines ----


class LineForm(forms.Form):
    """One line of a quiz: a question (`ask`), a draw, or where a section begins."""

    line = forms.ChoiceField(choices=[(word, word) for word in ("ask", "draw", "section")], widget=forms.HiddenInput)
    question = forms.UUIDField(required=False, widget=forms.HiddenInput)
    points = forms.IntegerField(label=_("Points"), required=False, min_value=1, max_value=100, error_messages=POINTS)
    bank = forms.UUIDField(required=False, label=_("From the bank"))
    category = forms.CharField(
        required=False, label=_("Category"), max_length=200, widget=forms.TextInput(attrs={"list": "categories"})
    )
    difficulty = forms.ChoiceField(
        required=False, label=_("Difficulty"), choices=[("", _("Any")), *Question.Difficulty.choices]
    )
    tag = forms.CharField(required=False, label=_("Tag"), max_length=40, widget=forms.TextInput(attrs={"list": "tags"}))
    count = forms.IntegerField(
        required=False,
        label=_("How many"),
        min_value=1,
        max_value=500,
        error_messages={
            "invalid": _("Write how many questions to draw."),
            "min_value": _("Draw one question or more."),
        },
    )
    title = forms.CharField(required=False, label=_("Title of the section"), max_length=200)
    intro = forms.CharField(required=False, label=_("What it says first"), widget=forms.Textarea(attrs={"rows": 1}))

    def __init__(self, *args: Any, banks: Sequence[QuestionBank] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank"].widget = forms.Select(choices=[(str(bank.uuid), bank.title) for bank in banks])
        self.known = {bank.uuid for bank in banks}
        # A row from before there were other lines says nothing of its kind.
        self.kind = str(self["line"].value() or "ask")
        if self.is_bound and not self.data.get(self.add_prefix("line")):
            self.fields["line"].required = False

    def clean(self) -> dict[str, Any]:
        """Refuse a line that says too little of its kind."""
        cleaned: dict[str, Any] = super().clean() or {}
        kind = cleaned.get("line") or "ask"
        if kind != "section" and cleaned.get("points") is None and "points" not in self.errors:
            self.add_error("points", POINTS["required"])
        if kind == "ask" and not cleaned.get("question"):
            self.add_error(None, _("Choose the question again."))
        if kind == "draw" and cleaned.get("count") is None and "count" not in self.errors:
            self.add_error("count", _("Write how many questions to draw."))
        if kind == "draw" and cleaned.get("bank") not in self.known:
            self.add_error("bank", _("Choose one of your banks."))
        if kind == "section" and not cleaned.get("title") and "title" not in self.errors:
            self.add_error("title", _("Give the section a title, or take it out."))
        return cleaned

    def as_line(self) -> Line:
        """The line that a valid row says."""
        said = self.cleaned_data
        kind = said.get("line") or "ask"
        if kind == "section":
            return SectionLine(said["title"], said["intro"])
        if kind == "draw":
            words = {name: said[name] for name in ("bank", "category", "difficulty", "tag", "count", "points")}
            return DrawLine(**words)
        return AskLine(said["question"], said["points"])


LineRows = formset_factory(LineForm, extra=0, max_num=500)


def line_rows(written: QuizAsWritten) -> list[dict[str, Any]]:
    """A quiz's lines as rows of the form."""
    return [_row(line) for line in written.items]


def _row(line: Line) -> dict[str, Any]:
    if isinstance(line, SectionLine):
        return {"line": "section", "title": line.title, "intro": line.intro}
    if isinstance(line, AskLine):
        return {"line": "ask", "question": line.question, "points": line.points}
    words = {name: getattr(line, name) for name in ("bank", "category", "difficulty", "tag", "count", "points")}
    return {"line": "draw", **words}


def banks_to_draw_from(hers: QuerySet[QuestionBank], written: QuizAsWritten) -> list[QuestionBank]:
    """The banks of the school in which she writes, and those from which the quiz draws already. Two queries at most."""
    listed = list(hers.filter(school=written.quiz.school_id).order_by("title"))
    drawn: set[UUID] = {line.bank for line in written.items if isinstance(line, DrawLine)}
    missing = drawn - {bank.uuid for bank in listed}
    if missing:
        listed += QuestionBank.objects.filter(uuid__in=missing).order_by("title")
    return listed


# ---- what must have happened before ----


class GateForm(forms.Form):
    """One condition; a row in which nothing is chosen is none."""

    what = forms.ChoiceField(required=False, label=_("What"))
    minutes = forms.IntegerField(
        required=False,
        label=_("Minutes"),
        min_value=1,
        max_value=86_400,
        help_text=_("For attended minutes: so many."),
    )
    code = forms.CharField(
        required=False,
        label=_("Code"),
        max_length=80,
        help_text=_("For another fact: the code under which it stands on the record."),
    )

    def __init__(self, *args: Any, gates: Sequence[tuple[Any, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["what"]
        field.choices = [("", _("Nothing")), *gates, (OTHER, _("Another fact on her record, by its code"))]
        self.titles = dict(_flat(gates))

    def clean(self) -> dict[str, Any]:
        """Refuse minutes without a number, and another fact without its code."""
        cleaned: dict[str, Any] = super().clean() or {}
        what = cleaned.get("what", "")
        if what.startswith(ALL_MINUTES) and not cleaned.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _("Write how many minutes."))
        if what == OTHER and not cleaned.get("code"):
            self.add_error("code", _("Write the code of the fact."))
        if not what and (cleaned.get("minutes") or cleaned.get("code")):
            self.add_error("what", _("Choose what these belong to, or empty the row."))
        return cleaned

    def as_gate(self) -> QuizGate | None:
        """The condition that a valid row says, or none."""
        what = self.cleaned_data.get("what", "")
        if not what:
            return None
        if what.startswith(ALL_MINUTES):
            code = what.removeprefix(ALL_MINUTES)
            title = str(self.titles[what]) if code else ""
            return QuizGate("minutes", code=code, minutes=self.cleaned_data["minutes"], title=title)
        if what == OTHER:
            return QuizGate("milestone", code=self.cleaned_data["code"])
        return QuizGate("milestone", code=what, title=str(self.titles[what]))


GateRows = formset_factory(GateForm, extra=0, max_num=MOST_GATES)


def gate_rows(gates: Sequence[QuizGate], choices: Sequence[tuple[Any, Any]]) -> list[dict[str, Any]]:
    """The conditions of a quiz as rows of the form, with spare ones after them."""
    known = dict(_flat(choices))
    rows: list[dict[str, Any]] = []
    for gate in gates:
        what = f"{ALL_MINUTES}{gate.code}" if gate.kind == "minutes" else gate.code
        row = {"what": what if what in known else OTHER, "minutes": gate.minutes or None}
        rows.append(row | ({"code": gate.code} if row["what"] == OTHER else {}))
    return rows + [{}] * min(SPARE_GATES, MOST_GATES - len(rows))


def written_gates(rows: Iterable[GateForm]) -> list[QuizGate]:
    """The conditions that valid rows say, each once."""
    found = [gate for row in rows if (gate := row.as_gate()) is not None]
    return list(dict.fromkeys(found))


def _flat(choices: Iterable[tuple[Any, Any]]) -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for value, label in choices:
        flat += label if isinstance(label, list) else [(value, label)]
    return flat


def gate_choices(names: Mapping[str, Mapping[str, str]]) -> list[tuple[Any, Any]]:
    """What a condition may ask for, grouped: `names` are lessons, quizzes (by module), categories and, where given, lessons
    that an instructor marks as done; code to title.
    """
    groups: list[tuple[Any, Any]] = [
        (_("Finished lessons"), [(f"lesson:{code}", title) for code, title in names["lessons"].items()]),
        (_("Passed quizzes"), [(f"quiz:{code}", title) for code, title in names["quizzes"].items()]),
        (_("Marked as done"), [(f"mark:{code}", title) for code, title in names.get("marks", {}).items()]),
        (
            _("Attended minutes"),
            [(ALL_MINUTES, _("In all subjects")), *((f"{ALL_MINUTES}{c}", t) for c, t in names["categories"].items())],
        ),
    ]
    return [group for group in groups if group[1]]
