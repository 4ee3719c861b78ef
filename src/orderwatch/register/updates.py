"""Updates of the register from a channel: the newest release, verified, and its register."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from orderwatch import fs, https
from orderwatch.errors import DeliveryError, LogError, RegisterError, UsageError
from orderwatch.log.formats.policy import Policy
from orderwatch.log.formats.signed_note import Verifier
from orderwatch.register.channel import FILE, Channel
from orderwatch.register.installed import Installation, Installed
from orderwatch.register.releases import Release
from orderwatch.translation import _

SIZE_MAX = 200_000
"""Bytes of all files of one update."""


class Updates:
    """Updates from the channel at an address, as of a day: at most two requests."""

    def __init__(
        self,
        address: str,
        verifier: Verifier,
        installation: Installation,
        today: date,
        policy: Policy | None = None,
    ) -> None:
        """Read nothing yet; raise `UsageError` for an invalid address."""
        self.address = address
        self._verifier = verifier
        self._policy = policy or Policy()
        self._installation = installation
        self._today = today
        self._source = _parse_source(address)
        self._left = SIZE_MAX

    def newest(self) -> Installed:
        """Read and verify the list of releases; return the newest.

        What was seen is stored. Raises `RegisterError` for a channel that is invalid, lacks what
        was seen before or is out of date, and `DeliveryError` if it is not reached.
        """
        try:
            seen = self._installation.seen(self._verifier)
            channel = self._channel(seen)
            channel.require_current(self._today)
            channel.newest.require_schema()
        except (RegisterError, DeliveryError, LogError) as error:
            raise self._unchanged(error) from error
        return self.installed(channel.newest)

    def installed(self, release: Release) -> Installed:
        """Return a release with the name and the key of the channel."""
        return Installed(release=release, channel=self._verifier.name, key=str(self._verifier))

    def register(self, release: Release) -> bytes:
        """Read the register of a release and verify its SHA-256."""
        try:
            return release.unpack(self._get(release.file_name, {}).data or b"")
        except (RegisterError, DeliveryError) as error:
            raise self._unchanged(error) from error

    def install(self, item: Installed, data: bytes) -> None:
        """Install a release; raise `RegisterError` for an invalid register."""
        try:
            self._installation.install(item, data)
        except (RegisterError, DeliveryError) as error:
            raise self._unchanged(error) from error

    def _channel(self, seen: Channel | None) -> Channel:
        answer = self._get(FILE, self._installation.validators(self.address, seen))
        if answer.data is None:
            assert seen is not None  # noqa: S101 - for the type checker: validators are of what was seen
            return Channel.parse(seen.data, self._verifier, self._policy)
        # Not stored before the witnesses were verified: a list that a stolen key signed would
        # make every later one of the channel a fork.
        channel = Channel.parse(answer.data, self._verifier, self._policy)
        self._installation.remember(channel, self._verifier)
        if answer.validators:
            self._installation.store_validators(self.address, channel, answer.validators)
        return channel

    def _get(self, name: str, validators: Mapping[str, str]) -> https.Answer:
        if isinstance(self._source, Path):
            answer = https.Answer(data=_read(self._source / name, self._left))
        else:
            answer = https.get(f"{self._source}/{name}", self._left, validators)
        self._left -= len(answer.data or b"")
        return answer

    def _unchanged(self, error: Exception) -> RegisterError | DeliveryError:
        text = _("release channel {address}: {error}\nThe register in use was not changed.")
        kind = DeliveryError if isinstance(error, DeliveryError) else RegisterError
        return kind(text.format(address=self.address, error=error))


def _parse_source(address: str) -> Path | str:
    """Return the folder or the HTTPS URL of a channel; raise `UsageError` for another address."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        try:
            return fs.expand_home(Path(address))
        except OSError as error:
            raise UsageError(f"{address}: {error.strerror}") from error
    if scheme.lower() != "https":
        text = _(
            "{scheme}:// is not possible for a release channel: it takes an https URL, or a path"
        )
        raise UsageError(text.format(scheme=scheme))
    if "@" in rest.partition("/")[0] or "?" in rest or "#" in rest or rest[:1] in {"", "/"}:
        raise UsageError(
            _("the URL of a release channel has host and path alone: https://example.org/register")
        )
    if not address.isascii() or not address.isprintable() or " " in address:
        raise UsageError(_("the URL of a release channel has ASCII letters alone"))
    return address.rstrip("/")


def _read(path: Path, limit: int) -> bytes:
    try:
        data = fs.read(path, limit)
    except OSError as error:
        raise RegisterError(f"{path}: {error.strerror or error}") from error
    if len(data) > limit:
        text = _("{path}: too large: more than {limit:,} bytes")
        raise RegisterError(text.format(path=path, limit=limit))
    return data
