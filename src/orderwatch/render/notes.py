"""Number the sources of a page."""

from collections.abc import Iterator

from orderwatch.frozen import Frozen, replace
from orderwatch.model import Grade


class Note(Frozen):
    """A source of a page, and how facts were verified there."""

    number: int
    url: str
    titles: tuple[str, ...] = ()
    grades: tuple[Grade, ...] = ()


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
        note = self._notes.get(url) or Note(number=len(self._notes) + 1, url=url)
        titles = (*note.titles, title) if title else note.titles
        grades = (*note.grades, grade) if grade else note.grades
        self._notes[url] = replace(
            note, titles=tuple(dict.fromkeys(titles)), grades=tuple(dict.fromkeys(grades))
        )
        return note.number
