"""Users of a project as coders, and its times as a log's times."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from sekom_analysis.decisions import coder_fault
from sekom_analysis.exchange.refi.answers import INDEPENDENT, User
from sekom_analysis.exchange.refi.guids import plain_guid
from sekom_analysis.exchange.refi.ids import coder_id
from sekom_analysis.exchange.refi.xmlreading import Remarks, child, children
from sekom_analysis.logline import is_time, utc_text

_UNKNOWN = "unknown"


class People:
    """Whose a guid is.

    Parameters
    ----------
    root : the project
    ours : whether the users' ids are coders' ids
    remarks : where to say what was not as it should be
    """

    def __init__(self, root: Element, ours: bool, remarks: Remarks) -> None:
        self._remarks = remarks
        self._by_guid: dict[str, User] = {}
        for element in children(child(root, "Users"), "User"):
            own = User.of((element.get("id") or "").strip()) if ours else None
            if own is None or coder_fault(own.coder):
                own = self._named((element.get("name") or element.get("id") or "").strip())
            self._by_guid.setdefault(plain_guid(element.get("guid")), own)

    @property
    def coders(self) -> tuple[str, ...]:
        """Every coder, each once."""
        return tuple(dict.fromkeys(user.coder for user in self._by_guid.values()))

    def of(self, guid: str | None, otherwise: str | None = None) -> User:
        """Return whose a guid is; that of the first of the two that is given."""
        plain = plain_guid(guid) or plain_guid(otherwise)
        if plain not in self._by_guid:
            what = "it is not said who coded, or nobody of that guid is named"
            self._remarks.add(what, f"a coder '{_UNKNOWN}' stands for them")
            self._by_guid[plain] = self._named(_UNKNOWN)
        return self._by_guid[plain]

    def _named(self, name: str) -> User:
        coder = coder_id(name, set(self.coders))
        if coder != name:
            self._remarks.add(
                "a user's name is no coder's id", "they have an id made of it", f"{name} → {coder}"
            )
        return User(coder, INDEPENDENT)


def time_of(text: str | None, remarks: Remarks) -> str:
    """Return a moment as a log writes it; empty if none is given or it cannot be told.

    Examples
    --------
    >>> time_of("2019-03-18T12:00:00+01:00", Remarks("a.qdpx"))
    '2019-03-18T11:00:00.000000Z'
    """
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            remarks.add("a time does not say its zone", "it was taken for UTC", text)
            moment = moment.replace(tzinfo=UTC)
        shown = utc_text(moment)
    except (ValueError, OverflowError):
        shown = ""
    if not is_time(shown):
        remarks.add("a time cannot be told", "it was left out", text)
        return ""
    return shown
