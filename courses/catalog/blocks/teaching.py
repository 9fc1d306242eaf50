"""Owns the blocks by which a lesson teaches: techniques, checks."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from .pictures import MediaChooserBlock, silent
from .text import LINE_FEATURES, TEACHING, CleanTextBlock


class StepBlock(blocks.StructBlock):
    """One step of a technique with its dose."""

    title = blocks.CharBlock(max_length=120, label=_("what to do"))
    body = CleanTextBlock(features=LINE_FEATURES, label=_("how"))
    dose = blocks.CharBlock(
        required=False, max_length=120, label=_("dose"), help_text=_("How long, how often: 60 to 90 s.")
    )
    pressure = blocks.CharBlock(
        required=False, max_length=120, label=_("pressure"), help_text=_("Load, or pain at most: 0 to 3 of 10.")
    )
    figure = SnippetChooserBlock("catalog.Figure", required=False, label=_("figure"))
    media = MediaChooserBlock(required=False, label=_("or clip"))

    class Meta:
        icon = "list-ol"
        label = _("Step")

    def clean(self, value: Any) -> Any:
        """Refuse a clip beside a figure, and a clip without captions."""
        value = super().clean(value)
        problem = silent(value.get("media"))
        if value.get("figure") and value.get("media"):
            problem = ValidationError(_("A step shows a figure or a clip, not both."))
        if problem is not None:
            raise blocks.StructBlockValidationError(block_errors={"media": problem})
        return value


class StepsBlock(blocks.StructBlock):
    """A technique in numbered steps, and what goes wrong with it."""

    title = blocks.CharBlock(max_length=120, label=_("title"))
    intro = blocks.TextBlock(required=False, max_length=600, label=_("position and preparation"))
    steps = blocks.ListBlock(StepBlock(), min_num=1, label=_("steps"))
    faults = blocks.ListBlock(blocks.CharBlock(max_length=300, label=_("fault")), default=[], label=_("common faults"))

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


class ChoiceOfCheckBlock(blocks.StructBlock):
    """One possible answer."""

    text = blocks.CharBlock(max_length=400, label=_("answer"))
    correct = blocks.BooleanBlock(required=False, label=_("right"))
    feedback = blocks.CharBlock(required=False, max_length=400, label=_("what to say to it"))

    class Meta:
        icon = "radio-full"
        label = _("Answer")


class SelfCheckBlock(blocks.StructBlock):
    """A question for the learner herself; nothing of it is kept or graded."""

    question = blocks.TextBlock(max_length=600, label=_("question"))
    choices = blocks.ListBlock(ChoiceOfCheckBlock(), min_num=2, max_num=6, label=_("answers"))
    explanation = blocks.TextBlock(required=False, max_length=1000, label=_("explanation"))

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
        """Refuse a question without a right answer."""
        value = super().clean(value)
        if not any(choice.get("correct") for choice in value["choices"]):
            raise blocks.StructBlockValidationError(
                block_errors={"choices": ValidationError(_("Mark at least one answer as right."))}
            )
        return value
