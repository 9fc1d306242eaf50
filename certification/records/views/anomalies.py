"""The school's pages for anomalies: what was found, the lines behind it, and what people decided."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from accounts.models import User
from accounts.selectors import schools_of

from ..access import anomaly_for
from ..forms import AnomalyForm
from ..models import Anomaly, AnomalyDecision
from ..presenters import anomaly_found, anomaly_often
from ..selectors import anomalies_seen_by, decisions_of, lines_behind, narrowed
from ..services import DECIDING_ROLES, decide_anomaly

ROWS_A_PAGE = 25
STATES = ("open", "decided", "all")


@role_required(*DECIDING_ROLES)
@require_safe
def anomalies(request: HttpRequest) -> HttpResponse:
    """The anomalies of this person's schools: open ones unless others are asked for."""
    user = cast(User, request.user)
    state = request.GET.get("state", "")
    state = state if state in STATES else "open"
    kind = request.GET.get("kind", "")
    seen = anomalies_seen_by(user, list(schools_of(user, *DECIDING_ROLES)))
    page = Paginator(narrowed(seen, state=state, kind=kind), ROWS_A_PAGE).get_page(request.GET.get("page"))
    words = dict(AnomalyDecision.Verdict.choices)
    return render(
        request,
        "records/desk_anomalies.html",
        {
            "rows": [
                (row, anomaly_found(row), words.get(row.verdict, ""))  # type: ignore[attr-defined]
                for row in page.object_list
            ],
            "page_obj": page,
            "state": state,
            "kind": kind,
            "kinds": Anomaly.Kind.choices,
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def anomaly(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One anomaly: what was found, the lines behind it, what was decided, and a new decision."""
    user = cast(User, request.user)
    found = anomaly_for(user, uuid)
    form = AnomalyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        key, verdict, words = (form.cleaned_data[name] for name in ("key", "verdict", "words"))
        kept = form.attempt(lambda: decide_anomaly(uuid=key, anomaly=found, verdict=verdict, words=words, by=user))
        if kept is not None:
            messages.success(request, _("Kept. Your words stand here for whoever looks next."))
            return redirect("records:desk_anomaly", uuid=uuid)
    return render(
        request,
        "records/desk_anomaly.html",
        {
            "anomaly": found,
            "said": anomaly_found(found),
            "often": anomaly_often(found),
            "records": found.records.select_related("learner__user").order_by("learner__user__legal_name", "pk"),
            "lines": lines_behind(found),
            "decisions": decisions_of(found),
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )
