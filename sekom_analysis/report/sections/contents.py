"""What the notes say, category by category: counts, subcategories, and voices to quote from."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sekom_analysis.quality.quotes import AGREED, DISPUTED
from sekom_analysis.report.blocks import CONTENTS, Block, Bullets, Heading, Section, Text
from sekom_analysis.report.cells import bar_words, number_of, stage_name
from sekom_analysis.results import Results
from sekom_analysis.results.contents import Chapter
from sekom_analysis.wording import say


def chapter_sections(results: Results) -> list[Section]:
    """Return a section a stage; none for notes that nobody has decided on."""
    return [_chapter(results, one) for one in results.chapters if one.variable is not None and one.codes]


def _chapter(results: Results, chapter: Chapter) -> Section:
    lang, variable = results.lang, chapter.variable
    blocks: list[Block] = [Text(say("report_chapter_text", lang, bar=bar_words(chapter.bar, lang)))]
    for code in chapter.codes if variable else []:
        blocks += _category(results, chapter, code)
    left = int(chapter.notes["code"].isna().sum())
    if left:
        blocks.append(Text(say("report_chapter_left", lang, n=left), remark=True))
    return Section(say("report_chapter", lang, stage=stage_name(chapter.stage, lang)), blocks, CONTENTS)


def _category(results: Results, chapter: Chapter, code: str) -> Iterator[Block]:
    variable, lang = chapter.variable, results.lang
    if variable is None:
        return
    notes = chapter.notes[chapter.notes["code"] == code]
    yield Heading(variable.label_of(code, lang))
    yield Text(_counted(results, chapter, code, len(notes)))
    if lines := list(_subcategories(chapter, notes, lang)):
        yield Bullets(lines)
    yield from _voices(results, variable.id, code)


def _counted(results: Results, chapter: Chapter, code: str, n: int) -> str:
    """Return how many notes, on which side, and how the coders' own counts span."""
    lang, name = results.lang, chapter.variable.id if chapter.variable else ""
    text = say("report_category_one" if n == 1 else "report_category_n", lang, n=n)
    table = results.counts[name]
    for row in table[table["is_bar"].astype(bool) & (table["code"] == code)].to_dict("records"):
        side = row[f"by_label_{lang}"] or say("report_category_count", lang)
        has_span = not pd.isna(row["low"]) and row["low"] != row["high"]
        key = "report_category_side_span" if has_span else "report_category_side"
        low, high = number_of(row["low"], lang), number_of(row["high"], lang)
        text += " " + say(key, lang, side=side, n=row["count"], low=low, high=high)
    return text


def _subcategories(chapter: Chapter, notes: pd.DataFrame, lang: str) -> Iterator[str]:
    """Yield the subcategories with their counts, one line a side; nothing where there are none."""
    if not (notes["subcategory"] != "").any():
        return
    sides = [code for code in chapter.by_codes if (notes["by"] == code).any()] if chapter.by else [""]
    for side in sides:
        own = notes[notes["by"] == side] if side else notes
        counts = own.groupby("subcategory", sort=False).size()
        listed = ", ".join(
            f"{name or say('report_no_subcategory', lang)} ({n})" for name, n in counts.items()
        )
        yield f"{chapter.by.label_of(side, lang)}: {listed}" if side and chapter.by else listed


def _voices(results: Results, variable: str, code: str) -> Iterator[Block]:
    table = results.voices.get(variable)
    if table is None:
        return
    for kind in (AGREED, DISPUTED):
        rows = table[(table["code"] == code) & (table["kind"] == kind)]
        quotes = [_quote(results, variable, part, kind) for _, part in rows.groupby("note_id", sort=False)]
        if quotes:
            yield Text(say(f"report_voices_{kind}", results.lang))
            yield Bullets(quotes)


def _quote(results: Results, variable: str, part: pd.DataFrame, kind: str) -> str:
    """Return a note's words, with what coders wrote of it, and where it is disputed what they chose."""
    lang, asked = results.lang, results.study.codebook[variable]
    quoted = say("report_quote", lang, text=part["text"].iloc[0], note=part["note_id"].iloc[0])
    said = []
    for row in part.to_dict("records"):
        if kind == AGREED and not row["memo"]:
            continue
        words = [asked.label_of(row["choice"], lang)] if kind == DISPUTED else []
        words += [say("report_memo", lang, memo=row["memo"])] if row["memo"] else []
        said.append(f"{row['coder']}: {' '.join(words)}")
    return f"{quoted} – {'; '.join(said)}" if said else quoted
