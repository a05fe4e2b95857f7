"""The plan as bars, read back from its artists."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.dates import num2date
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation

from sekom_analysis.actions.plan import parsed
from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import plot_plan
from sekom_analysis.figures.actions import FILLS
from sekom_analysis.figures.styling import luminance

ROWS = [
    ("D1", "Kansliet", "2023-08-24", "2023-09-30", "done", ""),
    ("D2", "Expertgruppen, Kansliet", "2023-10-01", "2024-02-01", "ongoing", "D1"),
    ("D3", "", "2024-01-15", "2024-12-31", "planned", "D1|D2|D9"),
    ("D4", "Alla medlemmar", "", "", "paused", ""),
    ("D5", "Kansliet", "2024-03-01", "", "dropped", "D4"),
]


@pytest.fixture
def plan():
    names = ["action", "responsible", "start", "end", "status", "depends_on"]
    return parsed(pd.DataFrame(ROWS, columns=names, dtype="str"))


def bars(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def day(value):
    return str(num2date(value).date())


def test_bars_span_their_days_end_included(plan):
    found = [(day(bar.get_x()), day(bar.get_x() + bar.get_width())) for bar in bars(plot_plan(plan))]
    assert found == [("2023-08-24", "2023-10-01"), ("2023-10-01", "2024-02-02"), ("2024-01-15", "2025-01-01")]


def test_bars_stand_in_the_plans_order_beside_their_labels(plan):
    ax = plot_plan(plan, labels={"D1": "Hemsidan"})
    middles = [bar.get_y() + bar.get_height() / 2 for bar in bars(ax)]
    assert middles == pytest.approx(ax.get_yticks()[:3])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["D1 Hemsidan", "D2", "D3", "D4", "D5"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_what_has_no_time_or_nobody_says_so(plan):
    texts = [text.get_text() for text in plot_plan(plan, lang="en").texts]
    assert texts.count("no time set yet") == 1
    assert texts.count("nobody yet") == 1
    assert "Alla medlemmar" in texts


def test_an_end_that_is_open_has_a_mark(plan):
    marks = [line for line in plot_plan(plan).lines if line.get_marker() == ">"]
    assert [day(mark.get_xdata()[0]) for mark in marks] == ["2024-03-01"]


def test_arrows_lead_from_an_end_to_the_start_that_waits(plan):
    ax = plot_plan(plan)
    arrows = [text for text in ax.texts if isinstance(text, Annotation) and text.arrow_patch]
    ends = [(day(arrow.xyann[0]), day(arrow.xy[0])) for arrow in arrows]
    # D9 is not in the plan, D4 has no time: nothing is drawn for them.
    assert ends == [("2023-10-01", "2023-10-01"), ("2023-10-01", "2024-01-15"), ("2024-02-02", "2024-01-15")]


def test_statuses_hold_in_grey_print(plan, legends):
    looks = {
        (round(luminance(to_hex(fill["facecolor"])), 1), fill.get("linestyle")) for fill in FILLS.values()
    }
    assert len(looks) == len(FILLS)
    assert not any("hatch" in fill for fill in FILLS.values())
    ((_, shown),) = legends(plot_plan(plan, lang="en")).items()
    assert shown == ["planned", "ongoing", "done", "paused", "dropped"]


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("years", [0, 1, 12])
def test_plans_are_tidy_however_long(plan, lang, years, assert_tidy):
    plan["end"] = plan["end"] + pd.DateOffset(years=years)
    text = "Ordna workshops på nätet om hur verktygslådan används och kan användas i det dagliga arbetet"
    ax = plot_plan(plan, lang=lang, labels={row[0]: text for row in ROWS})
    assert_tidy(ax)
    ticks = [label.get_text() for label in ax.get_xticklabels()]
    assert ticks
    assert len(ticks) <= 6


def test_dates_are_in_the_language(plan):
    first = {lang: plot_plan(plan, lang=lang).get_xticklabels()[-1].get_text() for lang in ("sv", "en")}
    assert first == {"sv": "jan 2025", "en": "Jan 2025"}


def test_a_plan_without_any_time_is_drawn(plan, assert_tidy):
    assert_tidy(plot_plan(plan.assign(start=pd.NaT, end=pd.NaT)))


def test_an_empty_plan_is_refused(plan):
    with pytest.raises(FigureError, match="no rows"):
        plot_plan(plan.head(0))
