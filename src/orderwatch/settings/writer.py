"""A first configuration: the answers of a person or of options -> config.toml."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from orderwatch import fs
from orderwatch.errors import UsageError
from orderwatch.frozen import Frozen, replace
from orderwatch.log_url import strip_secrets
from orderwatch.settings import SHIPPED, Settings, load
from orderwatch.translation import _

Value = str | int | Sequence[str]

_HEADER = (
    "# What orderwatch does without options; `orderwatch config` shows what is in\n"
    "# force. An option beats the environment, which beats this file.\n"
)
SECURITY_MODES = ("starttls", "tls", "none")
_HINTS = {
    "mail": '# [mail]\n# host = "smtp.example.org"\n# from = "you@example.org"\n',
    "remind": '# [remind]\n# mail_to = ["you@example.org"]\n',
}
"""The comment that stands for an omitted table."""


class Answers(Frozen):
    """Values of a configuration; `None` and empty values are left out."""

    recorder: str | None = None
    log: str | None = None
    orders: tuple[str, ...] = ()
    host: str | None = None
    security: str | None = None
    sender: str | None = None
    user: str | None = None
    password_command: str | None = None
    mail_to: tuple[str, ...] = ()

    def tables(self) -> Mapping[str, Mapping[str, Value | None]]:
        """Return the tables of the file, beginning with the root table."""
        return {
            "": {
                "recorder": self.recorder,
                "log": self.log,
                "orders": self.orders[0] if len(self.orders) == 1 else self.orders,
            },
            "mail": {
                "host": self.host,
                "security": self.security,
                "from": self.sender,
                "user": self.user,
                "password_command": self.password_command,
            },
            "remind": {"mail_to": self.mail_to},
        }


def render(answers: Answers, log: str) -> str:
    """Render a configuration, with comments for the tables left out."""
    parts = [_HEADER]
    for table, fields in answers.tables().items():
        lines = [f"{key} = {_toml(value)}\n" for key, value in fields.items() if value]
        if not table:
            log_hint = "" if answers.log else f"# log = {_toml(log)}\n"
            parts.append("".join([*lines, log_hint]))
        elif lines:
            parts.append("".join([f"[{table}]\n", *lines]))
        else:
            parts.append(_HINTS[table])
    return "\n".join(parts)


def _toml(value: Value) -> str:
    # JSON and TOML escape strings alike, except that JSON leaves DEL unescaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def validate(answers: Answers) -> None:
    """Validate the answers; raise `UsageError` before anything is written."""
    if answers.security is not None:
        _validate_option("--mail-security", validate_security, answers.security)
    for address in answers.mail_to:
        _validate_option("--mail-to", validate_address, address)
    if answers.sender is not None:
        _validate_option("--mail-from", validate_address, answers.sender)


def _validate_option(option: str, parse: Callable[[str], object], value: str) -> None:
    try:
        parse(value)
    except (ValueError, UsageError) as error:
        text = _("{option}: {error}; nothing was written")
        raise UsageError(text.format(option=option, error=error)) from error


def create(path: Path, content: str) -> None:
    """Create the file with mode 0600; never overwrite one.

    Content that cannot be loaded again is not written. Raises `UsageError`.
    """
    try:
        fs.create_folder(path.parent)
        with fs.temporary_file(path) as temporary:
            temporary.write_text(content, encoding="utf-8")
            _check_loadable(temporary, path)
            fs.link_new(temporary, path)
    except FileExistsError as error:
        raise exists_error(path) from error
    except OSError as error:
        text = _("{path}: cannot be created: {reason}")
        raise UsageError(text.format(path=path, reason=error.strerror)) from error
    except UnicodeEncodeError as error:
        raise UsageError(_("nothing was written: an answer is not UTF-8")) from error


def exists_error(path: Path) -> UsageError:
    """Return the error for a configuration that exists."""
    return UsageError(
        _("{path} exists; change it with `orderwatch config set` or `config edit`").format(
            path=path
        )
    )


def _check_loadable(temporary: Path, path: Path) -> None:
    try:
        load({"config": str(temporary)}, {})
    except UsageError as error:
        message = str(error).replace(str(temporary), str(path))
        raise UsageError(_("nothing was written: {reason}").format(reason=message)) from error


def merge_settings(settings: Settings, answers: Answers) -> Answers:
    """Merge the settings of options and environment into the answers.

    A log URL with a password is left out, as the file would store the password.
    """
    log, orders = settings.log, settings.orders
    has_secret = strip_secrets(str(log.value)) != log.value
    return replace(
        answers,
        recorder=answers.recorder or settings.recorder.value,
        log=absolute(log.value) if log.is_explicit and not has_secret else None,
        orders=tuple(path if path == SHIPPED else str(absolute(path)) for path in orders.parts),
    )


def absolute(value: str | None) -> str | None:
    """Resolve a path: in the file, a relative path starts at the folder of the file."""
    if value is None or "://" in value:
        return value
    return str(Path(value).expanduser().absolute())


def validate_security(text: str) -> None:
    """Raise `ValueError` for a security mode that is none."""
    if text not in SECURITY_MODES:
        message = _("choose one of {modes}, not {text!r}")
        raise ValueError(message.format(text=text, modes=", ".join(SECURITY_MODES)))


def validate_address(text: str) -> None:
    """Raise `UsageError` for a mail address that is invalid."""
    from orderwatch.settings import parse_address

    parse_address(text)


def parse_addresses(text: str) -> tuple[str, ...]:
    """Parse mail addresses with commas between them; raise `ValueError` for none."""
    addresses = tuple(part.strip() for part in text.split(",") if part.strip())
    if not addresses:
        raise ValueError(_("at least one address is needed"))
    for address in addresses:
        validate_address(address)
    return addresses
