"""A scratch study, a real Chromium, a real JupyterLab, and the card as `sekom code` opens it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

import sekom_analysis as sa
from sekom_analysis.coding import opening
from sekom_analysis.coding.page import SCRIPT, STYLES, script
from tests.conftest import chromium_settings

__all__ = ["chromium_settings"]

CHECKOUT = Path(__file__).parents[2]
MODULES = CHECKOUT / "sekom_analysis" / "coding" / "js"  # of which the cards' script is made
TOKEN = "only-for-tests"


# The same orders in every run: those that these coders would have had before there was a secret.
SECRET = f"secret {'5e' * 32}\nbegun anna bertil bo cilla dag dora elin eva fi\nwarm-up-begun\n"


def scratch_study(folder: Path) -> Path:
    """Copy the sample study without anybody's decisions."""
    shutil.copytree(CHECKOUT / "data" / "raw", folder / "data" / "raw")
    (folder / "data" / "coded").mkdir()
    (folder / "data" / "coded" / ".secret").write_text(SECRET, encoding="utf-8")
    return folder


@pytest.fixture
def study_root(tmp_path):
    return scratch_study(tmp_path / "study")


@pytest.fixture(scope="session")
def node():
    """The program that runs JavaScript without a browser; without one CI fails and a laptop skips."""
    program = shutil.which("node")
    if not program:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("node is not installed (it comes with npm)")
    return program


@pytest.fixture(scope="session")
def in_node(node):
    """What a piece of JavaScript prints that imports names from one of the cards' modules."""

    def run(source, names, module):
        imports = f"import {{ {names} }} from {json.dumps((MODULES / module).as_uri())};"
        command = [node, "--input-type=module", "--eval", imports + source]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout

    return run


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def own_jupyter(folder: Path, **settings: object) -> dict[str, str]:
    """The environment of a Jupyter that has a home of its own, with settings of its server."""
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    (folder / "config").mkdir(exist_ok=True)
    given = {"IdentityProvider": {"token": TOKEN}, "ServerApp": {"allow_root": True, **settings}}
    (folder / "config" / "jupyter_server_config.json").write_text(json.dumps(given), encoding="utf-8")
    return {**own, "IPYTHONDIR": str(folder / "ipython"), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def filled_in(template: str, **values: object) -> dict:
    """A notebook of the package, with values in the cell of parameters."""
    book = json.loads((CHECKOUT / "notebooks" / template).read_text(encoding="utf-8"))
    for cell in book["cells"]:
        if "parameters" in cell["metadata"].get("tags", []):
            lines = "".join(cell["source"]).splitlines()
            names = [line.partition(" = ")[0] for line in lines]
            new = [
                f"{name} = {values[name]!r}" if name in values else line
                for name, line in zip(names, lines, strict=True)
            ]
            cell["source"] = "\n".join(new)
    return book


class Lab:
    """A running JupyterLab on a scratch study, as `sekom lab` opens it."""

    def __init__(self, folder: Path) -> None:
        self.root = scratch_study(folder / "study")
        (self.root / "notebooks").mkdir()
        self.port = free_port()
        command, environment = opening.lab_command(self.root, "lab/tree/notebooks", browser=False)
        self._log = (folder / "lab.log").open("w", encoding="utf-8")
        self._process = subprocess.Popen(
            [*command, "--ip=127.0.0.1", f"--port={self.port}"],
            env=environment | own_jupyter(folder), stdout=self._log, stderr=subprocess.STDOUT, cwd=folder,
        )  # fmt: skip
        self._wait(folder / "lab.log")

    def _wait(self, log: Path) -> None:
        for _ in range(300):
            if self._process.poll() is not None:
                break
            try:
                urllib.request.urlopen(self.address("api"), timeout=2).close()
                return
            except OSError:
                time.sleep(0.2)
        self.stop()
        raise RuntimeError("JupyterLab did not start:\n" + log.read_text(encoding="utf-8")[-2000:])

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}?token={TOKEN}"

    def desk(self, coder: str) -> sa.Desk:
        return sa.Desk.open(self.root, coder)

    def notebook(self, name: str, template: str = "01-code.ipynb", **settings: object) -> str:
        """Put a notebook of this name, filled in, among the study's; return its address."""
        settings = {"coder": name} | settings
        path = self.root / "notebooks" / f"{name}.ipynb"
        path.write_text(json.dumps(filled_in(template, **settings)), encoding="utf-8")
        return self.address(f"doc/tree/notebooks/{path.name}")

    @property
    def kernels(self) -> list[psutil.Process]:
        """The kernels that run, the newest last."""
        children = psutil.Process(self._process.pid).children(recursive=True)
        kernels = [child for child in children if "ipykernel_launcher" in " ".join(child.cmdline())]
        return sorted(kernels, key=lambda kernel: kernel.create_time())

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)
        self._log.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory, chromium):
    running = Lab(tmp_path_factory.mktemp("lab"))
    yield running
    running.stop()


class Served:
    """A card as `sekom code` or `sekom adjudicate` opens it: the command runs, and its server."""

    def __init__(self, folder: Path, root: Path, *command: str) -> None:
        self._folder = folder
        self._log = (folder / "served.log").open("w", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sekom_analysis", *command, "--no-browser", "--study", str(root)],
            env=os.environ | own_jupyter(folder, ip="127.0.0.1"),
            stdout=self._log, stderr=subprocess.STDOUT, cwd=folder,
        )  # fmt: skip
        self.port = self.wait()

    def wait(self) -> int:
        """Wait for the server that runs now; return its port."""
        for _ in range(300):
            for server in self.servers:
                path = self._folder / "runtime" / f"jpserver-{server.pid}.json"
                try:
                    port = json.loads(path.read_text(encoding="utf-8"))["port"]
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=2).close()
                    return port
                except (OSError, ValueError):
                    pass
            time.sleep(0.2)
        self.stop()
        raise RuntimeError("It did not start:\n" + (self._folder / "served.log").read_text(encoding="utf-8"))

    @property
    def servers(self) -> list[psutil.Process]:
        return psutil.Process(self._process.pid).children() if self._process.poll() is None else []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/sekom/card?token={TOKEN}"

    def stop(self) -> None:
        """End it: first the command, so that it starts no other server."""
        servers = self.servers
        if self._process.poll() is not None and not servers:
            return
        self._process.kill()
        self._process.wait(30)
        for server in servers:
            server.kill()
            server.wait(30)
        self._log.close()


@pytest.fixture
def serve(tmp_path, chromium):
    """Run `sekom code` or `sekom adjudicate` on a study."""
    running = []

    def served(root: Path, *command: str) -> Served:
        (tmp_path / "home").mkdir(exist_ok=True)
        running.append(Served(tmp_path / "home", root, *command))
        return running[-1]

    yield served
    for one in running:
        one.stop()


class Page:
    """The card on a page of its own, joined to a real session: what Lab does, in a hundredth of the time."""

    def __init__(
        self,
        browser,
        session,
        *,
        theme: str = "",
        styles=STYLES,
        clock: bool = False,
        **context: object,
    ) -> None:
        self.session = session
        self.alive = True
        self.errors: list[str] = []
        self._context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}} | context)
        self.page = self._context.new_page()
        if clock:  # a page's time goes on by itself, and `pause` puts it ahead
            self.page.clock.install()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.expose_function("post", lambda message: session.receive(message) if self.alive else [])
        self.html = f"""<!doctype html><html lang="sv"><meta charset="utf-8"><title>Kort</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <style>{script(*styles)}</style><body {theme}><main><h1>Kort</h1><div id="here"></div></main>
            <script type="text/plain" id="cards">{script(SCRIPT)}</script>
            <script>
            async function begin(data) {{
              const source = document.getElementById("cards").textContent;
              const address = URL.createObjectURL(new Blob([source], {{ type: "text/javascript" }}));
              const cards = (await import(address)).default;
              let listen = null;
              const model = {{
                get: (name) => ({{ data }})[name], on: (_, listener) => {{ listen = listener; }},
                send: (message) => window.post(message).then((replies) => replies.forEach(listen)),
              }};
              cards.render({{ model, el: document.getElementById("here") }});
            }}</script></body></html>"""
        self.page.route(
            "http://card.test/", lambda route: route.fulfill(body=self.html, content_type="text/html")
        )
        self.load()

    def load(self) -> None:
        self.page.goto("http://card.test/")
        self.page.evaluate("data => begin(data)", self.session.data())
        self.card.wait_for()

    @property
    def card(self):
        return self.page.locator(".sk-card:not(.sk-loading)")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def pause(self, milliseconds: int = 700) -> None:
        """Let the page's time pass: by default so long that no key belongs to what was typed before."""
        self.page.clock.run_for(milliseconds)

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text()

    def wait_for_state(self, state: str) -> None:
        self.page.locator(f'.sk-card[data-saved="{state}"]').wait_for(timeout=15_000)

    def close(self) -> None:
        self._context.close()
        assert self.errors == []


@pytest.fixture
def show(browser):
    """Show a session's card on a page of its own."""
    pages = []

    def shown(session, **settings):
        pages.append(Page(browser, session, **settings))
        return pages[-1]

    yield shown
    for page in pages:
        page.close()
