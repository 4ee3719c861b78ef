"""Answer the Tab key from a list that was made beforehand, without Typer and the register.

`completion_list` makes it. A line that it does not decide, such as one with `--orders`, and a
list that does not fit are left to Typer.
"""

import os
from zlib import crc32

from orderwatch.cli import folder

LIST = "completion.txt"
_PACKAGE = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - pathlib takes longer
_WORDS_MIN = 3
"""Letters from which words and States are completed, beside ids."""
_Item = tuple[str, str]
"""Completion of a word, and its description."""


def answer(environ: dict[str, str]) -> tuple[str, int] | None:
    """Return what to print and the exit code; `None` if Typer has to decide."""
    line = _words(environ)
    if line is None or any(
        not value or name not in {"ORDERWATCH_KEY", "ORDERWATCH_LOG"}
        for name, value in environ.items()
        if name.startswith("ORDERWATCH_")
    ):
        return None
    text = _read_list(environ)
    items = None if text is None else _complete(text, *line)
    return None if items is None else _format(environ, items)


def _words(environ: dict[str, str]) -> tuple[list[str], str] | None:
    """Return the whole words of a line and the last one, which is not whole."""
    is_bash = environ.get("_ORDERWATCH_COMPLETE") == "complete_bash"
    line = environ.get("COMP_WORDS" if is_bash else "_TYPER_COMPLETE_ARGS", "")
    plain = line.replace("\n", " ")
    if not plain.isascii() or not plain.isprintable() or any(c in line for c in "\"'\\=#"):
        return None
    words = plain.split()
    if is_bash:
        number = environ.get("COMP_CWORD", "")
        if not number.isdecimal() or int(number) < 1:
            return None
        return words[1 : int(number)], "".join(words[int(number) : int(number) + 1])
    if environ.get("_ORDERWATCH_COMPLETE") == "complete_powershell":
        last = environ.get("_TYPER_COMPLETE_WORD_TO_COMPLETE", "")
        return (words[1:-1] if last else words[1:]), last
    if len(words) > 1 and line[-1:] != " ":
        return words[1:-1], words[-1]
    return words[1:], ""


def _read_list(environ: dict[str, str]) -> str | None:
    """Return the list of the register in use, if it fits; it is in English."""
    config, data = (folder(environ, kind) for kind in range(2))
    try:
        content = _bytes(config, "config.toml") if config else b"orders"
    except FileNotFoundError:
        content = b""
    except OSError:
        return None
    if data is None or b"orders" in content or b"lang" in content:
        return None
    installed = f"{data}/register"
    return _fitting(installed if os.path.lexists(installed) else _PACKAGE)


def _fitting(folder: str) -> str | None:
    """Read a list; `None` if it, or a file that it was made of, has changed."""
    try:
        head, _, text = _bytes(folder, LIST).partition(b"\n")
        checksum, *sources = head.decode().split("\t")
        if checksum != f"completion 1 {crc32(text):08x}" or not sources:
            return None
        for source in sources:
            number, _, name = source.partition(" ")
            if number != f"{crc32(_bytes(folder, name)):08x}":
                return None
        return text.decode()
    except (OSError, ValueError):
        return None


def _bytes(folder: str, name: str) -> bytes:
    with open(os.path.join(folder, name), "rb") as file:  # noqa: PTH118, PTH123 - as above
        return file.read()


def _complete(text: str, words: list[str], last: str) -> list[_Item] | None:
    command = _command(text, words)
    if command is None:
        return None
    rows, rest = command
    options = [row for row in rows if row[0] == "O"]
    used, positional, values = set[str](), 0, None
    while rest:
        word, *rest = rest
        if word[:1] != "-":
            positional += 1
            continue
        option = next((row for row in options if word in row[1].split()), None)
        if option is None:
            return None
        if option[3] == "once":
            used.add(option[1])
        if option[2] == "1":
            values = None if rest else option[4]
            rest = rest[1:]
    if last[:1] == "-":
        unused = [row for row in options if row[1] not in used]
        names = [(name, row[5]) for row in unused for name in row[1].split()]
        return [item for item in names if item[0].startswith(last)]
    if values is not None:
        return _values(text, values, last)
    commands = [(row[1], row[2]) for row in rows if row[0] == "C" and row[1].startswith(last)]
    arguments = enumerate(row for row in rows if row[0] == "A")
    open_arguments = (row[2] for n, row in arguments if row[1] == "-1" or n >= positional)
    items = _values(text, next(open_arguments, ""), last)
    return None if items is None else commands + items


def _command(text: str, words: list[str]) -> tuple[list[list[str]], list[str]] | None:
    """Return the rows of the command of a line, and the words after it."""
    path, rest, rows = "", words, _rows(text, "")
    while rest and (names := {row[1] for row in rows if row[0] == "C"}):
        if rest[0] in names:
            path, rest = f"{path} {rest[0]}".strip(), rest[1:]
        elif ["L"] in rows and rest[0] not in {"-h", "--help"}:
            path = f"{path} list"
        else:
            return None
        rows = _rows(text, path)
    return rows, rest


def _rows(text: str, path: str) -> list[list[str]]:
    """Return the rows of a command: subcommands, options and arguments."""
    start = text.find(f"P\t{path}\n")
    end = text.find("\nP\t", start + 1)
    return [row.split("\t") for row in text[start:end].split("\n")[1:]]


def _values(text: str, values: str, last: str) -> list[_Item] | None:
    if values == "?":
        return None
    if values != "@":
        return [(value, "") for value in values.split() if value.startswith(last)]
    prefix = last.casefold()
    depth = prefix.count("/") + 1 if prefix else 0
    items = _starting(text, f"\nI\t{prefix}")
    if len(prefix) >= _WORDS_MIN:
        items += _starting(text, f"\nW\t{prefix}")
    return [
        (last + name[len(prefix) :], help_) for name, help_ in items if name.count("/") <= depth
    ]


def _starting(text: str, start: str) -> list[_Item]:
    items: list[_Item] = []
    place = text.find(start)
    while place >= 0:
        _kind, name, help_ = text[place + 1 : text.index("\n", place + 1)].split("\t")
        items.append((name, help_))
        place = text.find(start, place + 1)
    return items


def _format(environ: dict[str, str], items: list[_Item]) -> tuple[str, int] | None:
    """Format completions as Typer does for a shell."""
    match environ.get("_ORDERWATCH_COMPLETE"):
        case "complete_bash":
            return "\n".join(name for name, _help in items), 0
        case "complete_zsh":
            lines = [
                f'"{_escape(name)}":"{_escape(help_)}"' if help_ else f'"{_escape(name)}"'
                for name, help_ in items
            ]
            listed = "\n".join(lines)
            return (f"_arguments '*: :(({listed}))'" if items else "_files"), 0
        case "complete_fish":
            lines = [f"{name}\t{help_}" if help_ else name for name, help_ in items]
            action = environ.get("_TYPER_COMPLETE_FISH_ACTION", "")
            if action == "is-args":
                return "", 0 if items else 1
            return ("\n".join(lines) if action == "get-args" else ""), 0
        case "complete_powershell":
            return "\n".join(f"{name}:::{help_ or ' '}" for name, help_ in items), 0
    return None


def _escape(text: str) -> str:
    for character, escaped in (
        ('"', '""'),
        ("'", "''"),
        ("$", "\\$"),
        ("`", "\\`"),
        (":", r"\\:"),
    ):
        text = text.replace(character, escaped)
    return text
