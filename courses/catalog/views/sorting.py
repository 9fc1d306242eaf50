"""Many questions at once in the CMS: sorting them, retiring them, and those that likely ask the same."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from certification.quizzes.selectors import categories_of, likely_doubles, question_rows
from certification.quizzes.types import KINDS

from ..access import banks_of
from ..quiz_forms import BulkForm, uuid_in
from ..services import change_questions
from .questions import QuestionIndex, crumbs, put_errors, short, state_of

MOST_AT_ONCE = 500


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_many(request: HttpRequest) -> HttpResponse:
    """Say what is done to the questions that were chosen, see them once more, and do it.

    With `found` these are all that the list finds by the filters and words in the address.
    """
    user: Any = request.user
    banks = banks_of(user)
    if not banks.exists():
        raise Http404
    if request.method != "POST" and "found" in request.GET:
        wanted = _found(request)
    else:
        sent = request.POST.getlist("q") if request.method == "POST" else request.GET.getlist("q")
        wanted = [key for value in sent if (key := uuid_in(value)) is not None]
    rows = list(question_rows(banks).filter(uuid__in=wanted[:MOST_AT_ONCE]).order_by("bank__title", "pk"))
    if not rows:
        messages.info(request, _("Choose the questions first: tick them in the list."))
        return redirect("cms_questions")
    if len(wanted) > MOST_AT_ONCE:
        sentence = _("%(found)d questions are found; these are the first %(most)d. Change them, then the next.")
        messages.warning(request, sentence % {"found": len(wanted), "most": MOST_AT_ONCE})
    form = BulkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            change_questions(
                questions=rows,
                category="" if told["no_category"] else told["category"] or None,
                difficulty=told["difficulty"] or None,
                add_tags=told["add_tags"],
                take_tags=told["take_tags"],
                state=told["state"],
                by=user,
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            said = ngettext("%(number)d question is changed.", "%(number)d questions are changed.", len(rows))
            messages.success(request, said % {"number": len(rows)})
            return redirect("cms_questions")
    title = ngettext("Change %(number)d question", "Change %(number)d questions", len(rows)) % {"number": len(rows)}
    context = {
        "form": form,
        "rows": [
            {"row": row, "ask": short(row.stem), "state": state_of(row), "kind": KINDS[row.kind].label} for row in rows
        ],
        "categories": categories_of(banks),
        "page_title": title,
        "header_title": title,
        "header_icon": "help",
        "breadcrumbs_items": crumbs((reverse("cms_questions"), _("Questions")), ("", title)),
    }
    return render(request, "catalog/admin/change_many.html", context)


def _found(request: HttpRequest) -> list[UUID]:
    """What the list shows by these filters and words, all of its pages."""
    listed = QuestionIndex()
    listed.setup(request)
    return list(dict.fromkeys(listed.get_queryset().values_list("uuid", flat=True)))


@require_safe
def doubles(request: HttpRequest) -> HttpResponse:
    """Pairs of her banks' questions that likely ask the same. One query besides those of her rights."""
    banks = banks_of(request.user)  # type: ignore[arg-type]
    title = _("Likely duplicates")
    context = {
        "pairs": [
            {
                "one": pair.one.question,
                "other": pair.other.question,
                "one_ask": short(pair.one.stem, 240),
                "other_ask": short(pair.other.stem, 240),
                "percent": pair.share.numerator * 100 // pair.share.denominator,
            }
            for pair in likely_doubles(banks)[:200]
        ],
        "page_title": title,
        "header_title": title,
        "header_icon": "help",
        "breadcrumbs_items": crumbs((reverse("cms_questions"), _("Questions")), ("", title)),
    }
    return render(request, "catalog/admin/doubles.html", context)
