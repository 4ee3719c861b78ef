"""`log retract`: take an event back."""

import typer

from orderwatch.cli.commands.log._append import _encode, _print_result, append_entry
from orderwatch.cli.commands.log._options import Entry, Style, Why
from orderwatch.cli.options import settings
from orderwatch.log.formats import payload
from orderwatch.model.entry import EntryKind
from orderwatch.snapshot import open_log


def retract(
    ctx: typer.Context, entry_name: Entry, why: Why, style: Style = None
) -> None:
    """Append that an entry counts no longer.

    It stays in the history.

    For example:
      orderwatch log retract 3 --why "the source withdrew it"
      orderwatch log retract 3 --why "recorded twice" --format json
    """
    config = settings(ctx)
    with open_log(config) as log:
        target = log.get(log.resolve(entry_name))
    body = _encode(lambda: payload.encode_reason(why))
    result, uid = append_entry(config, EntryKind.RETRACTION, body, target)
    _print_result(result, uid, f"retracts entry {target.seq}", style)
