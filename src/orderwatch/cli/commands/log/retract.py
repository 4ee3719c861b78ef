"""`log retract`: take an event back."""

import typer

from orderwatch.cli.commands.log._append import AcceptCut, Entry, Style, Why, print_result
from orderwatch.cli.options import settings
from orderwatch.model.entry import EntryKind
from orderwatch.snapshot import Snapshot, encode_reason
from orderwatch.translation import _


def retract(
    ctx: typer.Context,
    entry_name: Entry,
    why: Why,
    accept_cut: AcceptCut = None,
    style: Style = None,
) -> None:
    """Append that an entry counts no longer.

    It stays in the history.

    For example:
      orderwatch log retract 3 --why "the source withdrew it"
      orderwatch log retract 3 --why "recorded twice" --format json
    """
    with Snapshot(settings(ctx), write=True, accept_cut=accept_cut) as snapshot:
        target = snapshot.log.get(snapshot.log.resolve(entry_name))
        body = encode_reason(why)
        result = snapshot.append_entry(EntryKind.RETRACTION, body, target, private=target.private)
    print_result(snapshot, result, _("retracts entry {seq}").format(seq=target.seq), style)
