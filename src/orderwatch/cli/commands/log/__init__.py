"""`log`: the public record and the user's own log."""

import typer

from orderwatch.cli.commands.log import (
    add,
    backup,
    checkpoint,
    correct,
    export,
    handover,
    import_,
    keygen,
    prove,
    recorder,
    redact,
    reindex,
    retract,
    show,
    stamp,
    verify,
    verify_proof,
    witness,
)
from orderwatch.cli.commands.log.list import list_
from orderwatch.cli.lazy_group import DefaultListGroup

app = typer.Typer(
    cls=DefaultListGroup,
    rich_markup_mode=None,
    add_completion=False,
    help="List the public record and your own log; add, correct and verify entries.\n\n"
    'Run "orderwatch log list --help" for the options of the list.\n\n'
    "For example:\n"
    "  orderwatch log rafah --since 2026-01-01\n"
    "  orderwatch log add rafah/3\n"
    "  orderwatch log verify",
)
app.command("list")(list_)
app.command()(show.show)
app.command()(add.add)
app.command()(correct.correct)
app.command()(retract.retract)
app.command()(redact.redact)
app.command()(handover.handover)
app.command("import")(import_.import_)
app.command()(export.export)
app.command()(verify.verify)
app.command()(checkpoint.checkpoint)
app.command()(prove.prove)
app.command("verify-proof")(verify_proof.verify_proof)
app.command()(witness.witness)
app.command()(stamp.stamp)
app.command()(keygen.keygen)
app.add_typer(recorder.app, name="recorder")
app.command()(reindex.reindex)
app.command()(backup.backup)
app.command()(backup.restore)
