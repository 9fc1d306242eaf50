"""Says rules and shortfalls in plain, translatable words; pure on a RuleSetSpec, no queries.

Hours are those of the rule's unit, always exact: whole hours, or hours and minutes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .rules import DELIVERIES, TOTAL, Category, Limit, RuleSetSpec, Unmet

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
DELIVERY_WORDS = {
    "in_person": gettext_lazy("in person"),
    "synchronous": gettext_lazy("live online"),
    "asynchronous": gettext_lazy("online in own time"),
}
STATUS_WORDS = {
    "verified": gettext_lazy("Read against the text of the rule on the days named below."),
    "unverified": gettext_lazy(
        "Written from secondary sources, or with numbers that nobody has confirmed. Check it against the statute before "
        "you rely on it."
    ),
    "sample": gettext_lazy("Our own. No board and no certifying body asks for these hours."),
}
AXIS_WORDS = {
    "program_start": gettext_lazy("the day on which the program began"),
    "enrolment": gettext_lazy("the day of enrollment"),
    "session": gettext_lazy("the day of each session"),
    "application": gettext_lazy("the day of the application"),
}
MOST_SIBLINGS = 3
NOT_JUDGED = re.compile(r"^\s*#\s*not judged:\s*(.+?)\s*$", re.MULTILINE | re.IGNORECASE)


def day_words(day: date) -> str:
    """`25 November 2026`, as the site writes days."""
    return date_format(day, "j F Y")


def amount(minutes: int, unit: int) -> str:
    """`12 h 30 min`, `20 h`, `45 min`."""
    whole, rest = divmod(minutes, unit)
    if not rest:
        return _("%(h)d h") % {"h": whole}
    return _("%(h)d h %(m)d min") % {"h": whole, "m": rest} if whole else _("%(m)d min") % {"m": rest}


def more(minutes: int, unit: int) -> str:
    """`10 more hours`, `1 more hour`, `30 more minutes`, `2 h 30 min more`."""
    whole, rest = divmod(minutes, unit)
    if not rest:
        return ngettext("%(n)d more hour", "%(n)d more hours", whole) % {"n": whole}
    if not whole:
        return ngettext("%(n)d more minute", "%(n)d more minutes", rest) % {"n": rest}
    return _("%(h)d h %(m)d min more") % {"h": whole, "m": rest}


def plain_words(lack: Unmet, spec: RuleSetSpec) -> str:
    """One sentence for the learner about one thing that is unmet."""
    facts = lack.facts
    asked = more(lack.short or 0, spec.unit_minutes)
    words = {"more": asked, "title": lack.title}
    match lack.kind:
        case "total":
            return _("You need %(more)s.") % words
        case "category":
            return _category(lack, spec, words)
        case "overlay":
            within = facts.get("within")
            title = spec.title_of(lack.code or "")
            if within:
                return _("You need %(more)s of “%(title)s” within %(within)s.") % {
                    "more": asked,
                    "title": title,
                    "within": spec.title_of(within),
                }
            return _("You need %(more)s of “%(title)s”, in whatever subject.") % {"more": asked, "title": title}
        case "in_person":
            return _("You need %(more)s of %(title)s taught in person.") % words
        case "gate" if lack.requires == TOTAL:
            return _("Before %(before)s you need %(more)s in all.") % {"more": asked, "before": facts["before"]}
        case "gate":
            return _("Before %(before)s you need %(more)s of %(title)s.") % {**words, "before": facts["before"]}
        case "pace":
            return _pace(lack)
        case "average":
            return _("Your average grade is %(average)s%%; it must be at least %(least)s%%.") % {
                "average": facts["average"],
                "least": _plain(facts["least"]),
            }
        case "age":
            return ngettext(
                "Your course ended on %(day)s. When you apply it may be %(n)d year old at most.",
                "Your course ended on %(day)s. When you apply it may be %(n)d years old at most.",
                facts["years"],
            ) % {"day": day_words(facts["completed"]), "n": facts["years"]}
        case "linkage" if "courses" in facts:
            return _("Your hours come from %(n)d courses; at most %(most)d linked courses count.") % {
                "n": facts["courses"],
                "most": facts["most"],
            }
        case "linkage":
            return _("Your hours come from %(n)d schools; all must come from one.") % {"n": facts["schools"]}
        case "requirement":
            return _("Not shown yet: %(title)s.") % words
        case _:
            return _("These rules do not apply to %(day)s; another version judges that day.") % {
                "day": day_words(facts["day"])
            }


def _category(lack: Unmet, spec: RuleSetSpec, words: dict[str, str]) -> str:
    siblings = _siblings(lack.code or "", spec.categories)
    if not siblings:
        return _("You need %(more)s of %(title)s.") % words
    return _("You need %(more)s of %(title)s; hours of %(others)s cannot replace them.") % {
        **words,
        "others": listed(siblings[:MOST_SIBLINGS], more_follow=len(siblings) > MOST_SIBLINGS),
    }


def _siblings(code: str, nodes: Sequence[Category], *, top: bool = True) -> list[str]:
    """Titles of the other children of the node's parent; of a node of the first level none."""
    if any(node.code == code for node in nodes):
        return [] if top else [node.title for node in nodes if node.code != code]
    return next(filter(None, (_siblings(code, node.children, top=False) for node in nodes)), [])


def listed(items: Sequence[str], *, more_follow: bool = False) -> str:
    """`A`, `A and B`, `A, B and C`, `A, B, C and others`."""
    names = [*items, _("others")] if more_follow else list(items)
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def _pace(lack: Unmet) -> str:
    facts = lack.facts
    if "weeks" in facts:
        lasts = ngettext("%(n)d week", "%(n)d weeks", facts["weeks"]) % {"n": facts["weeks"]}
    else:
        lasts = ngettext("%(n)d month", "%(n)d months", facts["months"]) % {"n": facts["months"]}
    return _("The course must last at least %(lasts)s: it can end on %(earliest)s or later, not on %(completed)s.") % {
        "lasts": lasts,
        "earliest": day_words(facts["earliest"]),
        "completed": day_words(facts["completed"]),
    }


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def anchor_of(lack: Unmet) -> str:
    """Where the rule behind a shortfall stands on the rule set's page."""
    match lack.kind:
        case "category" | "in_person":
            return f"category-{lack.code}"
        case "overlay" | "gate":
            return f"{lack.kind}-{lack.code}"
        case "average":
            return "grades"
        case "requirement":
            return "facts"
        case _:
            return lack.kind


# ---- the page of a rule set -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One category in the table of a rule set; minutes, 0 or None where nothing is asked."""

    code: str
    title: str
    depth: int
    required: int
    maximum: int | None
    conditions: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"category-{self.code}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One rule beside the table, with its place on the page."""

    anchor: str
    words: str


def node_rows(spec: RuleSetSpec) -> list[NodeRow]:
    """The tree as a table reads it, parents first. A condition stands where it begins, not again below."""

    def rows(nodes: Sequence[Category], parent: Category | None, depth: int) -> Iterator[NodeRow]:
        for node in nodes:
            conditions = tuple(_conditions(node, parent, spec.unit_minutes))
            yield NodeRow(node.code, node.title, depth, node.required, node.maximum, conditions)
            yield from rows(node.children, node, depth + 1)

    return list(rows(spec.categories, None, 0))


def _conditions(node: Category, parent: Category | None, unit: int) -> Iterator[str]:
    inherited = parent.delivery if parent else DELIVERIES
    if node.delivery != inherited:
        kinds = [str(DELIVERY_WORDS[kind]) for kind in node.delivery]
        yield (
            _("any kind of teaching") if node.delivery == DELIVERIES else _("only %(kinds)s") % {"kinds": listed(kinds)}
        )
    if node.distance_periods != (parent.distance_periods if parent else None):
        yield _periods(node)
    if node.required_in_person:
        yield _("at least %(amount)s in person") % {"amount": amount(node.required_in_person, unit)}
    if node.transfer_maximum is not None:
        yield _("at most %(amount)s transferred") % {"amount": amount(node.transfer_maximum, unit)}
    if node.unpaid and not (parent and parent.unpaid):
        yield _("unpaid")


def _periods(node: Category) -> str:
    spans = []
    for start, end in node.distance_periods or ():
        if start and end:
            spans.append(_("from %(start)s to %(end)s") % {"start": day_words(start), "end": day_words(end)})
        elif start:
            spans.append(_("from %(start)s") % {"start": day_words(start)})
        elif end:
            spans.append(_("until %(end)s") % {"end": day_words(end)})
    if not spans:
        return _("online never")
    return _("online only %(spans)s") % {"spans": listed(spans)}


def sentences(spec: RuleSetSpec) -> list[Sentence]:
    """Every rule beside the tree, in the order of the format's page."""
    return [*_overlays(spec), *_gates(spec), *_paces(spec), *_limits(spec), *_courses(spec), *_rest(spec)]


def _overlays(spec: RuleSetSpec) -> Iterator[Sentence]:
    for overlay in spec.overlays:
        place = (
            _("within %(title)s") % {"title": spec.title_of(overlay.within)} if overlay.within else _("in any subject")
        )
        words = {"tag": spec.title_of(overlay.tag), "place": place}
        bounds = []
        if overlay.required:
            bounds.append(_("at least %(amount)s") % {"amount": amount(overlay.required, spec.unit_minutes)})
        if overlay.maximum is not None:
            bounds.append(_("at most %(amount)s that count") % {"amount": amount(overlay.maximum, spec.unit_minutes)})
        if not bounds:
            bounds.append(_("told, not judged"))
        yield Sentence(
            f"overlay-{overlay.tag}",
            _("Hours marked “%(tag)s” %(place)s: %(bounds)s.") % {**words, "bounds": listed(bounds)},
        )


def _gates(spec: RuleSetSpec) -> Iterator[Sentence]:
    for gate in spec.gates:
        needs = [
            _("%(amount)s in all") % {"amount": amount(minutes, spec.unit_minutes)}
            if key == TOTAL
            else _("%(amount)s of %(title)s")
            % {"amount": amount(minutes, spec.unit_minutes), "title": spec.title_of(key)}
            for key, minutes in gate.requires
        ]
        yield Sentence(
            f"gate-{gate.before}",
            _("%(before)s counts only once %(needs)s are creditable; what comes earlier is attended and not credited.")
            % {"before": spec.title_of(gate.before), "needs": listed(needs)},
        )


def _paces(spec: RuleSetSpec) -> Iterator[Sentence]:
    pace, unit = spec.pace, spec.unit_minutes
    if pace.day_maximum is not None:
        yield Sentence("pace", _("At most %(amount)s a day count.") % {"amount": amount(pace.day_maximum, unit)})
    if pace.week_maximum is not None:
        yield Sentence(
            "pace-week",
            _("At most %(amount)s a week count; the week begins on %(day)s.")
            % {"amount": amount(pace.week_maximum, unit), "day": WEEKDAYS[pace.week_starts]},
        )
    if pace.min_weeks is not None:
        yield Sentence(
            "pace-weeks",
            ngettext("The course lasts %(n)d week at least.", "The course lasts %(n)d weeks at least.", pace.min_weeks)
            % {"n": pace.min_weeks},
        )
    if pace.min_months is not None:
        yield Sentence(
            "pace-months",
            ngettext(
                "The course lasts %(n)d month at least.", "The course lasts %(n)d months at least.", pace.min_months
            )
            % {"n": pace.min_months},
        )


def _limits(spec: RuleSetSpec) -> Iterator[Sentence]:
    if spec.distance != Limit():
        yield Sentence(
            "distance",
            _("At most %(limit)s may be taught at a distance, live online or in own time.")
            % {"limit": _limit(spec.distance, spec)},
        )
    if spec.transfer != Limit():
        yield Sentence("transfer", _("At most %(limit)s may be transferred.") % {"limit": _limit(spec.transfer, spec)})
    if spec.transfer_max_age_years is not None:
        yield Sentence(
            "transfer-age",
            ngettext(
                "A transfer may be %(n)d year old at most on the day of enrollment.",
                "A transfer may be %(n)d years old at most on the day of enrollment.",
                spec.transfer_max_age_years,
            )
            % {"n": spec.transfer_max_age_years},
        )
    if spec.max_age_years is not None:
        yield Sentence(
            "age",
            ngettext(
                "The course ends at most %(n)d year before the application.",
                "The course ends at most %(n)d years before the application.",
                spec.max_age_years,
            )
            % {"n": spec.max_age_years},
        )


def _limit(limit: Limit, spec: RuleSetSpec) -> str:
    parts = []
    if limit.minutes is not None:
        parts.append(amount(limit.minutes, spec.unit_minutes))
    if limit.share is not None:
        hundredths = limit.share * 100
        percent = _plain(Decimal(hundredths.numerator * 10_000 // hundredths.denominator).scaleb(-4))
        parts.append(
            _("%(percent)s%% of the total (%(amount)s)")
            % {"percent": percent, "amount": amount(Limit(share=limit.share).of(spec.required) or 0, spec.unit_minutes)}
        )
    if len(parts) == 2:
        return _("the smaller of %(parts)s") % {"parts": listed(parts)}
    return parts[0]


def _courses(spec: RuleSetSpec) -> Iterator[Sentence]:
    if spec.min_grade is not None:
        yield Sentence(
            "grade",
            _("A course graded below %(percent)s%% is attended, not credited.") % {"percent": _plain(spec.min_grade)},
        )
    if spec.min_average is not None:
        yield Sentence(
            "grades",
            _("The average grade, weighted by hours, is at least %(percent)s%%.")
            % {"percent": _plain(spec.min_average)},
        )
    if spec.min_attendance is not None:
        yield Sentence(
            "attendance",
            _("A course attended for less than %(percent)s%% is not credited.")
            % {"percent": _plain(spec.min_attendance)},
        )
    for tag, share in spec.course_share:
        hundredths = Decimal(share.numerator * 1_000_000 // share.denominator).scaleb(-4)
        yield Sentence(
            f"share-{tag}",
            _("A course counts as “%(tag)s” only if at least %(percent)s%% of it is.")
            % {"tag": spec.title_of(tag), "percent": _plain(hundredths)},
        )
    if spec.max_courses is not None:
        yield Sentence(
            "linkage",
            ngettext(
                "All hours come from %(n)d course.",
                "All hours come from at most %(n)d linked courses.",
                spec.max_courses,
            )
            % {"n": spec.max_courses},
        )
    if spec.one_school:
        yield Sentence(
            "linkage" if spec.max_courses is None else "linkage-school", _("All hours come from one school.")
        )


def _rest(spec: RuleSetSpec) -> Iterator[Sentence]:
    if spec.requirements:
        titles = [spec.title_of(code) for code in spec.requirements]
        yield Sentence("facts", _("Shown beside the hours: %(facts)s.") % {"facts": listed(titles)})
    rounding, unit = spec.rounding, spec.unit_minutes
    if rounding.mode != "none":
        way = _("rounded down") if rounding.mode == "down" else _("rounded to the nearest")
        yield Sentence(
            "rounding",
            _("The total is told in steps of %(step)s, %(way)s; whether it is met is judged by the minutes.")
            % {"step": amount(rounding.increment, unit), "way": way},
        )
    if rounding.first_credit:
        yield Sentence(
            "rounding-first",
            _("Less than %(amount)s is told as nothing.") % {"amount": amount(rounding.first_credit, unit)},
        )


def applies(spec: RuleSetSpec) -> str:
    """Which date picks this version, and which dates those are."""
    axis = AXIS_WORDS[spec.applies_by]
    start = day_words(spec.valid_from) if spec.valid_from else ""
    end = day_words(spec.valid_to) if spec.valid_to else ""
    if start and end:
        return _("Picked by %(axis)s: from %(start)s to %(end)s.") % {"axis": axis, "start": start, "end": end}
    if start:
        return _("Picked by %(axis)s: from %(start)s on.") % {"axis": axis, "start": start}
    if end:
        return _("Picked by %(axis)s: until %(end)s.") % {"axis": axis, "end": end}
    return _("Picked by %(axis)s; no dates are set.") % {"axis": axis}


def unit_words(spec: RuleSetSpec) -> str:
    """How long an hour of these rules is."""
    return ngettext(
        "One hour of these rules is %(n)d taught minute.",
        "One hour of these rules is %(n)d taught minutes.",
        spec.unit_minutes,
    ) % {"n": spec.unit_minutes}


def not_judged(text: str) -> list[str]:
    """What a pack's author noted that the format cannot say: lines of the text that begin with `# not judged:`."""
    return NOT_JUDGED.findall(text)
