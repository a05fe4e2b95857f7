"""The list of my notes alone on a page, as a card gives it room and keys; its modules are not bundled."""

from __future__ import annotations

import json
from pathlib import Path

from sekom_analysis.basics import wording
from sekom_analysis.coding.page import script

from .conftest import MODULES

ADDRESS = "http://list.test/"
PAGE = (Path(__file__).parent / "listpage.html").read_text(encoding="utf-8")
WORDS = ["kommunen", "hållbarhet", "politiken", "resurser", "nätverket", "ledningen", "samarbete", "kunskap"]
LABELS = ["Kunskap och kompetens", "Nyckeltal", "Resurser", "Samordning", "Samverkan", "Sekoms roll",
          "Systemsyn"]  # fmt: skip


def choices(id_, label, labels, kind="single", **more):
    codes = [{"id": f"{id_}{i}", "label": name, **more} for i, name in enumerate(labels)]
    return {"id": id_, "kind": kind, "label": label, "question": f"{label}?", "version": "v1", "codes": codes,
            "retired": {}}  # fmt: skip


VARIABLES = [
    choices("v", "Hinder eller möjlighet", ["Hinder", "Möjlighet"], colour="#b5532f"),
    choices("c", "Kategori, nuläge", LABELS),
    choices("d", "Hållbarhetsdimension", ["Ekologisk", "Ekonomisk", "Social"], "multiple"),
]


def text_of(number):
    """A made-up note of one to three lines."""
    words = [WORDS[(number * 3 + i * (1 + number % 3)) % len(WORDS)] for i in range(3 + number * 7 % 17)]
    return f"{' '.join(words)} {number + 1}".capitalize()


def given(number, variable):
    """A made-up answer; None to some."""
    codes = {"v": [f"v{number % 2}"], "c": [f"c{number * 5 % 7}"],
             "d": ["d2"] if number % 3 else ["d1", "d2"]}[variable]  # fmt: skip
    if variable == "d" and number % 7 == 6:
        return None
    answer = {"event": "decide", "id": f"e{number}{variable}", "codes": codes, "certainty": "", "memo": "",
              "older": number == 20, "codebook": "v1"}  # fmt: skip
    if variable == "c" and number % 7 == 3:
        answer["certainty"] = "1"
    if variable == "c" and number % 8 == 2:
        answer["memo"] = f"tveksam om zebran {number + 1}"
    if number == 20:
        answer["again"] = {"why": "meaning", "code": codes[0], "text": "t"}
    return answer


def data(n=60, answered=None, variables=VARIABLES):
    """What a card is given: notes, of which the first `answered` have answers."""
    names = [one["id"] for one in variables]
    notes = [{"key": f"n{i}", "text": text_of(i), "gloss": "", "hash": "h", "pass": 1, "variables": names}
             for i in range(n)]  # fmt: skip
    answers = {f"n{i}": {name: one for name in names if (one := given(i, name))}
               for i in range(n if answered is None else answered)}  # fmt: skip
    return {"card": "coding", "study": "s", "coder": "anna", "lang": "sv", "pass": 1, "variables": variables,
            "texts": wording.texts("card_", "sv"), "notes": notes, "answers": answers}  # fmt: skip


def mount(browser, shown, **settings):
    """Open the list in a page of its own."""
    page = browser.new_page(**({"viewport": {"width": 1440, "height": 900}} | settings))
    style = script("card.css", "list.css")
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))

    def answer(route):
        path = route.request.url.removeprefix(ADDRESS)
        if path.startswith("js/"):
            text = (MODULES / path[3:]).read_text(encoding="utf-8")
            route.fulfill(body=text, content_type="text/javascript; charset=utf-8")
        elif path == "data.json":
            route.fulfill(body=json.dumps(shown), content_type="application/json")
        else:
            route.fulfill(body=PAGE.replace("/* styles */", style), content_type="text/html; charset=utf-8")

    page.route(f"{ADDRESS}**", answer)
    page.goto(ADDRESS)
    page.wait_for_function("window.ready")
    return page
