"""Words for the results of a search, which all formats share."""

from orderwatch.model import Case, Hit
from orderwatch.render import phrases
from orderwatch.render.layout import short_name
from orderwatch.render.names import localized
from orderwatch.translation import _


def label(hit: Hit) -> str:
    """Return what a result is: a title, a date, a label, or the summary of an event."""
    if hit.event:
        return hit.event.summary
    if hit.obligation:
        return hit.obligation.display_label
    if hit.order:
        return _("Order of {day}").format(day=phrases.bare_day(hit.order.made))
    return hit.case.short


def parties(case: Case) -> str:
    """Return the parties of a case, which its short title may lack."""
    applicants, respondents = ", ".join(case.applicants), ", ".join(case.respondents)
    if not respondents:
        return applicants
    return _("{applicants} v. {respondents}").format(applicants=applicants, respondents=respondents)


def name(hit: Hit) -> str:
    """Return what to type for a result: an alias or an id; of an event, what it is about."""
    if item := hit.obligation or hit.order:
        return short_name(item)
    return hit.case.id if hit.event else hit.alias or hit.id


def full_name(hit: Hit) -> str:
    """Return the name of a result in a sentence: `South Africa v. Israel (192)`."""
    hit = localized(hit)
    if hit.event:
        return _("event of {day}, {case} ({name})").format(
            day=phrases.bare_day(hit.event.on), case=hit.case.short, name=name(hit)
        )
    if hit.order is None:
        return f"{label(hit)} ({name(hit)})"
    return _("{label}, {case} ({name})").format(
        label=label(hit), case=hit.case.short, name=name(hit)
    )


def state(hit: Hit) -> str:
    """Return the next date of a result, or whether it is in force."""
    if hit.event:
        return phrases.bare_day(hit.event.on)
    if hit.due:
        return _("due {day}").format(day=phrases.bare_day(hit.due))
    if hit.order is None:
        return _("pending") if hit.in_force else _("ended")
    return _("in force") if hit.in_force else _("not in force")
