"""Channel of releases: a list of all releases, and the signed checkpoint of their tree.

A channel is a folder, on a web server or a disk. Its file `releases` has a line for each
release, an empty line, and a C2SP checkpoint, signed with the key that names the channel. Beside
it each release has its register, `orders-N.toml.gz`.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from orderwatch.errors import LogError, RegisterError
from orderwatch.frozen import Frozen
from orderwatch.log.formats import checkpoint as checkpoints
from orderwatch.log.formats import signed_note, tree
from orderwatch.log.formats.checkpoint import Checkpoint
from orderwatch.log.formats.policy import Policy
from orderwatch.log.formats.signed_note import Signer, Verifier
from orderwatch.register.releases import Release
from orderwatch.translation import _, mark

FILE = "releases"
"""Name of the list in a channel."""
_ANY = Policy()
"""Policy that needs no witness."""


class Channel(Frozen):
    """The releases of a channel, whose signature and root were verified."""

    name: str
    """Origin of the checkpoint."""
    releases: tuple[Release, ...]
    root: bytes
    data: bytes
    """The file `releases`."""

    @classmethod
    def parse(cls, data: bytes, verifier: Verifier, policy: Policy = _ANY) -> "Channel":
        """Parse the file `releases` and verify it; raise `RegisterError` if it is invalid.

        A policy names the witnesses that must have cosigned it.
        """
        lines, separator, note = data.partition(b"\n\n")
        if not separator:
            raise RegisterError(_(_NO_CHECKPOINT))
        try:
            text = signed_note.decode_text(lines)
            parsed = signed_note.parse(note)
            checkpoint = policy.verify(parsed, [verifier], origin=verifier.name).checkpoint
        except LogError as error:
            raise RegisterError(_("not signed: {reason}").format(reason=error)) from error
        releases = tuple(map(Release.parse, text.split("\n")))
        if checkpoint.size != len(releases):
            text = _("wrong checkpoint: it is of {size} releases, and {n} are listed")
            raise RegisterError(text.format(size=checkpoint.size, n=len(releases)))
        if checkpoint.root != _root(releases):
            raise RegisterError(
                _("wrong checkpoint: its root is not that of the releases that are listed")
            )
        _require_order(releases)
        return cls(name=checkpoint.origin, releases=releases, root=checkpoint.root, data=data)

    @property
    def newest(self) -> Release:
        """Return the newest release."""
        return self.releases[-1]

    def require_continues(self, known: "Channel") -> None:
        """Raise `RegisterError` unless the channel has every release that was known before."""
        for old, new in zip(known.releases, self.releases, strict=False):
            if old != new:
                text = _(
                    "fork: release {n} is not the release {n} that was seen before (reviewed on"
                    " {new}, and on {old} before). The channel shows different histories"
                )
                raise RegisterError(text.format(n=old.number, new=new.reviewed, old=old.reviewed))
        if len(self.releases) < len(known.releases):
            text = _("rollback: the newest release is {new}, and release {old} was seen before")
            raise RegisterError(text.format(new=self.newest.number, old=known.newest.number))

    def require_current(self, today: date) -> None:
        """Raise `RegisterError` if a newer release is due, or if the newest is of the future."""
        if today > self.newest.next_review:
            text = _(
                "freeze: the newest release is {n}, and the next was due by {day}. The channel is"
                " out of date or somebody holds back a release"
            )
            raise RegisterError(text.format(n=self.newest.number, day=self.newest.next_review))
        # A day of difference is that of time zones.
        if self.newest.reviewed > today + timedelta(days=1):
            text = _("release {n} was reviewed on {day}, in the future: check the clock")
            raise RegisterError(text.format(n=self.newest.number, day=self.newest.reviewed))


_NO_CHECKPOINT = mark("not a list of releases: it has no checkpoint after an empty line")


def sign(releases: Sequence[Release], signer: Signer) -> bytes:
    """Return the file `releases` of a channel, with a signed checkpoint."""
    _require_order(releases)
    checkpoint = Checkpoint(origin=signer.name, size=len(releases), root=_root(releases))
    lines = "".join(f"{release}\n" for release in releases)
    return f"{lines}\n{checkpoints.sign_checkpoint(checkpoint, signer)}".encode()


def _root(releases: Sequence[Release]) -> bytes:
    frontier = tree.Frontier()
    for release in releases:
        frontier.grow(tree.leaf_hash(str(release).encode()))
    return frontier.root()


def _require_order(releases: Sequence[Release]) -> None:
    """Raise `RegisterError` unless numbers count from 1 and no review is before the last."""
    for number, release in enumerate(releases, 1):
        if release.number != number:
            text = _("wrong order: release {n} is listed where release {number} belongs")
            raise RegisterError(text.format(n=release.number, number=number))
    for old, new in pairwise(releases):
        if new.reviewed < old.reviewed:
            text = _("wrong order: release {n} was reviewed before release {old}")
            raise RegisterError(text.format(n=new.number, old=old.number))
