"""`log prove`: the proof that an entry is in the log."""

import typer

from orderwatch.cli.commands.log._append import Entry
from orderwatch.cli.commands.log.checkpoint import Sign, read_key
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.log.formats.checkpoint import sign_tree_head
from orderwatch.log.formats.proof import prove_entry
from orderwatch.snapshot import Snapshot


def prove(ctx: typer.Context, entry: Entry, sign: Sign = None) -> None:
    """Print a proof that an entry is in the log.

    A stranger can check it without the log.

    For example:
      orderwatch log prove 3 > entry-3.proof
      orderwatch log prove 3 --sign office.key > entry-3.proof
    """
    with Snapshot(settings(ctx)) as snapshot:
        log = snapshot.log
        head = log.head()
        item = log.get(log.resolve(entry))
        text = prove_entry(item, head.size, sign_tree_head(head, read_key(sign)), log.node)
    streams.write_document(text)
