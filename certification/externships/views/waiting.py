"""The school's list of what waits for signatures, and what can be done about it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import role_required
from accounts.buttons import by_button
from accounts.selectors import schools_of

from ..access import school_link, school_of_placements, school_supervisor
from ..models import AskingRhythm, SignOffLink
from ..selectors import PLACING_ROLES, forms_of, rhythms_of, waiting_links
from ..services import resend_link, revoke_link, set_rhythm, verify_supervisor
from .replies import say
from .sure import ask_once_more

LINKS_A_PAGE = 25


@role_required(*PLACING_ROLES)
@require_safe
def desk_placements(request: HttpRequest) -> HttpResponse:
    """What waits for signatures, by age, and the state of each link."""
    schools = list(schools_of(request.user, *PLACING_ROLES))  # type: ignore[arg-type]
    waiting = waiting_links(schools, timezone.now())
    return render(
        request,
        "externships/desk_placements.html",
        {
            "forms": forms_of(schools, timezone.now()),
            "page_obj": Paginator(waiting, LINKS_A_PAGE).get_page(request.GET.get("page")),
            "count": sum(len(item.rows) for item in waiting),
            "minutes": sum(item.minutes for item in waiting),
            "rhythms": rhythms_of(schools),
            "choices": AskingRhythm.Rhythm.choices,
        },
    )


@login_required
@by_button("externships:desk_placements")
def desk_rhythm(request: HttpRequest, slug: str) -> HttpResponse:
    """Let a school's supervisors be asked at once, once a day or once a week."""
    school = school_of_placements(request.user, slug)  # type: ignore[arg-type]
    try:
        kept = set_rhythm(school=school, rhythm=request.POST.get("rhythm", ""), by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        say(request, error)
    else:
        messages.success(
            request,
            _("Supervisors of %(school)s are asked: %(rhythm)s.")
            % {"school": school.name, "rhythm": kept.get_rhythm_display().lower()},
        )
    return redirect("externships:desk_placements")


@login_required
@by_button("externships:desk_placements")
def desk_send_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Void a link and mail a new one; one that waits to be collected goes now, once."""
    link = school_link(request.user, uuid)  # type: ignore[arg-type]
    waited = link.is_collected
    if request.POST.get("waits") and not waited:
        messages.info(request, _("Its mail has gone already."))
        return redirect("externships:desk_placements")
    try:
        fresh = resend_link(link=link, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        say(request, error)
    else:
        if fresh.held_at:
            messages.warning(request, _("Nothing was mailed: the supervisor’s license is not checked yet."))
        elif fresh.pk == link.pk and waited:
            messages.success(
                request,
                _("The mail to %(name)s is on its way. What else waits for her goes as planned.")
                % {"name": fresh.supervisor.name},
            )
        else:
            messages.success(
                request,
                _("A new link is on its way to %(name)s. The old one opens nothing any more.")
                % {"name": fresh.supervisor.name},
            )
    return redirect("externships:desk_placements")


@login_required
@by_button("externships:desk_placements")
def desk_revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make a link void; its shifts go on waiting."""
    link = school_link(request.user, uuid)  # type: ignore[arg-type]
    on_paper = link.channel == SignOffLink.Channel.PAPER
    said = (
        _(
            "The form printed for %(name)s can be handed in no more. Nothing is signed, and the shifts on it go on waiting."
        )
        if on_paper
        else _(
            "What was mailed to %(name)s opens nothing any more, for good. Nothing is signed, and its shifts go on waiting."
        )
    )
    if link.is_collected:
        said = _(
            "Nothing has been mailed to %(name)s yet, and for this nothing will be. The shifts go on waiting: send them again."
        )
    page = ask_once_more(
        request,
        title=_("Make this form void?") if on_paper else _("Make this link void?"),
        words=said % {"name": link.supervisor.name},
        button=_("Make void"),
        back=reverse("externships:desk_placements"),
    )
    if page is not None:
        return page
    revoke_link(link=link, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("The link is void. Its shifts go on waiting; send it again when it is right."))
    return redirect("externships:desk_placements")


@login_required
@by_button("externships:desk_supervisor", "uuid")
def desk_verify(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note that the supervisor's license was checked, and mail what was held for it."""
    supervisor = school_supervisor(request.user, uuid)  # type: ignore[arg-type]
    seen = request.POST.get("version", "")
    try:
        verify_supervisor(
            supervisor=supervisor,
            by=request.user,  # type: ignore[arg-type]
            source=request.POST.get("source", ""),
            seen_version=int(seen) if seen.isdecimal() else None,
        )
    except ValidationError as error:
        say(request, error)
    else:
        messages.success(request, _("Noted: you checked this license. What was held is on its way."))
    if request.POST.get("from") == "supervisor":
        return redirect("externships:desk_supervisor", uuid=uuid)
    return redirect("externships:desk_placements")
