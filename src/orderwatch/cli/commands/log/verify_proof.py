"""`log verify-proof`: verify a proof."""

from typing import Annotated

import typer

from orderwatch.cli.commands.log.checkpoint import LARGEST, Keys, signed_by
from orderwatch.cli.terminal import streams
from orderwatch.errors import LogError
from orderwatch.ledger import tree
from orderwatch.ledger.note import Verifier
from orderwatch.ledger.proof import Proof


def verify_proof(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A proof.")],
    key: Keys = None,
) -> None:
    """Check a proof that an entry is in a log.

    For example:
      orderwatch log verify-proof entry-3.proof
      orderwatch log verify-proof - < entry-3.proof
    """
    proof = Proof.parse(streams.slurp(file, LARGEST))
    if not proof.extra:
        raise LogError(
            f"{file}: the proof holds no entry, so there is nothing to check"
        )
    tree_head = proof.verify(
        tree.leaf_hash(proof.extra), [Verifier.parse(text) for text in key or ()]
    )
    signatures = signed_by(len(key)) if key else "its signatures not checked"
    from orderwatch.render.sanitize import visible

    # Untrusted input: an entry in a proof can be any bytes.
    entry = visible(proof.extra.decode(errors="backslashreplace"))
    streams.emit(
        f"The proof holds: entry {proof.index + 1} of {tree_head.size} in the log "
        f"{visible(tree_head.origin)} ({signatures}).\n{entry}\n"
    )
