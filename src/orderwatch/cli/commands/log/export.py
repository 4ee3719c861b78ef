"""`log export`: write the log as JSON Lines."""

from pathlib import Path
from typing import Annotated

import typer

from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.log_url import require_other_file
from orderwatch.snapshot import Snapshot
from orderwatch.translation import mark, ngettext

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help=mark("Write to FILE, all or nothing.")),
]

WithPrivate = Annotated[
    bool, typer.Option("--with-private", help=mark("Include the text of private entries."))
]


def export(ctx: typer.Context, file: Output = None, with_private: WithPrivate = False) -> None:
    """Write the log as JSON Lines that keep the exact bytes.

    Such a file, in git or at a partner's, verifies as the log does. What private entries
    say stays out, and so do the reasons for changing them.

    For example:
      orderwatch log export --output log.jsonl
      orderwatch log export > log.jsonl
    """
    with Snapshot(settings(ctx)) as snapshot:
        seqs, count = (set[int](), 0) if with_private else snapshot.log.private_seqs()
        lines = snapshot.log.export(seqs)
        if file is None or str(file) == "-":
            streams.write_chunks(lines)
            _print_withheld(count)
            return
        require_other_file(str(settings(ctx).log.value), file)
        streams.write_file(file, lines)
        _print_withheld(count)


def _print_withheld(count: int) -> None:
    if count:
        text = ngettext(
            "the text of {n} private entry was left out; --with-private includes it",
            "the text of {n} private entries was left out; --with-private includes it",
            count,
        )
        streams.print_hint(text.format(n=count))
