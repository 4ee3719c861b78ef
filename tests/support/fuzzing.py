"""Try a reader on many spoilt inputs, the same ones for the same seed.

An input whose outcome is new (another error, or none) joins those that are spoilt
further. What crashes, or takes longer than a second, is kept in the corpus.
"""

import re
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from time import perf_counter, process_time

from tests.support.paths import CORPUS
from tests.support.readers import READERS, Reader

SLOW = 1.0
"""Seconds of the processor; an input that takes longer is a failure."""
_STUCK = 60
"""Seconds after which an input is given up."""
_USUAL, _LARGE = 4_000, 200_000
_POOL = 3_000

_HOSTILE = (
    *(b"\0", b"\x1b[2J", b"\x1b]0;x\x07", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\r"),
    *("\u202e", "\u2028", "\u200b", "\ufeff", "\U0001f600", "\u0301" * 40, "\uffff"),
    *(b"=1+1", b"<script>", b"javascript:x", b"%s%n", b"${x}", b"{{x}}", b"../"),
    *(b"9" * 400, b"9" * 5000, b"-1", b"0", b"18446744073709551616", b"1e999", b"["),
)
HOSTILE = tuple(one.encode() if isinstance(one, str) else one for one in _HOSTILE)


@dataclass(slots=True, kw_only=True)
class Result:
    """What a run found."""

    reader: str
    inputs: int = 0
    taken: int = 0
    """Inputs that were no mistake."""
    outcomes: int = 0
    """Different ones."""
    crashes: list[str] = field(default_factory=list)
    slowest: float = 0.0
    """In seconds."""
    seconds: float = 0.0
    memory: int = 0
    """Of the process at its largest, in bytes."""


def corpus(reader: Reader) -> list[bytes]:
    """Read what is kept for a reader."""
    return [path.read_bytes() for path in sorted((CORPUS / reader.name).iterdir())]


def named(name: str) -> Reader:
    """Find a reader."""
    return next(reader for reader in READERS if reader.name == name)


def fuzz(
    reader: Reader,
    inputs: int,
    seed: int = 0,
    keep: Callable[[bytes], None] = lambda _data: None,
    *,
    slow: float = SLOW,
) -> Result:
    """Try the corpus, and then spoilt inputs until there are so many."""
    random = Random(f"{reader.name} {seed}")  # noqa: S311 - to be repeated
    pool = corpus(reader)
    first = len(pool)
    seen: set[str] = set()
    found = Result(reader=reader.name)
    began = perf_counter()
    with _watch():
        for number in range(inputs):
            fresh = number >= len(pool)
            data = spoilt(random, pool, first, reader.words) if fresh else pool[number]
            start = process_time()
            outcome = _outcome(reader, data)
            took = process_time() - start
            found.slowest = max(found.slowest, took)
            found.taken += outcome.strip() == ""
            if outcome.startswith("!") or took > slow:
                found.crashes.append(f"{outcome or 'slow'} ({took:.2f} s) {data[:60]!r}")
                keep(data)
            if outcome not in seen:
                seen.add(outcome)
                if fresh and len(pool) < _POOL and len(data) < _USUAL:
                    pool.append(data)
    found.inputs, found.outcomes = inputs, len(seen)
    found.seconds = perf_counter() - began
    found.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return found


def kept(reader: Reader) -> Callable[[bytes], None]:
    """Give what keeps an input in the corpus, for good."""

    def keep(data: bytes) -> None:
        name = f"crash-{sha256(data).hexdigest()[:12]}"
        (CORPUS / reader.name / name).write_bytes(data)

    return keep


def _outcome(reader: Reader, data: bytes) -> str:
    """Say how it went: nothing, a told error, or with `!` a crash."""
    signal.setitimer(signal.ITIMER_REAL, _STUCK)
    try:
        answer = reader.read(data)
    except reader.told as error:
        return f"{type(error).__name__} {_bare(str(error))}"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"!{type(error).__name__}: {str(error)[:200]}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return _bare(answer) if isinstance(answer, str) else ""


def _bare(text: str) -> str:
    """Leave out what an error quotes: that makes it no outcome of its own."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d+|\S*/\S*", "", text[:300])[:120]


class _StuckError(Exception):
    """An input that takes too long."""


@contextmanager
def _watch() -> Iterator[None]:
    """Let an alarm end an input that takes far too long."""

    def stop(_number: int, _frame: object) -> None:
        raise _StuckError

    before = signal.signal(signal.SIGALRM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)


def spoilt(random: Random, pool: list[bytes], first: int, words: tuple[bytes, ...]) -> bytes:
    """Change an input of the pool in a few places, half the time one of the first."""
    # What came later is mostly wrong from its first line.
    data = random.choice(pool if random.random() < 0.5 else pool[:first])
    for _ in range(random.choice((1, 1, 1, 1, 1, 2, 3, 6))):
        data = random.choice(_WAYS)(random, data, pool, words)
    most = _LARGE if random.random() < 0.0005 else _USUAL
    return data[:most]


def _flip(random: Random, data: bytes, _pool: object, _words: object) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.randbytes(1) + data[at + 1 :]


def _word(random: Random, data: bytes, _pool: object, words: tuple[bytes, ...]) -> bytes:
    at = random.randrange(len(data) + 1)
    skip = random.choice((0, 0, 1, 5, 20))
    return data[:at] + random.choice(words or HOSTILE) + data[at + skip :]


def _hostile(random: Random, data: bytes, _pool: object, _words: object) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(HOSTILE) + data[at:]


def _cut(random: Random, data: bytes, _pool: object, _words: object) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + data[at + random.choice((1, 2, 8, 40, 400)) :]


def _end(random: Random, data: bytes, _pool: object, _words: object) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _repeat(random: Random, data: bytes, _pool: object, _words: object) -> bytes:
    at = random.randrange(len(data) + 1)
    part = data[at : at + random.choice((1, 3, 10, 60))]
    times = random.choice((1, 2, 30, 1_000, 100_000))
    return data[:at] + part * min(times, _LARGE // (len(part) + 1)) + data[at:]


def _swap(random: Random, data: bytes, _pool: object, _words: object) -> bytes:
    lines = data.split(b"\n")
    one, two = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def _join(random: Random, data: bytes, pool: list[bytes], _words: object) -> bytes:
    other = random.choice(pool)
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


def _number(random: Random, data: bytes, _pool: object, _words: object) -> bytes:
    found = list(re.finditer(rb"\d+", data[:_USUAL]))
    if not found:
        return data
    one = random.choice(found)
    new = random.choice((b"0", b"1", b"-1", b"12", b"31", b"9999", b"1" * 20, b"00"))
    return data[: one.start()] + new + data[one.end() :]


_WAYS = (_flip, _word, _word, _hostile, _cut, _end, _repeat, _swap, _join, _number)
