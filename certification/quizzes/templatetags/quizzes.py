"""Owns how exact points are written on screen; it knows no rule."""

from fractions import Fraction

from django import template
from django.utils.formats import get_format

from certification.quizzes.analysis import signed
from certification.quizzes.rules import cut

register = template.Library()


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
