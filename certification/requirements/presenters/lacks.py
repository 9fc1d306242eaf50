"""What is unmet, said to the learner: the amount, the reason, the next step."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certification.requirements import rules

from .words import during, fact, figure, listed, named, on, percent, tag

MOST_SIBLINGS = 3


def plain_words(lack: rules.Unmet, spec: rules.RuleSetSpec) -> str:
    """One sentence or two on what `lack` asks of the learner, in hours of the pack's unit (`unit_note` says which)."""
    said = KINDS.get(lack.kind)
    return said(lack, spec) if said else lack.message


def anchor_of(lack: rules.Unmet) -> str:
    """Where on the pack's page the rule stands that `lack` comes from."""
    kind = {"in_person": "category", "average": "grades", "requirement": "fact"}.get(lack.kind, lack.kind)
    return f"{kind}-{lack.code}" if kind in ("category", "overlay", "gate", "fact") else kind


def _more(lack: rules.Unmet, spec: rules.RuleSetSpec) -> str:
    """`10 more hours`, `30 more minutes`, `12 more hours and 30 minutes`."""
    hours, rest = divmod(lack.short or 0, spec.unit_minutes)
    if not hours:
        return ngettext("%(number)s more minute", "%(number)s more minutes", rest) % {"number": figure(rest)}
    told = ngettext("%(number)s more hour", "%(number)s more hours", hours) % {"number": figure(hours)}
    if not rest:
        return told
    minutes = ngettext("%(number)s minute", "%(number)s minutes", rest) % {"number": figure(rest)}
    return _("%(hours)s and %(minutes)s") % {"hours": told, "minutes": minutes}


def _total(lack: rules.Unmet, spec: rules.RuleSetSpec) -> str:
    return _("You need %(more)s.") % {"more": _more(lack, spec)}


def _category(lack: rules.Unmet, spec: rules.RuleSetSpec) -> str:
    said: dict[str, Any] = {"more": _more(lack, spec), "title": lack.title}
    parent = next(
        (node for node in spec.by_code.values() if lack.code in {child.code for child in node.children}), None
    )
    if parent is None:
        return _("You need %(more)s of %(title)s.") % said
    siblings = [child.title for child in parent.children if child.code != lack.code]
    names = siblings[:MOST_SIBLINGS]
    if len(siblings) > MOST_SIBLINGS or not siblings:
        names.append(_("other hours of %(title)s") % {"title": parent.title})
    one = lack.short in (1, spec.unit_minutes)
    return ngettext(
        "You need %(more)s of %(title)s; %(siblings)s cannot replace it.",
        "You need %(more)s of %(title)s; %(siblings)s cannot replace them.",
        1 if one else 2,
    ) % {**said, "siblings": listed(names)}


def _overlay(lack: rules.Unmet, spec: rules.RuleSetSpec) -> str:
    said = {"more": _more(lack, spec), "tag": tag(lack.code or "")}
    within = lack.facts.get("within")
    if within is None:
        return _("You need %(more)s of %(tag)s.") % said
    return _("You need %(more)s of %(tag)s within %(within)s.") % {**said, "within": spec.title_of(within)}


def _in_person(lack: rules.Unmet, spec: rules.RuleSetSpec) -> str:
    return _("You need %(more)s of %(title)s taught in person.") % {"more": _more(lack, spec), "title": lack.title}


def _gate(lack: rules.Unmet, spec: rules.RuleSetSpec) -> str:
    said = {"before": named(lack.code or "", spec), "more": _more(lack, spec)}
    if lack.requires == rules.TOTAL:
        return _("Before %(before)s you need %(more)s in all.") % said
    return _("Before %(before)s you need %(more)s of %(key)s.") % {**said, "key": named(lack.requires or "", spec)}


def _pace(lack: rules.Unmet, spec: rules.RuleSetSpec) -> str:
    if "weeks" in lack.facts:
        number = lack.facts["weeks"]
        lasts = ngettext(
            "Your course must last at least %(number)s week.",
            "Your course must last at least %(number)s weeks.",
            number,
        )
    else:
        number = lack.facts["months"]
        lasts = ngettext(
            "Your course must last at least %(number)s month.",
            "Your course must last at least %(number)s months.",
            number,
        )
    ends = _("It began on %(start)s, so it can end on %(earliest)s or later, not on %(completed)s.") % {
        name: on(lack.facts[name]) for name in ("start", "earliest", "completed")
    }
    return f"{lasts % {'number': figure(number)}} {ends}"


def _average(lack: rules.Unmet, spec: rules.RuleSetSpec) -> str:
    said = {name: percent(lack.facts[name]) for name in ("average", "least")}
    return _("Your average grade is %(average)s; these rules ask for %(least)s.") % said


def _age(lack: rules.Unmet, spec: rules.RuleSetSpec) -> str:
    years = lack.facts["years"]
    return ngettext(
        "Your course ended on %(completed)s, more than %(number)s year before your application of %(applied)s. "
        "A course that ended on %(oldest)s or later would count.",
        "Your course ended on %(completed)s, more than %(number)s years before your application of %(applied)s. "
        "A course that ended on %(oldest)s or later would count.",
        years,
    ) % {"number": figure(years), **{name: on(lack.facts[name]) for name in ("completed", "applied", "oldest")}}


def _linkage(lack: rules.Unmet, spec: rules.RuleSetSpec) -> str:
    if "schools" in lack.facts:
        return _("Your hours come from %(number)s schools; these rules take them from one only.") % {
            "number": figure(lack.facts["schools"])
        }
    most = lack.facts["most"]
    return ngettext(
        "Your hours come from %(number)s courses; these rules take them from %(most)s only.",
        "Your hours come from %(number)s courses; these rules take them from at most %(most)s that belong together.",
        most,
    ) % {"number": figure(lack.facts["courses"]), "most": figure(most)}


def _requirement(lack: rules.Unmet, spec: rules.RuleSetSpec) -> str:
    return _("Your record does not show this yet: %(fact)s. Give the proof to your school.") % {
        "fact": fact(lack.code or "")
    }


def _version(lack: rules.Unmet, spec: rules.RuleSetSpec) -> str:
    said = {"window": during((spec.valid_from, spec.valid_to)), "day": on(lack.facts["day"])}
    if spec.applies_by == "program_start":
        return _("These rules are for programs that began %(window)s; yours began on %(day)s.") % said
    if spec.applies_by == "enrolment":
        return _("These rules are for people enrolled %(window)s; you were enrolled on %(day)s.") % said
    return _("These rules are for applications made %(window)s; yours is of %(day)s.") % said


KINDS: dict[str, Callable[[rules.Unmet, rules.RuleSetSpec], str]] = {
    "total": _total,
    "category": _category,
    "overlay": _overlay,
    "in_person": _in_person,
    "gate": _gate,
    "pace": _pace,
    "average": _average,
    "age": _age,
    "linkage": _linkage,
    "requirement": _requirement,
    "version": _version,
}
