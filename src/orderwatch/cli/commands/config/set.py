"""`config set`: change one setting in the configuration file."""

import os
from pathlib import Path
from typing import Annotated

import typer

from orderwatch.cli.commands.config.get import Key
from orderwatch.cli.options import global_options, load_settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import OrderwatchError
from orderwatch.settings import config_setting, editor
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

Values = Annotated[
    list[str],
    typer.Argument(
        metavar="VALUE",
        help=mark("The value; of a list, each item. An empty value ('') removes the setting."),
    ),
]


def set_(ctx: typer.Context, key: Key, values: Values) -> None:
    """Change one setting in the configuration file; comments stay.

    The file is created if it is missing, and nothing is written if the value is invalid.

    For example:
      orderwatch config set recorder "Legal office"
      orderwatch config set follow rafah 178
      orderwatch config set remind.before 30,14,7
    """
    path = config_path(ctx)
    before = editor.read(path)
    content = editor.with_value(before, key, values)
    editor.save(path, content, before)
    streams.write_result(f"{_('{path}: {key} changed').format(path=path, key=key)}\n")
    warn_of_unknown(ctx)


def config_path(ctx: typer.Context) -> Path:
    """Return the path of the configuration file, which need not exist or be valid."""
    return Path(str(config_setting(global_options(ctx), os.environ).value)).expanduser()


def warn_of_unknown(ctx: typer.Context) -> None:
    """Warn of names in `follow` that the register does not have, and of readers of secrets."""
    from orderwatch.cli.commands.config import warn_of_readers

    current = load_settings(ctx)
    warn_of_readers(current)
    try:
        _names, problems = Snapshot(current).followed()
    except OrderwatchError:
        # The register itself is invalid: every other command says so.
        return
    for problem in problems:
        streams.print_message(problem)
