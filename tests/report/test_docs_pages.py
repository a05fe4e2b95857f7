"""`sekom docs`: the Markdown of the repository as pages, whose links lead on."""

from __future__ import annotations

import re
import webbrowser
from urllib.parse import unquote

import pytest

from sekom_analysis.report.docs import write_docs
from tests.documents import sekom

OF_THE_REPOSITORY = {"LICENSE", "CITATION.cff"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return write_docs(tmp_path_factory.mktemp("docs") / "pages")


def test_links_between_pages_lead_to_pages_and_to_their_headings(pages):
    lost = []
    for name, page in pages.items():
        text = page.read_text(encoding="utf-8")
        for address in re.findall(r'(?:href|src)="([^"]+)"', text):
            path, _, anchor = unquote(address).partition("#")
            target = (page.parent / path).resolve() if path else page
            if "://" in address or target.name in OF_THE_REPOSITORY:
                continue
            if not target.is_file() or (anchor and f'id="{anchor}"' not in target.read_text("utf-8")):
                lost.append((name, address))
    assert lost == []
    assert {"index", "methods", "README", "researchers-guide.sv", "data/README"} <= set(pages)


def test_a_table_is_a_table_and_the_title_is_the_heading(pages):
    text = pages["researchers-guide.sv"].read_text(encoding="utf-8")
    assert "<title>En studie på en halvtimme</title>" in text
    assert "<td>Viljan finns, men inte tiden</td>" in text


def no_browser(address):
    raise webbrowser.Error("could not locate runnable browser")


@pytest.mark.parametrize("opening", [no_browser, lambda address: False])
def test_without_a_browser_it_says_where_the_page_is(opening, monkeypatch, tmp_path):
    monkeypatch.setattr(webbrowser, "open", opening)
    said = sekom(f"sekom docs methods --to {tmp_path / 'p'}")
    assert said.startswith("Open this page in a browser: ")
    assert said.split("browser: ")[1].strip().endswith("methods.html")


def test_with_a_browser_it_is_opened(monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or True)
    assert sekom(f"sekom docs --to {tmp_path / 'p'}").startswith("Opened ")
    assert opened[0].startswith("file://")
    assert opened[0].endswith("/docs/index.html")
