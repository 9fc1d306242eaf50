"""Finds what a person may see: lessons that are open to her, the words of her glossaries, public pages.

Every word that was asked for must stand there, in the singular or the plural. Only words reach the database, never an
operator. What a closed lesson says is not looked at, so that no answer tells of it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from modelsearch.query import And, Or, PlainText, SearchQuery
from wagtail.models import Page

from accounts.models import User
from accounts.selectors import STAFF_ROLES, schools_of
from courses.catalog.marking import forms_of
from courses.catalog.models import GlossaryTerm, LessonPage, Module, ModulePage, Program, ProgramPage
from courses.catalog.selectors import glossary_of
from courses.enrollments.selectors import READABLE, enrollments_of
from courses.study.selectors import lessons_in, lessons_of

from .models import ArticlePage, HomePage, PolicyPage, StandardPage
from .selectors import public_pages

MOST_LETTERS = 200
MOST_WORDS = 12
MOST_RESULTS = 200
A_GROUP = 5
"""Results of a group where all groups stand under each other."""
A_PAGE = 20
AROUND = 90
"""Letters of a text shown on each side of what was found."""
GUESSED_WORDS = 4
FOUND_PAGES = (HomePage, StandardPage, ArticlePage, PolicyPage, ProgramPage, ModulePage)
UNTOLD = {"self_check", "case_study", "reflection"}
"""Blocks of a lesson that no snippet quotes: they hold answers that a learner is to find."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One result; its title and snippet are escaped, with what was found marked."""

    title: SafeString
    url: str
    snippet: SafeString
    where: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one kind: one page of them."""

    name: str
    label: str
    page: ListPage
    hits: list[Hit]

    @property
    def total(self) -> int:
        """How many there are, shown or not."""
        return self.page.paginator.count


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found. `instead` is what was looked for where nothing had the words that were asked for."""

    groups: list[Group]
    instead: str = ""

    @property
    def total(self) -> int:
        """Results of all groups."""
        return sum(group.total for group in self.groups)


@dataclass(frozen=True, slots=True)
class Seen:
    """What this person may see beside public pages: lessons by id (title, address, place), and terms with addresses."""

    lessons: dict[int, tuple[str, str, str]]
    terms: list[tuple[GlossaryTerm, str]]


def words_in(asked: str) -> list[str]:
    """The words of what was asked for, at most twelve."""
    letters = asked.replace("\x00", "")[:MOST_LETTERS]
    return [word for word in re.findall(r"\w+", letters) if any(map(str.isalnum, word))][:MOST_WORDS]


def forms(word: str) -> tuple[str, ...]:
    """A word in the singular and the plural, as far as its end tells."""
    word = word.casefold()
    found = [word]
    if len(word) > 3:
        if word.endswith("ies"):
            found.append(word[:-3] + "y")
        if word.endswith("es"):
            found.append(word[:-2])
        if word.endswith("s") and not word.endswith("ss"):
            found.append(word[:-1])
        else:
            found += forms_of(word)[1:]
    return tuple(dict.fromkeys(found))


def _query(words: Sequence[str]) -> SearchQuery:
    parts = [Or([PlainText(form) for form in forms(word)]) for word in words]
    return And(parts) if len(parts) > 1 else parts[0]


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    every = sorted({form for word in words for form in forms(word)}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, every))})\w*", re.IGNORECASE)


def marked(text: str, words: Sequence[str]) -> SafeString:
    """A text with these words marked, and everything in it escaped."""
    at, parts = 0, []
    for found in _pattern(words).finditer(text):
        parts.append((escape(text[at : found.start()]), format_html("<mark>{}</mark>", found.group())))
        at = found.end()
    return format_html("{}{}", format_html_join("", "{}{}", parts), text[at:])


def snippet(text: str, words: Sequence[str], otherwise: str = "") -> SafeString:
    """What stands around the first of these words; where none stands there, the beginning of something else."""
    text = " ".join(text.split())
    found = _pattern(words).search(text)
    if found is None:
        return marked(_cut(otherwise or text, 0, 2 * AROUND), words)
    return marked(_cut(text, found.start() - AROUND, found.end() + AROUND), words)


def _cut(text: str, begin: int, end: int) -> str:
    """A piece of a text, cut between words where there are any, with dots where something is left out."""
    text = " ".join(text.split())
    begin, end = max(begin, 0), min(end, len(text))
    if begin:
        begin = max(text.find(" ", begin, begin + 30) + 1, begin)
    if end < len(text):
        space = text.rfind(" ", max(end - 30, begin), end)
        end = space if space > 0 else end
    return ("… " if begin else "") + text[begin:end] + (" …" if end < len(text) else "")


def seen_by(user: Any) -> Seen:
    """What lessons and terms this person may find: of programs that she studies, and of schools in which she works.

    No query for a visitor. Else two, for each enrollment one more (up to five where lessons wait), for each program of
    her schools one more, for each school one for its terms.
    """
    lessons: dict[int, tuple[str, str, str]] = {}
    programs: dict[int, Program] = {}
    if not getattr(user, "is_authenticated", False):
        return Seen({}, [])
    person: User = user
    for enrollment in enrollments_of(person):
        if enrollment.state not in READABLE:
            continue
        programs.setdefault(enrollment.program.school_id, enrollment.program)
        for line in lessons_of(enrollment):
            if line.readable:
                lessons[line.lesson.pk] = (line.lesson.title, line.url, _place(line.lesson.module, line.number))
    schools = schools_of(person, *STAFF_ROLES)
    for program in Program.objects.filter(school__in=schools).select_related("school").order_by("-is_open", "pk"):
        programs.setdefault(program.school_id, program)
        for line in lessons_in(program):
            if line.published:
                place = (line.lesson.title, line.url, _place(line.lesson.module, line.number))
                lessons.setdefault(line.lesson.pk, place)
    terms = []
    for program in programs.values():
        address = reverse("study:glossary", args=[program.uuid])
        terms += [(term, f"{address}#term-{term.pk}") for term in glossary_of(program)]
    return Seen(lessons, terms)


def _place(module: Module, number: str) -> str:
    return f"{module.title}, {number}"


def answer(request: HttpRequest, asked: str, *, group: str = "", page: Any = 1) -> Answer:
    """Look for these words; `group` asks for one kind alone, by pages.

    Beside what `seen_by` asks: 4 queries for public pages and one for each kind of them on the page, 3 for lessons.
    Where nothing is found one more for each kind of public page (and 1 on PostgreSQL) to know its words, and once more all
    these for the words that may be meant.
    """
    words = words_in(asked)
    if not words:
        return Answer([])
    seen = seen_by(request.user)
    found = _answer(request, words, seen, group, page)
    if found.total or group:
        return found
    meant = meant_by(words, _vocabulary(request, seen))
    if meant and meant != words:
        again = _answer(request, meant, seen, group, page)
        if again.total:
            return Answer(again.groups, " ".join(meant))
    return found


def _answer(request: HttpRequest, words: list[str], seen: Seen, group: str, page: Any) -> Answer:
    looked: dict[str, tuple[str, Callable[[], Sequence[Any]], Callable[[Sequence[Any]], list[Hit]]]] = {
        "lessons": (_("Lessons"), lambda: _lessons(words, seen), lambda shown: _lesson_hits(shown, words, seen)),
        "glossary": (_("Glossary"), lambda: _terms(words, seen), lambda shown: _term_hits(shown, words)),
        "pages": (_("Pages"), lambda: _pages(request, words), lambda shown: _page_hits(request, shown, words)),
    }
    groups = []
    for name, (label, look, show) in looked.items():
        if group in looked and group != name:
            continue
        rows = look()
        if rows:
            shown = Paginator(rows, A_PAGE if group == name else A_GROUP).get_page(page if group == name else 1)
            groups.append(Group(name, label, shown, show(list(shown))))
    return Answer(groups)


# ---- lessons ----


def _lessons(words: list[str], seen: Seen) -> list[int]:
    """The pages of her lessons that have these words, by id, the best first. 2 queries; none where she has no lessons."""
    if not seen.lessons:
        return []
    wanted = get_language() or "en"
    rows = LessonPage.objects.filter(lesson__in=seen.lessons, live=True, alias_of=None).order_by("pk")
    pages: dict[int, tuple[int, str]] = {}
    for pk, lesson, language in rows.values_list("pk", "lesson_id", "locale__language_code"):
        # The page that the study room would show: in her language, or else the oldest.
        if lesson not in pages or (language == wanted != pages[lesson][1]):
            pages[lesson] = (pk, language)
    chosen = LessonPage.objects.filter(pk__in=[pk for pk, _language in pages.values()]).defer_streamfields()
    return [page.pk for page in chosen.search(_query(words))[:MOST_RESULTS]]


def _lesson_hits(shown: Sequence[int], words: list[str], seen: Seen) -> list[Hit]:
    pages = LessonPage.objects.in_bulk(shown)
    hits = []
    for page in (pages[pk] for pk in shown if pk in pages):
        _title, url, where = seen.lessons[page.lesson_id or 0]
        told = [page.lede, *_texts(page, UNTOLD)]
        hits.append(Hit(marked(page.title, words), url, snippet(" ".join(told), words, page.lede), where))
    return hits


def _texts(page: Any, left_out: Iterable[str] = ()) -> list[str]:
    """What a page's blocks say, without their markup."""
    body = getattr(page, "body", None) or []
    return [
        text
        for child in body
        if child.block_type not in left_out
        for text in child.block.get_searchable_content(child.value)
    ]


# ---- glossary ----


def _terms(words: list[str], seen: Seen) -> list[tuple[GlossaryTerm, str]]:
    """Her terms that have all of these words, in the term or its meaning; those in the term first. No query."""
    patterns = [_pattern([word]) for word in words]

    def has_all(text: str) -> bool:
        return all(pattern.search(text) for pattern in patterns)

    found = [
        (term, url) for term, url in seen.terms if has_all(f"{term.term} {term.other_forms} {term.meaning}")
    ]  # fmt: skip
    return sorted(found, key=lambda one: not has_all(f"{one[0].term} {one[0].other_forms}"))[:MOST_RESULTS]


def _term_hits(shown: Sequence[tuple[GlossaryTerm, str]], words: list[str]) -> list[Hit]:
    return [Hit(marked(term.term, words), url, snippet(term.meaning, words)) for term, url in shown]


# ---- pages ----


def _pages(request: HttpRequest, words: list[str]) -> list[int]:
    pages = public_pages(request).type(*FOUND_PAGES)
    return [page.pk for page in pages.search(_query(words))[:MOST_RESULTS] if page.alias_of_id is None]


def _page_hits(request: HttpRequest, shown: Sequence[int], words: list[str]) -> list[Hit]:
    pages = {page.pk: page for page in Page.objects.filter(pk__in=shown).specific()}
    hits = []
    for page in (pages[pk] for pk in shown if pk in pages):
        about = _about(page)
        otherwise = page.search_description or about
        text = " ".join([about, *_texts(page)])
        hits.append(
            Hit(marked(page.title, words), page.get_url(request) or "/", snippet(text, words, otherwise), _kind(page))
        )
    return hits


def _about(page: Page) -> str:
    return next(filter(None, (getattr(page, name, "") for name in ("lede", "intro", "summary"))), "")


def _kind(page: Page) -> str:
    if isinstance(page, ArticlePage):
        return _("Article")
    if isinstance(page, PolicyPage):
        return _("Policy")
    return _("Program") if isinstance(page, ProgramPage) else ""


# ---- words that may be meant ----


def _vocabulary(request: HttpRequest, seen: Seen) -> list[str]:
    """The words of public pages, of her lessons' titles and of her terms. One query for each kind of page and 2 more."""
    texts = [title for title, _url, _where in seen.lessons.values()]
    texts += [f"{term.term} {term.other_forms} {term.meaning}" for term, _url in seen.terms]
    for page in public_pages(request).type(*FOUND_PAGES).specific()[:MOST_RESULTS]:
        texts += [page.title, page.search_description, _about(page), *_texts(page)]
    words = (word.casefold() for text in texts for word in re.findall(r"\w+", text))
    return sorted({word for word in words if len(word) > 3})


def meant_by(words: Sequence[str], vocabulary: Sequence[str]) -> list[str]:
    """The same words, each that the vocabulary does not know put right where one of its words is near enough."""
    known = set(vocabulary)
    meant, guessed = [], 0
    for word in words:
        if len(word) < 4 or len(word) > 40 or known & set(forms(word)) or guessed >= GUESSED_WORDS:
            meant.append(word)
            continue
        guessed += 1
        meant.append(_nearest(word.casefold(), vocabulary) or word)
    return meant


def _nearest(word: str, vocabulary: Sequence[str]) -> str:
    if connection.vendor == "postgresql" and vocabulary:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            if cursor.fetchone():
                cursor.execute(
                    "SELECT known FROM unnest(%s::text[]) AS known WHERE similarity(known, %s) >= 0.3 "
                    "ORDER BY similarity(known, %s) DESC, known LIMIT 1",
                    [list(vocabulary), word, word],
                )
                row = cursor.fetchone()
                return str(row[0]) if row else ""
    return next(iter(get_close_matches(word, vocabulary, n=1, cutoff=0.7)), "")
