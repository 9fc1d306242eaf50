"""Writes whose part of the CMS is whose: each school's files and review, each program's team of instructors.

Groups hold rights on pages and files alone; who is in them follows from memberships and teams.
"""

from collections.abc import Sequence

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)
from wagtail.users.models import UserProfile

from accounts.models import Membership, Organisation, User
from accounts.selectors import STAFF_ROLES, has_role, roles_of, schools_of

from ..models import (
    EditorialOffice,
    ModuleLeadTask,
    Program,
    ProgramPage,
    ProgramTeam,
    RegistrarTask,
    TeamMember,
)

TEAM_RIGHTS = ("add", "change")
PAGE_RIGHTS = {
    "registrars": ["add", "change", "publish", "lock", "unlock", "bulk_delete"],
    "administrators": ["add", "change", "publish", "lock", "unlock", "bulk_delete"],
}
# An instructor may change the pictures that she put there, figures, terms and clips; registrars and administrators all of
# the school's, and they alone decide who is shown in public. wagtailmedia lets nobody choose a clip whom it does not let
# change it. Wagtail keeps the rights on images, documents and media under its own stock models, whichever model stands
# in for them.
LIBRARY_RIGHTS = {
    "instructors": [
        "wagtailimages.add_image", "wagtailimages.choose_image", "wagtaildocs.add_document",
        "wagtaildocs.choose_document", "wagtailmedia.add_media", "wagtailmedia.change_media", "catalog.add_figure",
        "catalog.change_figure", "catalog.add_glossaryterm", "catalog.change_glossaryterm",
    ],
    "registrars": [
        "wagtailimages.add_image", "wagtailimages.change_image", "wagtailimages.choose_image",
        "wagtaildocs.add_document", "wagtaildocs.change_document", "wagtaildocs.choose_document",
        "wagtailmedia.add_media", "wagtailmedia.change_media", "catalog.add_figure", "catalog.change_figure",
        "catalog.delete_figure", "catalog.add_glossaryterm", "catalog.change_glossaryterm",
        "catalog.delete_glossaryterm", "catalog.add_instructorprofile", "catalog.change_instructorprofile",
        "catalog.delete_instructorprofile",
    ],
}  # fmt: skip
LIBRARY_RIGHTS["administrators"] = LIBRARY_RIGHTS["registrars"]


def _right(name: str) -> Permission:
    app, _dot, codename = name.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


@transaction.atomic
def ensure_cms_roles(school: Organisation) -> EditorialOffice:
    """Return the school's part of the CMS, made with its groups, collection and review if it was not there.

    Groups hold only the door to the CMS and rights on the school's own files; rights on pages come by
    `open_to_office`. None of them reaches users, settings, records or money.
    """
    found = EditorialOffice.objects.filter(school=school).select_related("collection", "review", "school").first()
    if found:
        _ensure_steps(found)
        return found
    door = _right("wagtailadmin.access_admin")
    collection = Collection.get_first_root_node().add_child(instance=Collection(name=school.name))
    groups = {}
    for role in LIBRARY_RIGHTS:
        groups[role] = Group.objects.create(name=f"{school.slug}: {role}")
        groups[role].permissions.add(door)
    review = Workflow.objects.create(name=_("Lesson review, %(school)s") % {"school": school.name})
    office = EditorialOffice.objects.create(school=school, collection=collection, review=review, **groups)
    grant_library_rights(office=office)
    _ensure_steps(office)
    return office


@transaction.atomic
def grant_library_rights(*, office: EditorialOffice) -> None:
    """Give the school's groups what rights on its library they do not have yet. Idempotent; takes none away."""
    for role, names in LIBRARY_RIGHTS.items():
        group_id = getattr(office, f"{role}_id")
        held = set(
            GroupCollectionPermission.objects.filter(group_id=group_id, collection=office.collection)
            .values_list("permission__content_type__app_label", "permission__codename")
        )  # fmt: skip
        GroupCollectionPermission.objects.bulk_create(
            GroupCollectionPermission(group_id=group_id, collection=office.collection, permission=_right(name))
            for name in names
            if tuple(name.split(".", 1)) not in held
        )


def _ensure_steps(office: EditorialOffice) -> None:
    """The two steps of the review: the module's lead, then a registrar. A review of one step gets both."""
    steps = WorkflowTask.objects.filter(workflow=office.review)
    if RegistrarTask.objects.filter(workflow_tasks__in=steps).exists():
        return
    words = {"school": office.school.name}
    lead = ModuleLeadTask.objects.create(name=_("Module lead of %(school)s") % words)
    registrar = RegistrarTask.objects.create(name=_("Registrar of %(school)s") % words)
    registrar.groups.add(office.registrars)
    steps.delete()
    for place, task in enumerate((lead, registrar)):
        WorkflowTask.objects.create(workflow=office.review, task=task, sort_order=place)


@transaction.atomic
def open_to_office(*, page: Page, office: EditorialOffice, roles: Sequence[str] = tuple(PAGE_RIGHTS)) -> None:
    """Give the school's groups their rights on this page and below, and send its drafts through the school's review.

    Idempotent.
    """
    for role in roles:
        for action in PAGE_RIGHTS[role]:
            GroupPagePermission.objects.get_or_create(
                group=getattr(office, role), page=page, permission=_right(f"wagtailcore.{action}_page")
            )
    WorkflowPage.objects.update_or_create(page=page, defaults={"workflow": office.review})


@transaction.atomic
def sync_cms_groups(user: User) -> None:
    """Put `user` into exactly the CMS groups that her memberships give her now. Idempotent.

    Called wherever a role begins or ends, and at every log-in; groups that are not a school's are left alone.
    """
    roles = roles_of(user)
    ours, wanted = set(), set()
    for office in EditorialOffice.objects.all():
        for role, group in office.group_ids().items():
            ours.add(group)
            if (office.school_id, role) in roles:
                wanted.add(group)
    ours |= set(ProgramTeam.objects.values_list("group_id", flat=True))
    for member in TeamMember.objects.filter(user=user).select_related("team__program"):
        if (member.team.program.school_id, Membership.Role.INSTRUCTOR) in roles:
            wanted.add(member.team.group_id)
    held = set(user.groups.filter(pk__in=ours).values_list("pk", flat=True))
    user.groups.remove(*(held - wanted))
    user.groups.add(*(wanted - held))
    if wanted:
        _set_her_clock(user)
    for kept in ("_perm_cache", "_user_perm_cache", "_group_perm_cache", "_page_permission_cache"):
        user.__dict__.pop(kept, None)


def _set_her_clock(user: User) -> None:
    """Let the CMS speak in her school's time until she chooses another: in it she says when a page is published."""
    profile = UserProfile.get_for_user(user)
    if not profile.current_time_zone:
        schools = schools_of(user, *STAFF_ROLES).order_by("pk")
        profile.current_time_zone = schools.values_list("zone", flat=True).first() or ""
        profile.save(update_fields=["current_time_zone"])


# ---- who teaches which program ----


@transaction.atomic
def team_of(program: Program) -> ProgramTeam:
    """The program's team with its group, made if it was not there. Its rights on pages come by `open_program_page`."""
    found = ProgramTeam.objects.filter(program=program).select_related("group").first()
    if found:
        return found
    office = ensure_cms_roles(program.school)
    group = Group.objects.create(name=f"{office.school.slug}: {program.code}@{program.version}")
    return ProgramTeam.objects.create(program=program, group=group)


@transaction.atomic
def open_program_page(page: ProgramPage) -> None:
    """Give the school's office and the program's team their rights on this page and below. Idempotent."""
    if page.program is None:
        return
    open_to_office(page=page, office=ensure_cms_roles(page.program.school), roles=("registrars", "administrators"))
    group = team_of(page.program).group
    for action in TEAM_RIGHTS:
        GroupPagePermission.objects.get_or_create(
            group=group, page=page, permission=_right(f"wagtailcore.{action}_page")
        )


@transaction.atomic
def join_team(*, program: Program, user: User) -> TeamMember:
    """Let an instructor of the school write this program's lessons. Idempotent. Refuses who is no instructor of it."""
    if not has_role(user, program.school_id, "instructor"):
        raise ValidationError(
            _("%(name)s is no instructor of this school. Give her that role first.") % {"name": user.get_full_name()}
        )
    member, _made = TeamMember.objects.get_or_create(team=team_of(program), user=user)
    sync_cms_groups(user)
    return member


@transaction.atomic
def leave_team(*, program: Program, user: User) -> None:
    """End an instructor's work on this program's pages. Idempotent; what she wrote stays."""
    TeamMember.objects.filter(team__program=program, user=user).delete()
    sync_cms_groups(user)
