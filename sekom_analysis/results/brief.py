"""What a study found, in a few sentences with numbers, each with whether it holds whoever coded.

Every sentence is made by a rule that says what it needs; where the data lack it there is no sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from sekom_analysis.basics.wording import list_in_words, number, say
from sekom_analysis.consensus.scales import EVERYBODY
from sekom_analysis.consensus.settled import SETTLED_BAR
from sekom_analysis.quality.claims import (
    BALANCE,
    GREAT_MAJORITY,
    NO,
    PARTLY,
    UNKNOWN,
    YES,
    Statement,
    findings_of,
)

if TYPE_CHECKING:
    from sekom_analysis.results import Results

MOST = 5  # findings a board reads
ENOUGH = 10  # notes that a code has before one side of it is worth a sentence
FRACTIONS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 8: "eighth"}
ALMOST_ALL = 0.9  # of the notes read: by whom a finding can be said not to hold
NEAR = 0.02  # a share is called by a fraction that it is this near to
JUST = 0.005  # and by the fraction alone if it is this near
TOP = 20  # actions that come first, as in the table of priorities


@dataclass(frozen=True)
class Finding:
    """One sentence on what was found.

    Attributes
    ----------
    kind : the rule that made it
    about : variables whose answers it counts
    big, of : the number that stands first, and what it is out of
    text, more : the sentence, and a second one that says more; often empty
    claim : the same in a few words, for a table
    holds : coder -> whether it holds by that coder's own answers (yes, partly, no, unknown)
    gives : coder -> what their own answers give instead
    values : the numbers in the sentence by what they are, for whoever checks them
    """

    kind: str
    about: tuple[str, ...]
    big: str
    of: str
    text: str
    more: str = ""
    claim: str = ""
    holds: Mapping[str, str] = field(default_factory=dict)
    gives: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> tuple[str, int, int]:
        """How far it holds in a word, by how many, and of how many who can say; empty of one alone."""
        said = [held for held in self.holds.values() if held != UNKNOWN]
        n_yes = said.count(YES)
        if len(said) < 2:
            return "", n_yes, len(said)
        return (
            ("all" if n_yes == len(said) else "most" if 2 * n_yes > len(said) else "depends"),
            n_yes,
            len(said),
        )


def brief_of(results: Results) -> list[Finding]:
    """Return the findings worth a line, at most five, those on what most notes are about first."""
    found: list[Finding] = []
    for variable, counts in results.counts_shown().items():
        found += _of_counts(results, variable, counts)
    for rule in (_priorities, _scales):
        found += rule(results)
    chosen = sorted(found, key=_weight)[:MOST]
    return [one for one in found if one in chosen]


def _weight(one: Finding) -> int:
    """Return how late a finding is chosen: what a source had otherwise is told before what comes on top."""
    if one.kind == "leans":
        return 0 if one.more else 2
    return {"scales": 1, "theme": 1}.get(one.kind, 0)


def in_text(label: str) -> str:
    """Return a label as it stands inside a sentence: small, unless it is a name like EU.

    Examples
    --------
    >>> in_text("Hinder"), in_text("EU-stöd"), in_text("")
    ('hinder', 'EU-stöd', '')
    """
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


# --- what the bars show -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Counted:
    """The counts of one variable as the rules ask for them."""

    results: Results
    variable: str
    counts: pd.DataFrame

    @property
    def wide(self) -> pd.DataFrame:
        """The bars as codes × sides."""
        bars = self.counts[self.counts["is_bar"].astype(bool)]
        return bars.pivot(index="code", columns="by", values="count").loc[bars["code"].unique()]

    @property
    def n(self) -> int:
        """How many notes the bars rest on."""
        return int(self.counts.loc[self.counts["is_bar"].astype(bool), "n_notes"].max())

    def label(self, code: object) -> str:
        """Return what a code, or a side, is called."""
        lang = self.results.lang
        names = dict(zip(self.counts["by"], self.counts[f"by_label_{lang}"], strict=True))
        names |= dict(zip(self.counts["code"], self.counts[f"label_{lang}"], strict=True))
        return str(names[code])

    def said(self, key: str, **values: object) -> str:
        """Return a wording, with what the notes of the variable's stage are called filled in."""
        return say(f"brief_{key}", self.results.lang, **self.notes, **values)

    @property
    def notes(self) -> dict[str, str]:
        """What the notes are called: many, one, and one of so many."""
        stages = self.results.study.codebook[self.variable].stage or ()
        kind = str(stages[0]) if len(stages) == 1 and str(stages[0]) in ("B", "D") else "any"
        return {name: say(f"brief_{name}_{kind}", self.results.lang) for name in ("notes", "each")}

    def held(self, statement: Statement) -> tuple[dict[str, str], dict[str, str]]:
        """Return whether a statement holds by each coder's own counts, and what those give."""
        found = findings_of(self.counts, [statement], lang=self.results.lang)
        own = found[found["coder"] != SETTLED_BAR]
        has_read = own["n_notes"] >= ALMOST_ALL * own["n_all"]  # who read fewer cannot contradict it
        return (
            dict(zip(own["coder"], own["holds"].where(has_read, UNKNOWN), strict=True)),
            dict(zip(own["coder"], own["gives"], strict=True)),
        )


def _of_counts(results: Results, variable: str, counts: pd.DataFrame) -> Iterator[Finding]:
    whole, asked = (_Counted(results, variable, table) for table in (results.whole[variable], counts))
    totals = whole.wide.sum(axis=1)
    if len(totals) < 2 or whole.n == 0 or totals.max() == 0:
        return
    found = list((_theme if results.study.codebook[variable].kind == "multiple" else _largest)(whole, totals))
    wide = asked.wide
    if len(wide.columns) == 2:
        one_sided = list(_mostly(asked, wide))
        found += [*one_sided, *_leans(asked, wide, {str(one.values["code"]) for one in one_sided})]
    # What nobody's own answers show is an effect of how codes are settled, and no finding.
    yield from (one for one in found if YES in one.holds.values() or not _can_tell(one))


def _can_tell(one: Finding) -> bool:
    return any(held != UNKNOWN for held in one.holds.values())


def _largest(asked: _Counted, totals: pd.Series) -> Iterator[Finding]:
    """Needs one code with more notes than any other."""
    top = totals[totals == totals.max()]
    if len(top) > 1:
        return
    code, n = str(top.index[0]), int(top.iloc[0])
    rest = totals.drop(code)
    next_codes = [asked.label(one) for one in rest.index[rest == rest.max()]]
    holds, gives = asked.held(Statement("largest", (code,)))
    if len(totals) == 2:
        yield from _of_two(asked, code, n, holds, gives)
        return
    more = ""
    if len(next_codes) <= 2 and rest.max() > 0:
        key = "next" if len(next_codes) == 1 else "next_several"
        more = asked.said(key, code=list_in_words(next_codes, asked.results.lang), n=int(rest.max()))
    label = asked.label(code)
    yield Finding(
        "largest", (asked.variable,), str(n), asked.said("of_notes", n=asked.n), _share_text(asked, code, n)
        or asked.said("largest", code=label), more, asked.said("claim_largest", code=label), holds, gives,
        {"code": code, "count": n, "of": asked.n, "next": int(rest.max())},
    )  # fmt: skip


def _of_two(
    asked: _Counted, code: str, n: int, holds: dict[str, str], gives: dict[str, str]
) -> Iterator[Finding]:
    """Needs two codes, one of them on more than half of the notes."""
    if 2 * n > asked.n:
        label = in_text(asked.label(code))
        yield Finding(
            "largest", (asked.variable,), str(n), asked.said("of_notes", n=asked.n),
            asked.said("most", code=label), "", asked.said("claim_most", code=label), holds, gives,
            {"code": code, "count": n, "of": asked.n},
        )  # fmt: skip


def _share_text(asked: _Counted, code: str, n: int) -> str:
    """Return the sentence with a fraction where the share is near a plain one; none of split bars."""
    share = n / asked.n
    if (asked.results.counts[asked.variable]["by"] != "").any():
        return ""
    for part, word in FRACTIONS.items():
        if abs(share - 1 / part) <= NEAR:
            how = "just" if abs(share - 1 / part) <= JUST else "under" if share < 1 / part else "over"
            fraction = say(f"brief_{how}_{word}", asked.results.lang)
            return asked.said("share", fraction=fraction, code=asked.label(code))
    return ""


def _theme(asked: _Counted, totals: pd.Series) -> Iterator[Finding]:
    """Needs several codes a note, and one of them on more notes than any other."""
    top = totals[totals == totals.max()]
    if len(top) > 1:
        return
    code, n = str(top.index[0]), int(top.iloc[0])
    holds, gives = asked.held(Statement("largest", (code,)))
    label = asked.label(code)
    text = _share_text(asked, code, n) or asked.said("theme", code=label, n=n, n_all=asked.n)
    yield Finding(
        "theme", (asked.variable,), str(n), asked.said("of_notes", n=asked.n), text, "",
        asked.said("claim_largest", code=label), holds, gives, {"code": code, "count": n, "of": asked.n},
    )  # fmt: skip


def _mostly(asked: _Counted, wide: pd.DataFrame) -> Iterator[Finding]:
    """Needs a code of ten notes or more, three in four of them on one side: the most one-sided such code."""
    totals = wide.sum(axis=1)
    shares = wide.max(axis=1) / totals.where(totals >= ENOUGH)
    shares = shares[shares >= GREAT_MAJORITY].sort_values(ascending=False, kind="stable")
    if shares.empty:
        return
    code = str(shares.index[0])
    sides = _sides(wide, code)
    side = max(sides, key=sides.__getitem__)
    n, of = sides[side], int(totals[code])
    holds, gives = asked.held(Statement("mostly", (str(side),), code))
    about = (asked.variable, *sorted(asked.results.split_of(asked.counts)))
    values = {"code": code, "side": side, "count": n, "of": of}
    names = {"code": asked.label(code), "side": in_text(asked.label(side))}
    key = "only" if n == of else "mostly"
    yield Finding(
        "mostly", about, str(n), asked.said("of_code", n=of), asked.said(key, **names), "",
        asked.said("claim_mostly", **names), holds, gives, values,
    )  # fmt: skip


def _leans(asked: _Counted, wide: pd.DataFrame, told: set[str]) -> Iterator[Finding]:
    """Needs a code whose sides differ by more than a tenth: first one that a source has as even."""
    gaps = (wide.max(axis=1) - wide.min(axis=1))[wide.sum(axis=1) >= ENOUGH]
    gaps = gaps[gaps > BALANCE * wide.sum(axis=1)[gaps.index]].drop(list(told), errors="ignore")
    if gaps.empty:
        return
    even = {str(code): source for code in gaps.index if (source := _even_in(asked, str(code)))}
    code = next(iter(even), str(gaps.sort_values(ascending=False, kind="stable").index[0]))
    sides = _sides(wide, code)
    most, least = sorted(sides, key=sides.__getitem__, reverse=True)
    n_most, n_least = sides[most], sides[least]
    holds, gives = asked.held(Statement("leans", (str(most),), code))
    names = {
        "code": asked.label(code),
        "most": in_text(asked.label(most)),
        "least": in_text(asked.label(least)),
    }
    about = (asked.variable, *sorted(asked.results.split_of(asked.counts)))
    values = {"code": code, "side": most, "count": n_most, "other": n_least}
    yield Finding(
        "leans", about, asked.said("against", n=n_most, m=n_least),
        asked.said("sides", most=names["most"], least=names["least"]), asked.said("leans", **names),
        even.get(code, ""), asked.said("claim_leans", **names), holds, gives, values,
    )  # fmt: skip


def _sides(wide: pd.DataFrame, code: str) -> dict[str, int]:
    return {str(side): int(column[code]) for side, column in wide.items()}


def _even_in(asked: _Counted, code: str) -> str:
    """Return the sentence that a source's own sorting has the sides of a code as even, where it does."""
    own = asked.counts[asked.counts["is_source"] & (asked.counts["code"] == code)]
    for source, part in own.groupby("coder", sort=False):
        first, second = (int(n) for n in part["count"])
        if first + second and abs(first - second) <= BALANCE * (first + second):
            return asked.said("even_in", source=source, n=first, m=second)
    return ""


# --- what comes first, and how the scores spread ------------------------------------------------------


def _priorities(results: Results) -> Iterator[Finding]:
    """Needs actions whose whole interval of ranks is among the first, of the last round of scoring."""
    if not results.priorities:
        return
    lang, tables = results.lang, results.priorities[-1]
    ranking = tables.ranking
    if len(ranking) <= TOP:
        return
    clear, open_ = ranking[ranking["high"] <= TOP], ranking[(ranking["high"] > TOP) & (ranking["low"] <= TOP)]
    if clear.empty:
        return
    kinds = {results.study.about.coder(coder).kind for coder in tables.coders}
    by = "_programs" if kinds == {"automatic"} else ""  # a program's order is nobody's priority
    first = clear.iloc[0]
    highest = ""
    if first["rank"] == first["rank_to"]:
        highest = say("brief_highest", lang, action=results.texts.text(str(first["action"])))
    one = "_one" if len(clear) == 1 else ""
    text = say(f"brief_priorities{one}{by}", lang, n=len(clear), top=TOP)
    more = say("brief_priorities_open", lang, n=len(open_)) if len(open_) else ""
    yield Finding(
        "priorities", tuple(tables.criteria), str(len(clear)), say("brief_of_actions", lang, n=len(ranking)),
        text, " ".join(filter(None, [highest, more])), values={"count": len(clear), "of": len(ranking)},
    )  # fmt: skip


def _scales(results: Results) -> Iterator[Finding]:
    """Needs two scales of one range, the mean of one above all others and of one below."""
    table = results.scales
    if table.empty:
        return
    lang = results.lang
    everybody = table[table["coder"] == EVERYBODY]
    ranges = everybody.groupby("variable", sort=False)["point"].agg(["min", "max"])
    same = ranges[(ranges == ranges.iloc[0]).all(axis=1)].index
    means = everybody.drop_duplicates("variable").set_index("variable")["mean"].loc[list(same)].round(1)
    high, low = means[means == means.max()], means[means == means.min()]
    if len(means) < 2 or len(high) > 1 or len(low) > 1:
        return
    names = {"high": results.study.codebook[str(high.index[0])].label.in_(lang),
             "low": results.study.codebook[str(low.index[0])].label.in_(lang)}  # fmt: skip
    n_high, n_low = (number(float(one.iloc[0]), lang, 1) for one in (high, low))
    points = {
        "first": number(int(ranges["min"].iloc[0]), lang, 0),
        "last": number(int(ranges["max"].iloc[0]), lang, 0),
    }
    text = say("brief_scales", lang, **names, n_high=n_high, n_low=n_low)
    values = {"high": str(high.index[0]), "low": str(low.index[0])}
    holds, gives = _means_held(results, values, lang)
    yield Finding(
        "scales", tuple(map(str, same)), n_high, say("brief_on_scale", lang, **points), text, "",
        say("brief_claim_scales", lang, **names), holds, gives, values,
    )  # fmt: skip


def _means_held(
    results: Results, ends: Mapping[str, str], lang: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Return whether the same scales have the highest and the lowest mean by each coder's own scores."""
    own = results.scales[results.scales["coder"] != EVERYBODY].drop_duplicates(["variable", "coder"])
    holds, gives = {}, {}
    for coder, part in own.groupby("coder", sort=False):
        means = part.set_index("variable")["mean"].round(1)
        if not {*ends.values()} <= set(means.index):
            holds[str(coder)], gives[str(coder)] = UNKNOWN, "–"
            continue
        right = [means[ends["high"]] == means.max(), means[ends["low"]] == means.min()]
        holds[str(coder)] = YES if all(right) else PARTLY if any(right) else NO
        gives[str(coder)] = " / ".join(number(float(means[ends[end]]), lang, 1) for end in ("high", "low"))
    return holds, gives
