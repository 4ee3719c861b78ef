"""Resolve what a user types in the register; pure.

A citation is a case (`192`, `no. 192`), an order (`192/2024-05-24`), an obligation
(`192/2024-05-24/2a`), one of its deadlines (`…@2024-06-24`), or the same with an alias
of the case or the order (`gaza`, `rafah`, `rafah/2a`, `rafah 2(a)`). `resolve` takes
citations, and `select` States too: what runs unattended takes nothing else, so that a
newer register never changes what it means. `Resolver.find` takes what people type: also
titles, dates, addresses and words.

Of several registers, ids and aliases begin with the id of the court (`icj:192`,
`icj:gaza`), which may be left out where one court alone has the rest.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property

from orderwatch.errors import NoMatchError, UsageError, suggest
from orderwatch.frozen import Frozen, replace
from orderwatch.model import Case, Event, Hit, Obligation, Order, Outcome, Register, State
from orderwatch.text import cut, fold
from orderwatch.translation import _, either

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_EDGES = " \"'\u2018\u2019\u201a\u201c\u201d\u201e«»,;.!?-"
"""Punctuation around a name, which is not part of it."""
_SEPARATOR = re.compile(r"[-/,(]")
_NUMBER = re.compile(
    r"(?:(?:icj|general|list|case|docket|number|num|no|nr|n°)[-.:/]*)*#?(\d[\d/-]*)"
)
_POINT_WORDS = re.compile(
    r"(?:\b(?:operative|point|paragraph|para|par|measure|item|sub|subparagraph|obligation|no"
    r"|number)s?\b\.?|[§¶])-*"
)
_ID = re.compile(r"\d{1,3}|\d+[-/@][\d/@-]*")
"""Numbers that are an id, or none: they are not searched for, as the year 2024 is."""
_POINT = re.compile(r"\d{1,2}(?:[a-z]{1,3}\d?)?")
_VERSUS = re.compile(r"\s+(?:v|vs|versus|against)\b\.?\s*|\s*/\s*")
_DATE_PREFIX = re.compile(
    r"(?:the )?(?:(?:orders?|decisions?) )?(?:(?:made|dated) )?(?:(?:of|on|from) )?"
)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_ADDRESS_PREFIX = re.compile(r"(?:https?://)?(?:www\.)?")
_LANGUAGE = re.compile(r"(?<=\w)/(?:en|fr)(?=/)")
_CASE_PATH = re.compile(r"(?:^|/)(?:case|affaire|case-related)/0*(\d+)(?:/|$)")
_DOCUMENT = re.compile(r"(?<!\d)0*(\d+)-(\d{8})-[a-z]{3}")
_QUOTED_MAX = 80
"""Characters of what was typed that an error quotes."""
_LISTED_MAX = 8
_EXAMPLES_MAX = 3


class Match(Frozen):
    """The case, order, obligation or deadline that a citation names."""

    id: str
    """Full id, without alias."""
    case: Case
    order: Order | None = None
    """`None` if the citation names a case."""
    obligation: Obligation | None = None
    """`None` if the citation names a case or an order."""
    deadline: date | None = None
    """Date after `@`; not compared with the computed deadlines."""
    state: str | None = None
    """The State that has the same name as the alias in the citation."""


class By(StrEnum):
    """How a text was resolved, in order of precedence."""

    CITATION = "citation"
    POINT = "point"
    STATE = "state"
    TITLE = "title"
    DATE = "date"
    ADDRESS = "address"
    WORDS = "words"


class Selection(Frozen):
    """Result of resolving a text: one match, several alternatives, or a set."""

    text: str
    by: By
    matches: tuple[Match, ...]
    is_set: bool = False
    """Whether all matches are meant: the obligations of a State, the parts of a point."""
    state: State | None = None
    hits: tuple[Hit, ...] = ()
    """All that words match, events among them, best first."""


def resolve(register: Register, text: str) -> Match:
    """Resolve a citation; raise `UsageError` with suggestions if nothing matches."""
    return Resolver(register).resolve(text)


def select(register: Register, text: str) -> tuple[Match, ...]:
    """Resolve a citation, or a State to the obligations that are addressed to it."""
    return Resolver(register).select(text)


class Resolver:
    """The names of a register, indexed at their first use."""

    def __init__(self, register: Register) -> None:
        """Build no index yet."""
        self._register = register

    def resolve(self, text: str) -> Match:
        """Resolve a citation; raise `UsageError` with suggestions if nothing matches."""
        if (match := self.citation(text)) is None:
            raise self.unknown(text)
        return match

    def select(self, text: str) -> tuple[Match, ...]:
        """Resolve a citation, or a State to the obligations that are addressed to it."""
        if match := self.citation(text):
            return (match,)
        if matches := self._addressed(text):
            return matches
        if state := find_state(self._register, text):
            raise UsageError(_("No order is addressed to {state}.").format(state=state.name))
        raise self.unknown(text)

    def select_one(self, text: str) -> Match:
        """Resolve a citation, or a State to which one obligation alone is addressed."""
        matches = self.select(text)
        if len(matches) > 1:
            names = ", ".join(
                match.obligation.alias or match.id if match.obligation else match.id
                for match in matches[:_EXAMPLES_MAX]
            )
            message = _("{text} stands for {count} obligations. Name one, such as {names}.")
            raise UsageError(message.format(text=text.strip(), count=len(matches), names=names))
        return matches[0]

    def find(
        self, text: str, day: date, events: Iterable[Event] = (), *, words: bool = True
    ) -> Selection | None:
        """Resolve what people type; `None` if nothing matches.

        Precedence: id, alias or number, State, case title, date of an order, address or
        document number of the Court, words. Orders made after the day are matches only
        if there is no other: the snapshot reports their date.
        """
        for selection in self._named(text, day):
            made = tuple(m for m in selection.matches if m.order is None or m.order.made <= day)
            return replace(selection, matches=made or selection.matches)
        return self._by_words(text, day, events) if words else None

    def _named(self, text: str, day: date) -> Iterator[Selection]:
        """Yield the readings of a text that are not words, in order of precedence."""
        if match := self.citation(text):
            yield Selection(text=text, by=By.CITATION, matches=(match,))
        if matches := self._at_address(text):
            yield Selection(text=text, by=By.ADDRESS, matches=matches)
        from orderwatch.word_search import without_stop_words

        names = tuple(dict.fromkeys((text, without_stop_words(text) or text)))
        for name in names:
            if matches := tuple(self._at_points(_slug(name))):
                is_set = len({match.order for match in matches}) == 1
                yield Selection(text=text, by=By.POINT, matches=matches, is_set=is_set)
            if name != text and (match := self.citation(name)):
                yield Selection(text=text, by=By.TITLE, matches=(match,))
        for name in names:
            yield from self._of_state(text, name)
        if matches := self._titled(text):
            yield Selection(text=text, by=By.TITLE, matches=matches)
        if matches := self._made_on(text, day):
            yield Selection(text=text, by=By.DATE, matches=matches)

    def _of_state(self, text: str, name: str) -> Iterator[Selection]:
        """Yield the obligations of a State, or the cases to which it is a party."""
        state = find_state(self._register, name)
        if matches := self._addressed(name):
            yield Selection(text=text, by=By.STATE, matches=matches, is_set=True, state=state)
        if state and (matches := self.cases_of(state)):
            yield Selection(text=text, by=By.STATE, matches=matches, state=state)

    # Citations

    def citation(self, text: str) -> Match | None:
        """Return what a citation names, or `None`.

        Raises `UsageError` for an empty text, a name that several courts have, and
        a date after `@` that is none or has no obligation.
        """
        if not text.strip():
            raise UsageError(_('The ID is empty. Run "orderwatch orders" for a list.'))
        name, at, day = text.strip().partition("@")
        slug = self._without_only_court(_slug(name))
        matches = (
            self._names.get(slug) or self._number(slug) or [*self._at_points(slug, exactly=True)]
        )
        if not matches:
            return None
        if len(matches) > 1:
            ids = either(match.id for match in matches)
            raise UsageError(
                _("{text}: several courts have it. Type {ids}.").format(text=text.strip(), ids=ids)
            )
        [match] = matches
        if slug in self._names and (state := find_state(self._register, name)):
            match = replace(match, state=state.name)
        return _with_deadline(match, text.strip(), name.strip(), day) if at else match

    def _without_only_court(self, slug: str) -> str:
        """Remove the id of the court, which ids lack where there is one register."""
        courts = self._register.courts
        return slug.removeprefix(f"{courts[0].id}:") if len(courts) == 1 else slug

    def _number(self, slug: str) -> list[Match]:
        """Return the case of a number: `no. 192`, `case 192`, `#192`, `no. 36925/10`."""
        number = _NUMBER.fullmatch(slug)
        name = number[1].replace("/", "-").lstrip("0") if number else ""
        return [match for match in self._names.get(name, ()) if match.order is None]

    def _at_points(self, slug: str, *, exactly: bool = False) -> Iterator[Match]:
        """Yield the obligations of a name and a point: `rafah-2(a)`, `rafah/(2)(a)`.

        Unless `exactly`, a point means its parts too, and the name can be that of a case.
        """
        for separator in reversed(list(_SEPARATOR.finditer(slug))):
            if names := self._names.get(slug[: separator.start()].rstrip("-/,")):
                tail = slug[separator.start() :]
                for match in names:
                    yield from self._parts(match, tail, exactly=exactly)
                return

    def _parts(self, match: Match, tail: str, *, exactly: bool) -> Iterator[Match]:
        """Yield the obligations at a point of an order, or of each order of a case."""
        if match.order is None and exactly:
            return
        for item in self._register.obligations:
            if item.order.case == match.case and match.order in {None, item.order}:
                key, points = _alphanumeric(item.key), _points(tail, item.order.paragraph)
                if key in points or (not exactly and any(_is_part(key, p) for p in points)):
                    yield _to_match(item)

    @cached_property
    def _names(self) -> dict[str, list[Match]]:
        """Return what each id and alias of a case or order means.

        Of several registers, it may lack the id of its court.
        """
        names: dict[str, list[Match]] = {}
        items: list[Case | Order] = [*self._register.cases, *self._register.orders]
        for item in items:
            match = _to_match(item)
            for name in _item_names(item):
                for alternative in {name, name.rpartition(":")[2]}:
                    names.setdefault(alternative, []).append(match)
        return names

    # States, titles, dates, addresses

    def _addressed(self, text: str) -> tuple[Match, ...]:
        """Return the obligations that are addressed to a State."""
        obligations = self._register.obligations
        addressees = {name for item in obligations for name in item.addressees}
        names = same_state(self._register, text, addressees)
        return tuple(_to_match(o) for o in obligations if not names.isdisjoint(o.addressees))

    def cases_of(self, state: State) -> tuple[Match, ...]:
        """Return the cases to which a State is a party, the newest first."""
        cases = self._register.cases
        names = same_state(self._register, state.name, {x for case in cases for x in case.parties})
        return tuple(_to_match(c) for c in reversed(cases) if not names.isdisjoint(c.parties))

    def _titled(self, text: str) -> tuple[Match, ...]:
        """Return the cases with a title, whole or in part, or between two parties."""
        from orderwatch.word_search import content_words

        if matches := self._titles.get(" ".join(content_words(text))):
            return tuple(matches)
        sides = _VERSUS.split(text.strip().casefold())
        if len(sides) != 2:  # noqa: PLR2004 - applicant and respondent
            return ()
        applicants, respondents = (self._state_names(side) for side in sides)
        return tuple(
            _to_match(case)
            for case in reversed(self._register.cases)
            if not applicants.isdisjoint(map(fold, case.applicants))
            and not respondents.isdisjoint(map(fold, case.respondents))
        )

    @cached_property
    def _titles(self) -> dict[str, list[Match]]:
        """Return the cases of each title, the newest first, without stop words."""
        from orderwatch.word_search import content_words

        titles: dict[str, list[Match]] = {}
        for case in reversed(self._register.cases):
            for words in {" ".join(content_words(title)) for title in _titles(case)} - {""}:
                titles.setdefault(words, []).append(_to_match(case))
        return titles

    def _state_names(self, text: str) -> set[str]:
        """Return the names of a State, folded."""
        from orderwatch.word_search import without_stop_words

        state = find_state(self._register, text) or find_state(
            self._register, without_stop_words(text)
        )
        return {fold(name) for name in (state.name, *state.aliases)} if state else set()

    def _made_on(self, text: str, today: date) -> tuple[Match, ...]:
        """Return the orders of a date: `24 May 2024`, `the order of 24 May 2024`."""
        if not any(character.isdigit() for character in text):
            return ()
        from orderwatch.dates import parse_relative_date

        phrase = " ".join(text.casefold().split()).strip(_EDGES)
        phrase = _ORDINAL.sub("", phrase[_end(_DATE_PREFIX, phrase) :])
        try:
            day = parse_relative_date(phrase, today)
        except ValueError:
            return ()
        return tuple(_to_match(order) for order in self._register.orders if order.made == day)

    def _at_address(self, text: str) -> tuple[Match, ...]:
        """Return the order, or the case, of an address or document number of the Court."""
        address, orders = _address(text), self._register.orders
        if document := _DOCUMENT.search(address):
            number, day = document[1], document[2]
            if found := [
                order
                for order in orders
                if str(order.case.number) == number and f"{order.made:%Y%m%d}" == day
            ]:
                return tuple(map(_to_match, found))
        if "/" not in address:
            return ()
        items: list[Case | Order] = [o for o in orders if o.url and _is_at(o.url, address)]
        if not items:
            path = _CASE_PATH.search(address)
            number = path[1] if path else ""
            items += [
                case
                for case in self._register.cases
                if str(case.number) == number or (case.url and _is_at(case.url, address))
            ]
        return tuple(map(_to_match, items))

    # Words

    def _by_words(self, text: str, day: date, events: Iterable[Event]) -> Selection | None:
        """Return what has all the words of a text, which is no id with an unknown part."""
        from orderwatch import word_search

        if _ID.fullmatch(text.strip()) or self._points_of(_slug(text)):
            return None
        if not (hits := word_search.search(self._register, text, day, events)):
            return None
        subjects = word_search.subjects(hits)
        matches = tuple(_to_match(hit.obligation or hit.order or hit.case) for hit in subjects)
        return Selection(text=text, by=By.WORDS, matches=matches, hits=hits)

    def unknown(self, text: str) -> NoMatchError:
        """Return the error for a text that matches nothing, with the nearest by name."""
        shown = cut(text.strip(), _QUOTED_MAX)
        return NoMatchError(self._no_match(shown), shown)

    def _no_match(self, text: str) -> str:
        from orderwatch import word_search

        if not word_search.content_words(text) and any(map(str.isalpha, text)):
            message = _(
                '"{text}" matches every order. Run "orderwatch status" for what is due, or '
                '"orderwatch orders" for a list.'
            )
            return message.format(text=text)
        if names := self._points_of(_slug(text)):
            message = _('No obligation matches "{text}". Choose from {names}.')
            return message.format(text=text, names=", ".join(names))
        if problem := _numeric_date_problem(text):
            return problem
        if names := word_search.nearest_names(self._register, text):
            message = _('No order matches "{text}". Did you mean {names}?')
            return message.format(text=text, names=either(names))
        message = _('No order matches "{text}". Run "orderwatch orders" for a list.')
        return message.format(text=text)

    def _points_of(self, slug: str) -> list[str]:
        """Return the obligations of the order that a slug names with an unknown point."""
        for separator in reversed(list(_SEPARATOR.finditer(slug))):
            tail = slug[separator.start() :]
            for match in self._names.get(slug[: separator.start()].rstrip("-/,"), ()):
                if match.order and (tail[0] == "/" or _POINT.fullmatch(_alphanumeric(tail))):
                    items = obligations(self._register, match)
                    return [item.alias or item.id for item in items[:_LISTED_MAX]]
        return []

    # Completion

    def descriptions(self) -> dict[str, str]:
        """Return every id and alias with a short description."""
        names = {
            name: _describe(matches[0])
            for name, matches in self._names.items()
            if len(matches) == 1
        }
        for item in self._register.obligations:
            for name in _item_names(item.order):
                for alternative in {name, name.rpartition(":")[2]} & names.keys():
                    names[f"{alternative}/{item.key}"] = item.display_label
        return names


def state_note(match: Match) -> str | None:
    """Format a note on an alias that is also the name of a State."""
    if match.state is None:
        return None
    message = (
        _('{id}: this order has the name of a State. For the State: --party "{state}"')
        if match.order
        else _('{id}: this case has the name of a State. For the State: --party "{state}"')
    )
    return message.format(id=match.id, state=match.state)


def find_state(register: Register, text: str) -> State | None:
    """Return the State with that name or alias, whatever its case and accents."""
    name = fold(text)
    for state in register.states:
        if name in {fold(state.name), *map(fold, state.aliases)}:
            return state
    return None


def party_names(register: Register, text: str) -> frozenset[str]:
    """Return the names under which cases print a party; raise `UsageError` without one.

    A name or alias of a State gives all its names; other text, the parties that
    contain it.
    """
    parties = {name for case in register.cases for name in case.parties}
    part = fold(text)
    if names := same_state(register, text, parties) or frozenset(
        name for name in parties if part and part in fold(name)
    ):
        return names
    message = _('No case has the party "{text}".')
    raise UsageError(_with_nearest(message.format(text=text), text, parties))


def orders(
    register: Register,
    day: date,
    *,
    outcome: Outcome | None = None,
    year: int | None = None,
    party: str | None = None,
) -> tuple[Order, ...]:
    """Return the orders made by a day, in register order; raise `UsageError` for no party."""
    names = None if party is None else party_names(register, party)
    return tuple(
        order
        for order in register.orders
        if order.made <= day
        and outcome in {None, order.outcome}
        and year in {None, order.made.year}
        and (names is None or not names.isdisjoint(order.case.parties))
    )


def addressee_names(register: Register, text: str) -> frozenset[str]:
    """Return the names under which a State is addressed; raise `UsageError` without one."""
    addressees = {name for item in register.obligations for name in item.addressees}
    if names := same_state(register, text, addressees):
        return names
    message = _('No order is addressed to "{text}".')
    raise UsageError(_with_nearest(message.format(text=text), text, addressees))


def _with_nearest(message: str, text: str, names: Iterable[str]) -> str:
    """Return an error with the nearest of the names that were expected."""
    matches = suggest(text, sorted(names), limit=1)
    if not matches:
        return message
    return _("{message} Did you mean {name}?").format(message=message, name=matches[0])


def same_state(register: Register, text: str, names: Iterable[str]) -> frozenset[str]:
    """Return those names that mean the State, or are the name, that a text is."""
    state = find_state(register, text)
    texts = (text,) if state is None else (state.name, *state.aliases)
    folded = set(map(fold, texts))
    return frozenset(name for name in names if fold(name) in folded)


def obligations(register: Register, match: Match) -> tuple[Obligation, ...]:
    """Return the obligations that a citation covers, in register order."""
    if match.obligation is not None:
        return (match.obligation,)
    if match.order is not None:
        return tuple(o for o in register.obligations if o.order.id == match.id)
    return tuple(o for o in register.obligations if o.order.case.id == match.id)


def search(register: Register, text: str, day: date) -> list[Obligation]:
    """Return the obligations of all that a text matches, the latest orders first.

    Orders in force come before others.
    """
    selection = Resolver(register).find(text, day) if text.strip() else None
    matches = selection.matches if selection else ()
    unique = dict.fromkeys(item for match in matches for item in obligations(register, match))
    return sorted(
        (item for item in unique if item.order.made <= day),
        key=lambda item: (item.order.in_force(day), item.order.made),
        reverse=True,
    )


def descriptions(register: Register) -> dict[str, str]:
    """Return every id and alias with a short description."""
    return Resolver(register).descriptions()


def completions(register: Register, incomplete: str) -> list[tuple[str, str]]:
    """Return ids, aliases, States and words that complete a prefix, with descriptions.

    Ids are completed one level at a time; States and words from three letters. Each name
    begins with what was typed, in the same case.
    """
    prefix = incomplete.casefold()
    depth_max = prefix.count("/") + 1 if prefix else 0
    ids, words = completion_names(register, prefix, words=len(prefix) >= _COMPLETED_MIN)
    return [
        (incomplete + name[len(prefix) :], summary)
        for name, summary in (*ids.items(), *words.items())
        if name.startswith(prefix) and name.count("/") <= depth_max
    ]


def completion_names(
    register: Register, prefix: str = "", *, words: bool = True
) -> tuple[dict[str, str], dict[str, str]]:
    """Return ids and aliases, and States and words with a prefix, with descriptions."""
    resolver = Resolver(register)
    ids, others = resolver.descriptions(), dict[str, str]()
    if words:
        from orderwatch.word_search import vocabulary

        states = {state.name.casefold(): resolver.cases_of(state) for state in register.states}
        for name, cases in (
            *((name, [x.case for x in matches]) for name, matches in states.items() if matches),
            *vocabulary(register, prefix).items(),
        ):
            # A name goes to a shell, and a register can be anybody's.
            if name not in ids and all(word.isalpha() for word in name.split()):
                others.setdefault(name, ", ".join(case.short for case in cases))
    return ids, others


_COMPLETED_MIN = 3


def _describe(match: Match) -> str:
    if match.obligation:
        return match.obligation.display_label
    if match.order:
        return _("{case}, order of {day}").format(case=match.case.short, day=match.order.made)
    return match.case.short


def _to_match(item: Case | Order | Obligation) -> Match:
    if isinstance(item, Case):
        return Match(id=item.id, case=item)
    if isinstance(item, Order):
        return Match(id=item.id, case=item.case, order=item)
    return Match(id=item.id, case=item.order.case, order=item.order, obligation=item)


def _item_names(item: Case | Order) -> Iterator[str]:
    """Yield the id and the aliases of a case or order, with the id of the court, if any."""
    case = item.case if isinstance(item, Order) else item
    alias = item.alias if isinstance(item, Order) else None
    yield item.id.casefold()
    for name in (alias, *item.aliases):
        if name:
            yield f"{case.prefix}{name.removeprefix(case.prefix)}"


def _slug(text: str) -> str:
    """Return a citation as names are compared: folded, with hyphens for spaces."""
    folded = fold(text.translate(_DASHES)).strip(_EDGES)
    return re.sub(r"\s*([/:])\s*", r"\1", folded).replace(" ", "-")


def _alphanumeric(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _points(tail: str, paragraph: int | None) -> set[str]:
    """Return the readings of a point: `/2(a)`, `-point-2a`, `-57(2)(a)` in paragraph 57."""
    tail = _POINT_WORDS.sub("", tail.strip("-/,"))
    readings = {_alphanumeric(tail)}
    number = re.match(r"(\d+)[-/]?\(", tail)
    if number and int(number[1]) == paragraph:
        readings.add(_alphanumeric(tail[number.end(1) :]))
    return readings - {""}


def _is_part(key: str, point: str) -> bool:
    """Return whether a key is that of a part of a point: `2a` of `2`, `2b1` of `2b`."""
    rest = key.removeprefix(point)
    return bool(rest) and rest != key and rest[0].isdigit() != point[-1].isdigit()


def _with_deadline(match: Match, text: str, name: str, day: str) -> Match:
    """Return a match of an obligation with the date of a deadline."""
    if match.obligation is None:
        message = _("{text}: a date after @ goes with an obligation, not with {name}")
        raise UsageError(message.format(text=text, name=name))
    try:
        deadline = date.fromisoformat(day)
    except ValueError:
        message = _("{text}: the date of a deadline follows the @, such as {name}@2024-06-24")
        raise UsageError(message.format(text=text, name=name)) from None
    return replace(match, id=f"{match.id}@{deadline}", deadline=deadline)


def _titles(case: Case) -> Iterator[str]:
    """Yield the titles of a case, each also without its parties in parentheses, and these."""
    for title in (case.short, case.title):
        main, _parenthesis, rest = title.partition(" (")
        parties = rest.rpartition(")")[0].partition(":")[0]
        yield title
        yield main
        if " v. " in parties:
            yield parties


def _address(text: str) -> str:
    """Return an address without scheme, language, query and fragment, to compare it."""
    address = text.strip().strip("<>\"'").casefold()
    address = address[_end(_ADDRESS_PREFIX, address) :].partition("#")[0].partition("?")[0]
    return _LANGUAGE.sub("", address).rstrip("/.,")


def _is_at(url: str, address: str) -> bool:
    return f"/{_address(url)}".endswith(f"/{address.lstrip('/')}")


def _end(pattern: re.Pattern[str], text: str) -> int:
    """Return the end of a pattern at the beginning of a text."""
    match = pattern.match(text)
    return match.end() if match else 0


def _numeric_date_problem(text: str) -> str | None:
    """Return the error for a date such as `24/05/2024`, whose month is not certain."""
    if not re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}", text):
        return None
    from orderwatch.dates import invalid_date

    return str(invalid_date(text, "2024-06-20"))
