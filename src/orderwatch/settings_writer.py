"""A first configuration: the answers of a person or of options -> config.toml."""

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.prompt import answer, asked, sure
from orderwatch.errors import UsageError
from orderwatch.event_input import words
from orderwatch.settings import Settings, load

Value = str | int | Sequence[str]

_HEAD = (
    "# What orderwatch does without options; `orderwatch config` shows what is in\n"
    "# force. An option beats the environment, which beats this file.\n"
)
_WAYS = ("starttls", "tls", "none")
_HINTS = {
    "mail": '# [mail]\n# host = "smtp.example.org"\n# from = "you@example.org"\n',
    "remind": '# [remind]\n# mail_to = ["you@example.org"]\n',
}
"""What could stand in a table that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What goes into a configuration; what is `None` or empty stays out."""

    recorder: str | None = None
    log: str | None = None
    orders: str | None = None
    host: str | None = None
    security: str | None = None
    sender: str | None = None
    user: str | None = None
    password_command: str | None = None
    mail_to: tuple[str, ...] = ()

    def tables(self) -> Mapping[str, Mapping[str, Value | None]]:
        """Give the tables of the file, the one without a name first."""
        return {
            "": {"recorder": self.recorder, "log": self.log, "orders": self.orders},
            "mail": {
                "host": self.host,
                "security": self.security,
                "from": self.sender,
                "user": self.user,
                "password_command": self.password_command,
            },
            "remind": {"mail_to": self.mail_to},
        }


def text(answers: Answers, log: str) -> str:
    """Write a configuration, with a word on what could stand in it too."""
    parts = [_HEAD]
    for table, fields in answers.tables().items():
        lines = [f"{key} = {_toml(value)}\n" for key, value in fields.items() if value]
        if not table:
            usual = "" if answers.log else f"# log = {_toml(log)}\n"
            parts.append("".join([*lines, usual]))
        elif lines:
            parts.append("".join([f"[{table}]\n", *lines]))
        else:
            parts.append(_HINTS[table])
    return "\n".join(parts)


def _toml(value: Value) -> str:
    # JSON escapes what TOML does, and in the same way; only DEL it leaves.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def check(answers: Answers) -> None:
    """Refuse what no configuration can have, before anything is made."""
    if answers.security is not None:
        _check("--mail-security", _way, answers.security)
    for one in answers.mail_to:
        _check("--mail-to", _address, one)
    if answers.sender is not None:
        _check("--mail-from", _address, answers.sender)


def _check(option: str, read: Callable[[str], object], given: str) -> None:
    try:
        read(given)
    except (ValueError, UsageError) as error:
        raise UsageError(f"{option}: {error}; nothing was made") from error


def make(path: Path, content: str) -> None:
    """Make the file, for its owner alone; one that is there is never overwritten.

    What cannot be read back is not left behind. Raises `UsageError`.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        new = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
            _readable(new, path)
            os.link(new, path)
        finally:
            new.unlink(missing_ok=True)
    except FileExistsError as error:
        raise there(path) from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be made: {error.strerror}") from error
    except UnicodeEncodeError as error:
        raise UsageError("nothing was written: an answer is not UTF-8") from error


def there(path: Path) -> UsageError:
    """Say that a configuration is there."""
    return UsageError(
        f"{path}: is there already, and is never overwritten: change it with an editor"
    )


def _readable(new: Path, path: Path) -> None:
    try:
        load({"config": str(new)}, {})
    except UsageError as error:
        said = str(error).replace(str(new), str(path))
        raise UsageError(f"nothing was written: {said}") from error


def named(chosen: Settings, found: Answers) -> Answers:
    """Add what options and environment name, so that it need not be named again.

    An address with a password in it stays out: the file is no place for it.
    """
    log, orders = chosen.log, chosen.orders
    return replace(
        found,
        recorder=found.recorder or chosen.recorder.value,
        log=_whole(log.value) if log.named and not _secret(log.value) else None,
        orders=_whole(orders.value) if orders.named else None,
    )


def _whole(name: str | None) -> str | None:
    """Write out a path: in the file, a relative one begins at its folder."""
    if name is None or "://" in name:
        return name
    return str(Path(name).expanduser().absolute())


def _secret(url: str | None) -> bool:
    with suppress(ValueError):
        return bool(url and "://" in url and urlsplit(url).password)
    return False


def ask(known: Answers, log: str) -> Answers:
    """Ask a person; an empty answer takes what stands in brackets."""
    streams.tell("A few questions. Enter takes what is in brackets; Ctrl-C stops.")
    recorder = asked("Who records entries of the log", words, known.recorder)
    place = asked("Where is the log", words, known.log or log)
    found = replace(
        known, recorder=recorder, log=known.log if place == log else _whole(place)
    )
    if not sure("Send reminders by mail?"):
        return found
    return replace(
        found,
        host=asked("Name of the mail server, such as smtp.example.org", words),
        security=asked(f"How it is reached ({', '.join(_WAYS)})", _way, _WAYS[0]),
        sender=asked("Address they come from", _address),
        **_login(),
        mail_to=_addresses(asked("Who gets them (with commas)", _addresses)),
    )


def _login() -> dict[str, Any]:
    user = answer("User name at the server (Enter for none)")
    if not user:
        return {}
    question = "Command that prints the password (Enter for ORDERWATCH_MAIL_PASSWORD)"
    return {"user": user, "password_command": answer(question) or None}


def _way(text: str) -> None:
    if text not in _WAYS:
        raise ValueError(f"{text!r} is none of: {', '.join(_WAYS)}")


def _address(text: str) -> None:
    from orderwatch.reminders.mime import address

    address(text)


def _addresses(text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not found:
        raise ValueError("name at least one")
    for one in found:
        _address(one)
    return found
