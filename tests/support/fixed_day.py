"""The program as the documentation runs it: on one day, and with numbers by chance."""

import secrets
import sys
from datetime import UTC, date, datetime
from hashlib import sha512
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from orderwatch import cli, clock
from tests.support.day import DAY, TODAY


def noon() -> datetime:
    """Return noon of the usual day, or of the day in the home's `.day`."""
    file = Path.home() / DAY
    day = date.fromisoformat(file.read_text().strip()) if file.exists() else TODAY
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


class Chance:
    """What looks like chance, and is the same whenever the documentation is run."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept

    def token_bytes(self, size: int) -> bytes:
        """Give bytes that no run in this home was given before."""
        drawn = int(self._kept.read_text()) if self._kept.exists() else 0
        self._kept.write_text(str(drawn + 1))
        return sha512(b"%d" % drawn).digest()[:size]

    def token_hex(self, size: int) -> str:
        """Give the same as letters."""
        return self.token_bytes(size).hex()

    def randbits(self, size: int) -> int:
        """Give the same as a number."""
        return int.from_bytes(self.token_bytes(64)) >> 512 - size


def run() -> None:
    """Run the command of `sys.argv`."""
    chance = Chance(Path.home() / ".chance")
    with (
        patch.object(clock, "now", noon),
        patch.multiple(
            secrets,
            token_bytes=chance.token_bytes,
            token_hex=chance.token_hex,
            randbits=chance.randbits,
        ),
    ):
        if "keygen" in sys.argv:
            _make_keys_by(chance)
        cli.main()


def _make_keys_by(chance: Chance) -> None:
    from cryptography.hazmat.primitives.asymmetric import ed25519

    read = ed25519.Ed25519PrivateKey.from_private_bytes
    made = read(chance.token_bytes(32))
    maker = SimpleNamespace(generate=lambda: made, from_private_bytes=read)
    patch.object(ed25519, "Ed25519PrivateKey", maker).start()


if __name__ == "__main__":
    run()
