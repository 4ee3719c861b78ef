"""Select what a reader of a published folder can follow: everything, a State, a case; pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, count
from urllib.parse import quote, urlsplit

from orderwatch.frozen import Frozen, replace
from orderwatch.model import CaseFile, Site, State
from orderwatch.render.html.paths import slug
from orderwatch.render.ics import FILE_NAME as CALENDAR
from orderwatch.render.survey import speakers
from orderwatch.text import fold
from orderwatch.translation import name

FEED, DOCUMENT = "feed.atom", "index.json"
"""File names; `render.atom`, which imports this package, has the first too."""


_SEVERAL = re.compile(r",| and |\bStates\)|\bStates$")
"""A speaker who is more than one State, as the register writes it."""


class Subscription(Frozen):
    """A feed, a calendar and a JSON document of the same content."""

    folder: str
    """Path within the site: empty, or ends with `/`."""
    name: str | None
    """Of the State or the case; `None` for everything."""
    cases: tuple[CaseFile, ...]
    """Content of the feed."""
    dated: tuple[CaseFile, ...]
    """Content of the calendar: of a State, the obligations addressed to it."""
    state: State | None = None
    is_party: bool = True
    """Of a State: whether it is a party to the cases, or addressed by an order."""

    @property
    def paths(self) -> tuple[str, str, str]:
        """Return the paths of the feed, the calendar and the document."""
        return f"{self.folder}{FEED}", f"{self.folder}{CALENDAR}", f"{self.folder}{DOCUMENT}"

    def links(self, base_url: str | None) -> list[tuple[str, str]]:
        """Return the addresses that calendar programs take, each with a name."""
        if not base_url:
            return []
        url = f"{base_url}{self.folder}{CALENDAR}"
        webcal = f"webcal{url.removeprefix(urlsplit(url).scheme)}"
        title = quote(
            f"orderwatch: {self.name}" if self.name else "orderwatch", safe="", errors="replace"
        )
        outlook = f"calendar/0/addfromweb?url={quote(url, safe='')}&name={title}"
        return [
            ("webcal", webcal),
            ("Google", f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}"),
            ("Outlook", f"https://outlook.live.com/{outlook}"),
            ("Office 365", f"https://outlook.office.com/{outlook}"),
        ]


def everything(site: Site) -> Subscription:
    """Return the subscription to the whole site."""
    return Subscription(folder="", name=None, cases=site.cases, dated=site.cases)


def of_case(case_file: CaseFile) -> Subscription:
    """Return the subscription to a case."""
    return Subscription(
        folder=f"cases/{slug(case_file.case)}/",
        name=case_file.case.short,
        cases=(case_file,),
        dated=(case_file,),
    )


def of_states(site: Site) -> list[Subscription]:
    """Return the subscription to each State that a case, an obligation or an event names.

    A State has the cases that it is a party to, or else those in which it makes statements.
    """
    named = [_folded(item.case.parties, *_addressees(item)) for item in site.cases]
    speaking = [_folded(_speakers(item)) for item in site.cases]
    found: dict[str, Subscription] = {}
    for state in sorted((*site.states, *_unlisted(site)), key=lambda state: fold(state.name)):
        own = _folded(state.names)
        cases = [item for item, names in zip(site.cases, named, strict=True) if names & own]
        is_party = bool(cases)
        if not is_party:
            cases = [item for item, names in zip(site.cases, speaking, strict=True) if names & own]
        if cases:
            folder = _unused(f"states/{slug(state)}", found)
            found[folder] = Subscription(
                folder=folder,
                name=state.name,
                cases=tuple(cases),
                dated=tuple(_addressed_to(state, cases)),
                state=state,
                is_party=is_party,
            )
    return list(found.values())


def _unlisted(site: Site) -> list[State]:
    """Return States that the register does not list."""
    listed = _folded(*(state.names for state in site.states))
    found = {
        fold(party): party
        for item in site.cases
        for group in (item.case.parties, *_addressees(item), _speakers(item))
        for party in group
    }
    return [State(name=party) for key, party in found.items() if key not in listed]


def _folded(*groups: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold, chain.from_iterable(groups)))


def _addressees(case_file: CaseFile) -> Iterator[Sequence[str]]:
    """Yield the addressees of each obligation, the court excepted."""
    court = case_file.case.court
    names = _folded(("Court", name("Court")), (court.name, court.short) if court else ())
    for status in case_file.statuses:
        yield [party for party in status.obligation.addressees if fold(party) not in names]


def _speakers(case_file: CaseFile) -> Iterator[str]:
    """Yield the States other than parties that speak alone, without their organ.

    `Belgium, Estonia and Poland` and `The Hague Group (nine States)` are several.
    """
    for event in speakers(case_file):
        if not _SEVERAL.search(event.speaker):
            yield event.speaker.partition(" (")[0]


def _unused(folder: str, used: Collection[str]) -> str:
    names = chain([f"{folder}/"], (f"{folder}-{number}/" for number in count(2)))
    return next(name for name in names if name not in used)


def _addressed_to(state: State, case_files: Sequence[CaseFile]) -> list[CaseFile]:
    return [
        replace(
            case_file,
            statuses=tuple(
                status
                for status in case_file.statuses
                if status.obligation.is_addressee(state.name)
            ),
        )
        for case_file in case_files
    ]
