"""The page in either browser, driven by the same words: a person is a browser, a tab is a page open in it."""

from __future__ import annotations

import json
import time
from pathlib import Path

from .firefox import KEYS, Firefox

PATIENCE = 60
SOON = 2
ASKED = "document.getElementById('who')?.hidden === false"
SHOWN = "document.querySelector('.sk-card:not(.sk-loading)') === document.activeElement"
BETWEEN_PAGES = ("context was destroyed", "no such frame", "DiscardedBrowsingContextError", "AbortError")
YES, BEGIN, DOWNLOAD = "Ja, det är jag", "Hoppa över och börja koda", "Ladda ner svarsfilen"
KEYS |= {"Escape": "\ue00c", "ArrowRight": "\ue014", "Tab": "\ue004"}


class Tab:
    """What a person sees and does on one page; `ask`, `press`, `click` and `reload` are the browser's own."""

    file: Path

    def open(self, file, *, begin=True):
        self.file = file
        self.goto(file.as_uri())
        if begin:
            self.begin()
        return self

    def again(self):
        """Load the page anew, as it may have been written since."""
        self.reload()
        self.begin()

    def begin(self):
        """Wait for the card; say yes if the page asks whose it is."""
        self.wait(f"{SHOWN} || {ASKED}")
        if self.ask(ASKED):
            self.click(YES)
            self.click(BEGIN)
        self.wait(SHOWN)

    def wait(self, expression):
        """Wait until something is so on the page; say what it is instead if it never is."""
        end = time.monotonic() + PATIENCE
        while not self._holds(expression):
            assert time.monotonic() < end, f"never true: {expression}\n{self.ask('document.body.innerText')}"
            time.sleep(0.05)

    def _holds(self, expression):
        """Whether it is so; a page that is just being loaded anew says nothing yet."""
        try:
            return self.ask(f"Boolean({expression})")
        except Exception as error:
            if not any(words in str(error) for words in BETWEEN_PAGES):
                raise
            return False

    def tab_to(self, label, most=8):
        """Press Tab until the button of that name has the focus, as somebody does who looks where it is."""
        at = "document.activeElement?.matches('button') && document.activeElement.innerText.trim()"
        for _ in range(most):
            self.press("Tab")
            if str(self.ask(at)).startswith(label):
                return
        raise AssertionError(f"{most} tabs do not lead to {label!r}, but to {self.ask(at)!r}")

    def settle(self):
        """Wait while answers are on their way to the disk: what is on the screen then stays."""
        self.wait("document.querySelector('.sk-card')?.dataset.saved !== 'saving'")

    def text(self, selector):
        self.settle()
        return self.ask(f"document.querySelector({json.dumps(selector)}).innerText")

    def header(self, text):
        """Wait until the counter says so."""
        self.wait(f"document.querySelector('.sk-saved').textContent === {json.dumps(text)}")

    def says(self, text):
        self.wait(f"document.body.innerText.includes({json.dumps(text)})")

    def is_seen(self, text):
        self.settle()
        return self.ask(f"document.body.innerText.includes({json.dumps(text)})")

    def wait_for_state(self, state="saved"):
        self.wait(f"document.querySelector('.sk-card').dataset.saved === {json.dumps(state)}")

    def kept(self):
        """The ids of the events in the browser's own database, asked for anew."""
        self.settle()
        return set(json.loads(self.ask(KEPT)))

    def events(self):
        """Head and events of the answers file, as the button gives it."""
        return read(self.answers_file())

    def answers_file(self, label=DOWNLOAD):
        return self.downloaded(lambda: self.click(label))


KEPT = """(async () => {
  const names = (await indexedDB.databases()).map((one) => one.name);
  const name = names.find((one) => one.startsWith("sekom-page"));
  if (!name) return "[]";
  const db = await new Promise((resolve) => {
    const opening = indexedDB.open(name);
    opening.onsuccess = () => resolve(opening.result);
  });
  const keys = db.objectStoreNames.contains("events") ? await new Promise((resolve) => {
    const asking = db.transaction("events").objectStore("events").getAllKeys();
    asking.onsuccess = () => resolve(asking.result);
  }) : [];
  db.close();
  return JSON.stringify(keys);
})()"""


def read(path):
    """Head and events of an answers file."""
    head, *events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert head["events"] == len(events)
    return head, events


def to_the_end(page, key="/"):
    """Press one key until the last screen is there."""
    for _ in range(300):
        if page.page.locator(".sk-finish").is_visible():
            return
        page.press(key)
    raise AssertionError(f"no last screen after 300 {key!r}:\n{page.page.inner_text('body')}")


class ChromiumTab(Tab):
    """A page in Chromium."""

    def __init__(self, page, folder, errors):
        self.page, self._folder = page, folder
        page.set_default_timeout(PATIENCE * 1000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        self.goto, self.reload, self.ask = page.goto, page.reload, page.evaluate

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def click(self, label):
        self.page.get_by_role("button", name=label).first.click()

    def downloaded(self, act):
        with self.page.expect_download() as downloading:
            act()
        path = self._folder / f"{time.monotonic_ns()}" / downloading.value.suggested_filename
        downloading.value.save_as(path)
        return path

    def choose(self, path):
        self.page.locator('input[type="file"]').set_input_files(path)


class ChromiumPerson:
    """A browser of one's own: a fresh context, which the browser forgets at its end."""

    def __init__(self, browser, folder, errors):
        self._folder, self._errors = folder, errors
        self.context = browser.new_context(viewport={"width": 1200, "height": 900}, accept_downloads=True)

    def tab(self):
        return ChromiumTab(self.context.new_page(), self._folder, self._errors)

    def before_load(self, script):
        self.context.add_init_script(script)

    def close(self):
        self.context.close()


class FirefoxTab(Tab):
    """A page in Firefox."""

    def __init__(self, firefox, context):
        self._firefox, self._context = firefox, context

    @property
    def _here(self):
        self._firefox._tab = self._context
        return self._firefox

    def goto(self, address):
        self._here.goto(address)

    def ask(self, expression):
        return self._here.ask(expression)

    def reload(self):
        self._here.call("browsingContext.reload", context=self._context, wait="complete")

    def press(self, *keys):
        self._take_focus()
        self._firefox.press(*keys)

    def _take_focus(self):
        """Bring the page to the front; keys that come before it has the focus go nowhere.

        Firefox's own list of downloads may keep the focus, and lets the keys through: then nobody waits.
        """
        end = time.monotonic() + SOON
        self._here.call("browsingContext.activate", context=self._context)
        while not self.ask("document.hasFocus()") and time.monotonic() < end:
            self.ask("window.focus()")
            time.sleep(0.05)

    def click(self, label):
        self.wait(f"[...document.querySelectorAll('button')].some((one) => one.offsetParent"
                  f" && one.innerText.trim().startsWith({json.dumps(label)}))")  # fmt: skip
        self._here.call("browsingContext.activate", context=self._context)
        self._firefox.click(label)

    def downloaded(self, act):
        folder = self._firefox.downloads
        before = set(folder.glob("*.jsonl"))
        act()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            done = [path for path in set(folder.glob("*.jsonl")) - before if path.stat().st_size]
            if done and not list(folder.glob("*.part")):
                return done[0]
            time.sleep(0.05)
        raise AssertionError("nothing was downloaded")

    def choose(self, path):
        self._here.choose('input[type="file"]', path)


class FirefoxPerson:
    """A browser of one's own: a container whose storage nobody else sees."""

    def __init__(self, firefox):
        self._firefox = firefox
        self._own = firefox.call("browser.createUserContext")["userContext"]
        self._scripts = []

    def tab(self):
        made = self._firefox.call("browsingContext.create", type="tab", userContext=self._own)
        return FirefoxTab(self._firefox, made["context"])

    def before_load(self, script):
        made = self._firefox.call("script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}")
        self._scripts.append(made["script"])

    def close(self):
        for script in self._scripts:
            self._firefox.call("script.removePreloadScript", script=script)
        self._firefox.call("browser.removeUserContext", userContext=self._own)


def start_firefox(profile):
    """Start the Firefox that many persons share."""
    return Firefox(profile)
