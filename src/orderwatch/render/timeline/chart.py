"""Lay out the timeline: a box for each mark, label and line, none on another.

Due dates and submissions have a lane each, so that neither covers the other. Marks that
would touch are merged. A label has a lane of its own or a free place in its row, and
vertical lines are broken where a label is.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from orderwatch.frozen import Frozen
from orderwatch.model import Provenance
from orderwatch.render import phrases
from orderwatch.render.sanitize import sanitize
from orderwatch.render.timeline import Mark, Panel, Row, Shape, group_labels
from orderwatch.render.timeline.measure import fit_text, text_width, wrap_text
from orderwatch.render.timeline.scale import Scale, fit_scale, ticks
from orderwatch.translation import labelled

WIDTH = 960
_MARGIN = 8
_LEFT, _WIDE_LEFT = 230, 300
"""The x coordinate where rows begin, of one case and of several; names are to the left."""
_RIGHT = WIDTH - 24
_EDGE = WIDTH - _MARGIN
"""Labels end here."""
_TITLE, _SIZE, _SMALL = 18.0, 12.0, 11.0
"""Font sizes."""
_ASCENT, _DESCENT = 0.93, 0.24
"""Extent of a line of text above and below its baseline, in parts of the font size."""
_BASELINE = 4.0
"""From the middle of a lane to the baseline of small text."""
_LINE = 15.0
"""Height of a lane of text."""
_LANE, _LOW_LANE = 16.0, 13.0
"""Height of a lane of marks, of one case and of several."""
_GAP = 6.0
"""Distance between labels, and from a label to a mark."""
_PADDING = 5.0
"""Above and below the content of a row."""
_AXIS = 24.0
"""Height of the years above the rows of a panel."""
_HALF = {Shape.ORDER: 5.0, Shape.DEADLINE: 5.0, Shape.SUBMISSION: 5.0, Shape.EVENT: 1.5}
"""Half the width of a mark; half the height is that of the widest."""
_HALF_HEIGHT = 5.0
_BAR = 3.0
"""Half the height of a bar."""
_MAX_TICKS = 9
_MAX_LANES = 5
"""Lanes for labels on one side of the marks."""
_LEGEND = (Shape.ORDER, Shape.SPAN, Shape.DEADLINE, Shape.SUBMISSION, Shape.EVENT)


class Box(Frozen):
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Return the width."""
        return round(self.right - self.left, 1)

    @property
    def height(self) -> float:
        """Return the height."""
        return round(self.bottom - self.top, 1)

    def overlaps(self, other: "Box") -> bool:
        """Return whether two rectangles have more than an edge in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


class Label(Frozen):
    """A line of text, from its left end on its baseline."""

    text: str
    x: float
    y: float
    size: float = _SMALL
    bold: bool = False
    soft: bool = False

    @property
    def box(self) -> Box:
        """Return the rectangle of the text."""
        return Box(
            left=self.x,
            top=self.y - _ASCENT * self.size,
            right=self.x + text_width(self.text, self.size, bold=self.bold),
            bottom=self.y + _DESCENT * self.size,
        )


class Dot(Frozen):
    """A mark, or several that would touch, from the centre of the first to that of the last."""

    shape: Shape
    x: float
    end: float
    y: float
    marks: tuple[Mark, ...] = ()

    @property
    def box(self) -> Box:
        """Return the rectangle of the mark."""
        half = _HALF[self.shape]
        return Box(
            left=round(self.x - half, 1),
            top=self.y - _HALF_HEIGHT,
            right=round(self.end + half, 1),
            bottom=self.y + _HALF_HEIGHT,
        )

    @property
    def texts(self) -> tuple[str, ...]:
        """Return what its marks stand for."""
        return tuple(labelled(item.when, item.text) for item in self.marks)


class Bar(Frozen):
    """A period in which measures were in force."""

    box: Box
    texts: tuple[str, ...] = ()


class Line(Frozen):
    """A straight line."""

    x: float
    y: float
    end_x: float
    end_y: float


class Chart(Frozen):
    """The parts of the picture, in drawing order."""

    height: float
    bands: tuple[Box, ...]
    """Backgrounds of every second row."""
    grid: tuple[Line, ...]
    as_of: tuple[Line, ...]
    """The line of the as-of date."""
    bars: tuple[Bar, ...]
    links: tuple[Line, ...]
    """From a due date to its submission."""
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]
    legend: tuple[Dot | Bar, ...]


class _Strip(Frozen):
    """The content of a row that was laid out."""

    height: float
    labels: list[Label]
    dots: list[Dot]
    bars: list[Bar]
    links: list[Line]


def lay_out(
    view: Provenance, panels: Sequence[Panel], *, title: str = "", notes: Sequence[str] = ()
) -> Chart:
    """Lay out a title, the panels below each other, the legend, and notes."""
    heading = _paragraph(title, _MARGIN, size=_TITLE, bold=True) if title else []
    top = round(heading[-1].box.bottom) + _GAP if heading else float(_MARGIN)
    bands: list[Box] = []
    grid: list[Line] = []
    as_of: list[Line] = []
    strips: list[_Strip] = []
    labels = [*heading]
    # Of one case each row tells its kind; of several, the rows of a case are together.
    is_single = sum(len(panel.groups) for panel in panels) == 1
    for panel in panels:
        left = _LEFT if is_single else _WIDE_LEFT
        scale = fit_scale(view, panel, left=left + 8, right=_RIGHT)
        axis = list(_axis(panel, scale, top))
        first = y = top + _AXIS
        found: list[_Strip] = []
        units: list[Sequence[Row]] = [group.rows for group in panel.groups]
        if is_single:
            units = [[row] for row in panel.groups[0].rows]
        for number, rows in enumerate(units):
            start = y
            for place, row in enumerate(rows):
                if is_single:
                    strip = _full_row(view, scale, row, y)
                else:
                    strip = _compact_row(view, scale, row, y, is_first=place == 0)
                found.append(strip)
                y += strip.height
            if number % 2 == 0:
                bands.append(Box(left=0, top=start, right=WIDTH, bottom=y))
        boxes = [label.box for strip in found for label in strip.labels]
        for day, _text in ticks(scale, _MAX_TICKS):
            grid += _broken(round(scale.x(day), 1), first, y, boxes)
        if scale.contains(view.as_of):
            x = round(scale.x(view.as_of), 1)
            as_of += _broken(x, first, y + 3, boxes)
            axis.append(_centred(phrases.bare_day(view.as_of), x, y + _LINE))
            y += _LINE
        strips += found
        labels += axis
        top = y + _LINE
    legend, legend_labels = _legend(panels, top + _LINE / 2)
    bottom = max((item.y for item in legend_labels), default=top)
    for note in notes:
        paragraph = _paragraph(
            note,
            bottom + 2 * _GAP if note == notes[0] else bottom + _GAP / 2,
            size=_SMALL,
            soft=True,
        )
        labels += paragraph
        bottom = paragraph[-1].y
    return Chart(
        height=round(bottom + _LINE),
        bands=tuple(bands),
        grid=tuple(grid),
        as_of=tuple(as_of),
        bars=tuple(bar for strip in strips for bar in strip.bars),
        links=tuple(link for strip in strips for link in strip.links),
        dots=tuple(dot for strip in strips for dot in strip.dots),
        labels=(*labels, *(item for strip in strips for item in strip.labels), *legend_labels),
        legend=tuple(legend),
    )


def _paragraph(
    text: str, top: float, *, size: float, bold: bool = False, soft: bool = False
) -> list[Label]:
    """Return a text in lines that are as wide as the picture."""
    lines = wrap_text(sanitize(text), size, _EDGE - _MARGIN, lines=3, bold=bold) or [""]
    height = round(1.3 * size)
    return [
        Label(
            text=line,
            x=_MARGIN,
            y=round(top + _ASCENT * size + number * height, 1),
            size=size,
            bold=bold,
            soft=soft,
        )
        for number, line in enumerate(lines)
    ]


def _axis(panel: Panel, scale: Scale, top: float) -> Iterator[Label]:
    """Yield the title of a panel and the labels of its ticks that fit."""
    y = top + _LINE
    title = Label(text=panel.title, x=_MARGIN, y=y, size=_SIZE, bold=True)
    if panel.title:
        yield title
    free = title.box.right + _GAP
    for day, text in ticks(scale, _MAX_TICKS):
        label = _centred(text, round(scale.x(day), 1), y)
        if label.x >= free:
            free = label.box.right + _GAP
            yield label


def _centred(text: str, x: float, y: float) -> Label:
    """Return a label centred at x, within the edges."""
    width = text_width(text, _SMALL)
    left = max(_MARGIN, min(x - width / 2, _EDGE - width))
    return Label(text=text, x=round(left, 1), y=y, soft=True)


def _broken(x: float, top: float, bottom: float, boxes: Iterable[Box]) -> Iterator[Line]:
    """Yield the parts of a vertical line between the labels in its way."""
    cuts = sorted(
        (box.top - 1, box.bottom + 1) for box in boxes if box.left - 2 < x < box.right + 2
    )
    for start, end in (*cuts, (bottom, bottom)):
        if start - top > 1:
            yield Line(x=x, y=round(top, 1), end_x=x, end_y=round(start, 1))
        top = max(top, end)


def _full_row(view: Provenance, scale: Scale, row: Row, top: float) -> _Strip:
    """Lay out a row of one case, with lanes for labels above and below its marks."""
    start = top + _PADDING
    width = _LEFT - _MARGIN - _GAP
    lines = wrap_text(sanitize(row.label), _SIZE, width, lines=2)
    names = [
        Label(text=line, x=_MARGIN, y=start + _SIZE + number * _LINE, size=_SIZE)
        for number, line in enumerate(lines)
    ]
    if row.detail:
        y = start + _SIZE + len(lines) * _LINE
        detail = fit_text(sanitize(row.detail), _SMALL, width)
        names.append(Label(text=detail, x=_MARGIN, y=y, soft=True))
    above = _label(_dots(scale, row.marks, 0))
    y = start + len(above) * _LINE + _LANE / 2
    dots, links = _pair(scale, row, y, _LANE)
    below = _label([dot for dot in dots if dot.y > y])
    bottom = max((dot.y for dot in dots), default=y) + _LANE / 2
    labels = [*names]
    for lanes, edge, sign in ((above, y, -1), (below, bottom - _LANE / 2, 1)):
        for number, lane in enumerate(lanes):
            middle = edge + sign * (_LANE / 2 + (number + 0.5) * _LINE)
            for text, x, mark in lane:
                labels.append(Label(text=text, x=x, y=middle + _BASELINE))
                if number and mark is not None:
                    start_y, end_y = edge + sign * (_HALF_HEIGHT + 1), middle - sign * _LINE / 2
                    links.append(Line(x=mark, y=start_y, end_x=mark, end_y=end_y))
    bottom += len(below) * _LINE
    names_bottom = max(label.box.bottom for label in names)
    return _Strip(
        height=round(max(bottom, names_bottom) + _PADDING - top),
        labels=labels,
        dots=dots,
        bars=_bars(view, scale, row, y),
        links=links,
    )


def _compact_row(view: Provenance, scale: Scale, row: Row, top: float, *, is_first: bool) -> _Strip:
    """Lay out a row of several cases, with one label beside its marks or else above them."""
    start = top + 1
    size, x = (_SIZE, _MARGIN) if is_first else (_SMALL, 2.5 * _MARGIN)
    text = sanitize(row.case.short if is_first else row.label)
    names = [
        Label(
            text=line, x=x, y=start + size - 0.5 + number * _LOW_LANE, size=size, soft=not is_first
        )
        for number, line in enumerate(
            wrap_text(text, size, _WIDE_LEFT - x - _GAP, lines=1 if is_first else 2)
        )
    ]
    y = start + _LOW_LANE / 2 + 0.5
    labels = [*names]
    boxes = [item.box for item in _pair(scale, row, y, _LOW_LANE)[0]]
    boxes += [item.box for item in _bars(view, scale, row, y)]
    if boxes:
        text = sanitize(_row_text(row))
        width = text_width(text, _SMALL)
        first, last = min(box.left for box in boxes), max(box.right for box in boxes)
        if last + _GAP + width <= _EDGE:
            x = last + _GAP
        elif first - _GAP - width >= _WIDE_LEFT:
            x = first - _GAP - width
        else:
            text = fit_text(text, _SMALL, _EDGE - _WIDE_LEFT)
            x = min(first, _EDGE - text_width(text, _SMALL))
            y += _LOW_LANE
        labels.append(Label(text=text, x=round(x, 1), y=start + _LOW_LANE / 2 + _BASELINE))
    dots, links = _pair(scale, row, y, _LOW_LANE)
    bottom = max((dot.y for dot in dots), default=y) + _LOW_LANE / 2
    return _Strip(
        height=round(max(bottom, *(label.box.bottom for label in labels)) - top),
        labels=labels,
        dots=dots,
        bars=_bars(view, scale, row, y),
        links=links,
    )


def _row_text(row: Row) -> str:
    """Return what happened in a row, in few words."""
    if not row.marks:
        return ""
    parts = [group_labels(row.marks)[0]]
    states = {mark.state for mark in row.marks}
    if len(states) > 1:
        count = sum(mark.count for mark in row.marks)
        parts = [row.marks[0].shape.format_count(count)]
    if row.answers:
        parts.append(group_labels(row.answers)[-1])
    return ", ".join(parts)


def _pair(scale: Scale, row: Row, y: float, lane: float) -> tuple[list[Dot], list[Line]]:
    """Return the marks of a row, submissions below due dates, and a link for each pair."""
    upper = _dots(scale, row.marks, y)
    lower = _dots(scale, row.answers, y + lane)
    place = {dot.marks[0]: dot for dot in (*upper, *lower) if len(dot.marks) == 1}
    links = [
        Line(
            x=place[mark].x,
            y=place[mark].box.bottom,
            end_x=place[mark.answer].x,
            end_y=place[mark.answer].box.top,
        )
        for mark in row.marks
        if mark.answer and mark in place and mark.answer in place
    ]
    return [*upper, *lower], links


def _dots(scale: Scale, marks: Iterable[Mark], y: float) -> list[Dot]:
    """Return the marks of a lane, those that would touch as one."""
    dots: list[Dot] = []
    for mark in sorted(marks, key=lambda item: item.first):
        x = round(scale.x(mark.first), 1)
        end = round(scale.x(mark.last or mark.first), 1)
        before = dots[-1] if dots else None
        if before and x - before.end < 2 * _HALF[mark.shape] + 0.5:
            dots[-1] = Dot(
                shape=mark.shape,
                x=before.x,
                end=max(before.end, end),
                y=y,
                marks=(*before.marks, mark),
            )
        else:
            dots.append(Dot(shape=mark.shape, x=x, end=end, y=y, marks=(mark,)))
    return dots


def _bars(view: Provenance, scale: Scale, row: Row, y: float) -> list[Bar]:
    """Return the periods of a row, those that touch as one."""
    bars: list[Bar] = []
    for span in sorted(row.spans, key=lambda item: item.first):
        left = round(scale.x(span.first), 1)
        right = round(max(left + 1, scale.x(span.last or view.as_of)), 1)
        texts = [labelled(span.when, span.text)]
        if bars and left <= bars[-1].box.right:
            last = bars.pop()
            left, right = last.box.left, max(right, last.box.right)
            texts = [*last.texts, *texts]
        box = Box(left=left, top=y - _BAR, right=right, bottom=y + _BAR)
        bars.append(Bar(box=box, texts=tuple(texts)))
    return bars


_Lane = list[tuple[str, float, float | None]]
"""Labels of a lane: text, x, and the centre of a single mark."""


def _label(dots: Sequence[Dot]) -> list[_Lane]:
    """Return the labels of marks in lanes, the one next to the marks first.

    Each mark has its own if there is room in few lanes; otherwise marks of a state share one.
    """
    if not dots:
        return []
    if dots[0].shape is Shape.EVENT:
        single = [[dot] for dot in dots if len(dot.marks) == dot.marks[0].count == 1]
        return [lane] if (lane := _place(single)) else []
    if lanes := _stagger(dots):
        return lanes
    runs = [list(run) for _state, run in groupby(dots, key=lambda dot: dot.marks[0].state)]
    return [_place(runs)]


def _stagger(dots: Sequence[Dot]) -> list[_Lane]:
    """Place a label at each mark, in the nearest lane where it fits; or return no lane.

    From right to left, so that the line from a label to its mark crosses no other label.
    """
    lanes: list[_Lane] = []
    for dot in reversed(dots):
        text = sanitize(group_labels(dot.marks)[-1])
        width = text_width(text, _SMALL)
        left = dot.box.left if lanes else min(dot.box.left, _EDGE - width)
        right = left + width + _GAP
        # Room in a lane ends at its last label, and at a line to a label farther away.
        ends = [
            min([lane[-1][1], *(placed[-1][2] or _LEFT for placed in lanes[number + 1 :])])
            for number, lane in enumerate(lanes)
        ]
        number = next((n for n, end in enumerate(ends) if right <= end), len(lanes))
        is_crossed = any(lane[-1][1] < dot.x + 1 for lane in lanes[:number])
        if number == _MAX_LANES or is_crossed or not _LEFT <= left <= _EDGE - width:
            return []
        if number == len(lanes):
            lanes.append([])
        lanes[number].append((text, round(left, 1), dot.x if len(dot.marks) == 1 else None))
    return lanes


def _place(runs: Sequence[Sequence[Dot]]) -> _Lane:
    """Return the labels of runs that fit beside each other, from left to right."""
    lane: _Lane = []
    free = float(_LEFT)
    limits = [*(run[0].box.left for run in runs[1:]), _EDGE]
    for run, limit in zip(runs, limits, strict=False):
        left, right = run[0].box.left, run[-1].box.right
        texts = [sanitize(text) for text in group_labels([m for dot in run for m in dot.marks])]
        start = max(left, free)
        text = next(
            (text for text in texts if start + text_width(text, _SMALL) + _GAP <= limit), texts[-1]
        )
        width = text_width(text, _SMALL)
        for wish in (left, (left + right - width) / 2, right - width, free):
            x = round(max(_LEFT, min(wish, _EDGE - width)), 1)
            if max(free, left - width) <= x <= right and x + width <= _EDGE:
                lane.append((text, x, None))
                free = x + width + _GAP
                break
    return lane


def _legend(panels: Iterable[Panel], y: float) -> tuple[list[Dot | Bar], list[Label]]:
    """Return the shapes of the picture with their names, on as few lines as they need."""
    shapes = {mark.shape for panel in panels for mark in panel.marks}
    signs: list[Dot | Bar] = []
    labels: list[Label] = []
    x = float(_MARGIN)
    for shape in _LEGEND:
        if shape not in shapes:
            continue
        width = 24 + text_width(shape.legend, _SMALL)
        if x + width > _EDGE and x > _MARGIN:
            x, y = float(_MARGIN), y + _LINE + 3
        if shape is Shape.SPAN:
            box = Box(left=x, top=y - _BAR, right=x + 16, bottom=y + _BAR)
            signs.append(Bar(box=box))
        else:
            signs.append(Dot(shape=shape, x=x + 8, end=x + 8, y=y))
        labels.append(Label(text=shape.legend, x=x + 22, y=y + 4))
        x = round(x + width + 18, 1)
    return signs, labels
