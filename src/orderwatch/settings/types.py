"""Settings, each value with where it came from."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from orderwatch.address import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value in force, and where it came from."""

    value: str | None
    """`None` if it is not set."""
    source: str
    """Such as `option --log`, `environment ORDERWATCH_LOG`, `default`."""

    @property
    def named(self) -> bool:
        """Whether somebody asked for this value."""
        return self.source != "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The table `[mail]`: the server that takes messages."""

    host: str | None = None
    port: int | None = None
    """`None` for the usual one of `security`."""
    security: str = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    """Of the environment, `ORDERWATCH_MAIL_PASSWORD`; never of the file."""
    password_command: tuple[str, ...] = field(default=(), repr=False)
    sender: str | None = None
    """In the file: `from`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """The table `[postgres]`: what an address of a shared log does not say."""

    password_command: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remind:
    """The table `[remind]`: what `remind` does without its options."""

    before: tuple[int, ...] | None = None
    after: tuple[int, ...] | None = None
    mail_to: tuple[str, ...] = ()
    notify: tuple[str, ...] = field(default=(), repr=False)
    templates: Path | None = None
    """A folder whose `message.txt` and `message.html` take the place of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one run."""

    config: Setting
    orders: Setting
    """The path of a register; `None` stands for the one that ships."""
    log: Setting
    """A path or a URL."""
    recorder: Setting
    """Who records entries of the log."""
    evidence: Setting
    """The folder of files that are kept; `None` stands for the one beside the log."""
    mail: Mail = Mail()
    postgres: Postgres = Postgres()
    remind: Remind = Remind()
    tables: tuple[tuple[str, Setting], ...] = ()
    """What stands in the tables, fit to be shown: secrets are left out."""

    @property
    def keeps_secrets(self) -> bool:
        """Whether the file holds what only its owner should read."""
        return bool(self.remind.notify) or shown(self._log) != self._log

    @property
    def _log(self) -> str:
        # What is named elsewhere than in the file is no secret of the file.
        return str(self.log.value) if self.log.source.startswith("file ") else ""

    def items(self) -> tuple[tuple[str, Setting], ...]:
        """List the settings by name."""
        return (
            ("config", self.config),
            ("orders", self.orders),
            ("log", replace(self.log, value=shown(str(self.log.value)))),
            ("recorder", self.recorder),
            ("evidence", self.evidence),
            *self.tables,
        )
