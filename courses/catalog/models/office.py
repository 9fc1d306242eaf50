"""Owns which part of the CMS belongs to which school."""

from django.contrib.auth.models import Group
from django.db import models
from wagtail.models import Collection, Workflow

from accounts.models import Membership, Organisation


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
