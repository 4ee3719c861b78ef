"""Readers, tried on what is kept in the corpus and on some spoilt inputs.

`tests/stress/fuzz.py` tries as many as one likes; what it finds is kept and tried here.
"""

import socket
from random import Random
from typing import NoReturn

import pytest

from tests.support import fuzzing
from tests.support.readers import READERS, Reader

INPUTS = {"command": 500, "citation": 3_000, "register": 2_000, "event": 3_000}
"""Inputs for the slower readers; of the others there are more."""

PATIENT = 20.0
"""Seconds; a busy machine is no failure, and `tests/stress/fuzz.py` measures."""

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr'")  # of apprise
every = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing out, not even to this machine."""

    def refuse(*_: object) -> NoReturn:
        raise PermissionError("a fuzzed input tried to reach the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@every
def test_what_was_kept_crashes_no_more(reader: Reader) -> None:
    kept = fuzzing.corpus(reader)
    assert kept
    assert fuzzing.fuzz(reader, len(kept), slow=PATIENT).crashes == []


@every
def test_a_reader_takes_or_refuses_whatever_it_is_given(reader: Reader) -> None:
    inputs = INPUTS.get(reader.name, 6_000)
    found = fuzzing.fuzz(reader, inputs, seed=1, slow=PATIENT)
    assert found.crashes == []
    # It would prove little if all were refused for the same reason, or none read.
    assert found.taken
    assert found.outcomes > 1 or not reader.told


def test_the_same_seed_gives_the_same_inputs() -> None:
    def some(seed: int) -> list[bytes]:
        random, pool = Random(seed), [b"first", b"second"]  # noqa: S311 - to be repeated
        return [fuzzing.spoilt(random, pool, 2, (b"word",)) for _ in range(200)]

    assert some(1) == some(1) != some(2)


def broken(data: bytes) -> None:
    if b"9" in data:
        raise KeyError(data)
    if b"\0" in data:
        raise SystemExit


def test_a_crash_is_noticed_and_kept() -> None:
    day = fuzzing.named("day")
    kept: list[bytes] = []
    reader = Reader(name="day", read=broken, told=day.told)
    found = fuzzing.fuzz(reader, 500, keep=kept.append)
    assert {crash.split(":")[0] for crash in found.crashes} == {
        "!KeyError",
        "!SystemExit",
    }
    assert len(kept) == len(found.crashes)


def test_an_input_that_takes_too_long_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fuzzing, "_STUCK", 0.01)

    def endless(_: bytes) -> None:
        while True:
            pass

    reader = Reader(name="day", read=endless, told=(ValueError,))
    (crash,) = fuzzing.fuzz(reader, 1).crashes
    assert "_StuckError" in crash
