"""Settings, each value with where it came from."""

from pathlib import Path

from orderwatch.frozen import Frozen, replace


class Setting(Frozen):
    """A value in force, and its source."""

    value: str | None
    """`None` if it is not set."""
    source: str
    """Such as `option --log`, `environment ORDERWATCH_LOG`, `default`."""

    @property
    def is_explicit(self) -> bool:
        """Return whether the value was set explicitly."""
        return self.source != "default"


class Mail(Frozen):
    """The table `[mail]`: the SMTP server."""

    _secret = frozenset({"password", "password_command"})

    host: str | None = None
    port: int | None = None
    """`None` for the default port of `security`."""
    security: str = "starttls"
    user: str | None = None
    password: str | None = None
    """From `ORDERWATCH_MAIL_PASSWORD` in the environment; never from the file."""
    password_command: tuple[str, ...] = ()
    sender: str | None = None
    """In the file: `from`."""


class Postgres(Frozen):
    """The table `[postgres]`: settings of shared logs that are not in the URL."""

    _secret = frozenset({"password_command"})

    password_command: tuple[str, ...] = ()


class Remind(Frozen):
    """The table `[remind]`: defaults of the options of `remind`."""

    _secret = frozenset({"notify"})

    before: tuple[int, ...] | None = None
    after: tuple[int, ...] | None = None
    mail_to: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()
    templates: Path | None = None
    """Folder whose `message.txt` and `message.html` replace the default templates."""


class Settings(Frozen):
    """All settings of a run."""

    config: Setting
    orders: Setting
    """Path of a register; `None` for the packaged one."""
    log: Setting
    """A path or a URL."""
    recorder: Setting
    """Name of the recorder of log entries."""
    evidence: Setting
    """Folder of evidence files; `None` for the default next to the log."""
    mail: Mail = Mail()
    postgres: Postgres = Postgres()
    remind: Remind = Remind()
    tables: tuple[tuple[str, Setting], ...] = ()
    """Values of the tables for display: secrets are replaced."""

    @property
    def has_secrets(self) -> bool:
        """Return whether the file contains values only its owner should read."""
        from orderwatch.log_url import strip_secrets

        return (
            bool(self.remind.notify)
            or strip_secrets(self._log_in_file) != self._log_in_file
        )

    @property
    def _log_in_file(self) -> str:
        # A URL from an option or the environment is not in the file.
        return str(self.log.value) if self.log.source.startswith("file ") else ""

    def items(self) -> tuple[tuple[str, Setting], ...]:
        """Return the settings by name."""
        from orderwatch.log_url import strip_secrets

        return (
            ("config", self.config),
            ("orders", self.orders),
            ("log", replace(self.log, value=strip_secrets(str(self.log.value)))),
            ("recorder", self.recorder),
            ("evidence", self.evidence),
            *self.tables,
        )
