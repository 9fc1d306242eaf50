"""Registers the room `cms`, and what it does when the framework tells that a page changed."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class CmsConfig(AppConfig):
    """The school's site, its navigation, the demo and the due jobs."""

    name = "cms"

    def ready(self) -> None:
        """Listen to Wagtail; none of this is between rooms of ours."""
        from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

        from certification import guards

        from .guards import GUARDS
        from .models import PolicyPage, SchoolBrand

        guards.register(*GUARDS)
        page_published.connect(_keep_version, sender=PolicyPage, dispatch_uid="cms.policy_published")
        for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
            signal.connect(_forget_frames, dispatch_uid="cms.frame")
        post_save.connect(_forget_frames, sender=SchoolBrand, dispatch_uid="cms.brand_saved")
        post_delete.connect(_forget_frames, sender=SchoolBrand, dispatch_uid="cms.brand_deleted")


def _keep_version(instance: Any, revision: Any, **_rest: Any) -> None:
    from .services import keep_policy_version

    keep_policy_version(page=instance, revision=revision)


def _forget_frames(**_rest: Any) -> None:
    from .selectors import forget_frames

    forget_frames()
