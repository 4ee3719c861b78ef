"""Updates of the register from a channel: the newest release, verified, and its register."""

from datetime import date

from orderwatch.errors import DeliveryError, LogError, RegisterError
from orderwatch.log.formats.signed_note import Verifier
from orderwatch.register.channel import FILE, Channel
from orderwatch.register.installed import Installation, Installed
from orderwatch.register.releases import Release
from orderwatch.register.transport import SIZE_MAX, open_source
from orderwatch.translation import _


class Updates:
    """Updates from the channel at an address, as of a day: at most two requests."""

    def __init__(
        self, address: str, verifier: Verifier, installation: Installation, today: date
    ) -> None:
        """Read nothing yet; raise `UsageError` for an invalid address."""
        self.address = address
        self._verifier = verifier
        self._installation = installation
        self._today = today
        self._source = open_source(address)
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
            return release.unpack(self._get(release.file_name))
        except (RegisterError, DeliveryError) as error:
            raise self._unchanged(error) from error

    def install(self, item: Installed, data: bytes) -> None:
        """Install a release; raise `RegisterError` for an invalid register."""
        try:
            self._installation.install(item, data)
        except (RegisterError, DeliveryError) as error:
            raise self._unchanged(error) from error

    def _channel(self, seen: Channel | None) -> Channel:
        headers = self._installation.validators(self.address, seen)
        answer = self._source.get(FILE, self._left, headers)
        if answer.data is None:
            assert seen is not None  # noqa: S101 - for the type checker: validators are of what was seen
            return seen
        self._left -= len(answer.data)
        channel = Channel.parse(answer.data, self._verifier)
        self._installation.remember(channel, self._verifier)
        if answer.validators:
            self._installation.store_validators(self.address, channel, answer.validators)
        return channel

    def _get(self, name: str) -> bytes:
        data = self._source.get(name, self._left, {}).data
        assert data is not None  # noqa: S101 - for the type checker: there were no validators
        self._left -= len(data)
        return data

    def _unchanged(self, error: Exception) -> RegisterError | DeliveryError:
        text = _("release channel {address}: {error}\nThe register in use was not changed.")
        kind = DeliveryError if isinstance(error, DeliveryError) else RegisterError
        return kind(text.format(address=self.address, error=error))
