"""Release channels of tests: good ones, and every kind that a client has to refuse."""

import gzip
import re
import shutil
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from orderwatch.errors import RegisterError
from orderwatch.frozen import replace
from orderwatch.log.formats import cosignature, signed_note, tree
from orderwatch.log.formats.checkpoint import Checkpoint
from orderwatch.log.formats.policy import Policy
from orderwatch.log.formats.signed_note import COSIGNATURE, Note, Signer
from orderwatch.register import SIZE_MAX
from orderwatch.register.channel import FILE, sign
from orderwatch.register.installed import Installation
from orderwatch.register.releases import SCHEMA, Release
from orderwatch.register.updates import Updates
from tests.support.day import TODAY
from tools.channel import attach

SIGNER = Signer(name="example.org/register", seed=b"r" * 32)
KEY = str(SIGNER.verifier)
COUNT = 5
"""Releases of a good channel."""
WITNESSES = [
    Signer(name=f"witness.example/{letter}", seed=letter.encode() * 32, type=COSIGNATURE)
    for letter in "ABC"
]
POLICY_TEXT = "".join(
    [f"witness {signer.name[-1]} {signer.verifier}\n" for signer in WITNESSES]
    + ["group two 2 A B C\n", "quorum two\n"]
)
POLICY = Policy.parse(POLICY_TEXT.encode())
"""Two of three witnesses."""
_STEP = timedelta(days=20)
_PERIOD = timedelta(days=90)

TEXT = """\
schema = {schema}
reviewed = {reviewed}
seen_to = {seen_to}

[court]
id = "example"
name = "Example Court"

[[case]]
number = 1
short = "Example v. Sample"
title = "Example v. Sample (interim measures)"
applicants = ["Example"]
respondents = ["Sample"]
  [[case.order]]
  date = 2026-01-05
  alias = "first"
  outcome = "indicated"
  sources = [{{ url = "https://example.org/order", grade = "court" }}]
    [[case.order.obligation]]
    point = "(1)"
    kind = "report"
    addressees = ["Sample"]
    summary = "Report on the measures taken, version {number}."
    deadline = {{ within = {{ months = 2 }} }}
"""


def register(number: int, schema: int = SCHEMA) -> bytes:
    """Return the register of a release."""
    day = reviewed(number)
    text = TEXT.format(schema=schema, reviewed=day, seen_to=day - timedelta(days=5), number=number)
    return text.encode()


def reviewed(number: int) -> date:
    """Return the day on which the register of a release was reviewed."""
    return TODAY - (COUNT + 1 - number) * _STEP


def release(number: int, data: bytes | None = None, **changes: Any) -> Release:  # noqa: ANN401 - fields of any type
    """Return a release of the register of its number, or of other data."""
    day = reviewed(number)
    values: dict[str, Any] = {
        "number": number,
        "reviewed": day,
        "seen_to": day - timedelta(days=5),
        "sha256": sha256(register(number) if data is None else data).hexdigest(),
        "schema": SCHEMA,
        "next_review": day + _PERIOD,
    }
    return Release(**{**values, **changes})


def releases(count: int = COUNT) -> list[Release]:
    """Return the first releases of a good channel."""
    return [release(number) for number in range(1, count + 1)]


def write(folder: Path, listed: Sequence[Release], signer: Signer = SIGNER) -> Path:
    """Write a channel of releases, each with its register."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes(sign(listed, signer))
    for item in listed:
        (folder / item.file_name).write_bytes(gzip.compress(register(item.number), mtime=0))
    return folder


WHEN = datetime.combine(TODAY, time(), UTC)


def cosign(folder: Path, *witnesses: Signer, at: datetime = WHEN) -> None:
    """Attach cosignatures to the checkpoint of a channel, as its operator does."""
    note = signed_note.parse((folder / FILE).read_bytes().partition(b"\n\n")[2])
    lines = "".join(f"{cosignature.cosign(note, witness, at)}\n" for witness in witnesses)
    if lines:
        attach(folder, lines.encode(), POLICY)


def home(folder: Path, seen: int, installed: int) -> Installation:
    """Make a home that has seen some releases of the good channel and installed one of them."""
    shipped = folder / "shipped.toml"
    folder.mkdir(parents=True, exist_ok=True)
    shipped.write_bytes(register(0))
    installation = Installation(folder / "register", shipped)
    channel = write(folder / "good", releases(installed))
    updates = Updates(str(channel), SIGNER.verifier, installation, reviewed(installed))
    item = updates.newest()
    updates.install(item, updates.register(item.release))
    write(channel, releases(seen))
    Updates(str(channel), SIGNER.verifier, installation, reviewed(seen)).newest()
    return installation


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A channel that a client must refuse."""

    name: str
    folder: Path
    today: date
    reason: str
    """Pattern of the words that name it."""
    policy: Policy | None = None

    @property
    def is_list_valid(self) -> bool:
        """Return whether its list continues what was seen; only the rest is to be refused."""
        words = "freeze: |unknown schema|in the future|wrong dates|invalid register"
        return bool(re.search(f"{words}|{_FILE}|No such file", self.reason))


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an attack can choose: a folder with the good channel, chance, what was seen."""

    folder: Path
    chance: Random
    seen: int

    def list(self) -> bytes:
        """Read the list of the channel."""
        return (self.folder / FILE).read_bytes()

    def write(self, data: bytes) -> None:
        """Write the list of the channel."""
        (self.folder / FILE).write_bytes(data)

    def newest(self) -> Path:
        """Return the path of the file of the newest release."""
        return self.folder / releases()[-1].file_name


Maker = Callable[[Attempt], date | None]
"""Changes the good channel in a folder; returns the day of the attempt if it is another."""
_MAKERS: dict[str, tuple[Maker, str, Policy | None]] = {}


def _attack(reason: str, policy: Policy | None = None) -> Callable[[Maker], Maker]:
    def add(maker: Maker) -> Maker:
        name = maker.__name__.strip("_").replace("_", " ")
        _MAKERS[name] = (maker, reason, policy)
        return maker

    return add


def names() -> list[str]:
    """Return the names of all kinds of attacks."""
    return list(_MAKERS)


def attack(name: str, folder: Path, chance: Random, seen: int) -> Attack:
    """Make a channel of a kind that a client must refuse."""
    maker, reason, policy = _MAKERS[name]
    shutil.rmtree(folder, ignore_errors=True)
    write(folder, releases())
    day = maker(Attempt(folder, chance, seen))
    return Attack(name=name, folder=folder, today=day or TODAY, reason=reason, policy=policy)


def attempt(attack: Attack, installation: Installation) -> str | None:
    """Update from a channel; return why it was refused, or `None` if it was accepted."""
    updates = Updates(
        str(attack.folder), SIGNER.verifier, installation, attack.today, attack.policy
    )
    try:
        item = updates.newest()
        if installation.in_use().is_older_than(item):
            updates.install(item, updates.register(item.release))
    except RegisterError as error:
        return str(error)
    return None


def mangle(data: bytes, chance: Random) -> bytes:
    """Change some bytes: flip, cut, repeat, swap or insert."""
    while True:
        at, end = sorted(chance.choices(range(len(data)), k=2))
        changed = chance.choice(
            (
                data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :],
                data[:at],
                data[:at] + data[end:],
                data[:at] + chance.randbytes(1 + chance.randrange(9)) + data[at:],
                data[:at] + data[at:end][::-1] + data[end:],
                data[end:] + data[:end],
            )
        )
        if changed != data:
            return changed


_LIST = (
    "not signed|wrong checkpoint|not the line of a release|not a list of releases|wrong order|"
    "rollback|fork"
)
_FILE = "damaged file|wrong file|too large"


@_attack(_LIST)
def _mangled_list(place: Attempt) -> None:
    place.write(mangle(place.list(), place.chance))


@_attack(_LIST)
def _other_line_ends(place: Attempt) -> None:
    end, mark = place.chance.choice(((b"\r\n", b""), (b"\r", b""), (b"\n", b"\xef\xbb\xbf")))
    place.write(mark + place.list().replace(b"\n", end))


@_attack(_LIST)
def _another_file(place: Attempt) -> None:
    page = b"<!DOCTYPE html>\n<title>Log in</title>\n\n<p>Welcome</p>\n"
    place.write(place.chance.choice((b"", b"\n\n", page, place.newest().read_bytes())))


@_attack("wrong checkpoint")
def _changed_line(place: Attempt) -> None:
    lines = place.list().split(b"\n")
    at = place.chance.randrange(COUNT)
    lines[at] = str(release(at + 1, place.chance.randbytes(9))).encode()
    place.write(b"\n".join(lines))


@_attack("wrong checkpoint")
def _removed_line(place: Attempt) -> None:
    lines = place.list().split(b"\n")
    del lines[place.chance.randrange(COUNT)]
    place.write(b"\n".join(lines))


@_attack("wrong checkpoint")
def _wrong_root(place: Attempt) -> None:
    size = COUNT + place.chance.randrange(2)
    root = place.chance.randbytes(tree.HASH_SIZE)
    place.write(_signed(place, Checkpoint(origin=SIGNER.name, size=size, root=root)))


@_attack("wrong checkpoint")
def _wrong_size(place: Attempt) -> None:
    checkpoint = Checkpoint.parse(signed_note.parse(place.list().partition(b"\n\n")[2]).text)
    size = place.chance.choice((0, 1, COUNT - 1, COUNT + 1, 2**40)) or COUNT + 2
    place.write(_signed(place, replace(checkpoint, size=size)))


@_attack("not signed: the checkpoint is of")
def _wrong_name(place: Attempt) -> None:
    note = signed_note.parse(place.list().partition(b"\n\n")[2])
    checkpoint = Checkpoint.parse(note.text)
    changed = Checkpoint(origin="example.org/log", size=checkpoint.size, root=checkpoint.root)
    place.write(_signed(place, changed))


@_attack("wrong checkpoint")
def _older_checkpoint(place: Attempt) -> None:
    older = sign(releases(place.chance.randrange(1, COUNT)), SIGNER)
    lines = place.list().partition(b"\n\n")[0]
    place.write(lines + b"\n\n" + older.partition(b"\n\n")[2])


@_attack("not signed")
def _signed_with_another_key(place: Attempt) -> None:
    write(place.folder, releases(), Signer(name=SIGNER.name, seed=place.chance.randbytes(32)))


@_attack("not signed")
def _signed_with_another_name(place: Attempt) -> None:
    write(place.folder, releases(), Signer(name="example.org/mirror", seed=SIGNER.seed))


@_attack("not signed")
def _signature_of_another_key_with_this_id(place: Attempt) -> None:
    thief = Signer(name=SIGNER.name, seed=place.chance.randbytes(32))
    note = signed_note.parse(sign(releases(), thief).partition(b"\n\n")[2])
    value = note.signatures[0].value
    forged = signed_note.Signature(name=SIGNER.name, key_id=SIGNER.verifier.key_id, value=value)
    lines = place.list().partition(b"\n\n")[0]
    place.write(lines + b"\n\n" + str(Note(text=note.text, signatures=(forged,))).encode())


@_attack("not signed")
def _unsigned(place: Attempt) -> None:
    lines, _, note = place.list().partition(b"\n\n")
    place.write(lines + b"\n\n" + note.partition(b"\n\n")[0] + b"\n")


@_attack("rollback: ")
def _rolled_back(place: Attempt) -> None:
    write(place.folder, releases(place.chance.randrange(1, place.seen)))


@_attack("freeze: ")
def _frozen(place: Attempt) -> date:
    return releases()[-1].next_review + timedelta(days=place.chance.randrange(1, 1000))


@_attack("freeze: ")
def _frozen_at_what_was_seen(place: Attempt) -> date:
    write(place.folder, releases(place.seen))
    return releases(place.seen)[-1].next_review + timedelta(days=place.chance.randrange(1, 1000))


@_attack("fork: ")
def _forked(place: Attempt) -> None:
    at = place.chance.randrange(1, place.seen + 1)
    other = release(at, place.chance.randbytes(9))
    count = place.chance.randrange(at, COUNT + 1)
    write(place.folder, [other if x.number == at else x for x in releases(count)])


@_attack("wrong order")
def _repeated_release(place: Attempt) -> None:
    at = place.chance.randrange(COUNT)
    lines = [str(item) for item in releases()]
    place.write(_signed_lines([*lines[: at + 1], *lines[at:]]))


@_attack("wrong order")
def _older_review(place: Attempt) -> None:
    old = release(COUNT, register(2), reviewed=reviewed(2))
    place.write(_signed_lines([*map(str, releases(COUNT - 1)), str(old)]))


@_attack("in the future")
def _release_of_the_future(place: Attempt) -> date:
    return reviewed(COUNT) - timedelta(days=place.chance.randrange(2, 1000))


@_attack("unknown schema")
def _unknown_schema(place: Attempt) -> None:
    schema = SCHEMA + place.chance.randrange(1, 9)
    write(place.folder, [*releases(COUNT - 1), release(COUNT, schema=schema)])


@_attack(_FILE)
def _mangled_file(place: Attempt) -> None:
    data = place.newest().read_bytes()
    changed = mangle(data, place.chance)
    # A time or a padding bit of gzip changes nothing.
    while _decompressed(changed) == register(COUNT):
        changed = mangle(data, place.chance)
    place.newest().write_bytes(changed)


@_attack("wrong file")
def _file_of_another_release(place: Attempt) -> None:
    other = register(place.chance.randrange(1, COUNT))
    place.newest().write_bytes(gzip.compress(other))


@_attack("damaged file")
def _file_with_more_after_it(place: Attempt) -> None:
    data = place.newest().read_bytes()
    place.newest().write_bytes(data + place.chance.choice((b"\0", b"more", data)))


@_attack("No such file")
def _missing_file(place: Attempt) -> None:
    place.chance.choice((place.newest(), place.folder / FILE)).unlink()


@_attack("too large")
def _large_file(place: Attempt) -> None:
    large = place.chance.randbytes(200_001)
    place.chance.choice((place.newest(), place.folder / FILE)).write_bytes(large)


@_attack("too large")
def _bomb(place: Attempt) -> None:
    data = b"#" * place.chance.randrange(SIZE_MAX + 1, 2 * SIZE_MAX)
    _replace(place, data)


@_attack("invalid register")
def _invalid_register(place: Attempt) -> None:
    data = register(COUNT)
    cut = place.chance.randrange(len(b"schema = 1\nreviewed = 2026-11-23\n"), len(data) - 40)
    _replace(place, place.chance.choice((data[:cut] + b"\n[", b"", b"\0", data + b"x = 1\n")))


@_attack("wrong dates")
def _other_dates(place: Attempt) -> None:
    _replace(place, register(place.chance.randrange(1, COUNT)))


_LACKS = "not signed: the policy is not met: its quorum is 'two', and .* not cosigned by "


@_attack(f"{_LACKS}(A, B, C|A, B|A, C|B, C)", POLICY)
def _too_few_cosignatures(place: Attempt) -> None:
    cosign(place.folder, *place.chance.sample(WITNESSES, place.chance.randrange(2)))


@_attack(f"{_LACKS}B, C", POLICY)
def _one_witness_twice(place: Attempt) -> None:
    for seconds in (1, 2):
        cosign(place.folder, WITNESSES[0], at=WHEN + timedelta(seconds=seconds))


@_attack(f"{_LACKS}B, C", POLICY)
def _cosigned_with_other_keys(place: Attempt) -> None:
    cosign(place.folder, WITNESSES[0])
    cosign(place.folder, *(replace(one, seed=place.chance.randbytes(32)) for one in WITNESSES[1:]))


@_attack("not signed: invalid signature", POLICY)
def _cosignatures_of_an_older_checkpoint(place: Attempt) -> None:
    lines, _, note = place.list().partition(b"\n\n")
    place.write(sign(releases(place.chance.randrange(1, COUNT)), SIGNER))
    cosign(place.folder, *WITNESSES)
    older = signed_note.parse(place.list().partition(b"\n\n")[2])
    place.write(lines + b"\n\n" + note + b"".join(f"{x}\n".encode() for x in older.signatures[1:]))


@_attack("not signed", POLICY)
def _mangled_cosignature(place: Attempt) -> None:
    data = place.list()
    cosign(place.folder, *WITNESSES[:2])
    lines = mangled = place.list()[len(data) :]
    while sorted(mangled.split(b"\n")) == sorted(lines.split(b"\n")):
        mangled = mangle(lines, place.chance)
    place.write(data + mangled)


def _replace(place: Attempt, data: bytes) -> None:
    """Sign a release of other data, and write its file."""
    item = release(COUNT, data)
    write(place.folder, [*releases(COUNT - 1), item])
    place.newest().write_bytes(gzip.compress(data))


def _signed(place: Attempt, checkpoint: Checkpoint) -> bytes:
    note = signed_note.sign(Note(text=checkpoint.to_text()), SIGNER)
    return place.list().partition(b"\n\n")[0] + f"\n\n{note}".encode()


def _signed_lines(lines: Sequence[str]) -> bytes:
    frontier = tree.Frontier()
    for line in lines:
        frontier.grow(tree.leaf_hash(line.encode()))
    checkpoint = Checkpoint(origin=SIGNER.name, size=len(lines), root=frontier.root())
    note = signed_note.sign(Note(text=checkpoint.to_text()), SIGNER)
    return "\n".join([*lines, "", str(note)]).encode()


def _decompressed(data: bytes) -> bytes | None:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return None


def plan(count: int, seed: int) -> Iterator[tuple[str, Random, int]]:
    """Yield attacks: kind, chance, and how many releases were seen before."""
    for number in range(count):
        chance = Random(f"{seed}/{number}")  # noqa: S311 - the same attacks each time
        yield names()[number % len(_MAKERS)], chance, chance.randrange(2, COUNT)
