"""`config get`: the value of one setting."""

from typing import Annotated

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.settings import KEYS, require_key
from orderwatch.translation import _, mark

Key = Annotated[
    str,
    typer.Argument(
        metavar="KEY",
        help=mark("A setting, such as log, follow or mail.host."),
        autocompletion=lambda: list(KEYS),
    ),
]


def get(ctx: typer.Context, key: Key) -> None:
    """Print the value of a setting that is in force; of a list, one item a line.

    For example:
      orderwatch config get log
      orderwatch config get recorder
    """
    require_key(key)
    setting = dict(settings(ctx).items()).get(key)
    if setting is None or setting.value is None:
        streams.print_message(_("{key} is not set").format(key=key))
        return
    values = setting.parts or (setting.value,)
    streams.write_result("".join(f"{value}\n" for value in values))
