"""How long a coder on the page waits: for it to open, from a key to the next note painted, until it is kept.

Run it with ``python benchmarks/page.py``. It writes the page of a study of
1,000 notes, and of one of 5,000 notes whose codebook has 60 codes, opens each
from disk in a real Chromium, and presses 60 keys at the pace of a fast coder;
in the large one it then searches in the list of all notes, letter by letter.
"Painted" is the first moment after the browser has drawn the frame with the
next note; "kept" is when the browser's database has said that the decision is
on the disk.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from pathlib import Path

import pandas as pd

import sekom_analysis as sa
from sekom_analysis.coding import write_page

N_NOTES = 1000
N_MANY, N_CODES = 5000, 60
N_OPENINGS = 5
HERE = Path(__file__).parent

OPENED = """() => new Promise((resolve) => {
  const look = () => (document.querySelector(".sk-card:not(.sk-loading)")
    ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now()))) : setTimeout(look, 5));
  look();
})"""


def card_benchmark():
    """Return the benchmark of the card, whose way of measuring this one shares."""
    spec = importlib.util.spec_from_file_location("card_benchmark", HERE / "card.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def big_desk(folder: Path, tools) -> sa.Desk:
    """Return a desk with the sample's codebook and many notes, each as long as a long post-it."""
    root = tools.scratch_study(folder / "study")
    sample = sa.Study.open(root).notes
    texts = [f"{text} ({n})" for n in range(N_NOTES) for text in [sample["text"].iloc[n % len(sample)]]]
    notes = pd.DataFrame({"note_id": [f"n{n}" for n in range(N_NOTES)], "stage": "B", "text": texts})
    notes["text_en"] = [sample["text_en"].iloc[n % len(sample)] for n in range(N_NOTES)]
    notes.to_csv(root / "data" / "raw" / "notes.csv", index=False, encoding="utf-8")
    return sa.Desk.open(root, "bench")


def measure(page, address: str, card) -> dict[str, list[float]]:
    """Open the page some times, then press the keys; return the milliseconds of each."""
    opened = []
    for _ in range(N_OPENINGS):
        page.goto(address)
        if not opened:  # whose it is, is asked once
            page.get_by_role("button", name="Ja, det är jag").click()
            page.get_by_role("button", name="Hoppa över och börja koda").click()
            page.evaluate(OPENED)
            page.goto(address)
        opened.append(page.evaluate(OPENED))
    page.wait_for_function("document.activeElement.classList.contains('sk-card')")
    page.evaluate(card.MEASURE)
    for number in range(card.N_KEYS):
        page.keyboard.press(str(1 + number % 2))
        page.wait_for_timeout(card.PAUSE_MS)
    page.wait_for_function(f"window.times.saved.length >= {card.N_KEYS}")
    return page.evaluate("window.times") | {"opened": opened}


def many_notes(folder: Path) -> sa.Study:
    """Return a study of very many notes and codes, all notes answered by one coder but the last hundred."""
    texts = [
        f"Lapp {n}: det tar för lång tid att få svar på fråga {n % 97} i vardagen" for n in range(N_MANY)
    ]
    notes = pd.DataFrame({"note_id": [f"n{n}" for n in range(N_MANY)], "text": texts})
    codes = [
        {"id": f"c{n}", "label": f"Område {n}", "definition": f"Det som rör område {n}."}
        for n in range(N_CODES)
    ]
    variable = {"id": "v", "kind": "single", "label": "Område", "codes": codes}
    study = sa.Study.create(
        folder / "many", notes=notes, codebook={"title": "Många", "variables": [variable]}
    )
    events = [
        {"note_id": f"n{n}", "variable": "v", "codes": [f"c{n % N_CODES}"]} for n in range(N_MANY - 100)
    ]
    study.record("bench", events)
    return study


SEARCH = """async (letters) => {
  const field = document.querySelector(".sk-list-top .sk-list-field");
  const times = [];
  for (const letter of letters) {
    const began = performance.now();
    field.value += letter;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((resolve) => requestAnimationFrame(() => {
      const drawn = new MessageChannel();
      drawn.port1.onmessage = resolve;
      drawn.port2.postMessage(null);
    }));
    times.push(performance.now() - began);
  }
  return times;
}"""


def measure_many(folder: Path, playwright, card, tools) -> bool:
    """Measure the page of the large study; return whether all is fast and small enough."""
    path = write_page(many_notes(folder).desk("bench"), folder / "many.html")
    browser = playwright.chromium.launch_persistent_context(
        folder / "profile-many", viewport={"width": 1280, "height": 720}, **tools.chromium_settings()
    )
    page = browser.pages[0]
    times = measure(page, path.as_uri(), card)
    page.keyboard.press("Escape")
    page.locator(".sk-list-top .sk-list-field").wait_for()
    searched = page.evaluate(SEARCH, "fråga 42 vardag")
    browser.close()
    size = path.stat().st_size / N_MANY * 1000
    print(f"a page of {N_MANY} notes, {N_CODES} codes: {size / 1000:.0f} kB per 1,000 notes (under 1000)")
    late = sorted(times["painted"])[int(0.95 * len(times["painted"]))]
    print(f"95 of 100 keys painted within {late:.1f} ms (under 33)")
    fast = [
        card.report("large page opened", times["opened"], 1000),
        card.report("key → next note painted", times["painted"], 16),
        card.report("a letter in the search", searched, 50),
    ]
    return all(fast) and size < 1e6 and late < 33


def main() -> int:
    from playwright.sync_api import sync_playwright

    card = card_benchmark()
    tools = card.helpers()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        desk = big_desk(Path(folder), tools)
        path = write_page(desk, Path(folder) / "page.html", variables=["valence"])
        browser = playwright.chromium.launch_persistent_context(
            Path(folder) / "profile", viewport={"width": 1280, "height": 900}, **tools.chromium_settings()
        )
        times = measure(browser.pages[0], path.as_uri(), card)
        browser.close()
        size = path.stat().st_size
        is_fine = measure_many(Path(folder), playwright, card, tools)
    print(f"a page of {N_NOTES} notes: {size / 1000:.0f} kB  (under 1000: {'yes' if size < 1e6 else 'NO'})")
    fast = [
        card.report("page opened", times["opened"], 1000),
        card.report("key → next note painted", times["painted"], 16),
        card.report("key → kept by the browser", times["saved"], 60),
    ]
    return 0 if all(fast) and is_fine and size < 1e6 else 1


if __name__ == "__main__":
    sys.exit(main())
