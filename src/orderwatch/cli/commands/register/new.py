"""`register new`: create a register file from a template."""

from importlib.resources import files
from typing import Annotated

import typer

from orderwatch import clock
from orderwatch.cli.terminal import streams
from orderwatch.errors import UsageError
from orderwatch.snapshot import expand_home
from orderwatch.translation import _, mark

_SCHEMA_FILE = "register.schema.json"
"""Name of the JSON Schema beside the register; the template refers to it."""


def new(
    file: Annotated[str, typer.Argument(metavar="FILE", help=mark("The new file."))],
) -> None:
    """Create a register file to edit, with its JSON Schema beside it.

    For example:
      orderwatch register new new-orders.toml
      orderwatch register new ~/new-orders.toml
    """
    streams.require_file_name(file)
    path = expand_home(file)
    schema = path.with_name(_SCHEMA_FILE)
    package = files("orderwatch")
    shape = (package / "schemas" / "register.json").read_bytes()
    for target, content in ((path, None), (schema, shape)):
        if target.exists() and (content is None or target.read_bytes() != content):
            raise UsageError(_("{path}: file exists; choose another name").format(path=target))
    template = (package / "templates" / "register.toml").read_text(encoding="utf-8")
    text = template.replace("{today}", str(clock.today("UTC")))
    streams.write_file(schema, [shape])
    streams.write_file(path, [text.encode()])
    streams.write_result(
        _("Created {path} with one example, and {schema} for editors.").format(
            path=path, schema=schema.name
        )
        + "\n"
        + _("Next: orderwatch register validate {path}").format(path=path)
        + "\n"
    )
