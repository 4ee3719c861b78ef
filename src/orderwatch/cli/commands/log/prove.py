"""`log prove`: the proof that an entry is in the log."""

import typer

from orderwatch.cli.commands.log._options import Entry
from orderwatch.cli.commands.log.checkpoint import Sign, proof, signed
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.snapshot import log_of


def prove(ctx: typer.Context, entry: Entry, sign: Sign = None) -> None:
    """Print a proof that an entry is in the log.

    A stranger can check it without the log.

    For example:
      orderwatch log prove 3 > entry-3.proof
      orderwatch log prove 3 --sign office.key > entry-3.proof
    """
    with log_of(settings(ctx)) as log:
        head = log.head()
        item = log.get(log.find(entry))
        text = proof(item, head.size, signed(head, sign), log.node)
    streams.emit(text)
