"""Appeals in the CMS: what learners question, those that wait first, and the school's answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from certification.quizzes.selectors import FULL_SIGHT, alias_of, appeals_to_answer, marks_of, result_lines
from certification.quizzes.services import NotNowError

from ..access import appeal_for, quizzes_of
from ..mark_forms import AnswerForm
from ..services import reply_to_appeal
from .marks import ROWS_A_PAGE
from .questions import crumbs, put_errors, short


@never_cache
@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    """What learners question about her quizzes. At most four queries of its own."""
    user: Any = request.user
    page = Paginator(appeals_to_answer(quizzes_of(user), by=user), ROWS_A_PAGE).get_page(request.GET.get("p"))
    title = _("Appeals")
    context = {
        "page": page,
        "rows": [(each, short(each.response.question_version.stem, 80)) for each in page.object_list],
        "page_title": title,
        "header_title": title,
        "header_icon": "comment",
        "breadcrumbs_items": crumbs(("", title)),
    }
    return render(request, "catalog/admin/appeals.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One appeal beside the answer that it is about; POST answers it, once."""
    user: Any = request.user
    found = appeal_for(user, uuid)
    attempt, question = found.response.attempt, found.response.question_version.question
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reply_to_appeal(appeal=found, by=user, **form.cleaned_data)
        except NotNowError as refused:
            messages.error(request, " ".join(refused.messages))
            return redirect("cms_appeal", uuid)
        except ValidationError as refused:
            put_errors(form, refused)
        else:
            messages.success(request, _("The answer is kept. The learner gets a mail."))
            return redirect("cms_appeal", uuid)
    lines = {line.position: line for line in result_lines(attempt, FULL_SIGHT)}
    title = _("An appeal")
    context = {
        "appeal": found,
        "attempt": attempt,
        "quiz": attempt.assignment.quiz,
        "question": question,
        "line": lines[found.response.position],
        "mark": marks_of(attempt).get(found.response.position),
        "alias": alias_of(attempt.uuid),
        "form": form,
        "page_title": title,
        "header_title": title,
        "header_icon": "comment",
        "breadcrumbs_items": crumbs((reverse("cms_appeals"), _("Appeals")), ("", title)),
    }
    return render(request, "catalog/admin/appeal.html", context)
