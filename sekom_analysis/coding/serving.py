"""A card as a page of a Jupyter server that runs on this machine: nothing but the card, and no kernel.

The page posts what the card has to say, and a session answers, as in a notebook. A page that is loaded
anew has a session of its own, so that two windows never take back each other's answers.
"""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import SekomError, needing
from sekom_analysis.coding.page import ADJUDICATION_STYLES, PAGE_STYLES, SCRIPT, embedded, script
from sekom_analysis.coding.session import AnySession, Message

with needing("notebooks"):
    from jupyter_server.base.handlers import JupyterHandler
    from jupyter_server.utils import url_path_join
    from tornado.web import HTTPError, authenticated

PATH = "sekom/card"
SCRIPTS = (SCRIPT, "served.js")
_JUDGING = (*ADJUDICATION_STYLES, *PAGE_STYLES[1:])
STYLES = {"coding": PAGE_STYLES, "adjudication": _JUDGING, "talk": _JUDGING}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# Not `main class="sp-page"`: there a mailed page begins by itself.
TEMPLATE = """\
<!doctype html>
<html lang="{lang}" translate="no">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="google" content="notranslate">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<div class="sp-page">
<h1>{title}</h1>
<noscript><p>{no_script}</p></noscript>
<div id="card"></div>
</div>
</main>
<script type="application/json" id="data">{data}</script>
<script type="module" src="{script}"></script>
</body>
</html>
"""
Found = TypeVar("Found")
MOST = 20  # windows of one person whose sessions are kept; of another a new one is made when it posts


class Windows:
    """The windows in which a card is open, each with its session.

    Parameters
    ----------
    begin : makes a session from what is on the disk now
    who : whose card it is, and where: what a page shown for somebody else says is not taken
    """

    def __init__(self, begin: Callable[[], AnySession], who: str) -> None:
        self.who = hashlib.sha256(who.encode("utf-8")).hexdigest()[:16]
        self._begin = begin
        self._sessions: OrderedDict[str, AnySession] = OrderedDict()
        self._hand = ThreadPoolExecutor(1)  # one message at a time, while the server hears others

    async def open(self) -> tuple[str, Message]:
        """Return the name of a new window, and what its card shows."""
        name = secrets.token_hex(8)
        return name, await self._do(lambda: self._session(name).data())

    async def receive(self, name: str, message: Message) -> list[Message]:
        """Take a message from a window, which may have been opened before the server was."""
        return await self._do(lambda: self._answer(name, message))

    async def _do(self, work: Callable[[], Found]) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._hand, work)

    def _answer(self, name: str, message: Message) -> list[Message]:
        try:
            return self._session(name).receive(message)
        except Exception:
            self._sessions.pop(name, None)  # the window sends it again, to a session that begins anew
            raise

    def _session(self, name: str) -> AnySession:
        if name not in self._sessions:
            self._sessions[name] = self._begin()
        self._sessions.move_to_end(name)
        while len(self._sessions) > MOST:
            self._sessions.popitem(last=False)
        return self._sessions[name]


class CardHandler(JupyterHandler):
    """Gives out the page."""

    def initialize(self, windows: Windows) -> None:
        """Take what is served."""
        self.windows = windows

    @property
    def content_security_policy(self) -> str:
        """What the page may load: what this server gives out, and nothing else."""
        return POLICY

    @authenticated
    async def get(self) -> None:
        """Answer with a page whose card is this person's, as the study is now."""
        self.set_header("Cache-Control", "no-store")
        try:
            name, data = await self.windows.open()
        except SekomError as error:
            self.finish(f'<!doctype html><meta charset="utf-8"><p>{html.escape(str(error))}</p>')
            return
        at, guard = url_path_join(self.base_url, PATH), self.xsrf_token.decode("ascii")
        served = {"address": f"{at}/{name}", "who": self.windows.who, "guard": guard}
        self.finish(served_html(data, served, f"{at}/{SCRIPTS[-1]}"))


class ScriptHandler(JupyterHandler):
    """Gives out the page's scripts."""

    @authenticated
    def get(self, name: str) -> None:
        """Answer with one of them, as it is now."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(script(name))


class MessageHandler(CardHandler):
    """Takes what a card says."""

    @authenticated
    async def post(self, name: str) -> None:
        """Answer a card's message with all that the session says to it."""
        said = json.loads(self.request.body)
        if said["who"] != self.windows.who:
            raise HTTPError(409)
        self.finish(json.dumps(await self.windows.receive(name, said["message"])))


def served_html(data: Message, served: dict[str, str], script_at: str) -> str:
    """Return the page: a card of either kind, where it posts to, and what it says if nobody answers."""
    lang, kind, coder = data["lang"], data["card"], str(data["coder"])
    texts = {
        name: wording.say(f"served_{name}", lang, coder=coder) for name in ("gone", "locked", "elsewhere")
    }
    return TEMPLATE.format(
        lang=lang,
        title=html.escape(wording.say(f"served_{kind}", lang, coder=coder, study=data.get("title", ""))),
        no_script=html.escape(wording.say("served_no_script", lang)),
        style=script(*STYLES[kind]),
        data=embedded({**data, "page": texts, "served": served}),
        script=html.escape(script_at),
    )


def serve(server: Any, begin: Callable[[], AnySession], who: str) -> None:
    """Let a Jupyter server serve a card.

    Parameters
    ----------
    server : the running ``ServerApp``
    begin, who : as for `Windows`
    """
    given = {"windows": Windows(begin, who)}
    address = url_path_join(server.web_app.settings["base_url"], PATH)
    handlers = [
        (address, CardHandler, given),
        (rf"{address}/({'|'.join(map(re.escape, SCRIPTS))})", ScriptHandler),
        (rf"{address}/([0-9a-f]+)", MessageHandler, given),
    ]
    server.web_app.add_handlers(".*$", handlers)
