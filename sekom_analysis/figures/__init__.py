"""Figures for print: each takes a finished table and returns the Axes it drew on.

Nothing is computed here but positions. Importing this package imports
matplotlib (a figure that needs seaborn, seaborn); nothing else in sekom_analysis does.
"""

from __future__ import annotations

from sekom_analysis.figures.actions import plot_criteria, plot_plan, plot_priorities
from sekom_analysis.figures.agreement import plot_confusions, plot_sample
from sekom_analysis.figures.count_texts import counts_source, shows_something
from sekom_analysis.figures.counts import plot_counts
from sekom_analysis.figures.coverage import plot_coverage
from sekom_analysis.figures.forest import plot_agreement
from sekom_analysis.figures.grids import plot_scores, plot_sources, plot_themes
from sekom_analysis.figures.saturation import plot_saturation
from sekom_analysis.figures.scales import plot_scales
from sekom_analysis.figures.styling import render_figure, save_figure, style
from sekom_analysis.figures.words import plot_keywords, plot_word_cloud

__all__ = [
    "counts_source",
    "plot_agreement",
    "plot_confusions",
    "plot_counts",
    "plot_coverage",
    "plot_criteria",
    "plot_keywords",
    "plot_plan",
    "plot_priorities",
    "plot_sample",
    "plot_saturation",
    "plot_scales",
    "plot_scores",
    "plot_sources",
    "plot_themes",
    "plot_word_cloud",
    "render_figure",
    "save_figure",
    "shows_something",
    "style",
]
