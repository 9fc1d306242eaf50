"""Checking a list: a table in, its answers on a page and as a table to take away."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organisation
from accounts.selectors import has_role
from certification.certificates.selectors import read_code
from certification.records.rules.imports import BadTableError, cells_of
from certification.records.rules.tables import Row, as_csv, as_xlsx
from certification.records.services.imports import table_trouble

from .. import lists, services
from ..access import asked_check, asking_organisation
from ..forms import ListForm
from ..models import CheckedItem
from ..rules import ASKING_ROLES, KEY_ROLES
from ..selectors import lines_of, open_stop
from ..verdicts import Asked
from .answers import checker_required, private

MOST_SHOWN = 20
HEADER = ("row", "code", "status", "name", "kind", "credential", "school", "issued_on", "claims")
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@checker_required(*ASKING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def whole(request: HttpRequest) -> HttpResponse:
    """Check all codes of a table at once: every row is answered, or none is asked and each that is wrong is named."""
    organisation, organisations = asking_organisation(request.user, request.GET.get("organisation"))  # type: ignore[arg-type]
    context: dict[str, Any] = {
        "organisation": organisation,
        "organisations": organisations,
        "manages": has_role(request.user, organisation, *KEY_ROLES),  # type: ignore[arg-type]
        "stop": open_stop(organisation),
        "form": ListForm.fresh(),
    }
    if request.method != "POST":
        return private(render(request, "verification/check_list.html", context))
    form = ListForm(request.POST, request.FILES)
    status, wrong = 422, []
    if form.is_valid():
        try:
            asked, bad = lists.read_list(cells_of(form.cleaned_data["file"].read()), most=services.MOST_LINES)
            wrong = [(one.row, one.column, _trouble(one.code)) for one in bad]
            if wrong:  # all that is wrong is named at once
                wrong = sorted([*wrong, *_no_codes(asked)])
            else:
                services.bring_list(
                    organisation=organisation,
                    by=request.user,  # type: ignore[arg-type]
                    items=asked,
                    key=form.cleaned_data["key"],
                )
                return _onward(organisation, form.cleaned_data["key"])
        except BadTableError as error:
            form.add_error("file", table_trouble(error))
        except lists.BadListError as error:
            form.add_error("file", _list_trouble(error))
        except services.BadLinesError as refused:
            wrong = [(asked[line.position].row, line.field, line.message) for line in refused.lines]
        except services.OtherRequestError:
            messages.info(request, _("That page was used already, and nothing was asked. Choose your list again."))
            return private(redirect(f"{reverse('verification:check_list')}?organisation={organisation.slug}"))
        except services.SlowedDownError as refused:
            form.add_error(None, services.slowed_words(refused))
            status = 429
        except ValidationError as refused:
            form.add_error(None, refused)
    context |= {"form": form, "wrong": wrong[:MOST_SHOWN], "more": max(0, len(wrong) - MOST_SHOWN)}
    return private(render(request, "verification/check_list.html", context, status=status))


def _onward(organisation: Organisation, key: UUID) -> HttpResponse:
    """To the answers of a list, or to how far it is."""
    made = services.list_standing(organisation=organisation, key=key).made
    if made is not None:
        return private(redirect("verification:check_made", uuid=made.uuid))
    return private(redirect(f"{reverse('verification:list_kept', args=[key])}?organisation={organisation.slug}"))


@checker_required(*ASKING_ROLES)
@require_safe
def kept(request: HttpRequest, key: UUID) -> HttpResponse:
    """How far a list is, or why it was not answered; once it is, to its answers. Without scripts it loads itself anew."""
    organisation, _organisations = asking_organisation(request.user, request.GET.get("organisation"))  # type: ignore[arg-type]
    standing = services.list_standing(organisation=organisation, key=key)
    if standing.made is not None:
        return private(redirect("verification:check_made", uuid=standing.made.uuid))
    there = standing.going or standing.sentence
    context = {"organisation": organisation, "key": key, "standing": standing}
    return private(render(request, "verification/check_list_kept.html", context, status=200 if there else 404))


def _no_codes(asked: Iterable[Asked]) -> Iterable[tuple[int, str, str]]:
    for item in asked:
        if item.code:
            try:
                read_code(item.code)
            except ValidationError as refused:
                yield item.row, lists.CODE, " ".join(refused.messages)


def _trouble(code: str) -> str:
    return {
        "no_code": _("There is no code. Fill it in, or take the row out."),
        "minutes": _("Write minutes as a whole number, or leave the cell empty."),
        "beyond": _("There is a cell beyond the last column of the header."),
    }[code]


def _list_trouble(error: lists.BadListError) -> str:
    return {
        "empty": _("There is no row below the header."),
        "no_code": _(
            "No column is called “code”. The first row names the columns: code, name, and subjects with minutes."
        ),
        "column_twice": _("The column “%(about)s” stands twice.") % {"about": error.about[:60]},
        "too_many": _("A list holds at most %(about)s rows. Check the rest by a second one.") % {"about": error.about},
    }[error.code]


@checker_required(*ASKING_ROLES)
@require_safe
def answers(request: HttpRequest, uuid: UUID, kind: str) -> HttpResponse:
    """What was answered, a row for each that was asked, in their order; no cell is run by a spreadsheet."""
    check = asked_check(request.user, uuid)  # type: ignore[arg-type]
    rows = _rows(lines_of(check))
    body = as_csv(HEADER, rows) if kind == "csv" else as_xlsx(HEADER, rows, title="answers")
    response = HttpResponse(body, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="answers-{check.uuid}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return private(response)


def _rows(lines: Iterable[CheckedItem]) -> list[Row]:
    found: list[Row] = []
    for line in lines:
        shown = line.certificate if line.status != "unknown" else None
        found.append(
            (
                line.position,
                line.code,
                line.status,
                line.name,
                shown.kind if shown else "",
                shown.title if shown else "",
                shown.school_name if shown else "",
                shown.issued_on if shown else None,
                "; ".join(f"{code}: {answer}" for code, answer in sorted(line.told.items())),
            )
        )
    return found
