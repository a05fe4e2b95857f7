"""Reports of studies made at random: written, whole, and every count worked out once more."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from html import unescape

import pandas as pd
import pytest

from sekom_analysis.report import render_page
from sekom_analysis.report.blocks import Bullets, Fact, Figure, Heading, Note, Table, Text
from sekom_analysis.report.sections import sections
from sekom_analysis.results import Results, work_out
from tests.report.generated import Made, make_study
from tests.test_wording import wordings

SEEDS = range(20)  # the bench takes two hundred


@pytest.fixture(scope="module", params=SEEDS)
def made(request, tmp_path_factory) -> tuple[Made, Results]:
    one = make_study(tmp_path_factory.mktemp("made") / "s", request.param)
    return one, work_out(one.study, "sv" if request.param % 2 else "en", n_resamples=0)


def texts(results: Results) -> list[str]:
    """Everything that is said in words: sentences, captions, headings, cells, alternative texts."""
    found = []
    for section in sections(results):
        found.append(section.heading)
        for block in section.blocks:
            if isinstance(block, Heading | Text):
                found.append(block.text)
            elif isinstance(block, Fact):
                found += [block.big, block.of, block.text, block.more]
            elif isinstance(block, Bullets):
                found += block.items
            elif isinstance(block, Figure):
                found += [block.caption, block.alt]
            elif isinstance(block, Table):
                found += [block.caption, *block.columns, *(cell for row in block.rows for cell in row)]
                found += [*block.groups.values(), *block.remarks.values()]
            elif isinstance(block, Note):
                found += [cell for line in block.lines for cell in line]
    return found


def test_nothing_that_is_not_for_people_is_said(made, root):
    one, results = made
    said = texts(results)
    ids = {v.id for v in one.study.codebook.variables}
    ids |= {code.id for v in one.study.codebook.variables for code in v.codes}
    keys = {key for key in wordings(root) if "_" in key}
    for text in said:
        words = set(re.findall(r"[\w{}]+", text))
        assert not words & {"nan", "NaN", "None", "NA", "inf"}, text
        assert not words & keys, text
        assert "{" not in text, text
        if not text.startswith("sekom ") and "sekom codebook" not in text:
            assert not words & ids, text


def test_no_heading_stands_without_content(made):
    _, results = made
    for section in sections(results):
        after = [*section.blocks[1:], None]
        for block, following in zip(section.blocks, after, strict=False):
            if isinstance(block, Heading):
                is_filled = following is not None and not isinstance(following, Heading)
                is_deeper = isinstance(following, Heading) and following.level > block.level
                assert is_filled or is_deeper, (section.heading, block.text)
            if isinstance(block, Table):
                assert block.rows, block.caption
            if isinstance(block, Bullets):
                assert all(block.items), section.heading


def test_the_page_is_written_in_its_language(made):
    _, results = made
    page = render_page(results, defaultdict(lambda: "data:,"))
    assert unescape(page).count("\ufffd") == 0
    assert f'lang="{results.lang}"' in page


def test_settled_codes_are_those_counted_by_hand(made):
    one, results = made
    for variable in one.study.codebook.variables:
        final = (
            results.final[results.final["variable"] == variable.id] if len(results.final) else results.final
        )
        expected = one.settled(variable.id)
        for row in final.to_dict("records"):
            code, settled = row["code"], expected.get(row["note_id"])
            if settled is None:
                assert not isinstance(code, str), row
            elif isinstance(settled, frozenset) and not settled and row["open"]:
                assert not isinstance(code, str), row  # no code in common is not "none applies"
            elif isinstance(settled, frozenset):
                assert frozenset(filter(None, code.split("|"))) == settled, row
            else:
                assert code == str(settled), row


def test_counts_are_those_counted_by_hand(made):
    one, results = made
    for name, counts in results.counts.items():
        variable = one.study.codebook[name]
        settled = one.settled(name)
        by = results.split_of(counts)
        others = one.settled(next(iter(by))) if by else {}
        for coder, part in counts.groupby("coder"):
            answers = settled if coder == "(settled)" else one.said[coder][name]
            sides = others if coder == "(settled)" else one.said[coder].get(next(iter(by)), {}) if by else {}
            expected: Counter = Counter()
            for note, answer in answers.items():
                if by and note not in sides:
                    continue
                for code in answer if isinstance(answer, frozenset) else [answer]:
                    expected[code, sides.get(note, "")] += 1
            shown = {(row["code"], row["by"]): row["count"] for row in part.to_dict("records")}
            assert {pair: n for pair, n in shown.items() if n} == dict(expected), (name, coder)
        readers = [coder for coder in one.said if coder not in one.sources and name in one.said[coder]]
        assert counts["n_coders"].iloc[0] == len(readers)
        assert variable.kind != "scale"


def test_the_range_is_that_of_those_who_read_all_and_used_the_codebook(made):
    _, results = made
    for name, counts in results.counts.items():
        full = counts[
            (counts["n_notes"] == counts["n_all"]) & ~counts["is_source"] & (counts["coder"] != "(settled)")
        ]
        for pair, part in counts.groupby(["code", "by"]):
            mine = full[(full["code"] == pair[0]) & (full["by"] == pair[1])]["count"]
            low = part["low"].iloc[0]
            has_readers = counts["n_coders"].iloc[0] > 0
            if has_readers:
                assert pd.isna(low) if len(mine) < 2 else low == mine.min(), (name, pair)


def test_scores_are_those_counted_by_hand(made):
    one, results = made
    scales = results.scales
    for (name, coder), part in scales.groupby(["variable", "coder"]):
        own = one.own(name)
        given = [
            score for answers in own.values() for who, score in answers.items() if coder in ("(all)", who)
        ]
        counts = Counter(given)
        assert {row["point"]: row["count"] for row in part.to_dict("records") if row["count"]} == dict(counts)
        assert part["mean"].iloc[0] == pytest.approx(sum(given) / len(given))


def test_findings_hold_for_the_bars_that_they_are_read_from(made):
    _, results = made
    for finding in results.brief:
        if finding.kind in ("largest", "theme"):
            counts = results.whole[finding.about[0]]
            totals = counts[counts["is_bar"]].groupby("code")["count"].sum()
            assert totals[finding.values["code"]] == finding.values["count"] == totals.max()
            assert (totals == totals.max()).sum() == 1
            assert str(finding.values["count"]) == finding.big
        if finding.kind == "mostly":
            assert finding.values["count"] >= 0.75 * finding.values["of"]
            assert finding.values["of"] >= 10
        if finding.kind == "leans":
            total = finding.values["count"] + finding.values["other"]
            assert finding.values["count"] - finding.values["other"] > total / 10


def test_disputed_notes_are_those_on_which_two_with_the_codebook_differ(made):
    one, results = made
    for name, table in results.disputed.items():
        own = one.own(name)
        assert set(table.index) == {note for note, answers in own.items() if len(set(answers.values())) > 1}
