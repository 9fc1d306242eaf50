"""`export_rules`: prints the very text of a rule set that was imported."""

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certification.requirements import selectors
from certification.requirements.management.files import BAD_INPUT
from certification.requirements.models import RuleSet
from certification.requirements.rules.nodes import shown

LABEL = re.compile(r"([^@]+)(?:@([1-9][0-9]{0,6}))?")


class Command(BaseCommand):
    """Rule packs out of the database."""

    help = "Print the text of a rule set: ID for its newest version, ID@VERSION for that one. Exit 2: there is none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One rule set."""
        parser.add_argument("id", metavar="ID", help="the id of a rule set, alone or with @version")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print its text and nothing else."""
        rule_set = _find(options["id"])
        if rule_set is None:
            raise CommandError(f"There is no rule set {shown(options['id'])} in the database.", returncode=BAD_INPUT)
        self.stdout.write(rule_set.source, ending="")


def _find(label: str) -> RuleSet | None:
    parts = LABEL.fullmatch(label)
    if parts is None:
        return None
    identifier, version = parts.groups()
    if version is None:
        return selectors.newest(identifier)
    try:
        return selectors.rule_set(identifier, int(version))
    except RuleSet.DoesNotExist:
        return None
