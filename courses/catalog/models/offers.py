"""What the editor's forms offer of a program: the categories of its rules, the instructors of its school."""

from typing import Any

from django.db import models

from accounts.models import Membership, User
from certification.requirements.selectors import spec_for

from .identity import Program


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
