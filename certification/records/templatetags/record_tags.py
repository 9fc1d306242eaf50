"""What pages of this and other rooms show of records."""

from django import template

from certification.records.models import TrainingRecord
from certification.records.selectors import unit_of

register = template.Library()


@register.filter
def unit(record: TrainingRecord) -> int:
    """Minutes of an hour in the rules that judge a record. No query when the rule set is loaded."""
    return unit_of(record)
