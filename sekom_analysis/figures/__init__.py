"""Figures for print: each takes a finished table and returns the Axes it drew on.

Nothing is computed here but positions. Importing this package imports
matplotlib and seaborn; nothing else in sekom_analysis does.
"""

from __future__ import annotations

from sekom_analysis.figures.agreement import plot_agreement
from sekom_analysis.figures.confusions import plot_confusions
from sekom_analysis.figures.counts import plot_counts
from sekom_analysis.figures.keywords import plot_keywords
from sekom_analysis.figures.planning import plot_sample
from sekom_analysis.figures.style import save_figure, style

__all__ = [
    "plot_agreement",
    "plot_confusions",
    "plot_counts",
    "plot_keywords",
    "plot_sample",
    "save_figure",
    "style",
]
