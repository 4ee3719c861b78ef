"""Select what a reader of a published folder can follow: everything, a State, a case; pure."""

from collections.abc import Collection, Sequence
from itertools import chain, count
from urllib.parse import quote, urlsplit

from orderwatch.frozen import Frozen, replace
from orderwatch.model import CaseFile, Site, State
from orderwatch.render.html.paths import slug
from orderwatch.render.ics import FILE_NAME as CALENDAR
from orderwatch.text import fold

FEED, DOCUMENT = "feed.atom", "index.json"
"""File names; `render.atom`, which imports this package, has the first too."""


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
        title = quote(f"orderwatch: {self.name}" if self.name else "orderwatch", safe="")
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
    """Return the subscription to each State that is a party to a case of the site."""
    parties = [frozenset(map(fold, case_file.case.parties)) for case_file in site.cases]
    found: dict[str, Subscription] = {}
    for state in sorted(site.states, key=lambda state: fold(state.name)):
        names = frozenset(map(fold, (state.name, *state.aliases)))
        cases = [item for item, own in zip(site.cases, parties, strict=True) if names & own]
        if cases:
            folder = _unused(f"states/{slug(state)}", found)
            found[folder] = Subscription(
                folder=folder,
                name=state.name,
                cases=tuple(cases),
                dated=tuple(_addressed_to(state, cases)),
                state=state,
            )
    return list(found.values())


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
