"""The access table of the CMS: every address under /cms/, Wagtail's and ours, and who reaches what behind it.

The draft, its revisions, pictures and clips that stand in the addresses are those of one program of Riverbend. A group
names who reaches them; a visitor and those who do not work in the CMS are led to the log-in, everybody else is refused.
What is reached by those from elsewhere (a list, a chooser, a report) names nothing of Riverbend's. An address of a new
version of Wagtail that stands in no group fails `test_every_address_stands_in_the_table`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.contrib.redirects.models import Redirect
from wagtail.fields import StreamField
from wagtail.models import Comment, Locale, Site, TaskState, UploadedFile

from accounts.models import User
from accounts.services import ensure_organisation, ensure_user, grant_role
from certification.quizzes.models import Appeal, Attempt, Question, QuestionBank, Quiz, Response
from certification.quizzes.services import (
    assign_quiz,
    create_bank,
    create_quiz,
    ensure_question,
    ensure_quiz,
    keep_picture,
    mark_response,
    raise_appeal,
    save_answer,
    start_attempt,
    submit_attempt,
    write_vignette,
)
from certification.records.models import TrainingRecord
from courses.catalog.models import (
    EditorialOffice,
    InstructorProfile,
    Lesson,
    LessonPage,
    Module,
    ModulePage,
    Program,
    ProgramIndexPage,
    ProgramPage,
    SchoolDocument,
    SchoolImage,
)
from courses.catalog.question_files import hold_file
from courses.catalog.services import (
    ensure_document,
    ensure_examination,
    ensure_figure,
    ensure_media,
    ensure_term,
    join_team,
    load_program,
    load_program_page,
    open_bank,
    record_approval,
    sync_cms_groups,
)
from tests.files import MP4, PDF, VTT, picture
from tests.layers import layer
from tests.quizzes.conftest import ESSAY, response_to
from tests.quizzes.kinds import SHOULDER
from tests.worlds import School

from .conftest import PROGRAM, SVG, staff

# ---- who knocks ----

OUTSIDE = ("visitor", "learner", "supervisor")
TEAM, COLLEAGUE, LEAD, REGISTRAR = "team", "colleague", "lead", "registrar"
FOREIGN, FOREIGN_REGISTRAR, OPERATOR = "foreign", "foreign registrar", "operator"
STAFF = (TEAM, COLLEAGUE, LEAD, REGISTRAR, FOREIGN, FOREIGN_REGISTRAR, OPERATOR)
# What of Riverbend's a person must read nowhere: drafts; and, at another school, the library and who works here.
DRAFTS = ("Quetzal",)
HOUSE = ("Quetzal", "quetzal-", "Ocelot", "ocelottag", "Ines Instructor", "Lea Lead", "Helen Marsh", "Daniela Reyes")
NEVER = {COLLEAGUE: DRAFTS, FOREIGN: HOUSE, FOREIGN_REGISTRAR: HOUSE}

# ---- the table: who reaches it, and the addresses; `POST` before those that take nothing else ----

FIRST_PAGE = "the first page"
TABLE: dict[str, tuple[tuple[str, ...], str]] = {
    "no log-in is asked for": ((*OUTSIDE, *STAFF), """
        password_reset/
        sprite/
        jsi18n/
    """),
    "not offered, to nobody": ((), """
        login/
        failwhale/
        password_reset/done/
        password_reset/confirm/<uidb64>/<token>/
        password_reset/complete/
        pages/<int:page_id>/convert_alias/
        images/<int:image_id>/generate_url/
        images/<int:image_id>/generate_url/output/
        settings/<slug:app_name>/<slug:model_name>/
        settings/<slug:app_name>/<slug:model_name>/<int:pk>/
        settings/<slug:app_name>/<slug:model_name>/<int:pk>/preview/
        workflows/tasks/add/<str:app_label>/<str:model_name>/
        bulk/<str:app_label>/<str:model_name>/<str:action>/
        block-preview/
        snippets/
        locales/new/
        ^.*/$
    """),
    "everybody in the CMS; lists hold her own": (STAFF, """
        the first page
        test404/
        account/
        dismissibles/
        api/main/^pages/
        api/main/^documents/
        api/main/^images/
        pages/
        pages/usage/<slug:content_type_app_name>/<slug:content_type_model_name>/
        pages/usage/<slug:content_type_app_name>/<slug:content_type_model_name>/results/
        pages/create/<slug:app_label>/<slug:model_name>
        pages/search/
        pages/search/results/
        pages/<int:page_id>/revisions/
        choose-page/
        choose-page/<int:parent_page_id>/
        choose-page/search/
        choose-page/chosen-multiple/
        choose-external-link/
        choose-email-link/
        choose-phone-link/
        choose-anchor-link/
        tag-autocomplete/
        tag-autocomplete/<slug:app_name>/<slug:model_name>/
        reports/workflow/
        reports/workflow/results/
        reports/workflow_tasks/
        reports/workflow_tasks/results/
        embeds/chooser/
        embeds/chooser/upload/
        documents/
        documents/results/
        documents/add/
        documents/multiple/add/
        documents/chooser/
        documents/chooser/results/
        documents/chooser/chosen-multiple/
        documents/chooser/create/
        images/
        images/results/
        images/add/
        images/multiple/add/
        images/chooser/
        images/chooser/results/
        images/chooser/chosen-multiple/
        images/chooser/create/
        media/
        media/^(?P<media_type>audio|video|media)/add/$
        media/chooser/
        media/chooser/(?P<media_type>audio|video)/
        media/^(?P<media_type>audio|video)/chooser/upload/$
        snippets/catalog/glossaryterm/
        snippets/catalog/glossaryterm/results/
        snippets/catalog/glossaryterm/add/
        snippets/catalog/figure/
        snippets/catalog/figure/results/
        snippets/catalog/figure/add/
        snippets/choose/catalog/glossaryterm/
        snippets/choose/catalog/glossaryterm/results/
        snippets/choose/catalog/glossaryterm/chosen-multiple/
        snippets/choose/catalog/glossaryterm/create/
        snippets/choose/catalog/figure/
        snippets/choose/catalog/figure/results/
        snippets/choose/catalog/figure/chosen-multiple/
        snippets/choose/catalog/figure/create/
        snippets/choose/catalog/instructorprofile/
        snippets/choose/catalog/instructorprofile/results/
        snippets/choose/catalog/instructorprofile/chosen-multiple/
        POST editing-sessions/release/<int:session_id>/
        POST media/straight/
    """),
    "everybody in the CMS; lists hold her own banks": (STAFF, """
        quizzes/
        quizzes/results/
        quizzes/add/
        questions/
        questions/results/
        questions/add/
        questions/banks/
        quizzes/marking/
        quizzes/appeals/
        questions/cases/
        questions/cases/add/
        questions/doubles/
    """),
    "who writes in the program's bank, or leads a module of it": ((TEAM, LEAD, REGISTRAR), """
        quizzes/<uuid:uuid>/
        quizzes/<uuid:uuid>/preview/
        questions/<uuid:uuid>/
        questions/<uuid:uuid>/preview/
        quizzes/marking/<uuid:uuid>/
        quizzes/marking/<uuid:uuid>/<int:position>/
        quizzes/appeals/<uuid:uuid>/
        quizzes/<uuid:uuid>/analysis/
        quizzes/<uuid:uuid>/analysis/csv/
        quizzes/<uuid:uuid>/regrade/<uuid:question>/
        POST quizzes/<uuid:uuid>/discard/
        questions/cases/<uuid:uuid>/
        questions/pictures/<slug:digest>/
        questions/banks/<uuid:uuid>/export/
        questions/banks/<uuid:uuid>/export/<slug:name>/
        POST questions/<uuid:uuid>/state/
        POST questions/cases/<uuid:uuid>/state/
    """),
    "who has a bank to write in": ((TEAM, LEAD, REGISTRAR), """
        questions/many/
        questions/import/
        POST questions/preview/
    """),
    "who sent the file, into a bank in which she writes": ((REGISTRAR,), """
        questions/banks/<uuid:uuid>/import/<slug:digest>/
    """),
    "who keeps the school's banks": ((REGISTRAR, FOREIGN_REGISTRAR), """
        questions/banks/add/
    """),
    "who signs for a school": ((REGISTRAR, FOREIGN_REGISTRAR), """
        look/
    """),
    "who signs for the school; its administrators alone change the look": ((REGISTRAR,), """
        look/<slug:slug>/
        look/<slug:slug>/<int:number>/<str:name>
        POST look/<slug:slug>/hand/
    """),
    "the school's administrators, who are not in this table": ((), """
        look/<slug:slug>/<int:number>/use/
    """),
    "the registrar of the bank": ((REGISTRAR,), """
        questions/banks/<uuid:uuid>/
    """),
    "who reads the draft: its team, its lead while she reviews it, the registrar": ((TEAM, LEAD, REGISTRAR, OPERATOR), """
        pages/<int:page_id>/usage/
        pages/<int:page_id>/edit/
        pages/<int:page_id>/edit/preview/
        pages/<int:page_id>/view_draft/
        pages/<int:page_id>/copy/
        pages/<int:page_id>/revisions/<int:revision_id>/view/
        pages/<int:page_id>/revisions/<int:revision_id>/revert/
        pages/^(?P<pk>\\d+)/revisions/compare/(?P<revision_id_a>live|earliest|\\d+)\\.\\.\\.(?P<revision_id_b>live|latest|\\d+)/$
        pages/<int:page_id>/workflow_history/
        pages/<int:page_id>/workflow_history/detail/<int:workflow_state_id>/
        pages/<int:page_id>/history/
        pages/<int:page_id>/history/results/
        pages/<int:page_id>/translate/
        pages/<int:page_id>/obstacle/
        POST editing-sessions/ping/<str:app_label>/<str:model_name>/<str:object_id>/<int:session_id>/
    """),
    "who keeps the tree of the program": ((TEAM, REGISTRAR, OPERATOR), """
        api/main/^pages/<int:pk>/
        api/main/^pages/find/
        pages/<int:parent_page_id>/
        pages/<int:parent_page_id>/results/
        pages/<int:parent_page_id>/add_subpage/
        pages/add/<slug:content_type_app_name>/<slug:content_type_model_name>/<int:parent_page_id>/
        pages/add/<slug:content_type_app_name>/<slug:content_type_model_name>/<int:parent_page_id>/preview/
        pages/<int:page_id>/delete/
        pages/<int:page_to_move_id>/move/
        pages/<int:page_to_move_id>/move/<int:destination_id>/confirm/
        pages/<int:page_id>/follow/
    """),
    "whose turn it is in the review": ((LEAD, OPERATOR), """
        pages/workflow/action/<int:page_id>/<slug:action_name>/<int:task_state_id>/
        pages/workflow/collect_action_data/<int:page_id>/<slug:action_name>/<int:task_state_id>/
        pages/workflow/preview/<int:page_id>/<int:task_id>/
    """),
    "who publishes": ((REGISTRAR, OPERATOR), """
        pages/workflow/confirm_cancellation/<int:page_id>/
        pages/<int:page_id>/unpublish/
        pages/<int:page_id>/privacy/
        pages/<int:page_id>/revisions/<int:revision_id>/unschedule/
        lessons/<int:page_id>/change/
        ^(?P<kind>lesson|module)s/(?P<page_id>\\d+)/retire/$
        POST api/main/^pages/<int:pk>/action/<str:action_name>/
        POST pages/<int:page_to_move_id>/set_position/
        POST pages/<int:page_id>/lock/
        POST pages/<int:page_id>/unlock/
    """),
    "who works with the school's library": ((TEAM, COLLEAGUE, LEAD, REGISTRAR, OPERATOR), """
        api/main/^documents/<int:pk>/
        api/main/^documents/find/
        api/main/^images/<int:pk>/
        api/main/^images/find/
        documents/chooser/chosen/<str:pk>/
        images/chooser/chosen/<str:pk>/
        images/chooser/<int:image_id>/select_format/
        media/edit/<int:media_id>/
        media/delete/<int:media_id>/
        media/usage/<int:media_id>/
        media/chooser/<int:media_id>/
        snippets/catalog/glossaryterm/edit/<int:pk>/
        snippets/catalog/glossaryterm/usage/<int:pk>/
        snippets/catalog/glossaryterm/history/<int:pk>/
        snippets/catalog/glossaryterm/history-results/<int:pk>/
        snippets/catalog/glossaryterm/copy/<int:pk>/
        snippets/choose/catalog/glossaryterm/chosen/<str:pk>/
        snippets/catalog/figure/edit/<int:pk>/
        snippets/catalog/figure/usage/<int:pk>/
        snippets/catalog/figure/history/<int:pk>/
        snippets/catalog/figure/history-results/<int:pk>/
        snippets/catalog/figure/copy/<int:pk>/
        snippets/choose/catalog/figure/chosen/<str:pk>/
        figures/<int:pk>/picture.svg
        images/copies/<int:pk>/
    """),
    "who changes files of others, deletes, and keeps the profiles": ((REGISTRAR, OPERATOR), """
        documents/edit/<int:document_id>/
        documents/delete/<int:document_id>/
        documents/usage/<int:document_id>/
        images/<int:image_id>/
        images/<int:image_id>/delete/
        images/<int:image_id>/preview/<str:filter_spec>/
        images/usage/<int:image_id>/
        snippets/catalog/glossaryterm/delete/<int:pk>/
        snippets/catalog/figure/delete/<int:pk>/
        snippets/catalog/instructorprofile/edit/<int:pk>/
        snippets/catalog/instructorprofile/delete/<int:pk>/
        snippets/catalog/instructorprofile/usage/<int:pk>/
        snippets/catalog/instructorprofile/history/<int:pk>/
        snippets/catalog/instructorprofile/history-results/<int:pk>/
        snippets/catalog/instructorprofile/copy/<int:pk>/
        snippets/choose/catalog/instructorprofile/chosen/<str:pk>/
        POST documents/multiple/<int:doc_id>/
        POST documents/multiple/<int:doc_id>/delete/
        POST images/multiple/<int:image_id>/
        POST images/multiple/<int:image_id>/delete/
    """),
    "who put the file there a moment ago": ((TEAM,), """
        POST documents/multiple/create_from_uploaded_document/<int:uploaded_file_id>/
        POST documents/multiple/delete_upload/<int:uploaded_file_id>/
        POST images/multiple/create_from_uploaded_image/<int:uploaded_file_id>/
        POST images/multiple/delete_upload/<int:uploaded_file_id>/
    """),
    "registrars, each her own school's": ((REGISTRAR, FOREIGN_REGISTRAR, OPERATOR), """
        reports/locked/
        reports/locked/results/
        snippets/catalog/instructorprofile/
        snippets/catalog/instructorprofile/results/
        snippets/catalog/instructorprofile/add/
        snippets/choose/catalog/instructorprofile/create/
    """),
    "registrars by their role": ((REGISTRAR, FOREIGN_REGISTRAR), """
        programs/
        programs/add/
    """),
    "who keeps the program, or leads a module of it": ((LEAD, REGISTRAR), """
        programs/<uuid:uuid>/examinations/
        programs/<uuid:uuid>/examinations/add/
        programs/<uuid:uuid>/examinations/<uuid:named>/
    """),
    "the registrar of the program": ((REGISTRAR,), """
        programs/<uuid:uuid>/
        POST programs/<uuid:uuid>/team/
        POST programs/<uuid:uuid>/approvals/
        POST programs/<uuid:uuid>/approvals/<uuid:approval>/withdraw/
        POST programs/<uuid:uuid>/version/
    """),
    "who runs the installation": ((OPERATOR,), """
        reports/site-history/
        reports/site-history/results/
        reports/aging-pages/
        reports/aging-pages/results/
        reports/page-types-usage/
        reports/page-types-usage/results/
        collections/
        collections/add/
        collections/<int:pk>/
        collections/<int:pk>/delete/
        collections/<int:collection_id>/privacy/
        workflows/list/
        workflows/list/results/
        workflows/add/
        workflows/disable/<int:pk>/
        workflows/edit/<int:pk>/
        workflows/usage/<int:pk>/
        workflows/usage/<int:pk>/results/
        workflows/tasks/select_type/
        workflows/tasks/index/
        workflows/tasks/index/results/
        workflows/tasks/edit/<int:pk>/
        workflows/tasks/disable/<int:pk>/
        workflows/task_chooser/
        workflows/task_chooser/results/
        workflows/task_chooser/create/
        workflows/task_chooser/<int:task_id>/
        POST workflows/enable/<int:pk>/
        POST workflows/remove/<int:page_pk>/
        POST workflows/remove/<int:page_pk>/<int:workflow_pk>/
        POST workflows/tasks/enable/<int:pk>/
        redirects/
        redirects/results/
        redirects/add/
        redirects/<int:redirect_id>/
        redirects/<int:redirect_id>/delete/
        redirects/import/
        POST redirects/import/process/
        sites/
        sites/results/
        sites/new/
        sites/edit/<int:pk>/
        sites/delete/<int:pk>/
        sites/history/<int:pk>/
        sites/history-results/<int:pk>/
        sites/usage/<int:pk>/
        sites/copy/<int:pk>/
        users/
        users/results/
        users/new/
        users/edit/<int:pk>/
        users/delete/<int:pk>/
        users/history/<int:pk>/
        users/history-results/<int:pk>/
        users/usage/<int:pk>/
        users/copy/<int:pk>/
        groups/
        groups/results/
        groups/new/
        groups/edit/<int:pk>/
        groups/delete/<int:pk>/
        groups/history/<int:pk>/
        groups/history-results/<int:pk>/
        groups/usage/<int:pk>/
        locales/
        locales/results/
        locales/edit/<int:pk>/
        locales/delete/<int:pk>/
        locales/history/<int:pk>/
        locales/history-results/<int:pk>/
        locales/usage/<int:pk>/
    """),
    "ends her own session, and nothing else": (STAFF, """
        POST logout/
    """),
}  # fmt: skip
# The same addresses with what people put behind the question mark, and others' rows where one may name any.
QUERIES: dict[str, tuple[tuple[str, ...], str]] = {
    "lists and choosers, asked for Riverbend's": (STAFF, """
        tag-autocomplete/?term=oce
        tag-autocomplete/taggit/tag/?term=oce
        images/chooser/?tag=ocelottag
        images/chooser/results/?q=oce
        images/chooser/chosen-multiple/?id=<image_id>
        documents/chooser/results/?q=oce
        documents/chooser/chosen-multiple/?id=<document_id>
        media/chooser/?q=oce
        snippets/catalog/figure/?q=oce
        snippets/choose/catalog/figure/results/?q=oce
        snippets/choose/catalog/figure/chosen-multiple/?id=<figure>
        choose-page/chosen-multiple/?id=<page_id>
        choose-page/search/?q=quetz
        choose-page/?page_type=catalog.lessonpage
        pages/search/results/?q=quetz
        pages/usage/catalog/lessonpage/?q=quetz
        reports/workflow/?export=csv
        reports/workflow_tasks/?export=csv
        bulk/wagtailcore/page/delete/?id=<page_id>
        bulk/wagtailcore/page/delete/?id=<page_id>&id=<foreign_page>&id=<second_page>
        bulk/wagtailcore/page/delete/?id=all&childOf=<parent_page_id>
        bulk/wagtailcore/page/move/?id=<page_id>
        bulk/wagtailcore/page/publish/?id=<page_id>
        bulk/wagtailcore/page/unpublish/?id=<page_id>
        bulk/catalog/schoolimage/delete/?id=<image_id>
        bulk/catalog/schoolimage/add_tags/?id=<image_id>
        bulk/catalog/schoolimage/add_to_collection/?id=<image_id>
        bulk/catalog/schooldocument/delete/?id=<document_id>
        bulk/catalog/schooldocument/add_tags/?id=<document_id>
        bulk/catalog/schooldocument/add_to_collection/?id=<document_id>
        bulk/catalog/figure/delete/?id=<figure>
        bulk/catalog/glossaryterm/delete/?id=<term>
        bulk/catalog/instructorprofile/delete/?id=<profile>
    """),
    "what hangs on the draft": ((TEAM, REGISTRAR, OPERATOR), """
        choose-page/<page_id>/
        api/main/pages/?child_of=<parent_page_id>
        POST api/main/pages/<page_id>/action/delete/
        POST api/main/pages/<page_id>/action/move/
        POST api/main/pages/<page_id>/action/revert_to_page_revision/
        POST api/main/pages/<page_id>/action/copy_for_translation/
    """),
    "what makes other pages of it": ((REGISTRAR, OPERATOR), """
        POST api/main/pages/<page_id>/action/copy/
        POST api/main/pages/<page_id>/action/create_alias/
    """),
    "who works with the library": ((TEAM, COLLEAGUE, LEAD, REGISTRAR, OPERATOR), """
        POST editing-sessions/ping/catalog/figure/<figure>/<session_id>/
    """),
    "to where she works": ((OPERATOR,), """
        pages/<page_id>/move/<foreign_page>/confirm/
    """),
    "who runs the installation": ((OPERATOR,), """
        bulk/accounts/user/delete/?id=<user>
        bulk/accounts/user/assign_role/?id=<user>
        bulk/accounts/user/set_active_state/?id=<user>
        reports/site-history/?export=csv
        reports/aging-pages/?export=csv
    """),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One address of the table: by which method it is asked for, and who reaches what is behind it."""

    route: str
    post: bool
    reached: tuple[str, ...]


def rows(table: dict[str, tuple[tuple[str, ...], str]]) -> list[Row]:
    """The table line by line."""
    found = []
    for reached, lines in table.values():
        for line in filter(None, map(str.strip, lines.splitlines())):
            route = line.removeprefix("POST ")
            found.append(Row("" if route == FIRST_PAGE else route, line != route, reached))
    return found


def routes(patterns: list[Any] | None = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Each address under /cms/ as it is written, with its namespace."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route, pattern.namespace or space)
        elif isinstance(pattern, URLPattern) and route.startswith("cms/"):
            yield route.removeprefix("cms/"), space


def test_every_address_stands_in_the_table() -> None:
    known = {route for route, _space in routes()}
    listed = [row.route for row in rows(TABLE)]
    assert known - set(listed) == set(), "addresses without a row"
    assert set(listed) - known == set(), "rows without an address"
    assert len(listed) == len(set(listed)), "an address stands there twice"


# ---- the world ----


@dataclass
class World:
    """Who knocks, and what stands in the addresses: by the name in the route, with the namespace where it differs."""

    people: dict[str, User]
    values: dict[str, Any]

    def client(self, who: str) -> Client:
        """A browser of that person."""
        if who == "visitor":
            return Client()
        client = staff(self.people[who])
        client.raise_request_exception = False  # an empty form that Wagtail cannot read was reached, too
        return client

    def address(self, route: str, space: str = "") -> str:
        """The address with Riverbend's objects in it."""

        def fill(hole: re.Match[str]) -> str:
            name = hole[1] or hole[2]
            special = self.values.get(f"{route} {name}", self.values.get(f"{space} {name}"))
            return str(self.values[name] if special is None else special)

        plain = route.replace("\\d+", "0").replace("\\.", ".")
        found = re.sub(r"<(?:\w+:)?(\w+)>(?!\w*\|)|\(\?P<(\w+)>[^)]*\)", fill, plain) if "(?P" not in plain else ""
        if not found:
            found = re.sub(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>", fill, plain)
        return "/cms/" + found.replace("^", "").replace("$", "").replace(".*", "no-such-page")


@layer
def cms_world(school: School, building: None, record: TrainingRecord) -> World:
    """A draft of Riverbend's in review by its lead, with all that hangs on it; others with programs of their own."""

    def person(name: str, role: str = "", place: Any = school.school) -> User:
        user = ensure_user(email=f"{name.split()[0].lower()}@example.org", legal_name=name, password="x" * 12)
        if role:
            grant_role(user=user, organisation=place, role=role)
        return user

    clinic = ensure_organisation(kind="site", slug="clinic", name="Clinic")
    people = {
        "learner": school.learner_user,
        "supervisor": person("Sue Supervisor", "supervisor", clinic),
        TEAM: school.instructor,
        COLLEAGUE: person("Colin Colleague", "instructor"),
        LEAD: person("Lea Lead", "instructor"),
        REGISTRAR: school.registrar,
        FOREIGN: User.objects.get(email="fritz@example.org"),
        FOREIGN_REGISTRAR: school.foreign_registrar,
        OPERATOR: User.objects.create_superuser(email="root@example.org", password="x" * 12, legal_name="Root"),
    }
    program, index = Program.objects.get(), ProgramIndexPage.objects.get()

    def own_program(code: str, place: Any, *team: str) -> ProgramPage:
        made = load_program({**PROGRAM, "code": code, "title": code.title()}, place, program.rule_set, {})
        page = load_program_page(made, {**PROGRAM, "page": {"slug": code.lower()}}, index)
        for who in team:
            join_team(program=made, user=people[who])
        return page

    second = own_program("SECOND", school.school, COLLEAGUE, LEAD)
    foreign = own_program("FOREIGN", school.other_school, FOREIGN)
    office = EditorialOffice.objects.get(school=school.school)
    # The library, with a tag, and a figure whose change stands in the log.
    figure = ensure_figure(school=school.school, code="ocelot", title="Ocelot figure", description="x", drawing=SVG)
    author = staff(people[TEAM])
    drawn = {"title": "Ocelot figure", "code": "ocelot", "drawing": SVG, "collection": office.collection.pk}
    address = f"/cms/snippets/catalog/figure/edit/{figure.pk}/"
    assert author.post(address, {**drawn, "description": "y"}).status_code == 302
    clip = ensure_media(
        school=school.school, code="ocelot", title="Ocelot clip", file=ContentFile(MP4, name="ocelot.mp4"),
        captions=ContentFile(VTT, name="ocelot.vtt"),
    )  # fmt: skip
    document = ensure_document(school=school.school, title="Ocelot sheet", file=ContentFile(PDF, name="ocelot.pdf"))
    term = ensure_term(school=school.school, term="Ocelot term", meaning="x")
    image = SchoolImage(title="Ocelot hands", file=ContentFile(picture(), name="o.jpg"), collection=office.collection)
    image.full_clean()
    image.save()
    for row in (image, document):
        row.tags.add("ocelottag")
    profile = InstructorProfile.objects.create(user=people[TEAM], name="Ocelot", collection=office.collection)

    def sent(model: type, name: str, data: bytes) -> UploadedFile:
        from django.contrib.contenttypes.models import ContentType

        return UploadedFile.objects.create(
            for_content_type=ContentType.objects.get_for_model(model),
            file=SimpleUploadedFile(name, data),
            uploaded_by_user=people[TEAM],
        )

    sent_document, sent_image = sent(SchoolDocument, "q.pdf", PDF), sent(SchoolImage, "q.jpg", picture())
    # The draft: two revisions, a comment, in review by its lead, open in a browser.
    module = ModulePage.objects.get(module__program=program, module__code="MFR")
    module.lead = people[LEAD]
    module.save_revision().publish()
    lesson = Lesson.objects.get(code="MFR-2", module__program=program)
    page = module.add_child(instance=LessonPage(title="Quetzal lesson", slug="quetzal-1", live=False, lesson=lesson))
    first = page.save_revision(user=people[TEAM])
    page.lede = "Quetzal lede"
    newest = page.save_revision(user=people[TEAM])
    Comment.objects.create(page=page, user=people[TEAM], text="Quetzal comment", contentpath="title")
    office.review.start(page, people[TEAM])
    state = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS)
    session = EditingSession.objects.create(user=people[TEAM], content_object=page, last_seen_at=timezone.now())
    translated = page.copy_for_translation(Locale.objects.get_or_create(language_code="es")[0], copy_parents=True)
    translated.title = "Quetzal traducido"
    translated.save()
    live = LessonPage.objects.get(
        lesson__code="MFR-1", lesson__module__program=program, alias_of=None, locale=page.locale
    )
    approval = record_approval(
        program=program, module=Module.objects.get(program=program, code="NMT"), by=people[REGISTRAR], body="Board",
        number="1", approved_on=timezone.localdate(),
    )  # fmt: skip
    bank = create_bank(school=school.school, title="Quetzal bank", code="QTZ")
    open_bank(program=program, bank=bank)
    quiz = create_quiz(bank=bank, title="Quetzal quiz")
    question = ensure_question(
        bank=bank, code="q1", kind="single", stem="Quetzal question?",
        choices=[{"text": "Yes", "correct": True}, {"text": "No"}],
    )  # fmt: skip
    to_mark, marked, appeal = handed_in(school, record, question, people[TEAM])
    examination = ensure_examination(program=program, quiz=quiz_of(bank, question), title="Quetzal final")
    case = write_vignette(bank=bank, title="Quetzal case", text="Quetzal text.", by=people[TEAM])
    asked_about = keep_picture(school=school.school, **{**SHOULDER, "title": "Quetzal picture"})
    sent_questions = hold_file(people[REGISTRAR], SimpleUploadedFile("q.txt", b"Quetzal?{T}"))
    for user in people.values():
        sync_cms_groups(user)
    site = Site.objects.get(is_default_site=True)
    rows_of = {"figure": figure, "glossaryterm": term, "instructorprofile": profile}
    return World(
        people,
        {
            "page_id": page.pk, "page_pk": page.pk, "page_to_move_id": page.pk, "object_id": page.pk,
            "parent_page_id": module.pk, "destination_id": module.pk, "second_page": second.pk,
            "foreign_page": foreign.pk, "revision_id": first.pk, "revision_id_a": first.pk, "revision_id_b": newest.pk,
            "task_state_id": state.pk, "task_id": state.task_id, "workflow_state_id": state.workflow_state_id,
            "workflow_pk": office.review.pk, "action_name": "approve", "session_id": session.pk,
            "content_type_app_name": "catalog", "content_type_model_name": "lessonpage", "app_name": "taggit",
            "model_name": "tag", "app_label": "catalog", "kind": "lesson", "action": "delete",
            "collection_id": office.collection.pk, "image_id": image.pk, "document_id": document.pk,
            "doc_id": document.pk, "media_id": clip.pk, "media_type": "video", "filter_spec": "max-100x100",
            "uuid": program.uuid, "approval": approval.uuid, "uidb64": "x", "token": "x", "figure": figure.pk,
            "slug": school.school.slug, "number": 0,
            "look/<slug:slug>/<int:number>/<str:name> name": "badge.png",
            "term": term.pk, "profile": profile.pk, "user": people["learner"].pk,
            "redirect_id": Redirect.add_redirect("/quetzal-old", "/x").pk, "uploaded_file_id": sent_document.pk,
            "images/multiple/create_from_uploaded_image/<int:uploaded_file_id>/ uploaded_file_id": sent_image.pk,
            "images/multiple/delete_upload/<int:uploaded_file_id>/ uploaded_file_id": sent_image.pk,
            "pages/create/<slug:app_label>/<slug:model_name> model_name": "lessonpage",
            "wagtailadmin_editing_sessions model_name": "lessonpage",
            "pages/<int:page_id>/follow/ page_id": translated.pk,
            "api/main/^pages/<int:pk>/action/<str:action_name>/ action_name": "publish",
            # The draft is locked while its lead reads it and was never live: these are asked of the published lesson.
            **{
                f"{route} page_id": live.pk
                for route in (
                    "pages/<int:page_id>/unpublish/", "pages/<int:page_id>/lock/", "pages/<int:page_id>/unlock/",
                    "lessons/<int:page_id>/change/", "^(?P<kind>lesson|module)s/(?P<page_id>\\d+)/retire/$",
                )
            },
            "figures/<int:pk>/picture.svg pk": figure.pk,
            "images/copies/<int:pk>/ pk": image.get_rendition("max-100x100").pk,
            **{f"workflows/tasks/{what}/<int:pk>/ pk": state.task_id for what in ("edit", "disable", "enable")},
            **{f"quizzes/<uuid:uuid>/{rest} uuid": quiz.uuid for rest in ("", "preview/", "discard/")},
            **{f"questions/<uuid:uuid>/{rest} uuid": question.uuid for rest in ("", "preview/", "state/")},
            "questions/banks/<uuid:uuid>/ uuid": bank.uuid,
            "quizzes/marking/<uuid:uuid>/ uuid": to_mark.uuid,
            "quizzes/marking/<uuid:uuid>/<int:position>/ uuid": marked.attempt.uuid,
            "position": marked.position, "named": examination.uuid,
            "quizzes/appeals/<uuid:uuid>/ uuid": appeal.uuid,
            **{
                f"quizzes/<uuid:uuid>/{rest} uuid": to_mark.assignment.quiz.uuid
                for rest in ("analysis/", "analysis/csv/", "regrade/<uuid:question>/")
            },
            "question": question.uuid,
            **{f"questions/cases/<uuid:uuid>/{rest} uuid": case.uuid for rest in ("", "state/")},
            **{f"questions/banks/<uuid:uuid>/export/{rest} uuid": bank.uuid for rest in ("", "<slug:name>/")},
            "questions/banks/<uuid:uuid>/export/<slug:name>/ name": "gift",
            "questions/pictures/<slug:digest>/ digest": asked_about.digest,
            "questions/banks/<uuid:uuid>/import/<slug:digest>/ uuid": bank.uuid,
            "questions/banks/<uuid:uuid>/import/<slug:digest>/ digest": sent_questions,
            "wagtailadmin_pages pk": page.pk, "pages pk": page.pk, "documents pk": document.pk, "images pk": image.pk,
            "wagtaildocs_chooser pk": document.pk, "wagtailimages_chooser pk": image.pk,
            "wagtailadmin_collections pk": office.collection.pk, "wagtailadmin_workflows pk": office.review.pk,
            "wagtailsites pk": site.pk, "wagtailsettings pk": site.pk, "wagtaillocales pk": page.locale_id,
            "wagtailusers_users pk": people["learner"].pk, "wagtailusers_groups pk": office.instructors_id,
            **{
                f"{prefix}_catalog_{name} pk": row.pk
                for name, row in rows_of.items()
                for prefix in ("wagtailsnippets", "wagtailsnippetchoosers")
            },
        },
    )  # fmt: skip


def quiz_of(bank: QuestionBank, asked: Question) -> Quiz:
    """A quiz by which a program examines."""
    return ensure_quiz(school=bank.school, code="QX", title="Quetzal examination", questions=[asked])


def handed_in(
    school: School, record: TrainingRecord, asked: Question, marker: User
) -> tuple[Attempt, Response, Appeal]:
    """The learner's attempt that waits for its mark, her answer that has one, and what she questions of another; all of
    Riverbend's bank.
    """
    essay = ensure_question(bank=asked.bank, **{**ESSAY, "stem": "Quetzal essay?"})  # type: ignore[arg-type]
    attempts = {}
    for code, questions in (("QE", [asked, essay]), ("QM", [asked, essay]), ("QC", [asked])):
        quiz = ensure_quiz(school=school.school, code=code, title=f"Quetzal {code}", questions=questions)
        given = assign_quiz(record=record, quiz=quiz, module="MFR", module_version=1)
        attempt = start_attempt(assignment=given).attempt
        if essay in questions:
            save_answer(response=response_to(attempt, "report"), answer="Quetzal text")
        attempts[code] = submit_attempt(attempt=attempt)
    marked = response_to(attempts["QM"], "report")
    mark_response(response=marked, points={"safe": 2, "reasons": 4}, by=marker)
    response = response_to(attempts["QC"], "q1")
    appeal = raise_appeal(response=response, words="Quetzal: why is it wrong?", by=school.learner_user)
    return attempts["QE"], marked, appeal


# ---- knocking ----

LOG_IN = ("/accounts/login/", "/cms/login/")


def outcome(answer: Any) -> str:
    """`asked` to log in, `refused`, or `reached`.

    Wagtail leads who may not to its first page, and from a page in the tree to the nearest that she may see.
    """
    if answer.status_code == 302:
        there = answer["Location"].split("?")[0]
        if there in LOG_IN:
            return "asked"
        explored = re.fullmatch(r"/cms/pages/(\d+)/(results/)?", answer.wsgi_request.path)
        moved = re.fullmatch(r"/cms/pages/(\d+)/", there)
        return "refused" if there == "/cms/" or (explored and moved) else "reached"
    if answer.status_code == 400 and answer.wsgi_request.path == "/cms/api/main/pages/":
        return "refused"  # the page above is not there for her
    return "refused" if answer.status_code in (403, 404) else "reached"


# The API finds a row by its number behind the question mark.
FOUND_BY = {
    "api/main/^pages/find/": "?id=<page_id>",
    "api/main/^documents/find/": "?id=<document_id>",
    "api/main/^images/find/": "?id=<image_id>",
}


def knocks(world: World) -> list[tuple[Row, str]]:
    """Every row with its address; the log-out comes last."""
    space = dict(routes())
    plain = [
        (row, world.address(row.route + FOUND_BY.get(row.route, ""), space.get(row.route, "")))
        for row in (*rows(TABLE), *rows(QUERIES))
    ]
    return sorted(plain, key=lambda one: one[0].route == "logout/")


def state_of_the_house() -> dict[str, list[Any]]:
    """Every row of what the CMS writes."""
    kept = ("wagtailcore", "catalog", "accounts", "auth", "taggit", "wagtailredirects", "wagtailusers")
    passing = {"SchoolRendition", "PageLogEntry", "ModelLogEntry"}
    models = [model for app in kept for model in apps.get_app_config(app).get_models()]
    return {
        model.__name__: sorted(map(repr, model._base_manager.values_list(*_plain(model))))
        for model in models
        if model.__name__ not in passing
    }


def _plain(model: Any) -> list[str]:
    """Its columns but for bodies, which say where in memory they lie; they stand in the revisions too."""
    return [field.attname for field in model._meta.concrete_fields if not isinstance(field, StreamField)]


def expected(row: Row, who: str) -> set[str]:
    """What this person should get."""
    if row.route == "logout/":
        return {"asked"}
    if who in row.reached:
        return {"reached"}
    return {"asked", "refused"} if who in OUTSIDE else {"refused"}


@pytest.mark.parametrize("who", [*OUTSIDE, *STAFF])
def test_who_reaches_what(cms_world: World, who: str, settings) -> None:
    settings.S3_DIRECT_UPLOADS = True  # its door is there by setting alone
    client, before, wrong = cms_world.client(who), state_of_the_house(), []
    for row, address in knocks(cms_world):
        if row.reached == STAFF and who not in NEVER and who not in OUTSIDE:
            continue  # her own lists: that they name nothing else is asked of those who might be told too much
        with transaction.atomic():
            answer = client.post(address) if row.post else client.get(address)
            got = outcome(answer)
            if got == "reached":
                transaction.set_rollback(True)
        if got not in expected(row, who) and answer.status_code != 405:
            wrong.append(f"{row.route}: {got} ({answer.status_code})")
        if answer.status_code == 405 and who in row.reached:
            wrong.append(f"{row.route}: takes another method")
        said = "" if answer.streaming else answer.content.decode(errors="replace")
        if named := [word for word in NEVER.get(who, ()) if word in said]:
            wrong.append(f"{row.route}: names {named}")
        if who in (COLLEAGUE, FOREIGN) and who not in row.reached and not row.post:
            # Neither by the other method, which may not even look who asks.
            answer = client.post(address)
            if outcome(answer) == "reached" and answer.status_code != 405:
                wrong.append(f"{row.route}: reached by POST")
    assert not wrong, "\n" + "\n".join(wrong)
    assert state_of_the_house() == before, "what was refused changed something"


def test_the_owners_do_read_what_others_must_not(cms_world: World) -> None:
    """So that silence above means something: the words are there where they belong."""
    seen: dict[str, set[str]] = {}
    for who in (TEAM, REGISTRAR):
        client, said = cms_world.client(who), ""
        for address in (
            "/cms/tag-autocomplete/?term=oce", "/cms/images/chooser/", "/cms/choose-page/search/?q=quetz",
            "/cms/reports/workflow/", f"/cms/pages/{cms_world.values['page_id']}/edit/", "/cms/media/chooser/",
            f"/cms/media/edit/{cms_world.values['media_id']}/",
            f"/cms/choose-page/chosen-multiple/?id={cms_world.values['page_id']}",
        ):  # fmt: skip
            said += client.get(address).content.decode()
        seen[who] = {word for word in HOUSE if word in said}
    assert seen[REGISTRAR] == set(HOUSE) - {"Daniela Reyes"}
    assert 'name="tags"' not in said, "wagtailmedia names the tags of every school: clips have none"
    assert seen[TEAM] >= {"Quetzal", "Ocelot", "ocelottag", "Ines Instructor"}
