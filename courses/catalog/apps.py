"""Registers the room `courses.catalog`, and what it does when the framework tells that a page or file changed."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models.signals import post_delete, post_migrate, post_save


class CatalogConfig(AppConfig):
    """Programs, modules and lessons, and the pages that present them."""

    name = "courses.catalog"

    def ready(self) -> None:
        """Listen to Wagtail and Django; none of this is between rooms of ours."""
        from wagtail.models import TaskState, WorkflowState, get_page_models
        from wagtail.permission_policies.collections import CollectionPermissionPolicy
        from wagtail.permissions import register_permission_policy
        from wagtail.signals import (
            page_published,
            page_slug_changed,
            page_unpublished,
            post_page_move,
            task_submitted,
            workflow_approved,
            workflow_rejected,
            workflow_submitted,
        )

        from certification import guards
        from certification.quizzes.access import let_read_keys

        from .access import writes_quiz
        from .guards import GUARDS, SHUT
        from .models import (
            Figure,
            GlossaryTerm,
            InstructorProfile,
            LessonMedia,
            LessonPage,
            ModulePage,
            ProgramPage,
            SchoolDocument,
            SchoolImage,
        )

        guards.register(*GUARDS, *SHUT)
        let_read_keys(writes_quiz)
        for model in (Figure, GlossaryTerm, InstructorProfile):
            register_permission_policy(model, CollectionPermissionPolicy(model))
        post_save.connect(_open, sender=ProgramPage, dispatch_uid="catalog.program_page")
        page_published.connect(_carry_out_module, sender=ModulePage, dispatch_uid="catalog.module_published")
        page_published.connect(_carry_out_lesson, sender=LessonPage, dispatch_uid="catalog.lesson_published")
        page_published.connect(_refresh, sender=LessonPage, dispatch_uid="catalog.published")
        for page_model in get_page_models():
            page_published.connect(_index_uses, sender=page_model, dispatch_uid=f"catalog.uses.{page_model.__name__}")
        post_page_move.connect(_moved, dispatch_uid="catalog.moved")
        page_unpublished.connect(_refresh, sender=LessonPage, dispatch_uid="catalog.unpublished")
        page_slug_changed.connect(_restamp, dispatch_uid="catalog.slug")
        for model in (Figure, GlossaryTerm, LessonMedia, SchoolDocument, SchoolImage):
            post_save.connect(_restamp, sender=model, dispatch_uid=f"catalog.saved.{model.__name__}")
            post_delete.connect(_restamp, sender=model, dispatch_uid=f"catalog.deleted.{model.__name__}")
        post_migrate.connect(_grant_rights, sender=self, dispatch_uid="catalog.rights")
        user_logged_in.connect(_sync_groups, dispatch_uid="catalog.logged_in")

        # Wagtail would mail inside the request. It registers its receivers under these names after us (its app comes
        # later in INSTALLED_APPS), and a name that is taken is left alone: so ours stand in their place.
        task_submitted.connect(
            _asked, sender=TaskState, dispatch_uid="group_approval_task_submitted_email_notification"
        )
        workflow_submitted.connect(
            _nothing, sender=WorkflowState, dispatch_uid="workflow_state_submitted_email_notification"
        )
        workflow_approved.connect(
            _approved, sender=WorkflowState, dispatch_uid="workflow_state_approved_email_notification"
        )
        workflow_rejected.connect(
            _returned, sender=WorkflowState, dispatch_uid="workflow_state_rejected_email_notification"
        )


def _open(instance: Any, raw: bool = False, **_rest: Any) -> None:
    from .services import open_program_page

    if not raw:
        open_program_page(instance)


def _carry_out_module(instance: Any, **_rest: Any) -> None:
    from .services import carry_out_module

    carry_out_module(instance)


def _carry_out_lesson(instance: Any, **_rest: Any) -> None:
    from .services import carry_out_lesson

    carry_out_lesson(instance)


def _moved(instance: Any, **_rest: Any) -> None:
    from .services import follow_order

    follow_order(instance)


def _refresh(instance: Any, **_rest: Any) -> None:
    from .services import refresh_media_use

    refresh_media_use(instance)


def _index_uses(instance: Any, **_rest: Any) -> None:
    """What a page shows stays from the moment it is published: Wagtail's own index waits for the worker."""
    from wagtail.models import ReferenceIndex

    with transaction.atomic():
        ReferenceIndex.create_or_update_for_object(instance)


def _restamp(**_rest: Any) -> None:
    from .selectors import new_library_edition

    new_library_edition()


def _grant_rights(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_rest: Any) -> None:
    """Schools that stood before a kind of library was made get their groups' rights on it."""
    from django.contrib.auth.management import create_permissions

    from .models import EditorialOffice
    from .services import grant_library_rights

    if EditorialOffice._meta.db_table not in connections[using].introspection.table_names():
        return  # a migration to somewhere before this room
    create_permissions(sender, verbosity=0, using=using)
    for office in EditorialOffice.objects.using(using).select_related("collection"):
        grant_library_rights(office=office)


def _sync_groups(user: Any, **_rest: Any) -> None:
    from .services import sync_cms_groups

    sync_cms_groups(user)


def _nothing(**_rest: Any) -> None:
    """The people who review are told by `_asked`; administrators need not hear of every draft."""


def _asked(instance: Any, user: Any = None, **_rest: Any) -> None:
    from .services import announce_review

    announce_review(task_state=instance, by=user)


def _approved(instance: Any, user: Any = None, **_rest: Any) -> None:
    from .services import announce_outcome

    announce_outcome(workflow_state=instance, by=user, approved=True)


def _returned(instance: Any, user: Any = None, **_rest: Any) -> None:
    from .services import announce_outcome

    announce_outcome(workflow_state=instance, by=user, approved=False)
