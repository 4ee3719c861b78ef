"""Render the timeline as SVG. The table on the same page lists the same marks."""

from collections.abc import Sequence

from orderwatch.model import CaseFile, Provenance
from orderwatch.render import phrases
from orderwatch.render.templates import render
from orderwatch.render.timeline import Panel, Shape, panels
from orderwatch.render.timeline.chart import WIDTH, lay_out
from orderwatch.translation import _


def standalone_svg(view: Provenance, cases: Sequence[CaseFile]) -> str:
    """Render a standalone SVG document with its own styles."""
    return _svg(view, cases, alone=True)


def inline_svg(view: Provenance, cases: Sequence[CaseFile]) -> str:
    """Render SVG for a page, whose stylesheet sets its colours in dark mode."""
    return _svg(view, cases, alone=False)


def _svg(view: Provenance, cases: Sequence[CaseFile], *, alone: bool) -> str:
    shown = panels(view, cases)
    title = _title(cases)
    # A page has title and notes around the picture; a file that is shared has only these.
    chart = lay_out(view, shown, title=title, notes=_notes(view)) if alone else None
    return render(
        "timeline.svg",
        chart=chart or lay_out(view, shown),
        width=WIDTH,
        title=title,
        description=_description(view, shown, alone=alone),
        alone=alone,
    )


def _title(cases: Sequence[CaseFile]) -> str:
    if len(cases) != 1:
        return _("Orders and due dates over time")
    return _("{short}: orders, dates and events over time").format(short=cases[0].case.short)


def _notes(view: Provenance) -> list[str]:
    """Return what a reader of the picture needs to know."""
    lines = [" · ".join((phrases.short_as_of(view), *phrases.data_remarks(view)))]
    return [*lines, f"{phrases.caveat(view)} {_(phrases.NO_JUDGE)}"]


def _description(view: Provenance, shown: Sequence[Panel], *, alone: bool) -> str:
    marks = [mark for panel in shown for mark in panel.marks]
    parts = []
    for shape in (Shape.ORDER, Shape.DEADLINE, Shape.SUBMISSION, Shape.EVENT):
        number = sum(mark.count for mark in marks if mark.shape is shape)
        if number:
            parts.append(shape.format_count(number))
    text = _("As of {day}: {parts}.")
    if not alone:
        text = _("As of {day}: {parts}. The table beside this picture has the same facts.")
    text = text.format(
        day=phrases.bare_day(view.as_of), parts=", ".join(parts) or _("nothing to show")
    )
    remarks = phrases.data_remarks(view) if alone else []
    return " ".join([*(f"{line}." for line in remarks), text])
