"""`evaluate_hours`: judges a file of entries by a pack, without any database. Exit 0 met, 1 not met, 2 bad input."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certification.requirements import rules
from certification.requirements.library import packs_beside
from certification.requirements.management.files import BAD_INPUT, read_bytes
from certification.requirements.rules.nodes import day_from, shown

NOT_MET = 1


class Command(BaseCommand):
    """Hour rules from the command line, as contract section 3 tells them."""

    help = (
        "Judge entries (CSV) by a rule pack (YAML): attended, creditable and counted minutes, what is unmet and why "
        "minutes do not count. Touches no database. Exit 0: met; 1: not met; 2: bad input."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Rules and entries are needed."""
        parser.add_argument("--rules", required=True, metavar="R.yaml", help="the rule pack")
        parser.add_argument("--entries", required=True, metavar="E.csv", help="the entries")
        parser.add_argument("--context", metavar="C.yaml", help="dates and facts about the course of study")
        parser.add_argument(
            "--as-of", metavar="DATE", help="leave out rows after this day (default: applied_on, else the last row's)"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read all, judge, print; exit 1 where something is unmet."""
        as_of = None
        if options["as_of"] is not None:
            as_of = day_from(options["as_of"])
            if as_of is None:
                problem = f"--as-of: {shown(options['as_of'])} is not a date such as 2026-01-31"
                raise CommandError(problem, returncode=BAD_INPUT)
        try:
            name = options["rules"]
            spec = rules.load(_text(name), file=name, find=packs_beside(name))
            entries = rules.read_entries(read_bytes(options["entries"]), file=options["entries"])
            context = (
                rules.read_context(_text(options["context"]), file=options["context"]) if options["context"] else None
            )
            evaluation = rules.evaluate(spec, entries, context=context, as_of=as_of)
        except rules.BadEntryError as error:
            named = rules.BadEntryError(error.row, error.column, error.problem, file=options["entries"])
            raise CommandError(str(named), returncode=BAD_INPUT) from None
        except rules.BadInputError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from None
        if options["json"]:
            self.stdout.write(json.dumps(evaluation.as_dict()))
        else:
            for line in _told(spec, evaluation):
                self.stdout.write(line)
        if not evaluation.met:
            sys.exit(NOT_MET)


def _text(name: str) -> str:
    return rules.decode(read_bytes(name), file=name)


def _told(spec: rules.RuleSetSpec, evaluation: rules.Evaluation) -> Iterator[str]:
    """The result for a person at a terminal."""
    day = f", as of {evaluation.as_of.isoformat()}" if evaluation.as_of else ""
    yield f"{spec.title} ({evaluation.rules}, {evaluation.status}){day}: {'met' if evaluation.met else 'not met'}"
    yield f"Minutes; an hour has {evaluation.unit_minutes}. Counted: {evaluation.rounded_hours.normalize():f} h"
    yield ""
    lines = [(0, evaluation.total)]
    waiting = [(1, top) for top in reversed(evaluation.categories)]
    while waiting:
        depth, node = waiting.pop()
        lines.append((depth, node))
        waiting += [(depth + 1, child) for child in reversed(node.children)]
    table = [("  " * depth + node.title, node.numbers()) for depth, node in lines]
    table += [(rules.overlay_title(spec, one.overlay), one.numbers()) for one in evaluation.overlays]
    width = max(len(name) for name, _ in table)
    columns = ("attended", "creditable", "counted", "required", "short")
    yield f"{'':{width}}  attended  creditable   counted  required     short"
    for name, numbers in table:
        yield f"{name:{width}}" + "".join(f"{numbers[column]:{max(10, len(column) + 2)}}" for column in columns)
    yield from _listed("Unmet", [lack.message for lack in evaluation.unmet])
    refused = [f"row {one.row}: {one.minutes} min, {one.reason.replace('_', ' ')}" for one in evaluation.not_creditable]
    yield from _listed("Not creditable", refused)
    yield from _listed("Not known", evaluation.unknown)


def _listed(heading: str, items: list[str] | tuple[str, ...]) -> Iterator[str]:
    if items:
        yield ""
        yield f"{heading}:"
        yield from (f"- {item}" for item in items)
