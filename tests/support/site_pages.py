"""Read a published page as a browser does."""

from html.parser import HTMLParser


class Read(HTMLParser):
    """A page as a reader has it: its links, its ids, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag with its attributes."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep what is read."""
        if self.cdata_elem is None:
            self.text += data

    @property
    def plain(self) -> str:
        """Its words, with one space between them."""
        return " ".join(self.text.split())

    def all(self, name: str) -> list[str]:
        """Give the values of an attribute."""
        return [str(have[name]) for _, have in self.tags if have.get(name) is not None]
