"""`config`: the settings in force, and changes to the configuration file."""

from pathlib import Path

import typer

from orderwatch import fs
from orderwatch.cli.commands.config.edit import edit
from orderwatch.cli.commands.config.get import get
from orderwatch.cli.commands.config.set import set_
from orderwatch.cli.lazy_group import WrappingGroup
from orderwatch.cli.options import Style, load_settings
from orderwatch.cli.terminal import formats, pager, streams
from orderwatch.settings import Settings
from orderwatch.translation import _

app = typer.Typer(
    cls=WrappingGroup,
    rich_markup_mode=None,
    add_completion=False,
    invoke_without_command=True,
)
app.command()(get)
app.command("set")(set_)
app.command()(edit)


@app.callback()
def config(ctx: typer.Context, style: Style = None) -> None:
    """Show or change the settings.

    Alone, it lists the settings in force and where each comes from. An option beats the
    environment, which beats the configuration file.

    For example:
      orderwatch config
      orderwatch --log office.log config --format json
    """
    if ctx.invoked_subcommand is not None:
        return
    output_format = formats.resolve_text_format(style, "config")
    current = load_settings(ctx)
    is_text = output_format is not formats.Format.JSON
    rows = [
        (name, setting.value, setting.origin if is_text else setting.source)
        for name, setting in current.items()
    ]
    pager.show(formats.json_or_plain(style).settings(rows), output_format, no_pager=True)
    warn_of_readers(current)


def warn_of_readers(current: Settings) -> None:
    """Warn if other users can read a configuration file with secrets."""
    path = Path(str(current.config.value))
    if current.has_secrets and fs.is_readable_by_others(path):
        text = _("{path} contains secrets and other users can read it; run: chmod 600 {path}")
        streams.print_hint(text.format(path=path))
