"""Pages in the shape of the Court's list of decisions, and mails like its press releases.

Made by hand from what is public about the shape of the page; none of the Court's own pages.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from email.message import EmailMessage
from html import escape
from random import Random

from orderwatch.model import Order
from orderwatch.register.court_list import MONTHS, URL

Row = tuple[int, date, str, str, str]
"""Case, day, kind (ORD, JUD, ADV), what it is about, title of the case."""

_WORDS = {"ORD": "Order", "JUD": "Judgment", "ADV": "Advisory Opinion"}
OTHERS: Sequence[Row] = (
    (1, date(1947, 7, 31), "ORD", "Fixing of time-limits: Memorial", "Corfu Channel (A v. B)"),
    (1, date(1948, 3, 25), "JUD", "Preliminary Objection", "Corfu Channel (A v. B)"),
    (3, date(1948, 5, 28), "ADV", "", "Conditions of Admission of a State"),
    (70, date(1986, 6, 27), "JUD", "Merits", "Military and Paramilitary Activities (A v. B)"),
    (131, date(2004, 7, 9), "ADV", "", "Legal Consequences of the Construction of a Wall"),
    (150, date(2015, 12, 16), "JUD", "", "Certain Activities (Costa Rica v. Nicaragua)"),
)
"""Decisions of the list that no register of orders on measures has."""


def day_text(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1].title()} {day.year}"


def rows_of(orders: Iterable[Order]) -> list[Row]:
    """Make the rows of the orders of a register."""
    return [
        (
            int(order.case.number),
            order.made,
            "ORD",
            order.title or "Request for the indication of provisional measures",
            order.case.title,
        )
        for order in orders
    ]


def time_limits(first: date, last: date) -> list[Row]:
    """Make an order of each quarter that fixes time-limits."""
    title = "Land and Maritime Boundary (A v. B)"
    about = "Fixing of time-limits: Reply and Rejoinder"
    days = [
        date(year, month, 4) for year in range(first.year, last.year + 1) for month in (1, 4, 7, 10)
    ]
    return [(166, day, "ORD", about, title) for day in days if first <= day <= last]


def row(item: Row) -> str:
    """Write a row as the page has it."""
    case, day, kind, about, title = item
    stem = f"/sites/default/files/case-related/{case}/{case:03}-{day:%Y%m%d}-{kind}-01-00"
    if day.year > 2021:
        stem = stem.replace(f"-{kind}-", f"-{kind.lower()}-")
    english, french = (f"{stem}-{name}.pdf" for name in ("EN", "FR"))
    return (
        '<div class="views-row">'
        '<div class="views-field views-field-field-document-long-title"><div class="field-content">'
        f'<a href="{english}"><p>{_WORDS[kind]} of {day_text(day)}</p></a></div></div>'
        '<div class="views-field views-field-field-case-long-title"><div class="field-content">'
        f'<a href="/case/{case}"><p>{escape(title)}</p></a></div></div>'
        '<div class="views-field views-field-field-icj-document-subtitle">'
        f'<div class="field-content"><p>{escape(about)}</p></div></div>'
        f'<div class="english-buttons">Available in: <a href="{english}">English</a> '
        f'<a href="{french}">French</a></div></div>\n'
    )


def page(rows: Iterable[Row], *, language: str = "en", filters: str = "") -> str:
    """Write a page of the list, the newest decision first."""
    body = "".join(map(row, sorted(rows, key=lambda item: (item[1], item[0]), reverse=True)))
    form = filters or (
        '<select name="type"><option value="1" selected="selected">All</option></select>'
        '<select name="from"><option value="1946" selected="selected">1946</option></select>'
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="ltr"><head><meta charset="utf-8" />'
        "<title>Judgments, Advisory Opinions and Orders</title>"
        '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script></head>\n'
        f'<body><nav><a href="/cases">Cases</a></nav><form action="/decisions">{form}</form>\n'
        '<div class="view view-judgments-advisory-opinions-and-orders">'
        f'<div class="view-content row">\n{body}</div></div>\n'
        f'<footer><a href="{URL}">Decisions</a></footer></body></html>\n'
    )


def challenge() -> str:
    """Write what stands before the page for a browser that is not trusted."""
    return (
        '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>'
        '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>'
        "</body></html>"
    )


_ROW = '<div class="views-row">'


def _cut(text: str, random: Random) -> str:
    return text[: random.randrange(len(text) - 10)]


def _drop_rows(text: str, random: Random) -> str:
    head, *rows = text.split(_ROW)
    last = rows.pop()  # with the end of the page
    kept = random.sample(rows, random.randrange(len(rows) // 2, len(rows)))
    return _ROW.join([head, *(item for item in rows if item in kept), last])


def _mangle_number(text: str, random: Random) -> str:
    """Change a digit of the number of a document, in all links of a row."""
    rows = text.split(_ROW)
    position = random.randrange(1, len(rows))
    stem = rows[position].split("-EN.pdf")[0].rpartition("/")[2]
    at = random.choice([index for index in range(12) if stem[index].isdecimal()])
    mangled = f"{stem[:at]}{(int(stem[at]) + 1) % 10}{stem[at + 1 :]}"
    rows[position] = rows[position].replace(stem, mangled)
    return _ROW.join(rows)


def _challenge(_text: str, _random: Random) -> str:
    return challenge()


def _other_document(_text: str, random: Random) -> str:
    return random.choice(["", "\n", "<html></html>", "%PDF-1.7\n", "404 Not Found"])


def _encode(text: str, random: Random) -> bytes:
    return text.encode(random.choice(["utf-16", "utf-16-le", "utf-32", "cp500"]))


def _lose_markup(text: str, random: Random) -> str:
    """Rename a class in half of the rows."""
    name = random.choice(["views-row", "document-long-title", "case-long-title", "subtitle"])
    parts = text.split(name)
    return "".join(f"{part}{'x' if index % 2 else name}" for index, part in enumerate(parts))


def _translate(text: str, _random: Random) -> str:
    words = {"Order of": "Ordonnance du", "Judgment of": "Arrêt du", 'lang="en"': 'lang="fr"'}
    for english, french in words.items():
        text = text.replace(english, french)
    return text


def _filter(text: str, random: Random) -> str:
    """Show one type of decision."""
    head, *rows = text.split(_ROW)
    is_orders = random.random() < 0.5
    kept = [item for item in rows if ("-ORD-" in item.upper()) is is_orders]
    return _ROW.join([head, *kept, "</div></html>"])


def _lose_subject(text: str, _random: Random) -> str:
    return text.replace("measure", "m").replace("Measure", "M").replace("modif", "")


_BREAKS = (
    *(_cut, _drop_rows, _mangle_number, _challenge, _other_document),
    *(_encode, _lose_markup, _translate, _filter, _lose_subject),
)


def broken(text: str, seed: int) -> bytes:
    """Break a page of the list in one of many ways."""
    result = _BREAKS[seed % len(_BREAKS)](text, Random(seed))  # noqa: S311 - no secret
    return result if isinstance(result, bytes) else result.encode()


def press_release(  # noqa: PLR0913 - what a mail has
    case: int, day: date, title: str, body: str, *, html: bool = True, encoding: str = "base64"
) -> bytes:
    """Write a mail like those with a press release."""
    mail = EmailMessage()
    mail["From"] = "ICJ Information Department <info@icj-cij.org>"
    mail["Subject"] = f"ICJ: {title}"
    number = f"{case:03}-{day:%Y%m%d}-PRE-01-00-EN"
    text = (
        f"INTERNATIONAL COURT OF JUSTICE\nPress Release\nNo. {day.year}/20\n{day_text(day)}\n\n"
        f"{title}\n\nTHE HAGUE, {day_text(day)}. {body}\n\n"
        "The International Court of Justice (ICJ) is the principal judicial organ of the United "
        "Nations. Its seat is at the Peace Palace in The Hague (Netherlands) — La Haye.\n"
        f"https://www.icj-cij.org/sites/default/files/case-related/{case}/{number}.pdf\n"
        f"https://www.icj-cij.org/case/{case}\nEmail: info@icj-cij.org\n"
    )
    if html:
        lines = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))
        text = f"<!DOCTYPE html><html lang='en'><body>{lines}</body></html>\n"
    mail.set_content(text, subtype="html" if html else "plain", cte=encoding, charset="utf-8")
    return mail.as_bytes()


def broken_mail(mail: bytes, seed: int) -> bytes:
    """Break a mail in one of many ways."""
    random = Random(seed)  # noqa: S311 - no secret
    head, _, body = mail.partition(b"\n\n")
    match seed % 5:
        case 0:
            return head + b"\n\n" + body[: random.randrange(len(body) * 9 // 10)]
        case 1:
            position = random.randrange(len(body) // 2)
            return head + b"\n\n" + body[:position] + b"=\xff!" + body[position + 3 :]
        case 2:
            return head[: random.randrange(1, len(head))]
        case 3:
            name = random.choice([b"utf-16", b"x-unknown", b"us-ascii"])
            return head.replace(b"utf-8", name) + b"\n\n" + body
        case _:
            return _mail_of_another(random.choice(["Newsletter", "Ordonnance", ""]))


def _mail_of_another(subject: str) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = subject
    mail.set_content("La Cour internationale de Justice, info@icj-cij.org" if subject else "Hello")
    return mail.as_bytes()
