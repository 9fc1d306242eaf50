"""The log seen from outside (checkpoints, proofs, keys; for anyone) and the registrar's page about it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from accounts.buttons import by_button
from certification.keys.models import SigningKey
from certification.keys.selectors import keys_of, named, trusted_keys, whole_note
from certification.keys.services import KeyFileError

from ..access import sealing_school, witness_for
from ..forms import WitnessForm
from ..models import Checkpoint, HourLog
from ..selectors import checkpoints_of, consistency_of, inclusion_of, last_checkpoint, log_named, witnesses_of
from ..services import WITNESSING_ROLES, add_witness, end_witness, ensure_log, make_checkpoint

PER_PAGE = 50


def _log(slug: str) -> HourLog:
    log = log_named(slug)
    if log is None:
        raise Http404
    return log


def _open_to_all(response: HttpResponse, *, for_ever: bool) -> HttpResponse:
    """For programs of anyone, anywhere; what never changes may be kept."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=31536000, immutable" if for_ever else "no-cache"
    return response


def _text(text: str, *, for_ever: bool) -> HttpResponse:
    return _open_to_all(HttpResponse(text, content_type="text/plain; charset=utf-8"), for_ever=for_ever)


def _problem(status: int, title: str) -> HttpResponse:
    response = JsonResponse({"type": "about:blank", "title": title, "status": status}, status=status)
    response["Content-Type"] = "application/problem+json"
    return _open_to_all(response, for_ever=False)


@require_safe
def checkpoints(request: HttpRequest, log: str) -> HttpResponse:
    """All checkpoints of a log, and how a stranger checks one. Four queries."""
    found = _log(log)
    page = Paginator(checkpoints_of(found), PER_PAGE).get_page(request.GET.get("page"))
    keys = [(key, named(key).verifier) for key in keys_of(SigningKey.Purpose.LOG, found.origin)]
    return render(request, "records/checkpoints.html", {"log": found, "slug": log, "page_obj": page, "keys": keys})


@require_safe
def checkpoint(request: HttpRequest, log: str, size: int) -> HttpResponse:
    """The signed note of one size, as it went out. Never changes."""
    found = Checkpoint.objects.filter(log__origin=_log(log).origin, size=size).first()
    if found is None:
        raise Http404
    return _text(whole_note(found.note), for_ever=True)


@require_safe
def newest_checkpoint(request: HttpRequest, log: str) -> HttpResponse:
    """The newest signed note."""
    found = last_checkpoint(_log(log))
    if found is None:
        raise Http404
    return _text(whole_note(found.note), for_ever=False)


@require_safe
def log_keys(request: HttpRequest, log: str) -> HttpResponse:
    """The keys that sign this log, one a line, as C2SP's tools take them; the newest last. One that leaked is gone."""
    keys = trusted_keys(SigningKey.Purpose.LOG, _log(log).origin)
    return _text("".join(f"{named(key).verifier}\n" for key in keys), for_ever=False)


@require_safe
def inclusion(request: HttpRequest, log: str, leaf: str) -> HttpResponse:
    """The proof that a leaf hash is in the tree of `?size=` leaves (the newest checkpoint's, where none is asked)."""
    found = _log(log)
    size = _size(request, "size", found)
    if size is None:
        return _problem(422, "size must be a whole number, at most the size of the newest checkpoint.")
    proof = inclusion_of(found, leaf.lower(), size)
    if proof is None:
        return _problem(404, "No such leaf is among the first lines of that number.")
    body: dict[str, Any] = {
        "log": found.origin,
        "leaf_index": proof.index,
        "leaf_hash": proof.leaf,
        "tree_size": proof.size,
        "root_hash": proof.root,
        "inclusion_path": list(proof.proof),
    }
    return _open_to_all(JsonResponse(body), for_ever=False)


@require_safe
def consistency(request: HttpRequest, log: str) -> HttpResponse:
    """The proof that the tree of `?from=` leaves is the beginning of that of `?size=` leaves."""
    found = _log(log)
    old, size = _size(request, "from", found), _size(request, "size", found)
    if old is None or size is None:
        return _problem(422, "from and size must be whole numbers, at most the size of the newest checkpoint.")
    proof = consistency_of(found, old, size)
    if proof is None:
        return _problem(404, "There is no proof between these sizes: from must be above 0 and at most size.")
    body: dict[str, Any] = {
        "log": found.origin,
        "old_size": proof.old,
        "old_root_hash": proof.old_root,
        "tree_size": proof.size,
        "root_hash": proof.root,
        "consistency_path": list(proof.proof),
    }
    return _open_to_all(JsonResponse(body), for_ever=False)


def _size(request: HttpRequest, name: str, log: HourLog) -> int | None:
    """A size of the address; only what was published can be asked for. None when it is no such number."""
    newest = last_checkpoint(log)
    published = newest.size if newest else 0
    asked = request.GET.get(name, "")
    if name == "size" and not asked:
        return published
    if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
        return None
    return int(asked) if int(asked) <= published else None


@role_required(*WITNESSING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def desk_log(request: HttpRequest) -> HttpResponse:
    """The school's log for its registrars: its head, its checkpoints, and who keeps copies outside the house."""
    school, schools = sealing_school(request.user, request.GET.get("school"))  # type: ignore[arg-type]
    log = ensure_log(school=school)
    form = WitnessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_witness(log=log, name=form.cleaned_data["name"], email=form.cleaned_data["email"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("Checkpoints go to %(email)s from now on.") % {"email": form.cleaned_data["email"]}
            )
            return redirect(_desk(school.slug))
    return render(
        request,
        "records/desk_log.html",
        {
            "school": school,
            "schools": schools,
            "log": log,
            "slug": school.slug,
            "newest": last_checkpoint(log),
            "checkpoints": checkpoints_of(log)[:10],
            "witnesses": witnesses_of(log),
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )


@role_required(*WITNESSING_ROLES)
@by_button("records:desk_log")
def desk_make_checkpoint(request: HttpRequest) -> HttpResponse:
    """Sign the head of the log now."""
    school, _schools = sealing_school(request.user, request.POST.get("school"))  # type: ignore[arg-type]
    try:
        made = make_checkpoint(log=ensure_log(school=school), reason=Checkpoint.Reason.ASKED)
    except KeyFileError:
        messages.error(
            request, _("The signing key could not be used. Whoever runs the server finds the reason in its log.")
        )
    else:
        if made is None:
            messages.info(request, _("The log is empty; there is nothing to sign yet."))
        else:
            messages.success(
                request, _("Signed: the first %(size)d lines are fixed. Copies are on their way.") % {"size": made.size}
            )
    return redirect(_desk(school.slug))


@role_required(*WITNESSING_ROLES)
@by_button("records:desk_log")
def desk_end_witness(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send no more to this witness."""
    witness = end_witness(witness=witness_for(request.user, uuid))  # type: ignore[arg-type]
    messages.success(request, _("%(email)s gets no more checkpoints.") % {"email": witness.email})
    return redirect(_desk(witness.log.school.slug))


def _desk(slug: str) -> str:
    return f"{reverse('records:desk_log')}?school={slug}"
