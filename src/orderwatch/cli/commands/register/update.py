"""`register update`: install the newest release of the register."""

from typing import TYPE_CHECKING, Annotated

import typer

from orderwatch import snapshot
from orderwatch.cli import completion_list
from orderwatch.cli.commands.register._channel import From, describe, open_updates
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.translation import _, mark, ngettext

if TYPE_CHECKING:
    from orderwatch.register.installed import InUse

_SHOWN_MAX = 40
"""Differences that are listed before the rest is counted."""

Again = Annotated[
    bool, typer.Option("--again", help=mark("Also install a release that was rolled back."))
]


def update(ctx: typer.Context, source: From = None, again: Again = False) -> None:
    """Install the newest register of a release channel, and list what changed.

    The channel is verified first: its signature, every release that was seen before, the date of
    the next review and the SHA-256 of the register. If anything is wrong, nothing changes.

    For example:
      orderwatch register update
      orderwatch register update https://example.org/register
      orderwatch register update /media/usb/register
    """
    updates = open_updates(ctx, source)
    item = updates.newest()
    installation = snapshot.installation()
    before = installation.in_use()
    release = describe(item.release)
    if not before.is_older_than(item):
        text = _("Nothing to install. The channel has {release}; the register in use is as new.\n")
        streams.write_result(text.format(release=release))
        return
    if not again and installation.exists() and installation.state().rolled_back == item:
        text = _(
            "Nothing was installed, because {release}, was rolled back here.\n"
            "To install it again: orderwatch register update --again\n"
        )
        streams.write_result(text.format(release=release))
        return
    updates.install(item, updates.register(item.release))
    completion_list.install(ctx.find_root().command, installation)
    from orderwatch.register.diff import RegisterFacts, diff
    from orderwatch.render.register_diff import lines

    old = RegisterFacts.load(before.path, str(before.path))
    new = RegisterFacts.load(installation.path(item), str(item.release.number))
    changes = diff(old, new)
    rest = len(changes) - _SHOWN_MAX
    text = "".join(f"{line}\n" for line in lines(changes[:_SHOWN_MAX]))
    if rest > 0:
        more = ngettext(
            "and {n} more: orderwatch register diff {old} installed\n",
            "and {n} more: orderwatch register diff {old} installed\n",
            rest,
        )
        text += more.format(n=rest, old=_old_name(before))
    streams.write_outcome(
        text + _("Installed: {release}\n").format(release=release),
        _("installed: {release}").format(release=release),
    )
    if settings(ctx).orders.parts:
        streams.print_message(
            _("Commands use another register: orders is set ({source}).").format(
                source=settings(ctx).orders.source
            )
        )


def _old_name(before: "InUse") -> str:
    return str(before.installed.release.number) if before.installed else "shipped"
