"""`log verify`: recompute the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from orderwatch import fs
from orderwatch.cli.commands.log._append import Style
from orderwatch.cli.commands.log.checkpoint import Keys, PolicyFile, read_policy, read_tree_heads
from orderwatch.cli.commands.log.stamp import Roots, read_roots
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import UsageError
from orderwatch.log.formats.jsonl import LINE_MAX, require_export
from orderwatch.model.proof import Stamp
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

_PROGRESS_LABEL = mark("entries verified")
"""The label of the progress counter."""
Checkpoints = Annotated[
    list[str] | None,
    typer.Option(
        "--checkpoint", metavar="FILE", help=mark("Compare with a checkpoint; repeatable.")
    ),
]


def verify(
    ctx: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE|-",
            help=mark("Verify this export instead of the log."),
            show_default=False,
        ),
    ] = None,
    checkpoint: Checkpoints = None,
    key: Keys = None,
    policy: PolicyFile = None,
    tsa_root: Roots = None,
    style: Style = None,
) -> None:
    """Verify entries, tree and evidence; report every error.

    For example:
      orderwatch log verify
      orderwatch log verify log.jsonl --checkpoint partner.checkpoint
    """
    from orderwatch.log.cosigning import approve
    from orderwatch.log.verify import require_match, verify_lines
    from orderwatch.render import json, plain

    if key and not checkpoint:
        raise UsageError(_("--key needs --checkpoint, whose signature it verifies"))
    rules = None if policy is None else read_policy(policy)
    if rules and file is not None and not checkpoint:
        raise UsageError(_("--policy needs --checkpoint for an export, which has no signatures"))
    checkpoint_heads = read_tree_heads(checkpoint or (), key or (), rules)
    if tsa_root and file is not None:
        raise UsageError(_("--tsa-root verifies the stamps of the log; an export has none"))
    roots = [root for path in tsa_root or () for root in read_roots(path)]
    cosigned, stamps, others = None, tuple[Stamp, ...](), 0
    if file is None:
        with Snapshot(settings(ctx)) as snapshot, streams.progress(_(_PROGRESS_LABEL)) as progress:
            report, file_count, warnings = snapshot.verify(checkpoint_heads, progress)
            if rules and not checkpoint and report.problem is None:
                cosigned = approve(snapshot.log, rules)
            if roots and report.problem is None:
                from orderwatch.log.stamp import verify_all

                stamps, others = verify_all(snapshot.log, roots)
        for warning in warnings:
            streams.print_hint(warning)
    else:
        with open_export(file) as lines, streams.progress(_(_PROGRESS_LABEL)) as progress:
            report, file_count = verify_lines(lines, checkpoint_heads, progress), 0
    require_match(report, file)
    counts = {"files": file_count, "checkpoints": len(checkpoint_heads)}
    if style is Format.JSON:
        streams.write_document(json.verified(report, **counts, cosigned=cosigned, stamps=stamps))
    else:
        keys = len(key or ())
        text = plain.verified(report, **counts, keys=keys, is_file=file is not None)
        text += plain.cosigned(cosigned) if cosigned else ""
        streams.write_result(text + plain.stamped(stamps, others=others))


@contextmanager
def open_export(file: str) -> Iterator[Iterator[bytes]]:
    """Open an export, or standard input for `-`, and yield its lines."""
    with streams.open_input(file) as stream:
        yield require_export(fs.read_lines(stream, LINE_MAX))
