"""Every rule of a pack beside its tree as a sentence, in the order of the format."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certification.requirements import rules

from .words import amount, during, fact, figure, listed, named, percent, tag

ALL_WAYS = len(rules.DELIVERIES)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; with an anchor where pages point at it alone."""

    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a pack says under one key, or under one member of a list."""

    anchor: str
    name: str
    sentences: tuple[Sentence, ...]
    place: rules.Place
    """Where remarks on it stand in the text."""


def rules_of(spec: rules.RuleSetSpec) -> tuple[Rule, ...]:
    """All that the pack says of overlays, gates, pace, distance, transfer, ages, grades and the rest."""
    return (*_overlays(spec), *_gates(spec), *(rule for rule in _single(spec) if rule.sentences))


def absent(spec: rules.RuleSetSpec) -> tuple[str, ...]:
    """Names of the rules that the pack does not have."""
    lists = ((_("Overlay"), spec.overlays), (_("Gate"), spec.gates))
    return (
        *(name for name, members in lists if not members),
        *(rule.name for rule in _single(spec) if not rule.sentences),
    )


def said_at(spec: rules.RuleSetSpec, anchor: str) -> tuple[str, ...]:
    """The sentences that stand at one anchor of the pack's page: one alone, or a rule without those that have their own."""
    found = []
    for rule in rules_of(spec):
        alone = [sentence.text for sentence in rule.sentences if sentence.anchor == anchor]
        found += alone or [one.text for one in rule.sentences if rule.anchor == anchor and not one.anchor]
    return tuple(found)


def taught(node: rules.Category) -> str:
    """How hours of a category may be taught to be credited."""
    ways = {
        "in_person": _("in person"),
        "synchronous": _("live online"),
        "asynchronous": _("online in own time"),
    }
    words = [ways[way] for way in node.delivery]
    far = [ways[way] for way in node.delivery if way != rules.IN_PERSON]
    if node.distance_periods is None or not far:
        if len(words) == ALL_WAYS:
            return _("in any way")
        return _("%(way)s only") % {"way": words[0]} if len(words) == 1 else listed(words, last=_("or"))
    periods = listed([during(period) for period in node.distance_periods])
    said = {"ways": listed(far, last=_("or")), "periods": periods}
    if rules.IN_PERSON not in node.delivery:
        return _("%(ways)s, only %(periods)s") % said if periods else _("in no way")
    return _("in person; %(ways)s only %(periods)s") % said if periods else _("in person only")


def unit(spec: rules.RuleSetSpec) -> str:
    """How long an hour is."""
    return ngettext("One hour is %(number)s minute.", "One hour is %(number)s minutes.", spec.unit_minutes) % {
        "number": figure(spec.unit_minutes)
    }


def axis(spec: rules.RuleSetSpec) -> str:
    """Which date decides whether this version judges."""
    return {
        "program_start": _("The day on which the program began decides whether this version judges."),
        "enrolment": _("The day of enrollment decides whether this version judges."),
        "application": _("The day of the application decides whether this version judges."),
        "session": _("The day on which an hour was taught decides whether this version credits it."),
    }[spec.applies_by]


def window(spec: rules.RuleSetSpec) -> str:
    """On which dates it does."""
    if spec.valid_from is None and spec.valid_to is None:
        return _("It sets no dates.")
    if spec.valid_from and spec.valid_to:
        return _("It does so %(window)s, both days included.") % {"window": during((spec.valid_from, spec.valid_to))}
    return _("It does so %(window)s, that day included.") % {"window": during((spec.valid_from, spec.valid_to))}


def _overlays(spec: rules.RuleSetSpec) -> Iterator[Rule]:
    for code in dict.fromkeys(overlay.tag for overlay in spec.overlays):
        said = tuple(
            Sentence(text) for overlay in spec.overlays if overlay.tag == code for text in _overlay(spec, overlay)
        )
        yield Rule(f"overlay-{code}", _("Overlay: %(tag)s") % {"tag": tag(code)}, said, ("overlay", code))


def _overlay(spec: rules.RuleSetSpec, overlay: rules.Overlay) -> Iterator[str]:
    what = tag(overlay.tag)
    if overlay.within:
        what = _("%(tag)s within %(title)s") % {"tag": what, "title": spec.title_of(overlay.within)}
    if overlay.required:
        yield _("At least %(amount)s of %(what)s.") % {"amount": amount(overlay.required, spec), "what": what}
    if overlay.maximum is not None:
        yield _("At most %(amount)s of %(what)s count toward the total.") % {
            "amount": amount(overlay.maximum, spec),
            "what": what,
        }
    if not overlay.required and overlay.maximum is None:
        yield _("Hours of %(what)s are told apart; no number is asked.") % {"what": what}


def _gates(spec: rules.RuleSetSpec) -> Iterator[Rule]:
    for before in dict.fromkeys(gate.before for gate in spec.gates):
        title = named(before, spec)
        said = tuple(
            Sentence(
                _("Hours of %(title)s are creditable only once there are %(needs)s.")
                % {"title": title, "needs": listed([_need(spec, key, minutes) for key, minutes in gate.requires])}
            )
            for gate in spec.gates
            if gate.before == before
        )
        yield Rule(f"gate-{before}", _("Gate: before %(title)s") % {"title": title}, said, ("gate", before))


def _need(spec: rules.RuleSetSpec, key: str, minutes: int) -> str:
    if key == rules.TOTAL:
        return _("%(amount)s in all") % {"amount": amount(minutes, spec)}
    return _("%(amount)s of %(key)s") % {"amount": amount(minutes, spec), "key": named(key, spec)}


def _single(spec: rules.RuleSetSpec) -> tuple[Rule, ...]:
    """One rule for each key that stands once, without sentences where the pack does not have it."""
    return tuple(
        Rule(anchor, name, tuple(sentences), (key, ""))
        for anchor, name, key, sentences in (
            ("pace", _("Pace"), "pace", _pace(spec)),
            ("distance", _("Distance"), "distance", _distance(spec)),
            ("transfer", _("Transfer"), "transfer", _transfer(spec)),
            ("age", _("Age"), "max_age_years", _age(spec)),
            ("grades", _("Grades"), "grades", _grades(spec)),
            ("attendance", _("Attendance"), "attendance", _attendance(spec)),
            ("course-share", _("Course share"), "course_share", _course_share(spec)),
            ("linkage", _("Linkage"), "linkage", _linkage(spec)),
            ("facts", _("Facts beside the hours"), "requirements", _facts(spec)),
            ("rounding", _("Rounding"), "rounding", _rounding(spec)),
        )
    )


def _pace(spec: rules.RuleSetSpec) -> Iterator[Sentence]:
    pace = spec.pace
    if pace.day_maximum is not None:
        yield Sentence(
            _("At most %(amount)s a day are creditable.") % {"amount": amount(pace.day_maximum, spec)}, "pace-day"
        )
    if pace.week_maximum is not None:
        yield Sentence(
            _("At most %(amount)s a week are creditable; a week begins on %(day)s.")
            % {"amount": amount(pace.week_maximum, spec), "day": WEEKDAYS[pace.week_starts]},
            "pace-week",
        )
    if pace.day_maximum is not None or pace.week_maximum is not None:
        yield Sentence(_("Transferred hours and adjustments are left out of this count."))
    if pace.min_weeks is not None:
        yield Sentence(
            ngettext(
                "The course lasts at least %(number)s week.",
                "The course lasts at least %(number)s weeks.",
                pace.min_weeks,
            )
            % {"number": figure(pace.min_weeks)}
        )
    if pace.min_months is not None:
        yield Sentence(
            ngettext(
                "The course lasts at least %(number)s month.",
                "The course lasts at least %(number)s months.",
                pace.min_months,
            )
            % {"number": figure(pace.min_months)}
        )


def _distance(spec: rules.RuleSetSpec) -> Iterator[Sentence]:
    yield from _limited(
        spec,
        spec.distance,
        none=_("No hours taught online are creditable."),
        some=_("%(bound)s taught online, live or in own time, are creditable."),
    )


def _transfer(spec: rules.RuleSetSpec) -> Iterator[Sentence]:
    yield from _limited(
        spec,
        spec.transfer,
        none=_("No transferred hours are creditable."),
        some=_("%(bound)s transferred from elsewhere are creditable."),
    )
    years = spec.transfer_max_age_years
    if years is not None:
        yield Sentence(
            ngettext(
                "Transferred hours that were older than %(number)s year at enrollment are not creditable.",
                "Transferred hours that were older than %(number)s years at enrollment are not creditable.",
                years,
            )
            % {"number": figure(years)},
            "transfer-age",
        )


def _limited(spec: rules.RuleSetSpec, limit: rules.Limit, *, none: str, some: str) -> Iterator[Sentence]:
    bound = limit.of(spec.required)
    if bound is None:
        return
    if not bound:
        yield Sentence(none)
        return
    said = {"amount": amount(bound, spec)}
    if limit.share is None:
        words = _("At most %(amount)s") % said
    else:
        shares = {**said, "share": percent(limit.share)}
        if limit.minutes is None:
            words = _("At most %(share)s of the total that is required, which is %(amount)s,") % shares
        else:
            shares["hours"] = amount(limit.minutes, spec)
            words = _("At most %(hours)s and at most %(share)s of the total that is required") % shares
    yield Sentence(some % {"bound": words})
    if limit.minutes is not None and limit.share is not None:
        yield Sentence(_("The smaller of the two binds: %(amount)s.") % said)


def _age(spec: rules.RuleSetSpec) -> Iterator[Sentence]:
    years = spec.max_age_years
    if years is not None:
        yield Sentence(
            ngettext(
                "The whole course of study was finished at most %(number)s year before the application.",
                "The whole course of study was finished at most %(number)s years before the application.",
                years,
            )
            % {"number": figure(years)}
        )


def _grades(spec: rules.RuleSetSpec) -> Iterator[Sentence]:
    if spec.min_grade is not None:
        yield Sentence(
            _("A course with a grade below %(least)s is attended, not creditable.")
            % {"least": percent(spec.min_grade)},
            "grades-least",
        )
    if spec.min_average is not None:
        yield Sentence(
            _("The average of the courses’ grades, each weighted by its attended minutes, is at least %(least)s.")
            % {"least": percent(spec.min_average)}
        )


def _attendance(spec: rules.RuleSetSpec) -> Iterator[Sentence]:
    if spec.min_attendance is not None:
        yield Sentence(
            _("A course attended to less than %(least)s is not creditable.") % {"least": percent(spec.min_attendance)}
        )


def _course_share(spec: rules.RuleSetSpec) -> Iterator[Sentence]:
    for code, share in spec.course_share:
        yield Sentence(
            _("A course counts for %(tag)s only if at least %(share)s of its creditable minutes are %(tag)s.")
            % {"tag": tag(code), "share": percent(share)}
        )


def _linkage(spec: rules.RuleSetSpec) -> Iterator[Sentence]:
    if spec.max_courses is not None:
        yield Sentence(
            ngettext(
                "All hours come from %(number)s course.",
                "All hours come from at most %(number)s linked courses.",
                spec.max_courses,
            )
            % {"number": figure(spec.max_courses)}
        )
    if spec.one_school:
        yield Sentence(_("All hours come from one school."))


def _facts(spec: rules.RuleSetSpec) -> Iterator[Sentence]:
    for code in spec.requirements:
        yield Sentence(_("%(fact)s.") % {"fact": capfirst(fact(code))}, f"fact-{code}")


def _rounding(spec: rules.RuleSetSpec) -> Iterator[Sentence]:
    rounding = spec.rounding
    if rounding.mode == "none" and not rounding.first_credit:
        return
    said = {"step": amount(rounding.increment, spec)}
    if rounding.mode == "down":
        yield Sentence(_("The counted total is told in steps of %(step)s, rounded down.") % said)
    elif rounding.mode == "nearest":
        yield Sentence(_("The counted total is told in steps of %(step)s, rounded to the nearest, halves up.") % said)
    if rounding.first_credit:
        yield Sentence(
            _("A counted total below %(amount)s is told as none.") % {"amount": amount(rounding.first_credit, spec)}
        )
    yield Sentence(_("Whether the rules are met is decided by minutes, never by rounded hours."))
