"""`log prove` and `log verify-proof`: the proof that an entry is in the log."""

from typing import Annotated

import typer

from orderwatch.cli.commands.log._append import Entry
from orderwatch.cli.commands.log.checkpoint import Keys, Sign, read_key, read_note
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import LogError
from orderwatch.log.formats import tree
from orderwatch.log.formats.checkpoint import sign_tree_head
from orderwatch.log.formats.proof import Proof, prove_entry
from orderwatch.log.formats.signed_note import Verifier
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _, mark


def prove(ctx: typer.Context, entry: Entry, sign: Sign = None) -> None:
    """Print a proof that an entry is in the log.

    `log verify-proof` verifies it without the log.

    For example:
      orderwatch log prove 3 > entry-3.proof
      orderwatch log prove 3 --sign office.key > entry-3.proof
    """
    with Snapshot(settings(ctx)) as snapshot:
        log = snapshot.log
        head = log.head()
        item = log.get(log.resolve(entry))
        text = prove_entry(
            item, head.size, sign_tree_head(head, read_key(sign, snapshot)), log.node
        )
    streams.write_document(text)


def verify_proof(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help=mark("The proof file."))],
    key: Keys = None,
) -> None:
    """Verify a proof that an entry is in a log.

    For example:
      orderwatch log verify-proof entry-3.proof
      orderwatch log verify-proof - < entry-3.proof
    """
    from orderwatch.render import plain

    content = read_note(file, "a proof")
    try:
        proof = Proof.parse(content)
    except LogError as error:
        raise LogError(f"{file}: {error}") from error
    if not proof.extra:
        raise LogError(_("{path}: the proof contains no entry").format(path=file))
    head = proof.verify(tree.leaf_hash(proof.extra), [Verifier.parse(text) for text in key or ()])
    streams.write_result(
        plain.proof(proof.extra, proof.index + 1, head.size, head.origin, keys=len(key or ()))
    )
