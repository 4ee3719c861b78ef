"""The files of a published folder, and single documents of the same content."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from itertools import islice
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING

from orderwatch import evidence, fs, lookup
from orderwatch.errors import LogError, UsageError
from orderwatch.frozen import replace
from orderwatch.fs import Content
from orderwatch.log.formats.checkpoint import sign_tree_head
from orderwatch.log.formats.proof import prove_entry
from orderwatch.model import Attachment, CaseFile, Deadline, Ending, Site, TreeHead
from orderwatch.revisions import Revisions
from orderwatch.snapshot import Snapshot, overview
from orderwatch.text import name_key
from orderwatch.translation import _, language, own_name, using

if TYPE_CHECKING:
    from orderwatch.render.data_package import Table

_NODE_CACHE_SIZE = 1_000
"""The size of the cache of tree nodes."""
_ALARMS_MAX = 10
_ALARM_DAYS_MAX = 3660
"""The maximum number of days between an alarm and its deadline."""
_Files = Iterator[tuple[str, Content]]


def site_files(  # noqa: PLR0913 - each is an option of the folder
    snapshot: Snapshot,
    ids: Sequence[str],
    base_url: str | None,
    *,
    signer_key: str | None,
    with_evidence: bool,
    languages: Sequence[str] = (),
) -> _Files:
    """Yield the files of the folder, each with its content.

    The first language is in the folder itself, each further one in a folder of its own.
    """
    from orderwatch.render import data_package, json
    from orderwatch.render.html import robots, sitemap
    from orderwatch.render.timeline import png

    case_files = snapshot.case_files(*ids, lazy=True)
    revisions = _revisions(snapshot, case_files)
    view = snapshot.view
    entries = _PublicLog(snapshot, case_files) if view.log.size else None
    site = Site(
        view=view,
        cases=case_files,
        overview=overview(snapshot.obligations(*ids, ended=True), case_files),
        base_url=base_url,
        public_log=entries is not None,
        proofs=entries.published if entries else (),
        licence=snapshot.licence,
        states=snapshot.register.states,
        pictures=png.is_available(),
    )
    paths = []
    for code, part, folder in _in_languages(site, languages):
        with using(code):
            computed, cancelled = _computed(snapshot, part, ids)
            for path, content in _pages(computed, revisions, cancelled, ended=bool(ids)):
                paths.append(f"{folder}{path}")
                yield f"{folder}{path}", content
    yield "status.json", json.status(view, site.overview, overview=False)
    tables = data_package.tables(view, case_files)
    yield from data_package.files(view, tables, snapshot.licence)
    yield "orderwatch.sqlite", _database(snapshot, tables)
    yield "robots.txt", robots(base_url)
    if base_url:
        yield "sitemap.xml", sitemap(base_url, paths)
    from importlib.resources import files

    schema = files("orderwatch") / "schemas" / "status.json"
    yield "schemas/status.json", schema.read_bytes()
    if entries:
        yield from entries.files(signer_key)
        if with_evidence:
            yield from entries.evidence()


def _computed(
    snapshot: Snapshot, site: Site, ids: Sequence[str]
) -> tuple[Site, tuple[tuple[Deadline, Ending], ...]]:
    """Return the site and the cancelled deadlines, with steps and notes in the active language."""
    cases = snapshot.case_files(*ids, lazy=True)
    site = replace(
        site, cases=cases, overview=overview(snapshot.obligations(*ids, ended=True), cases)
    )
    return site, tuple(snapshot.cancelled_deadlines(cases))


def _in_languages(site: Site, codes: Sequence[str]) -> Iterator[tuple[str, Site, str]]:
    """Yield each language, the site in it, and the path of its folder."""
    if len(codes) < 2:  # noqa: PLR2004 - one language needs no links to others
        yield (*codes, language())[0], site, ""
        return
    folders = {code: f"{code}/" if position else "" for position, code in enumerate(codes)}
    names = {}
    for code in codes:
        with using(code):
            names[code] = own_name()
    languages = tuple((code, names[code], folder) for code, folder in folders.items())
    for code, folder in folders.items():
        base_url = site.base_url and f"{site.base_url}{folder}"
        shared = "../" if folder else ""
        yield (
            code,
            replace(
                site, languages=languages, base_url=base_url, shared=shared, site_url=site.base_url
            ),
            folder,
        )


def _pages(
    site: Site,
    revisions: Revisions,
    cancelled: Sequence[tuple[Deadline, Ending]],
    *,
    ended: bool,
) -> _Files:
    """Yield pages, feeds and calendars in the active language."""
    from orderwatch.render.html import pages
    from orderwatch.render.names import localized
    from orderwatch.render.timeline import png

    named = localized(site)
    for path, text in pages(named):
        yield path, text
        if site.pictures and path.endswith("timeline.svg"):
            yield f"{path.removesuffix('.svg')}.png", png.rasterize(text)
    yield from _subscription_files(named, site, revisions, localized(cancelled), ended=ended)


def _subscription_files(
    site: Site,
    original: Site,
    revisions: Revisions,
    cancelled: Sequence[tuple[Deadline, Ending]],
    *,
    ended: bool,
) -> _Files:
    """Yield feed, calendar and JSON document of everything, of each State and of each case.

    Names in the documents are those of the original.
    """
    from orderwatch.render import json
    from orderwatch.render.atom import feed
    from orderwatch.render.html import subscriptions
    from orderwatch.render.ics import calendar

    view, base_url = site.view, site.base_url
    whole = subscriptions.everything(site)
    original_statuses = [status for file in original.cases for status in file.statuses]
    parts = [*subscriptions.of_states(site), *map(subscriptions.of_case, site.cases)]
    for item in (whole, *parts):
        feed_path, calendar_path, document_path = item.paths
        yield (
            feed_path,
            feed(
                view,
                item.cases,
                revisions,
                base_url=base_url,
                licence=site.licence,
                name=item.name,
                folder=item.folder,
            ),
        )
        ids = {status.obligation.id for file in item.dated for status in file.statuses}
        yield (
            calendar_path,
            calendar(
                view,
                item.dated,
                revisions,
                cancelled=[pair for pair in cancelled if pair[0].obligation.id in ids],
                base_url=base_url,
                ended=ended or item is not whole,
                name=item.name,
                folder=item.folder,
            ),
        )
        statuses = [status for status in original_statuses if status.obligation.id in ids]
        if item is whole:
            statuses = list(original.overview)
        yield document_path, json.status(view, statuses, overview=False)


def data_package_files(snapshot: Snapshot, ids: Sequence[str]) -> _Files:
    """Yield the files of a data package."""
    from orderwatch.render import data_package

    tables = data_package.tables(snapshot.view, snapshot.case_files(*ids, lazy=True))
    return data_package.files(snapshot.view, tables, snapshot.licence)


def _database(snapshot: Snapshot, tables: "Sequence[Table]") -> Iterator[bytes]:
    from orderwatch.render import data_package, sqlite

    view = snapshot.view
    about = data_package.provenance(view, tables, snapshot.licence)
    return sqlite.database(about, tables)


def _revisions(snapshot: Snapshot, case_files: Sequence[CaseFile]) -> Revisions:
    return snapshot.revisions(status for file in case_files for status in file.statuses)


class Document(StrEnum):
    """The formats of an exported document."""

    ICS = "ics"
    ATOM = "atom"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    SVG = "svg"
    DATAPACKAGE = "datapackage"
    """A folder: `data_package_files`."""
    SQLITE = "sqlite"


def document(  # noqa: PLR0913 - what a document is of
    snapshot: Snapshot,
    form: Document,
    ids: Sequence[str],
    *,
    ended: bool,
    alarms: tuple[int, ...],
    base_url: str | None,
) -> bytes:
    """Render one document; data has the names of the register, text those of its language."""
    from orderwatch.render.names import localized

    match form:
        case Document.ICS:
            from orderwatch.render.ics import calendar

            case_files = snapshot.case_files(*ids, dates_only=True)
            revisions = _revisions(snapshot, case_files)
            return calendar(
                localized(snapshot.view),
                localized(tuple(case_files)),
                revisions,
                cancelled=localized(tuple(snapshot.cancelled_deadlines(case_files))),
                alarms=alarms,
                base_url=base_url,
                ended=ended or bool(ids),
            )
        case Document.ATOM:
            from orderwatch.render.atom import feed

            case_files = snapshot.case_files(*ids, lazy=True)
            revisions = _revisions(snapshot, case_files)
            return feed(
                localized(snapshot.view),
                localized(tuple(case_files)),
                revisions,
                base_url=base_url,
                licence=snapshot.licence,
            ).encode()
        case Document.SQLITE:
            from orderwatch.render import data_package

            tables = data_package.tables(snapshot.view, snapshot.case_files(*ids, lazy=True))
            return b"".join(_database(snapshot, tables))
        case Document.SVG:
            from orderwatch.render.timeline.svg import standalone_svg

            obligations = snapshot.obligations(*ids, ended=ended)
            cases = dict.fromkeys(item.order.case.id for item in obligations)
            case_files = tuple(snapshot.case_files(*(ids or cases)))
            return standalone_svg(localized(snapshot.view), localized(case_files)).encode()
        case _:
            module = import_module(f"orderwatch.render.{form}")
            view, results = snapshot.view, snapshot.statuses(*ids, ended=ended)
            if form is Document.MARKDOWN:
                view, results = localized((view, results))
            text: str = module.status(view, results, overview=not ids)
            return text.encode()


def parse_alarms(text: str | None, form: Document) -> tuple[int, ...]:
    """Parse the days of alarms, such as `7,1`."""
    if text is None:
        return ()
    if form is not Document.ICS:
        raise UsageError(_("--alarm is for calendars only, not for {form}").format(form=form))
    try:
        days = {int(day) for day in text.split(",")}
    except ValueError:
        days = {-1}
    if len(days) > _ALARMS_MAX or not all(0 <= day <= _ALARM_DAYS_MAX for day in days):
        raise UsageError(
            _(
                "--alarm {text}: use up to {alarms_max} numbers of days, from 0 to "
                "{alarm_days_max}, such as 7,1"
            ).format(text=text, alarms_max=_ALARMS_MAX, alarm_days_max=_ALARM_DAYS_MAX)
        )
    return tuple(sorted(days, reverse=True))


def parse_base_url(url: str | None) -> str | None:
    """Validate the URL of a site; append the final slash."""
    if url is None:
        return None
    from urllib.parse import urlsplit

    from orderwatch.render.sanitize import safe_url

    safe = safe_url(url)
    parts = urlsplit(safe or "")
    if not safe or parts.query or parts.fragment or parts.username:
        raise UsageError(
            _("--base-url: invalid URL {url!r}; a valid one is https://example.org/icj/").format(
                url=url
            )
        )
    return safe if safe.endswith("/") else f"{safe}/"


def require_folder(snapshot: Snapshot, folder: str, ids: Sequence[str]) -> None:
    """Raise `UsageError` if the folder is an id or a case, and no such folder exists."""
    if fs.may_exist(Path(folder)):
        return
    cases = {
        name_key(name): case.id
        for case in snapshot.register.cases
        for name in (case.short, case.title)
    }
    name = cases.get(name_key(folder), folder)
    try:
        snapshot.resolve(name)
    except UsageError:
        if lookup.find_state(snapshot.register, folder) is None:
            return
    import shlex

    command = shlex.join(["orderwatch", "publish", "public", name, *ids])
    raise UsageError(
        _("{folder} is not a folder but the name of an order or case; use: {command}").format(
            folder=folder, command=command
        )
    )


class _Seqs:
    """A set of sequence numbers, which takes a byte of each that is possible."""

    def __init__(self, last: int) -> None:
        self._has = bytearray(last + 1)

    def add(self, seq: int) -> None:
        self._has[seq] = True

    def __contains__(self, seq: object) -> bool:
        return isinstance(seq, int) and bool(self._has[seq])


class _PublicLog:
    """The published part of the log, up to the tree head of the snapshot."""

    def __init__(self, snapshot: Snapshot, case_files: Sequence[CaseFile]) -> None:
        self._snapshot = snapshot
        self._tree_head: TreeHead = snapshot.view.log
        self.published = _Seqs(self._tree_head.size)
        self._withheld = _Seqs(self._tree_head.size)
        """Of the other entries: their headers stay, so that the tree verifies."""
        self._attachments: dict[str, Attachment] = {}
        to_log = snapshot.register.log_id
        ids = {to_log(name) for case_file in case_files for name in _ids_in(case_file)}
        for entry in snapshot.log.history():
            if entry.seq > self._tree_head.size:
                break
            event = entry.event
            if event is None:
                is_public = not entry.private and self._is_target_public(entry.header.target)
            else:
                subject_ids = set(event.subjects)
                is_public = not entry.private and (not subject_ids or bool(subject_ids & ids))
            (self.published if is_public else self._withheld).add(entry.seq)
            for attachment in event.attachments if event and is_public else ():
                self._attachments[attachment.sha256] = attachment

    def _is_target_public(self, target: str | None) -> bool:
        return target is None or self._snapshot.log.resolve(target) not in self._withheld

    def files(self, signer_key: str | None) -> _Files:
        """Yield the log, its checkpoint, and an inclusion proof for each entry."""
        tree_head = self._tree_head
        checkpoint = sign_tree_head(tree_head, signer_key)
        yield "checkpoint", str(checkpoint)
        yield "log.jsonl", self._jsonl_lines()
        log = self._snapshot.log
        # Proofs of adjacent leaves share almost all of their nodes.
        read_node = lru_cache(_NODE_CACHE_SIZE)(log.node)
        for seq, line in enumerate(self._jsonl_lines(), start=1):
            if seq in self.published:
                id_ = loads(line)["entry"]["id"]
                proof = prove_entry(line[:-1], seq, tree_head.size, checkpoint, read_node)
                yield f"proofs/{id_}.tlog-proof", proof.to_text()

    def _jsonl_lines(self) -> Iterator[bytes]:
        return islice(self._snapshot.log.export(self._withheld), self._tree_head.size)

    def evidence(self) -> _Files:
        """Yield the evidence files of the published entries."""
        folder = self._snapshot.evidence_folder
        for digest, attachment in sorted(self._attachments.items()):
            if problem := evidence.verify(attachment, folder):
                raise LogError(
                    _("{problem}; publish without --evidence to omit it").format(problem=problem)
                )
            yield f"evidence/{digest}", evidence.file_path(attachment, folder)


def _ids_in(case_file: CaseFile) -> Iterator[str]:
    yield case_file.case.id
    for order in case_file.orders:
        yield order.id
    for status in case_file.statuses:
        yield status.obligation.id
