"""Opens the doors to what comes after a quiz in the CMS: marking, appeals, regrades, analysis. Each view guards itself."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, SubmenuMenuItem
from wagtail.admin.ui.components import Component

from certification.quizzes.selectors import appeals_to_answer, attempts_to_mark

from . import views
from .access import quizzes_of
from .quiz_hooks import QuizItem


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern]:
    """Below /cms/."""
    return [
        path("quizzes/marking/", views.marking, name="cms_marking"),
        path("quizzes/marking/<uuid:uuid>/", views.mark, name="cms_mark"),
        path("quizzes/marking/<uuid:uuid>/<int:position>/", views.correct, name="cms_correct_mark"),
        path("quizzes/appeals/", views.appeals, name="cms_appeals"),
        path("quizzes/appeals/<uuid:uuid>/", views.appeal, name="cms_appeal"),
        path("quizzes/<uuid:uuid>/analysis/", views.quiz_analysis, name="cms_analysis"),
        path("quizzes/<uuid:uuid>/analysis/csv/", views.quiz_analysis_table, name="cms_analysis_table"),
        path("quizzes/<uuid:uuid>/regrade/<uuid:question>/", views.regrade, name="cms_regrade"),
    ]


@hooks.register("register_admin_menu_item")
def marking_item() -> SubmenuMenuItem:
    """What was handed in and waits for somebody."""
    items = [
        QuizItem(_("Answers to mark"), reverse("cms_marking"), icon_name="edit", order=1, name="marking"),
        QuizItem(_("Appeals"), reverse("cms_appeals"), icon_name="comment", order=2, name="appeals"),
    ]
    return SubmenuMenuItem(_("Marking"), Menu(items=items), icon_name="edit", order=206, name="marking-menu")


class MarkingPanel(Component):
    """How much waits for her mark or her answer, on the first page."""

    name = "marking-waiting"
    order = 41

    def render_html(self, parent_context: dict[str, Any] | None = None) -> SafeString:
        """Nothing where nothing waits. Two queries."""
        user = (parent_context or {})["request"].user
        quizzes = quizzes_of(user)
        counts = {
            "marks": attempts_to_mark(quizzes, by=user).count(),
            "appeals": appeals_to_answer(quizzes, by=user).filter(outcome="").count(),
        }
        if not any(counts.values()):
            return SafeString("")
        return render_to_string("catalog/admin/marking_panel.html", counts)


@hooks.register("construct_homepage_panels")
def marking_first(request: HttpRequest, panels: list[Any]) -> None:
    """What learners wait for comes before what one writes."""
    panels.append(MarkingPanel())
