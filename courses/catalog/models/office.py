"""Owns which part of the CMS belongs to which school, who teaches which program and writes in which bank of questions,
and the two steps of a review.
"""

from typing import Any

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, Collection, Task, TaskState, Workflow, WorkflowState

from accounts.models import Membership, Organisation, User
from certification.quizzes.models import QuestionBank

from .identity import Program

RESPONSIBLE = ("registrar", "admin")
"""Who answers for what a school teaches: they publish."""


class EditorialOffice(models.Model):
    """One row is a school's part of the CMS: its collection of files, its groups, the review its lessons pass.

    Written once by `services.ensure_cms_roles`. Who is in the groups follows from Membership, never from here.
    """

    school = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="editorial_office")
    collection = models.OneToOneField(Collection, on_delete=models.PROTECT, related_name="+")
    instructors = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")
    registrars = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")
    administrators = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")
    review = models.OneToOneField(Workflow, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.school.name

    def group_ids(self) -> dict[str, int]:
        """The group of each role that works in the CMS."""
        return {
            Membership.Role.INSTRUCTOR: self.instructors_id,
            Membership.Role.REGISTRAR: self.registrars_id,
            Membership.Role.ADMIN: self.administrators_id,
        }


class ProgramTeam(models.Model):
    """One row is the group of those who write a program's pages: its instructors, and nobody else of the school.

    Written by `services.team_of`. Who is in it follows from TeamMember and Membership together.
    """

    program = models.OneToOneField(Program, on_delete=models.PROTECT, related_name="team")
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.group.name


class TeamMember(models.Model):
    """One row says that an instructor teaches a program: she writes its lessons, and sees no other program's drafts.

    Written by `services.join_team` and `leave_team`; it counts only while she is an instructor of the school.
    """

    team = models.ForeignKey(ProgramTeam, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="teams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_place_in_a_team")]

    def __str__(self) -> str:
        return str(self.user)


class ProgramBank(models.Model):
    """One row says that a program asks questions of a bank: its team writes there.

    Written by `services.open_bank` and `set_programs`; a bank without such a row is the registrars' alone.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="banks")
    bank = models.ForeignKey(QuestionBank, on_delete=models.PROTECT, related_name="in_programs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "bank"], name="one_bank_a_program")]

    def __str__(self) -> str:
        return f"{self.program}: {self.bank}"


def _specific(page: Any) -> Any:
    return getattr(page, "specific", page)


class ModuleLeadTask(Task):
    """One row is a school's first step of a review: the lead of the draft's module reads it.

    Where there is no lead, or the lead wrote the draft herself, the step is passed at once.
    """

    def lead_of(self, page: models.Model) -> User | None:
        """Who reads this draft."""
        return getattr(_specific(page), "lead", None)

    def _is_lead(self, obj: models.Model, user: User) -> bool:
        return user.is_superuser or (user.is_active and self.lead_of(obj) == user)

    def start(self, workflow_state: WorkflowState, user: User | None = None) -> TaskState:
        """Begin the step, or pass it where nobody else could take it."""
        lead = self.lead_of(workflow_state.content_object)
        if lead is None or not lead.is_active or lead in (user, workflow_state.requested_by):
            state = TaskState(
                workflow_state=workflow_state,
                revision=workflow_state.content_object.get_latest_revision(),
                task=self,
                status=TaskState.STATUS_SKIPPED,
            )
            state.save()
            return state
        return super().start(workflow_state, user=user)

    def user_can_access_editor(self, obj: models.Model, user: User) -> bool:
        """The lead may open what she has to read."""
        return self._is_lead(obj, user)

    def locked_for_user(self, obj: models.Model, user: User) -> bool:
        """Nobody but the lead changes a draft while she reads it."""
        return not self._is_lead(obj, user)

    def user_can_lock(self, obj: models.Model, user: User) -> bool:
        """The lead may keep others out meanwhile."""
        return self._is_lead(obj, user)

    def get_actions(self, obj: models.Model, user: User) -> list[tuple[str, str, bool]]:
        """Send it on to the registrar, or back with words."""
        if not self._is_lead(obj, user):
            return []
        return [
            ("reject", str(_("Send back with a comment")), True),
            ("approve", str(_("Pass on to the registrar")), False),
        ]

    def get_task_states_user_can_moderate(self, user: User, **kwargs: object) -> QuerySet[TaskState]:
        """The drafts that wait for her."""
        waiting = TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS, task=self.task_ptr)
        mine = [
            state.pk
            for state in waiting.select_related("workflow_state")
            if self.lead_of(state.workflow_state.content_object) == user
        ]
        return waiting.filter(pk__in=mine)

    @classmethod
    def get_description(cls) -> str:
        """What stands beside it in the list of tasks."""
        return str(_("The lead of the module reads the draft first."))

    class Meta:
        verbose_name = _("review by the module's lead")


class RegistrarTask(AbstractGroupApprovalTask):
    """One row is a school's second step: a registrar publishes.

    A draft that changes what people have studied is not published before somebody has said what that means for them.
    """

    def on_action(self, task_state: TaskState, user: User, action_name: str, **kwargs: object) -> str | None:
        """Approve or send back; instead of approving, lead to what stands in the way, or to the question."""
        page = _specific(task_state.workflow_state.content_object)
        if action_name == "approve":
            if getattr(page, "publishing_obstacle", str)():
                return reverse("catalog_obstacle", args=[page.pk])
            if getattr(page, "asks_what_changes", bool)():
                return reverse("catalog_change", args=[page.pk])
        super().on_action(task_state, user, action_name, **kwargs)
        return None

    class Meta:
        verbose_name = _("review by a registrar")
