"""Witness of the logs of others: it cosigns a checkpoint that continues the last one it cosigned.

Key and memory lie in a folder of their own. The memory holds size and root of each log, and is
locked and written to the disk before a cosignature is returned. A copy of the folder is a second
witness with the same key, and both together could cosign two histories.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from orderwatch import fs
from orderwatch.errors import LogError, UsageError
from orderwatch.frozen import Frozen, replace
from orderwatch.log.formats import checkpoint as checkpoints
from orderwatch.log.formats import cosignature, tree
from orderwatch.log.formats import signed_note as notes
from orderwatch.log.formats.consistency import ConsistencyProof
from orderwatch.log.formats.signed_note import COSIGNATURE, Signature, Signer, Verifier
from orderwatch.model import TreeHead
from orderwatch.translation import _

REQUEST_MAX = 1_000_000
"""Bytes of a request."""
_NAME = "orderwatch/witness"
_KEY, _MEMORY = "key", "memory.json"
_FILE_MAX = 10_000_000
_SCHEMA = "orderwatch/witness/1"


class WitnessedLog(Frozen):
    """A log, the keys that sign for it, and its last state that was cosigned."""

    origin: str
    vkeys: tuple[str, ...]
    size: int = 0
    root: bytes = tree.EMPTY_ROOT


class Witness:
    """Witness with a key and a memory in a folder."""

    def __init__(self, folder: Path) -> None:
        """Read nothing yet."""
        self._folder = folder
        self.note: str | None = None
        """Remark for users, once the key was made."""

    def add(self, vkey: Verifier, name: str | None = None) -> Verifier:
        """Trust the key of a log; return the public key of the witness.

        The first call makes the key, with a name that names nobody unless one is given.
        """
        if vkey.type != notes.ED25519:
            raise UsageError(_("the key of {name!r} is not that of a log").format(name=vkey.name))
        fs.create_folder(self._folder)
        with self._locked():
            if not fs.may_exist(self._folder / _KEY):
                self._create(name)
            elif name is not None and name != self._signer().name:
                raise UsageError(
                    _("this witness is named {name!r} already").format(name=self._signer().name)
                )
            logs = self._read()
            log = logs.get(vkey.name, WitnessedLog(origin=vkey.name, vkeys=()))
            vkeys = tuple(dict.fromkeys((*log.vkeys, str(vkey))))
            self._write({**logs, vkey.name: replace(log, vkeys=vkeys)})
            return self._signer().verifier

    def sign(self, request: str, now: datetime) -> Signature:
        """Verify a request and cosign its checkpoint.

        A request consists of one or several proofs, of which one begins where this witness
        signed last. Raises `LogError` if the log does not continue that state.
        """
        proofs = parse_request(request)
        note = proofs[0].note
        new = proofs[0].checkpoint
        if not fs.may_exist(self._folder / _KEY):
            raise UsageError(
                _("This home is no witness yet. `orderwatch witness add LOG.vkey` makes it one.")
            )
        with self._locked():
            signer, logs = self._signer(), self._read()
            log = logs.get(new.origin)
            if log is None:
                raise LogError(
                    _(
                        "the log {origin!r} is unknown: `orderwatch witness add LOG.vkey` adds it"
                    ).format(origin=new.origin)
                )
            checkpoints.from_note(note, [Verifier.parse(item) for item in log.vkeys])
            _require_continued(log, proofs)
            self._write({**logs, log.origin: replace(log, size=new.size, root=new.root)})
            return cosignature.cosign(note, signer, now)

    def logs(self) -> list[WitnessedLog]:
        """Return the logs of the memory."""
        return list(self._read().values())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            with fs.lock_folder(self._folder):
                yield
        except OSError as error:
            text = _("{path}: {reason}")
            raise UsageError(
                text.format(path=error.filename or self._folder, reason=error.strerror)
            ) from error

    def _create(self, name: str | None) -> None:
        """Write an empty memory, then a new key: a key without memory never signs."""
        draft = Signer.generate(name or _NAME, COSIGNATURE)
        digest = sha256(draft.verifier.public).hexdigest()[:16]
        signer = draft if name else replace(draft, name=f"{_NAME}/{digest}")
        self._write({})
        fs.create_private(self._folder / _KEY, f"{signer.private_key()}\n")
        fs.fsync_folder(self._folder)
        self.note = _(
            "Created a witness: {folder}. Never copy or restore this folder: two copies could "
            "cosign two histories of a log."
        ).format(folder=self._folder)

    def _signer(self) -> Signer:
        return Signer.parse(fs.read_text(self._folder / _KEY, _FILE_MAX), COSIGNATURE)

    def _read(self) -> dict[str, WitnessedLog]:
        """Read the memory; raise `LogError` without a whole one."""
        path = self._folder / _MEMORY
        try:
            return _decode(json.loads(fs.read(path, _FILE_MAX)))
        except FileNotFoundError:
            raise LogError(
                _(
                    "{path} is missing: without it this witness cannot know what it signed, and "
                    "signs nothing. Restore it, or remove the whole folder to begin with a new key"
                ).format(path=path)
            ) from None
        except (ValueError, TypeError, KeyError, LogError) as error:
            raise LogError(
                _("{path} is damaged ({reason}): restore it").format(path=path, reason=error)
            ) from error

    def _write(self, logs: dict[str, WitnessedLog]) -> None:
        text = json.dumps(_encode(logs), ensure_ascii=False, indent=1)
        fs.write(self._folder / _MEMORY, [f"{text}\n".encode()])
        fs.fsync_folder(self._folder)


def parse_request(text: str) -> list[ConsistencyProof]:
    """Parse a request: proofs for the same checkpoint, one after the other."""
    starts = [match.start() for match in re.finditer(r"^old ", text, re.MULTILINE)]
    if not starts or text[: starts[0]].strip():
        raise LogError(_("not a request to a witness: its first line is not 'old SIZE'"))
    ends = [*starts[1:], len(text)]
    proofs = [
        ConsistencyProof.parse(text[start:end].strip("\n") + "\n")
        for start, end in zip(starts, ends, strict=True)
    ]
    if len({proof.note for proof in proofs}) > 1:
        raise LogError(_("the proofs of the request are for different checkpoints"))
    return proofs


def _require_continued(log: WitnessedLog, proofs: list[ConsistencyProof]) -> None:
    """Raise `LogError` unless a proof shows that the log continues what was cosigned."""
    new = proofs[0].checkpoint
    if new.size < log.size:
        raise LogError(
            _(
                "this witness cosigned {n} entries of the log, and the request has {size}: "
                "the log was cut, or the request is old"
            ).format(n=log.size, size=new.size)
        )
    last = TreeHead(size=log.size, root=log.root, origin=log.origin)
    for proof in proofs:
        if proof.old_size == log.size:
            proof.verify(last)
            return
    raise LogError(
        _(
            "this witness cosigned {n} entries of the log, and the request has no proof from "
            "there: `orderwatch log witness --request --old {n}` makes one"
        ).format(n=log.size)
    )


def _encode(logs: dict[str, WitnessedLog]) -> dict[str, object]:
    return {
        "schema": _SCHEMA,
        "logs": [
            {
                "origin": log.origin,
                "keys": list(log.vkeys),
                "size": log.size,
                "root": notes.encode_base64(log.root),
            }
            for log in logs.values()
        ],
    }


def _decode(value: dict[str, object]) -> dict[str, WitnessedLog]:
    match value:
        case {"schema": "orderwatch/witness/1", "logs": list(items)}:
            logs = [
                WitnessedLog(
                    origin=str(item["origin"]),
                    vkeys=tuple(str(Verifier.parse(key)) for key in item["keys"]),
                    size=checkpoints.parse_decimal(str(item["size"]), _("a size")),
                    root=notes.decode_base64(item["root"], _("a root")),
                )
                for item in items
            ]
            return {log.origin: log for log in logs}
    raise ValueError(_("it has another schema"))
