"""Render citations: a line for an article, OSCOLA, Bluebook, BibTeX and CSL-JSON."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date

from orderwatch.dates import english_day
from orderwatch.model import Citation, CitationStyle, Court, Order
from orderwatch.render import phrases
from orderwatch.render.sanitize import escape_json, safe_url, sanitize
from orderwatch.translation import _, both, clauses

_REPORT = re.compile(r"I\.C\.J\. Reports (\d{4}), p\. (\d+)")
"""Volume and page of the Court's own reports."""
_MONTHS = (
    *("Jan.", "Feb.", "Mar.", "Apr.", "May", "June"),
    *("July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."),
)
"""Bluebook, table T12."""
_BIBTEX_MONTHS = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_STATES = {
    "Argentina": "Arg.",
    "Armenia": "Arm.",
    "Australia": "Austl.",
    "Azerbaijan": "Azer.",
    "Belgium": "Belg.",
    "Bosnia and Herzegovina": "Bosn. & Herz.",
    "Canada": "Can.",
    "Democratic Republic of the Congo": "Dem. Rep. Congo",
    "Denmark": "Den.",
    "Equatorial Guinea": "Eq. Guinea",
    "Finland": "Fin.",
    "France": "Fr.",
    "Georgia": "Geor.",
    "Germany": "Ger.",
    "Guyana": "Guy.",
    "Honduras": "Hond.",
    "Iceland": "Ice.",
    "Israel": "Isr.",
    "Italy": "It.",
    "Mexico": "Mex.",
    "Myanmar": "Myan.",
    "Netherlands": "Neth.",
    "New Zealand": "N.Z.",
    "Nicaragua": "Nicar.",
    "Pakistan": "Pak.",
    "Paraguay": "Para.",
    "Portugal": "Port.",
    "Russian Federation": "Russ.",
    "Senegal": "Sen.",
    "South Africa": "S. Afr.",
    "Switzerland": "Switz.",
    "Thailand": "Thai.",
    "The Gambia": "Gam.",
    "Turkey": "Turk.",
    "Ukraine": "Ukr.",
    "United Arab Emirates": "U.A.E.",
    "United Kingdom": "U.K.",
    "United States of America": "U.S.",
    "Uruguay": "Uru.",
    "Venezuela": "Venez.",
}
"""Bluebook, table T10.3; a State that it does not abbreviate stays as it is."""
_PARTIES = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)$")
"""The parties at the end of the title of a case, in brackets."""
_BIBTEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "{}%$&#_"},
}


def render(item: Citation, style: CitationStyle) -> str:
    """Render a citation in a style."""
    match style:
        case CitationStyle.LINE:
            return f"{sanitize(_line(item))}\n"
        case CitationStyle.OSCOLA:
            return f"{sanitize(_oscola(item))}\n"
        case CitationStyle.BLUEBOOK:
            return f"{sanitize(_bluebook(item))}\n"
        case CitationStyle.BIBTEX:
            return _bibtex(item)
        case CitationStyle.CSL:
            text = json.dumps([_csl(item)], ensure_ascii=False, indent=2)
            return f"{escape_json(text)}\n"


def url(item: Citation) -> str | None:
    """Return the address of the order, or of the case where no order is cited."""
    address = item.order.url if item.order else item.case.url
    return safe_url(address) if address else None


def _line(item: Citation) -> str:
    """Render one line for an article: who ordered what, when, at which point, by when."""
    parts = [_("{case} (No. {number})").format(case=item.case.short, number=item.case.number)]
    if item.case.court:
        parts.append(item.case.court.name)
    if item.order:
        parts.append(_("order of {day}").format(day=phrases.bare_day(item.order.made)))
    if point := _point(item):
        parts.append(point)
    sentences = [", ".join(parts)]
    if item.obligation:
        who = both(item.obligation.addressees)
        label = item.obligation.display_label
        text = _("{who}: {label} [our summary]") if who else _("{label} [our summary]")
        sentences.append(text.format(who=who, label=label))
    sentences += filter(None, (_due(item), url(item), _provenance(item)))
    return f"{clauses(sentences)}."


def _oscola(item: Citation) -> str:
    """Render OSCOLA: `Case (A v B) (Order of 24 May 2024) [2024] ICJ Rep 1, para 2`.

    Without a volume of reports: the number of the case, the address, the day of access.
    """
    title = item.case.title.replace(" v. ", " v ")
    parts = [title]
    if item.order:
        parts.append(f"(Order of {english_day(item.order.made)})")
    report = _report(item.order)
    if report:
        parts.append(f"[{report[0]}] ICJ Rep {report[1]}")
    else:
        parts.append(_docket(item))
    text = " ".join(parts)
    if point := _pinpoint(item, "para"):
        text += f", {point}"
    if address := url(item):
        text += f" <{address}> accessed {english_day(item.accessed)}"
    return _with_note(text, item)


def _bluebook(item: Citation) -> str:
    """Render Bluebook, rule 21.5: `Case (A v. B), Order, 2024 I.C.J. 1, ¶ 2 (May 24)`.

    Without a volume of reports: the number of the case, and the court with the date.
    """
    parts = [_PARTIES.sub(lambda match: f"({_abbreviate(match[1])})", item.case.title)]
    report, order = _report(item.order), item.order
    if not report:
        parts.append(f"No. {item.case.number}")
    if order:
        parts.append("Order")
    if report:
        parts.append(f"{report[0]} I.C.J. {report[1]}")
    if point := _pinpoint(item, "¶"):
        parts.append(point)
    text = ", ".join(parts)
    if order:
        day = f"{_MONTHS[order.made.month - 1]} {order.made.day}"
        court = _bluebook_court(item.case.court)
        text += f" ({day})" if report else f" ({court}{day}, {order.made.year})"
    if address := url(item):
        accessed = f"{_MONTHS[item.accessed.month - 1]} {item.accessed.day}, {item.accessed.year}"
        text += f", {address} (last visited {accessed})"
    return _with_note(text, item)


def _bibtex(item: Citation) -> str:
    """Render an entry of BibTeX; `year` and `month` are of the order."""
    fields = "".join(f"  {name} = {value},\n" for name, value in _bibtex_fields(item))
    return f"@misc{{{_key(item)},\n{fields}}}\n"


def _bibtex_fields(item: Citation) -> Iterator[tuple[str, str]]:
    if item.case.court:
        yield "author", f"{{{{{_escape(item.case.court.name)}}}}}"
    yield "title", f"{{{{{_escape(item.case.title)}}}}}"
    if item.order:
        made = phrases.bare_day(item.order.made)
        yield "howpublished", f"{{{_escape(f'Order of {made}, No. {item.case.number}')}}}"
        yield "year", f"{{{item.order.made.year}}}"
        yield "month", _BIBTEX_MONTHS[item.order.made.month - 1]
        yield "date", f"{{{item.order.made}}}"
    if address := url(item):
        yield "url", f"{{{address}}}"
        yield "urldate", f"{{{item.accessed}}}"
    yield "note", f"{{{_escape(_note(item))}}}"


def _csl(item: Citation) -> Mapping[str, object]:
    """Build an item of CSL-JSON."""
    document: dict[str, object] = {
        "id": _key(item),
        "type": "legal_case",
        "title": item.case.title,
        "number": str(item.case.number),
        "accessed": _csl_date(item.accessed),
        "note": _note(item),
    }
    if item.case.court:
        document["authority"] = item.case.court.name
    if item.order:
        document["issued"] = _csl_date(item.order.made)
        document["genre"] = "Order"
    if report := _report(item.order):
        document |= {"container-title": "I.C.J. Reports", "volume": report[0], "page": report[1]}
    if address := url(item):
        document["URL"] = address
    return document


def _csl_date(day: date) -> Mapping[str, object]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _key(item: Citation) -> str:
    """Return a key that BibTeX and CSL accept: `icj-192-2024-05-24-3`."""
    subject = item.deadline or item.obligation or item.order or item.case
    court = item.case.court.id if item.case.court and not item.case.prefix else ""
    return re.sub(r"[^A-Za-z0-9.]+", "-", f"{court}-{subject.id}").strip("-")


def _point(item: Citation) -> str | None:
    """Return the operative paragraph and point: `para. 57(3)`; the point where none is seen."""
    if number := _paragraph(item):
        return _("para. {number}").format(number=number)
    point = item.obligation.point if item.obligation else ""
    return _("point {point}").format(point=point) if point else None


def _paragraph(item: Citation) -> str:
    point = item.obligation.point if item.obligation else ""
    return f"{item.order.paragraph}{point}" if item.order and item.order.paragraph else ""


def _pinpoint(item: Citation, sign: str) -> str | None:
    """Return the point as a style of citing in English has it."""
    point = item.obligation.point if item.obligation else ""
    if number := _paragraph(item):
        return f"{sign} {number}"
    return f"point {point}" if point else None


def _due(item: Citation) -> str | None:
    """Return the due date and how it was computed."""
    if item.deadline is None:
        return None
    steps = clauses(item.deadline.steps)
    steps = f"{steps[:1].lower()}{steps[1:]}"
    day = phrases.long_day(item.deadline.due)
    return _("due {day} ({steps})").format(day=day, steps=steps)


def _provenance(item: Citation) -> str:
    text = _("orderwatch register reviewed on {reviewed}, accessed on {accessed}")
    reviewed, accessed = map(phrases.bare_day, (item.reviewed, item.accessed))
    return text.format(reviewed=reviewed, accessed=accessed)


def _note(item: Citation) -> str:
    """Return what no field of a reference manager has: point, due date, data."""
    citation = item.order.citation if item.order else None
    return clauses(filter(None, (citation, _point(item), _due(item), _provenance(item))))


def _with_note(text: str, item: Citation) -> str:
    """Append the due date and the data to a footnote, which its style has no place for."""
    reviewed = phrases.bare_day(item.reviewed)
    data = _("Data: orderwatch register reviewed on {reviewed}.").format(reviewed=reviewed)
    due = _due(item)
    sentence = f"{due[:1].upper()}{due[1:]}." if due else None
    return " ".join(filter(None, (f"{text}.", sentence, data)))


def _report(order: Order | None) -> tuple[str, str] | None:
    match = _REPORT.fullmatch(order.citation or "") if order else None
    return (match[1], match[2]) if match else None


def _docket(item: Citation) -> str:
    """Return court and number of a case that no report has: `ICJ General List No 192`."""
    court = item.case.court
    if court is None:
        return f"No {item.case.number}"
    number = (
        f"General List No {item.case.number}" if court.id == "icj" else f"No {item.case.number}"
    )
    return f"{court.short} {number}"


def _bluebook_court(court: Court | None) -> str:
    """Return the abbreviation of a court before a date: `I.C.J. `."""
    if court is None:
        return ""
    return "I.C.J. " if court.id == "icj" else f"{court.short} "


def _abbreviate(parties: str) -> str:
    for name in sorted(_STATES, key=len, reverse=True):
        parties = re.sub(rf"\b{re.escape(name)}\b", _STATES[name], parties)
    return parties


def _escape(text: str) -> str:
    return "".join(_BIBTEX_SPECIAL.get(character, character) for character in sanitize(text))
