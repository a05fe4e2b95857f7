"""What a format cannot hold: said aloud, whenever something is written or read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Loss(NamedTuple):
    """One thing that another program will not find, or that was left out of what was read.

    Attributes
    ----------
    number : how many
    what : of what
    where : what became of them
    """

    number: int
    what: str
    where: str


def real(losses: Iterable[Loss]) -> list[Loss]:
    """Return the losses of which there is any."""
    return [loss for loss in losses if loss.number]


def loss_lines(losses: Iterable[Loss]) -> str:
    """Return losses as lines of a message.

    Examples
    --------
    >>> print(loss_lines([Loss(3, "skipped questions", "not in the file")]))
    - skipped questions (3): not in the file.
    """
    return "\n".join(f"- {loss.what} ({loss.number}): {loss.where}." for loss in losses)
