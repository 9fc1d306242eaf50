"""How a QTI item scores: its response processing, worked out as a sum of what each response earns.

Understood are the templates `match_correct` and `map_response`, and rules of the same sense written out: conditions
that compare one response with its right answer, a value or a number within a tolerance, mapped responses, and sums of
them. Whatever else is refused, since a rule half understood would grade otherwise than its author meant.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree.ElementTree import Element

from certification.quizzes.formats import safe_xml
from certification.quizzes.formats.base import RefusedError, number

NOTHING = Fraction(0)
UNKNOWN = "It scores by rules of its own that are not understood"


@dataclass(frozen=True, slots=True)
class Term:
    """What a response earns once if it fits: by "correct", "map", "text" (a value) or "equal" (a number)."""

    how: str
    response: str
    value: str = ""
    case: bool = True
    tolerance: Fraction = NOTHING
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """So much of each term, and a constant."""

    terms: dict[Term, Fraction] = field(default_factory=dict)
    constant: Fraction = NOTHING

    def plus(self, other: "Sum", times: Fraction = Fraction(1)) -> "Sum":
        """Give this and so many times another."""
        terms = dict(self.terms)
        for term, factor in other.terms.items():
            terms[term] = terms.get(term, NOTHING) + factor * times
        return Sum({t: f for t, f in terms.items() if f}, self.constant + other.constant * times)


@dataclass(slots=True)
class Scoring:
    """What SCORE is, and when an outcome that shows feedback takes which value.

    `shown` holds outcome and value by whether the response is right; `echoed` outcomes that take the response itself.
    """

    score: Sum | None
    shown: dict[tuple[str, str], bool] = field(default_factory=dict)
    echoed: set[str] = field(default_factory=set)


def of(item: Element) -> Scoring:
    """Work out the scoring of an item whose names are in the style of QTI 2."""
    processing = item.find("responseProcessing")
    if processing is None:
        return Scoring(None)
    template = processing.get("template", "").rpartition("/")[2].removesuffix(".xml")
    if template:
        if template not in ("match_correct", "map_response"):
            raise RefusedError(f"{UNKNOWN} (template “{template}”).")
        how = "correct" if template == "match_correct" else "map"
        return Scoring(Sum({Term(how, "RESPONSE"): Fraction(1)}))
    worked = _Worked(item)
    for rule in processing:
        worked.rule(rule)
    return worked.scoring()


class _Worked:
    """Runs through the rules once, with sums in place of numbers."""

    def __init__(self, item: Element) -> None:
        self.responses = {d.get("identifier", "") for d in item.findall("responseDeclaration")}
        self.numeric = {
            d.get("identifier", "")
            for d in item.findall("responseDeclaration")
            if d.get("baseType") in ("float", "integer")
        }
        self.values: dict[str, Sum | None] = {}
        self.words = set[str]()
        for declaration in item.findall("outcomeDeclaration"):
            named = declaration.get("identifier", "")
            start = safe_xml.text(declaration, "defaultValue/value")
            if declaration.get("baseType") in ("float", "integer"):
                self.values[named] = Sum(constant=number(start) if start else NOTHING)
            else:
                self.words.add(named)
        self.was_set = False
        self.shown: dict[tuple[str, str], bool] = {}
        self.echoed = set[str]()

    def scoring(self) -> Scoring:
        """Give the result; a SCORE that is never set is none."""
        score = self.values.get("SCORE") if self.was_set else None
        if self.was_set and score is None:
            raise RefusedError(f"{UNKNOWN}.")
        return Scoring(score, self.shown, self.echoed)

    def rule(self, rule: Element) -> None:
        """Follow one rule."""
        if rule.tag == "setOutcomeValue":
            self._set(rule)
        elif rule.tag == "responseCondition":
            self._condition(rule)
        else:
            raise RefusedError(f"{UNKNOWN} (<{safe_xml.name(rule.tag)}>).")

    def _set(self, rule: Element) -> None:
        named = rule.get("identifier", "")
        if named in self.words:
            self._word(rule, None)
            return
        try:
            self.values[named] = self._number(_told(rule))
        except RefusedError:
            if named == "SCORE":
                raise
            self.values[named] = None
        self.was_set = self.was_set or named == "SCORE"

    def _word(self, rule: Element, right: bool | None) -> None:
        """Note when feedback shows: with the response itself, or with a value if the response is right or wrong."""
        named, told = rule.get("identifier", ""), rule[0] if len(rule) else None
        if told is None:
            return
        if told.tag == "variable" and told.get("identifier") in self.responses:
            self.echoed.add(named)
        elif told.tag == "baseValue" and right is not None:
            self.shown[named, safe_xml.text(told)] = right

    def _number(self, told: Element) -> Sum:
        """Give what an expression is as a sum."""
        named = told.get("identifier", "")
        if told.tag == "baseValue":
            return Sum(constant=number(safe_xml.text(told)))
        if told.tag == "variable" and self.values.get(named) is not None:
            found = self.values[named]
            assert found is not None
            return found
        if told.tag == "mapResponse" and named in self.responses:
            return Sum({Term("map", named): Fraction(1)})
        if told.tag == "sum":
            whole = Sum()
            for part in told:
                whole = whole.plus(self._number(part))
            return whole
        raise RefusedError(f"{UNKNOWN} (<{safe_xml.name(told.tag)}>).")

    def _condition(self, rule: Element) -> None:
        branches = [
            (part[0], list(part)[1:]) for part in rule if part.tag in ("responseIf", "responseElseIf") and len(part)
        ]
        otherwise = [list(part) for part in rule if part.tag == "responseElse"]
        if not branches:
            raise RefusedError(f"{UNKNOWN} (an empty condition).")
        rest = otherwise[0] if otherwise else []
        if self._asks_whether_empty(branches[0][0]) and len(branches) == 1:
            self._unless_empty(branches[0][0].tag == "not", branches[0][1], rest)
            return
        if self._asks_whether_empty(branches[0][0]) and branches[0][0].tag == "isNull":
            self._nothing_for_empty(branches[0][1], rest)
            branches = branches[1:]
        if not any(step.get("identifier") not in self.words for _test, steps in branches for step in steps) and not any(
            step.get("identifier") not in self.words for step in rest
        ):
            self._words_only(branches, rest)
            return
        tests = [(self._tests(test), steps) for test, steps in branches]
        self._exclusive([term for terms, _steps in tests for term in terms])
        touched = {s.get("identifier", "") for _terms, steps in tests for s in steps} | {
            s.get("identifier", "") for s in rest
        }
        for named in sorted(touched - self.words):
            self._choose(named, tests, rest)
        if len(tests) == 1:
            self._mark_words(tests[0][1], True)
            self._mark_words(rest, False)

    def _words_only(self, branches: list[tuple[Element, list[Element]]], rest: list[Element]) -> None:
        """Follow a condition on which only feedback hangs; one that is not understood shows nothing."""
        try:
            terms = self._tests(branches[0][0])
        except RefusedError:
            return
        if len(branches) == 1 and all(term.how == "correct" for term in terms):
            self._mark_words(branches[0][1], True)
            self._mark_words(rest, False)

    def _mark_words(self, steps: list[Element], right: bool) -> None:
        for step in steps:
            if step.get("identifier") in self.words:
                self._word(step, right)

    def _asks_whether_empty(self, test: Element) -> bool:
        inner = test[0] if test.tag == "not" and len(test) else test
        return inner.tag == "isNull" and len(inner) == 1 and inner[0].get("identifier") in self.responses

    def _unless_empty(self, negated: bool, then: list[Element], rest: list[Element]) -> None:
        """Follow a condition that an empty answer earns nothing, which it never does."""
        empty, given = (rest, then) if negated else (then, rest)
        for step in empty:
            named = step.get("identifier", "")
            if named not in self.words and self._number(_told(step)) != Sum():
                raise RefusedError("An empty answer earns points.")
        for step in given:
            self.rule(step)

    def _nothing_for_empty(self, steps: list[Element], rest: list[Element]) -> None:
        """Let a first branch for empty answers go: they fit no other, so they must get what is given otherwise."""
        for named in sorted({step.get("identifier", "") for step in steps} - self.words):
            if self._after(named, steps) not in (Sum(), self._after(named, rest)):
                raise RefusedError("An empty answer earns points.")

    def _choose(self, named: str, tests: list[tuple[list[Term], list[Element]]], rest: list[Element]) -> None:
        """Give an outcome its value by tests that exclude each other: what it is otherwise, and so much more if."""
        base = self._after(named, rest)
        value = base
        for terms, steps in tests:
            more = self._after(named, steps).plus(base, Fraction(-1))
            if more.terms:
                raise RefusedError(f"{UNKNOWN} (a condition inside another).")
            for term in terms:
                value = value.plus(Sum({term: more.constant}))
        self.values[named] = value
        self.was_set = self.was_set or named == "SCORE"

    def _after(self, named: str, steps: list[Element]) -> Sum:
        """Give what an outcome is after these steps."""
        found = [step for step in steps if step.get("identifier") == named]
        if any(step.tag != "setOutcomeValue" for step in steps) or len(found) > 1:
            raise RefusedError(f"{UNKNOWN} (a condition inside another).")
        if found:
            return self._number(_told(found[0]))
        before = self.values.get(named)
        if before is None:
            raise RefusedError(f"{UNKNOWN} (the outcome “{named}” is not declared).")
        return before

    def _tests(self, test: Element) -> list[Term]:
        """Give the terms of which one must hold."""
        if test.tag == "or":
            return [term for part in test for term in self._tests(part)]
        if test.tag not in ("match", "equal", "stringMatch") or len(test) != 2:
            raise RefusedError(f"{UNKNOWN} (<{safe_xml.name(test.tag)}>).")
        variable, told = test if test[0].tag == "variable" else (test[1], test[0])
        named = variable.get("identifier", "")
        if variable.tag != "variable" or named not in self.responses:
            raise RefusedError(f"{UNKNOWN} (it compares no response).")
        tolerance, relative = NOTHING, False
        if test.tag == "equal":
            tolerance, relative = _tolerance(test)
        case = test.tag != "stringMatch" or test.get("caseSensitive", "true") in ("true", "1")
        if test.get("substring", "false") not in ("false", "0"):
            raise RefusedError("It accepts words inside longer ones.")
        if told.tag == "correct" and told.get("identifier") == named:
            return [Term("correct", named, "", case, tolerance, relative)]
        if told.tag == "baseValue":
            how = "equal" if named in self.numeric else "text"
            return [Term(how, named, safe_xml.text(told), case, tolerance, relative)]
        raise RefusedError(f"{UNKNOWN} (<{safe_xml.name(told.tag)}>).")

    def _exclusive(self, terms: list[Term]) -> None:
        """Refuse tests of which two may hold at once, unless they are numbers, of which the best counts."""
        if len(terms) == 1:
            return
        if len({term.response for term in terms}) > 1:
            raise RefusedError("It asks for all of several responses, or any; here each earns its own part.")
        hows = {term.how for term in terms}
        if hows == {"equal"}:
            return
        values = [term.value if all(t.case for t in terms) else term.value.casefold() for term in terms]
        if hows != {"text"} or len(set(values)) != len(values):
            raise RefusedError(f"{UNKNOWN} (conditions that may hold at once).")


def _told(step: Element) -> Element:
    """Give the expression by which a step sets its outcome."""
    if len(step) != 1:
        raise RefusedError(f"{UNKNOWN} (<{safe_xml.name(step.tag)}>).")
    return step[0]


def _tolerance(test: Element) -> tuple[Fraction, bool]:
    mode = test.get("toleranceMode", "exact")
    if mode not in ("exact", "absolute", "relative"):
        raise RefusedError(f"{UNKNOWN} (tolerance “{mode}”).")
    if mode == "exact":
        return NOTHING, False
    for bound in ("includeLowerBound", "includeUpperBound"):
        if test.get(bound, "true") not in ("true", "1"):
            raise RefusedError("The bounds of its tolerance do not count as right.")
    given = [number(part, "tolerance") for part in test.get("tolerance", "").replace(",", " ").split()]
    if len(given) not in (1, 2) or given[0] != given[-1]:
        raise RefusedError("Its tolerance is not the same below and above.")
    return given[0], mode == "relative"


def responses(score: Sum) -> Iterable[str]:
    """Give the responses that a score looks at, each once."""
    return dict.fromkeys(term.response for term in score.terms)
