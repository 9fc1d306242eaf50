"""The form of matching: what belongs together stands in one row; options that match nothing in rows of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from .base import Group, Keys, KindForm, Row, RowForm, Rows, Written, told, words_field


class PairRow(RowForm):
    """One prompt and what belongs to it."""

    needs = {
        "text": gettext_lazy("Write what is to be matched, or empty the row."),
        "match": gettext_lazy("Write what belongs to it."),
    }
    given = frozenset({"match_key"})

    match_key = forms.CharField(required=False, widget=forms.HiddenInput)
    text = words_field(gettext_lazy("This"), "half")
    match = words_field(gettext_lazy("belongs to this"), "half")


class ExtraRow(RowForm):
    """One option that belongs to nothing."""

    text = words_field(gettext_lazy("Option"))


def extra(title: Any, help_: Any) -> Group:
    """The rows of what is offered besides and right nowhere."""
    return Group(
        name="o", form=ExtraRow, title=title, help=help_, one=gettext_lazy("option"), more=gettext_lazy("More options"),
        fewest=1,
    )  # fmt: skip


def options_of(rows: Rows, main: str, keys: Keys, place: str) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The options of matches and extras, no text twice, and their keys by text."""
    hints: dict[str, object] = {}
    for row in rows[main]:
        hints.setdefault(row["match"].strip(), row.get("match_key", ""))
    for row in rows["o"]:
        hints.setdefault(row["text"].strip(), row.get("key", ""))
    hints.pop("", None)
    texts = list(hints)
    found = keys.of(place, texts, list(hints.values()))
    return [{"key": key, "text": text} for key, text in zip(found, texts, strict=True)], dict(
        zip(texts, found, strict=True)
    )


class MatchingForm(KindForm):
    """Pairs."""

    kind = "matching"
    about = gettext_lazy("Each prompt takes what belongs to it from one list.")
    groups = (
        Group(
            name="p",
            form=PairRow,
            title=gettext_lazy("Pairs"),
            help=gettext_lazy(
                "Write in each row what belongs together. Several may belong to the same: write it alike. Each learner "
                "sees both sides in an order of her own."
            ),
            one=gettext_lazy("pair"),
            more=gettext_lazy("More pairs"),
        ),
        extra(
            gettext_lazy("Options that match nothing"),
            gettext_lazy("Offered besides, so that the last pair is not given away."),
        ),
    )

    def begun(self, choices: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> tuple[Row, Rows]:
        """A row a prompt, with the text of its option."""
        texts = {option["key"]: option["text"] for option in content["options"]}
        pairs = [
            {"key": one["key"], "text": one["text"], "match": texts[one["match"]], "match_key": one["match"]}
            for one in content["prompts"]
        ]
        used = {one["match"] for one in content["prompts"]}
        return {}, {"p": pairs, "o": [dict(option) for option in content["options"] if option["key"] not in used]}

    def written(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """Prompts, and the options of all rows."""
        options, by_text = options_of(rows, "p", keys, "options")
        prompts = [
            {"key": keys.keep(row["key"]), "text": row["text"], "match": by_text[row["match"].strip()]}
            for row in rows["p"]
        ]
        return [], {"prompts": prompts, "options": options}

    def sketch(self, own: Row, rows: Rows, keys: Keys, picture: str) -> Written:
        """All texts, no pair of them."""
        texts = {row["match"] for row in told(rows["p"], "match")} | {row["text"] for row in told(rows["o"], "text")}
        options = [{"key": f"o{number}", "text": text} for number, text in enumerate(sorted(texts))]
        prompts = [
            {"key": f"p{number}", "text": row["text"], "match": "o0"}
            for number, row in enumerate(told(rows["p"], "text"))
        ]
        return [], {"prompts": prompts, "options": options}


MATCHING = MatchingForm()
