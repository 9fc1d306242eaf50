"""Owns how exact points and the words of questions are written on screen; it knows no rule."""

from fractions import Fraction

from django import template
from django.utils.formats import get_format
from django.utils.safestring import SafeString, mark_safe

from certification.quizzes.analysis import signed
from certification.quizzes.rules import cut
from certification.quizzes.wording import shown, shown_line

register = template.Library()


@register.filter
def formatted(text: str) -> SafeString:
    """The words of a question, case or explanation with their few marks, as paragraphs and lists."""
    return mark_safe(shown(text))  # noqa: S308 - all that was typed is escaped there


@register.filter
def formatted_line(text: str) -> SafeString:
    """The same inside of a heading."""
    return mark_safe(shown_line(text))  # noqa: S308 - all that was typed is escaped there


@register.filter
def exact(value: object) -> str:
    """Write an exact number with at most two decimals, cut, as the reader's language writes them: 9/2 is "4.5"."""
    if isinstance(value, (int, Fraction)):
        value = cut(Fraction(value))
    return str(value).replace(".", str(get_format("DECIMAL_SEPARATOR")))


@register.filter
def in_percent(share: Fraction) -> str:
    """Write a share in percent with at most two decimals, cut: 2/3 is "66.66"."""
    return exact(share * 100)


@register.filter
def decimal(value: Fraction) -> str:
    """Write a number that may be negative with two decimals, cut toward zero: -1/3 is "-0.33"."""
    return signed(value).replace(".", str(get_format("DECIMAL_SEPARATOR")))
