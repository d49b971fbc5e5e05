"""Markdown on a terminal while it is being written.

What is finished is printed for good; only the last block is drawn again and again. Characters that would steer the
terminal are shown as escapes, HTML as it is written, and the address of a link stands behind its text.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self

from markdown_it import MarkdownIt
from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.markdown import Markdown
from rich.segment import Segment

from planfirst.source.unsafe import escaped

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


class PlainMarkdown(Markdown):
    """Markdown in which nothing is hidden."""

    def __init__(self, text: str) -> None:
        text = escaped(text.replace("\r", ""))
        super().__init__(text, hyperlinks=False, code_theme="ansi_dark")
        parser = MarkdownIt("commonmark", {"html": False}).enable("strikethrough").enable("table")
        self.parsed = parser.parse(text)


@contextmanager
def unechoed() -> Iterator[None]:
    """Keys that you press meanwhile, Ctrl-C too, are not written into what is drawn; the next prompt gets them."""
    if sys.platform == "win32" or not sys.stdin.isatty():
        yield
        return
    import termios

    before = termios.tcgetattr(sys.stdin)
    mode = termios.tcgetattr(sys.stdin)
    mode[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, mode)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


class Streamed:
    """A context in which an answer is shown piece by piece; what does not go to a terminal is written as it is."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._rest = ""
        self._live: Live | None = None
        self._drawing = ExitStack()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._drawing.enter_context(unechoed())
            self._live = Live(
                console=self._console, get_renderable=self._end, transient=True, refresh_per_second=8, screen=False
            )
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live is not None:
            rest, self._rest = self._rest, ""
            self._live.stop()
            self._drawing.close()
            if rest.strip():
                self._console.print(PlainMarkdown(rest))
                self._console.print()
        elif self._rest and not self._rest.endswith("\n"):
            self._console.file.write("\n")

    def add(self, piece: str) -> None:
        """Shows more of the answer."""
        if self._live is None:
            self._console.file.write(piece)
            self._console.file.flush()
            self._rest = piece
            return
        self._rest += piece
        end = finished(self._rest)
        if end:
            done, self._rest = self._rest[:end], self._rest[end:]
            self._live.console.print(PlainMarkdown(done))
            self._live.console.print()

    def _end(self) -> _End:
        return _End(self._rest)


class _End:
    """As many of the last rows as fit on the terminal."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows = console.render_lines(PlainMarkdown(self._text), options, pad=False) if self._text.strip() else []
        for row in rows[-max(1, options.size.height - 2) :]:
            yield from row
            yield Segment.line()


def finished(text: str) -> int:
    """How many characters belong to blocks that nothing to come can change."""
    end, at, fence = 0, 0, ""
    is_blank = False
    for line in text.splitlines(keepends=True):
        opened = _FENCE.match(line)
        if not fence and is_blank and not line[:1].isspace():
            end = at
        if opened and not fence:
            fence = opened[1]
        elif opened and opened[1].startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        is_blank = not line.strip()
        at += len(line)
    return end
