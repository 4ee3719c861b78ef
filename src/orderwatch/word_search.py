"""Search cases, orders, obligations and events by words; pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import takewhile
from operator import itemgetter

from orderwatch.frozen import Frozen, replace
from orderwatch.model import Case, Event, Hit, HitField, Register
from orderwatch.text import fold, tokenize

_STOP = (
    "a about against all an and any are at be been before between by can case cases "
    "concerning court current decision decisions did do does for from give had has have "
    "how icj in international into is issued it its judge judges judgment justice last "
    "latest made many me measure measures new newest of on or order ordered orders our "
    "provisional ruling rulings s say says show tell than that the their them these they "
    "this to under v versus vs was we were what when where whether which who why with "
    "world"
)
STOP_WORDS = frozenset(_STOP.split())
"""Words that do not narrow a search."""
_GENERIC = frozenset({"government", "kingdom", "of", "republic", "state", "the", "union"})
"""Words of the long names of States that do not tell them apart."""
_WEIGHTS = {HitField.NAME: 8, HitField.LABEL: 4, HitField.SUMMARY: 2, HitField.EVENT: 1}
_PREFIX_MIN = 3
_STEM_MIN = 4
_YEAR_DIGITS = 4
_CANDIDATE_MIN = 3
_WORDS_MAX = 12
"""Words of a text that are compared with names."""
_NEAREST_MAX = 3
_CUTOFF = 0.75
_NATIONALITIES = ("n", "i", "an", "al", "ian", "ese")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_Words = frozenset[str]


def content_words(text: str) -> list[str]:
    """Return the stems of the words of a text that narrow a search."""
    return [stem(word) for word in tokenize(text) if word not in STOP_WORDS]


def without_stop_words(text: str) -> str:
    """Return a text without its stop words; punctuation within words is preserved."""
    return " ".join(
        word for word in text.split() if not set(tokenize(word)) <= STOP_WORDS or not tokenize(word)
    )


@lru_cache(maxsize=10_000)
def stem(word: str) -> str:
    """Return the singular of a plural of the obvious kind, spelled with `-ise`."""
    if len(word) >= _STEM_MIN:
        if word.endswith("ies"):
            word = f"{word[:-3]}y"
        elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
            word = word[:-2]
        elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
            word = word[:-1]
    return re.sub(r"(?<=..)iz(?=e|ing|ation)", "is", word)


class _Document(Frozen):
    """The words of an item: its own by field, and those of what it belongs to."""

    hit: Hit
    own: Mapping[HitField, _Words]
    inherited: _Words = frozenset()

    @property
    def words(self) -> _Words:
        """Return all words."""
        return self.inherited.union(*self.own.values())


_TYPES = ("case", "order", "obligation", "event")


def search(
    register: Register, text: str, day: date, events: Iterable[Event] = ()
) -> tuple[Hit, ...]:
    """Return what has all the words of a text, the best first.

    Words match whole, nationalities of States as their names too; if nothing has them
    all, beginnings of words match ("venez"), then other nationalities ("Palestine"), then
    titles and States in other languages.
    Case, accents, Unicode form, punctuation and plurals do not matter, and stop words are
    left out. A case matches by its titles, parties (with all names of these States),
    aliases and number; an order also by its date; an obligation also by label, kind,
    summary and dissenting judges; an event by its summary, kind, speaker and date. An
    order has the words of its case too, an obligation those of its order, an event those
    of what it is about: but one word at least is its own.

    Each word counts by the best field of the item itself that has it: 8 for a name, 4
    for a label, kind or date, 2 for a summary, 1 for an event. Equal hits are sorted:
    cases, orders, obligations, events; in force first; the newest first.
    """
    events = tuple(events)
    documents = list(_documents(register, day, events))
    if "://" in text:
        return tuple(d.hit for d in documents if d.hit.event and _has_source(d.hit.event, text))
    states = _state_words(register)
    spellings = dict.fromkeys((text, text.replace("-", "")))
    queries = [[_readings(states, word) for word in content_words(item)] for item in spellings]
    for query in filter(None, queries):
        if hits := _matching(documents, query):
            return hits
    documents = list(_documents(register, day, events, translated=True))
    for query in filter(None, queries):
        if hits := _matching(documents, query):
            return hits
    return ()


def _matching(documents: Sequence[_Document], query: Sequence[_Words]) -> tuple[Hit, ...]:
    """Return the items that have all words of a query, the best first."""
    vocabulary = frozenset[str]().union(*(document.words for document in documents))
    for matches in (_is_equal, _is_prefix, _is_nationality):
        expanded = (
            frozenset(other for other in vocabulary if any(matches(word, other) for word in words))
            for words in query
        )
        # A long text is refused after its first unknown word.
        wanted = list(takewhile(bool, expanded))
        if len(wanted) < len(query):
            continue
        scored = [(score, hit) for document in documents for score, hit in _score(document, wanted)]
        if scored:
            scored.sort(key=lambda item: _rank(*item))
            return tuple(hit for _, hit in scored)
    return ()


def _rank(score: int, hit: Hit) -> tuple[int, int, bool, int]:
    day = -hit.day.toordinal() if hit.day else 0
    return -score, _TYPES.index(hit.type), not hit.in_force, day


def _state_words(register: Register) -> _Words:
    """Return the words of the names of States."""
    return frozenset(
        stem(token)
        for state in register.states
        for name in (state.name, *state.aliases)
        for token in tokenize(name)
    )


def _readings(states: _Words, word: str) -> _Words:
    """Return a word and the States whose nationality it is: `bosnian` is `bosnia` too."""
    return frozenset({word, *(name for name in states if _is_nationality_of(word, name))})


def _score(document: _Document, query: Sequence[_Words]) -> Iterator[tuple[int, Hit]]:
    """Yield the score and the hit, if an item has all words and one of its own."""
    score, fields = 0, set[HitField]()
    for words in query:
        own = (
            field
            for field in HitField
            if field in document.own and not words.isdisjoint(document.own[field])
        )
        if field := next(own, None):
            score += _WEIGHTS[field]
            fields.add(field)
        elif words.isdisjoint(document.inherited):
            return
    if score:
        ordered = tuple(field for field in HitField if field in fields)
        yield score, replace(document.hit, fields=ordered)


def _has_source(event: Event, address: str) -> bool:
    urls = (event.source, event.archive, *event.further)
    return any(url and url.rstrip("/") == address.strip().rstrip("/") for url in urls)


def _is_equal(word: str, other: str) -> bool:
    return word == other


def _is_prefix(word: str, other: str) -> bool:
    return word == other or (len(word) >= _PREFIX_MIN and other.startswith(word))


def _is_nationality(word: str, other: str) -> bool:
    """Return whether a word is the beginning of another, or one is the nationality of the other."""
    return (
        _is_prefix(word, other)
        or _is_nationality_of(word, other)
        or _is_nationality_of(other, word)
    )


def _is_nationality_of(word: str, name: str) -> bool:
    """Return whether a word is a name with another end: `ukrainian` of `ukraine`."""
    return any(
        name.startswith(base) and len(name) - len(base) <= 1
        for suffix in _NATIONALITIES
        if word.endswith(suffix) and len(base := word.removesuffix(suffix)) >= _STEM_MIN
    )


def subjects(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Return the cases, orders and obligations that hits are about, best first.

    Those whose name matches hide others, then those whose label does. What belongs to
    another of them is left out. Events alone stand for what they have in common.
    """
    found = [hit for hit in hits if hit.event is None]
    if not found:
        return _common_subjects(hits)
    best = next(field for field in HitField if any(field in hit.fields for hit in found))
    found = [hit for hit in found if best in hit.fields]
    ids = {hit.id for hit in found}
    return tuple(hit for hit in found if ids.isdisjoint(hit.parents))


def _common_subjects(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Return for each case the obligation or order that all its events name, or the case."""
    by_case: dict[str, list[Hit]] = {}
    for hit in hits:
        by_case.setdefault(hit.case.id, []).append(hit)
    result = []
    for group in by_case.values():
        first = group[0]
        orders = {hit.order.id if hit.order else None for hit in group}
        items = {hit.obligation.id if hit.obligation else None for hit in group}
        order = first.order if len(orders) == 1 else None
        obligation = first.obligation if order and len(items) == 1 else None
        subject = obligation or order or first.case
        result.append(
            Hit(
                id=subject.id,
                case=first.case,
                order=order,
                obligation=obligation,
                fields=first.fields,
                in_force=first.in_force,
            )
        )
    return tuple(result)


def _documents(
    register: Register, day: date, events: Iterable[Event], *, translated: bool = False
) -> Iterator[_Document]:
    """Yield the words of each item that exists on a day; `translated`, in each language."""
    index: dict[str, _Document] = {}
    others: dict[str, list[str]] = {}
    for _language, english, other in register.names if translated else ():
        others.setdefault(english, []).append(other)
    for case in register.cases:
        own = (case.short, case.title, *case.parties)
        names = (*own, *(other for name in own for other in others.get(name, ())))
        words = _words(*names, *case.aliases, str(case.number)) | _alias_words(register, case)
        index[case.id] = _Document(hit=Hit.of(case, day), own={HitField.NAME: words})
    for order in register.orders:
        if order.made <= day:
            names = (order.alias or "", *order.aliases, order.document or "")
            index[order.id] = _Document(
                hit=Hit.of(order, day),
                own={
                    HitField.NAME: _words(*names),
                    HitField.LABEL: _words(order.title or "", *_date_words(order.made)),
                },
                inherited=index[order.case.id].words,
            )
    for item in register.obligations:
        if item.order.made <= day:
            kinds = (item.kind, *item.also)
            dissenting = (item.votes.dissenting or ()) if item.votes else ()
            index[item.id] = _Document(
                hit=Hit.of(item, day),
                own={
                    HitField.LABEL: _words(item.display_label, *kinds),
                    HitField.SUMMARY: _words(item.summary, *dissenting),
                },
                inherited=index[item.order.id].words,
            )
    yield from index.values()
    for event in events:
        parents = [index[id_] for name in event.about if (id_ := name.partition("@")[0]) in index]
        if parents and event.on <= day:
            texts = (event.summary, event.speaker, event.kind, event.finding or "", *event.by)
            yield _Document(
                hit=replace(parents[0].hit, id=event.id, event=event),
                own={HitField.EVENT: _words(*texts, *_date_words(event.on))},
                inherited=frozenset[str]().union(*(parent.words for parent in parents)),
            )


def _words(*texts: str) -> _Words:
    spellings = (spelling for text in texts for spelling in {text, text.replace("-", "")})
    return frozenset(stem(word) for spelling in spellings for word in tokenize(spelling))


def _date_words(day: date) -> tuple[str, ...]:
    return str(day.day), str(day.month), _MONTHS[day.month - 1], str(day.year), f"{day:%m %d}"


def _alias_words(register: Register, case: Case) -> _Words:
    """Return the words of the further names of the States that are parties."""
    parties = set(map(fold, case.parties))
    names = [
        name
        for state in register.states
        if not parties.isdisjoint(map(fold, (state.name, *state.aliases)))
        for name in (state.name, *state.aliases)
    ]
    return _words(*names) - _GENERIC


def vocabulary(register: Register, prefix: str) -> dict[str, list[Case]]:
    """Return the words of titles and labels with a prefix, and the cases that have them."""
    words: dict[str, dict[str, Case]] = {}
    texts = [
        *((name, case) for case in register.cases for name in (case.short, case.title)),
        *((item.display_label, item.order.case) for item in register.obligations),
    ]
    for text, case in texts:
        for word in tokenize(text):
            if word.startswith(prefix) and word not in STOP_WORDS:
                words.setdefault(word, {})[case.id] = case
    return {word: list(cases.values()) for word, cases in sorted(words.items())}


# Nearest names


def nearest_names(register: Register, text: str) -> list[str]:
    """Return names of cases, orders or States like a mistyped text, the nearest first."""
    from difflib import SequenceMatcher, get_close_matches

    candidates = _candidates(register)
    if not any(map(str.isalpha, text)):
        candidates = {order.id.replace("/", "-"): {order.id: order.id} for order in register.orders}
    words = tokenize(text)[:_WORDS_MAX]
    typed = ["-".join(words), *(word for word in words if word not in STOP_WORDS)]
    names: dict[str, tuple[float, str]] = {}
    for word in dict.fromkeys(typed):
        for candidate in get_close_matches(word, candidates, n=_NEAREST_MAX, cutoff=_CUTOFF):
            ratio = SequenceMatcher(None, word, candidate).ratio()
            for key, name in candidates[candidate].items():
                names[key] = max((ratio, name), names.get(key, (0, name)), key=itemgetter(0))
    ranked = sorted(names.values(), key=itemgetter(0), reverse=True)
    return [name for _ratio, name in ranked[:_NEAREST_MAX]]


def _candidates(register: Register) -> dict[str, dict[str, str]]:
    """Return what people may have meant to type, with the name to show for each case.

    A word of many cases, such as `genocide`, tells none; that of a State names it.
    """
    items: dict[str, dict[str, str]] = {}
    for case in reversed(register.cases):
        words = {
            word for name in (case.short, case.title, *case.parties) for word in tokenize(name)
        }
        for word in (*case.aliases, *sorted(words - STOP_WORDS - _GENERIC)):
            items.setdefault(word, {})[case.id] = f"{case.short} ({case.id})"
    for order in register.orders:
        for alias in (order.alias, *order.aliases):
            if alias:
                name = f"{order.case.short} ({alias})"
                items.setdefault(alias, {}).setdefault(order.case.id, name)
    for state in register.states:
        for word in {word for name in (state.name, *state.aliases) for word in tokenize(name)}:
            if word in items and len(items[word]) > _NEAREST_MAX:
                items[word] = {state.name: state.name}
    return {
        word: names
        for word, names in items.items()
        if len(word) >= _CANDIDATE_MIN and len(names) <= _NEAREST_MAX
    }
