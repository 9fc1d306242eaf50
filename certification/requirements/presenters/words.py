"""The small words that every sentence about rules is made of: amounts, days, shares, and names of codes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.formats import date_format, number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.templatetags.palmar import hm_text
from certification.requirements import rules
from certification.requirements.rules.shapes import Period, title_from

STATUS_WORDS = {
    "verified": gettext_lazy("Verified"),
    "unverified": gettext_lazy("Unverified"),
    "sample": gettext_lazy("Sample"),
}
STATUS_SENTENCES = {
    "verified": gettext_lazy("Every number was read in the statute, the rule or the body’s own page."),
    "unverified": gettext_lazy("Written from secondary sources; check against the statute before you rely on it."),
    "sample": gettext_lazy("Our own; no board asks for it."),
}
# Tags and facts have no title in a pack; these are the ones that the product's own packs use.
TAGS = {
    "hands_on": gettext_lazy("hands-on work"),
    "clinic": gettext_lazy("clinical practice"),
    "observation": gettext_lazy("observation"),
    "supervised": gettext_lazy("supervised work"),
}
FACTS = {
    "background_check": gettext_lazy("background check"),
    "cpr": gettext_lazy("CPR"),
    "cpr_card": gettext_lazy("valid CPR card"),
    "cpr_certification": gettext_lazy("certificate in CPR"),
    "cpr_current": gettext_lazy("valid CPR card"),
    "cpr_first_aid_aed": gettext_lazy("CPR, first aid and AED"),
    "cpr_in_person": gettext_lazy("CPR training in person"),
    "final_practical_examination": gettext_lazy("final practical examination"),
    "first_aid": gettext_lazy("first aid training"),
    "liability_insurance": gettext_lazy("liability insurance"),
    "license_active": gettext_lazy("active license"),
    "massage_on_licensed_therapist": gettext_lazy("full massage on a licensed therapist, evaluated"),
    "practical_examination": gettext_lazy("practical examination"),
    "prior_500_hours": gettext_lazy("500 hours of earlier training"),
    "written_examination": gettext_lazy("written examination"),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """Minutes as a rule's author counts them: in hours of `unit` minutes."""

    minutes: int
    unit: int

    @property
    def clock(self) -> str:
        """The same in minutes of the clock, where an hour is not 60 of them: `10,000 min`; else nothing."""
        if self.unit == 60 or self.minutes < self.unit:
            return ""
        return f"{figure(self.minutes)} {pgettext('unit of time, short', 'min')}"

    def __str__(self) -> str:
        hours = hm_text(self.minutes, self.unit)
        return f"{hours} ({self.clock})" if self.clock else hours


def amount(minutes: int, spec: rules.RuleSetSpec) -> str:
    """Exact: `12 h 30 min`, and where an hour has 50 minutes `200 h (10,000 min)`."""
    return str(Amount(minutes, spec.unit_minutes))


def unit_note(spec: rules.RuleSetSpec) -> str:
    """What stands once beside hours that are not of 60 minutes: `(of 50 minutes)`; else nothing."""
    if spec.unit_minutes == 60:
        return ""
    return ngettext("(of %(minutes)s minute)", "(of %(minutes)s minutes)", spec.unit_minutes) % {
        "minutes": spec.unit_minutes
    }


def figure(number: int | Decimal) -> str:
    """A number in its reader's way: `1,000`, `72.5`."""
    if isinstance(number, Decimal):
        return number_format(Decimal(f"{number.normalize():f}"), force_grouping=True)
    return number_format(number, force_grouping=True)


def percent(share: Fraction | Decimal) -> str:
    """A share of 1 (Fraction) or of 100 (Decimal), exact: `70%`."""
    if isinstance(share, Fraction):
        share = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return _("%(number)s%%") % {"number": figure(share)}


def on(day: dt.date) -> str:
    """A day."""
    return date_format(day, "j F Y")


def during(period: Period) -> str:
    """A period, both ends in it; "at any time" where both are open."""
    start, end = period
    if start and end:
        return _("from %(start)s to %(end)s") % {"start": on(start), "end": on(end)}
    if start:
        return _("from %(start)s on") % {"start": on(start)}
    return _("until %(end)s") % {"end": on(end)} if end else _("at any time")


def listed(names: Sequence[str], *, last: str = "") -> str:
    """`a, b and c`."""
    return get_text_list(list(names), last or _("and"))


def tag(code: str) -> str:
    """What hours with a tag are, in the middle of a sentence."""
    return str(TAGS.get(code) or title_from(code))


def fact(code: str) -> str:
    """A fact that is not hours, in the middle of a sentence."""
    return str(FACTS.get(code) or title_from(code))


def named(key: str, spec: rules.RuleSetSpec) -> str:
    """A category by its title; what is no category, as a tag."""
    return spec.title_of(key) if key in spec.by_code or key == rules.ELECTIVE else tag(key)


def status_word(status: str) -> str:
    """How far a pack was checked."""
    return str(STATUS_WORDS[status])


def status_sentence(status: str) -> str:
    """What that means for whoever reads a result."""
    return str(STATUS_SENTENCES[status])
