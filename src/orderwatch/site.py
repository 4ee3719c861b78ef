"""The files of a published folder."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import islice

from orderwatch import evidence
from orderwatch.errors import LogError
from orderwatch.fs import Content
from orderwatch.log.formats.checkpoint import sign_tree_head
from orderwatch.log.formats.proof import prove_entry
from orderwatch.model import Attachment, CaseFile, Site, TreeHead
from orderwatch.snapshot import Snapshot, overview

_NODE_CACHE_SIZE = 1_000
"""The size of the cache of tree nodes."""
_Files = Iterator[tuple[str, Content]]


def site_files(
    snapshot: Snapshot,
    ids: Sequence[str],
    base_url: str | None,
    *,
    signer_key: str | None,
    with_evidence: bool,
) -> _Files:
    """Yield the files of the folder, each with its content."""
    from orderwatch.render import csv, json
    from orderwatch.render.atom import feed
    from orderwatch.render.html import pages, robots, sitemap
    from orderwatch.render.ics import FILE_NAME, calendar

    snapshot.preload()
    case_files = snapshot.case_files(*ids)
    revisions = snapshot.revisions(status for file in case_files for status in file.statuses)
    view = snapshot.view
    entries = _PublicLog(snapshot, case_files) if view.log.size else None
    site = Site(
        view=view,
        cases=case_files,
        overview=overview(snapshot.obligations(*ids, ended=True), case_files),
        base_url=base_url,
        public_log=entries is not None,
        proofs=tuple(entries.seq_by_id) if entries else (),
    )
    paths = []
    for path, text in pages(site):
        paths.append(path)
        yield path, text
    yield "status.json", json.status(view, site.overview, overview=False)
    # An event of several cases is listed once.
    events = {event.id: event for case_file in case_files for event in case_file.events}
    ordered = sorted(events.values(), key=lambda event: event.sort_key)
    yield "events.csv", csv.events(view, ordered)
    cancelled = snapshot.cancelled_deadlines(case_files)
    yield (
        FILE_NAME,
        calendar(
            view,
            case_files,
            revisions,
            cancelled=cancelled,
            base_url=base_url,
            ended=bool(ids),
        ),
    )
    yield "feed.atom", feed(view, case_files, revisions, base_url=base_url)
    yield "robots.txt", robots(base_url)
    if base_url:
        yield "sitemap.xml", sitemap(base_url, paths)
    schema = files("orderwatch") / "schemas" / "status.json"
    yield "schemas/status.json", schema.read_bytes()
    if entries:
        yield from entries.files(signer_key)
        if with_evidence:
            yield from entries.evidence()


class _PublicLog:
    """The published part of the log, up to the tree head of the snapshot."""

    def __init__(self, snapshot: Snapshot, case_files: Sequence[CaseFile]) -> None:
        self._snapshot = snapshot
        self._tree_head: TreeHead = snapshot.view.log
        self.seq_by_id: dict[str, int] = {}
        """Sequence numbers of the published entries, by id."""
        self._attachments: dict[str, Attachment] = {}
        self._withheld: set[int] = set()
        """Sequence numbers of the others: their headers stay, so that the tree verifies."""
        to_log = snapshot.register.log_id
        ids = {to_log(name) for case_file in case_files for name in _ids_in(case_file)}
        hidden = set[str]()
        log = snapshot.log
        for entry in log.history():
            if entry.seq > self._tree_head.size:
                break
            event, id_ = entry.event, entry.header.id
            if event is None:
                is_public = not (entry.private or str(entry.header.target) in hidden)
            else:
                subject_ids = set(event.subjects)
                is_public = not entry.private and (not subject_ids or bool(subject_ids & ids))
            if not is_public:
                hidden.add(id_)
                self._withheld.add(entry.seq)
                continue
            self.seq_by_id[id_] = entry.seq
            for attachment in event.attachments if event else ():
                self._attachments[attachment.sha256] = attachment

    def files(self, signer_key: str | None) -> _Files:
        """Yield the log, its checkpoint, and an inclusion proof for each entry."""
        tree_head = self._tree_head
        checkpoint = sign_tree_head(tree_head, signer_key)
        yield "checkpoint", str(checkpoint)
        yield "log.jsonl", self._jsonl_lines()
        log = self._snapshot.log
        # Proofs of adjacent leaves share almost all of their nodes.
        read_node = lru_cache(_NODE_CACHE_SIZE)(log.node)
        for entry in log.history():
            if entry.header.id in self.seq_by_id:
                text = prove_entry(entry, tree_head.size, checkpoint, read_node)
                yield f"proofs/{entry.header.id}.tlog-proof", text

    def _jsonl_lines(self) -> Iterator[bytes]:
        return islice(self._snapshot.log.export(self._withheld), self._tree_head.size)

    def evidence(self) -> _Files:
        """Yield the evidence files of the published entries."""
        folder = self._snapshot.evidence_folder
        for digest, attachment in sorted(self._attachments.items()):
            if problem := evidence.verify(attachment, folder):
                raise LogError(f"{problem}; leave --evidence out to publish without")
            yield f"evidence/{digest}", evidence.file_path(attachment, folder)


def _ids_in(case_file: CaseFile) -> Iterator[str]:
    yield case_file.case.id
    for order in case_file.orders:
        yield order.id
    for status in case_file.statuses:
        yield status.obligation.id
