"""Write docs/reference from the program: commands, settings, formats, exit codes.

python tools/reference.py            # writes the pages
python tools/reference.py --check    # ends with 1 if one of them is stale
"""

import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from typer import Context
from typer.main import get_command

from orderwatch import settings, translation
from orderwatch.cli import app as program
from orderwatch.cli.command_docs import ENVIRONMENT, EXIT_CODES, FILES
from orderwatch.render import phrases

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
SCHEMAS = ROOT / "src" / "orderwatch" / "schemas"
MADE = "<!-- Made by `python tools/reference.py` from the program: change it there. -->\n"
WIDE = 4000
"""Columns for a help whose lines are not to be broken."""
LINE = 120
"""Columns of the pages."""

COMMON = ("as_of", "known_on", "time_zone", "register", "log")
"""The fields of every answer about a day."""

_COMMANDS = """\
# Commands

What `orderwatch COMMAND --help` says, on one page. `ID` is a case, an order, an
obligation or an alias: `192`, `192/2024-05-24`, `192/2024-05-24/2a`, `rafah`,
`rafah/2a`.
"""
_SETTINGS = """\
# Settings

An option beats the environment, which beats the configuration file; `orderwatch config`
shows what is in force, and from where.
"""
_JSON = """\
# JSON

The fields of what `--format json` prints, and of the register file. For programs,
`orderwatch schema NAME` prints the same as JSON Schema. Fields may be added, never
renamed or dropped; each is always there, `null` or empty where nothing is known.
"""
_CHECK = """
`check` and `court check` use those of monitoring plug-ins: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN;
there every error is 3. What a code means to one command, its own help says:
[Commands](commands.md).
"""

_TRANSLATIONS = """\
# Translations of what the law reads

English is the original. A translation that is marked `unreviewed` counts when a lawyer has
signed for it: the mark goes from the catalogue in the commit that names the person.
[Translate](../translate.md) says how.
"""

_WORD = re.compile(r"[<>*_|]")
_REMARK = re.compile(r" *\[((?:default: |x>=0|required)[^]]*)\]")


def pages() -> dict[str, str]:
    """Write every page, by the name of its file."""
    made = {
        "commands.md": commands(),
        "settings.md": _settings(),
        "exit-codes.md": _exit_codes(),
        "json.md": _formats(),
        "translations.md": _translations(),
    }
    return {name: "\n".join(map(_wrapped, text.split("\n"))) for name, text in made.items()}


def _wrapped(line: str) -> str:
    """Break a long line of prose or of a list; code and tables have none."""
    indent = line[: len(line) - len(line.lstrip())]
    return (
        textwrap.fill(
            line,
            LINE,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
            subsequent_indent=indent + "  " * line.lstrip().startswith("- "),
        )
        if len(line) > LINE
        else line
    )


def commands() -> str:
    """Write the page of commands from the help of each."""
    parts = [MADE + _COMMANDS]
    parts += [_command(words, text) for words, text in helps()]
    return "\n".join(parts)


def helps() -> Iterator[tuple[str, str]]:
    """Yield the help of each command, that of the program first."""
    yield from _helps(get_command(program.app), None, "orderwatch")


def _helps(
    command: Any,  # noqa: ANN401 - a command of Typer's
    parent: Context | None,
    words: str,
) -> Iterator[tuple[str, str]]:
    context = Context(
        command,
        info_name=words.rpartition(" ")[2],
        max_content_width=WIDE,
        parent=parent,
        terminal_width=WIDE,
    )
    context.help_option_names = ["-h", "--help"]
    yield words, command.get_help(context)
    if hasattr(command, "list_commands"):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            yield from _helps(child, context, f"{words} {name}")


def _command(words: str, text: str) -> str:
    """Write one command: its help, with lists for what stands in columns."""
    name = words.partition(" ")[2] or words
    told, usage = [f"## {name}\n"], ""
    for part in re.split(r"\n\n+", text.strip()):
        rows = part.splitlines()
        if rows[0].startswith("Usage: "):
            usage = rows[0].removeprefix("Usage: ")
            told.append(f"`{usage}`\n")
        elif rows[0].strip() == "For example:":
            examples = "\n".join(row.strip() for row in rows[1:])
            told.append(f"```text\n{examples}\n```\n")
        elif not rows[0].startswith(" ") and rows[0].endswith(":"):
            told.append(f"**{rows[0].removesuffix(':')}**\n")
            told.append("".join(_items(rows[1:])))
        else:
            told.append(" ".join(_plain(row.strip()) for row in rows) + "\n")
    return "\n".join(told)


def _items(rows: list[str]) -> Iterator[str]:
    """Turn two columns into a list; a long name has its text on the next line."""
    waiting = ""
    for row in rows:
        name, _, about = row.strip().partition("  ")
        if row.startswith("   "):
            yield f"- `{waiting}`: {_plain(row.strip())}\n"
            waiting = ""
        elif about:
            yield f"- `{name}`: {_plain(about.strip())}\n"
        else:
            waiting = name


def _plain(text: str) -> str:
    """Keep Markdown from reading anything into a text but its code."""
    text = _REMARK.sub(r" (\1)", text).replace("x>=0", "0 or more")
    parts = text.split("`")
    parts[::2] = [_WORD.sub(r"\\\g<0>", part) for part in parts[::2]]
    return "`".join(parts)


def _settings() -> str:
    tables = settings._TABLES.items()  # noqa: SLF001 - what the file may hold
    keys = {
        "orders": "a register file, or a list of them; `shipped` is the one that ships",
        "log": "the log: a path or a URL",
        "recorder": "name that entries of the log are recorded under",
        "key": "file of the key that signs log entries, as `log keygen` creates it",
        "evidence": "folder of the evidence files; default: beside the log",
        "evidence_max": "size of the largest file to store as evidence; default: 2G",
        "lang": "language: `en`, `fr`, or `auto` for that of the environment; default: `en`",
    }
    assert set(keys) == set(settings._KEYS)  # noqa: S101, SLF001 - or one is missing
    return "\n".join(
        [
            MADE + _SETTINGS,
            "## Environment\n",
            *(f"- `{name}`: {_plain(about)}" for name, about in ENVIRONMENT.items()),
            "\n## Files\n",
            *(f"- `{name}`: {_plain(about)}" for name, about in FILES.items()),
            "\n## Configuration file\n",
            (
                "A file in TOML; a relative path in it is relative to its folder. "
                "An unknown key is an error.\n"
            ),
            *(f"- `{key}`: {_plain(about)}" for key, about in keys.items()),
            *(
                f"- `{key}`: {_plain(about)}"
                for key, about in settings._LISTS.items()  # noqa: SLF001 - as above
            ),
            *(
                f"- `{table}.{key}`: {_plain(should)}"
                for table, inner in tables
                for key, (_, should) in inner.items()
            ),
            "",
        ]
    )


_LEGAL = {
    "Not judging": (
        phrases.NO_JUDGE,
        "It computes dates and reports who said what. It never judges compliance.",
        "Statements and assessments, the latest first; they are not weighed against each other.",
    ),
    "Absence": (
        "No filing known does not mean that none was made.",
        (
            "No filing known does not mean that none was made: "
            "reports to the Court need not be public."
        ),
        *("no filing known", "nothing on record", "Nothing is on record.", "not seen"),
    ),
    "Words of ours": (
        phrases.OUR_SUMMARY,
        "Labels and summaries are ours, not the Court's words; each order links to its text.",
        "Summaries, notes and events are in English, as in the register.",
        "No lawyer has reviewed this translation and its labels.",
    ),
    "Grades": tuple(phrases.GRADES.values()),
    "Age": (
        phrases.STALE,
        "Court's decisions known to {day}",
        "Register reviewed on {reviewed}; the Court's decisions known to {seen_to}.",
        "the register is too old to be reliable; update it",
    ),
}
"""The sentences that a lawyer reads before a translation counts as reviewed."""
_COLUMN = 57


def _translations() -> str:
    parts = [MADE + _TRANSLATIONS]
    for path in sorted(translation.FOLDER.glob("*/LC_MESSAGES/*.po")):
        language = path.parts[-3]
        with path.open("rb") as file:
            catalog = read_po(file)
        for title, messages in _LEGAL.items():
            parts.append(f"## {title} (en, {language})\n\n```text")
            for number, text in enumerate(messages):
                message = catalog.get(text)
                assert message, text  # noqa: S101 - or the sentence has changed
                mark = " [unreviewed]" if "unreviewed" in message.flags else ""
                parts += [
                    *([""] if number else []),
                    *_side_by_side(text, f"{message.string}{mark}"),
                ]
            parts.append("```\n")
    return "\n".join(parts)


def _side_by_side(left: str, right: str) -> Iterator[str]:
    columns = [textwrap.wrap(text, _COLUMN) for text in (left, right)]
    for first, second in zip_longest(*columns, fillvalue=""):
        yield f"{first:<{_COLUMN}}  {second}".rstrip()


def _exit_codes() -> str:
    return "\n".join(
        [
            f"{MADE}# Exit codes\n",
            "| code | meaning |\n|---|---|",
            *(f"| {code} | {_plain(about)} |" for code, about in EXIT_CODES.items()),
            _CHECK,
        ]
    )


def _formats() -> str:
    parts = [MADE + _JSON]
    schemas = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(SCHEMAS.glob("*.json"))
    }
    common = {name: schemas["status"]["properties"][name] for name in COMMON}
    parts += ["## Answers about a day\n", "Most answers begin with these fields.\n"]
    parts.append("".join(_fields({"properties": common, "required": COMMON}, "")))
    shapes: dict[str, list[Any]] = {}
    for name, schema in schemas.items():
        own = schema["properties"]
        if common.items() <= own.items():
            own = {key: value for key, value in own.items() if key not in COMMON}
        parts += [f"## {name}\n", f"{schema['description']}\n"]
        parts.append("".join(_fields({**schema, "properties": own}, "")))
        for key, shape in schema.get("$defs", {}).items():
            if shape not in shapes.setdefault(key, []):
                shapes[key].append(shape)
    parts += ["## Parts\n", "What stands above in *italics*.\n"]
    for key, found in sorted(shapes.items()):
        for shape in found:
            about = _plain(shape.get("description", ""))
            parts.append(f"**{key}**: {_kind(shape)}. {about}".rstrip() + "\n")
            parts.append("".join(_fields(shape, "")))
    return "\n".join(part for part in parts if part)


def _fields(schema: Mapping[str, Any], indent: str) -> Iterator[str]:
    """List the fields of an object, and what is in them."""
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        about = _plain(inner.get("description", "")).strip()
        told = "" if name in required else " (may be left out)"
        yield f"{indent}- `{name}`: {_kind(inner)}{told}. {about}".rstrip() + "\n"
        for nested in (inner, inner.get("items", {})):
            yield from _fields(nested, f"{indent}    ")


def _kind(schema: Mapping[str, Any]) -> str:
    """Say in words what a value is."""
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    if "$ref" in schema:
        return f"*{schema['$ref'].rpartition('/')[2]}*"
    for many in ("anyOf", "oneOf"):
        if many in schema:
            return " or ".join(dict.fromkeys(map(_kind, schema[many])))
    kinds = schema.get("type", "anything")
    names = [kinds] if isinstance(kinds, str) else kinds
    told = " or ".join("`null`" if name == "null" else name for name in names)
    if "format" in schema:
        told = told.replace("string", schema["format"])
    if names == ["array"] and "items" in schema:
        return f"list of {_many(_kind(schema['items']))}"
    return told


def _many(kind: str) -> str:
    return f"{kind}s" if kind in {"object", "string", "integer", "date"} else kind


def stale() -> list[str]:
    """Name the pages that are not what the program says now."""
    found = {path.name for path in FOLDER.glob("*.md")}
    written = {"channel.md", "contract.md", "files.md", "index.md", "hosting.md", "patroni.md"}
    wanted = pages()
    return sorted(
        (found - wanted.keys() - written)
        | {
            name
            for name, text in wanted.items()
            if name not in found or (FOLDER / name).read_text(encoding="utf-8") != text
        }
    )


def main() -> None:
    """Write the pages, or check them."""
    if "--check" in sys.argv:
        if names := stale():
            sys.exit(f"stale, run `python tools/reference.py`: {', '.join(names)}")
        return
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
