"""A real Firefox, as Debian ships it, driven over WebDriver BiDi: all that the page's tests need of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import psutil
import pytest

PREFERENCES = {
    "browser.download.folderList": 2,
    "browser.download.useDownloadDir": True,
    "browser.download.always_ask_before_handling_new_types": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.startup.max_resumed_crashes": -1,
    "app.update.enabled": False,
    "app.normandy.enabled": False,
}
KEYS = {"Enter": "\ue007", "ArrowLeft": "\ue012", "Backspace": "\ue003", "Shift": "\ue008", "End": "\ue010"}
PATIENCE = 60


def firefox_path() -> str:
    """Return where Firefox is; without one CI fails and a laptop skips."""
    names = ("firefox-esr", "firefox")
    path = os.environ.get("SEKOM_FIREFOX") or next(filter(None, map(shutil.which, names)), None)
    if not path:
        reason = "no Firefox was found (apt-get install firefox-esr, or name one in SEKOM_FIREFOX)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return path


class Firefox:
    """A running Firefox with a profile on disk and one page open."""

    def __init__(self, profile: Path) -> None:
        self.profile, self.downloads = profile, profile / "downloads"
        self.downloads.mkdir(parents=True, exist_ok=True)
        preferences = PREFERENCES | {"browser.download.dir": str(self.downloads)}
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()
        ]
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.start()

    def start(self) -> None:
        import websocket

        command = [firefox_path(), "--headless", "--no-remote", "--profile", str(self.profile)]
        self._said = (self.profile / "said.txt").open("wb")
        self._process = subprocess.Popen(
            [*command, "--remote-debugging-port", "0", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=self._said,
        )
        self._socket = websocket.create_connection(
            self._address() + "/session", timeout=PATIENCE, suppress_origin=True
        )
        self._n = 0
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["network.beforeRequestSent", "log.entryAdded"])
        self._tab = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def _address(self) -> str:
        opening = "WebDriver BiDi listening on "
        for _ in range(10 * PATIENCE):
            text = (self.profile / "said.txt").read_text(encoding="utf-8", errors="replace")
            if opening in text:
                return text.split(opening)[1].split()[0]
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError("Firefox did not start:\n" + text[-2000:])

    def call(self, method: str, **parameters: object) -> dict:
        self._n += 1
        self._socket.send(json.dumps({"id": self._n, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._n:
                break
            self._take(answer)
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return answer["result"]

    def _take(self, event: dict) -> None:
        parameters = event.get("params", {})
        if event.get("method") == "network.beforeRequestSent":
            self.requests.append(parameters["request"]["url"])
        elif event.get("method") == "log.entryAdded" and parameters["level"] == "error":
            self.errors.append(str(parameters.get("text")))

    def goto(self, address: str) -> None:
        self.call("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def ask(self, expression: str) -> object:
        """Return what an expression on the page gives."""
        target = {"context": self._tab}
        answer = self.call("script.evaluate", expression=expression, target=target, awaitPromise=True)
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    def wait(self, expression: str) -> None:
        for _ in range(10 * PATIENCE):
            if self.ask(expression):
                return
            time.sleep(0.1)
        raise AssertionError(f"never true: {expression}")

    def press(self, *keys: str) -> None:
        strokes = []
        for key in keys:
            *held, last = [KEYS.get(part, part) for part in (key.split("+") if len(key) > 1 else [key])]
            strokes += [{"type": "keyDown", "value": value} for value in (*held, last)]
            strokes += [{"type": "keyUp", "value": value} for value in (last, *reversed(held))]
        actions = [{"type": "key", "id": "keyboard", "actions": strokes}]
        self.call("input.performActions", context=self._tab, actions=actions)

    def click(self, label: str) -> None:
        """Click the button on the screen that begins with a label, where it stands."""
        locator = {"type": "xpath", "value": f"//button[starts-with(normalize-space(.), '{label}')]"}
        (node,) = self._shown_soon(locator)
        self.call(
            "script.callFunction",
            functionDeclaration="(button) => button.scrollIntoView()",
            arguments=[{"sharedId": node["sharedId"]}],
            target={"context": self._tab},
            awaitPromise=False,
        )
        origin = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        moves = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        actions = [{"type": "pointer", "id": "mouse", "actions": moves}]
        self.call("input.performActions", context=self._tab, actions=actions)

    def _shown_soon(self, locator: dict) -> list[dict]:
        """Find what is on the screen, also where it comes there only now."""
        end = time.monotonic() + 20
        while True:
            nodes = self.call("browsingContext.locateNodes", context=self._tab, locator=locator)["nodes"]
            shown = [node for node in nodes if self._is_shown(node)]
            if shown or time.monotonic() > end:
                return shown
            time.sleep(0.05)

    def _is_shown(self, node: dict) -> bool:
        answer = self.call(
            "script.callFunction",
            functionDeclaration="(element) => element.checkVisibility()",
            arguments=[{"sharedId": node["sharedId"]}],
            target={"context": self._tab},
            awaitPromise=False,
        )
        return bool(answer["result"]["value"])

    def choose(self, selector: str, path: Path) -> None:
        """Put a file into a file field, as its dialogue does."""
        locator = {"type": "css", "value": selector}
        (node,) = self.call("browsingContext.locateNodes", context=self._tab, locator=locator)["nodes"]
        element = {"sharedId": node["sharedId"]}
        self.call("input.setFiles", context=self._tab, element=element, files=[str(path)])

    def kill(self) -> None:
        """End it and its children at once, as a power cut does."""
        parent = psutil.Process(self._process.pid)
        mine = [parent, *parent.children(recursive=True)]
        for process in mine:
            process.kill()
        psutil.wait_procs(mine, PATIENCE)
        self._process.wait(PATIENCE)
        self._socket.close()
        self._said.close()

    close = kill
