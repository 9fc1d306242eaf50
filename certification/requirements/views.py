"""Public pages of rule sets: a table that a registrar can check against the statute, and the pack's own text."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import presenters
from .models import RuleSet
from .rules import Category, extends
from .selectors import families, labelled, spec_for, versions_of


@require_safe
def rule_sets(request: HttpRequest) -> HttpResponse:
    """All rule sets, newest version each, in three groups."""
    query = request.GET.get("q", "").replace("\x00", " ")[:100].strip()
    return render(request, "requirements/rule_sets.html", {"groups": families(query), "query": query})


def _rule_set(label: str) -> RuleSet:
    found = labelled(label)
    if found is None:
        raise Http404
    return found


@require_safe
def rule_set(request: HttpRequest, label: str) -> HttpResponse:
    """One version: its sources, its tree, and every rule beside it."""
    found = _rule_set(label)
    spec = spec_for(found)
    others = [version for version in versions_of([found.identifier])[found.identifier] if version.pk != found.pk]
    return render(
        request,
        "requirements/rule_set.html",
        {
            "rule_set": found,
            "spec": spec,
            "others": others,
            "status_words": presenters.STATUS_WORDS[found.status],
            "applies": presenters.applies(spec),
            "unit": presenters.unit_words(spec),
            "rows": [
                (row, _words(row.required, spec.unit_minutes), _most(row.maximum, spec.unit_minutes))
                for row in presenters.node_rows(spec)
            ],
            "total": presenters.amount(spec.required, spec.unit_minutes),
            "free": _free(spec.required, spec.categories, spec.unit_minutes),
            "sentences": presenters.sentences(spec),
            "not_judged": presenters.not_judged(found.source),
            "base": extends(found.source, file=found.label),
        },
    )


def _words(minutes: int | None, unit: int) -> str:
    return presenters.amount(minutes, unit) if minutes else ""


def _most(minutes: int | None, unit: int) -> str:
    return "" if minutes is None else presenters.amount(minutes, unit)


def _free(required: int, categories: tuple[Category, ...], unit: int) -> str:
    """What no category asks for, of the total."""
    free = required - sum(node.required for node in categories)
    return presenters.amount(free, unit) if free > 0 else ""


@require_safe
def source(request: HttpRequest, label: str) -> HttpResponse:
    """The pack's text to keep, byte for byte as it was imported."""
    found = _rule_set(label)
    response = HttpResponse(found.source.encode(), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.label}.yaml"'
    return response
