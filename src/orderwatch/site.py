"""The files of a published folder."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from orderwatch import evidence, snapshot
from orderwatch.cli.commands.log.checkpoint import proof, signed
from orderwatch.errors import LogError
from orderwatch.fs.replace_dir import Content
from orderwatch.model import Attachment, Dossier, LogHead, Site
from orderwatch.snapshot import Record, log_of, selection

_NODES = 1_000
"""Of the tree, which are kept at hand."""
_Files = Iterator[tuple[str, Content]]


def _files(
    known: Record,
    ids: Sequence[str],
    base_url: str | None,
    *,
    sign: Path | None,
    with_evidence: bool,
) -> _Files:
    """Give every file of the folder, one at a time."""
    from orderwatch.render import csv, json
    from orderwatch.render.atom import feed
    from orderwatch.render.html.site import pages
    from orderwatch.render.html.sitemap import robots, sitemap
    from orderwatch.render.ics import calendar

    known = snapshot.at_once(known)
    chosen = selection(known, ids)
    cases = snapshot.cases(known, chosen)
    past = snapshot.history(known, cases)
    view = known.view
    entries = _Entries(known, cases) if view.log.size else None
    site = Site(
        view=view,
        cases=cases,
        overview=snapshot.overview(known, chosen, cases),
        base_url=base_url,
        public_log=entries is not None,
        proofs=tuple(entries.public) if entries else (),
    )
    paths = []
    for path, text in pages(site):
        paths.append(path)
        yield path, text
    yield "status.json", json.status(view, site.overview, overview=False)
    # An event can be of several cases.
    events = {event.id: event for dossier in cases for event in dossier.events}
    oldest = sorted(
        events.values(), key=lambda event: (event.on, event.seq or 0, event.id)
    )
    yield "events.csv", csv.events(view, oldest)
    dropped = snapshot.cancelled(known, cases)
    yield "deadlines.ics", calendar(view, cases, history=past, cancelled=dropped)
    yield "feed.atom", feed(view, cases, base_url=base_url, history=past)
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
    """What of the log is published: the entries of its state in the view."""

    def __init__(self, known: Record, cases: Sequence[Dossier]) -> None:
        self._known = known
        self._head: LogHead = known.view.log
        self.public: dict[str, int] = {}
        """The ids of the entries that can be read, each with its place."""
        self._attached: dict[str, Attachment] = {}
        names = {name for one in cases for name in _names(one)}
        hidden = set[str]()
        with log_of(known.settings) as log:
            for item in log.history():
                if item.seq > self._head.size:
                    break
                event, uid = item.event, item.header.id
                if event is None:
                    shown = str(item.header.target) not in hidden
                else:
                    about = {name.partition("@")[0] for name in event.about}
                    shown = not item.private and (not about or bool(about & names))
                if not shown:
                    hidden.add(uid)
                    continue
                self.public[uid] = item.seq
                for file in event.attachments if event else ():
                    self._attached[file.sha256] = file

    def files(self, sign: Path | None) -> _Files:
        """Give the log, its checkpoint, and a proof of each entry."""
        head = self._head
        made = signed(head, sign)
        yield "checkpoint", str(made)
        yield "log.jsonl", self._lines()
        with log_of(self._known.settings) as log:
            # Neighbours in the tree have almost all of their proofs in common.
            read = lru_cache(_NODES)(log.node)
            for item in log.history():
                if item.header.id in self.public:
                    text = proof(item, head.size, made, read)
                    yield f"proofs/{item.header.id}.tlog-proof", text

    def _lines(self) -> Iterator[bytes]:
        from orderwatch.ledger.exchange import line

        shown = set(self.public.values())
        with log_of(self._known.settings) as log:
            for seq, whole in enumerate(log.export(), start=1):
                if seq > self._head.size:
                    break
                # What is withheld leaves its header, so that the tree verifies.
                yield whole if seq in shown else line(log.get(seq).raw, None, None)

    def evidence(self) -> _Files:
        """Give the kept files that published entries name."""
        from orderwatch.cli import kept

        folder = kept.folder(self._known.settings)
        for digest, file in sorted(self._attached.items()):
            if problem := evidence.check(file, folder):
                raise LogError(f"{problem}; leave --evidence out to publish without")
            yield f"evidence/{digest}", evidence.path_of(file, folder)


def _names(one: Dossier) -> Iterator[str]:
    yield one.case.id
    for order in one.orders:
        yield order.id
    for status in one.statuses:
        yield status.obligation.id
