"""`log reindex`: rebuild the search index."""

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.snapshot import Snapshot


def reindex(ctx: typer.Context) -> None:
    """Rebuild the search index of the log from its entries.

    The index is derived and proves nothing: `log verify` does not look at it. In a
    shared log the owner of the tables alone can do this.

    For example:
      orderwatch log reindex
      orderwatch --log office.log log reindex
    """
    from orderwatch.render.phrases import count

    with Snapshot(settings(ctx), write=True) as snapshot:
        size = snapshot.log.reindex()
    streams.write_outcome(
        f"The search index is rebuilt: {count(size, 'entry', 'entries')}\n",
        "the search index is rebuilt",
    )
