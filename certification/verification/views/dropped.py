"""Where a certificate's file is dropped and checked. Nothing of it is stored, logged or told to anybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from certification import limits
from certification.keys.proofs.reading import LONGEST

from ..bounded import BadFileError, BusyError
from ..dropped import Verdict, judge
from ..forms import TOO_LARGE, UNREADABLE, FileForm
from .answers import private, slow_down

MOST_SENT = LONGEST + 16_384
"""Bytes of a whole request: the file, the name and what a browser puts around them."""

MOST_THROWN = 8 * 1024 * 1024
"""Bytes of a request that is too large that are read and thrown away, so that its browser hears why."""

PIECE = 65_536
AGAIN_SECONDS = 10


@csrf_exempt  # the token lies in the body, which is read only once its size is known; `_checked` asks for it
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest) -> HttpResponse:
    """The form, and the answer to a file. At most six queries; a check is counted like a miss at the other faces."""
    if request.method != "POST":
        return _page(request, FileForm())
    wait = limits.seconds_to_wait(request)
    if wait:
        return slow_down(request, wait)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_SENT:
        _throw_away(request)
        form = FileForm({})
        form.errors.clear()
        form.add_error("file", TOO_LARGE)
        return _page(request, form, status=413)
    return _checked(request)


@csrf_protect
def _checked(request: HttpRequest) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        too_large = form.has_error("file") and TOO_LARGE in form.errors["file"]
        return _page(request, form, status=413 if too_large else 422)
    # Each check costs a process, whatever comes of it: so a right file counts too.
    limits.count_miss(request)
    try:
        verdict = judge(form.cleaned_data["file"], at=timezone.now(), name=form.cleaned_data["name"].strip())
    except BadFileError:
        form.add_error("file", UNREADABLE)
        return _page(request, form, status=422)
    except BusyError:
        response = _page(request, form, busy=True, status=503)
        response["Retry-After"] = str(AGAIN_SECONDS)
        return response
    return _page(request, FileForm(initial={"name": form.cleaned_data["name"]}), verdict=verdict)


def _page(
    request: HttpRequest, form: FileForm, *, verdict: Verdict | None = None, busy: bool = False, status: int = 200
) -> HttpResponse:
    context = {"form": form, "verdict": verdict, "busy": busy, "checked_at": timezone.now()}
    return private(render(request, "verification/file.html", context, status=status))


def _throw_away(request: HttpRequest) -> None:
    """Read what is too large without keeping it: a browser whose upload is cut off shows no page."""
    thrown = 0
    while thrown < MOST_THROWN and (piece := request.read(PIECE)):
        thrown += len(piece)
