"""Signed notes and their keys, with the examples of the standard and of Go."""

from contextlib import suppress

import metamorphic_log  # type: ignore[import-untyped]
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orderwatch.errors import LogError, UsageError
from orderwatch.log.formats import signed_note
from orderwatch.log.formats.signed_note import (
    MAX_SIGNATURES,
    Note,
    Signature,
    Signer,
    Verifier,
    decode_text,
    is_key_name,
    is_small_order,
    parse,
    sign,
    verify,
    verify_ed25519,
)

# The example of https://c2sp.org/signed-note.
SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_SIGNATURE = (
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1E"
    "RYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
SPEC_NOTE = f"This is an example message.\n\n{SPEC_SIGNATURE}"

# The key pairs in the documentation of golang.org/x/mod/sumdb/note.
GO_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_ZEROS_PUBLIC = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"

ALICE = Signer(name="example.org/alice", seed=bytes(32))
BOB = Signer(name="example.org/bob", seed=b"\x01" * 32)

texts = st.lists(
    st.text(st.characters(min_codepoint=32, codec="utf-8"), max_size=20), min_size=1
).map(lambda lines: "".join(f"{line}\n" for line in lines))
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(is_key_name)
seeds = st.binary(min_size=32, max_size=32)
signers = st.builds(Signer, name=names, seed=seeds)


def test_the_example_of_the_standard_is_verified() -> None:
    key = Verifier.parse(SPEC_KEY)
    note = parse(SPEC_NOTE)
    assert note.text == "This is an example message.\n"
    assert verify(note, [key]) == (key,)
    assert str(note) == SPEC_NOTE
    assert str(key) == SPEC_KEY


def test_the_keys_of_go_are_read_and_written() -> None:
    signer = Signer.parse(f"{GO_PRIVATE}\n")
    assert str(signer.verifier) == GO_PUBLIC
    assert signer.private_key() == GO_PRIVATE
    zeros = Signer(name="EnochRoot", seed=bytes(32))
    assert str(zeros.verifier) == GO_ZEROS_PUBLIC


@given(texts, st.lists(signers, min_size=1, max_size=3, unique_by=lambda s: s.name))
def test_what_was_signed_is_verified_by_us_and_by_another_program(
    text: str, makers: list[Signer]
) -> None:
    message = str(sign(Note(text=text), *makers))
    keys = [maker.verifier for maker in makers]
    note = parse(message.encode())
    assert note.text == text
    assert verify(note, keys) == tuple(keys)
    assert str(note) == message
    vkeys = [str(key) for key in keys]
    assert metamorphic_log.verify_signed_note(message, vkeys) == len(makers)


@given(texts, signers, st.data())
def test_a_changed_text_is_refused(text: str, maker: Signer, draw: st.DataObject) -> None:
    note = sign(Note(text=text), maker)
    other = draw.draw(texts.filter(lambda changed: changed != text))
    with pytest.raises(LogError, match="changed after it was signed"):
        verify(Note(text=other, signatures=note.signatures), [maker.verifier])


@given(signers)
def test_keys_come_back_from_their_text(maker: Signer) -> None:
    assert Signer.parse(maker.private_key()) == maker
    assert Verifier.parse(str(maker.verifier)) == maker.verifier


def test_a_new_key_signs_and_stays_secret() -> None:
    signer, other = (
        Signer.generate("example.org/log"),
        Signer.generate("example.org/log"),
    )
    assert signer.seed != other.seed
    note = sign(Note(text="text\n"), signer)
    assert verify(note, [signer.verifier]) == (signer.verifier,)
    secret = signer.private_key().split("+", 4)[4]
    assert secret not in repr(signer)
    assert secret not in str(signer)
    assert repr(signer.seed) not in repr(signer)


def test_signatures_of_unknown_keys_are_ignored() -> None:
    note = sign(Note(text="text\n"), ALICE, BOB)
    assert verify(note, [BOB.verifier]) == (BOB.verifier,)
    # Unknown is also who shares the name or the id of a known key, but not both.
    [made] = sign(Note(text="text\n"), BOB).signatures
    same_name = Signature(name=made.name, key_id=b"none", value=b"wrong")
    same_id = Signature(name="other", key_id=made.key_id, value=b"wrong")
    mixed = Note(text="text\n", signatures=(same_name, same_id, made))
    assert verify(parse(str(mixed)), [BOB.verifier]) == (BOB.verifier,)


def test_one_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    note = sign(Note(text="text\n"), ALICE, BOB)
    good, bad = note.signatures[0], note.signatures[1]
    bad = Signature(name=bad.name, key_id=bad.key_id, value=good.value)
    spoiled = Note(text="text\n", signatures=(good, bad))
    with pytest.raises(LogError, match=r"invalid signature of 'example.org/bob'"):
        verify(spoiled, [ALICE.verifier, BOB.verifier])
    # The same where the good one comes first under the same name.
    twice = Signature(name=good.name, key_id=good.key_id, value=b"\x00" * 64)
    with pytest.raises(LogError, match=r"invalid signature of 'example.org/alice'"):
        verify(Note(text="text\n", signatures=(good, twice)), [ALICE.verifier])


@pytest.mark.parametrize("length", [0, 63, 65])
def test_a_signature_of_another_length_is_wrong(length: int) -> None:
    key = ALICE.verifier
    signature = Signature(name=key.name, key_id=key.key_id, value=bytes(length))
    assert not key.verifies("text\n", signature)


def test_a_note_signed_by_strangers_names_them() -> None:
    note = sign(Note(text="text\n"), ALICE)
    with pytest.raises(
        LogError, match=r"signed by 'example.org/alice', .* known key: 'example.org/bob'"
    ):
        verify(note, [BOB.verifier])
    with pytest.raises(LogError, match=r"signed by nobody, .* known key: none"):
        verify(Note(text="text\n"), [])


def test_a_second_signature_takes_the_place_of_the_first() -> None:
    note = sign(Note(text="text\n"), ALICE, BOB)
    again = sign(note, ALICE)
    assert {s.name for s in again.signatures} == {ALICE.name, BOB.name}
    assert len(again.signatures) == 2
    assert set(verify(again, [ALICE.verifier, BOB.verifier])) == {
        ALICE.verifier,
        BOB.verifier,
    }


def test_the_text_may_hold_empty_lines() -> None:
    message = str(sign(Note(text="one\n\n\ntwo\n\n"), ALICE))
    assert parse(message).text == "one\n\n\ntwo\n\n"


def test_a_bare_text_is_a_note_only_where_that_is_allowed() -> None:
    assert parse("text\n", unsigned=True) == Note(text="text\n")
    assert str(Note(text="text\n")) == "text\n"
    with pytest.raises(LogError, match="not signed"):
        parse("text\n")


@pytest.mark.parametrize("text", ["", "text", "one\rtwo\n", "\ud800\n"])
def test_only_the_text_of_a_note_is_signed(text: str) -> None:
    with pytest.raises(LogError):
        sign(Note(text=text), ALICE)


@pytest.mark.parametrize("count", [16, MAX_SIGNATURES])
def test_many_signatures_are_read(count: int) -> None:
    message = str(sign(Note(text="text\n"), ALICE))
    line = message.rpartition("\n\n")[2]
    assert len(parse(message + line * (count - 1)).signatures) == count


LINE = SPEC_SIGNATURE
BAD_NOTES = [
    (b"text\n\n\xff\n", "not UTF-8 text"),
    ("text\ud800\n", "not UTF-8 text"),
    ("", "cut off"),
    (f"text\n\n{LINE[:-1]}", "cut off"),
    (f"text\r\n\r\n{LINE}", "line 1 of the note contains the control character U\\+000D"),
    (
        f"one\nt\two\n\n{LINE}",
        "line 2 of the note contains the control character U\\+0009",
    ),
    (f"text\x00\n\n{LINE}", "control character U\\+0000"),
    ("text\n", "not signed"),
    (f"text\n{LINE}", "not signed"),
    ("text\n\n", "no signature after its last empty line"),
    (f"text\n\n{LINE}\n", "no signature after its last empty line"),
    (f"text\n\n{LINE}more\n", "not a signature line .*: 'more'"),
    ("text\n\n- name AAAAAAA=\n", "not a signature line"),
    ("text\n\n—name AAAAAAA=\n", "not a signature line"),
    ("text\n\n— name\n", "not a signature line"),
    ("text\n\n— name \n", "not a signature line"),
    ("text\n\n—  AAAAAAA=\n", "not a signature line"),
    ("text\n\n— na+me AAAAAAA=\n", "not a signature line"),
    ("text\n\n— na\u00a0me AAAAAAA=\n", "not a signature line"),
    ("text\n\n— na\u2003me AAAAAAA=\n", "not a signature line"),
    ("text\n\n— name  AAAAAAA=\n", "signature of 'name' is not Base64"),
    ("text\n\n— name AAAAAAA= \n", "not Base64"),
    ("text\n\n— name AAAAAAA\n", "not Base64"),
    ("text\n\n— name AAAAAAB=\n", "not Base64"),
    ("text\n\n— name AAA_AAA=\n", "not Base64"),
    ("text\n\n— name ÄAAAAAA=\n", "not Base64"),
    ("text\n\n— name AAAAAA==\n", "has only 4 bytes"),
    (f"text\n\n{LINE * (MAX_SIGNATURES + 1)}", "101 signatures; the maximum is 100"),
]


@pytest.mark.parametrize(("message", "reason"), BAD_NOTES)
def test_a_malformed_note_is_refused_with_the_reason(message: bytes | str, reason: str) -> None:
    with pytest.raises(LogError, match=reason):
        parse(message)


def test_an_error_shows_hostile_text_inertly_and_in_short() -> None:
    with pytest.raises(LogError) as caught:
        parse("text\n\n" + "\u202e" * 5000 + "\n")
    assert "\u202e" not in str(caught.value)
    assert len(str(caught.value)) < 500


PUBLIC = GO_PUBLIC.rpartition("+")[2]
BAD_KEYS = [
    ("", r"NAME\+ID\+KEY"),
    ("name", r"NAME\+ID\+KEY"),
    (f"+c74f20a3+{PUBLIC}", r"NAME\+ID\+KEY"),
    (f"Peter Neumann+c74f20a3+{PUBLIC}", r"NAME\+ID\+KEY"),
    (f"PeterNeumann+C74F20A3+{PUBLIC}", r"NAME\+ID\+KEY"),
    (f"PeterNeumann+c74f20a+{PUBLIC}", r"NAME\+ID\+KEY"),
    (f"PeterNeumann+c74f20a4+{PUBLIC}", "has the id c74f20a3, not c74f20a4"),
    (f"PeterNeuman+c74f20a3+{PUBLIC}", "has the id"),
    ("PeterNeumann+c74f20a3+AR", "not Base64"),
    ("PeterNeumann+c74f20a3+", "not an Ed25519 key"),
    ("PeterNeumann+c74f20a3+Bhpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "not an Ed"),
    ("PeterNeumann+c74f20a3+ARpc", "has 2 bytes instead of 32"),
]


@pytest.mark.parametrize(("key", "reason"), BAD_KEYS)
def test_a_malformed_key_is_refused_with_the_reason(key: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        Verifier.parse(key)
    with pytest.raises(UsageError):
        Signer.parse(f"PRIVATE+KEY+{key}")


def test_no_error_shows_a_private_key() -> None:
    secret = GO_PRIVATE.rpartition("+")[2]
    for damaged in (secret, f"KEY+{secret}", f"{GO_PRIVATE}=", GO_PRIVATE[:-1]):
        with pytest.raises(UsageError) as caught:
            Signer.parse(damaged)
        assert secret[:12] not in str(caught.value)
        assert caught.value.__cause__ is None


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u3000b", "a\x01", "\ud800"])
def test_no_key_is_made_for_a_name_that_none_may_have(name: str) -> None:
    assert not is_key_name(name)
    with pytest.raises(UsageError, match="of a key: use a name"):
        Signer.generate(name)


pieces = st.sampled_from(["\n", "\n\n", "— ", "a", " ", LINE, "AAAAAAA=", "+", "\r"])
near_notes = st.lists(pieces | st.text(max_size=3), max_size=12).map("".join)


@given(near_notes | st.text() | st.binary() | near_notes.map(lambda s: f"{s}\n\n{LINE}"))
@example(SPEC_NOTE)
def test_anything_is_a_note_or_a_log_error(data: bytes | str) -> None:
    for unsigned in (True, False):
        with suppress(LogError):
            note = parse(data, unsigned=unsigned)
            # There is one spelling of a note, or a partner could be shown another.
            assert str(note) == decode_text(data)
            with suppress(LogError):
                verify(note, [Verifier.parse(SPEC_KEY), ALICE.verifier])


@given(near_notes | st.text())
def test_anything_is_a_key_or_a_usage_error(text: str) -> None:
    for kind in (Signer, Verifier):
        with suppress(UsageError):
            kind.parse(text)
        with suppress(UsageError):
            kind.parse(f"PRIVATE+KEY+{text}")


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=70))
def test_no_key_and_no_signature_makes_verifying_fail(key: bytes, value: bytes) -> None:
    verifier = Verifier(name="name", public=key)
    signature = Signature(name="name", key_id=verifier.key_id, value=value)
    assert not verifier.verifies("text\n", signature)


P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]


def added(one: Point, other: Point) -> Point:
    """Add two points of the curve of Ed25519."""
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P
    return x, y


def multiplied(point: Point, scalar: int) -> Point:
    """Multiply a point by a number."""
    result = (0, 1)
    for bit in f"{scalar:b}":
        result = added(result, result)
        if bit == "1":
            result = added(result, point)
    return result


def points() -> list[Point]:
    """Return points of the curve: those of the first hundred second coordinates."""
    root = pow(2, (P - 1) // 4, P)
    found = []
    for y in range(2, 100):
        square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
        x = pow(square, (P + 3) // 8, P)
        found += [(each, y) for each in (x, x * root % P) if each * each % P == square]
    return found


def encodings(point: Point) -> set[bytes]:
    """Return every 32 bytes that a lenient program decodes to a point or to its negative."""
    numbers = (point[1], point[1] + P)
    return {
        (number | sign << 255).to_bytes(32, "little")
        for number in numbers
        if number < 2**255
        for sign in (0, 1)
    }


def test_keys_of_small_order_are_refused_in_every_encoding() -> None:
    torsion = {multiplied(point, ORDER) for point in points()}
    assert len(torsion) == 8
    keys = set().union(*map(encodings, torsion))
    assert len(keys) == 14
    for public in keys:
        assert is_small_order(public)
        # With this signature, a program that does not look verifies one message in 8, or any.
        assert not verify_ed25519(public, public + bytes(32), b"anything")
        for kind in (b"\1", b"\4"):
            vkey = str(Verifier(name="weak", public=public, type=kind))
            with pytest.raises(UsageError, match="'weak' is weak"):
                Verifier.parse(vkey)


@given(signers)
def test_no_key_that_is_made_is_of_small_order(maker: Signer) -> None:
    assert not is_small_order(maker.verifier.public)


def test_without_the_check_anybody_signs_for_a_key_of_small_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    public = (1).to_bytes(32, "little")
    monkeypatch.setattr(signed_note, "is_small_order", lambda _public: False)
    assert verify_ed25519(public, public + bytes(32), b"anything")
