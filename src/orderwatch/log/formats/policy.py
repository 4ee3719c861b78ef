"""Policies: which logs and witnesses must have signed (https://c2sp.org/tlog-policy)."""

import re
from collections.abc import Collection, Iterator, Sequence

from orderwatch.errors import LogError, UsageError
from orderwatch.frozen import Frozen
from orderwatch.log.formats import checkpoint as checkpoints
from orderwatch.log.formats import cosignature
from orderwatch.log.formats import signed_note as notes
from orderwatch.log.formats.checkpoint import Checkpoint
from orderwatch.log.formats.cosignature import Cosignature
from orderwatch.log.formats.signed_note import Note, Verifier
from orderwatch.translation import _

NONE = "none"
"""Reserved name of an empty quorum: no cosignature is required."""
MAX_BYTES = 1_000_000
_LINES_MAX = 1_000
_NUMBER = re.compile("[1-9][0-9]{0,3}")
_INVALID = re.compile(rb"[^\t\n -~\x80-\xff]")


class PolicyKey(Frozen):
    """A log or a witness of a policy."""

    name: str
    """Witness name from the policy file, or the key name of a log."""
    verifier: Verifier
    url: str | None = None
    """Address of the log or of the witness."""


class Group(Frozen):
    """Witnesses and groups, of which a number must have cosigned."""

    name: str
    threshold: int
    members: tuple[str, ...]


class Approval(Frozen):
    """A checkpoint that meets a policy."""

    checkpoint: Checkpoint
    cosignatures: tuple[tuple[PolicyKey, Cosignature], ...]
    """Each witness of the policy that cosigned."""


class Policy(Frozen):
    """Logs that are accepted, and the quorum of witnesses."""

    logs: tuple[PolicyKey, ...] = ()
    witnesses: tuple[PolicyKey, ...] = ()
    groups: tuple[Group, ...] = ()
    """In an order in which each names earlier groups alone."""
    quorum: str = NONE
    """Quorum: the name of a witness or a group."""

    @classmethod
    def parse(cls, data: bytes) -> "Policy":
        """Parse a policy; raise `UsageError` with the number of the first invalid line."""
        parser = _Parser()
        for number, words in _split_lines(data):
            try:
                parser.add(words)
            except (LogError, UsageError) as error:
                raise UsageError(
                    _("line {number} of the policy: {error}").format(number=number, error=error)
                ) from error
        if parser.quorum is None:
            raise UsageError(_("the policy has no line 'quorum NAME'"))
        return cls(
            logs=tuple(parser.logs),
            witnesses=tuple(parser.witnesses),
            groups=tuple(parser.groups),
            quorum=parser.quorum,
        )

    @property
    def needs_witness(self) -> bool:
        """Return whether a checkpoint must be cosigned."""
        return self.quorum != NONE

    def is_met(self, names: Collection[str]) -> bool:
        """Return whether the witnesses with these names are a quorum."""
        met = {witness.name for witness in self.witnesses}.intersection(names)
        for group in self.groups:
            if len(met.intersection(group.members)) >= group.threshold:
                met.add(group.name)
        return not self.needs_witness or self.quorum in met

    def verify(
        self, note: Note, verifiers: Sequence[Verifier] = (), *, origin: str | None = None
    ) -> Approval:
        """Verify a checkpoint against the policy, or raise `LogError`.

        `verifiers` are keys of which one must have signed, too, `origin` is the expected log. A
        policy without a log accepts any log that its witnesses cosigned.
        """
        checkpoint = checkpoints.from_note(note, [log.verifier for log in self.logs])
        if verifiers:
            checkpoints.from_note(note, verifiers)
        if origin is not None and checkpoint.origin != origin:
            raise LogError(
                _("the checkpoint is of {origin!r}, not {expected!r}").format(
                    origin=checkpoint.origin, expected=origin
                )
            )
        by_key = {
            item.verifier: item
            for item in cosignature.verify(note, [key.verifier for key in self.witnesses])
        }
        cosignatures = tuple(
            (key, by_key[key.verifier]) for key in self.witnesses if key.verifier in by_key
        )
        cosigned = {witness.name for witness, _item in cosignatures}
        if not self.is_met(cosigned):
            missing = [item.name for item in self.witnesses if item.name not in cosigned]
            raise LogError(
                _(
                    "the policy is not met: its quorum is {quorum!r}, and the checkpoint is "
                    "not cosigned by {names}"
                ).format(quorum=self.quorum, names=", ".join(missing))
            )
        return Approval(checkpoint=checkpoint, cosignatures=cosignatures)


class _Parser:
    """Logs, witnesses and groups defined by the policy lines parsed so far."""

    def __init__(self) -> None:
        self.logs: list[PolicyKey] = []
        self.witnesses: list[PolicyKey] = []
        self.groups: list[Group] = []
        self.quorum: str | None = None
        self._names: set[str] = set()
        self._members: set[str] = set()
        """Names that are members of a group."""

    def add(self, words: list[str]) -> None:
        """Add the definition on a line."""
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                key = Verifier.parse(vkey)
                self._add_key(self.logs, key.name, key, url)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._define(name)
                self._add_key(self.witnesses, name, Verifier.parse(vkey), url)
            case ["group", name, threshold, *members] if members:
                self._add_group(name, threshold, members)
            case ["quorum", name]:
                if self.quorum is not None:
                    raise UsageError(_("a policy has one quorum"))
                if name != NONE:
                    self._require_defined(name)
                self.quorum = name
            case _:
                raise UsageError(
                    _(
                        "expected 'log VKEY [URL]', 'witness NAME VKEY [URL]', "
                        "'group NAME all|any|NUMBER NAME…' or 'quorum NAME'"
                    )
                )

    def _add_key(self, keys: list[PolicyKey], name: str, key: Verifier, url: list[str]) -> None:
        is_log = keys is self.logs
        if key.type != (notes.ED25519 if is_log else notes.COSIGNATURE):
            text = (
                _("the key of {name!r} is that of a witness, not of a log")
                if is_log
                else _("the key of {name!r} is that of a log, not of a witness")
            )
            raise UsageError(text.format(name=key.name))
        # A log that cosigned itself would add nothing.
        if any(key.public == other.verifier.public for other in (*self.logs, *self.witnesses)):
            raise UsageError(_("the key of {name!r} is in the policy twice").format(name=key.name))
        keys.append(PolicyKey(name=name, verifier=key, url=url[0] if url else None))

    def _add_group(self, name: str, word: str, members: list[str]) -> None:
        words = {"all": len(members), "any": 1}
        threshold = words.get(word) or (int(word) if _NUMBER.fullmatch(word) else 0)
        if not 1 <= threshold <= len(members):
            raise UsageError(
                _(
                    "the threshold of {name!r} is 'all', 'any' or a number from 1 to {n}, "
                    "not {word!r}"
                ).format(name=name, n=len(members), word=word)
            )
        for member in members:
            self._require_defined(member)
            if member in self._members:
                raise UsageError(_("{name!r} is a member of a group twice").format(name=member))
            self._members.add(member)
        self._define(name)
        self.groups.append(Group(name=name, threshold=threshold, members=tuple(members)))

    def _define(self, name: str) -> None:
        if name == NONE or name in self._names:
            raise UsageError(_("the name {name!r} is taken").format(name=name))
        self._names.add(name)

    def _require_defined(self, name: str) -> None:
        if name not in self._names:
            raise UsageError(
                _("no line before defines the witness or group {name!r}").format(name=name)
            )


def _split_lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the words of each line that has any, with its number."""
    if control := _INVALID.search(data):
        raise UsageError(
            _("line {number} of the policy contains the control character U+{code:04X}").format(
                number=1 + data.count(b"\n", 0, control.start()), code=control[0][0]
            )
        )
    if data and not data.endswith(b"\n"):
        raise UsageError(_("the policy does not end with a newline: it was cut off"))
    lines = data.decode(errors="surrogateescape").split("\n")
    if len(lines) > _LINES_MAX:
        raise UsageError(_("the policy has more than {limit} lines").format(limit=_LINES_MAX))
    for number, line in enumerate(lines, start=1):
        # `str.split` without characters would split at other spaces of Unicode.
        words = [word for word in re.split("[ \t]+", line) if word]
        if words and not words[0].startswith("#"):
            yield number, words
