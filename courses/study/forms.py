"""What staff fill in to write to a group or to answer, and what a learner fills in to ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.records.forms import OnceForm

from .models import MOST_REASON, MOST_SUBJECT, MOST_TEXT, MOST_WORDS
from .services.texts import one_line, plain_words


class PlainField(forms.CharField):
    """Plain text as people type it; refusals are sentences, and what was typed stays in the field."""

    def __init__(self, *, most: int, empty: Any, rows: int = 5, **kwargs: Any) -> None:
        self.most, self.rows = most, rows
        widget = forms.Textarea(attrs={"rows": rows}) if rows > 1 else forms.TextInput()
        # Django strips and refuses before our sentences could be said; `clean` does both.
        super().__init__(strip=False, max_length=most, widget=widget, error_messages={"required": empty}, **kwargs)

    def clean(self, value: Any) -> str:
        """Tidy the text, or refuse it."""
        text = self.to_python(value) or ""
        tidy = plain_words if self.rows > 1 else one_line
        return tidy(text, most=self.most, empty=str(self.error_messages["required"]))


class AnnouncementForm(OnceForm):
    """Subject and text of an announcement."""

    subject = PlainField(label=_("Subject"), most=MOST_SUBJECT, rows=1, empty=_("Write what it is about."))
    text = PlainField(
        label=_("Text"),
        most=MOST_TEXT,
        rows=9,
        empty=_("Write what you want to tell the group."),
        help_text=_("Plain text. Addresses that begin with https:// can be clicked in most mail programs."),
    )


class QuestionForm(OnceForm):
    """A learner's question."""

    text = PlainField(
        label=_("Your question"),
        most=MOST_WORDS,
        rows=6,
        empty=_("Write your question first."),
        help_text=_("Name no client and nothing by which one could be known."),
    )


class AnswerForm(OnceForm):
    """A staff member's answer."""

    text = PlainField(label=_("Your answer"), most=MOST_WORDS, rows=6, empty=_("Write your answer first."))


class HideForm(OnceForm):
    """Why a message goes out of sight."""

    reason = PlainField(
        label=_("Why"), most=MOST_REASON, rows=1, empty=_("Write why: the learner reads it."),
        help_text=_("The learner reads it in the place of the message. The message itself is kept for the school."),
    )  # fmt: skip


class PublishForm(OnceForm):
    """A question and its answer as all learners of the lesson may read them."""

    question = PlainField(
        label=_("The question"),
        most=MOST_WORDS,
        rows=5,
        empty=_("Write the question as all may read it."),
        help_text=_("Without her name, and without what would tell who asked."),
    )
    answer = PlainField(label=_("The answer"), most=MOST_WORDS, rows=7, empty=_("Write the answer as all may read it."))
