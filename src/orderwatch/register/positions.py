"""Line numbers of the keys of a TOML text; needed only to report problems."""

import re

Loc = tuple[int | str, ...]

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
    | (?P<long>\"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5})
    | (?P<quoted>"(?:\\.|[^"\\\n])*" | '[^'\n]*')
    | (?P<newline>\n)
    | (?P<sign>[\[\]{},=])
    | (?P<space>[^\S\n]+)
    | (?P<bare>[^\s\[\]{},=\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)


class _Frame:
    """An open array or inline table."""

    __slots__ = ("count", "is_list", "loc")

    def __init__(self, loc: Loc, *, is_list: bool) -> None:
        self.loc = loc
        self.is_list = is_list
        self.count = 0


class Lines:
    """Line numbers of the keys of a valid TOML text."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Loc, int] = {}
        self._tables: dict[Loc, int] = {}
        self._base: Loc = ()
        self._frames: list[_Frame] = []
        self._key: list[str] = []
        self._value: Loc | None = None
        self._scan(text)

    def line_of(self, loc: Loc) -> int | None:
        """Return the line of `loc`, or of the nearest table around it."""
        for length in range(len(loc), 0, -1):
            if loc[:length] in self._lines:
                return self._lines[loc[:length]]
        return None

    def _scan(self, text: str) -> None:
        line, header = 1, 0
        for token in _TOKEN.finditer(text):
            word, kind = token[0], token.lastgroup
            at_start = not self._frames and self._value is None
            if kind == "newline":
                if not self._frames:
                    self._key, self._value, header = [], None, 0
            elif word == "[" and at_start:
                header += 1
            elif word == "]" and at_start:
                self._add_header(line, is_list=header > 1)
            elif kind == "sign":
                self._add_delimiter(word, line)
            elif kind in {"bare", "quoted", "long"}:
                self._add_word(word, line, is_quoted=kind != "bare")
            line += word.count("\n")

    def _add_header(self, line: int, *, is_list: bool) -> None:
        if not self._key:  # second bracket of an array of tables
            return
        loc: Loc = ()
        for depth, part in enumerate(self._key, 1):
            loc = (*loc, part)
            self._lines.setdefault(loc, line)
            if is_list and depth == len(self._key):
                self._tables[loc] = self._tables.get(loc, 0) + 1
            if loc in self._tables:
                loc = (*loc, self._tables[loc] - 1)
        self._key, self._base = [], loc
        self._lines.setdefault(loc, line)

    def _add_delimiter(self, sign: str, line: int) -> None:
        frame = self._frames[-1] if self._frames else None
        if sign == "=":
            self._value = frame.loc if frame else self._base
            for part in self._key:
                self._value = (*self._value, part)
                self._lines.setdefault(self._value, line)
            self._key = []
        elif sign in "[{":
            self._frames.append(_Frame(self._add_value(line), is_list=sign == "["))
            self._value = None
        elif sign in "]}":
            top = self._frames.pop()
            self._value = top.loc
        elif frame:
            frame.count += 1
            self._key, self._value = [], None

    def _add_word(self, word: str, line: int, *, is_quoted: bool) -> None:
        frame = self._frames[-1] if self._frames else None
        if self._value is None and not (frame and frame.is_list):
            parts = [word[1:-1]] if is_quoted else word.split(".")
            self._key += [part for part in parts if part or is_quoted]
        else:
            self._add_value(line)

    def _add_value(self, line: int) -> Loc:
        """Record the line of the value that begins here; return its location."""
        if self._value is not None:
            return self._value
        frame = self._frames[-1]
        loc = (*frame.loc, frame.count)
        self._lines.setdefault(loc, line)
        return loc
