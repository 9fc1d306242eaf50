"""Files of questions in the CMS: into a bank after a dry run, and out of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from certification.quizzes.formats import READERS, WRITERS, ReadFile, UnreadableFileError, Unsupported, told_by
from certification.quizzes.models import QuestionBank
from certification.quizzes.services import Brought, bring_questions, pictures_for_a_file, questions_for_a_file

from ..access import bank_for, banks_of
from ..question_files import drop_files, held_file, hold_file
from ..question_pictures import cleaned_drawing
from ..quiz_forms import BankFileForm
from .questions import crumbs, put_errors

FORMATS = {"gift": "GIFT", "moodle-xml": "Moodle XML", "qti": "QTI"}
ENDINGS = {"gift": "txt", "moodle-xml": "xml"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """Choose a file and the bank into which it goes; nothing is brought in yet."""
    user: Any = request.user
    banks = banks_of(user)
    if not banks.exists():
        raise Http404
    sent = request.method == "POST"
    form = BankFileForm(request.POST if sent else None, request.FILES if sent else None, banks=banks)
    if sent and form.is_valid():
        try:
            digest = hold_file(user, form.cleaned_data["file"])
        except ValidationError as error:
            put_errors(form, error)
        else:
            # Its name tells a QTI package from other files; nothing else of it is believed.
            return redirect("cms_import_run", form.cleaned_data["bank"].uuid, digest)
    title = _("Bring questions in")
    context = {
        "form": form,
        "banks": banks.order_by("title"),
        "formats": [(name, FORMATS[name]) for name in WRITERS],
        "page_title": title,
        "header_title": title,
        "header_icon": "download",
        "breadcrumbs_items": crumbs((reverse("cms_questions"), _("Questions")), ("", title)),
    }
    return render(request, "catalog/admin/import_file.html", context)


@dataclass(frozen=True)
class Read:
    """What a file holds and what would become of it, or why it cannot be read."""

    format: str
    file: ReadFile | None = None
    brought: Brought | None = None
    refusal: str = ""

    @property
    def empty(self) -> bool:
        """Whether it could be read and holds no question, not even one that is left out."""
        return self.file is not None and not self.file.questions and not self.file.unsupported

    @property
    def left_out(self) -> list[Unsupported]:
        """What does not come, in the order of its lines."""
        if self.file is None or self.brought is None:
            return []
        return sorted([*self.file.unsupported, *self.brought.refused], key=lambda one: one.line)


def _read(bank: QuestionBank, data: bytes, *, keep: bool) -> Read:
    name = told_by("", data)
    try:
        file = READERS[name](data)
    except UnreadableFileError as error:
        return Read(FORMATS[name], refusal=str(error))
    brought = bring_questions(
        bank=bank, questions=file.questions, pictures=file.pictures, clean=cleaned_drawing, keep=keep
    )
    return Read(FORMATS[name], file, brought)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_run(request: HttpRequest, uuid: UUID, digest: str) -> HttpResponse:
    """What would become of the file that she sent; on her word it comes in."""
    user: Any = request.user
    bank = bank_for(user, uuid)
    data = held_file(user, digest)
    if data is None:
        if request.method != "POST":
            raise Http404
        # A second press of the button: the first has brought it in and dropped the file.
        messages.info(request, _("The file is not waiting any more. What was brought in stands here."))
        return redirect(f"{reverse('cms_questions')}?bank={bank.pk}")
    if request.method == "POST":
        read = _read(bank, data, keep=True)
        if read.brought is not None:
            drop_files(user)
            messages.success(
                request,
                _("New questions: %(new)d. With newer words: %(changed)d. They wait as drafts.")
                % {"new": len(read.brought.new), "changed": len(read.brought.changed)},
            )
            return redirect(f"{reverse('cms_questions')}?bank={bank.pk}")
    else:
        read = _read(bank, data, keep=False)
    title = _("What would come in")
    context = {
        "bank": bank,
        "read": read,
        "page_title": title,
        "header_title": title,
        "header_icon": "download",
        "breadcrumbs_items": crumbs(
            (reverse("cms_questions"), _("Questions")), (reverse("cms_import"), _("Bring questions in")), ("", title)
        ),
    }
    return render(request, "catalog/admin/import_run.html", context)


@never_cache
@require_safe
def export_bank(request: HttpRequest, uuid: UUID, name: str) -> HttpResponse:
    """A bank's questions as a file; it holds the keys, for who writes in the bank alone."""
    bank = bank_for(request.user, uuid)  # type: ignore[arg-type]
    if name not in WRITERS:
        raise Http404
    questions = questions_for_a_file(bank)
    written = WRITERS[name](questions, pictures_for_a_file(bank, questions))
    answer = HttpResponse(written.data, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, f"{bank.code}.{ENDINGS[name]}") or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_safe
def export_notes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What each format cannot hold of a bank, before its file is taken."""
    bank = bank_for(request.user, uuid)  # type: ignore[arg-type]
    questions = questions_for_a_file(bank)
    pictures = pictures_for_a_file(bank, questions)
    files = [(name, write(questions, pictures)) for name, write in WRITERS.items()]
    title = _("Take “%(bank)s” out") % {"bank": bank.title}
    context = {
        "bank": bank,
        "questions": len(questions),
        "files": [
            {
                "name": name,
                "label": FORMATS[name],
                "written": written,
                "went": len(questions) - len(written.unsupported),
            }
            for name, written in files
        ],
        "page_title": title,
        "header_title": title,
        "header_icon": "upload",
        "breadcrumbs_items": crumbs((reverse("cms_banks"), _("Banks of questions")), ("", title)),
    }
    return render(request, "catalog/admin/export_bank.html", context)
