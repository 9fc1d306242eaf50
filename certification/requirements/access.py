"""From an `id@version` to a rule set; anyone may read the rules that judged a certificate."""

from django.http import Http404

from certification.requirements.models import RuleSet
from certification.requirements.rules.nodes import LABEL
from certification.requirements.selectors import labelled


def public_rule_set(label: str) -> RuleSet:
    """A version of a rule set; Http404 where there is none of that name. At most 1 query."""
    rule_set = labelled(label) if LABEL.fullmatch(label) else None
    if rule_set is None:
        raise Http404
    return rule_set
