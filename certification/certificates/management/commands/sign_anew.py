"""After a leak: everything that a leaked key signed is signed anew by the keys in use; the old bytes stay."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation
from certification.certificates.selectors import notices_to_seal_anew, to_sign_anew
from certification.certificates.services import due_lists, sign_anew
from certification.keys.services import KeyFileError
from certification.records.models import HourLog
from certification.records.services import sign_checkpoints_again


class Command(BaseCommand):
    """`sign_anew`, or `sign_anew --school SLUG`."""

    help = (
        "Sign anew what a leaked key signed: files of certificates, status lists, checkpoints. Safe to stop and to run "
        "again; the tick does the same, fifty certificates at a time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One school, or only what is left."""
        parser.add_argument("--school", metavar="SLUG", help="only this school's")
        parser.add_argument("--left", action="store_true", help="say how many certificates are left, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 when something could not be signed (the log says what), 2 for a school that is not there."""
        school = None
        if options["school"]:
            school = Organisation.objects.filter(slug=options["school"]).first()
            if school is None:
                raise CommandError(f"there is no school {options['school']}", returncode=2)
        of = to_sign_anew(school).count() + notices_to_seal_anew(school).count()
        if options["left"]:
            self.stdout.write(f"{of} certificates to sign anew")
            return
        done, failed = 0, 0
        while done < of:
            made, failed = sign_anew(school=school)
            done += made
            self.stdout.write(f"{done} of {of} certificates signed anew")
            if not made:
                break
        try:
            logs = HourLog.objects.filter(school=school) if school else HourLog.objects.all()
            notes = sum(sign_checkpoints_again(log=log) for log in logs)
        except KeyFileError as error:
            raise CommandError(str(error), returncode=1) from error
        self.stdout.write(f"{due_lists()} status lists signed; {notes} checkpoints carry the new key's signature")
        if failed:
            raise CommandError("some could not be signed anew; the log says why", returncode=1)
