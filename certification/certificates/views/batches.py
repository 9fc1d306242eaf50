"""Many certificates at once: whom to choose, what each lacks, the second hand under the list, how far it is."""

from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import role_required
from accounts.buttons import by_button
from accounts.models import User
from certification.records.models import TrainingRecord
from certification.records.rules.tables import as_csv, as_xlsx
from certification.records.views.exports import as_download

from .. import services, wording
from ..access import batch_to_issue, signing_schools
from ..forms import ChoiceForm, SignBatchForm
from ..models import IssueBatch, IssueBatchRow
from ..rules.batches import WAITING
from ..selectors import (
    SIGNER_ROLES,
    Looked,
    choice_of,
    groups_of,
    look_at,
    progress_of,
    ready_records,
    rows_of_batch,
    signers_of,
)
from ..tables import BATCH_HEADER, batch_rows

ROWS_A_PAGE = 50
READY_SHOWN = 50


def _conditions(one: Looked) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "title": wording.title_of(row),
            "gap": "" if row.met else wording.gap(row, one.unit_minutes),
            "in_hours": row.required is not None and row.has is not None,
        }
        for row in one.eligibility.rows
    ]


def _shown(one: Looked) -> dict[str, Any]:
    return {
        "one": one,
        "gap": wording.gap(one.gap, one.unit_minutes) if one.gap else "",
        "more": max(len(one.eligibility.missing) - 1, 0),
        "conditions": _conditions(one),
    }


@role_required(*SIGNER_ROLES)
@require_safe
def together(request: HttpRequest) -> HttpResponse:
    """Whom to prepare together; with a choice in the address, each chosen record as it stands now. Nothing is stored.

    Without a choice 6 queries, and 4 for each record that is ready; with one, 8 and 4 for each of at most 50 rows.
    """
    schools = list(signing_schools(cast(User, request.user)))
    form = ChoiceForm(request.GET)
    choice = choice_of(schools, **form.chosen)
    if choice is None:
        ready, more = ready_records(schools, limit=READY_SHOWN)
        context = {
            "groups": groups_of([school.pk for school in schools]),
            "ready": ready,
            "more_ready": more,
            "schools": schools,
            "several_schools": len(schools) > 1,
            "nothing": bool(request.GET),
        }
        return render(request, "certificates/batch_choose.html", context, status=404 if request.GET else 200)
    page = Paginator(choice.record_ids, ROWS_A_PAGE).get_page(request.GET.get("page"))
    looked = look_at(list(page.object_list))
    return render(
        request,
        "certificates/batch_preview.html",
        {
            "choice": choice,
            "page": page,
            "rows": [_shown(one) for one in looked],
            "ready_here": sum(one.state in ("ready", "prepared") for one in looked),
            "several_schools": len(schools) > 1,
            "form": ChoiceForm(initial={**form.chosen, "record": form.chosen["records"], "key": uuid4()}),
        },
    )


@role_required(*SIGNER_ROLES)
@by_button("certificates:together")
def prepare(request: HttpRequest) -> HttpResponse:
    """The first hand, for all that was chosen."""
    user = cast(User, request.user)
    form = ChoiceForm(request.POST)
    choice = choice_of(list(signing_schools(user)), **form.chosen)
    if choice is None or not form.cleaned_data.get("key"):
        messages.warning(request, _("Nothing was chosen. Choose a group or records first."))
        return redirect("certificates:together")
    rows = TrainingRecord.objects.in_bulk(choice.record_ids)
    try:
        batch = services.prepare_batch(
            school=choice.school,
            records=[rows[pk] for pk in choice.record_ids],
            name=choice.name,
            by=user,
            source_key=str(form.cleaned_data["key"]),
        )
    except ValidationError as refused:
        for sentence in refused.messages:
            messages.error(request, sentence)
        return redirect("certificates:together")
    return redirect("certificates:batch", uuid=batch.uuid)


def _batch_page(
    request: HttpRequest,
    batch: IssueBatch,
    *,
    sign_form: SignBatchForm | None = None,
    refused: ValidationError | None = None,
    status: int = 200,
) -> HttpResponse:
    progress = progress_of(batch)
    page = Paginator(rows_of_batch(batch), ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows: list[IssueBatchRow] = list(page.object_list)
    waits = progress.state == WAITING
    # Who is to sign reads each row as it stands now, not as it stood when it was prepared.
    prepared = [row.record_id for row in rows if row.outcome == IssueBatchRow.Outcome.PREPARED] if waits else []
    looked = {one.record.pk: _shown(one) for one in look_at(prepared)} if prepared else {}
    others = []
    if waits:
        everybody = signers_of([batch.school_id])[batch.school_id]
        others = [signer for signer in everybody if signer.pk != batch.prepared_by_id]
    words = services.statement(progress.prepared)
    context = {
        "batch": batch,
        "progress": progress,
        "page": page,
        "rows": [(row, looked.get(row.record_id)) for row in rows],
        "mine": batch.prepared_by_id == request.user.pk,
        "others": others,
        "refused": refused.messages if refused else [],
        "sign_form": sign_form or SignBatchForm(initial={"expected": progress.prepared}, statement=words),
    }
    return render(request, "certificates/batch.html", context, status=status)


@role_required(*SIGNER_ROLES)
@require_safe
def batch(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One list: how far it is, and each row with its conditions or outcome.

    8 queries; while it waits for its second hand 4 more, and 4 for each of at most 50 rows, which are judged anew.
    """
    return _batch_page(request, batch_to_issue(cast(User, request.user), uuid))


@role_required(*SIGNER_ROLES)
@require_safe
def progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far a list is, for the script on its page. Four queries."""
    found = batch_to_issue(cast(User, request.user), uuid)
    told = progress_of(found)
    said = ngettext("%(done)d of %(of)d row", "%(done)d of %(of)d rows", told.of) % {"done": told.done, "of": told.of}
    response = JsonResponse(
        {
            "state": told.state,
            "going": told.is_going,
            "done": told.done,
            "of": told.of,
            "issued": told.issued,
            "refused": told.refused,
            "said": said,
        }
    )
    response["Cache-Control"] = "private, no-store"
    return response


@role_required(*SIGNER_ROLES)
@by_button("certificates:batch", "uuid")
def sign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The second hand, under the whole list."""
    user = cast(User, request.user)
    found = batch_to_issue(user, uuid)
    form = SignBatchForm(request.POST, statement=services.statement(progress_of(found).prepared))
    if not form.is_valid() and found.signed_at is None:
        return _batch_page(request, found, sign_form=form, status=422)
    try:
        services.sign_batch(batch=found, by=user, expected=form.cleaned_data.get("expected", -1))
    except ValidationError as refused:
        return _batch_page(request, found, refused=refused, status=422)
    messages.success(request, _("Signed. The certificates are issued one by one; each graduate gets a mail."))
    return redirect("certificates:batch", uuid=uuid)


@role_required(*SIGNER_ROLES)
@by_button("certificates:batch", "uuid")
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take the whole list back."""
    user = cast(User, request.user)
    found = batch_to_issue(user, uuid)
    try:
        services.withdraw_batch(batch=found, by=user)
    except ValidationError as refused:
        return _batch_page(request, found, refused=refused, status=422)
    messages.success(request, _("Withdrawn. Nothing was issued; the records can be prepared again at any time."))
    return redirect("certificates:batch", uuid=uuid)


@role_required(*SIGNER_ROLES)
@by_button("certificates:batch", "uuid")
def leave_out(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    """Leave one row out before the list is signed."""
    user = cast(User, request.user)
    found = batch_to_issue(user, uuid)
    row = get_object_or_404(
        IssueBatchRow.objects.select_related("batch", "record__learner__user"), batch=found, number=number
    )
    try:
        services.leave_out(row=row, by=user)
    except ValidationError as refused:
        return _batch_page(request, found, refused=refused, status=422)
    messages.success(request, _("Left out. It can be prepared again at any time."))
    return redirect("certificates:batch", uuid=uuid)


@role_required(*SIGNER_ROLES)
@require_safe
def result(request: HttpRequest, uuid: UUID, kind: str) -> HttpResponse:
    """What became of each row, as a table for spreadsheets. Four queries."""
    found = batch_to_issue(cast(User, request.user), uuid)
    rows = batch_rows(rows_of_batch(found))
    if kind == "csv":
        body = as_csv(BATCH_HEADER, rows)
    elif kind == "xlsx":
        body = as_xlsx(BATCH_HEADER, rows, title="certificates")
    else:
        raise Http404
    response = HttpResponse(body)
    as_download(response, f"certificates-{found.prepared_at:%Y-%m-%d}-{found.uuid.hex[:8]}", kind)
    return response
