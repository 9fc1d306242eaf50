"""Finds the bank that a command names."""

from django.core.management.base import CommandError

from certification.quizzes.models import QuestionBank
from certification.requirements.management.files import BAD_INPUT


def bank_of(code: str, school: str) -> QuestionBank:
    """The bank of this code, of the school of this slug where several have one. Exit 2 where there is none, or more."""
    banks = QuestionBank.objects.filter(code=code).select_related("school")
    found = list(banks.filter(school__slug=school) if school else banks)
    if len(found) == 1:
        return found[0]
    if found:
        slugs = ", ".join(sorted(bank.school.slug for bank in found))
        raise CommandError(
            f"Several schools have a bank “{code}”: add --school with one of {slugs}.", returncode=BAD_INPUT
        )
    known = ", ".join(QuestionBank.objects.order_by("code").values_list("code", flat=True).distinct()) or "none yet"
    raise CommandError(f"There is no bank “{code}”. Known: {known}.", returncode=BAD_INPUT)
