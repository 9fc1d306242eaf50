"""What an organisation is told of one line, case by case, and the laws that no case may break."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.verification.verdicts import Asked, Held, Verdict, judge, stated_minutes

MINUTES = {"total": 600, "mfr": 240, "hands_on": 60}


def held(**changed: Any) -> Held:
    facts: dict[str, Any] = {"state": "valid", "names": ("Daniela Reyes", ""), "minutes": MINUTES, "record": "r-1"}
    return Held(**(facts | changed))


CLAIMS = {"mfr": 240, "total": 601, "nowhere": 1}
UNTOLD = dict.fromkeys(CLAIMS, "not_consented")
TOTALS = {"consented": True, "shows_totals": True}


@pytest.mark.parametrize(
    ("asked", "register", "told"),
    [
        (Asked("C"), None, Verdict("unknown")),
        (Asked("C", "Jo"), None, Verdict("unknown", "differs")),
        (Asked("C", claims=CLAIMS), None, Verdict("unknown", claims=UNTOLD)),
        (Asked("C"), held(), Verdict("valid")),
        (Asked("C"), held(state="revoked"), Verdict("revoked")),
        (Asked("C", "daniela  REYES"), held(state="superseded"), Verdict("superseded", "match")),
        (Asked("C", "Dana Reyes"), held(), Verdict("valid", "differs")),
        (Asked("C", "  "), held(), Verdict("valid")),
        # Without consent nothing is said of hours, right or wrong.
        (Asked("C", claims=CLAIMS), held(), Verdict("valid", claims=UNTOLD)),
        (Asked("C", claims=CLAIMS), held(consented=True), Verdict("valid", claims=UNTOLD)),
        (Asked("C", claims=CLAIMS), held(shows_totals=True), Verdict("valid", claims=UNTOLD)),
        (
            Asked("C", claims=CLAIMS),
            held(**TOTALS),
            Verdict("valid", claims={"mfr": "matches", "total": "differs", "nowhere": "differs"}),
        ),
        # A claim of no minutes of a category that the certificate does not name is not right by chance.
        (Asked("C", claims={"nowhere": 0}), held(**TOTALS), Verdict("valid", claims={"nowhere": "differs"})),
        # Hidden: as if it never was, but to whom she consented.
        (Asked("C", "Daniela Reyes", CLAIMS), held(hidden=True), Verdict("unknown", "differs", UNTOLD)),
        (Asked("C", "Daniela Reyes"), held(hidden=True, consented=True), Verdict("valid", "match")),
        # The record is told by the widest consent alone.
        (Asked("C"), held(**TOTALS), Verdict("valid")),
        (Asked("C"), held(**TOTALS, shows_record=True), Verdict("valid", record="r-1")),
        (Asked("C"), held(shows_record=True, shows_totals=True), Verdict("valid")),
    ],
)
def test_a_case(asked: Asked, register: Held | None, told: Verdict) -> None:
    assert judge(asked, register) == told


texts = st.text(max_size=8)
asking = st.builds(Asked, st.just("C"), texts, st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3))
registers = st.builds(
    Held,
    st.sampled_from(["valid", "superseded", "revoked", "expired"]),
    st.tuples(texts, texts),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3),
    texts,
    *[st.booleans()] * 4,
)


@given(asking, registers)
def test_hidden_is_never_told_from_unknown(asked: Asked, register: Held) -> None:
    if register.hidden and not register.consented:
        assert judge(asked, register) == judge(asked, None)


@given(asking, registers, registers)
def test_without_consent_the_hours_change_nothing_of_the_answer(asked: Asked, one: Held, other: Held) -> None:
    if not (one.consented or other.consented or one.hidden or other.hidden):
        assert judge(asked, one).claims == judge(asked, other).claims == dict.fromkeys(asked.claims, "not_consented")
        assert judge(asked, one).record == judge(asked, other).record == ""


@given(asking, registers)
def test_each_claim_gets_one_of_three_answers_and_nothing_else_is_named(asked: Asked, register: Held) -> None:
    told = judge(asked, register)
    assert told.claims.keys() == asked.claims.keys()
    assert set(told.claims.values()) <= {"matches", "differs", "not_consented"}
    assert told.name in ("", "match", "differs")
    assert bool(told.name) == bool(asked.name.strip())


def test_what_a_certificate_states() -> None:
    facts = {
        "totals": {
            "total": {"counted": 600, "attended": 700},
            "categories": [
                {"code": "mfr", "counted": 360, "children": []},
                {"code": "ext", "counted": 240, "children": [{"code": "hands_on", "counted": 60, "children": []}]},
            ],
        }
    }
    overlays = {"overlays": [{"tag": "clinic", "counted": 50}, {"tag": "mfr", "counted": 1}]}
    assert stated_minutes(facts, overlays) == {"total": 600, "mfr": 360, "ext": 240, "hands_on": 60, "clinic": 50}
    assert stated_minutes({"education": {"minutes": 300}}, {}) == {"total": 300}
    assert stated_minutes({"test": {}}, {}) == {}
