"""A press-release mail of the Court: parse it, find the order that a register lacks; pure.

The Court mails each press release. One on an order names it by the number of its document, by
"Order of 24 May 2024", by "today delivered its Order" under a dateline, or, before it is made, by
"to deliver its Order on Friday 24 May 2024". A mail recalls earlier orders, too, and most of
these only fix time-limits: so only orders after what the register has seen count, and only of a
mail that speaks of provisional measures.

A mail that is cut, in an encoding that does not fit, not the Court's, or in French raises
`RegisterError`, as does one on an order without a date.
"""

import binascii
import re
from collections.abc import Iterator, Sequence
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

from orderwatch.errors import RegisterError
from orderwatch.frozen import Frozen
from orderwatch.model import Case, Order
from orderwatch.register.court_list import (
    CASE_LINK,
    DAY,
    MEASURES,
    MONTHS,
    Row,
    parse_day,
    parse_documents,
)
from orderwatch.text import fold
from orderwatch.translation import _

_HEADER = re.compile(rb"(?:From [^\n]*\n)?[!-9;-~]{1,70}:[ \t][^\n]*\n")
_BAD_QUOTED = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*$)")
_ADDRESS = "icj-cij.org"
_TAIL = 800
"""Characters at the end of a plain text in which the address of the Court must stand."""
_DAY = rf"(?P<day>\d{{1,2}} (?:{'|'.join(MONTHS)}) \d{{4}})"
_NAMED = re.compile(rf"\bOrder (?:of|dated|made on|on)(?: \w+day,?)? {_DAY}", re.IGNORECASE)
_TODAY = re.compile(
    r"\b(?:delivered|made|issued|rendered|handed down|gave|adopted)\b[^.;]{0,60}\bOrder\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"time-limit|counter-claim|intervention|discontinu|removal from the list|hearings? to",
    re.IGNORECASE,
)
"""Subjects of mails that are not about provisional measures."""
_DATELINE = re.compile(rf"\bTHE HAGUE, {_DAY}\.")


class CourtMail(Frozen):
    """A mail of the Court, as one line of text with the addresses of its links."""

    text: str
    subject: str


def is_mail(data: bytes) -> bool:
    """Return whether data is a mail: it begins with a header."""
    return _HEADER.match(data) is not None


def parse_mail(data: bytes) -> CourtMail:
    """Parse a mail, or a page that a browser saved as one."""
    message = message_from_bytes(data, policy=default)
    parts = [_decode(part, is_single=not message.is_multipart()) for part in _texts(message)]
    if not parts:
        raise RegisterError(_("the mail has no text"))
    text = " ".join(" ".join(parts).split())
    return CourtMail(text=text, subject=" ".join(str(message["subject"] or "").split()))


def saved_page(data: bytes) -> str | None:
    """Return the page of the list that a browser saved as a mail, if it is one."""
    if b"views-row" not in data:
        return None
    parts = _texts(message_from_bytes(data, policy=default))
    pages = [_payload(part) for part in parts if part.get_content_subtype() == "html"]
    return next((page for page in pages if "views-row" in page), None)


def find_new(
    mail: CourtMail, cases: Sequence[Case], orders: Sequence[Order], *, seen_to: date
) -> tuple[Row, ...]:
    """Return the orders on measures that a mail names and the register lacks.

    Raises `RegisterError` if the mail does not allow a conclusion.
    """
    text = f"{mail.subject} {mail.text}"
    _require_of_court(text)
    is_other = _OTHER.search(mail.subject) and not MEASURES.search(mail.subject)
    if is_other or not MEASURES.search(text):
        return ()
    case = _case(text, cases)
    made = {(order.case.number, order.made) for order in orders}
    days = {order.made for order in orders}
    new: dict[tuple[int, date], Row] = {}
    for number, day, document in _named(text, case):
        is_known = (number, day) in made if number else day in days
        if not is_known and day > seen_to:
            new.setdefault((number, day), _row(number, day, document, cases))
    return tuple(new[key] for key in sorted(new, key=lambda key: (key[1], key[0])))


def _named(text: str, case: int) -> Iterator[tuple[int, date, str]]:
    """Yield case, day and document of each order that a text names."""
    documents = parse_documents(text)
    for item in documents:
        if item.kind == "ORD":
            yield item.case, item.day, f"{item.text}-EN"
    for match in _NAMED.finditer(text):
        if day := _day(match["day"]):
            yield case, day, ""
    if _TODAY.search(text):
        dateline = _DATELINE.search(text)
        released = [item.day for item in documents if item.kind == "PRE"]
        day = _day(dateline["day"]) if dateline else next(iter(released), None)
        if day is None:
            raise RegisterError(_("the mail is about an order, and its date is not legible"))
        yield case, day, ""


def _day(text: str) -> date | None:
    match = DAY.fullmatch(text)
    return parse_day(match) if match else None


def _row(number: int, day: date, document: str, cases: Sequence[Case]) -> Row:
    title = next((case.title for case in cases if case.number == number), "")
    url = f"https://www.{_ADDRESS}/case/{number}" if number else f"https://www.{_ADDRESS}/decisions"
    return Row(
        case=number, day=day, is_order=True, document=document, about="", case_title=title, url=url
    )


def _case(text: str, cases: Sequence[Case]) -> int:
    """Return the number of the case that a text is about, or 0 if it names none."""
    numbers = [item.case for item in parse_documents(text)]
    numbers += [int(number) for number in CASE_LINK.findall(text)]
    if numbers:
        return max(set(numbers), key=numbers.count)
    folded = fold(text)
    titles = [case for case in cases if fold(case.title) in folded]
    return next((case.number for case in titles if isinstance(case.number, int)), 0)


def _require_of_court(text: str) -> None:
    if "International Court of Justice" not in text and "ICJ" not in text:
        if "Cour internationale de Justice" in text:
            raise RegisterError(_("the mail is in French; the Court sends it in English, too"))
        raise RegisterError(_("the mail is not a press release of the Court"))
    if _ADDRESS not in text:
        raise RegisterError(_("the mail is not a press release of the Court, or it is cut"))


def _texts(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the texts of a mail; raise `RegisterError` for a part that is not whole."""
    for part in message.walk():
        if part.defects:
            raise RegisterError(_("the mail is damaged or cut"))
        is_text = part.get_content_maintype() == "text" and not part.is_attachment()
        if is_text and part.get_content_subtype() in {"plain", "html"}:
            yield part


def _payload(part: EmailMessage) -> str:
    """Decode the text of a part without replacing anything."""
    encoding = str(part.get("content-transfer-encoding", "7bit")).strip().lower()
    data = part.get_payload(decode=True)
    try:
        if encoding == "base64":
            lines = str(part.get_payload()).encode("ascii").split()
            data = binascii.a2b_base64(b"".join(lines), strict_mode=True)
        elif encoding == "quoted-printable":
            raw = str(part.get_payload()).encode("ascii")
            if _BAD_QUOTED.search(raw):
                raise RegisterError(_("the mail is damaged or cut"))
            data = binascii.a2b_qp(raw)
        return bytes(data).decode(part.get_content_charset("utf-8"))
    except (UnicodeError, LookupError, binascii.Error) as error:
        raise RegisterError(
            _("the mail is damaged, or not in the encoding that it names")
        ) from error


def _decode(part: EmailMessage, *, is_single: bool) -> str:
    """Return the text of a part, and the addresses of its links.

    A single part must have an end: that of HTML, or the address of the Court. Of several, the
    last boundary shows that the mail is whole.
    """
    text = _payload(part)
    if "\ufffd" in text or "\0" in text:
        raise RegisterError(_("the mail is damaged, or not in the encoding that it names"))
    has_end = _ADDRESS in text[-_TAIL:]
    if part.get_content_subtype() == "html":
        reader = _Html()
        reader.feed(text)
        reader.close()
        has_end = reader.is_closed if reader.is_document else has_end
        text = " ".join(reader.words)
    if is_single and not has_end:
        raise RegisterError(_("the mail is cut: it has no end"))
    return text


class _Html(HTMLParser):
    """Collector of the words and links of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.is_document = self.is_closed = False
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_document |= tag == "html"
        self._hidden += tag in {"style", "script"}
        self.words += [f" {value} " for name, value in attrs if name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "script"} and self._hidden > 0
        self.is_closed |= tag == "html"

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)
