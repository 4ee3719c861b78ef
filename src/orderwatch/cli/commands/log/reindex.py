"""`log reindex`: rebuild the search index."""

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, ngettext


def reindex(ctx: typer.Context) -> None:
    """Rebuild the search index of the log from its entries.

    The index is derived and proves nothing: `log verify` does not look at it. In a
    shared log the owner of the tables alone can do this.

    For example:
      orderwatch log reindex
      orderwatch --log office.log log reindex
    """
    with Snapshot(settings(ctx), write=True) as snapshot:
        size = snapshot.log.reindex()
    streams.write_outcome(
        ngettext(
            "Rebuilt the search index: {n} entry\n", "Rebuilt the search index: {n} entries\n", size
        ).format(n=size),
        _("the search index was rebuilt"),
    )
