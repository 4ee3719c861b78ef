"""Change the values of a configuration file; comments and order stay."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from orderwatch import fs
from orderwatch.errors import UsageError
from orderwatch.settings import SHIPPED, load, parse_days, require_key
from orderwatch.settings.writer import absolute
from orderwatch.text import TextError
from orderwatch.translation import _

SIZE_MAX = 100_000
"""Bytes of a configuration file."""
_DAYS = {"remind.before", "remind.after"}
_LISTS = {"orders", "acknowledged", "follow", "remind.mail_to", "remind.notify"}
_COMMANDS = {"mail.password_command", "postgres.password_command"}
_PATHS = {
    *("log", "key", "evidence", "orders"),
    *("remind.templates", "releases.from", "releases.policy"),
}
"""In the file, a relative path starts at its folder; on the command line, at the current one."""


def read(path: Path) -> str:
    """Read a configuration file; return no text if it is missing.

    Raises `UsageError` if it cannot be read.
    """
    try:
        return fs.read_text(path, SIZE_MAX)
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, TextError) as error:
        reason = getattr(error, "strerror", None) or error
        text = _("{path}: cannot be read: {reason}")
        raise UsageError(text.format(path=path, reason=reason)) from error


def with_value(content: str, key: str, values: Sequence[str]) -> str:
    """Return the text of a configuration with another value of a key.

    An empty value removes the key. Raises `UsageError` for an unknown key and for text
    that is not TOML.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    require_key(key)
    try:
        document = tomlkit.parse(content)
        table, _dot, name = key.rpartition(".")
        parent: Any = document
        if table:
            parent = document.setdefault(table, tomlkit.table())
        if not any(values):
            parent.pop(name, None)
        else:
            parent[name] = _to_toml(key, values)
        return tomlkit.dumps(document)
    except (TOMLKitError, TypeError, AttributeError, RecursionError) as error:
        text = _("the configuration is not valid TOML: {reason}; `orderwatch config edit` opens it")
        raise UsageError(text.format(reason=str(error)[:200])) from error


def _to_toml(key: str, values: Sequence[str]) -> object:
    """Return the value of a key as TOML has it: text, a number or a list."""
    if key in _PATHS:
        values = [text if text == SHIPPED else str(absolute(text)) for text in values]
    if key in _DAYS:
        return _parse_numbers(key, values)
    if key in _LISTS or (key in _COMMANDS and len(values) > 1):
        return list(values)
    if len(values) > 1:
        raise UsageError(_("{key} takes one value, not {n}").format(key=key, n=len(values)))
    [value] = values
    # What is not a number is refused by the validation, which says what is expected.
    return int(value) if key == "mail.port" and value.isdecimal() else value


def _parse_numbers(key: str, values: Sequence[str]) -> list[int]:
    try:
        return sorted(parse_days(",".join(values)), reverse=key == "remind.before")
    except ValueError:
        text = _("{key} takes numbers of days, such as 30,14,7, not {value!r}")
        raise UsageError(text.format(key=key, value=" ".join(values))) from None


def save(path: Path, content: str, before: str) -> None:
    """Replace a configuration file atomically, if the new text is valid.

    A symbolic link stays one, and the mode of the file stays. Raises `UsageError` for an
    invalid text, and if the file is no longer what it was `before`; nothing is changed then.
    """
    target = path.resolve()
    try:
        fs.create_folder(target.parent)
        with fs.temporary_file(target) as temporary:
            temporary.write_bytes(content.encode())
            _require_loadable(temporary, path)
            if read(target) != before:
                text = _("{path}: another program has just changed it; nothing was written")
                raise UsageError(text.format(path=path))
            if target.exists():
                temporary.chmod(target.stat().st_mode & 0o777)
            temporary.replace(target)
        fs.fsync_folder(target.parent)
    except OSError as error:
        text = _("{path}: cannot be written: {reason}")
        raise UsageError(text.format(path=path, reason=error.strerror)) from error


def _require_loadable(temporary: Path, path: Path) -> None:
    try:
        load({"config": str(temporary)}, {})
    except UsageError as error:
        reason = str(error).replace(str(temporary), str(path))
        raise UsageError(_("nothing was written: {reason}").format(reason=reason)) from error
