"""Extract the marked strings, update the catalogues with them, and compile those.

python tools/catalogs.py            # does all three
python tools/catalogs.py extract    # writes build/orderwatch.pot, with the files of each string
python tools/catalogs.py update     # ... and the orderwatch.po of each language
python tools/catalogs.py compile    # the orderwatch.mo of each language
python tools/catalogs.py --check    # ends with 1 if a catalogue is stale or faulty

A new language is a folder `locale/CODE/LC_MESSAGES` with an `orderwatch.po`: `msginit`, or a
copy of the template, makes it. A catalogue has its strings in alphabetical order and without
the names of files, so that only a changed string changes it.
"""

import ast
import inspect
import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "orderwatch"
LOCALE = PACKAGE / "locale"
TEMPLATE = ROOT / "build" / "orderwatch.pot"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "mark": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
_METHODS: dict[str, Any] = {".html": "jinja2", ".svg": "jinja2", ".txt": "jinja2"} | {
    ".xml": "jinja2",
    ".js": "jinja2",
}
"""Extractors by the ending of a file."""
_NOT_EXTRACTED = {"templates/dossier/verify.py"}
_FIELDS = re.compile(r'^"(?!Language:|Plural-Forms|MIME|Content)[\w-]+: .*\\n"\n', re.MULTILINE)
"""Fields of a head that change without a change of a string, or that nobody fills in."""
_HEAD = "Strings of orderwatch. Placeholders in braces stay as they are; see docs/translate.md."


def catalogs() -> list[Path]:
    """Return the catalogue of each language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/orderwatch.po"))


def _python(file: BinaryIO, keywords: Any, *_tags: object, **_options: object) -> Iterator[Any]:  # noqa: ANN401 - as Babel calls it
    """Yield the marked strings of a module, as an extractor of Babel; those in f-strings too."""
    calls = [node for node in ast.walk(ast.parse(file.read())) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = getattr(call.func, "id", "")
        texts = tuple(
            argument.value if isinstance(argument, ast.Constant) else None for argument in call.args
        )
        if name in keywords and texts and isinstance(texts[0], str):
            yield call.lineno, name, texts if len(texts) > 1 else texts[0], []


_METHODS[".py"] = _python


def extracted() -> Catalog:
    """Return the strings of the program, in the order of its files."""
    catalog = Catalog(project="orderwatch", header_comment=f"# {_HEAD}", fuzzy=False)
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(PACKAGE).as_posix()
        method = _METHODS.get(path.suffix)
        if method is None or name in _NOT_EXTRACTED or name.startswith("locale/"):
            continue
        with path.open("rb") as file:
            for _line, message, _comments, context in extract(method, file, KEYWORDS):
                catalog.add(message, locations=[(name, 0)], context=context)
    for name, text in _helps():
        catalog.add(text, locations=[(name, 0)])
    return catalog


def _helps() -> Iterator[tuple[str, str]]:
    """Yield the paragraphs of each command's help, with the file that it is in."""
    from typer.main import get_command

    from orderwatch.cli import lazy_group
    from orderwatch.cli.app import app
    from orderwatch.cli.lazy_group import EXAMPLES_HEADING, paragraphs

    commands: list[Any] = [get_command(app)]
    for command in commands:
        children = command.list_commands(None) if hasattr(command, "commands") else ()
        commands += [command.get_command(None, name) for name in children]
        module = inspect.unwrap(command.callback) if command.callback else lazy_group
        path = Path(inspect.getfile(module))
        for paragraph in paragraphs(command.help.replace("\b\n", "")):
            if not paragraph.startswith(EXAMPLES_HEADING):
                yield path.relative_to(PACKAGE).as_posix(), paragraph


def read(path: Path) -> Catalog:
    """Read a catalogue, fuzzy and old messages too."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3] if path.suffix == ".po" else None)


def text_of(catalog: Catalog, *, is_template: bool = False) -> str:
    """Return the text of a catalogue, without dates; a template has the names of files."""
    buffer = io.BytesIO()
    write_po(
        buffer,
        catalog,
        no_location=not is_template,
        include_lineno=False,
        sort_output=not is_template,
        width=100,
    )
    head, _blank, messages = buffer.getvalue().decode().partition("\n\n")
    return _FIELDS.sub("", f"{head}\n") + f"\n{messages}"


def updated(path: Path, template: Catalog) -> str:
    """Return the text of a catalogue with the strings of a template.

    A changed string is not guessed from an old one: it is missing until it is translated.
    """
    catalog = read(path)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return text_of(catalog)


def compiled(path: Path) -> bytes:
    """Return a catalogue as `gettext` reads it, without fuzzy messages."""
    catalog, buffer = read(path), io.BytesIO()
    # Babel would take the time of the build; the same sources give the same bytes.
    catalog.creation_date = catalog.revision_date = datetime.fromtimestamp(0, UTC)
    write_mo(buffer, catalog)
    return buffer.getvalue()


def compile_in_place() -> None:
    """Compile each catalogue that is newer than its compiled form, for a source tree."""
    for path in catalogs():
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
            partial = target.with_suffix(f".{os.getpid()}")
            partial.write_bytes(compiled(path))
            partial.replace(target)


def stale() -> list[str]:
    """Return the names of the catalogues that need an update."""
    template = extracted()
    return [
        path.relative_to(ROOT).as_posix()
        for path in catalogs()
        if path.read_text("utf-8") != updated(path, template)
    ]


def problems(catalog: Catalog) -> list[str]:
    """Return what is wrong with the messages of a catalogue: absent, unsure, other fields."""
    return [
        f"{problem}: {message.id!r}"
        for message in catalog
        if message.id
        for problem in _problems_of(message)
    ]


def _problems_of(message: Message) -> Iterator[str]:
    singular, *plural = forms(message.id)
    if message.fuzzy:
        yield "fuzzy"
    for position, text in enumerate(forms(message.string)):
        source = plural[0] if plural and position else singular
        # The first form can stand for more numbers than one: the number may be in it.
        allowed = {*_fields(source)} | ({*_fields(plural[0])} if plural else set())
        if not text:
            yield "missing"
        elif not {*_fields(source)} - {"n"} <= {*_fields(text)} <= allowed:
            yield f"other placeholders, {sorted(_fields(text))}"
        elif source.strip(" ,;") and _edges(text) != _edges(source):
            yield "other spaces at an end"


def _fields(text: str) -> list[str]:
    """Return the placeholders of a text, with their formats."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return ["a brace that is not closed"]
    return [
        f"{name}{f'!{conversion}' if conversion else ''}{f':{spec}' if spec else ''}"
        for _text, name, spec, conversion in parts
        if name is not None
    ]


def _edges(text: str) -> tuple[str, str]:
    """Return the spaces at both ends; before a semicolon a language may want one."""
    start = text.removeprefix("\N{NO-BREAK SPACE}")
    return start[: len(start) - len(start.lstrip())], text[len(text.rstrip()) :]


def untranslated(catalog: Catalog) -> list[Message]:
    """Return the messages of a catalogue that lack a translation or have a fuzzy one."""
    return [
        message
        for message in catalog
        if message.id and (message.fuzzy or not all(forms(message.string)))
    ]


def forms(string: Any) -> tuple[str, ...]:  # noqa: ANN401 - text or its plural forms
    """Return the plural forms of a text, or the text alone."""
    return tuple(string) if isinstance(string, tuple | list) else (string or "",)


def main() -> None:
    """Do what the command line asks for."""
    task = next(iter(sys.argv[1:]), "all")
    if task == "--check":
        if names := stale():
            sys.exit(f"stale, run `python tools/catalogs.py`: {', '.join(names)}")
        for path in catalogs():
            if found := problems(read(path)):
                sys.exit("\n".join((f"{path}:", *found)))
        return
    if task not in {"all", "extract", "update", "compile"}:
        sys.exit(__doc__)
    if task != "compile":
        template = extracted()
        TEMPLATE.parent.mkdir(exist_ok=True)
        TEMPLATE.write_text(text_of(template, is_template=True), encoding="utf-8")
        for path in catalogs() if task != "extract" else ():
            path.write_text(updated(path, template), encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: {len(untranslated(read(path)))} strings to translate")
    if task in {"all", "compile"}:
        compile_in_place()


if __name__ == "__main__":
    main()
