"""Signed notes and checkpoints: C2SP's form, read by software that we did not write; what is bent is refused."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certification.keys.rules import BadNoteError, NamedKey, open_note, padded, sign_note, thumbprint, unpadded
from certification.records.rules.checkpoints import Head, checkpoint_text, read_checkpoint

NAME = "palmar.log/riverbend"
SECRET = bytes(range(32))
KEY = NamedKey(NAME, Ed25519PrivateKey.from_private_bytes(SECRET).public_key().public_bytes_raw())
HEAD = Head(NAME, 4711, "ab" * 32)
NOTE = sign_note(checkpoint_text(HEAD), name=NAME, private=SECRET)
# The example in the documentation of Go's golang.org/x/mod/sumdb/note, which brought the form into the world.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_that_others_signed_is_read() -> None:
    assert open_note(GO_NOTE, [NamedKey.from_verifier(GO_KEY)]).endswith("what your problem is.\n")


def test_our_checkpoint_to_the_byte() -> None:
    """Taken apart by hand, as https://c2sp.org/signed-note and /tlog-checkpoint say; nothing of ours reads it."""
    text, signature = NOTE.split("\n\n")
    assert text.split("\n") == [NAME, "4711", base64.b64encode(bytes.fromhex("ab" * 32)).decode()]
    dash, name, encoded = signature.removesuffix("\n").split(" ")
    assert (dash, name) == ("\u2014", NAME)
    raw = base64.b64decode(encoded)
    assert raw[:4] == hashlib.sha256(NAME.encode() + b"\n\x01" + KEY.public).digest()[:4]
    Ed25519PublicKey.from_public_bytes(KEY.public).verify(raw[4:], text.encode() + b"\n")


def test_what_we_sign_we_read() -> None:
    assert read_checkpoint(open_note(NOTE, [KEY])) == HEAD
    assert NamedKey.from_verifier(KEY.verifier) == KEY
    assert padded(unpadded(KEY.public)) == KEY.public


def test_further_signatures_and_lines_of_others_are_passed_over() -> None:
    witness = sign_note(checkpoint_text(HEAD), name="witness.example", private=bytes(32)).rpartition("\n\n")[2]
    assert read_checkpoint(open_note(NOTE + witness, [KEY])) == HEAD
    extended = sign_note(checkpoint_text(HEAD) + "timestamp 1\n", name=NAME, private=SECRET)
    assert read_checkpoint(open_note(extended, [KEY])) == HEAD


STRANGER = NamedKey(NAME, Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw())


@pytest.mark.parametrize(
    ("note", "keys", "says"),
    [
        (NOTE.replace("4711", "4712"), [KEY], "does not fit"),
        (NOTE.replace("\n4711", "\n4711\n"), [KEY], "does not fit"),
        (NOTE, [STRANGER], "no known key"),
        (NOTE, [], "no known key"),
        (NOTE, [NamedKey("palmar.log/other", KEY.public)], "no known key"),
        (NOTE.rstrip("\n"), [KEY], "not a signed note"),
        (checkpoint_text(HEAD), [KEY], "not a signed note"),
        ("", [KEY], "not a signed note"),
        (NOTE.replace("4711", "47\x0011"), [KEY], "not a signed note"),
        (NOTE.replace("— ", "- "), [KEY], "cannot be read"),
        (NOTE.replace(NOTE[-20:], "*" * 19 + "\n"), [KEY], "cannot be read"),
        (f"{checkpoint_text(HEAD)}\n— {NAME} AAAA\n", [KEY], "cannot be read"),
    ],
)
def test_a_bent_note_is_refused(note: str, keys: list[NamedKey], says: str) -> None:
    with pytest.raises(BadNoteError, match=says):
        open_note(note, keys)


@pytest.mark.parametrize("name", ["", "with space", "with+plus", "with\nline"])
def test_names_that_cannot_sign(name: str) -> None:
    with pytest.raises(BadNoteError, match="nobody can sign"):
        sign_note("x\n", name=name, private=SECRET)


@pytest.mark.parametrize("text", ["x", "x\x00\n", "x\t\n"])
def test_texts_that_are_no_notes(text: str) -> None:
    with pytest.raises(BadNoteError, match="lines of text"):
        sign_note(text, name=NAME, private=SECRET)


@pytest.mark.parametrize(
    "verifier",
    ["", "name", "name+00000000+AAAA", KEY.verifier.replace(KEY.hash.hex(), "00000000"), f"{NAME}+x+***"],
)
def test_keys_that_are_none(verifier: str) -> None:
    with pytest.raises(BadNoteError):
        NamedKey.from_verifier(verifier)


@pytest.mark.parametrize(
    "text", ["", "a\nb\nc\n", "a\n01\n" + "A" * 43 + "=\n", "a\n1\nAAAA\n", "\n1\n" + "A" * 43 + "=\n", "a\n1\n***\n"]
)
def test_texts_that_are_no_checkpoints(text: str) -> None:
    with pytest.raises(ValueError, match="checkpoint"):
        read_checkpoint(text)


def test_the_lasting_name_of_a_key_is_its_thumbprint() -> None:
    # RFC 8037, appendix A.3.
    public = padded("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
