"""The papers of the registers: adding, opening, withdrawing, erasing."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certification.records.views.papers import paper_response, sent

from ..access import school_paper, school_site, school_supervisor
from ..forms import ErasePaperForm, PaperForm, WithdrawPaperForm
from ..models import RegisterPaper, Site, Supervisor
from .replies import status_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_to_site(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep a paper of a site."""
    return _add(request, school_site(request.user, uuid))  # type: ignore[arg-type]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_to_supervisor(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep a paper of a supervisor."""
    return _add(request, school_supervisor(request.user, uuid))  # type: ignore[arg-type]


def _page_of(owner: Site | Supervisor) -> str:
    name = "desk_site" if isinstance(owner, Site) else "desk_supervisor"
    return reverse(f"externships:{name}", args=[owner.uuid])


def _add(request: HttpRequest, owner: Site | Supervisor) -> HttpResponse:
    data, files = sent(request)
    form = PaperForm(data, files, owner=owner, by=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        messages.success(request, _("The paper is kept. The dates that hold for shifts are those of the register."))
        return redirect(_page_of(owner))
    at = "sites" if isinstance(owner, Site) else "supervisors"
    context = {"form": form, "owner": owner, "back": _page_of(owner), "at": at}
    return render(request, "externships/desk_paper_form.html", context, status=status_of(form))


@login_required
@require_safe
def paper(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Download a paper."""
    return paper_response(school_paper(request.user, uuid))  # type: ignore[arg-type]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say that a paper does not count, and why."""
    found: RegisterPaper = school_paper(request.user, uuid)  # type: ignore[arg-type]
    owner = found.site or found.supervisor
    assert owner is not None
    form = WithdrawPaperForm(request.POST or None, paper=found, by=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        messages.success(request, _("Withdrawn. It stays here with your reason."))
        return redirect(_page_of(owner))
    return _reason(request, form, found, owner, "externships/desk_paper_withdraw.html")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Erase the file of a paper whose time is over, and say why."""
    found: RegisterPaper = school_paper(request.user, uuid)  # type: ignore[arg-type]
    owner = found.site or found.supervisor
    assert owner is not None
    form = ErasePaperForm(request.POST or None, paper=found, by=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        messages.success(request, _("Erased. That it was here stays, with your reason."))
        return redirect(_page_of(owner))
    return _reason(request, form, found, owner, "externships/desk_paper_erase.html")


def _reason(
    request: HttpRequest, form: WithdrawPaperForm, found: RegisterPaper, owner: Site | Supervisor, template: str
) -> HttpResponse:
    at = "sites" if isinstance(owner, Site) else "supervisors"
    context = {"form": form, "paper": found, "owner": owner, "back": _page_of(owner), "at": at}
    return render(request, template, context, status=status_of(form))
