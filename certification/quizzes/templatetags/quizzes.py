"""Owns how exact points are written on screen; it knows no rule."""

from fractions import Fraction

from django import template
from django.utils.formats import get_format

from certification.quizzes.rules import cut

register = template.Library()


@register.filter
def exact(value: object) -> str:
    """Write an exact number with at most two decimals, cut, as the reader's language writes them: 9/2 is "4.5"."""
    if isinstance(value, (int, Fraction)):
        value = cut(Fraction(value))
    return str(value).replace(".", str(get_format("DECIMAL_SEPARATOR")))
