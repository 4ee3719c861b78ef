"""Releases of the register: each is one line, a leaf of the Merkle log of releases."""

import re
import zlib
from datetime import date
from hashlib import sha256

from orderwatch.errors import RegisterError
from orderwatch.frozen import Frozen
from orderwatch.register import SIZE_MAX
from orderwatch.translation import _

SCHEMA = 1
"""The highest schema of a register that this program knows."""

_DAY = r"\d{4}-\d{2}-\d{2}"
_LINE = re.compile(
    rf"release=([1-9]\d{{0,8}}) reviewed=({_DAY}) seen_to=({_DAY}|none) sha256=([0-9a-f]{{64}})"
    rf" schema=([1-9]\d{{0,3}}) next_review=({_DAY})((?: [a-z_]+=[!-~]+)*)",
    re.ASCII,
)


class Release(Frozen):
    """A release of the register, as its line says it."""

    number: int
    """Counts from 1."""
    reviewed: date
    seen_to: date | None
    sha256: str
    """Of the register as it is before it is compressed."""
    schema: int
    """Schema of a register that a program must know."""
    next_review: date
    """The last day on which this can be the newest release."""
    further: str = ""
    """Fields that a later version of the program added; each begins with a space."""

    @classmethod
    def parse(cls, line: str) -> "Release":
        """Parse a line; raise `RegisterError` if it is not that of a release."""
        match = _LINE.fullmatch(line)
        error = RegisterError(_("not the line of a release: {line!r}").format(line=line[:80]))
        if match is None:
            raise error
        try:
            release = cls(
                number=int(match[1]),
                reviewed=date.fromisoformat(match[2]),
                seen_to=None if match[3] == "none" else date.fromisoformat(match[3]),
                sha256=match[4],
                schema=int(match[5]),
                next_review=date.fromisoformat(match[6]),
                further=match[7],
            )
        except ValueError:
            raise error from None
        if release.next_review <= release.reviewed:
            text = _("release {n}: the next review is not after the review")
            raise RegisterError(text.format(n=release.number))
        return release

    def __str__(self) -> str:
        """Format the line, without its newline."""
        return (
            f"release={self.number} reviewed={self.reviewed} seen_to={self.seen_to or 'none'}"
            f" sha256={self.sha256} schema={self.schema} next_review={self.next_review}"
            f"{self.further}"
        )

    @property
    def file_name(self) -> str:
        """Return the name of its file in a channel."""
        return f"orders-{self.number}.toml.gz"

    @property
    def age_key(self) -> tuple[date, date]:
        """Return its dates, to compare with those of another register."""
        return self.reviewed, self.seen_to or date.min

    def require_schema(self) -> None:
        """Raise `RegisterError` if this program does not know the schema of the release."""
        if self.schema > SCHEMA:
            text = _(
                "unknown schema: release {n} needs a program that knows schema {needed} of the"
                " register; this one knows {known}. Upgrade orderwatch"
            )
            raise RegisterError(text.format(n=self.number, needed=self.schema, known=SCHEMA))

    def unpack(self, data: bytes) -> bytes:
        """Decompress the file of the release and compare it with its SHA-256."""
        decoder = zlib.decompressobj(wbits=31)
        try:
            register = decoder.decompress(data, SIZE_MAX)
            too_large = bool(decoder.decompress(decoder.unconsumed_tail, 1))
        except zlib.error as error:
            text = _("damaged file: {name} is not a whole gzip file")
            raise RegisterError(text.format(name=self.file_name)) from error
        if too_large:
            text = _("{name} is too large: more than {limit:,} bytes without compression")
            raise RegisterError(text.format(name=self.file_name, limit=SIZE_MAX))
        if not decoder.eof or decoder.unused_data:
            text = _("damaged file: {name} is not a whole gzip file")
            raise RegisterError(text.format(name=self.file_name))
        if sha256(register).hexdigest() != self.sha256:
            text = _("wrong file: {name} does not have the SHA-256 of release {n}")
            raise RegisterError(text.format(name=self.file_name, n=self.number))
        return register
