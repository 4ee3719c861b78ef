"""Dossier: one ZIP file for one claim, which a stranger checks without orderwatch."""

import os
import zipfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files as package_files
from itertools import islice
from pathlib import Path

from orderwatch import __version__, evidence, fs
from orderwatch.errors import LogError, UsageError
from orderwatch.frozen import Frozen, replace
from orderwatch.log.formats import tree
from orderwatch.log.formats.checkpoint import Checkpoint, sign_tree_head
from orderwatch.log.formats.proof import prove_entry
from orderwatch.log.formats.signed_note import Note
from orderwatch.log.formats.signed_note import parse as parse_note
from orderwatch.model import Attachment, CaseFile, Origin, TreeHead
from orderwatch.model.dossier import Dossier, proof_path
from orderwatch.model.entry import StoredEntry
from orderwatch.model.proof import AttestationKind
from orderwatch.snapshot import Snapshot
from orderwatch.translation import _

MANIFEST = "manifest.sha256"
SELF_HASH = "# SHA-256 of the lines above: "
"""Begin of the last line of a manifest, which binds the manifest to itself."""
_CHUNK_SIZE = 1024 * 1024
_NODE_CACHE_SIZE = 100_000
_DATE = (1980, 1, 1, 0, 0, 0)
"""The first date that a ZIP file can have: the same content gives the same bytes."""
_MODE = 0o100644 << 16

Content = tuple[str, Iterable[bytes]]
"""Path in the dossier, and the bytes in chunks."""


class WrittenDossier(Frozen):
    """Result of writing a dossier."""

    files: int
    entries: int
    manifest: str
    """SHA-256 of the manifest, which a reader compares."""


def compile_dossier(
    snapshot: Snapshot,
    name: str | None,
    entry_name: str | None,
    *,
    signer_key: str | None = None,
    allow_missing: bool = False,
) -> Dossier:
    """Read all about one id, or one entry of the log.

    Private entries are left out of a public snapshot. Raises `LogError` for evidence that is
    missing or changed, unless `allow_missing`.
    """
    history = _History(snapshot)
    if entry_name is not None:
        claim = snapshot.entry(entry_name)
        history.require_public(claim)
        entries = history.connected({claim.seq})
        subjects = dict.fromkeys(id_ for item in entries for id_ in _subjects(snapshot, item))
        unknown = tuple(id_ for id_ in subjects if not _is_known(snapshot, id_))
        case_files = tuple(
            _with_events_of(snapshot.case_file(id_), entries)
            for id_ in subjects
            if id_ not in unknown
        )
        title = _("Entry {n} of the log").format(n=claim.seq)
    else:
        case_file = snapshot.case_file(str(name))
        entries = history.connected({event.seq for event in case_file.events if event.seq})
        case_files, title, unknown = (case_file,), case_file.subject, ()
    folder = snapshot.evidence_folder if any(map(_files, entries)) else Path()
    problems = {
        file.sha256: problem
        for item in entries
        for file in _files(item)
        if (problem := evidence.verify(file, folder))
    }
    if problems and not allow_missing:
        text = _("nothing was written: {problem}; --allow-missing omits such files")
        raise LogError(text.format(problem=next(iter(problems.values()))))
    note = _checkpoint(snapshot, entries[-1].seq, signer_key) if entries else None
    return Dossier(
        title=title,
        view=snapshot.view,
        case_files=case_files,
        unknown=unknown,
        entries=tuple(entries),
        custody={item.seq: tuple(snapshot.custody(item)) for item in entries if item.event},
        checkpoint=str(note) if note else "",
        head=_head(note) if note else snapshot.view.log,
        signers=tuple(item.name for item in note.signatures) if note else (),
        stamps=_stamps(snapshot, _head(note)) if note else (),
        version=__version__,
        missing=frozenset(problems),
    )


class _History:
    """Entries of the log up to the tree head of a snapshot, and which of them name which."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._is_public = snapshot.is_public
        self._entries: dict[int, StoredEntry] = {}
        self._neighbours: dict[int, set[int]] = {}
        seqs: dict[str, int] = {}
        size = snapshot.view.log.size
        for item in islice(snapshot.log.history(), size) if size else ():
            if item.private and self._is_public:
                continue
            self._entries[item.seq] = item
            seqs[item.header.id] = item.seq
            if (target := seqs.get(str(item.header.target))) is not None:
                self._neighbours.setdefault(target, set()).add(item.seq)
                self._neighbours.setdefault(item.seq, set()).add(target)

    def require_public(self, entry: StoredEntry) -> None:
        """Raise `UsageError` for a private entry of a public snapshot."""
        if entry.seq not in self._entries:
            text = _("entry {n} is private; --with-private writes it all the same")
            raise UsageError(text.format(n=entry.seq))

    def connected(self, seqs: set[int]) -> list[StoredEntry]:
        """Return entries with all that they name, and all that names them, in order."""
        found, queue = set[int](), [*seqs]
        while queue:
            seq = queue.pop()
            if seq not in found:
                found.add(seq)
                queue += self._neighbours.get(seq, ())
        return [self._entries[seq] for seq in sorted(found)]


def _checkpoint(snapshot: Snapshot, seq: int, signer_key: str | None) -> Note:
    """Return the last checkpoint with an entry that was cosigned, or else stamped, or else is."""
    log, head = snapshot.log, snapshot.view.log
    states = [item for item in log.attestations() if seq <= item.size <= head.size]
    if any(item.kind is AttestationKind.COSIGNATURE for item in states):
        from orderwatch.log.cosigning import cosigned_note

        note = cosigned_note(log)
        if _head(note).size <= head.size:
            return note
    stamped = [item.size for item in states if item.kind is AttestationKind.TIMESTAMP]
    return sign_tree_head(log.head_of(max(stamped)) if stamped else head, signer_key)


def _stamps(snapshot: Snapshot, head: TreeHead) -> tuple[bytes, ...]:
    """Return the time stamps on a checkpoint."""
    return tuple(
        item.value
        for item in snapshot.log.attestations()
        if item.kind is AttestationKind.TIMESTAMP and item.size == head.size
    )


def _head(note: Note) -> TreeHead:
    checkpoint = Checkpoint.parse(note.text)
    return TreeHead(size=checkpoint.size, root=checkpoint.root, origin=checkpoint.origin)


def _subjects(snapshot: Snapshot, entry: StoredEntry) -> list[str]:
    """Return the ids that an entry is about, as the register has them."""
    return [*map(snapshot.register.local_id, entry.event.subjects if entry.event else ())]


def _is_known(snapshot: Snapshot, id_: str) -> bool:
    """Return whether the register has an id of an entry."""
    try:
        snapshot.resolve(id_)
    except UsageError:
        return False
    return True


def _files(entry: StoredEntry) -> tuple[Attachment, ...]:
    return entry.event.attachments if entry.event else ()


def _with_events_of(case_file: CaseFile, entries: Iterable[StoredEntry]) -> CaseFile:
    """Return a case file with the public record, and of the log only some entries."""
    seqs = {entry.seq for entry in entries}
    return replace(
        case_file,
        events=tuple(
            event
            for event in case_file.events
            if event.origin is Origin.REGISTER or event.seq in seqs
        ),
    )


def write(
    snapshot: Snapshot, dossier: Dossier, path: Path, *, force: bool = False
) -> WrittenDossier:
    """Write a dossier atomically; raise `UsageError` if the file exists, unless `force`."""
    lines: list[tuple[str, str]] = []
    try:
        with fs.temporary_file(path) as temporary:
            with zipfile.ZipFile(temporary, "w", allowZip64=True) as archive:
                for name, chunks in _contents(snapshot, dossier):
                    lines.append((name, _add(archive, f"{dossier.folder}/{name}", chunks)))
                manifest = _manifest(lines)
                digest = _add(archive, f"{dossier.folder}/{MANIFEST}", [manifest])
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            if force:
                temporary.replace(path)
            else:
                fs.link_new(temporary, path)
        fs.fsync_folder(path.parent)
    except FileExistsError:
        text = _("{path} exists; --force replaces it")
        raise UsageError(text.format(path=path)) from None
    except OSError as error:
        text = _("{path}: cannot be written: {reason}")
        raise UsageError(text.format(path=path, reason=error.strerror or error)) from error
    return WrittenDossier(files=len(lines) + 1, entries=len(dossier.entries), manifest=digest)


def _add(archive: zipfile.ZipFile, name: str, chunks: Iterable[bytes]) -> str:
    """Add a file to an archive, uncompressed and without a date; return its SHA-256."""
    info = zipfile.ZipInfo(name, _DATE)
    info.create_system, info.external_attr = 3, _MODE
    digest = sha256()
    with archive.open(info, "w", force_zip64=True) as file:
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _manifest(lines: Iterable[tuple[str, str]]) -> bytes:
    """Encode the manifest, which `sha256sum -c` reads; the last line has its own hash."""
    body = "".join(f"{digest}  {name}\n" for name, digest in sorted(lines))
    return f"{body}{SELF_HASH}{sha256(body.encode()).hexdigest()}\n".encode()


def _contents(snapshot: Snapshot, dossier: Dossier) -> Iterator[Content]:
    """Yield each file but the manifest."""
    from orderwatch.render import dossier as pages
    from orderwatch.render import json

    script = package_files("orderwatch") / "templates" / "dossier" / "verify.py"
    yield "VERIFY.txt", [pages.instructions(dossier).encode()]
    yield "verify.py", [script.read_bytes()]
    yield "index.html", [pages.page(dossier).encode()]
    for number, case_file in enumerate(dossier.case_files, start=1):
        yield f"data/record-{number}.json", [json.show(dossier.view, case_file).encode()]
    for entry in dossier.entries:
        custody = dossier.custody.get(entry.seq, ())
        text = json.log_entry(entry, tree.leaf_hash(entry.raw), custody)
        yield f"data/entry-{entry.seq}.json", [text.encode()]
    if dossier.entries:
        yield "checkpoint", [dossier.checkpoint.encode()]
        yield from ((path, [stamp]) for path, stamp in dossier.stamp_files.items())
        yield from _proofs(snapshot, dossier)
    for path, file in dossier.files.items():
        yield path, evidence.read(file, snapshot.evidence_folder, _CHUNK_SIZE)


def _proofs(snapshot: Snapshot, dossier: Dossier) -> Iterator[Content]:
    """Yield a proof with text and salt for each entry."""
    note, size = parse_note(dossier.checkpoint, unsigned=True), dossier.head.size
    read_node = lru_cache(_NODE_CACHE_SIZE)(snapshot.log.node)
    for entry in dossier.entries:
        line = snapshot.log.line(entry.seq)
        proof = prove_entry(line, entry.seq, size, note, read_node)
        yield proof_path(entry), [proof.to_text().encode()]
