"""Continuing education: the registrar's page, the instructor's signature, the learner's evaluation."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from accounts.buttons import by_button
from accounts.models import Organisation
from certification.records.access import own_records

from .. import kinds, services
from ..access import record_taught, record_to_certify, signing_schools
from ..forms import EvaluationForm, LicenceForm, ProviderNumberForm, QuestionsForm, SignCourseForm
from ..models import Kind, ProviderNumber
from ..selectors import (
    SIGNER_ROLES,
    answers_of,
    approvals_of,
    ce_records,
    evaluation_of,
    holds_on,
    provider_numbers,
    questions_for,
    records_to_sign,
    today_at,
)
from .record import record_page

SHOWN = 10
"""Each is judged, which takes a dozen queries."""


def _put(form: Form, refused: ValidationError) -> None:
    fields = getattr(refused, "error_dict", {})
    for name, problems in fields.items():
        form.add_error(name if name in form.fields else None, problems)
    if not fields:
        form.add_error(None, refused)


def _school(request: HttpRequest, slug: str) -> Organisation:
    school = signing_schools(request.user).filter(slug=slug).first()  # type: ignore[arg-type]
    if school is None:
        raise Http404
    return school


def _page(
    request: HttpRequest,
    *,
    number_form: tuple[Organisation, Form] | None = None,
    questions_form: tuple[Organisation, Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    schools = []
    for school in signing_schools(request.user):  # type: ignore[arg-type]
        today = today_at(school)
        records = list(ce_records([school])[: SHOWN + 1])
        courses: dict[str, str] = {}
        for record in records:
            courses.setdefault(record.program_code, record.program_title)
        listed = []
        for code, title in courses.items():
            asked = questions_for(school, code)
            answered, rated = evaluation_of(school, code)
            statements = asked.statements if asked else [str(words) for words in services.OWN_STATEMENTS]
            form: Form = QuestionsForm(
                initial={"program": code, "statements": "\n".join(statements)}, prefix=None, auto_id=f"id_{code}_%s"
            )
            if questions_form and questions_form[0] == school and questions_form[1].data.get("program") == code:
                form = questions_form[1]
            listed.append({"code": code, "title": title, "answered": answered, "rated": rated, "form": form})
        schools.append(
            {
                "school": school,
                "numbers": [
                    {"number": number, "holds": holds_on(number, today)} for number in provider_numbers(school)
                ],
                "form": number_form[1] if number_form and number_form[0] == school else ProviderNumberForm(),
                "records": [
                    {"record": record, "missing": kinds.of(Kind.CE).judge(record).eligibility.missing}
                    for record in records[:SHOWN]
                ],
                "more": len(records) > SHOWN,
                "courses": listed,
            }
        )
    return render(request, "certificates/education_desk.html", {"schools": schools}, status=status)


@role_required(*SIGNER_ROLES)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Provider numbers, learners of approved courses with what each lacks, and what they say of the courses."""
    return _page(request)


@role_required(*SIGNER_ROLES)
@by_button("certificates:education")
def add_number(request: HttpRequest, slug: str) -> HttpResponse:
    """Write down a provider number."""
    school = _school(request, slug)
    form = ProviderNumberForm(request.POST)
    if form.is_valid():
        try:
            services.record_provider_number(school=school, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except ValidationError as refused:
            _put(form, refused)
    if not form.is_valid():
        return _page(request, number_form=(school, form), status=422)
    messages.success(request, _("Written down. Certificates of courses completed on its days show it."))
    return redirect("certificates:education")


@role_required(*SIGNER_ROLES)
@by_button("certificates:education")
def withdraw_number(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a provider number back."""
    schools = signing_schools(request.user)  # type: ignore[arg-type]
    number = get_object_or_404(ProviderNumber, uuid=uuid, school__in=schools)
    services.withdraw_provider_number(number=number, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Withdrawn. It stands behind nothing new; what was issued keeps it."))
    return redirect("certificates:education")


@role_required(*SIGNER_ROLES)
@by_button("certificates:education")
def write_questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Put new statements into a program's course evaluation."""
    school = _school(request, slug)
    form = QuestionsForm(request.POST)
    if form.is_valid():
        try:
            services.write_questions(
                school=school,
                program_code=form.cleaned_data["program"],
                statements=form.cleaned_data["statements"].splitlines(),
                by=request.user,  # type: ignore[arg-type]
            )
        except ValidationError as refused:
            _put(form, refused)
    if not form.is_valid():
        return _page(request, questions_form=(school, form), status=422)
    messages.success(request, _("Kept. Whoever evaluates the course from now on reads these."))
    return redirect("certificates:education")


def _of_education(_request: HttpRequest, uuid: UUID) -> str:
    return reverse("certificates:record", args=[uuid]) + "?kind=ce"


@role_required(*SIGNER_ROLES)
@by_button(_of_education)
def add_licence(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down a license of the learner, as the registrar looked it up."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    form = LicenceForm(request.POST)
    if form.is_valid():
        try:
            services.record_learner_licence(record=subject, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except ValidationError as refused:
            _put(form, refused)
    if not form.is_valid():
        return record_page(request, subject, kind=Kind.CE, licence_form=form, status=422)
    messages.success(request, _("The license is written down, as checked by you today."))
    return redirect(reverse("certificates:record", args=[uuid]) + "?kind=ce")


@role_required("instructor")
@require_safe
def to_sign(request: HttpRequest) -> HttpResponse:
    """Courses that this instructor taught and has not signed yet."""
    records = records_to_sign(request.user)  # type: ignore[arg-type]
    return render(
        request, "certificates/education_sign.html", {"records": records[:100], "form": SignCourseForm(auto_id=False)}
    )


@role_required("instructor")
@by_button("certificates:to_sign")
def sign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The instructor's signature under one learner's course."""
    subject = record_taught(request.user, uuid)  # type: ignore[arg-type]
    form = SignCourseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tick the sentence before you sign: your name goes under it."))
        return redirect("certificates:to_sign")
    try:
        services.sign_course(record=subject, by=request.user)  # type: ignore[arg-type]
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Signed. The registrar sees it on the learner’s page."))
    return redirect("certificates:to_sign")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def evaluate(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A learner's evaluation of her course, once."""
    record = own_records(request.user).filter(uuid=uuid).select_related("school").first()  # type: ignore[arg-type]
    if record is None or not approvals_of(record):
        raise Http404
    said = answers_of(record)
    questions = questions_for(record.school, record.program_code)
    statements = questions.statements if questions else services.OWN_STATEMENTS
    form = EvaluationForm(request.POST if request.method == "POST" else None, statements=statements)
    context: dict[str, Any] = {"record": record, "said": said, "form": form}
    if request.method == "POST" and said is None:
        if not form.is_valid():
            return render(request, "certificates/education_evaluate.html", context, status=422)
        try:
            services.evaluate_course(record=record, by=request.user, ratings=form.ratings(), questions=questions)  # type: ignore[arg-type]
        except ValidationError as refused:
            form.add_error(None, ValidationError(refused.messages))
            return render(request, "certificates/education_evaluate.html", context, status=422)
        messages.success(request, _("Thank you. The school sees it without your name."))
        return redirect("certificates:own")
    return render(request, "certificates/education_evaluate.html", context)
