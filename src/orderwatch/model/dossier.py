"""A dossier: what one file for one claim is made of."""

from collections.abc import Mapping

from orderwatch.frozen import Frozen
from orderwatch.model import Attachment, CaptureRole, CaseFile, Provenance, TreeHead
from orderwatch.model.entry import StoredEntry

_SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "application/x-wacz": ".wacz",
    "text/plain": ".txt",
}
"""Ends of names by media type: programs that open such files run nothing of them."""


class Dossier(Frozen):
    """The record of one id or of one entry, with what proves the entries of the log."""

    title: str
    view: Provenance
    case_files: tuple[CaseFile, ...]
    unknown: tuple[str, ...]
    """Ids that entries are about, and the register lacks."""
    entries: tuple[StoredEntry, ...]
    """Entries of the log that it proves, in order."""
    custody: Mapping[int, tuple[StoredEntry, ...]]
    """Handovers, by the sequence number of the entry."""
    checkpoint: str
    """Signed note; empty without entries."""
    head: TreeHead
    """The tree head of the checkpoint."""
    signers: tuple[str, ...]
    """Names in the signatures of the checkpoint, which nobody has verified."""
    stamps: tuple[bytes, ...]
    """Time-stamp responses on the text of the checkpoint, which nobody has verified."""
    version: str
    """Version of the program."""
    missing: frozenset[str] = frozenset()
    """Digests of files that entries name and the evidence folder lacks."""

    @property
    def folder(self) -> str:
        """Return the name of the folder that the file unpacks to."""
        name = "".join(letter if letter.isalnum() else "-" for letter in self.title.casefold())
        return "-".join(filter(None, f"dossier-{name}".split("-")))

    @property
    def files(self) -> Mapping[str, Attachment]:
        """Return the evidence files by their path in the dossier."""
        found = {
            evidence_path(file): file
            for entry in self.entries
            for file in (entry.event.attachments if entry.event else ())
            if file.sha256 not in self.missing
        }
        return dict(sorted(found.items()))

    @property
    def stamp_files(self) -> Mapping[str, bytes]:
        """Return the time stamps by their path in the dossier."""
        return {f"stamps/{n}.tsr": stamp for n, stamp in enumerate(self.stamps, start=1)}

    @property
    def has_private(self) -> bool:
        """Return whether it contains what must not be published."""
        return any(entry.private for entry in self.entries)


def evidence_path(file: Attachment) -> str:
    """Return the path of an evidence file in a dossier; a browser shows HTML as text."""
    is_source_code = file.capture is not None and file.capture.role is CaptureRole.HTML
    suffix = ".html.txt" if is_source_code else _SUFFIXES.get(file.media_type, "")
    return f"evidence/{file.sha256}{suffix}"


def proof_path(entry: StoredEntry) -> str:
    """Return the path of the proof of an entry in a dossier."""
    return f"proofs/{entry.seq}.tlog-proof"
