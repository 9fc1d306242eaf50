"""What a text that people write to each other must be: something, not too long, and of signs that can be read."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import board_rules


def plain_words(text: str, *, most: int, empty: str) -> str:
    """The text, tidied. Refuses (ValidationError) nothing with the sentence `empty`, too much, and odd signs."""
    if board_rules.is_odd(text.replace("\r", "")):
        raise ValidationError(
            _("There are characters in it that no keyboard writes. Type the text here instead of pasting it."),
            code="odd",
        )
    text = board_rules.tidied(text)
    if not text:
        raise ValidationError(empty, code="required")
    if len(text) > most:
        over = len(text) - most
        raise ValidationError(
            ngettext(
                "It is %(over)d character too long: at most %(most)d fit.",
                "It is %(over)d characters too long: at most %(most)d fit.",
                over,
            )
            % {"over": over, "most": most},
            code="too_long",
        )
    return text


def one_line(text: str, *, most: int, empty: str) -> str:
    """As `plain_words`, on one line."""
    return " ".join(plain_words(text, most=most, empty=empty).split())


def in_field(name: str, error: ValidationError) -> ValidationError:
    """The same refusal, beside a field."""
    return ValidationError({name: error.error_list})
