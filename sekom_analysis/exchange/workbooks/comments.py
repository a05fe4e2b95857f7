"""Comments on the cells of a sheet: Excel's notes of old, and the threads that it has now."""

from __future__ import annotations

from typing import NamedTuple

from sekom_analysis.exchange.guarded import refusal
from sekom_analysis.exchange.workbooks.cells import PartWalker, place
from sekom_analysis.exchange.workbooks.limits import BookLimits
from sekom_analysis.exchange.workbooks.texts import stored_text

LEGACY, THREADED = "comments", "threadedComment"  # the kinds of part that hold them
_LEARN_MORE = "go.microsoft.com/fwlink/?linkid=870924"


class Comment(NamedTuple):
    """What somebody wrote about a cell."""

    row: int
    column: int
    text: str


def said(text: str, author: str = "") -> str:
    r"""Return what a person wrote of a comment, without what Excel puts before it.

    A thread is stored a second time for older programs, below some lines in the language of Excel that
    only the address in them tells from others; a note of old begins with its author's name.

    Examples
    --------
    >>> said("Anna Ek:\nosäker", "Anna Ek")
    'osäker'
    >>> said(f"[Trådad kommentar]\n\nDin version … https://{_LEARN_MORE}\n\nKommentar:\n    osäker")
    'osäker'
    """
    head, found, rest = text.partition(_LEARN_MORE)
    if found and head.lstrip().startswith("["):
        _, _, rest = rest.lstrip().partition("\n")  # the word 'Comment:'
        return "\n".join(line.removeprefix("    ") for line in rest.split("\n")).strip()
    name = author.strip()
    return text.strip().removeprefix(f"{name}:" if name else "").strip()


class CommentWalker(PartWalker):
    """Reads one part with comments, of either kind."""

    def __init__(self, where: str, part: str, limits: BookLimits) -> None:
        super().__init__(where, part, limits)
        self.comments: list[Comment] = []
        self.authors: list[str] = []
        self.at: tuple[int, int] | None = None
        self.author = ""
        self.is_thread = self.is_phonetic = False

    def begin(self, part: str, attributes: dict[str, str]) -> None:
        """Take note of an element that begins."""
        if part in ("comment", "threadedComment"):
            self.is_thread = part == "threadedComment"
            self.at = place(attributes.get("ref", ""))
            self.author = self._named(attributes.get("authorId", ""))
            self.pieces.clear()
        elif part == "rPh":
            self.is_phonetic = True
        elif part in ("t", "author") or (part == "text" and self.is_thread):
            self.listen(on=not self.is_phonetic)

    def finish(self, part: str) -> None:
        """Take note of an element that ends."""
        if part == "rPh":
            self.is_phonetic = False
        elif part == "author":
            self.listen(on=False)
            self.authors.append("".join(self.pieces))
            self.pieces.clear()
        elif part in ("t", "text"):
            self.listen(on=False)
        elif part in ("comment", "threadedComment"):
            self._take(said(stored_text("".join(self.pieces)), self.author))

    def _named(self, number: str) -> str:
        return self.authors[int(number)] if number.isdecimal() and int(number) < len(self.authors) else ""

    def _take(self, text: str) -> None:
        if self.at is not None and text:
            self.comments.append(Comment(*self.at, text))
        if len(self.comments) > self.most.comments:
            what = f"it holds more than {self.most.comments:,} comments"
            raise refusal(self.where, what, "delete them")


def joined(legacy: list[Comment], threads: list[Comment]) -> list[Comment]:
    """Return one comment a cell: the thread where there is one, with its replies; else the note."""
    found: dict[tuple[int, int], list[str]] = {}
    for row, column, text in threads:
        found.setdefault((row, column), []).append(text)
    for row, column, text in legacy:
        found.setdefault((row, column), [text])
    return [Comment(*at, "\n".join(texts)) for at, texts in sorted(found.items())]
