"""`log prove` and `log verify-proof`: the proof that an entry is in the log."""

from typing import Annotated

import typer

from orderwatch.cli.commands.log._append import Entry
from orderwatch.cli.commands.log.checkpoint import Keys, Sign, read_key, read_note, signature_phrase
from orderwatch.cli.options import settings
from orderwatch.cli.terminal import streams
from orderwatch.errors import LogError
from orderwatch.log.formats import tree
from orderwatch.log.formats.checkpoint import sign_tree_head
from orderwatch.log.formats.proof import Proof, prove_entry
from orderwatch.log.formats.signed_note import Verifier
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


def verify_proof(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A proof.")],
    key: Keys = None,
) -> None:
    """Check a proof that an entry is in a log.

    For example:
      orderwatch log verify-proof entry-3.proof
      orderwatch log verify-proof - < entry-3.proof
    """
    proof = Proof.parse(read_note(file, "a proof"))
    if not proof.extra:
        raise LogError(f"{file}: the proof holds no entry, so there is nothing to check")
    tree_head = proof.verify(
        tree.leaf_hash(proof.extra), [Verifier.parse(text) for text in key or ()]
    )
    signatures = signature_phrase(len(key)) if key else "its signatures not checked"
    from orderwatch.render.sanitize import sanitize

    # Untrusted input: an entry in a proof can be any bytes.
    entry = sanitize(proof.extra.decode(errors="backslashreplace"))
    streams.write_result(
        f"The proof holds: entry {proof.index + 1} of {tree_head.size} in the log "
        f"{sanitize(tree_head.origin)} ({signatures}).\n{entry}\n"
    )
