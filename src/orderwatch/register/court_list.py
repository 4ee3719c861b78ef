"""The Court's list of decisions: parse a page, find the orders that a register lacks; pure.

The page `URL` lists every decision since 1946 in one answer: judgments, advisory opinions and
orders. A row has the title ("Order of 24 May 2024"), links to the PDF in each language, the case
(`/case/192`) and a line on what it is about ("Request for the indication of provisional
measures", "Fixing of time-limits: Memorial and Counter-Memorial"). Most of its orders only fix
time-limits; that line tells them apart. Their absence from a register is no finding.

The page says nothing of its own completeness. So nothing is concluded from it unless all of this
holds, and otherwise `RegisterError` is raised with the reason:

- It is UTF-8, English, closed by `</html>`, and lists all types of decisions since 1946.
- Every row is legible: its title, the number of its document and the case agree.
- No document number of a decision stands outside of a row.
- It has no fewer rows than last time, and no newer date than today.
- It lists the orders of the register: all of the last 20 years, nine of ten before, since some
  of the old document numbers were inferred.
- It is no older than what the register has seen.
- What it says of the orders of the register shows that these are about provisional measures: a
  page that lost this line would hide every new order.
- Each order since then says what it is about.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from html.parser import HTMLParser
from urllib.parse import urljoin

from orderwatch.errors import RegisterError
from orderwatch.frozen import Frozen
from orderwatch.model import Order
from orderwatch.translation import _, ngettext

URL = "https://www.icj-cij.org/decisions?type=1&from=1946"
SIZE_MAX = 20_000_000
"""Bytes of a page; that of 2026 has 1.1 MB."""
_RECENT_YEARS = 20
_MISSING_OLD = 0.1
"""Share of older orders of the register that the page may lack."""
_ABOUT_MEASURES = 0.8
"""Share of the orders of the register that the page must call orders on measures."""
_FIRST_YEAR = 1951
"""The first decisions are older."""

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
DAY = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})\b", re.IGNORECASE)
NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(\d{3})[-_](\d{4})(\d\d)(\d\d)[-_]([A-Z]{3})[-_](\d\d)[-_](\d\d)"
    r"(?:[-_]([A-Z]{2,3}))?(?![0-9A-Za-z])",
    re.IGNORECASE,
)
"""Number of a document: case, day, kind (ORD, JUD, ADV, PRE …), two counters, language."""
MEASURES = re.compile(
    r"provisional measure|interim measure|measures? of protection|modification of the order",
    re.IGNORECASE,
)
"""Titles of requests for provisional measures in the Court's list."""
CASE_LINK = re.compile(r"/case/(\d{1,6})\b")
_FOLDER = re.compile(r"/case-related/0*(\d{1,6})/")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]+)", re.IGNORECASE)
_MOJIBAKE = re.compile("\ufffd|\u00c3[\u0080-\u00bf]|\u00e2\u20ac")
_CHALLENGE = re.compile(r"just a moment|cf-chl|captcha|attention required", re.IGNORECASE)
_SAFE_URL = re.compile(r"https://[A-Za-z0-9.-]+/[A-Za-z0-9._/-]+")
_DECISIONS = {"ORD", "JUD", "ADV"}
_FIELDS = {
    "views-field-field-document-long-title": "title",
    "views-field-field-case-long-title": "case",
    "views-field-field-icj-document-subtitle": "about",
}


class FewerError(RegisterError):
    """Page with fewer decisions than last time."""


class Document(Frozen):
    """Number of a document of the Court, read into its parts."""

    case: int
    day: date
    kind: str
    """In capitals, such as `ORD`."""
    language: str
    text: str
    """Without the language, in capitals and with hyphens: `192-20240524-ORD-01-00`."""


class Row(Frozen):
    """A decision on the Court's list."""

    case: int
    day: date
    is_order: bool
    document: str
    """Such as `192-20240524-ORD-01-00-EN`."""
    about: str
    """What the decision is about, in the words of the list; empty if it says nothing."""
    case_title: str
    url: str


class Finding(Frozen):
    """Decisions on a page of the list that a register lacks."""

    new: tuple[Row, ...]
    """Orders on provisional measures that the register lacks, the oldest first."""
    rows: int
    newest: date


def parse_documents(text: str) -> list[Document]:
    """Return the document numbers in a text; ignore those without a valid day."""
    documents = []
    for match in NUMBER.finditer(text):
        case, year, month, day, kind, first, second, language = match.groups()
        try:
            on = date(int(year), int(month), int(day))
        except ValueError:
            continue
        number = f"{case}-{year}{month}{day}-{kind.upper()}-{first}-{second}"
        documents.append(
            Document(
                case=int(case),
                day=on,
                kind=kind.upper(),
                language=(language or "").upper(),
                text=number,
            )
        )
    return documents


def parse_day(match: re.Match[str]) -> date | None:
    """Return the day of a match of `DAY`, or None if there is no such day."""
    try:
        return date(int(match[3]), MONTHS.index(match[2].lower()) + 1, int(match[1]))
    except ValueError:
        return None


def decode_page(data: bytes, charset: str | None = None) -> str:
    """Decode a page, which must be UTF-8; `charset` is that of the answer's header."""
    if len(data) > SIZE_MAX:
        raise RegisterError(
            _("the page has more than {limit} MB").format(limit=SIZE_MAX // 1_000_000)
        )
    declared = _CHARSET.search(data[:5_000])
    for name in (charset, declared[1].decode("ascii", "replace") if declared else None):
        if name is not None and name.lower() not in {"utf-8", "utf8"}:
            raise RegisterError(_("the page is not UTF-8, but {name}").format(name=name))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RegisterError(_("the page is not UTF-8")) from error
    if "\0" in text or _MOJIBAKE.search(text):
        raise RegisterError(_("the page was decoded wrongly: it is not the Court's text"))
    return text


def parse_page(text: str) -> tuple[Row, ...]:
    """Parse a page of the list; raise `RegisterError` unless every row is legible."""
    page = _Page()
    page.feed(text)
    page.close()
    if not page.rows and _CHALLENGE.search(text):
        raise RegisterError(
            _(
                "the page is a challenge to a browser, not the list; open {url} in a browser,"
                " save it and name the file"
            ).format(url=URL)
        )
    if not page.is_closed:
        raise RegisterError(_("the page is cut: it has no end"))
    if page.language and not page.language.lower().startswith("en"):
        text = _("the page is not in English (its language is {language})")
        raise RegisterError(text.format(language=page.language[:20]))
    if not page.rows:
        raise RegisterError(_("the page lists no decisions"))
    for name, value in page.filters:
        if {"type": "1", "from": "1946"}.get(name, value) != value:
            text = _("the page is filtered ({name}={value}); the whole list is {url}")
            raise RegisterError(text.format(name=name, value=value, url=URL))
    rows = [_parse_row(row, position) for position, row in enumerate(page.rows, 1)]
    listed = {number.text for row in page.rows for number in _numbers(row.links)}
    outside = {number.text for number in _numbers(page.links) if number.kind in _DECISIONS} - listed
    if outside:
        text = _("{number} is on the page, but in no row of the list")
        raise RegisterError(text.format(number=min(outside)))
    return tuple(rows)


def find_new(
    rows: Sequence[Row], orders: Iterable[Order], *, seen_to: date, today: date, last_rows: int = 0
) -> Finding:
    """Return the orders on measures that the list has and the register lacks.

    `seen_to` is how far the register has seen the list, `last_rows` the rows of last time.
    Raises `RegisterError` if the page does not allow a conclusion.
    """
    _require_all_types(rows, today)
    newest = max(row.day for row in rows)
    if len(rows) < last_rows:
        text = _("the page lists {n} decisions; last time there were {last}")
        raise FewerError(text.format(n=len(rows), last=last_rows))
    listed: dict[tuple[int, date], list[Row]] = {}
    for row in {row.document: row for row in rows if row.is_order}.values():
        listed.setdefault((row.case, row.day), []).append(row)
    known = Counter((order.case.number, order.made) for order in orders)
    _require_known(listed, known, newest)
    if newest < seen_to:
        text = _("the page ends on {newest}; the register has seen the list to {seen_to}")
        raise RegisterError(text.format(newest=newest, seen_to=seen_to))
    new: list[Row] = []
    for key, items in listed.items():
        if key not in known and key[1] > seen_to and not all(item.about for item in items):
            text = _("the page does not say what the order of {day} in case {case} is about")
            raise RegisterError(text.format(day=key[1], case=key[0]))
        about = [item for item in items if MEASURES.search(item.about)]
        new += sorted(about, key=lambda item: item.document)[known[key] :]
    return Finding(
        new=tuple(sorted(new, key=lambda row: (row.day, row.case, row.document))),
        rows=len(rows),
        newest=newest,
    )


def _require_all_types(rows: Sequence[Row], today: date) -> None:
    """Raise `RegisterError` unless a page lists all types of decisions since the first."""
    oldest, newest = (function(row.day for row in rows) for function in (min, max))
    if newest > today:
        raise RegisterError(_("the page has a decision of {day}, after today").format(day=newest))
    if oldest.year > _FIRST_YEAR:
        text = _("the page begins in {year}; the whole list is {url}")
        raise RegisterError(text.format(year=oldest.year, url=URL))
    if len({row.is_order for row in rows}) == 1:
        text = _("the page lists one type of decision only; the whole list is {url}")
        raise RegisterError(text.format(url=URL))


def _require_known(
    listed: dict[tuple[int, date], list[Row]], known: Counter[tuple[int | str, date]], newest: date
) -> None:
    """Raise `RegisterError` unless the list has the orders of the register, and their subject."""
    missing = [key for key in known if key not in listed]
    if len(missing) == len(known):
        raise RegisterError(_("the page lists no order of the register"))
    recent = [key for key in missing if key[1].year >= newest.year - _RECENT_YEARS]
    old = sum(key[1].year < newest.year - _RECENT_YEARS for key in known)
    if recent or len(missing) > _MISSING_OLD * old:
        case, day = max(missing, key=lambda key: key[1])
        text = ngettext(
            "the page lacks the order of {day} in case {case}, which the register has",
            "the page lacks {n} orders that the register has, such as that of {day} in case {case}",
            len(missing),
        )
        raise RegisterError(text.format(n=len(missing), day=day, case=case))
    found = [items for key, items in listed.items() if key in known]
    about = sum(any(MEASURES.search(item.about) for item in items) for items in found)
    if about < _ABOUT_MEASURES * len(found):
        raise RegisterError(_("the page does not say what the orders are about"))


def _safe_url(url: str, case: int) -> str:
    """Return the address of a document, or of the case where it has odd characters."""
    return url if _SAFE_URL.fullmatch(url) else f"https://www.icj-cij.org/case/{case}"


def _numbers(links: Iterable[str]) -> list[Document]:
    names = (link.partition("?")[0].rpartition("/")[2] for link in links)
    return [
        item for name in names if name.lower().endswith(".pdf") for item in parse_documents(name)
    ]


class _RawRow:
    """Texts and links of a row while it is parsed."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {name: [] for name in _FIELDS.values()}
        self.links: list[str] = []
        self.is_nested = False

    def text(self, name: str) -> str:
        return " ".join("".join(self.texts[name]).split())


class _Page(HTMLParser):
    """Collector of the rows of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[_RawRow] = []
        self.links: list[str] = []
        """Links of the whole page."""
        self.filters: list[tuple[str, str]] = []
        """Name and value of what is selected in the form above the list."""
        self.language = ""
        self.is_closed = False
        self._depth = 0
        self._row: tuple[int, _RawRow] | None = None
        self._field: tuple[int, str] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        match tag:
            case "html":
                self.language = values.get("lang", "")
            case "select":
                self._select = values.get("name", "")
            case "option" if "selected" in values:
                self.filters.append((self._select, values.get("value", "")))
            case "a" if "href" in values:
                self.links.append(values["href"])
                if self._row is not None:
                    self._row[1].links.append(values["href"])
            case "div":
                self._depth += 1
                self._open(values.get("class", "").split())

    def _open(self, classes: list[str]) -> None:
        if "views-row" in classes:
            row = _RawRow()
            row.is_nested = self._row is not None
            self.rows.append(row)
            self._row, self._field = (self._depth, row), None
        names = [_FIELDS[name] for name in classes if name in _FIELDS]
        if names and self._row is not None:
            self._field = self._depth, names[0]

    def handle_endtag(self, tag: str) -> None:
        if tag == "html":
            self.is_closed = self._row is None
        if tag != "div":
            return
        if self._field is not None and self._field[0] == self._depth:
            self._field = None
        if self._row is not None and self._row[0] == self._depth:
            self._row = self._field = None
        self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._row is not None and self._field is not None:
            self._row[1].texts[self._field[1]].append(data)


def _parse_row(row: _RawRow, position: int) -> Row:
    """Return a row; raise `RegisterError` if its title, number and case do not agree."""
    title = row.text("title")
    match = DAY.search(title)
    documents = _numbers(row.links)
    english = [item for item in documents if item.language in {"EN", "ENC", "BI"}]
    cases = [int(number) for link in row.links for number in CASE_LINK.findall(link)]
    word = re.search(r"\b(order|judgment|advisory opinion)\b", title, re.IGNORECASE)
    if not (match and documents and cases and word and row.text("case")) or row.is_nested:
        text = _("row {n} of the page is not legible: {title!r}")
        raise RegisterError(text.format(n=position, title=title[:80]))
    document = (english or documents)[0]
    folders = [int(number) for link in row.links for number in _FOLDER.findall(link)]
    is_order = document.kind == "ORD"
    if (
        document.kind not in _DECISIONS
        or parse_day(match) != document.day
        or document.case not in {*cases, *folders}
        or is_order != (word[1].lower() == "order")
    ):
        text = _("row {n} of the page contradicts itself: {title!r} is {number}, case {case}")
        raise RegisterError(
            text.format(n=position, title=title[:80], number=document.text, case=cases[0])
        )
    link = next(link for link in row.links if document in _numbers([link]))
    return Row(
        case=document.case if document.case in cases else cases[0],
        day=document.day,
        is_order=is_order,
        document="-".join(filter(None, (document.text, document.language))),
        about=row.text("about"),
        case_title=row.text("case"),
        url=_safe_url(urljoin(URL, link), document.case),
    )
