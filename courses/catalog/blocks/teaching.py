"""Owns the blocks by which a lesson teaches: techniques, comparisons, cases, checks, reflections."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from .pictures import SEEN, MediaChooserBlock, silent
from .text import LINE_FEATURES, TEACHING, CleanTextBlock, line_of_list


class StepBlock(blocks.StructBlock):
    """One step of a technique with its dose."""

    title = blocks.CharBlock(max_length=120, label=_("What to do"))
    body = CleanTextBlock(features=LINE_FEATURES, label=_("How"))
    dose = blocks.CharBlock(
        required=False, max_length=120, label=_("Dose"), help_text=_("How long, how often: 60 to 90 s.")
    )
    pressure = blocks.CharBlock(
        required=False, max_length=120, label=_("Pressure"), help_text=_("Load, or pain at most: 0 to 3 of 10.")
    )
    figure = SnippetChooserBlock("catalog.Figure", required=False, label=_("Figure"))
    photo = ImageChooserBlock(required=False, label=_("Or photograph"))
    photo_description = blocks.CharBlock(
        required=False, max_length=300, label=_("What the photograph shows"), help_text=SEEN
    )
    media = MediaChooserBlock(required=False, label=_("Or clip"))

    class Meta:
        icon = "list-ol"
        label = _("Step")

    def clean(self, value: Any) -> Any:
        """Refuse more than one picture or clip, a photograph that is not described, and a clip without captions.

        A draft may have them for a while.
        """
        value = super().clean(value)
        if self.is_deferred_validation:
            return value
        problems = {}
        if (problem := silent(value.get("media"))) is not None:
            problems["media"] = problem
        if value.get("photo") and not (value.get("photo_description") or "").strip():
            problems["photo_description"] = ValidationError(_("Say what the photograph shows."))
        shown = [name for name in ("figure", "photo", "media") if value.get(name)]
        if len(shown) > 1:
            problems[shown[-1]] = ValidationError(_("A step shows a figure, a photograph or a clip: one of them."))
        if problems:
            raise blocks.StructBlockValidationError(block_errors=problems)
        return value


class StepsBlock(blocks.StructBlock):
    """A technique in numbered steps, and what goes wrong with it."""

    title = blocks.CharBlock(max_length=120, label=_("Title"))
    intro = blocks.TextBlock(required=False, max_length=600, label=_("Position and preparation"))
    steps = blocks.ListBlock(StepBlock(), min_num=1, label=_("Steps"))
    faults = blocks.ListBlock(line_of_list(_("Fault"), 300), default=[], label=_("Common faults"))

    class Meta:
        icon = "list-ol"
        label = _("Technique in steps")
        group = TEACHING
        template = "blocks/steps.html"
        description = _("Numbered steps, each with dose, pressure and a picture or clip; common faults at the end.")
        preview_value = {
            "title": "The technique",
            "intro": "Client prone, pillow under the belly. Dry hands, no oil.",
            "steps": [
                {
                    "title": "Sink to the first barrier",
                    "body": "<p>Let the hands settle until the tissue no longer gives.</p>",
                    "dose": "60 to 90 s",
                    "pressure": "2 to 3 kg a hand",
                },
            ],
            "faults": ["Sliding over the skin."],
        }


class ComparedBlock(blocks.StructBlock):
    """One side of a comparison."""

    kind = blocks.ChoiceBlock(
        choices=[("do", _("This")), ("dont", _("Not this")), ("plain", _("Neither: beside the others"))],
        default="plain",
        label=_("Kind"),
    )
    title = blocks.CharBlock(max_length=120, label=_("Title"))
    body = CleanTextBlock(features=[*LINE_FEATURES, "ul"], label=_("Text"))

    class Meta:
        icon = "grip"
        label = _("Column")


class ComparisonBlock(blocks.StructBlock):
    """Two or three things side by side: this, not this."""

    title = blocks.CharBlock(max_length=120, label=_("Title"))
    columns = blocks.ListBlock(
        ComparedBlock(),
        min_num=2,
        max_num=3,
        default=[{"kind": kind, "title": "", "body": ""} for kind in ("do", "dont")],
        label=_("Columns"),
    )

    class Meta:
        icon = "grid"
        label = _("Comparison")
        group = TEACHING
        template = "blocks/comparison.html"
        description = _("Two or three columns, this and not this; on a phone one under the other.")
        preview_value = {
            "title": "Waiting, and pushing",
            "columns": [
                {"kind": "do", "title": "Wait at the barrier", "body": "<ul><li>Same depth, nothing slides</li></ul>"},
                {
                    "kind": "dont",
                    "title": "Push through it",
                    "body": "<ul><li>The muscle guards, and you tire</li></ul>",
                },
            ],
        }


class CaseQuestionBlock(blocks.StructBlock):
    """One question of a case, with what we would answer."""

    question = blocks.TextBlock(max_length=400, label=_("Question"))
    answer = CleanTextBlock(features=[*LINE_FEATURES, "ul", "ol"], label=_("Answer"))

    class Meta:
        icon = "help"
        label = _("Question")


class CaseStudyBlock(blocks.StructBlock):
    """A client on paper: what is found, then questions whose answers are opened one by one."""

    title = blocks.CharBlock(max_length=120, label=_("Title"))
    vignette = CleanTextBlock(features=[*LINE_FEATURES, "ul"], label=_("What is found"))
    questions = blocks.ListBlock(CaseQuestionBlock(), min_num=1, max_num=8, label=_("Questions"))

    class Meta:
        icon = "user"
        label = _("Case study")
        group = TEACHING
        template = "blocks/case_study.html"
        description = _("A client on paper and questions about her; each answer is opened by the learner.")
        preview_value = {
            "title": "Six weeks of ache",
            "vignette": "<p>A gardener of 52, dull ache left of the low back, worse after sitting. All red flags denied.</p>",
            "questions": [{"question": "What do you test first?", "answer": "<p>The glide, on both sides.</p>"}],
        }


class ReflectionBlock(blocks.StructBlock):
    """A question whose answer the learner writes for herself; it is kept for her alone."""

    question = blocks.TextBlock(max_length=600, label=_("Question"))
    hint = blocks.CharBlock(required=False, max_length=200, label=_("Hint"))

    class Meta:
        icon = "edit"
        label = _("Reflection")
        group = TEACHING
        template = "blocks/reflection.html"
        description = _("A question to think over in writing. What she writes is kept, and only she can read it.")
        preview_value = {
            "question": "Whose back did you think of while you read this, and what would you do differently now?",
            "hint": "Two or three sentences are enough.",
        }


class ChoiceOfCheckBlock(blocks.StructBlock):
    """One possible answer."""

    text = blocks.TextBlock(max_length=400, rows=1, label=_("Answer"))
    correct = blocks.BooleanBlock(required=False, label=_("Right"))
    feedback = blocks.TextBlock(required=False, max_length=400, rows=1, label=_("What to say to it"))

    class Meta:
        icon = "radio-full"
        label = _("Answer")


class SelfCheckBlock(blocks.StructBlock):
    """A question for the learner herself: not graded, her last answer kept for her."""

    question = blocks.TextBlock(max_length=600, label=_("Question"))
    # Each field is named: the editor writes "undefined" into one that its block does not hold.
    choices = blocks.ListBlock(
        ChoiceOfCheckBlock(),
        min_num=2,
        max_num=6,
        default=[{"text": "", "correct": False, "feedback": ""}] * 2,
        label=_("Answers"),
    )
    explanation = blocks.TextBlock(required=False, max_length=1000, label=_("Explanation"))

    class Meta:
        icon = "help"
        label = _("Self-check")
        group = TEACHING
        template = "blocks/self_check.html"
        description = _("A question that is not graded: the learner answers and reads why.")
        preview_value = {
            "question": "The muscle pushes back under your hands. What does it tell you?",
            "choices": [
                {"text": "I am too deep", "correct": True, "feedback": "Yes: ease off to the fascia."},
                {"text": "I need more load", "correct": False, "feedback": "More load makes it guard more."},
            ],
            "explanation": "Guarding is the sign to ease off.",
        }

    def clean(self, value: Any) -> Any:
        """Refuse a question without a right answer; a draft may lack it."""
        value = super().clean(value)
        if not self.is_deferred_validation and not any(choice.get("correct") for choice in value["choices"]):
            raise blocks.StructBlockValidationError(
                block_errors={"choices": ValidationError(_("Mark at least one answer as right."))}
            )
        return value
