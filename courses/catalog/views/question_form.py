"""Writing one question in the CMS: its form, its pictures, previews, and putting it in use."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation
from certification.quizzes.models import Question, QuestionBank, QuestionPicture, QuestionVersion, Quiz
from certification.quizzes.question_forms import Keys, KindForm, Sheet, by_place, typed
from certification.quizzes.question_forms.base import PerMilleField
from certification.quizzes.question_forms.hotspot import RADIUS
from certification.quizzes.selectors import (
    AskedQuestion,
    asked_as_typed,
    asked_as_version,
    cases_of,
    categories_of,
    key_lines,
    lookalikes,
    newest_version,
    use_of,
    writers_of_question,
)
from certification.quizzes.services import write_question
from certification.quizzes.types import KINDS

from ..access import banks_of, may_put_in_use, question_for, quiz_for
from ..file_views import picture_answer
from ..question_pictures import FIGURE, looked_at, offers, pictures_in, uploaded
from ..question_pictures import kept as kept_picture
from ..quiz_forms import OFFERED, PictureForm, QuestionForm, kinds_for, uuid_in
from ..services import release_question, send_questions, withdraw_question
from .questions import crumbs, put_errors, short


def _quiz_of(request: HttpRequest) -> Quiz | None:
    """The quiz for which the question is written, if the address names one."""
    key = uuid_in(request.GET.get("quiz"))
    return quiz_for(request.user, key) if key is not None else None  # type: ignore[arg-type]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_question(request: HttpRequest) -> HttpResponse:
    """Write a question into a bank, and into a quiz where the address names one."""
    if not banks_of(request.user).exists():  # type: ignore[arg-type]
        messages.info(request, _("You write in no bank yet. A bank comes with the quiz of a module."))
        return redirect("cms_questions")
    return _written(request, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write a question's next version; what was begun keeps the words that it has."""
    return _written(request, question_for(request.user, uuid))  # type: ignore[arg-type]


@dataclass
class Page:
    """The form of a question as it stands: its parts, and what else is told."""

    form: QuestionForm
    sheet: Sheet
    pictures: PictureForm
    picture: QuestionPicture | None = None
    twins: list[Question] = field(default_factory=list)


SAVES = ("save", "next", "use")


def _written(request: HttpRequest, found: Question | None) -> HttpResponse:
    user: Any = request.user
    banks, quiz = banks_of(user), _quiz_of(request)
    if quiz is not None:
        banks = banks.filter(school=quiz.school_id)
    version = newest_version(found) if found is not None else None
    # A quiz's new questions go to its bank; elsewhere she chooses.
    own = banks.filter(pk=quiz.bank_id) if quiz is not None and quiz.bank_id is not None else banks
    about: dict[str, Any] = {"banks": banks if found is not None else own, "question": found}
    was = {"was": version.kind if version is not None else ""}
    if request.method != "POST":
        begun = {**_begun(request, found, version, quiz), **was}
        kind = OFFERED[begun["kind"]]
        same = version is not None and version.kind == kind.kind
        sheet = Sheet.begun(kind, *((version.choices, version.content) if version is not None and same else ((), {})))
        page = Page(QuestionForm(initial=begun, **about), sheet, PictureForm(prefix="pic"))
        if version is not None:
            page.picture = _shown_picture(version)
        return _page(request, found, quiz, page)
    action = request.POST.get("do", "save")
    kind = _kind_of(request, found, version)
    school = _school_of(request, about["banks"])
    pictures = PictureForm(request.POST, request.FILES, prefix="pic")
    picture = _picture_sent(request, pictures, school)
    if action not in SAVES:
        form = QuestionForm(initial={**{n: request.POST.get(n) for n in QuestionForm.base_fields}, **was}, **about)
        form.initial["kind"] = kind.kind
        return _page(request, found, quiz, Page(form, Sheet.typed(kind, request.POST, action), pictures, picture))
    page = Page(QuestionForm(request.POST, initial=was, **about), Sheet.sent(kind, request.POST), pictures, picture)
    # All are judged, so that all errors stand on the page at once.
    if all([page.form.is_valid(), page.sheet.is_valid(), not pictures.errors]):
        words = dict(page.form.cleaned_data)
        if found is None:
            found, version, words["made"] = _pressed_before(words, banks)
        if not words.pop("another") and (version is None or words["stem"].strip() != version.stem):
            page.twins = lookalikes(words["stem"], banks, but=found)
        if not page.twins and (answer := _kept(request, found, version, quiz, page, words, action)) is not None:
            return answer
    return _page(request, found, quiz, page)


def _pressed_before(
    words: dict[str, Any], banks: QuerySet[QuestionBank]
) -> tuple[Question | None, QuestionVersion | None, UUID | None]:
    """The question that this very form made already, and the name for a new one.

    Who went back to the form and wrote something else there means another question, under a name of its own.
    """
    made: UUID | None = words["made"]
    there = Question.objects.filter(uuid=made, bank__in=banks).select_related("bank__school").first() if made else None
    if there is None:
        return None, None, made
    version = newest_version(there)
    return (there, version, None) if version.stem == words["stem"].strip() else (None, None, None)


def _kind_of(request: HttpRequest, found: Question | None, version: QuestionVersion | None) -> KindForm:
    """The form of the kind that was chosen; else that of the version, else the first."""
    offered = kinds_for(found, version.kind if version is not None else "")
    sent = request.POST.get("kind", "")
    if sent in offered:
        return OFFERED[sent]
    return OFFERED[version.kind] if version is not None and version.kind in OFFERED else OFFERED[offered[0]]


def _school_of(request: HttpRequest, banks: QuerySet[QuestionBank]) -> Organisation | None:
    """The school of the bank that was chosen; else that of the first."""
    sent = request.POST.get("bank", "")
    rows = banks.select_related("school")
    bank = rows.filter(pk=sent).first() if sent.isdecimal() else None
    bank = bank or rows.order_by("title").first()
    return bank.school if bank is not None else None


def _picture_sent(request: HttpRequest, form: PictureForm, school: Organisation | None) -> QuestionPicture | None:
    """The picture of the form: the file that came with it, which is kept at once, else the one that is chosen."""
    if not form.is_valid() or school is None:
        return None
    told = form.cleaned_data
    if told["upload"]:
        try:
            return uploaded(school, told["upload"], told)
        except ValidationError as error:
            put_errors(form, error)
    if not told["chosen"]:
        return None
    picture = looked_at(request.user, school, told["chosen"], told["description"])  # type: ignore[arg-type]
    if picture is None:
        form.add_error("chosen", _("This picture is not there any more. Choose another."))
    return picture


def _shown_picture(version: QuestionVersion) -> QuestionPicture | None:
    """The picture that a version asks about, or that stands beside it."""
    digest = version.type.picture(version.parsed)
    if digest:
        return QuestionPicture.objects.filter(school=version.question.bank.school_id, digest=digest).first()
    return version.picture


def _begun(
    request: HttpRequest, found: Question | None, version: QuestionVersion | None, quiz: Quiz | None
) -> dict[str, Any]:
    """What stands in the form at first."""
    if found is None or version is None:
        named = uuid_in(request.GET.get("bank"))
        bank = QuestionBank.objects.filter(uuid=named).first() if named else None
        kind = request.GET.get("kind", "")
        begun: dict[str, Any] = {
            "bank": quiz.bank if quiz is not None else bank,
            "kind": kind if kind in OFFERED else "single",
        }
        begun["made"] = uuid4()
        case = uuid_in(request.GET.get("case"))
        vignette = cases_of(banks_of(request.user)).filter(uuid=case).first() if case else None  # type: ignore[arg-type]
        return {**begun, "bank": vignette.bank, "vignette": vignette.pk} if vignette is not None else begun
    return {
        "bank": found.bank,
        "difficulty": found.difficulty,
        "category": found.category,
        "tags": ", ".join(found.tags.values_list("name", flat=True)),
        "vignette": version.vignette.vignette_id if version.vignette is not None else None,
        "based_on": version.number,
        **{name: getattr(version, name) for name in ("kind", "stem", "explanation", "objective")},
    }


def _kept(
    request: HttpRequest,
    found: Question | None,
    version: QuestionVersion | None,
    quiz: Quiz | None,
    page: Page,
    words: dict[str, Any],
    action: str,
) -> HttpResponse | None:
    """Keep it and lead on; None where it is refused, with the reason on the form."""
    user: Any = request.user
    asks = page.sheet.form.asks_picture
    try:
        with transaction.atomic():
            if asks and page.picture is None:
                raise ValidationError({"chosen": _("Choose the picture that it asks about.")})
            picture = page.picture = kept_picture(page.picture) if page.picture is not None else None
            keys = Keys(version.content, version.choices) if version is not None else Keys()
            choices, content = page.sheet.written(keys, picture.digest if asks and picture is not None else "")
            words["picture"] = None if asks else picture
            kept = write_question(question=found, choices=choices, content=content, quiz=quiz, by=user, **words)
            if action == "use":
                release_question(question=kept, by=user)
    except ValidationError as error:
        for name, problems in page.sheet.refuse(error).items():
            where: Any = page.pictures if name in page.pictures.fields else page.form
            where.add_error(name if name in where.fields else None, problems)
        if found is not None and getattr(error, "code", "") == "stale":
            # She has read that somebody wrote meanwhile: her next save is meant, and both versions are kept.
            page.form.data = {**request.POST.dict(), "based_on": newest_version(found).number}
        return None
    if action == "use":
        messages.success(request, _("The question is in use. Attempts that are open keep what they began with."))
    elif found is not None:
        messages.success(request, _("The question is kept."))
    elif quiz is not None:
        messages.success(request, _("The question is kept, and the quiz’s draft asks it."))
    else:
        messages.success(request, _("The question is kept as a draft. Nobody is asked it yet."))
    if action == "next":
        query = f"?quiz={quiz.uuid}" if quiz is not None else f"?bank={kept.bank.uuid}"
        case = f"&case={words['vignette'].uuid}" if words["vignette"] is not None else ""
        return redirect(f"{reverse('cms_add_question')}{query}&kind={words['kind']}{case}")
    if quiz is not None:
        return redirect(reverse("cms_quiz", args=[quiz.uuid]) + "#questions")
    return redirect("cms_question", kept.uuid)


def _page(request: HttpRequest, found: Question | None, quiz: Quiz | None, page: Page) -> HttpResponse:
    user: Any = request.user
    title = short(newest_version(found).stem, 60) if found is not None else _("A new question")
    way = [(reverse("cms_questions"), _("Questions"))]
    quiz_title = getattr(getattr(quiz, "draft", None), "title", quiz.title) if quiz is not None else ""
    if quiz is not None:
        way = [(reverse("cms_quizzes"), _("Quizzes")), (reverse("cms_quiz", args=[quiz.uuid]), quiz_title)]
    banks = banks_of(user)
    shown = page.picture
    told: dict[str, Any] = {
        "form": page.form,
        "sheet": page.sheet,
        "kinds": [(kind, KINDS[kind].label, OFFERED[kind].about) for kind, _l in page.form.fields["kind"].choices],  # type: ignore[attr-defined]
        "pictures": page.pictures,
        "picture": shown,
        "chosen": _value_of(page),
        "offers": offers(user, banks),
        "stage": stage(page.sheet, shown, _value_of(page)) if shown is not None else None,
        "categories": categories_of(banks),
        "quiz": quiz,
        "quiz_title": quiz_title,
        "question": found,
        "twins": [{"question": twin, "ask": short(twin.stem)} for twin in page.twins],  # type: ignore[attr-defined]
        "page_title": title,
        "header_title": title,
        "header_icon": "help",
        "breadcrumbs_items": crumbs(*way, ("", title)),
        "preview_url": reverse("cms_question_preview", args=[found.uuid]) if found is not None else "",
        "may_use": False,
    }
    if found is not None:
        versions = list(found.versions.select_related("written_by").order_by("-number"))
        told |= {
            "versions": versions,
            "told": [(version, key_lines(version)) for version in versions],
            "waits": found.state != Question.State.RETIRED and found.asked_number != versions[0].number,
            "sent": found.sent_number == versions[0].number,
            "use": use_of(found),
            "hers": set(banks.values_list("pk", flat=True)),
            "may_use": may_put_in_use(user, found.bank, writers_of_question(found)),
            "may_save_and_use": may_put_in_use(user, found.bank, {user.pk}),
        }
    return render(request, "catalog/admin/question.html", told)


def _value_of(page: Page) -> str:
    """What the form sends for the picture that is chosen."""
    if page.picture is None:
        return ""
    sent = str(page.pictures["chosen"].value() or "") if page.pictures.is_bound else ""
    return sent if page.picture.pk is None else page.picture.digest


@dataclass(frozen=True)
class Stage:
    """The picture on which the places of rows are set by a click."""

    address: str
    width: int
    height: int
    group: str
    marks: list[tuple[int, int, int, int]]


def stage(sheet: Sheet, picture: QuestionPicture, value: str) -> Stage:
    """The picture with the rows' places as they stand in the form, in its own measures."""
    address = (
        reverse("cms_question_picture", args=[picture.digest])
        if picture.pk is not None
        else reverse("catalog_figure_picture", args=[value.removeprefix(FIGURE)])
    )
    marks = []
    for group, rows in sheet.sets:
        for place, row in enumerate(rows if group.name == sheet.form.clicks else (), 1):
            x, y, r = (_thousandths(row[name].value() if name in row.fields else None) for name in "xyr")
            if x is not None and y is not None:
                marks.append((place, x * picture.width // 1000, y * picture.height // 1000,
                              (r or RADIUS) * picture.width // 1000))  # fmt: skip
    return Stage(address, picture.width, picture.height, sheet.form.clicks, marks)


def _thousandths(value: Any) -> int | None:
    try:
        return PerMilleField().clean(str(value or ""))
    except ValidationError:
        return None


@require_POST
def question_state(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a question in use, or retire it."""
    found = question_for(request.user, uuid)  # type: ignore[arg-type]
    try:
        if request.POST.get("do") == "send":
            send_questions(questions=[found], by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("A registrar and the module’s lead are asked to put it in use."))
        elif request.POST.get("do") == "retire":
            withdraw_question(question=found, by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("The question is retired. Attempts that are open keep it."))
        else:
            release_question(question=found, by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("The question is in use. Attempts that are open keep what they began with."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("cms_question", uuid)


@never_cache
@require_safe
def question_preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The newest words as a learner sees them: nothing of the key is in the page."""
    version = newest_version(question_for(request.user, uuid))  # type: ignore[arg-type]
    return _previewed(request, [asked_as_version(version)])


@never_cache
@require_POST
def typed_preview(request: HttpRequest) -> HttpResponse:
    """What stands in the form now, as a learner would see it; nothing is kept."""
    banks = banks_of(request.user)  # type: ignore[arg-type]
    school = _school_of(request, banks)
    if school is None:
        raise Http404
    kind = OFFERED.get(request.POST.get("kind", ""), OFFERED["single"])
    own, rows = typed(kind, request.POST)
    stem, chosen = request.POST.get("stem", ""), request.POST.get("pic-chosen", "")
    written = any(group.form.is_written(row) for group in kind.groups for row in rows[group.name])
    if not (stem.strip() or chosen or written):
        return _previewed(request, [])
    picture = looked_at(request.user, school, chosen)  # type: ignore[arg-type]
    digest = picture.digest if picture is not None else ""
    try:
        choices, content = kind.sketch(own, kind.completed(own, rows), Keys(new=by_place()), digest)
    except (ValidationError, ValueError):
        choices, content = [], {}
    case = request.POST.get("vignette", "")
    vignette = cases_of(banks).filter(pk=case).first() if case.isdecimal() else None
    words = vignette.versions.latest("number") if vignette is not None else None
    asked = asked_as_typed(kind=kind.kind, stem=stem, choices=choices, content=content, picture=picture, case=words)
    return _previewed(request, [asked])


def _previewed(request: HttpRequest, asked: list[AskedQuestion]) -> HttpResponse:
    return render(request, "quizzes/preview.html", {"questions": asked, "rules_of_kinds": [q.rule for q in asked]})


@require_safe
def question_picture(request: HttpRequest, digest: str) -> HttpResponseBase:
    """A picture of questions as a picture of its own, in the colors of paper, for who writes at its school."""
    found = pictures_in(banks_of(request.user)).filter(digest=digest).first()  # type: ignore[arg-type]
    if found is None:
        raise Http404
    return picture_answer(found)
