"""Number the sources of a page."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from orderwatch.model import Grade


@dataclass(slots=True, kw_only=True)
class Note:
    """A source of a page, and how facts were verified there."""

    number: int
    url: str
    titles: list[str] = field(default_factory=list)
    grades: list[Grade] = field(default_factory=list)


class Notes:
    """The sources of a page, each address once, in order of first mention."""

    def __init__(self) -> None:
        self._notes: dict[str, Note] = {}

    def __iter__(self) -> Iterator[Note]:
        """Yield the sources by number."""
        return iter(self._notes.values())

    def __len__(self) -> int:
        """Return the number of sources."""
        return len(self._notes)

    def add(self, url: str, title: str | None = None, grade: Grade | None = None) -> int:
        """Add a source, or what is new about it; return its number."""
        note = self._notes.get(url)
        if note is None:
            note = self._notes[url] = Note(number=len(self._notes) + 1, url=url)
        if title and title not in note.titles:
            note.titles.append(title)
        if grade and grade not in note.grades:
            note.grades.append(grade)
        return note.number
