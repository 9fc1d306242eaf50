"""Owns how minutes, shares and names are written on screen; it reads no database and knows no rule.

It stands in `accounts` because every room above may load it: ``{% load palmar %}``.
"""

from __future__ import annotations

from typing import TypedDict

from django import template
from django.forms import BoundField
from django.template.context import RequestContext
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

register = template.Library()

MINUS = "\N{MINUS SIGN}"
THIN = "\N{THIN SPACE}"


def _whole(value: object) -> int | None:
    """Read a count of minutes; anything that is not one gives None, so a template never fails on it."""
    if value is None or isinstance(value, bool):
        return None
    try:
        return int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        return None


def _parts(minutes: int, unit: int) -> list[tuple[str, str]]:
    """Split minutes into (figure, unit) pairs, `unit` minutes making an hour: no empty part, and at least one."""
    hours, rest = divmod(abs(minutes), unit)
    parts = []
    if hours:
        parts.append((number_format(hours, decimal_pos=0, force_grouping=True), pgettext("unit of time, short", "h")))
    if rest or not hours:
        parts.append((str(rest), pgettext("unit of time, short", "min")))
    return parts


@register.filter
def hm(minutes: object, unit: int = 60) -> SafeString | str:
    """Write minutes as hours and minutes with small units: 9750 becomes 162 h 30 min.

    `unit` is the minutes of an hour, where a rule set says other than 60. Safe HTML. Negative minutes get a true minus
    sign. What is not a number gives an empty string.
    """
    whole = _whole(minutes)
    if whole is None:
        return ""
    inner = format_html_join(" ", "{}<small>" + THIN + "{}</small>", _parts(whole, unit))
    return format_html('<span class="hm">{}{}</span>', MINUS if whole < 0 else "", inner)


@register.filter
def hm_text(minutes: object, unit: int = 60) -> str:
    """Write minutes as plain text, for mails, labels and titles: "162 h 30 min"; `unit` as in `hm`."""
    whole = _whole(minutes)
    if whole is None:
        return ""
    return (MINUS if whole < 0 else "") + " ".join(f"{figure} {word}" for figure, word in _parts(whole, unit))


@register.filter
def zone_words(zone: str) -> str:
    """Write a time zone as people say it: America/New_York becomes “New York time”."""
    city = zone.rpartition("/")[2].replace("_", " ")
    return _("%(city)s time") % {"city": city} if "/" in zone else zone


@register.filter
def hm_clock(minutes: object, unit: int = 60) -> str:
    """Write minutes as 27:40, only where space forces it: inside a ring, in a narrow column; `unit` as in `hm`."""
    whole = _whole(minutes)
    if whole is None:
        return ""
    hours, rest = divmod(abs(whole), unit)
    return f"{MINUS if whole < 0 else ''}{hours}:{rest:02d}"


@register.filter
def share(value: object, total: object) -> str:
    """Give value as a part of 100 of total, two decimals and a point, for SVG attributes: "54.17".

    Never below 0 nor above 100; nothing of nothing is 0.
    """
    part, whole = _whole(value), _whole(total)
    if not part or not whole or part < 0 or whole < 0:
        return "0.00"
    hundredths = min(part * 10000 // whole, 10000)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


@register.filter
def initials(name: object) -> str:
    """Give the first and last initial of a person's name: "Daniela Reyes" becomes "DR"."""
    words = [word for word in str(name or "").replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return ""
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class Sieve(TypedDict):
    """Where the bars of the sieve stand, in minutes; every value is safe as an SVG attribute."""

    scale: int
    attended: int
    creditable: int
    counted: int
    not_creditable: int
    over_limit: int
    ticks: list[int]
    lens: bool
    lens_from: int
    lens_span: int
    lens_to: int


# The gap is magnified where it is narrower than this share of the whole scale: a few pixels on a phone.
LENS_BELOW_PERCENT = 12
TICK_STEPS_HOURS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000)


@register.simple_tag
def sieve(attended: object, creditable: object, counted: object, required: object, unit: int = 60) -> Sieve:
    """Lay out "attended, creditable, counted" on one scale of minutes, with a magnified window on the gap.

    The ticks are hours of `unit` minutes.
    """
    att = max(_whole(attended) or 0, 0)
    crd = min(max(_whole(creditable) or 0, 0), att)
    cnt = min(max(_whole(counted) or 0, 0), crd)
    scale = max(_whole(required) or 0, att, unit)
    hours = -(-scale // unit)
    step = next((s for s in TICK_STEPS_HOURS if hours <= s * 6), TICK_STEPS_HOURS[-1])
    # The scale ends on a tick, so that the last number stands under the end of the bars.
    ticks = list(range(0, -(-hours // step) * step + 1, step))
    scale = ticks[-1] * unit
    gap = att - cnt
    lens = 0 < gap * 100 < LENS_BELOW_PERCENT * scale
    margin = max(gap // 4, 1)
    lens_from = max(cnt - margin, 0) if lens else 0
    lens_to = att + margin if lens else 0
    return {
        "scale": scale,
        "attended": att,
        "creditable": crd,
        "counted": cnt,
        "not_creditable": att - crd,
        "over_limit": crd - cnt,
        "ticks": ticks,
        "lens": lens,
        "lens_from": lens_from,
        "lens_span": lens_to - lens_from,
        "lens_to": lens_to,
    }


class Layers(TypedDict):
    """Where a bar of layers ends and where its tick stands, in minutes; no tick: 0."""

    scale: int
    tick: int


@register.simple_tag
def layers(attended: object, required: object) -> Layers:
    """Lay out a bar that ends at what is required, or at what was attended where that is more."""
    att, req = max(_whole(attended) or 0, 0), max(_whole(required) or 0, 0)
    return {"scale": max(att, req, 1), "tick": req if att > req else 0}


class Arc(TypedDict):
    """A piece of a ring whose whole is 100, as strings for SVG attributes."""

    start: str
    length: str


@register.simple_tag
def lost_arc(counted: object, attended: object, needed: object) -> Arc | None:
    """Lay out the fine line outside a ring: what was attended and could not count; None when there is none."""
    cnt, att, of = _whole(counted) or 0, _whole(attended) or 0, _whole(needed) or 0
    whole = max(of, att)
    if att <= cnt or whole <= 0:
        return None
    start = share(cnt, whole)
    length = min(float(share(att - cnt, whole)), 100 - float(start))
    return {"start": start, "length": f"{max(length, 0.6):.2f}"}


@register.simple_tag
def to_go(counted: object, needed: object) -> int:
    """Minutes still missing, never below zero."""
    return max((_whole(needed) or 0) - (_whole(counted) or 0), 0)


# What a control is dressed in; a checkbox, a radio button and a hidden field keep the browser's own form.
BARE_WIDGETS = {"checkbox", "radioselect", "checkboxselectmultiple", "hidden"}


@register.simple_tag
def control(
    field: BoundField, css: str = "", hint: str = "", autocomplete: str = "", inputmode: str = ""
) -> SafeString:
    """Draw a bound field's control in the design system's dress; Django ties it to hint and error itself."""
    # The content security policy refuses style attributes; False leaves the attribute out.
    attrs: dict[str, str | bool] = {"style": False}
    placeholder = field.field.widget.attrs.get("placeholder")
    if placeholder and str(placeholder).lower() in str(field.label).lower() + " address":
        # It only repeats the label, in gray, and goes away when one types.
        attrs["placeholder"] = False
    if field.widget_type not in BARE_WIDGETS:
        own = str(field.field.widget.attrs.get("class", ""))
        attrs["class"] = " ".join(part for part in ("input", own, css) if part)
    if hint and not field.help_text and field.auto_id:
        # Django names the hint only when the field itself has a help text.
        named = [f"{field.auto_id}_helptext", *([f"{field.auto_id}_error"] if field.errors else [])]
        attrs["aria-describedby"] = " ".join(named)
    if autocomplete:
        attrs["autocomplete"] = autocomplete
    if inputmode:
        attrs["inputmode"] = inputmode
    return field.as_widget(attrs=attrs)


@register.simple_tag(takes_context=True)
def page_link(context: RequestContext, param: str, number: int) -> str:
    """Give the present address's query with another page number; the first page has none."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is None:
        return f"?{param}={number}"
    query.pop(param, None)
    if number > 1:
        query[param] = str(number)
    return "?" + query.urlencode()
