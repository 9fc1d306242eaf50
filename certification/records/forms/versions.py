"""What registrars fill in about rules: an activation, and where hours stand in another rule set."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from certification.requirements.models import RuleSet
from certification.requirements.rules import ELECTIVE, Category, Crossing
from certification.requirements.selectors import spec_for

from ..models import Crosswalk
from ..services import set_crosswalk

INDENT = "\u2003"


class ActivationForm(forms.Form):
    """The registrar's word that she saw who is affected."""

    expected = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        help_text=gettext_lazy("One sentence for whoever asks later. Auditors read it; learners do not."),
        error_messages={"required": gettext_lazy("Write one sentence on why.")},
    )
    seen = forms.BooleanField(
        label=gettext_lazy("I looked at the list of those who are affected."),
        error_messages={"required": gettext_lazy("Look at the list and tick this first.")},
    )


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One line of the crosswalk's form: a category, or one course of it."""

    title: str
    depth: int
    to: forms.BoundField
    tags: forms.BoundField | None
    is_course: bool = False


class CrosswalkForm(forms.Form):
    """A place in the other rule set for each category, and for each course of it that stands elsewhere."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self,
        data: Any = None,
        *,
        from_rules: RuleSet,
        to_rules: RuleSet,
        kept: Crosswalk | None,
        courses: Mapping[str, Sequence[str]],
    ) -> None:
        super().__init__(data)
        self.from_rules, self.to_rules = from_rules, to_rules
        from_spec, to_spec = spec_for(from_rules), spec_for(to_rules)
        lines = {(line.category, line.course): line for line in kept.lines.all()} if kept else {}
        self.fields["seen_version"].initial = kept.version if kept else 0
        places = [(node.code, f"{INDENT * depth}{node.title}") for depth, node in walk(to_spec.categories)]
        if ELECTIVE not in to_spec.by_code:
            places.append((ELECTIVE, _("Free hours: they count to the total only")))
        tags = list(dict.fromkeys(overlay.tag for overlay in to_spec.overlays))
        self.keys: list[tuple[str, str, int, str]] = []
        nodes = [(depth, node.code, node.title) for depth, node in walk(from_spec.categories)]
        if ELECTIVE not in from_spec.by_code:
            nodes.append((0, ELECTIVE, _("Elective hours")))
        for depth, code, title in nodes:
            known = {course for category, course in lines if category == code and course}
            taught = courses.get(code, ())
            # One course alone is the whole category; it gets a line of its own only where somebody gave it one.
            for course in ("", *sorted({*(taught if len(taught) > 1 else ()), *known})):
                line = lines.get((code, course))
                nothing = _("Nowhere")
                if course or depth:
                    nothing = _("As the whole of it") if course else _("As what it belongs to")
                words = _("Course %(code)s") % {"code": course} if course else title
                self.fields[f"to:{code}:{course}"] = forms.ChoiceField(
                    label=words,
                    required=False,
                    choices=[("", nothing), *places],
                    initial=line.to_category if line else "",
                )
                if tags:
                    self.fields[f"tags:{code}:{course}"] = forms.MultipleChoiceField(
                        label=_("%(title)s also counts as") % {"title": words},
                        required=False,
                        choices=[(tag, tag.replace("_", " ")) for tag in tags],
                        widget=forms.CheckboxSelectMultiple,
                        initial=line.tags.split(";") if line else [],
                    )
                self.keys.append((code, course, depth + bool(course), words))

    def rows(self) -> Iterator[PlaceRow]:
        """The lines in the order of the rule set, courses under their category."""
        for code, course, depth, title in self.keys:
            tags = self[f"tags:{code}:{course}"] if f"tags:{code}:{course}" in self.fields else None
            yield PlaceRow(title, depth, self[f"to:{code}:{course}"], tags, bool(course))

    def save(self, *, school: Organisation, by: User) -> bool:
        """Keep it through the service; a refusal stands at the head of the form."""
        if not self.is_valid():
            return False
        crossings = [
            Crossing(
                category=code,
                course=course,
                to=self.cleaned_data[f"to:{code}:{course}"],
                tags=tuple(self.cleaned_data.get(f"tags:{code}:{course}", ())),
            )
            for code, course, _depth, _title in self.keys
            if self.cleaned_data[f"to:{code}:{course}"]
        ]
        try:
            set_crosswalk(
                school=school,
                source=self.from_rules.identifier,
                target=self.to_rules.identifier,
                crossings=crossings,
                by=by,
                seen_version=self.cleaned_data["seen_version"],
            )
        except ValidationError as error:
            self.add_error(None, error)
            return False
        return True


def walk(categories: Sequence[Category], depth: int = 0) -> Iterator[tuple[int, Category]]:
    """Every category with its depth, parents first."""
    for category in categories:
        yield depth, category
        yield from walk(category.children, depth + 1)
