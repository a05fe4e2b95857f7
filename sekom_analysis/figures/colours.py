"""Colours that hold in grey print, and ink that reads on them."""

from __future__ import annotations

from matplotlib.colors import to_rgb

Colour = tuple[float, float, float]


def mix(colour: str | Colour, share: float, other: str | Colour = "white") -> Colour:
    """Return a colour with a share (0–1) of another mixed in."""
    first, second = to_rgb(colour), to_rgb(other)
    red, green, blue = ((1 - share) * a + share * b for a, b in zip(first, second, strict=True))
    return red, green, blue


def luminance(colour: str | Colour) -> float:
    """Relative luminance, 0 (black) to 1 (white); source: WCAG 2.2.

    Examples
    --------
    >>> luminance("white"), luminance("black")
    (1.0, 0.0)
    """
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return round(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2], 12)


def contrast(one: str | Colour, other: str | Colour) -> float:
    """Contrast ratio of two colours, 1 to 21; source: WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable_on(background: str | Colour) -> str:
    """Return black or white, whichever stands out more; the ratio is at least 4.5 on any colour."""
    return max(("black", "white"), key=lambda ink: contrast(ink, background))
