"""Where the door is: a reflexive study is not measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sekom_analysis.errors import StanceError

if TYPE_CHECKING:
    from sekom_analysis.study import Study

REFLEXIVE = "reflexive"


def is_reflexive(study: Study) -> bool:
    """Whether the study's file says that it works reflexively."""
    return study.about.stance == REFLEXIVE


def check_stance(study: Study) -> Study:
    """Return a study whose coders may be measured against each other.

    A reflexive study takes a reading for somebody's own: two that differ are no error, and there is no
    one code to settle on (Braun & Clarke 2021, *Qualitative Research in Psychology* 18, 328–352). What
    asks a study for a coefficient or a consensus comes through here. `agreement` of a table of ratings
    knows no study, and computes what it is asked.

    Raises
    ------
    StanceError
        If the study's stance is reflexive.
    """
    if is_reflexive(study):
        msg = (
            "This study works reflexively (study.yaml says 'stance: reflexive'), so no agreement and no "
            "consensus is shown: readings that differ are no errors. See them side by side with "
            "sekom report, or readings(study) in Python. To measure agreement, change the stance to "
            "coding-reliability or codebook. Nothing was worked out."
        )
        raise StanceError(msg)
    return study
