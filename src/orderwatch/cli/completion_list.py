"""Make the list from which `completion` answers: commands, options, ids, States and words."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from orderwatch import lookup
from orderwatch.cli.completion import LIST
from orderwatch.cli.lazy_group import DefaultListGroup
from orderwatch.cli.options import complete_ids, describe_completion
from orderwatch.model import Register

if TYPE_CHECKING:
    from orderwatch.register.installed import Installation


def encode(root: Any, register: Register, sources: Iterable[Path], folder: Path) -> bytes:  # noqa: ANN401 - Typer's copy of click has no public type for it
    """Encode the list of a command and a register; `sources` are the files it is made of."""
    with root.make_context("orderwatch", [], resilient_parsing=True) as ctx:
        rows = [*_commands(root, ctx, "")]
    ids, words = lookup.completion_names(register)
    rows += (("I", name, describe_completion(text)) for name, text in ids.items())
    rows += (("W", name, describe_completion(text)) for name, text in words.items())
    text = "".join("\t".join(map(_one_line, row)) + "\n" for row in (*rows, ("P", "\0"))).encode()
    head = [f"completion 1 {crc32(text):08x}"]
    for path in sources:
        name = path.name if path.parent == folder else str(path)
        head.append(f"{crc32(path.read_bytes()):08x} {name}")
    return "\t".join(head).encode() + b"\n" + text


def install(root: Any, installation: "Installation") -> None:  # noqa: ANN401 - as above
    """Write the list of the register in use beside the installed releases.

    An editable install has no list, and Typer answers; so it does if the list cannot be written.
    """
    from orderwatch import fs
    from orderwatch.register import load_register

    folder, shipped = installation.folder, installation.shipped.with_name(LIST)
    used = installation.in_use()
    if shipped.exists():
        register = load_register(used.path, form_sha256=used.form_sha256)
        sources = (shipped, used.path, folder / "installed.json")
        with suppress(OSError):
            fs.write(folder / LIST, [encode(root, register, sources, folder)])


def _commands(command: Any, ctx: Any, path: str) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - as above
    yield "P", path
    names = command.list_commands(ctx) if hasattr(command, "commands") else ()
    children = {name: command.get_command(ctx, name) for name in names}
    for name, child in children.items():
        yield "C", name, _plain(child.get_short_help_str())
    if isinstance(command, DefaultListGroup):
        yield ("L",)
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    for param in command.get_params(ctx):
        if param.param_type_name == "argument":
            is_odd = param.nargs not in {1, -1} or (param.nargs < 0 and param is not arguments[-1])
            yield "A", str(param.nargs), "?" if is_odd else _values(param, ctx)
        elif not param.hidden:
            takes = "0" if param.is_flag or param.count else "1"
            # Typer has the names of --help in a set.
            opts = sorted(param.opts) if "--help" in param.opts else param.opts
            names = " ".join((*opts, *param.secondary_opts))
            times = "many" if param.multiple else "once"
            yield "O", names, takes, times, _values(param, ctx), _plain(param.help or "")
    if isinstance(command, DefaultListGroup):
        for param in children["list"].params:
            if param.param_type_name == "argument":
                yield "A", "-1", _values(param, ctx)
    for name, child in children.items():
        with child.make_context(name, [], parent=ctx, resilient_parsing=True) as child_ctx:
            yield from _commands(child, child_ctx, f"{path} {name}".strip())


def _values(param: Any, ctx: Any) -> str:  # noqa: ANN401 - as above
    """Return what completes a value: `@` for ids, a list of words, `?` for what is not listed."""
    completion = param.type_descriptor.parameter_info.autocompletion
    if completion is complete_ids:
        return "@"
    items = param.shell_complete(ctx, "")
    values = [item.value for item in items]
    is_listed = all(item.type == "plain" and item.value.split() == [item.value] for item in items)
    return " ".join(values) if is_listed and not any(item.help for item in items) else "?"


def _plain(text: str) -> str:
    """Return a description as Typer prints it, without the tags of rich, on one line."""
    from rich.text import Text

    return _one_line(Text.from_markup(text).plain)


def _one_line(text: str) -> str:
    return " ".join(text.split()) if any(c in text for c in "\t\n\r\v\f") else text
