"""The page saves into a file that a person picks in the system's own dialogue, on a screen of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import time

import pytest

import sekom_analysis as sa
from sekom_analysis.coding import write_page

from .test_page_browser import ONE, Page, events_in

DIALOGUE = "can see edits"  # what Chromium titles its dialogue for saving, whatever the language


@pytest.fixture(scope="module")
def screen():
    """A screen that nobody sees; without one CI fails and a laptop skips."""
    lacking = [program for program in ("Xvfb", "xdotool") if not shutil.which(program)]
    if lacking:
        reason = f"{' and '.join(lacking)} is not installed (apt-get install xvfb xdotool)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="ascii") as said:
            number = said.readline().strip()
        yield f":{number}"
    finally:  # whatever goes wrong: nobody waits for a server that nobody ends
        server.terminate()
        server.wait(30)


@pytest.fixture
def opened(playwright, chromium, screen, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, "DISPLAY": screen, "HOME": str(home)}
    pages = []

    def open_(file):
        page = Page(playwright, chromium, tmp_path / "profile", file, headless=False, env=environment)
        page.screen = screen
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.close()
        assert page.errors == []


def xdotool(page, *words):
    return subprocess.run(
        ["xdotool", *words],
        env={**os.environ, "DISPLAY": page.screen},
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    ).stdout.split()


def waits_for(what, seconds=60):
    for _ in range(10 * seconds):
        found = what()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it never came")


def pick(page, path, name="Spara också i en fil"):
    """Name a file in the dialogue and save."""
    page.button(name).click(no_wait_after=True)
    (window, *_) = waits_for(lambda: xdotool(page, "search", "--onlyvisible", "--name", DIALOGUE))
    shape = dict(line.split("=") for line in xdotool(page, "getwindowgeometry", "--shell", window))
    save = (str(int(shape["WIDTH"]) - 50), str(int(shape["HEIGHT"]) - 24))
    for _ in range(10):
        xdotool(page, "mousemove", "--window", window, "300", "26", "click", "1")
        xdotool(page, "windowfocus", window)
        time.sleep(1)
        xdotool(page, "key", "ctrl+a")
        xdotool(page, "type", "--delay", "30", str(path))
        time.sleep(1)  # a list of suggestions comes and goes
        xdotool(page, "mousemove", "--window", window, *save, "click", "1")
        time.sleep(2)
        if not xdotool(page, "search", "--onlyvisible", "--name", DIALOGUE):
            return
    raise AssertionError("the dialogue stayed open")


@pytest.fixture
def page_file(study_root, tmp_path):
    return write_page(sa.Desk.open(study_root, "anna"), tmp_path, **ONE)


def holds(path, n):
    return path.exists() and path.stat().st_size and len(events_in(path)) == n


def test_decisions_go_into_the_picked_file_too_and_it_is_remembered(opened, page_file, tmp_path):
    page, picked = opened(page_file), tmp_path / "mina-svar.jsonl"
    page.press("1", "2")
    page.wait_for_state()
    pick(page, picked)
    page.says("Svaren sparas också i filen mina-svar.jsonl")
    assert holds(picked, 2)
    page.press("1", "1")
    page.wait_for_state()
    waits_for(lambda: holds(picked, 4))
    page.kill()
    page.start()
    assert page.text(".sk-saved") == "Sparat: 4"
    page.says("mina-svar.jsonl")


def test_without_a_database_saved_means_in_the_file(opened, page_file, tmp_path):
    page, picked = opened(page_file), tmp_path / "bara-fil.jsonl"
    page.context.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    page.page.reload()
    page.wait(page.page)
    page.says("Välj en fil att spara i, innan du kodar.")
    page.press("1")
    page.wait_for_state("not_saved")
    pick(page, picked, "Välj en fil att spara i")
    page.wait_for_state()
    assert holds(picked, 1)
    page.press("2", "1")
    page.wait_for_state()
    assert holds(picked, 3)
