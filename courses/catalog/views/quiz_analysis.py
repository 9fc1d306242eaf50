"""What the attempts at a quiz tell, for those who write it: a page with charts and tables, and the same as CSV."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certification.quizzes import analysis as numbers
from certification.quizzes.selectors import Analysis, ItemLine, analysis_of
from certification.records.rules.tables import Cell, as_csv
from certification.records.views.exports import as_download

from ..access import may_regrade, quiz_for
from .questions import crumbs

FLAGS = {
    "hard": gettext_lazy("hard: less than 30 % of the points were earned"),
    "easy": gettext_lazy("easy: more than 95 % of the points were earned"),
    "negative": gettext_lazy("those who did well elsewhere did worse here"),
    "weak": gettext_lazy("tells good from weak hardly apart: discrimination below 0.10"),
    "unchosen": gettext_lazy("a wrong choice that nobody chose"),
    "misleading": gettext_lazy("of the best third, fewer chose the right answer than a wrong one"),
}
BAR, GAP, HEIGHT = 52, 8, 120


@never_cache
@require_safe
def quiz_analysis(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The page. At most eight queries of its own, whatever the number of attempts."""
    user: Any = request.user
    quiz = quiz_for(user, uuid)
    told = analysis_of(quiz)
    title = _("Analysis")
    context = {
        "quiz": quiz,
        "told": told,
        "bars": _bars(told),
        "items": [_item(line) for line in told.items],
        "may_regrade": may_regrade(user, quiz),
        "rules": {
            "least": numbers.LEAST_SHEETS,
            "seconds": numbers.SECONDS_AN_ITEM,
            "same": numbers.SAME_WRONG,
        },
        "page_title": f"{title}: {quiz.title}",
        "header_title": title,
        "header_icon": "clipboard-list",
        "breadcrumbs_items": crumbs(
            (reverse("cms_quizzes"), _("Quizzes")), (reverse("cms_quiz", args=[quiz.uuid]), quiz.title), ("", title)
        ),
    }
    return render(request, "catalog/admin/analysis.html", context)


def _bars(told: Analysis) -> list[dict[str, Any]]:
    """The histogram as a drawing: each bar with its place, height and words."""
    if told.statistics is None:
        return []
    most = max(told.statistics.histogram)
    bars = []
    for place, count in enumerate(told.statistics.histogram):
        height = HEIGHT * count // most
        bars.append(
            {
                "x": place * (BAR + GAP),
                "y": HEIGHT - height,
                "height": height,
                "middle": place * (BAR + GAP) + BAR // 2,
                "edge": place * (BAR + GAP) - GAP // 2,
                "from": place * 10,
                "count": count,
                "label": f"{place * 10}–{(place + 1) * 10}",
            }
        )
    return bars


def percent(share: Fraction | None) -> str:
    """A share in whole percent, cut; empty where there is none."""
    return "" if share is None else str(share.numerator * 100 // share.denominator)


def _item(line: ItemLine) -> dict[str, Any]:
    """One question as the page shows it."""
    told = line.statistics
    if told is None:
        return {"line": line}
    return {
        "line": line,
        "told": told,
        "facility": percent(told.facility),
        "discrimination": "" if told.discrimination is None else str(told.discrimination),
        "empty": told.asked - told.answered,
        "flags": [FLAGS[flag] for flag in told.flags],
        "chosen": [
            {"row": row, "width": row.all * 100 // told.asked} for row in told.chosen
        ],
    }  # fmt: skip


HEADER = (
    *("question", "kind", "times asked", "counted", "answered", "facility", "discrimination", "seconds (estimate)"),
    *("flags", "choice", "right", "chosen", "upper third", "lower third"),
)


@never_cache
@require_safe
def quiz_analysis_table(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The questions and their choices as CSV; of fewer than five learners only how often each was asked."""
    quiz = quiz_for(request.user, uuid)  # type: ignore[arg-type]
    rows = [row for line in analysis_of(quiz).items for row in _rows(line)]
    response = HttpResponse(as_csv(HEADER, rows))
    as_download(response, f"analysis-{quiz.uuid}", "csv")
    return response


def _rows(line: ItemLine) -> Iterator[list[Cell]]:
    begin: list[Cell] = [line.ask, line.kind, line.exposed]
    told = line.statistics
    if told is None:
        yield [*begin, *[None] * (len(HEADER) - len(begin))]
        return
    # Decimals are texts: a spreadsheet of another language reads none of them otherwise.
    begin += [told.asked, told.answered, numbers.signed(told.facility)]
    begin += ["" if told.discrimination is None else str(told.discrimination), told.seconds, " ".join(told.flags)]
    for row in told.chosen:
        yield [*begin, row.option.text, row.option.right, row.all, row.upper, row.lower]
    if not told.chosen:
        yield [*begin, *[None] * (len(HEADER) - len(begin))]
