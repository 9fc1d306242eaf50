"""What the hours pages show, worked out once from a transcript."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from certification.requirements.presenters import plain_words
from certification.requirements.rules import NodeResult, RuleSetSpec
from certification.requirements.selectors import spec_for

from ..selectors import EntryLine, Transcript
from .lines import ShownLine, shown_line


@dataclass(frozen=True, slots=True)
class ShownNode:
    """One category with its numbers and title; `lost` minutes were attended and do not count."""

    code: str
    title: str
    depth: int
    required: int
    attended: int
    creditable: int
    counted: int
    short: int

    @property
    def lost(self) -> int:
        """Attended minutes that do not count."""
        return self.attended - self.counted


@dataclass(frozen=True, slots=True)
class HoursPage:
    """Everything that the hours pages show."""

    transcript: Transcript
    total: ShownNode
    nodes: tuple[ShownNode, ...]
    under: dict[str, frozenset[str]]

    @property
    def spec(self) -> RuleSetSpec:
        """The rules that judge."""
        return spec_for(self.transcript.record.rule_set)

    @property
    def unit(self) -> int:
        """Minutes that make one hour in the rules that judge."""
        return self.transcript.evaluation.unit_minutes

    @property
    def entries(self) -> tuple[EntryLine, ...]:
        """The lines that stand, the oldest first."""
        return self.transcript.entries

    @property
    def tops(self) -> list[ShownNode]:
        """The categories of the first level."""
        return [node for node in self.nodes if node.depth == 0]

    @property
    def refused(self) -> int:
        """Attended minutes that are not creditable."""
        return self.total.attended - self.total.creditable

    @property
    def above_limit(self) -> int:
        """Creditable minutes that do not count."""
        return self.total.creditable - self.total.counted

    @property
    def lacks(self) -> list[str]:
        """What the rules still ask for, in words for the learner."""
        return [plain_words(lack, self.spec) for lack in self.transcript.evaluation.unmet]

    @property
    def met(self) -> bool:
        """Hours and required facts are all there."""
        return self.transcript.evaluation.met and not self.transcript.missing_requirements

    def node(self, code: str) -> ShownNode | None:
        """One category by code."""
        return next((node for node in self.nodes if node.code == code), None)

    def codes_in(self, codes: Sequence[str]) -> frozenset[str]:
        """Some categories and all under them; empty where no code is known."""
        return frozenset[str]().union(*(self.under.get(code, frozenset()) for code in codes))

    def shown(self, lines: Sequence[EntryLine]) -> list[ShownLine]:
        """Some of its lines in words."""
        titles = self.transcript.titles()
        return [shown_line(line, titles) for line in lines]


def _walk(results: tuple[NodeResult, ...], titles: dict[str, str], depth: int) -> Iterator[ShownNode]:
    for result in results:
        yield ShownNode(
            code=result.code,
            title=titles.get(result.code, result.code),
            depth=depth,
            required=result.required,
            attended=result.attended,
            creditable=result.creditable,
            counted=result.counted,
            short=result.short,
        )
        yield from _walk(result.children, titles, depth + 1)


def hours_page(transcript: Transcript) -> HoursPage:
    """Work out the hours pages of a transcript."""
    evaluation = transcript.evaluation
    total = evaluation.total
    return HoursPage(
        transcript=transcript,
        total=ShownNode(
            "", _("Total"), 0, total.required, total.attended, total.creditable, total.counted, total.short
        ),
        nodes=tuple(_walk(evaluation.categories, transcript.titles(), 0)),
        under={node.code: frozenset(inner.code for inner in node.walk()) for node in evaluation.walk()},
    )
