"""Compare entries with a standard for evidence from the web; pure.

The Berkeley Protocol on Digital Open Source Investigations (OHCHR and Human Rights Center,
2020) asks a collector to record the address, the source code, the whole page, date and time,
a hash at collection, and who had the item. What an entry lacks is listed, never judged.
"""

from collections.abc import Iterable, Iterator

from orderwatch.model import CaptureRole
from orderwatch.model.entry import Requirement, Shortfall, StoredEntry

_SOURCE_CODE = {CaptureRole.HTML, CaptureRole.WACZ}
_FULL_PAGE = {CaptureRole.SCREEN, CaptureRole.PDF}


def shortfalls(entries: Iterable[StoredEntry]) -> Iterator[Shortfall]:
    """Yield the entries with an event that lack something the Berkeley Protocol asks for."""
    for entry in entries:
        if entry.event is not None and (missing := tuple(_missing(entry))):
            yield Shortfall(seq=entry.seq, event=entry.event, lacks=missing)


def _missing(entry: StoredEntry) -> Iterator[Requirement]:
    event = entry.event
    attachments = event.attachments if event else ()
    captures = [file.capture for file in attachments if file.capture]
    roles = {capture.role for capture in captures}
    if not (event and event.source) and not any(capture.url for capture in captures):
        yield Requirement.ADDRESS
    if not roles & _SOURCE_CODE:
        yield Requirement.SOURCE_CODE
    if not roles & _FULL_PAGE:
        yield Requirement.FULL_PAGE
    if not captures or any(capture.time is None for capture in captures):
        yield Requirement.TIME
    if not attachments:
        yield Requirement.HASH
    if entry.header.key is None and not entry.handovers:
        yield Requirement.CUSTODY
