"""Options, environment and config.toml -> settings, each with where it came from."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from orderwatch.address import shown
from orderwatch.errors import UsageError
from orderwatch.fs import files

_LARGEST = 100_000
"""Of a configuration file, in bytes."""
_LONGEST = 200
"""Of what is quoted from a file, in characters."""
_FURTHEST = 36_500
"""Days before or after a date, of which a reminder can speak."""


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


_KEYS = ("orders", "log", "recorder", "evidence")
_PASSWORD = "ORDERWATCH_MAIL_PASSWORD"  # noqa: S105 - the name of a variable


def load(
    options: Mapping[str, str | None],
    environment: Mapping[str, str],
    *,
    must_exist: bool = True,
) -> Settings:
    """Settle each setting: an option beats the environment, which beats the file.

    `options` has the keys `config`, `orders`, `log`. Raises `UsageError` for a
    configuration file that was named and is not there, or cannot be used. One that
    need not exist can be named before it is made.
    """
    from platformdirs import user_config_path, user_data_path

    config = _chosen("config", options, environment, {}, "")
    if config is None:
        path = user_config_path("orderwatch", appauthor=False) / "config.toml"
        config = Setting(value=str(path), source="default")
    path = _expanded(str(config.value), config.source)
    needed = config.named and must_exist
    table, tables = _read(path) if needed or files.is_there(path) else ({}, {})
    where = f"file {path}"
    password = environment.get(_PASSWORD) or None

    def settled(key: str, default: str | None) -> Setting:
        found = _chosen(key, options, environment, table, where)
        return found or Setting(value=default, source="default")

    log = user_data_path("orderwatch", appauthor=False) / "log.sqlite"
    return Settings(
        config=config,
        orders=settled("orders", None),
        log=settled("log", str(log)),
        recorder=settled("recorder", environment.get("USER") or _account()),
        evidence=settled("evidence", None),
        mail=Mail(password=password, **_fields(tables, "mail")),
        postgres=Postgres(**_fields(tables, "postgres")),
        remind=Remind(**_fields(tables, "remind")),
        tables=_shown(tables, where, password),
    )


def _account() -> str | None:
    """Name the account that runs the program; `None` if it has no name."""
    from getpass import getuser

    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        return None


def _chosen(
    key: str,
    options: Mapping[str, str | None],
    environment: Mapping[str, str],
    table: Mapping[str, str],
    where: str,
) -> Setting | None:
    option = options.get(key)
    if option == "":
        raise UsageError(f"--{key}: is empty; name one, or leave the option out")
    if option is not None:
        return Setting(value=option, source=f"option --{key}")
    variable = f"ORDERWATCH_{key.upper()}"
    if environment.get(variable):
        return Setting(value=environment[variable], source=f"environment {variable}")
    if key in table:
        return Setting(value=table[key], source=where)
    return None


def _expanded(path: str, where: str) -> Path:
    try:
        return files.expanded(Path(path))
    except OSError as error:
        raise UsageError(f"{where}: {path}: {error.strerror}") from error


def _read(path: Path) -> tuple[dict[str, str], dict[str, object]]:
    """Read a configuration file: its keys, and those of its tables by `table.key`.

    Its relative paths are relative to its folder.
    """
    import tomli

    try:
        content = files.read(path, _LARGEST)
        if len(content) > _LARGEST:
            raise UsageError(f"{path}: is larger than {_LARGEST:,} bytes")
        table = tomli.loads(content.decode())
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: byte {error.start} is not UTF-8") from error
    except (tomli.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: is not valid TOML: {_brief(error)}") from error
    except FileNotFoundError as error:
        raise UsageError(
            f"{path}: there is no such configuration file; without --config and "
            "ORDERWATCH_CONFIG none is needed"
        ) from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        # A path with a zero byte; an integer longer than Python reads.
        raise UsageError(f"{path}: cannot be read: {_brief(error)}") from error
    keys, tables = dict[str, str](), dict[str, object]()
    for key, value in table.items():
        if key in _TABLES and isinstance(value, dict):
            for name, inner in value.items():
                tables[f"{key}.{name}"] = _inner(path, key, name, inner)
        else:
            keys[key] = _checked(path, key, value)
    return keys, tables


def _checked(path: Path, key: str, value: object) -> str:
    if key in _TABLES:
        raise UsageError(f"{path}: {key}: should be a table, begun by [{key}]")
    _known(path, key, (*_KEYS, *_TABLES), key)
    if not isinstance(value, str) or not value:
        raise UsageError(f'{path}: {key}: should be text, like {key} = "…"')
    if key == "recorder" or "://" in value:
        return value
    return str(path.parent / _expanded(value, f"{path}: {key}"))


def _brief(error: Exception) -> str:
    """Keep a parser from telling all of a long line again."""
    text = str(error)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _known(path: Path, key: str, known: Collection[str], shown: str) -> None:
    if key not in known:
        near = get_close_matches(key, known, n=1)
        offer = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
        raise UsageError(f"{path}: {shown}: is not a setting; {offer}")


def _inner(path: Path, table: str, name: str, value: object) -> object:
    """Read one key of a table."""
    shown = f"{table}.{name}"
    _known(path, name, _TABLES[table], shown)
    read, should = _TABLES[table][name]
    try:
        found = read(value)
    except ValueError:
        raise UsageError(f"{path}: {shown}: should be {should}") from None
    if shown == "remind.templates":
        return path.parent / _expanded(str(found), f"{path}: {shown}")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value


def _port(value: object) -> int:
    if type(value) is not int or not 0 < value <= 65535:  # noqa: PLR2004 - of TCP
        raise ValueError
    return value


def _security(value: object) -> str:
    if not isinstance(value, str) or value not in {"starttls", "tls", "none"}:
        raise ValueError
    return value


def _command(value: object) -> tuple[str, ...]:
    """Split a command as a shell does, though none runs it."""
    import shlex

    words = shlex.split(value) if isinstance(value, str) else _texts(value)
    if not words:
        raise ValueError
    return tuple(words)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError  # noqa: TRY004 - told as every other mistake
    return tuple(_text(item) for item in value)


def days(value: object) -> tuple[int, ...]:
    """Read numbers of days: a list, or text with commas; empty for none.

    Raises `ValueError` for what is no such number.
    """
    if isinstance(value, str):
        value = [int(part) for part in value.split(",")] if value.strip() else []
    if not isinstance(value, list):
        raise ValueError  # noqa: TRY004 - told as every other mistake
    for day in value:
        if type(day) is not int or not 0 <= day <= _FURTHEST:
            raise ValueError
    return tuple(sorted(set(value)))


_TABLES: dict[str, dict[str, tuple[Callable[[object], object], str]]] = {
    "mail": {
        "host": (_text, 'a name, like "smtp.example.org"'),
        "port": (_port, "a number from 1 to 65535"),
        "security": (_security, '"starttls", "tls" or "none"'),
        "user": (_text, "text"),
        "password_command": (_command, 'a command, like ["pass", "show", "mail"]'),
        "from": (_text, 'an address, like "desk@example.org"'),
    },
    "postgres": {
        "password_command": (_command, 'a command, like ["pass", "show", "log"]'),
    },
    "remind": {
        "before": (days, "a list of days, like [30, 14, 7, 3, 1, 0]"),
        "after": (days, "a list of days, like [1, 7, 30]"),
        "mail_to": (_texts, 'a list of addresses, like ["desk@example.org"]'),
        "notify": (_texts, "a list of addresses of apprise"),
        "templates": (_text, "the path of a folder"),
    },
}
"""The tables of the file: how each key is read, and what it should be."""

_SECRET = {"mail.password_command", "postgres.password_command", "remind.notify"}


def _fields(tables: Mapping[str, object], table: str) -> dict[str, Any]:
    begin = f"{table}."
    names = {"from": "sender"}
    return {
        names.get(name := key.removeprefix(begin), name): value
        for key, value in tables.items()
        if key.startswith(begin)
    }


def _shown(
    tables: Mapping[str, object], where: str, password: str | None
) -> tuple[tuple[str, Setting], ...]:
    """List the keys of tables; what can hold a secret is set, and no more is said."""
    found = [
        (name, Setting(value=_words(name, value), source=where))
        for name, value in tables.items()
    ]
    if password:
        source = f"environment {_PASSWORD}"
        found.append(("mail.password", Setting(value="(hidden)", source=source)))
    return tuple(found)


def _words(name: str, value: object) -> str:
    if name in _SECRET:
        return "(hidden)"
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value) or "none"
    return str(value)
