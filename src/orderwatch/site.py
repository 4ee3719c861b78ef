"""The files of a published folder."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from orderwatch import evidence
from orderwatch import snapshot as snapshots
from orderwatch.cli.commands.log.checkpoint import proof, signed
from orderwatch.errors import LogError
from orderwatch.fs.replace_dir import Content
from orderwatch.model import Attachment, Dossier, LogHead, Site
from orderwatch.snapshot import Record, evidence_folder, log_of, selection

_NODES = 1_000
"""The size of the cache of tree nodes."""
_Files = Iterator[tuple[str, Content]]


def _files(
    snapshot: Record,
    ids: Sequence[str],
    base_url: str | None,
    *,
    sign: Path | None,
    with_evidence: bool,
) -> _Files:
    """Yield the files of the folder, each with its content."""
    from orderwatch.render import csv, json
    from orderwatch.render.atom import feed
    from orderwatch.render.html.site import pages
    from orderwatch.render.html.sitemap import robots, sitemap
    from orderwatch.render.ics import calendar

    snapshot = snapshots.at_once(snapshot)
    references = selection(snapshot, ids)
    dossiers = snapshots.cases(snapshot, references)
    date_changes = snapshots.history(snapshot, dossiers)
    view = snapshot.view
    entries = _Entries(snapshot, dossiers) if view.log.size else None
    site = Site(
        view=view,
        cases=dossiers,
        overview=snapshots.overview(snapshot, references, dossiers),
        base_url=base_url,
        public_log=entries is not None,
        proofs=tuple(entries.public) if entries else (),
    )
    paths = []
    for path, text in pages(site):
        paths.append(path)
        yield path, text
    yield "status.json", json.status(view, site.overview, overview=False)
    # An event of several cases is listed once.
    events = {event.id: event for dossier in dossiers for event in dossier.events}
    ordered = sorted(
        events.values(), key=lambda event: (event.on, event.seq or 0, event.id)
    )
    yield "events.csv", csv.events(view, ordered)
    cancelled = snapshots.cancelled(snapshot, dossiers)
    yield (
        "deadlines.ics",
        calendar(view, dossiers, history=date_changes, cancelled=cancelled),
    )
    yield "feed.atom", feed(view, dossiers, base_url=base_url, history=date_changes)
    yield "robots.txt", robots(base_url)
    if base_url:
        yield "sitemap.xml", sitemap(base_url, paths)
    schema = files("orderwatch") / "schemas" / "status.json"
    yield "schemas/status.json", schema.read_bytes()
    if entries:
        yield from entries.files(sign)
        if with_evidence:
            yield from entries.evidence()


class _Entries:
    """The published part of the log, up to the tree head of the snapshot."""

    def __init__(self, snapshot: Record, dossiers: Sequence[Dossier]) -> None:
        self._known = snapshot
        self._head: LogHead = snapshot.view.log
        self.public: dict[str, int] = {}
        """Sequence numbers of the published entries, by id."""
        self._attached: dict[str, Attachment] = {}
        ids = {name for dossier in dossiers for name in _names(dossier)}
        hidden = set[str]()
        with log_of(snapshot.settings) as log:
            for entry in log.history():
                if entry.seq > self._head.size:
                    break
                event, id_ = entry.event, entry.header.id
                if event is None:
                    is_public = str(entry.header.target) not in hidden
                else:
                    subject_ids = {name.partition("@")[0] for name in event.about}
                    is_public = not entry.private and (
                        not subject_ids or bool(subject_ids & ids)
                    )
                if not is_public:
                    hidden.add(id_)
                    continue
                self.public[id_] = entry.seq
                for attachment in event.attachments if event else ():
                    self._attached[attachment.sha256] = attachment

    def files(self, sign: Path | None) -> _Files:
        """Yield the log, its checkpoint, and an inclusion proof for each entry."""
        tree_head = self._head
        checkpoint = signed(tree_head, sign)
        yield "checkpoint", str(checkpoint)
        yield "log.jsonl", self._lines()
        with log_of(self._known.settings) as log:
            # Proofs of adjacent leaves share almost all of their nodes.
            read_node = lru_cache(_NODES)(log.node)
            for entry in log.history():
                if entry.header.id in self.public:
                    text = proof(entry, tree_head.size, checkpoint, read_node)
                    yield f"proofs/{entry.header.id}.tlog-proof", text

    def _lines(self) -> Iterator[bytes]:
        from orderwatch.ledger.exchange import line

        public_seqs = set(self.public.values())
        with log_of(self._known.settings) as log:
            for seq, full_line in enumerate(log.export(), start=1):
                if seq > self._head.size:
                    break
                # A private entry keeps its header, so that the tree verifies.
                yield (
                    full_line
                    if seq in public_seqs
                    else line(log.get(seq).raw, None, None)
                )

    def evidence(self) -> _Files:
        """Yield the evidence files of the published entries."""
        folder = evidence_folder(self._known.settings)
        for digest, attachment in sorted(self._attached.items()):
            if problem := evidence.check(attachment, folder):
                raise LogError(f"{problem}; leave --evidence out to publish without")
            yield f"evidence/{digest}", evidence.path_of(attachment, folder)


def _names(dossier: Dossier) -> Iterator[str]:
    yield dossier.case.id
    for order in dossier.orders:
        yield order.id
    for status in dossier.statuses:
        yield status.obligation.id
