"""The form of a text with gaps: the text, in which [[1]] is a gap, and a row for each gap with its answers a line each."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..types import BadQuestionError
from ..types.cloze import KINDS as GAP_KINDS
from ..types.cloze import MARK, MOST_WEIGHT
from .base import Group, Keys, KindForm, Row, RowForm, Rows, Written, as_share, told
from .numeric import read_number

PIECES = re.compile(r"(?<!\\)\|")


class Own(forms.Form):
    """The text."""

    text = forms.CharField(
        label=gettext_lazy("Text with gaps"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Write [[1]], [[2]] … where a gap is. “More gaps” makes a row for each."),
        error_messages={"required": gettext_lazy("Write the text, with [[1]] where a gap is.")},
    )

    def clean_text(self) -> str:
        """Each gap once."""
        text: str = self.cleaned_data["text"]
        marks = MARK.findall(text)
        if not marks:
            raise ValidationError(_("The text has no gap yet: write [[1]] where one is."))
        if len(set(marks)) < len(marks):
            raise ValidationError(_("Each gap stands in the text once: give each a number of its own."))
        return text


class GapRow(RowForm):
    """One gap."""

    needs = {"mark": gettext_lazy("Say which gap this is, as in the text.")}
    given = frozenset({"kind", "weight", "case", "accents", "mark"})

    mark = forms.RegexField(
        r"^[A-Za-z0-9_-]{1,40}$",
        label=gettext_lazy("Gap"),
        required=False,
        widget=forms.TextInput(attrs={"size": 4, "class": "small"}),
        error_messages={"invalid": gettext_lazy("Name the gap by letters and digits, as between [[ and ]].")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Takes"),
        required=False,
        choices=[
            ("select", gettext_lazy("a choice from a list")),
            ("short", gettext_lazy("a few words")),
            ("numeric", gettext_lazy("a number")),
        ],
    )
    weight = forms.IntegerField(
        label=gettext_lazy("Counts"),
        required=False,
        min_value=1,
        max_value=MOST_WEIGHT,
        widget=forms.NumberInput(attrs={"class": "small"}),
    )
    answers = forms.CharField(
        label=gettext_lazy("Answers, one a line"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    unit = forms.CharField(
        label=gettext_lazy("Unit of a number"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"size": 6, "class": "small"}),
    )
    case = forms.BooleanField(label=gettext_lazy("Capital letters count"), required=False)
    accents = forms.BooleanField(label=gettext_lazy("Accents count"), required=False)

    def clean(self) -> dict[str, Any]:
        """Answers that its kind takes, said beside them."""
        cleaned = super().clean()
        if cleaned.get("mark") and not cleaned.get("answers"):
            self.add_error("answers", _("Write what the gap “%s” takes.") % cleaned["mark"])
        elif cleaned.get("answers"):
            try:
                kind = cleaned.get("kind") or "select"
                # As the kind of the gap would be parsed, for a sentence beside this very row.
                gap = gap_of({**cleaned, "kind": kind}, Keys())
                if kind == "select":
                    rows = gap["choices"]
                    if len(rows) < 2:
                        raise ValidationError(_("A list has two choices at least: the right one in the first line."))
                    if len({row["text"] for row in rows}) < len(rows):
                        raise ValidationError(_("Two choices are the same. Change or remove one."))
                else:
                    content = {k: v for k, v in gap.items() if k not in ("key", "kind", "weight")}
                    GAP_KINDS[kind].parse((), content)
            except BadQuestionError as error:
                self.add_error("answers", str(error))
            except ValidationError as error:
                self.add_error("answers", error)
        return cleaned


def gap_of(row: Row, keys: Keys) -> dict[str, Any]:
    """A gap of a row; refuses (ValidationError) a line that cannot be read."""
    key = keys.keep(row.get("key"))
    gap: dict[str, Any] = {"key": key, "kind": row["kind"], "weight": row.get("weight") or 1}
    lines = [[piece.replace("\\|", "|").strip() for piece in PIECES.split(line)] for line in _lines(row["answers"])]
    if row["kind"] == "select":
        names = keys.of(key, [words[0] for words in lines])
        gap["choices"] = [
            {"key": name, "text": words[0], "correct": not place, "feedback": "|".join(words[1:])}
            for place, (name, words) in enumerate(zip(names, lines, strict=True))
        ]
        return gap
    gap["answers"] = []
    for words, *rest in lines:
        share = as_share(rest[0]) if rest else None
        feedback = "|".join(rest[1:] if share is not None else rest)
        answer: dict[str, str] = {"share": str(share) if share is not None else "1"}
        if row["kind"] == "numeric":
            read = read_number(words)
            if read is None or not words:
                raise ValidationError(
                    _("“%s” is no number: write one such as 45.5, 45 ± 2 or a range such as 43–47.") % words
                )
            answer["value"], answer["tolerance"] = read
        else:
            answer["text"] = words
        gap["answers"].append({**answer, "feedback": feedback} if feedback else answer)
    if row["kind"] == "numeric" and row.get("unit"):
        gap["unit"] = {"name": row["unit"]}
    if row["kind"] == "short":
        gap |= {"case": bool(row.get("case")), "accents": bool(row.get("accents"))}
    return gap


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _line(*pieces: str) -> str:
    """A line of answers; what is empty at its end is left out."""
    listed = [piece.replace("|", "\\|") for piece in pieces]
    while listed and not listed[-1]:
        listed.pop()
    return " | ".join(listed)


def _answers(gap: Mapping[str, Any]) -> str:
    """The answers of a gap as its row holds them."""
    if gap["kind"] == "select":
        ordered = sorted(gap["choices"], key=lambda choice: not choice["correct"])
        return "\n".join(_line(choice["text"], choice.get("feedback", "")) for choice in ordered)
    lines = []
    for one in gap["answers"]:
        words = one.get("text") or one["value"]
        if one.get("tolerance", "0") != "0":
            words = f"{words} ± {one['tolerance']}"
        feedback = one.get("feedback", "")
        # A share stands where it must, and where the feedback could be taken for one.
        told = one["share"] if one["share"] != "1" or as_share(feedback.partition("|")[0]) is not None else ""
        lines.append(_line(words, *([told] if told else []), feedback))
    return "\n".join(lines)


class ClozeForm(KindForm):
    """A text and its gaps."""

    kind = "cloze"
    own = Own
    about = gettext_lazy("A text in which learners fill gaps: lists, words, numbers.")
    groups = (
        Group(
            name="g",
            form=GapRow,
            title=gettext_lazy("Gaps"),
            help=gettext_lazy(
                "A line is an answer; behind | may come its share of the points and then feedback: trapez* | 1/2 | "
                "Nearly. A list has its right choice in the first line, and no shares. A number may be 45, 45 ± 2 or "
                "43–47. “Counts” says how much a gap weighs beside the others."
            ),
            one=gettext_lazy("gap"),
            more=gettext_lazy("More gaps"),
            fewest=1,
            by_server=True,
        ),
    )

    def begun(self, choices: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> tuple[Row, Rows]:
        """The text with its gaps by number, a row a gap."""
        numbers = {key: str(place) for place, key in enumerate(MARK.findall(content["text"]), 1)}
        rows = [
            {
                "key": gap["key"],
                "mark": numbers[gap["key"]],
                "kind": gap["kind"],
                "weight": gap["weight"],
                "answers": _answers(gap),
                "unit": (gap.get("unit") or {}).get("name", ""),
                "case": gap.get("case", False),
                "accents": gap.get("accents", False),
            }
            for gap in content["gaps"]
        ]
        rows.sort(key=lambda row: int(row["mark"]))
        return {"text": MARK.sub(lambda mark: f"[[{numbers[mark[1]]}]]", content["text"])}, {"g": rows}

    def completed(self, own: Row, rows: Rows) -> Rows:
        """With a row for each gap of the text that has none, in the place of empty rows."""
        kept = [row for row in rows["g"] if row.get("mark", "").strip() or row.get("answers", "").strip()]
        there = {row["mark"].strip() for row in kept}
        missing = [mark for mark in dict.fromkeys(MARK.findall(own["text"])) if mark not in there]
        return {"g": [*kept, *({"mark": mark, "kind": "select", "answers": ""} for mark in missing)]}

    def written(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """The text with its gaps by key."""
        marks = MARK.findall(own["text"])
        names = [row["mark"] for row in rows["g"]]
        if len(set(names)) < len(names):
            raise ValidationError({"g": _("Two rows are for the same gap. Take one out.")})
        if left := [name for name in names if name not in marks]:
            raise ValidationError({"g": _("The text has no gap “%s”. Take its row out, or write it there.") % left[0]})
        gaps = [gap_of({**row, "kind": row["kind"] or "select"}, keys) for row in rows["g"]]
        by_mark = {name: gap["key"] for name, gap in zip(names, gaps, strict=True)}
        if bare := [mark for mark in marks if mark not in by_mark]:
            raise ValidationError({"g": _("Write what the gap “%s” takes.") % bare[0]})
        return [], {"text": MARK.sub(lambda mark: f"[[{by_mark[mark[1]]}]]", own["text"]), "gaps": gaps}

    def sketch(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """The text with its gaps; lists hold what was typed, right or not."""
        typed = {row["mark"]: row for row in told(rows["g"], "mark")}
        gaps: list[dict[str, Any]] = []
        for number, mark in enumerate(dict.fromkeys(MARK.findall(own["text"]))):
            row = typed.get(mark, {"kind": "short", "answers": ""})
            gap: dict[str, Any] = {"key": mark, "weight": 1, "kind": row["kind"]}
            texts = sorted(
                {PIECES.split(line)[0].replace("\\|", "|").strip() for line in _lines(row["answers"])} - {""}
            )
            if row["kind"] == "select" and len(texts) > 1:
                gap["choices"] = [
                    {"key": f"s{number}_{place}", "text": text, "correct": not place}
                    for place, text in enumerate(texts)
                ]
            elif row["kind"] == "numeric":
                gap["answers"] = [{"value": "0", "share": "1"}]
                if row["unit"]:
                    gap["unit"] = {"name": row["unit"]}
            else:
                gap |= {"kind": "short", "answers": [{"text": "x", "share": "1"}]}
            gaps.append(gap)
        return [], {"text": own["text"], "gaps": gaps}


CLOZE = ClozeForm()
