"""Public pages of rule sets: what judged a certificate can be read by whoever must rely on it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .access import public_rule_set
from .presenters import sheet, shelves, siblings
from .selectors import all_versions, spec_for, versions_of, written_in

MOST_LETTERS = 200
MOST_WORDS = 12


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The rule sets in the database; `?q=` keeps those with all of its words."""
    asked = request.GET.get("q", "")[:MOST_LETTERS].strip()
    versions = all_versions()
    found = shelves(versions, words=asked.split()[:MOST_WORDS])
    return render(
        request,
        "requirements/index.html",
        {"shelves": found, "query": asked, "number": sum(len(shelf.lines) for shelf in found), "any": bool(versions)},
    )


@require_safe
def rule_set(request: HttpRequest, label: str) -> HttpResponse:
    """One version: its numbers as a table, its other rules as sentences, its text."""
    version = public_rule_set(label)
    written = written_in(version)
    return render(
        request,
        "requirements/rule_set.html",
        {
            "rule_set": version,
            "sheet": sheet(spec_for(version), written.remarks),
            "written": written,
            "others": siblings(version, versions_of([version.identifier])[version.identifier]),
        },
    )


@require_safe
def text(request: HttpRequest, label: str) -> HttpResponse:
    """The text of one version as it was imported, to the byte."""
    version = public_rule_set(label)
    return HttpResponse(
        version.source.encode(),
        content_type="text/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{version.label}.yaml"'},
    )
