"""`register rollback`: go back to the release that was installed before."""

import typer

from orderwatch import snapshot
from orderwatch.cli import completion_list
from orderwatch.cli.terminal import streams
from orderwatch.translation import _


def rollback(ctx: typer.Context) -> None:
    """Go back to the release of the register that was installed before, or to the shipped one.

    A later update leaves the removed release out, unless it is asked to install it again.

    For example:
      orderwatch register rollback
      orderwatch register status
    """
    installation = snapshot.installation()
    removed, _previous = installation.roll_back()
    completion_list.install(ctx.find_root().command, installation)
    current = installation.in_use().installed
    text = _("Release {n} was removed. The register that ships with the program is in use.\n")
    if current:
        text = _("Release {n} was removed. Release {current} is in use.\n")
    streams.write_result(
        text.format(n=removed.release.number, current=current and current.release.number)
    )
