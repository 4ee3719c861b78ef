"""`config`: the settings in force."""

from pathlib import Path

import typer

from orderwatch import fs as disk
from orderwatch.cli.options import Style, settings
from orderwatch.cli.terminal import formats, pager, streams

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def config(ctx: typer.Context, style: Style = None) -> None:
    """Show or change the settings.

    An option beats the environment, which beats the configuration file.

    For example:
      orderwatch config
      orderwatch --log office.log config --format json
    """
    output_format = formats.resolve_text_format(style, "config")
    rows = [(name, setting.value, setting.source) for name, setting in settings(ctx).items()]
    pager.show(formats.json_or_plain(style).settings(rows), output_format, no_pager=True)
    current = settings(ctx)
    if current.has_secrets and disk.is_readable_by_others(path := Path(str(current.config.value))):
        streams.print_hint(
            f"{path}: others on this machine can read it, and it holds what should be "
            "secret: chmod 600 changes that"
        )
