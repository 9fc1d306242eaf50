"""Moving in on screen: a file is brought, its rows are judged, a second person lets it pass."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from accounts.models import User
from certification.records.access import import_for, import_run_for, sealing_school
from certification.records.forms import DecisionForm
from certification.records.models import ImportBatch, ImportRun
from certification.records.presenters import row_words
from certification.records.rules.imports import OBLIGATORY, OPTIONAL
from certification.records.services import (
    IMPORTING_ROLES,
    progress_of,
    refuse_import,
    withdraw_import,
)

from .forms import ImportForm
from .services import bring_file, let_pass

ROWS_A_PAGE = 100
FILES_A_PAGE = 25
SHOWN = ("post", "there", "refused")


@role_required(*IMPORTING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Bring a file, and what became of those that were brought."""
    user = cast(User, request.user)
    school, schools = sealing_school(user, request.GET.get("school"))
    form = ImportForm(*((request.POST, request.FILES) if request.method == "POST" else (None, None)))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        run = bring_file(school=school, data=file.read(), name=file.name, by=user)
        if run.state != ImportRun.State.FAILED:
            return _to(run)
        form.add_error("file", run.sentence)
    brought = ImportBatch.objects.filter(school=school).select_related("proposed_by", "decided_by").defer("verdicts")
    return render(
        request,
        "desk/imports.html",
        {
            "school": school,
            "schools": schools,
            "form": form,
            "page_obj": Paginator(brought, FILES_A_PAGE).get_page(request.GET.get("page")),
            "going": ImportRun.objects.filter(school=school, state__in=["waiting", "running"]).select_related(
                "batch", "by"
            ),
            "obligatory": OBLIGATORY,
            "optional": OPTIONAL,
        },
        status=422 if form.is_bound else 200,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The verdict on each row of a file, and the answer of the second person."""
    user = cast(User, request.user)
    batch = import_for(user, uuid)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _pass(request, batch, form) if request.POST.get("decision") == "approve" else _no(request, batch, form)
        if answer is not None:
            return answer
    show = request.GET.get("show", "")
    verdicts = [one for one in batch.verdicts if show not in SHOWN or one["verdict"] == show]
    page = Paginator(verdicts, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "desk/import.html",
        {
            "batch": batch,
            "page_obj": page,
            "rows": [(one, row_words(one)) for one in page],
            "show": show if show in SHOWN else "",
            "mine": batch.proposed_by_id == user.pk,
            "may_decide": batch.is_open and batch.proposed_by_id != user.pk,
            "form": form,
            "run": batch.runs.order_by("-pk").first() if batch.is_open else None,
        },
        status=422 if form.is_bound else 200,
    )


@login_required
@require_safe
def import_run(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far the work on a file is; without scripts the reader asks again by a link."""
    run = import_run_for(cast(User, request.user), uuid)
    if run.state == ImportRun.State.DONE:
        return _to(run)
    phase, done, of = progress_of(run)
    return render(
        request, "desk/import_run.html", {"run": run, "school": run.school, "phase": phase, "done": done, "of": of}
    )


@login_required
@require_safe
def import_file(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The file as it was brought, as a download."""
    batch = import_for(cast(User, request.user), uuid)
    if not batch.file:
        raise Http404
    try:
        opened = batch.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        opened, as_attachment=True, filename=batch.file_name, content_type="application/octet-stream"
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _to(run: ImportRun) -> HttpResponse:
    """Where the reader goes on: to the file, or to how far the work on it is."""
    if run.state == ImportRun.State.DONE and run.batch:
        return redirect("desk:import", uuid=run.batch.uuid)
    return redirect("desk:import_run", uuid=run.uuid)


def _pass(request: HttpRequest, batch: ImportBatch, form: DecisionForm) -> HttpResponse | None:
    user, words = cast(User, request.user), form.cleaned_data["words"]
    run = form.attempt(lambda: let_pass(batch=batch, by=user, words=words))
    if run is None:
        return None
    if run.state == ImportRun.State.FAILED:
        form.add_error(None, run.sentence)
        return None
    if run.state == ImportRun.State.DONE:
        messages.success(request, _("Posted. Every row of the file stands on its record."))
    return _to(run)


def _no(request: HttpRequest, batch: ImportBatch, form: DecisionForm) -> HttpResponse | None:
    user, words = cast(User, request.user), form.cleaned_data["words"]
    answers: dict[str, tuple[Any, str]] = {
        "refuse": (lambda: refuse_import(batch=batch, by=user, words=words), _("Refused. Nothing was posted.")),
        "withdraw": (lambda: withdraw_import(batch=batch, by=user), _("Withdrawn. Nothing was posted.")),
    }
    write, said = answers.get(request.POST.get("decision", ""), (None, ""))
    if write is None:
        form.add_error(None, ValidationError(_("Choose whether you let it pass or refuse it.")))
        return None
    if form.attempt(write) is None:
        return None
    messages.success(request, said)
    return redirect("desk:import", uuid=batch.uuid)
