"""`log verify-proof`: verify a proof without the log."""

from collections.abc import Sequence
from typing import Annotated

import typer

from orderwatch import fs
from orderwatch.cli.commands.log.checkpoint import (
    MAX_BYTES,
    Keys,
    PolicyFile,
    read_policy,
    read_tree_heads,
)
from orderwatch.cli.commands.log.verify import Checkpoints
from orderwatch.cli.terminal import streams
from orderwatch.errors import LogError, UsageError
from orderwatch.log.formats import entry as entries
from orderwatch.log.formats import tree
from orderwatch.log.formats.consistency import ConsistencyProof
from orderwatch.log.formats.policy import Policy
from orderwatch.log.formats.proof import Proof
from orderwatch.log.formats.signed_note import Verifier
from orderwatch.log.formats.trust import verify_note
from orderwatch.model import TreeHead
from orderwatch.text import OTHER, TextError, kind_of
from orderwatch.translation import _, mark

_KINDS = (mark("a proof"), mark("a consistency proof"))


def verify_proof(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help=mark("The proof file."))],
    checkpoint: Checkpoints = None,
    key: Keys = None,
    policy: PolicyFile = None,
) -> None:
    """Verify a proof of `log prove`, and print the sentence that it proves.

    A proof that a log continues an older state needs the older checkpoint.

    For example:
      orderwatch log verify-proof entry-3.proof
      orderwatch log verify-proof growth.proof --checkpoint partner.checkpoint
    """
    heads = read_tree_heads(checkpoint or (), ())
    verifiers = [Verifier.parse(item) for item in key or ()]
    rules = None if policy is None else read_policy(policy)
    with streams.open_input(file) as stream:
        data = stream.read(MAX_BYTES + 1)
        try:
            text = verify_data(data, heads, verifiers, rules)
        except (LogError, UsageError) as error:
            raise type(error)(f"{file}: {error}") from error
    streams.write_result(text)


def verify_data(
    data: bytes,
    heads: Sequence[TreeHead] = (),
    verifiers: Sequence[Verifier] = (),
    policy: Policy | None = None,
) -> str:
    """Verify a proof and render it; raise `LogError` for anything else."""
    try:
        text = fs.decode(data, MAX_BYTES).strip("\n") + "\n"
    except TextError as error:
        raise LogError(str(error)) from error
    # A damaged proof can look like another kind of file.
    if (kind := kind_of(text)) not in {*_KINDS, OTHER}:
        raise LogError(_("is {kind}, not {expected}").format(kind=_(kind), expected=_(_KINDS[0])))
    verify = _verify_growth if text.startswith("old ") else _verify_entry
    return verify(text, heads, verifiers, policy)


def _verify_entry(
    text: str, heads: Sequence[TreeHead], verifiers: Sequence[Verifier], policy: Policy | None
) -> str:
    from orderwatch.render import plain

    proof = Proof.parse(text)
    entry = proof.entry()
    leaf = tree.leaf_hash(entry.raw)
    proof.verify(leaf)
    trust = verify_note(proof.note, verifiers, policy, recorder=entry.header.key, heads=heads)
    item = entries.decode(proof.index + 1, entry, withheld=entry.payload is None)
    return plain.proof(item, leaf, trust)


def _verify_growth(
    text: str, heads: Sequence[TreeHead], verifiers: Sequence[Verifier], policy: Policy | None
) -> str:
    from orderwatch.render import plain

    proof = ConsistencyProof.parse(text)
    if not heads:
        raise UsageError(
            _("this proof connects two checkpoints: name the older one with --checkpoint FILE")
        )
    for head in heads:
        proof.verify(head)
    return plain.growth(heads[0], verify_note(proof.note, verifiers, policy))
