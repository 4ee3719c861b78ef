"""Signatures of a checkpoint that came in a file: which are verified, and by whose keys."""

from collections.abc import Sequence
from datetime import datetime

from orderwatch.errors import LogError
from orderwatch.log.formats import checkpoint as checkpoints
from orderwatch.log.formats import signed_note as notes
from orderwatch.log.formats.checkpoint import Checkpoint
from orderwatch.log.formats.policy import Policy
from orderwatch.log.formats.signed_note import Note, Verifier
from orderwatch.model import TreeHead
from orderwatch.model.proof import Trust
from orderwatch.translation import _


def verify_note(
    note: Note,
    verifiers: Sequence[Verifier] = (),
    policy: Policy | None = None,
    *,
    recorder: str | None = None,
    heads: Sequence[TreeHead] = (),
) -> Trust:
    """Verify a checkpoint; raise `LogError` if anything contradicts it.

    One of `verifiers` must have signed, and those whom a policy asks for. `recorder` is the
    public key of the recorder of an entry, whose signature is verified if there is one, `heads`
    are tree heads that it must equal.
    """
    checkpoint = checkpoints.from_note(note, verifiers)
    cosignatures: tuple[tuple[str, datetime], ...] = ()
    checked = list(verifiers)
    if policy is not None:
        approval = policy.verify(note)
        cosignatures = tuple((key.name, item.time) for key, item in approval.cosignatures)
        checked += [key.verifier for key in (*policy.logs, *policy.witnesses)]
    own = (
        []
        if recorder is None
        else [Verifier(name=checkpoint.origin, public=bytes.fromhex(recorder))]
    )
    by_recorder = bool(notes.match(note, own))
    by_policy = policy is not None and bool(policy.logs)
    # Nothing but its checksum covers the name in a checkpoint that is not signed.
    if not (verifiers or by_policy or by_recorder):
        if not checkpoints.is_intact(checkpoint.origin):
            raise LogError(_("the name of the log in the checkpoint was changed"))
        if not note.signatures and checkpoint.extensions:
            raise LogError(_("the checkpoint has lines after its root that nobody signed"))
    _compare(checkpoint, heads)
    names = {(key.name, key.key_id) for key in (*checked, *own)}
    return Trust(
        head=TreeHead(size=checkpoint.size, root=checkpoint.root, origin=checkpoint.origin),
        keys=len(verifiers),
        by_policy=by_policy,
        by_recorder=by_recorder,
        by_owner=recorder is not None and checkpoints.is_valid(checkpoint.origin, recorder),
        cosignatures=cosignatures,
        unchecked=sum((item.name, item.key_id) not in names for item in note.signatures),
    )


def _compare(checkpoint: Checkpoint, heads: Sequence[TreeHead]) -> None:
    for head in heads:
        if head.origin not in {None, checkpoint.origin}:
            raise LogError(
                _("the checkpoint is of {origin!r}, not {expected!r}").format(
                    origin=checkpoint.origin, expected=head.origin
                )
            )
        if head.size != checkpoint.size:
            raise LogError(
                _(
                    "the proof is of a log of {n} entries, the checkpoint has {size}: "
                    "`orderwatch log prove --since CHECKPOINT` connects them"
                ).format(n=checkpoint.size, size=head.size)
            )
        if head.root != checkpoint.root:
            raise LogError(
                _(
                    "the proof is of another log: at {size} entries it has another root than "
                    "the checkpoint"
                ).format(size=head.size)
            )
