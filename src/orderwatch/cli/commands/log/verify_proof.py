"""`log verify-proof`: verify a proof."""

from typing import Annotated

import typer

from orderwatch.cli.commands.log.checkpoint import Keys, read_note, signature_phrase
from orderwatch.cli.terminal import streams
from orderwatch.errors import LogError
from orderwatch.log.formats import tree
from orderwatch.log.formats.proof import Proof
from orderwatch.log.formats.signed_note import Verifier


def verify_proof(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A proof.")],
    key: Keys = None,
) -> None:
    """Check a proof that an entry is in a log.

    For example:
      orderwatch log verify-proof entry-3.proof
      orderwatch log verify-proof - < entry-3.proof
    """
    content = read_note(file, "a proof")
    try:
        proof = Proof.parse(content)
    except LogError as error:
        raise LogError(f"{file}: {error}") from error
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
