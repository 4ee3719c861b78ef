"""`log verify`: recompute the log."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from orderwatch import fs
from orderwatch.cli.commands.log._append import Style
from orderwatch.cli.commands.log.checkpoint import Keys, PolicyFile, read_policy, read_tree_heads
from orderwatch.cli.commands.log.stamp import Roots, read_roots
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import formats, streams
from orderwatch.cli.terminal.formats import Format
from orderwatch.errors import UsageError
from orderwatch.log.formats.jsonl import LINE_MAX, require_export
from orderwatch.log.formats.policy import Policy
from orderwatch.model.entry import Shortfall
from orderwatch.model.proof import Attested
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


class Standard(StrEnum):
    """A standard for evidence from the web."""

    BERKELEY = "berkeley"


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
    standard: Annotated[
        Standard | None,
        typer.Option(
            "--standard",
            help=mark("List what entries lack of the Berkeley Protocol; that is not damage."),
            show_default=False,
        ),
    ] = None,
    style: Style = None,
) -> None:
    """Verify entries, tree and evidence; report every error.

    For example:
      orderwatch log verify
      orderwatch log verify --standard berkeley
      orderwatch log verify log.jsonl --checkpoint partner.checkpoint
    """
    from orderwatch.log.verify import require_match, verify_lines
    from orderwatch.render import json, plain

    if key and not checkpoint:
        raise UsageError(_("--key needs --checkpoint, whose signature it verifies"))
    if standard and file is not None:
        raise UsageError(_("--standard is about the log, not about a file"))
    rules = None if policy is None else read_policy(policy)
    if rules and file is not None and not checkpoint:
        raise UsageError(_("--policy needs --checkpoint for an export, which has no signatures"))
    checkpoint_heads = read_tree_heads(checkpoint or (), key or (), rules)
    if tsa_root and file is not None:
        raise UsageError(_("--tsa-root verifies the stamps of the log; an export has none"))
    roots = [root for path in tsa_root or () for root in read_roots(path)]
    attested = Attested()
    if file is None:
        with Snapshot(settings(ctx)) as snapshot, streams.progress(_(_PROGRESS_LABEL)) as progress:
            report, file_count, warnings = snapshot.verify(checkpoint_heads, progress)
            require_match(report, file)
            attested = _read_attested(snapshot, None if checkpoint else rules, roots)
            total, lacking = snapshot.shortfalls() if standard else (0, [])
        for warning in warnings:
            streams.print_hint(warning)
    else:
        with open_export(file) as lines, streams.progress(_(_PROGRESS_LABEL)) as progress:
            report, file_count = verify_lines(lines, checkpoint_heads, progress), 0
    require_match(report, file)
    counts = {"files": file_count, "checkpoints": len(checkpoint_heads)}
    if style is Format.JSON:
        shortfalls = lacking if standard else None
        streams.write_document(
            json.verified(report, **counts, attested=attested, shortfalls=shortfalls)
        )
        return
    text = plain.verified(report, **counts, keys=len(key or ()), is_file=file is not None)
    text += plain.attested(attested)
    if standard:
        text += _render_shortfalls(ctx.command_path, style, lacking, total)
    streams.write_result(text)


def _read_attested(
    snapshot: Snapshot, policy: Policy | None, roots: "Sequence[Certificate]"
) -> Attested:
    """Verify what others attested of the log, against a policy and roots."""
    from orderwatch.log import stamp
    from orderwatch.log.cosigning import approve

    stamps, unverified = stamp.verify_all(snapshot.log, roots) if roots else ((), 0)
    cosigned = None if policy is None else approve(snapshot.log, policy)
    return Attested(cosigned=cosigned, stamps=stamps, unverified=unverified)


def _render_shortfalls(
    command: str, style: Format | None, items: Sequence[Shortfall], total: int
) -> str:
    from orderwatch.render import plain

    if formats.resolve_text_format(style, command) is Format.TABLE:
        from orderwatch.render.terminal import Screen

        screen = Screen(
            width=formats.width(), colour=formats.use_colour(), links=formats.use_links()
        )
        return screen.shortfalls(items, total)
    return plain.shortfalls(items, total)


@contextmanager
def open_export(file: str) -> Iterator[Iterator[bytes]]:
    """Open an export, or standard input for `-`, and yield its lines."""
    with streams.open_input(file) as stream:
        yield require_export(fs.read_lines(stream, LINE_MAX))
