"""Shows each part of the design system alone, in every state, with its inputs; only while DEBUG is on.

The inputs are read from the comment at the head of each component, so that page and component cannot differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from certification.records.presenters import ShownMonth, shown_almanac
from certification.records.rules import study_days
from courses.catalog.blocks import LessonBody

# Group -> components, in the order in which a reader needs them.
GROUPS: dict[str, list[str]] = {
    "Actions": ["button", "link_button", "dialog", "fold"],
    "Forms": ["field", "fields", "form_errors", "saved", "progress"],
    "Messages": ["note", "callout", "empty", "state"],
    "Hours": ["hm", "ring", "hours_bar", "layers", "month", "month_key", "dial", "mark", "grade", "need"],
    "Proof": ["verdict", "code", "pair"],
    "Structure": ["section_head", "card", "table", "kv", "crumbs", "subnav", "pagination", "plate", "icon"],
}
COMMENT = re.compile(r"{%\s*comment\s*%}\s*(.*?)\s*{%\s*endcomment\s*%}", re.DOTALL)


@dataclass(frozen=True)
class Component:
    """One component: its name as a tag, what its comment says, and the template that shows it."""

    slug: str
    tag: str
    says: str
    example: str


def components_dir() -> Path:
    """Where the components stand."""
    return Path(settings.BASE_DIR) / "templates" / "cotton"


def read_component(slug: str) -> Component:
    """Read one component's comment from its file."""
    found = COMMENT.search((components_dir() / f"{slug}.html").read_text())
    return Component(
        slug=slug,
        tag=f"<c-{slug.replace('_', '-')}>",
        says=found.group(1) if found else "",
        example=f"patterns/examples/{slug}.html",
    )


@cache
def icon_names() -> list[str]:
    """Every icon of the sprite."""
    sprite = Path(settings.BASE_DIR) / "static" / "img" / "icons.svg"
    return re.findall(r'<symbol id="([a-z-]+)"', sprite.read_text())


class SampleForm(forms.Form):
    """One field of each kind."""

    legal_name = forms.CharField(label=_("Full legal name"), help_text=_("As it stands on your licence."))
    email = forms.EmailField(label=_("E-mail address"))
    state = forms.ChoiceField(label=_("State"), choices=[("", _("Choose…")), ("GA", "Georgia"), ("TX", "Texas")])
    began_on = forms.DateField(
        label=_("Day of the shift"), widget=forms.DateInput(attrs={"type": "date", "class": "input--time"})
    )
    why = forms.CharField(label=_("Why"), widget=forms.Textarea, required=False, help_text=_("One sentence is enough."))
    paper = forms.FileField(label=_("Transcript"), required=False, help_text=_("PDF, at most 5 MB."))
    answer = forms.ChoiceField(
        label=_("Your answer"), widget=forms.RadioSelect, choices=[("sign", _("Sign")), ("return", _("Return"))]
    )
    topics = forms.MultipleChoiceField(
        label=_("What you worked on"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("mfr", _("Myofascial release")), ("nmt", _("Neuromuscular technique"))],
    )
    truth = forms.BooleanField(label=_("The times are right to my knowledge."))


@dataclass(frozen=True)
class SampleLine:
    """A line of an invented record, as the calendar reads it."""

    date: date
    minutes: int
    creditable: int
    source: str = "lesson"
    delivery: str = "asynchronous"


def sample_month() -> ShownMonth:
    """A month with a day of each kind, one of them not creditable as a whole."""
    lines = [
        SampleLine(date(2026, 11, 3), 25, 25),
        SampleLine(date(2026, 11, 5), 90, 90),
        SampleLine(date(2026, 11, 7), 240, 240, "class", "in_person"),
        SampleLine(date(2026, 11, 10), 315, 240, "externship", "in_person"),
        SampleLine(date(2026, 11, 13), 120, 120, "transfer", "in_person"),
    ]
    almanac = shown_almanac(
        study_days(lines), today=date(2026, 11, 19), asked=None, week_starts=6, unit=60, rows_url="#month"
    )
    return almanac.months[-1]


def sample() -> dict[str, Any]:
    """Invented data, the same on every call."""
    refused = SampleForm({"refused-legal_name": "Daniela Reyes", "refused-email": "daniela@"}, prefix="refused")
    refused.is_valid()
    refused.add_error(None, _("The shift ends before it begins: 1:30 pm comes before 2:00 pm."))
    return {
        "form": SampleForm(),
        "refused": refused,
        "page_first": Paginator(range(60), 10).page(1),
        "page_middle": Paginator(range(60), 10).page(3),
        "month": sample_month(),
        "legend": [_("Palmar aponeurosis"), _("Transverse fibers"), _("Thenar muscles")],
        "crumbs": [
            {"label": "Medical Massage Practitioner", "url": "#"},
            {"label": "III. Myofascial release", "url": "#"},
        ],
        "pairs": [
            (_("Certificate"), "Medical Massage Practitioner"),
            (_("Awarded"), "12 June 2026"),
            (_("School"), "Riverbend"),
        ],
        "grades": ["measured", "awarded", "co_signed", "transferred", "imported", "self_reported", "corrected"],
        "icons": icon_names(),
        "colors": [
            "paper",
            "sheet",
            "wash",
            "wash-deep",
            "rule",
            "rule-firm",
            "ink-3",
            "ink-2",
            "ink",
            "teal-tint",
            "teal-mid",
            "teal",
            "teal-press",
            "clay-tint",
            "clay-mid",
            "clay",
        ],
    }


@dataclass(frozen=True)
class ShownBlock:
    """One block of a lesson with the example that the picker shows."""

    slug: str
    label: str
    group: str
    says: str
    html: str


def shown_blocks() -> list[ShownBlock]:
    """Every block that a lesson may hold."""
    return [
        ShownBlock(
            slug=f"shown-{name}",
            label=str(block.label),
            group=str(block.meta.group),
            says=str(block.get_description()),
            html=block.render(block.get_preview_value(), {"place": name}),
        )
        for name, block in LessonBody().child_blocks.items()
    ]


def index(request: HttpRequest) -> HttpResponse:
    """The pattern page; the same 404 as any unknown address when DEBUG is off."""
    if not settings.DEBUG:
        raise Http404
    groups = [(name, [read_component(slug) for slug in slugs]) for name, slugs in GROUPS.items()]
    return render(request, "patterns/index.html", {"groups": groups, "lesson_blocks": shown_blocks(), **sample()})
