"""Writes programs, modules and lessons from files, what they are made of, and their pages.

`ensure_*` and `load_*` are idempotent: what is there already is returned as it is, since people may have changed it.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import models, transaction
from django.utils.html import escape, format_html_join
from django.utils.text import Truncator, slugify
from django.utils.translation import gettext as _
from wagtail.blocks import StreamBlock
from wagtail.models import Locale, ModelLogEntry, Page

from accounts.models import Organisation, User
from certification.quizzes.models import Quiz
from certification.requirements.models import RuleSet
from certification.requirements.selectors import spec_for

from ..models import (
    Figure,
    GlossaryTerm,
    InstructorProfile,
    Lesson,
    LessonMedia,
    LessonPage,
    MediaUse,
    Module,
    ModulePage,
    Program,
    ProgramIndexPage,
    ProgramPage,
    SchoolDocument,
    SchoolImage,
)
from ..models.pages import library_items
from .examinations import ensure_examination
from .offices import ensure_cms_roles, open_program_page
from .quizzes import open_bank

Row = TypeVar("Row", bound=models.Model)
AnyPage = TypeVar("AnyPage", bound=Page)


# ---- programs, modules, lessons ----


@transaction.atomic
def ensure_program(
    *, school: Organisation, code: str, title: str, rule_set: RuleSet, version: int = 1, **fields: Any
) -> Program:
    """Return the school's program of this code and version, made from the arguments if it was not there."""
    found = Program.objects.filter(school=school, code=code, version=version).first()
    return found or _made(Program(school=school, code=code, version=version, title=title, rule_set=rule_set, **fields))


@transaction.atomic
def ensure_module(
    *, program: Program, code: str, title: str, category: str, minutes: int, version: int = 1, **fields: Any
) -> Module:
    """Return the program's module of this code and version, made if it was not there.

    Refuses a category that the program's rule set does not know: its hours could never be posted.
    """
    found = Module.objects.filter(program=program, code=code, version=version).first()
    _check_category(program, category)
    return found or _made(
        Module(program=program, code=code, version=version, title=title, category=category, minutes=minutes, **fields)
    )


@transaction.atomic
def ensure_lesson(*, module: Module, code: str, title: str, minutes: int, category: str = "", **fields: Any) -> Lesson:
    """Return the module's lesson of this code, made if it was not there; its category is the module's unless given."""
    found = Lesson.objects.filter(module=module, code=code).first()
    category = category or module.category
    _check_category(module.program, category)
    return found or _made(Lesson(module=module, code=code, title=title, minutes=minutes, category=category, **fields))


def _made(row: Row) -> Row:
    row.full_clean()
    row.save()
    return row


def _check_category(program: Program, category: str) -> None:
    if not spec_for(program.rule_set).allows(category):
        raise ValidationError(
            {
                "category": _("The rules %(rules)s have no category “%(category)s”.")
                % {"rules": program.rule_set.label, "category": category}
            }
        )


@transaction.atomic
def load_program(
    content: Mapping[str, Any], school: Organisation, rule_set: RuleSet, quizzes: Mapping[str, Quiz]
) -> Program:
    """Make a program with its modules and lessons from a parsed program file; what is there stays as it is.

    Hours in the file become minutes here. Refuses an unknown category, and a module or an examination that
    names a quiz nobody gave.
    """
    about = content.get("program", content)
    shifts = content.get("externship") or {}
    program = ensure_program(
        school=school,
        code=about["code"],
        version=about.get("version", 1),
        title=about["title"],
        summary=_plain(about.get("summary", "")),
        rule_set=rule_set,
        externship_category=shifts.get("category", ""),
        externship_minutes=_minutes(shifts) if shifts else 0,
        externship_summary=_plain(shifts.get("summary", "")),
        **about.get("seat_time", {}),
    )
    if shifts:
        _check_category(program, shifts["category"])
    for place, part in enumerate(content["modules"], start=1):
        quiz_code = part.get("quiz") or ""
        if quiz_code and quiz_code not in quizzes:
            raise ValidationError(_("Module %(module)s names the quiz %(quiz)s, which is not there.") % {
                "module": part["code"], "quiz": quiz_code})  # fmt: skip
        lessons = part.get("lessons", [])
        module = ensure_module(
            program=program,
            code=part["code"],
            version=part.get("version", 1),
            title=part["title"],
            summary=_plain(part.get("summary", "")),
            objectives=list(part.get("objectives", [])),
            category=part["category"],
            minutes=_minutes(part),
            state=part.get("state")
            or part.get("status")
            or (Module.State.COMPLETE if lessons else Module.State.IN_PREPARATION),
            quiz=quizzes.get(quiz_code),
            sort_order=part.get("sort_order", place),
        )
        if module.quiz is not None and module.quiz.bank is not None:
            open_bank(program=program, bank=module.quiz.bank)
        for lesson_place, lesson in enumerate(lessons, start=1):
            ensure_lesson(
                module=module,
                code=lesson["code"],
                title=lesson["title"],
                category=lesson.get("category", ""),
                minutes=_minutes(lesson),
                min_seat_minutes=lesson.get("min_seat_minutes", 0),
                delivery=lesson.get("delivery", "asynchronous"),
                sort_order=lesson.get("sort_order", lesson_place),
            )
    for exam in content.get("examinations", []):
        if exam["quiz"] not in quizzes:
            raise ValidationError(_("The program examines by the quiz %(quiz)s, which is not there.") % {
                "quiz": exam["quiz"]})  # fmt: skip
        ensure_examination(program=program, **{**exam, "quiz": quizzes[exam["quiz"]]})
    return program


def _minutes(part: Mapping[str, Any]) -> int:
    """Whole minutes, from `minutes` or from `hours`."""
    if "minutes" in part:
        return int(part["minutes"])
    minutes = part["hours"] * 60
    if minutes != int(minutes):
        raise ValidationError(_("%(hours)s hours are not whole minutes.") % {"hours": part["hours"]})
    return int(minutes)


def _plain(text: Any) -> str:
    """A folded text of a file in one piece."""
    return str(text or "").strip()


# ---- what lessons are made of ----


@transaction.atomic
def ensure_figure(
    *, school: Organisation, code: str, title: str, description: str, drawing: str, **fields: Any
) -> Figure:
    """Return the school's figure of this code, made from cleaned SVG if it was not there. Refuses unreadable SVG."""
    office = ensure_cms_roles(school)
    found = Figure.objects.filter(collection=office.collection, code=code).first()
    if found:
        return found
    legend = fields.pop("legend", "")
    if not isinstance(legend, str):
        legend = "\n".join(str(name) for name in legend)
    return _made(
        Figure(
            collection=office.collection,
            code=code,
            title=title,
            description=_plain(description),
            drawing=drawing,
            legend=legend,
            **{key: _plain(value) for key, value in fields.items()},
        )
    )


@transaction.atomic
def ensure_term(
    *,
    school: Organisation,
    term: str,
    meaning: str,
    say: str = "",
    figure: str = "",
    also: Sequence[str] = (),
    language: str = "en",
) -> GlossaryTerm:
    """Return the school's term of this name and language, made if it was not there.

    `figure` is the code of a figure of its library, `also` other forms. Refuses a figure that is not there.
    """
    office = ensure_cms_roles(school)
    found = GlossaryTerm.objects.filter(collection=office.collection, language=language, term__iexact=term).first()
    return found or _made(
        GlossaryTerm(
            collection=office.collection,
            term=term,
            meaning=_plain(meaning),
            say=_plain(say),
            other_forms="\n".join(also),
            figure_id=Library(school).drawn(figure) if figure else None,
            language=language,
        )
    )


@transaction.atomic
def ensure_profile(*, school: Organisation, user: User, **fields: Any) -> InstructorProfile:
    """Return how the school shows this instructor in public, made if it was not there; not public unless `fields` say."""
    office = ensure_cms_roles(school)
    found = InstructorProfile.objects.filter(collection=office.collection, user=user).first()
    return found or _made(InstructorProfile(collection=office.collection, user=user, **fields))


@transaction.atomic
def forget_profiles(*, user: User) -> None:
    """Take a person from all public pages, and her name from the CMS's history of those pages. Idempotent."""
    rows = list(InstructorProfile.objects.filter(user=user))
    ModelLogEntry.objects.get_for_model(InstructorProfile).filter(object_id__in=[str(row.pk) for row in rows]).delete()
    for row in rows:
        row.delete()


@transaction.atomic
def ensure_image(*, school: Organisation, title: str, file: Path | File, alt: str, credit: str = "") -> SchoolImage:
    """Return the picture of this title in the school's library, made if it was not there."""
    office = ensure_cms_roles(school)
    found = SchoolImage.objects.filter(collection=office.collection, title=title).first()
    return found or _made(
        SchoolImage(collection=office.collection, title=title, file=_file(file), alt=_plain(alt), credit=credit)
    )


@transaction.atomic
def ensure_media(
    *,
    school: Organisation,
    code: str,
    title: str,
    file: Path | File,
    kind: str = "video",
    captions: Path | File | None = None,
    chapters: Path | File | None = None,
    poster: Path | File | None = None,
    transcript: str = "",
    duration: float = 0,
    language: str = "en",
) -> LessonMedia:
    """Return the school's clip of this code, stored in the private storage if it was not there."""
    office = ensure_cms_roles(school)
    found = LessonMedia.objects.filter(collection=office.collection, code=code).first()
    if found:
        return found
    media = LessonMedia(
        collection=office.collection,
        code=code,
        title=title,
        type=kind,
        transcript=_plain(transcript),
        duration=duration,
        language=language,
        file=_file(file),
    )
    if captions is not None:
        media.captions = _file(captions)
    if chapters is not None:
        media.chapters = _file(chapters)
    if poster is not None:
        media.thumbnail = _file(poster)
    return _made(media)


@transaction.atomic
def ensure_document(*, school: Organisation, title: str, file: Path | File) -> SchoolDocument:
    """Return the school's file of this title, stored in the private storage if it was not there."""
    office = ensure_cms_roles(school)
    found = SchoolDocument.objects.filter(collection=office.collection, title=title).first()
    if found:
        return found
    document = SchoolDocument(collection=office.collection, title=title, file=_file(file))
    document.file_size = document.file.size
    return _made(document)


def _file(given: Path | File) -> File:
    return given if isinstance(given, File) else File(given.open("rb"), name=given.name)


# ---- pages ----


@transaction.atomic
def ensure_program_index(*, parent: Page, title: str, slug: str = "programs", intro: str = "") -> ProgramIndexPage:
    """Return the published list of programs below `parent`, made if it was not there."""
    found = ProgramIndexPage.objects.child_of(parent).first()
    if found:
        return found
    return add_page(parent=parent, page=ProgramIndexPage(title=title, slug=slug, intro=_plain(intro)))


@transaction.atomic
def load_program_page(program: Program, content: Mapping[str, Any], parent: ProgramIndexPage) -> ProgramPage:
    """Publish the page that presents a program, from the `page` part of its file; what is there stays as it is.

    The program's school may edit the page and the lessons under it; publishing stays with its registrars.
    """
    found = ProgramPage.objects.filter(program=program, locale=parent.locale, alias_of=None).first()
    if found is None:
        about = content.get("page", {})
        page = ProgramPage(
            title=about.get("title", program.title),
            slug=about.get("slug") or slugify(program.title)[:60],
            search_description=Truncator(_plain(about.get("search_description", program.summary))).chars(200),
            program=program,
            lede=_plain(about.get("lede", program.summary)),
            **{name: _html(about.get(name, "")) for name in (
                "audience", "outcomes", "entry_conditions", "certificate_is", "certificate_is_not"
            )},
        )  # fmt: skip
        page.faq = checked_stream(
            page.faq.stream_block,
            [
                {"type": "question", "value": {"question": item["question"], "answer": _html(item["answer"])}}
                for item in about.get("faq", [])
            ],
        )
        found = add_page(parent=parent, page=page)
    open_program_page(found)
    return found


@transaction.atomic
def load_module_page(module: Module, parent: ProgramPage) -> ModulePage:
    """Publish the page that presents a module below its program's page; what is there stays as it is."""
    found = ModulePage.objects.filter(module=module, locale=parent.locale, alias_of=None).first()
    if found:
        return found
    page = ModulePage(
        title=module.title,
        slug=slugify(module.title)[:60],
        search_description=Truncator(module.summary).chars(200),
        module=module,
        summary=module.summary[:600],
        objectives="\n".join(str(line) for line in module.objectives),
        category=module.category,
        minutes=module.minutes,
        state=module.state,
        quiz=module.quiz,
        lead=module.lead,
    )
    return add_page(parent=parent, page=page)


@transaction.atomic
def load_lesson_page(lesson: Lesson, content: Mapping[str, Any], parent: ProgramPage) -> LessonPage:
    """Publish the page that presents a lesson, from its parsed file, below its module's; what is there stays as it is.

    Figures and clips are named by code and must be in the school's library. Refuses, naming the block, what
    an editor could not have saved either.
    """
    above = load_module_page(lesson.module, parent)
    found = LessonPage.objects.filter(lesson=lesson, locale=parent.locale, alias_of=None).first()
    if found:
        if not found.is_child_of(above):
            # It was made when lessons stood directly below their program.
            found.move(above, pos="last-child")
            found.refresh_from_db()
        return found
    title = content.get("title", lesson.title)
    page = LessonPage(
        title=title,
        slug=content.get("slug") or slugify(title)[:60],
        lesson=lesson,
        lede=_plain(content.get("lede", "")),
        review_note=_plain(content.get("review_note", "")),
    )
    page.body = stream_from_file(page.body.stream_block, content.get("blocks", []), lesson.module.program.school)
    return add_page(parent=above, page=page)


@transaction.atomic
def add_page(*, parent: Page, page: AnyPage) -> AnyPage:
    """Put a page below `parent` and publish it with a revision. Atomic; refuses what the page's own rules refuse."""
    page.locale = parent.locale if parent.depth > 1 else Locale.get_default()
    page.live = False
    page.has_unpublished_changes = True
    parent.add_child(instance=page)
    page.full_clean()
    page.save_revision().publish()
    page.refresh_from_db()
    return page


@transaction.atomic
def publish_lesson_page(*, page: LessonPage, by: User | None = None) -> LessonPage:
    """Publish the newest draft of a lesson page. Refuses a draft that is not complete. A repeat publishes nothing new."""
    draft = page.get_latest_revision_as_object()
    draft.full_clean()
    if draft.lesson_id is None:
        raise ValidationError({"lesson": _("Choose the lesson that this page presents.")})
    if not page.live or page.has_unpublished_changes:
        revision = draft.get_latest_revision() or draft.save_revision(user=by)
        revision.publish(user=by)
    page.refresh_from_db()
    return page


def refresh_media_use(page: LessonPage) -> None:
    """Write down which clips the published page shows. Atomic, idempotent; a page that is not live shows none."""
    with transaction.atomic():
        stored = LessonPage.objects.filter(pk=page.pk).first()
        if stored is None:
            return
        shown = set()
        if stored.live and stored.lesson_id is not None and stored.alias_of_id is None:
            shown = {item.pk for item in library_items(stored.body) if isinstance(item, LessonMedia)}
        MediaUse.objects.filter(page=stored).exclude(media__in=shown, lesson=stored.lesson_id).delete()
        MediaUse.objects.bulk_create(
            [MediaUse(page=stored, lesson=stored.lesson, media_id=pk) for pk in shown], ignore_conflicts=True
        )


def _html(given: Any) -> str:
    """Text of a file as HTML: a list becomes bullets, plain lines become paragraphs, HTML stays (and is cleaned)."""
    if not given:
        return ""
    if isinstance(given, Sequence) and not isinstance(given, str):
        return f"<ul>{format_html_join('', '<li>{}</li>', [(str(item).strip(),) for item in given])}</ul>"
    text = str(given).strip()
    if text.startswith("<"):
        return text
    return "".join(f"<p>{escape(' '.join(part.split()))}</p>" for part in text.split("\n\n") if part.strip())


def stream_from_file(block: StreamBlock, items: Sequence[Mapping[str, Any]], school: Organisation) -> Any:
    """The value of a StreamField from a file's blocks, their figures and clips found in the school's library.

    Refuses, naming the block, what an editor could not have saved either.
    """
    library = Library(school)
    return checked_stream(block, [library.block(item) for item in items])


def checked_stream(block: StreamBlock, raw: list[dict[str, Any]]) -> Any:
    """The value of a StreamField from plain data, judged by the blocks' own rules."""
    for place, item in enumerate(raw, start=1):
        if item["type"] not in block.child_blocks:
            raise ValidationError(
                _("Block %(place)d: there is no block “%(type)s”.") % {"place": place, "type": item["type"]}
            )
    value = block.to_python(json.loads(json.dumps(raw)))
    for place, child in enumerate(value, start=1):
        try:
            child.block.clean(child.value)
        except ValidationError as error:
            raise ValidationError(
                _("Block %(place)d (%(type)s): %(problem)s")
                % {"place": place, "type": child.block_type, "problem": _said(error)}
            ) from error
    return value


def _said(error: Any) -> str:
    """A block's nested errors in one line."""
    parts = [_said(each) for each in getattr(error, "non_block_errors", None) or []]
    for name in ("block_errors", "cell_errors"):
        inside = getattr(error, name, None) or {}
        pairs = inside.items() if isinstance(inside, Mapping) else enumerate(inside, start=1)
        parts += [f"{key}: {_said(each)}" for key, each in pairs if each]
    if isinstance(error, Mapping):
        parts += [_said(each) for each in error.values()]
    return "; ".join(parts) or " ".join(getattr(error, "messages", [str(error)]))


class Library:
    """Turns the codes and titles by which files name figures, clips and pictures into rows of one school's library."""

    def __init__(self, school: Organisation) -> None:
        self.collection = ensure_cms_roles(school).collection

    def block(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """One block of a file as a StreamField stores it."""
        kind, value = item["type"], item["value"]
        turn = getattr(self, f"_{kind}", None)
        try:
            return {"type": kind, "value": turn(value) if turn else value}
        except KeyError as error:
            raise ValidationError(_("The block “%(kind)s” lacks %(key)s.") % {"kind": kind, "key": error}) from error

    def named(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """One block of a translation's file, its figure, clip or picture found; all else as it stands there."""
        value = item["value"]
        if isinstance(value, Mapping):
            find = {"figure": self.drawn, "media": self.filmed, "image": self.photographed}
            value = {key: find[key](each) if key in find else each for key, each in value.items()}
        return {"type": item["type"], "value": value}

    def _prose(self, value: Any) -> str:
        return _html(value)

    def _figure(self, value: Any) -> dict[str, Any]:
        value = value if isinstance(value, Mapping) else {"figure": value}
        return {"figure": self.drawn(value.get("figure") or value["code"]), "note": _plain(value.get("note", ""))}

    def _photo(self, value: Mapping[str, Any]) -> dict[str, Any]:
        words = {name: _plain(value.get(name, "")) for name in ("caption", "credit", "description", "long_description")}
        return {"image": self.photographed(value["image"]), **words}

    def _media(self, value: Any) -> dict[str, Any]:
        value = value if isinstance(value, Mapping) else {"media": value}
        return {"media": self.filmed(value["media"]), "caption": _plain(value.get("caption", ""))}

    def _steps(self, value: Mapping[str, Any]) -> dict[str, Any]:
        steps = [
            {
                **step,
                "body": _html(step["body"]),
                "figure": self.drawn(step["figure"]) if step.get("figure") else None,
                "photo": self.photographed(step["photo"]) if step.get("photo") else None,
                "media": self.filmed(step["media"]) if step.get("media") else None,
            }
            for step in value["steps"]
        ]
        return {**value, "steps": steps}

    def _hotspots(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {**value, "figure": self.drawn(value["figure"])}

    def _table(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Columns are names, or {heading, type: number}; rows are lists of cells."""
        columns = [
            {"type": "text", **(one if isinstance(one, Mapping) else {"heading": one})} for one in value["columns"]
        ]
        if any(len(row) != len(columns) for row in value["rows"]):
            raise ValidationError(_("A row of “%(table)s” has more or fewer cells than columns.") % {
                "table": value["caption"]})  # fmt: skip
        rows = [
            {
                "values": [
                    _html(cell) if column["type"] == "text" else _plain(cell)
                    for column, cell in zip(columns, row, strict=True)
                ]
            }
            for row in value["rows"]
        ]
        return {
            "table": {"columns": columns, "rows": rows, "caption": _plain(value["caption"])},
            "row_names": value.get("row_names", True),
        }

    def _comparison(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {**value, "columns": [{**one, "body": _html(one["body"])} for one in value["columns"]]}

    def _case_study(self, value: Mapping[str, Any]) -> dict[str, Any]:
        questions = [{**one, "answer": _html(one["answer"])} for one in value["questions"]]
        return {**value, "vignette": _html(value["vignette"]), "questions": questions}

    def _download(self, value: Any) -> dict[str, Any]:
        value = value if isinstance(value, Mapping) else {"document": value}
        title = value["document"]
        document = SchoolDocument.objects.filter(collection=self.collection, title=title).first()
        if document is None:
            raise ValidationError(_("The library has no file “%(title)s”.") % {"title": title})
        return {"document": document.pk, "note": _plain(value.get("note", ""))}

    def _term(self, value: Any) -> dict[str, Any]:
        name = value["term"] if isinstance(value, Mapping) else value
        term = GlossaryTerm.objects.filter(collection=self.collection, term__iexact=name).order_by("pk").first()
        if term is None:
            raise ValidationError(_("The glossary has no term “%(term)s”.") % {"term": name})
        return {"term": term.pk}

    def drawn(self, code: str) -> int:
        """The key of the figure of this code."""
        figure = Figure.objects.filter(collection=self.collection, code=code).first()
        if figure is None:
            raise ValidationError(_("The library has no figure “%(code)s”.") % {"code": code})
        return figure.pk

    def photographed(self, title: str) -> int:
        """The key of the picture of this title."""
        image = SchoolImage.objects.filter(collection=self.collection, title=title).order_by("pk").first()
        if image is None:
            raise ValidationError(_("The library has no picture “%(title)s”.") % {"title": title})
        return image.pk

    def filmed(self, code: str) -> int:
        """The key of the clip of this code."""
        media = LessonMedia.objects.filter(collection=self.collection, code=code).first()
        if media is None:
            raise ValidationError(_("The library has no clip “%(code)s”.") % {"code": code})
        return media.pk

    def _callout(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {**value, "body": _html(value["body"])}
