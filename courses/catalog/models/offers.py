"""What the editor's forms offer: the categories of a program's rules, the instructors of its school, the banks of
questions in which somebody writes.
"""

from typing import Any

from django.db import models

from accounts.models import Membership, User
from accounts.selectors import schools_of
from certification.quizzes.models import QuestionBank
from certification.requirements.selectors import spec_for

from .identity import Module, Program
from .office import RESPONSIBLE, ProgramBank


def category_choices(program: Program) -> list[tuple[str, str]]:
    """The categories of a program's rules that hold hours, indented as the rules nest them."""
    spec = spec_for(program.rule_set)

    def walk(nodes: Any, depth: int) -> list[tuple[str, str]]:
        found = []
        for node in nodes:
            if spec.allows(node.code):
                found.append((node.code, "– " * depth + node.title))
            found += walk(node.children, depth + 1)
        return found

    return walk(spec.categories, 0)


def teachers_of(program: Program) -> models.QuerySet[User]:
    """Who instructs at the program's school."""
    return User.objects.filter(
        is_active=True,
        memberships__organisation=program.school_id,
        memberships__role=Membership.Role.INSTRUCTOR,
        memberships__until=None,
    ).distinct()


def banks_of(user: User) -> models.QuerySet[QuestionBank]:
    """The banks in which she writes, and whose keys she sees.

    Registrars and administrators: all of their school. Instructors: those of the programs of whose team they are, or of
    which they lead a module. No query besides that of the roles.
    """
    teams = models.Q(program__team__members__user=user) | models.Q(program__in=led_by(user).values("program"))
    hers = ProgramBank.objects.filter(teams, bank__school__in=schools_of(user, "instructor"))
    return QuestionBank.objects.filter(
        models.Q(school__in=schools_of(user, *RESPONSIBLE)) | models.Q(pk__in=hers.values("bank"))
    )


def led_by(user: User) -> models.QuerySet[Module]:
    """The modules of which she is the lead."""
    return Module.objects.filter(lead=user).exclude(state=Module.State.RETIRED)
