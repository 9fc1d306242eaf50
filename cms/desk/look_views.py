"""How a school's documents look, inside the CMS: tried out on real documents of nobody, then taken into use."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation, User
from accounts.selectors import schools_of
from certification.certificates import documents
from certification.certificates.documents import sample
from certification.certificates.models import DocumentLook
from certification.certificates.selectors import (
    SIGNER_ROLES,
    hand_of,
    look_facts,
    look_files,
    look_in_use,
    look_of_number,
    looks_of,
)
from certification.certificates.services import adopt_look, draft_look, keep_hand, kept_file

from .look_forms import HandForm, LookForm

FILES = {
    "certificate.pdf": ("application/pdf", documents.completion_pdf),
    "transcript.pdf": ("application/pdf", documents.transcript_pdf),
    "certificate.png": ("image/png", lambda facts: documents.page_png(facts, "certificate")),
    "transcript.png": ("image/png", lambda facts: documents.page_png(facts, "transcript")),
    "badge.png": ("image/png", documents.badge_png),
}


def _school(request: HttpRequest, slug: str, *roles: str) -> Organisation:
    return get_object_or_404(schools_of(cast(User, request.user), *roles), slug=slug)


def _say(form: Form, refused: ValidationError) -> None:
    fields = refused.message_dict if hasattr(refused, "error_dict") else {None: refused.messages}
    for name, words in fields.items():
        for sentence in words:
            form.add_error(name if name in form.fields else None, sentence)


@require_safe
def document_looks(request: HttpRequest) -> HttpResponse:
    """The schools whose documents this person looks after; straight on to the only one."""
    schools = list(schools_of(cast(User, request.user), *SIGNER_ROLES).order_by("name"))
    if not schools:
        raise Http404
    if len(schools) == 1:
        return redirect("cms_document_look", schools[0].slug)
    return render(request, "desk/document_looks.html", {"schools": schools, "header_icon": "doc-full"})


@require_http_methods(["GET", "HEAD", "POST"])
def document_look(request: HttpRequest, slug: str) -> HttpResponse:
    """The versions of one school's look, with a sample of each document in the newest; administrators write new ones."""
    school = _school(request, slug, *SIGNER_ROLES)
    user = cast(User, request.user)
    looks = looks_of(school)
    newest = looks[0] if looks else None
    decides = schools_of(user, "admin").filter(pk=school.pk).exists()
    if request.method == "POST" and not decides:
        raise Http404
    form = LookForm(request.POST or None, request.FILES or None, look=newest)
    if request.method == "POST" and form.is_valid():
        try:
            look = draft_look(school=school, by=user, **_said(form, school, newest))
        except ValidationError as refused:
            _say(form, refused)
        else:
            messages.success(request, _("Version %(n)d is ready to be looked at.") % {"n": look.number})
            return redirect("cms_document_look", school.slug)
    context: dict[str, Any] = {
        "school": school,
        "form": form,
        "hand_form": HandForm(),
        "hand": hand_of(school, user),
        "decides": decides,
        "looks": looks,
        "newest": newest,
        "in_use": look_in_use(school),
        "header_icon": "doc-full",
    }
    return render(request, "desk/document_look.html", context, status=422 if form.errors else 200)


def _said(form: LookForm, school: Organisation, newest: DocumentLook | None) -> dict[str, Any]:
    said = {name: form.cleaned_data[name] for name in ("accent", "ground", "paper", "seal")}
    for field in ("logo", "seal_picture"):
        data = form.cleaned_data[field]
        kept = getattr(newest, field) if newest else None
        said[field] = kept_file(school=school, data=data, field=field) if data else kept
    if form.cleaned_data["without_logo"]:
        said["logo"] = None
    return said


@require_POST
def adopt_document_look(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take a version into use."""
    school = _school(request, slug, "admin")
    look = look_of_number(school, number)
    if look is None:
        raise Http404
    try:
        adopt_look(look=look, by=cast(User, request.user))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("In use. What was issued before keeps the look that it was issued with."))
    return redirect("cms_document_look", school.slug)


@require_POST
def own_hand(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep one's own handwriting, or take it away by sending none."""
    school = _school(request, slug, *SIGNER_ROLES)
    form = HandForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            keep_hand(school=school, by=cast(User, request.user), data=form.cleaned_data["picture"])
        except ValidationError as refused:
            _say(form, refused)
    if form.is_valid():
        messages.success(request, _("Kept. It stands on what you sign from now on."))
    else:
        messages.error(request, " ".join(str(sentence) for words in form.errors.values() for sentence in words))
    return redirect("cms_document_look", school.slug)


@require_safe
def sample_of_look(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponse:
    """A document of nobody in one version of the look, the real one; 0 is the look of a school that chose none."""
    school = _school(request, slug, *SIGNER_ROLES)
    look = look_of_number(school, number)
    if (look is None and number) or name not in FILES:
        raise Http404
    user = cast(User, request.user)
    dressed = look_facts(school, look=look, signers=[str(user.uuid)]) if look else {}
    facts = sample.facts(
        school.name,
        school.address,
        dressed,
        license_number=school.licence_number,
        signers=[(str(user.uuid), user.get_full_name())],
    )
    kind, draw = FILES[name]
    with documents.look.files(look_files(school, facts)):
        body = draw(facts)
    answer = HttpResponse(body, content_type=kind)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
