"""`register check`: whether a newer release of the register is there."""

import typer

from orderwatch import snapshot
from orderwatch.cli.commands.register._channel import From, describe, open_updates
from orderwatch.cli.terminal import streams
from orderwatch.translation import _

NEWER = 1
"""Exit code where a newer release is there."""


def check(ctx: typer.Context, source: From = None) -> None:
    """Check a release channel for a newer register; install nothing.

    For example:
      orderwatch register check
      orderwatch register check /media/usb/register
    """
    updates = open_updates(ctx, source)
    item = updates.newest()
    installation = snapshot.installation()
    release = describe(item.release)
    if not installation.in_use().is_older_than(item):
        streams.write_result(_("Up to date: {release}\n").format(release=release))
        return
    text = _("Newer: {release}\nTo install it: orderwatch register update\n")
    if installation.state().rolled_back == item:
        text = _(
            "Newer, but rolled back: {release}\nTo install it: orderwatch register update --again\n"
        )
    streams.write_result(text.format(release=release))
    raise typer.Exit(NEWER)
