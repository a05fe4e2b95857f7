"""How long a coder waits: from a key press to the next note on the screen, and to the decision on the disk.

Run it with ``python benchmarks/card.py``. It starts JupyterLab on a copy of
the sample study, drives it in a real Chromium, and presses 60 keys at the
pace of a fast coder. "Painted" is the first moment after the browser has
drawn the frame with the next note; "on the disk" is when the card has heard
that the decision is written and synced.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import sys
import tempfile
from pathlib import Path

N_KEYS = 60
PAUSE_MS = 150
HERE = Path(__file__).parent

MEASURE = """() => {
  const root = document.querySelector(".sk-card");
  const times = (window.times = { painted: [], saved: [] });
  const waiting = [];
  root.addEventListener("keydown", (event) => {
    const pressed = event.timeStamp;
    waiting.push(pressed);
    requestAnimationFrame(() => {
      const drawn = new MessageChannel();
      drawn.port1.onmessage = () => times.painted.push(performance.now() - pressed);
      drawn.port2.postMessage(null);
    });
  }, true);
  new MutationObserver(() => {
    if (root.dataset.waiting !== "0") return;
    const now = performance.now();
    for (const pressed of waiting.splice(0)) times.saved.push(now - pressed);
  }).observe(root, { attributes: true, attributeFilter: ["data-waiting"] });
}"""


def helpers():
    """Return the tests' own way of starting JupyterLab."""
    spec = importlib.util.spec_from_file_location(
        "card_helpers", HERE.parent / "tests" / "coding" / "conftest.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(HERE.parent))  # it takes the browser from the tests' own helpers
    spec.loader.exec_module(module)
    return module


def measure(lab, page) -> dict[str, list[float]]:
    """Press the keys in a running JupyterLab; return the milliseconds of each."""
    page.goto(lab.notebook("bench", variables=["valence"]))
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator(".sk-card:not(.sk-loading)").wait_for(timeout=90_000)
    page.wait_for_function("document.activeElement.classList.contains('sk-card')")
    page.evaluate(MEASURE)
    for number in range(N_KEYS):
        page.keyboard.press(str(1 + number % 2))
        page.wait_for_timeout(PAUSE_MS)
    page.wait_for_function(f"window.times.saved.length >= {N_KEYS}")
    return page.evaluate("window.times")


def report(what: str, milliseconds: list[float], limit: float) -> bool:
    """Print the distribution; return whether the median is under the limit."""
    cuts = statistics.quantiles(milliseconds, n=20, method="inclusive")
    middle = statistics.median(milliseconds)
    steps = {"min": min(milliseconds), "25%": cuts[4], "median": middle, "75%": cuts[14], "95%": cuts[18]}
    shown = "  ".join(f"{name} {value:5.1f}" for name, value in (steps | {"max": max(milliseconds)}).items())
    verdict = "yes" if middle < limit else "NO"
    print(f"{what}: {len(milliseconds)} times, ms: {shown}  (median under {limit:g}: {verdict})")
    return middle < limit


def main() -> int:
    from playwright.sync_api import sync_playwright

    tools = helpers()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = tools.Lab(Path(folder))
        try:
            browser = playwright.chromium.launch(**tools.chromium_settings())
            times = measure(lab, browser.new_page(viewport={"width": 1280, "height": 900}))
            browser.close()
        finally:
            lab.stop()
    fast = [
        report("key → next note painted", times["painted"], 16),
        report("key → on the disk", times["saved"], 60),
    ]
    return 0 if all(fast) else 1


if __name__ == "__main__":
    sys.exit(main())
