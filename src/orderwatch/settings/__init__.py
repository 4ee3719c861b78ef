"""Settings: what they are, where they come from, and how a file of them is written."""

import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orderwatch import fs
from orderwatch.errors import UsageError, suggest
from orderwatch.frozen import Frozen, replace
from orderwatch.text import OTHER, TOML, TextError, kind_of
from orderwatch.translation import AUTO, ENGLISH, _, both, either, language_of, languages, mark

if TYPE_CHECKING:
    from email.headerregistry import Address


_ORIGINS = {
    "default": mark("default"),
    "environment": mark("environment {name}"),
    "file": mark("file {name}"),
    "option": mark("option {name}"),
}
"""Sources of a setting, by the first word."""


class Setting(Frozen):
    """A value in force, and its source."""

    value: str | None
    """`None` if it is not set."""
    source: str
    """Such as `option --log`, `environment ORDERWATCH_LOG`, `default`."""
    parts: tuple[str, ...] = ()
    """Parts of a value that is a list."""

    @property
    def origin(self) -> str:
        """Return the source in the active language."""
        kind, _space, name = self.source.partition(" ")
        return _(_ORIGINS[kind]).format(name=name)

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


class Releases(Frozen):
    """The table `[releases]`: where releases of the register come from."""

    source: str | None = None
    """In the file: `from`; an https URL or the path of a folder."""
    key: str | None = None
    """The C2SP verifier key that signs them."""
    policy: Path | None = None
    """File of the C2SP policy that names the witnesses that must cosign them."""


class Settings(Frozen):
    """All settings of a run."""

    config: Setting
    orders: Setting
    """Its parts are paths, or `shipped` for the packaged register; none stand for it."""
    log: Setting
    """A path or a URL."""
    recorder: Setting
    """Name of the recorder of log entries."""
    key: Setting
    """File of the signer key of log entries; the default need not exist."""
    evidence: Setting
    """Folder of evidence files; `None` for the default next to the log."""
    evidence_max: Setting
    """Size of the largest evidence file, such as `4G`; `None` for the default."""
    lang: Setting = Setting(value=ENGLISH, source="default")
    """Code of the language, or `auto` for that of the environment."""
    mail: Mail = Mail()
    postgres: Postgres = Postgres()
    remind: Remind = Remind()
    releases: Releases = Releases()
    acknowledged: tuple[str, ...] = ()
    """Ids of deadlines for which `check` raises no alarm."""
    follow: tuple[str, ...] = ()
    """What `status`, `remind` and `check` are about when no id is given."""
    tables: tuple[tuple[str, Setting], ...] = ()
    """Values of the tables for display: secrets are replaced."""

    @property
    def has_secrets(self) -> bool:
        """Return whether the file contains values only its owner should read."""
        from orderwatch.log_url import strip_secrets

        return bool(self.remind.notify) or strip_secrets(self._log_in_file) != self._log_in_file

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
            ("key", self.key),
            ("evidence", self.evidence),
            ("evidence_max", self.evidence_max),
            ("lang", self.lang),
            *self.tables,
        )


_PORT = re.compile(r":\d+$")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_VERIFIER_KEY = re.compile(r"[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*")
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))
_LONGEST = 320
"""Characters of an address: 64, an @, and 255 more."""


def _require_address_form(text: str) -> None:
    """Raise `UsageError` with the right form for a scheme, a port or a final dot."""
    name, bracket, rest = text.strip().rpartition("<")
    spec = (rest.removesuffix(">") if bracket else text).strip()
    plain = spec.partition("mailto:")[2] if spec.lower().startswith("mailto:") else spec
    plain = _PORT.sub("", plain.rpartition("://")[2]).rstrip(".\u3002")
    if plain != spec and "@" in plain:
        right = f"{name}<{plain}>" if bracket else plain
        message = _("{text} is not a mail address; write {right}")
        raise UsageError(message.format(text=text, right=right))


def _encode_domain(domain: str) -> str:
    """Encode a domain by IDNA 2008; raise `ValueError` if it is invalid.

    The codec of Python follows IDNA 2003, which makes another domain of ß or ς.
    """
    if domain.isascii():
        if not all(map(_LABEL.fullmatch, domain.split("."))):
            raise ValueError
        return domain.lower()
    import idna

    return idna.encode(domain, uts46=True).decode("ascii")


def parse_address(text: str) -> "Address":
    """Parse an address with or without a name; raise `UsageError` if invalid."""
    from email.errors import HeaderParseError
    from email.headerregistry import Address

    _require_address_form(text)
    name, bracket, rest = text.strip().rpartition("<")
    spec = rest.removesuffix(">") if bracket else text.strip()
    local, _at, domain = spec.rpartition("@")
    with suppress(HeaderParseError, ValueError, IndexError):
        if (
            local
            and domain
            and len(spec) <= _LONGEST
            # IDNA 2008 says where a domain may have a joiner.
            and (name + local + domain.translate(_JOINERS)).isprintable()
            and not set(' <>()[]\\,;:"') & set(spec)
            and "@" not in local
            and bool(bracket) == text.strip().endswith(">")
        ):
            host = _encode_domain(domain)
            display_name = name.strip().strip('"')
            return Address(display_name=display_name, username=local, domain=host)
    message = _("{text} is not a mail address, such as desk@example.org")
    raise UsageError(message.format(text=text))


_SIZE_MAX = 100_000
"""Bytes of a configuration file."""
_QUOTE_MAX = 200
"""Characters quoted from a file."""
_DAYS_MAX = 36_500
"""Largest number of days before or after a date."""


SHIPPED = "shipped"
"""Name of the packaged register among `orders`."""
_KEYS = ("orders", "log", "recorder", "key", "evidence", "evidence_max", "lang")
_LISTS = {
    "acknowledged": mark('a list of dates, like ["rafah/3@2024-06-24"]'),
    "follow": mark('a list of ids, aliases, case numbers or States, like ["rafah", "178"]'),
}
"""The keys outside of tables whose value is a list, with a description of it."""
_PASSWORD_VARIABLE = "ORDERWATCH_MAIL_PASSWORD"  # noqa: S105 - the name of a variable


def load(
    options: Mapping[str, str | Sequence[str] | None],
    environment: Mapping[str, str],
    *,
    must_exist: bool = True,
) -> Settings:
    """Load the settings: an option overrides the environment, which overrides the file.

    `options` has the keys `config`, `orders`, `log`. Raises `UsageError` for an invalid
    configuration file, and for a missing one that was named, if it must exist.
    """
    from platformdirs import user_data_path

    config = config_setting(options, environment)
    path = _expand_home(str(config.value), config.origin)
    is_required = config.is_explicit and must_exist
    table, tables = _read_file(path) if is_required or fs.may_exist(path) else ({}, {})
    source = f"file {path}"
    password = environment.get(_PASSWORD_VARIABLE) or None

    def resolve(key: str, default: str | None) -> Setting:
        setting = _resolve_setting(key, options, environment, table, source)
        return setting or Setting(value=default, source="default")

    data = user_data_path("orderwatch", appauthor=False)
    return Settings(
        config=config,
        orders=_resolve_orders(options.get("orders") or (), environment, table, source),
        log=resolve("log", str(data / "log.sqlite")),
        recorder=resolve("recorder", environment.get("USER") or _account_name()),
        key=resolve("key", str(data / "key")),
        evidence=resolve("evidence", None),
        evidence_max=resolve("evidence_max", None),
        lang=_require_language(resolve("lang", ENGLISH)),
        mail=Mail(password=password, **_table_fields(tables, "mail")),
        postgres=Postgres(**_table_fields(tables, "postgres")),
        remind=Remind(**_table_fields(tables, "remind")),
        releases=Releases(**_table_fields(tables, "releases")),
        acknowledged=tuple(tables.get("acknowledged", ())),
        follow=tuple(tables.get("follow", ())),
        tables=_display_settings(tables, source, password),
    )


def config_setting(
    options: Mapping[str, str | Sequence[str] | None], environment: Mapping[str, str]
) -> Setting:
    """Return the path of the configuration file, which need not exist."""
    from platformdirs import user_config_path

    setting = _resolve_setting("config", options, environment, {}, "")
    path = user_config_path("orderwatch", appauthor=False) / "config.toml"
    return setting or Setting(value=str(path), source="default")


def choose_language(content: bytes, environment: Mapping[str, str]) -> str:
    """Return the language of the environment, or of the content of a configuration file.

    An invalid file has none; its error comes when it is loaded. Raises `UsageError` for an
    unknown language in the environment.
    """
    table: dict[str, Any] = {}
    with suppress(ValueError):
        import tomli

        table = tomli.loads(content.decode())
    setting = _resolve_setting("lang", {}, environment, {}, "")
    value = _require_language(setting).value if setting else table.get("lang")
    if value == AUTO:
        return language_of(environment)
    return value if isinstance(value, str) and value in languages() else ENGLISH


def _require_language(setting: Setting) -> Setting:
    """Raise `UsageError` for a language that has no catalogue."""
    if setting.value == ENGLISH or setting.value in (names := (*languages(), AUTO)):
        return setting
    text = _("{source}: lang is {choices}, not {value!r}")
    value = str(setting.value)[:40]
    raise UsageError(text.format(source=setting.origin, choices=either(names), value=value))


def _account_name() -> str | None:
    """Return the name of the current account; `None` if it has none."""
    from getpass import getuser

    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        return None


def _resolve_orders(
    option: Sequence[str], environment: Mapping[str, str], table: Mapping[str, Any], source: str
) -> Setting:
    """Return the paths of registers; in the environment, `:` or `;` is between them."""
    variable = "ORDERWATCH_ORDERS"
    paths: Sequence[str] = table.get("orders", ())
    if environment.get(variable):
        source, paths = f"environment {variable}", environment[variable].split(os.pathsep)
    if option:
        source, paths = "option --orders", option
    if "" in paths:
        name = "--orders" if option else source
        raise UsageError(_("{name} is empty").format(name=name))
    if not paths:
        return Setting(value=None, source="default")
    return Setting(value=os.pathsep.join(paths), source=source, parts=tuple(paths))


def _resolve_setting(
    key: str,
    options: Mapping[str, Any],
    environment: Mapping[str, str],
    table: Mapping[str, Any],
    source: str,
) -> Setting | None:
    option = options.get(key)
    if option == "":
        raise UsageError(_("{name} is empty").format(name=f"--{key}"))
    if option is not None:
        return Setting(value=option, source=f"option --{key}")
    variable = f"ORDERWATCH_{key.upper()}"
    if environment.get(variable):
        return Setting(value=environment[variable], source=f"environment {variable}")
    if key in table:
        return Setting(value=table[key], source=source)
    return None


def _expand_home(path: str, source: str) -> Path:
    try:
        return fs.expand_home(Path(path))
    except OSError as error:
        text = _("{source}: {path}: {reason}")
        raise UsageError(text.format(source=source, path=path, reason=error.strerror)) from error


def _read_file(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a configuration file; return its keys, and its tables by `table.key`.

    Relative paths are relative to the folder of the file.
    """
    import tomli

    content = ""
    try:
        content = fs.read_text(path, _SIZE_MAX)
        document = tomli.loads(content)
    except (tomli.TOMLDecodeError, RecursionError) as error:
        if (kind := kind_of(content)) not in {TOML, OTHER}:
            raise UsageError(
                _("{path}: is {kind}, not TOML").format(path=path, kind=_(kind))
            ) from error
        text = _("{path} is not valid TOML: {reason}")
        raise UsageError(text.format(path=path, reason=_truncate(error))) from error
    except TextError as error:
        raise UsageError(f"{path}: {error}") from error
    except FileNotFoundError as error:
        text = _("{path}: no such configuration file; --config or ORDERWATCH_CONFIG names it")
        raise UsageError(text.format(path=path)) from error
    except OSError as error:
        text = _("{path}: cannot be read: {reason}")
        raise UsageError(text.format(path=path, reason=error.strerror)) from error
    except ValueError as error:
        # A path with a null byte, or an integer too long for Python.
        text = _("{path}: cannot be read: {reason}")
        raise UsageError(text.format(path=path, reason=_truncate(error))) from error
    return _parse_document(path, document)


def _parse_document(
    path: Path, document: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    keys, tables = dict[str, Any](), dict[str, Any]()
    for key, value in document.items():
        if key in _TABLES and isinstance(value, dict):
            for name, item in value.items():
                tables[f"{key}.{name}"] = _parse_table_key(path, key, name, item)
        elif key in _LISTS:
            tables[key] = _parse_list(path, key, value)
        else:
            keys[key] = _parse_key(path, key, value)
    return keys, tables


def _parse_list(path: Path, key: str, value: object) -> tuple[str, ...]:
    """Parse a list of ids; each of `acknowledged` names a date."""
    with suppress(ValueError):
        names = _parse_texts(value)
        if key != "acknowledged" or all("@" in name for name in names):
            return names
    text = _("{path}: {key}: should be {expected}")
    raise UsageError(text.format(path=path, key=key, expected=_(_LISTS[key])))


def _parse_key(path: Path, key: str, value: object) -> str | list[str]:
    if key in _TABLES:
        text = _("{path}: {key} should be a table: [{key}]")
        raise UsageError(text.format(path=path, key=key))
    if key in _REGISTER_KEYS:
        text = _("{path}: is a register, not a configuration; load it with --orders")
        raise UsageError(text.format(path=path))
    _reject_unknown(path, key, (*_KEYS, *_LISTS, *_TABLES), key)
    if key == "orders":
        return _parse_orders(path, value)
    if not isinstance(value, str) or not value:
        text = _('{path}: {key}: should be text, like {key} = "…"')
        raise UsageError(text.format(path=path, key=key))
    if key == "evidence_max":
        try:
            fs.parse_size(value)
        except ValueError as error:
            raise UsageError(f"{path}: {key}: {error}") from None
    from orderwatch.log_url import is_path

    if key in {"recorder", "evidence_max", "lang"} or "://" in value or not is_path(value):
        return value
    return str(path.parent / _expand_home(value, f"{path}: {key}"))


def _parse_orders(path: Path, value: object) -> list[str]:
    try:
        items = _parse_texts(value if isinstance(value, list) else [value])
    except ValueError:
        items = ()
    if not items:
        text = _('{path}: orders: should be a path or a list of paths, like orders = ["…", "…"]')
        raise UsageError(text.format(path=path))
    return [
        item if item == SHIPPED else str(path.parent / _expand_home(item, f"{path}: orders"))
        for item in items
    ]


def _truncate(error: Exception) -> str:
    """Truncate an error message, since a parser can quote a long line."""
    text = str(error)
    return text if len(text) <= _QUOTE_MAX else f"{text[:_QUOTE_MAX]}…"


def _reject_unknown(path: Path, key: str, names: Collection[str], label: str) -> None:
    if key not in names:
        matches = suggest(key, names, limit=1)
        text = _("{path}: {key}: is not a setting; did you mean {match}?")
        if not matches:
            text = _("{path}: {key}: is not a setting; known: {names}")
        fields = {"path": path, "key": label, "match": "".join(matches), "names": ", ".join(names)}
        raise UsageError(text.format(**fields))


def _parse_table_key(path: Path, table: str, name: str, value: object) -> object:
    """Parse one key of a table."""
    label = f"{table}.{name}"
    _reject_unknown(path, name, _TABLES[table], label)
    parse, expected = _TABLES[table][name]
    try:
        parsed = parse(value)
    except ValueError:
        text = _("{path}: {key}: should be {expected}")
        raise UsageError(text.format(path=path, key=label, expected=_(expected))) from None
    except UsageError as error:
        raise UsageError(f"{path}: {label}: {error}") from None
    if label in {"remind.templates", "releases.policy"}:
        return path.parent / _expand_home(str(parsed), f"{path}: {label}")
    if label == "releases.from" and "://" not in str(parsed):
        return str(path.parent / _expand_home(str(parsed), f"{path}: {label}"))
    return parsed


def _parse_text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value


def _parse_verifier_key(value: object) -> str:
    """Parse the form of a verifier key; what verifies with it parses the rest."""
    text = _parse_text(value).strip()
    if not _VERIFIER_KEY.fullmatch(text):
        raise ValueError
    return text


def _parse_host(value: object) -> str:
    """Parse the name of a server; refuse a URL, a user, a port or a final dot in it."""
    from ipaddress import ip_address

    text = _parse_text(value).strip()
    scheme, _separator, rest = text.rpartition("://")
    user, _at, rest = rest.rpartition("@")
    name = rest.partition("/")[0]
    port = _PORT.search(name) if name.count(":") == 1 or name.startswith("[") else None
    plain = (name[: port.start()] if port else name).strip("[]").rstrip(".")
    host = str(ip_address(plain)) if ":" in plain else _encode_domain(plain)
    if plain == text.strip("[]"):
        return host
    right = [f'host = "{plain}"']
    right += [f"port = {port[0][1:]}"] if port else []
    right += ['security = "tls"'] if scheme.lower() == "smtps" else []
    login = user.partition(":")[0]
    right += [f'user = "{login}"'] if login else []
    # Before an @ there can be a password.
    message = _('should be a name alone, not "{text}"; write {right}')
    if user:
        message = _("should be a name alone; write {right}")
    raise UsageError(message.format(text=text, right=both(right)))


def _parse_mail_address(value: object) -> str:
    text = _parse_text(value)
    _require_address_form(text)
    return text


def _parse_mail_addresses(value: object) -> tuple[str, ...]:
    return tuple(map(_parse_mail_address, _parse_texts(value)))


def _parse_port(value: object) -> int:
    if type(value) is not int or not 0 < value <= 65535:  # noqa: PLR2004 - of TCP
        raise ValueError
    return value


def _parse_security(value: object) -> str:
    if not isinstance(value, str) or value not in {"starttls", "tls", "none"}:
        raise ValueError
    return value


def _parse_command(value: object) -> tuple[str, ...]:
    """Split a command as a shell does; it is run without one."""
    import shlex

    arguments = shlex.split(value) if isinstance(value, str) else _parse_texts(value)
    if not arguments:
        raise ValueError
    return tuple(arguments)


def _parse_texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError  # noqa: TRY004 - reported like every other error
    return tuple(_parse_text(item) for item in value)


def parse_days(value: object) -> tuple[int, ...]:
    """Parse numbers of days: a list, or text with commas; empty for none.

    Raises `ValueError` for invalid input.
    """
    if isinstance(value, str):
        value = [int(part) for part in value.split(",")] if value.strip() else []
    if not isinstance(value, list):
        raise ValueError  # noqa: TRY004 - reported like every other error
    for day in value:
        if type(day) is not int or not 0 <= day <= _DAYS_MAX:
            raise ValueError
    return tuple(sorted(set(value)))


_TABLES: dict[str, dict[str, tuple[Callable[[object], object], str]]] = {
    "mail": {
        "host": (_parse_host, mark('a name, like "smtp.example.org"')),
        "port": (_parse_port, mark("a number from 1 to 65535")),
        "security": (_parse_security, mark('"starttls", "tls" or "none"')),
        "user": (_parse_text, mark("text")),
        "password_command": (
            _parse_command,
            mark('a command, like ["pass", "show", "mail"]'),
        ),
        "from": (_parse_mail_address, mark('an address, like "desk@example.org"')),
    },
    "postgres": {
        "password_command": (_parse_command, mark('a command, like ["pass", "show", "log"]')),
    },
    "remind": {
        "before": (parse_days, mark("a list of days, like [30, 14, 7, 3, 1, 0]")),
        "after": (parse_days, mark("a list of days, like [1, 7, 30]")),
        "mail_to": (_parse_mail_addresses, mark('a list of addresses, like ["desk@example.org"]')),
        "notify": (_parse_texts, mark("a list of addresses of apprise")),
        "templates": (_parse_text, mark("the path of a folder")),
    },
    "releases": {
        "from": (
            _parse_text,
            mark('an https URL or a folder, like "https://example.org/register"'),
        ),
        "key": (
            _parse_verifier_key,
            mark("a verifier key, like example.org/register+1a2b3c4d+AbC…"),
        ),
        "policy": (_parse_text, mark("the path of a file")),
    },
}
"""Parser and description of the value of each key of each table."""

KEYS = (*_KEYS, *_LISTS, *(f"{table}.{key}" for table in _TABLES for key in _TABLES[table]))
"""Every key of a configuration, those of a table as `table.key`."""

_REGISTER_KEYS = {"schema", "reviewed", "seen_to", "case"}
_SECRET_KEYS = {"mail.password_command", "postgres.password_command", "remind.notify"}


def require_key(key: str) -> None:
    """Raise `UsageError` with a suggestion for what is not a key of a configuration."""
    if key in KEYS:
        return
    if key in _TABLES:
        text = _("{key} is a table; name one of its keys: {keys}")
        raise UsageError(text.format(key=key, keys=", ".join(f"{key}.{x}" for x in _TABLES[key])))
    matches = suggest(key, KEYS, limit=1)
    text = _('"{key}" is not a setting; did you mean {match}?')
    if not matches:
        text = _('"{key}" is not a setting; known: {keys}')
    raise UsageError(text.format(key=key, match="".join(matches), keys=", ".join(KEYS)))


def _table_fields(tables: Mapping[str, object], table: str) -> dict[str, Any]:
    prefix = f"{table}."
    renames = {"from": "source" if table == "releases" else "sender"}
    return {
        renames.get(name := key.removeprefix(prefix), name): value
        for key, value in tables.items()
        if key.startswith(prefix)
    }


def _display_settings(
    tables: Mapping[str, object], source: str, password: str | None
) -> tuple[tuple[str, Setting], ...]:
    """Return the keys of the tables for display; secrets are replaced."""
    settings = [
        (
            name,
            Setting(
                value=_display_value(name, value), source=source, parts=_display_parts(name, value)
            ),
        )
        for name, value in tables.items()
    ]
    if password:
        variable = f"environment {_PASSWORD_VARIABLE}"
        settings.append(("mail.password", Setting(value="(hidden)", source=variable)))
    return tuple(settings)


def _display_parts(name: str, value: object) -> tuple[str, ...]:
    is_shown = isinstance(value, tuple) and name not in _SECRET_KEYS
    return tuple(map(str, value)) if is_shown and isinstance(value, tuple) else ()


def _display_value(name: str, value: object) -> str:
    if name in _SECRET_KEYS:
        return "(hidden)"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or _("none")
    return str(value)


_TIMEOUT = 60.0
"""Seconds before a command is killed."""


class PasswordCommandError(Exception):
    """A password command failed; the message never contains its output."""


def read_password(command: Sequence[str]) -> str:
    """Run a command without a shell; return the first line it prints."""
    import subprocess

    try:
        completed = subprocess.run(  # noqa: S603 - the user's own command
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=True,
        )
        password = completed.stdout.decode().split("\n", 1)[0].rstrip("\r")
    except (
        OSError,
        subprocess.SubprocessError,
        UnicodeDecodeError,
        IndexError,
    ) as error:
        # The output and the command line can contain the password.
        code = getattr(error, "returncode", None)
        reason = type(error).__name__
        if code is not None:
            reason = _("it ended with exit code {code}").format(code=code)
        raise PasswordCommandError(reason) from None
    if not password:
        raise PasswordCommandError(_("it printed nothing"))
    return password
