"""The code people type: what is caught, what is read kindly, and which sentence says what to do."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from certification import codes
from certification.certificates import rules
from certification.certificates.selectors import read_code

BITS = st.integers(min_value=0, max_value=(1 << 80) - 1)


def test_the_alphabet_has_32_signs_and_no_look_alikes() -> None:
    assert len(set(codes.ALPHABET)) == 32
    assert not set(codes.ALPHABET) & set("ILOU")


@given(BITS)
def test_a_code_reads_back_and_keeps_all_80_bits(bits: int) -> None:
    code = codes.code_from_bits(bits)
    assert len(code) == codes.CODE_LENGTH
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4, 1]
    assert codes.parse_code(code) == code
    value = 0
    for sign in code.replace("-", "")[:16]:
        value = value * 32 + codes.ALPHABET.index(sign)
    assert value == bits


@given(BITS, st.integers(0, 16), st.integers(1, 31))
def test_every_single_wrong_sign_is_caught(bits: int, place: int, shift: int) -> None:
    signs = codes.code_from_bits(bits).replace("-", "")
    wrong = codes.ALPHABET[(codes.ALPHABET.index(signs[place]) + shift) % 32]
    with pytest.raises(codes.BadCodeError):
        codes.parse_code(signs[:place] + wrong + signs[place + 1 :])


@given(BITS, st.integers(0, 16), st.integers(0, 16))
def test_every_swap_of_two_signs_is_caught(bits: int, one: int, other: int) -> None:
    signs = list(codes.code_from_bits(bits).replace("-", ""))
    if signs[one] == signs[other]:
        return
    signs[one], signs[other] = signs[other], signs[one]
    with pytest.raises(codes.BadCodeError):
        codes.parse_code("".join(signs))


@pytest.mark.parametrize(
    "typed",
    [
        "7k4d-q9xw-3htr-m2vc-f",
        "7K4DQ9XW3HTRM2VCF",
        "  7K4D Q9XW\t3HTR M2VC F\n",
        "7K4D–Q9XW—3HTR‑M2VC−F",
        "７Ｋ４Ｄ-Q9XW-3HTR-M2VC-F",
        "7K4D-Q9XW-3HTR-M2VC-F\u200b",
        "https://palmar.example/verify/7K4D-Q9XW-3HTR-M2VC-F?t=abc",
        "7K4D-Q9XW.3HTR/M2VC_F",
    ],
)
def test_it_is_read_kindly(typed: str) -> None:
    assert codes.parse_code(typed) == "7K4D-Q9XW-3HTR-M2VC-F"


def test_look_alikes_are_read_as_they_were_meant() -> None:
    code = codes.code_from_bits(0b00001 << 75 | 0b11011 << 70)  # begins with 1, V, 0
    assert code.startswith("1V00")
    for typed in ("IUOO", "lvoo", "LuO0"):
        assert codes.parse_code(typed + code[4:]) == code


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type the code from the certificate."),
        (" -- ", "Type the code from the certificate."),
        ("7K4D-Q9XW-3HTR-M2V-F", "Look at the fourth group: “M2V” should have 4 characters."),
        ("7K4D-Q9XWX-3HTR-M2VC-F", "Look at the second group: “Q9XWX” should have 4 characters."),
        ("7K4DQ9XW3HTRM2VC", "A code has 17 characters, and this has 16."),
        ("7K4D-Q9XW-3H*R-M2VC-F", "Look at the third group, “3H*R”: no code has the character “*”."),
        ("7K4D-Q9XW-3HTR-M2VD-F", "The code has a typing mistake: its last character “F” does not go with the rest."),
    ],
)
def test_a_mistake_gets_a_sentence_that_says_where_to_look(typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_code(typed)
    assert refused.value.messages[0].startswith(sentence)


def test_a_mixed_up_pair_names_its_group() -> None:
    signs = "3CEFHJKMNPRT8WX9"
    code = codes.in_groups(signs + codes.check_sign(signs))
    with pytest.raises(ValidationError) as refused:
        read_code(code.replace("8WX9", "BWX9"))
    assert "Look at the fourth group first: is “BWX9” perhaps “8WX9”?" in refused.value.messages[0]


@given(st.text(max_size=500))
def test_whatever_is_typed_gives_a_code_or_one_sentence(typed: str) -> None:
    said: list[str] = []
    try:
        code = read_code(typed)
    except ValidationError as refused:
        said = refused.messages
    else:
        assert codes.parse_code(code) == code
    assert all(len(sentence) < 300 for sentence in said)
    assert len(said) <= 1


def test_names_are_compared_folded_and_accents_matter() -> None:
    held = "Zoë O’Neil-Núñez"
    for same in ("zoë o'neil-núñez", "  ZOË  O‘NEIL–NÚÑEZ ", "Zoe\u0308 O’Neil-Nu\u0301n\u0303ez"):
        assert rules.same_name(held, same), same
    for other in ("Zoe O’Neil-Nunez", "Zoë O’Neil", "", "Núñez"):
        assert not rules.same_name(held, other), other
    assert rules.same_name("Straße", "STRASSE")


def test_names_are_cleaned_before_they_are_frozen() -> None:
    assert rules.clean_name(" Ana\u0000 Mari\u0301a\n\tRuiz ") == "Ana María Ruiz"


def test_states_weigh_in_order() -> None:
    today, past = date(2026, 6, 1), date(2026, 5, 31)
    state = rules.state_of
    assert state(revoked=False, superseded=False, expires_on=None, today=today) == "valid"
    assert state(revoked=False, superseded=False, expires_on=today, today=today) == "valid"
    assert state(revoked=False, superseded=False, expires_on=past, today=today) == "expired"
    assert state(revoked=False, superseded=True, expires_on=past, today=today) == "superseded"
    assert state(revoked=True, superseded=True, expires_on=past, today=today) == "revoked"
