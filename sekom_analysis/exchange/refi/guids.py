"""Guids that are the same whenever the same thing of the same study is written."""

from __future__ import annotations

import json
import uuid
from functools import lru_cache

_OURS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:sekom_analysis:refi-qda")


class Guids:
    """The guids of one study.

    Parameters
    ----------
    study_id : the study's own id, so that things of the same name in two studies are not taken for one

    Examples
    --------
    >>> guids = Guids("sekom-2016")
    >>> guids.of("note", "B001") == guids.of("note", "B001") != guids.of("note", "B002")
    True
    """

    def __init__(self, study_id: str) -> None:
        self.of = lru_cache(maxsize=10_000)(self._of)  # users and codes are named with every coding
        self._study = uuid.uuid5(_OURS, f"study {study_id.encode('unicode_escape').decode('ascii')}")

    def _of(self, kind: str, *parts: str) -> str:
        """Return the guid of one thing: what it is, and the names that tell it from others of its kind."""
        return str(uuid.uuid5(self._study, json.dumps([kind, *parts])))


def plain_guid(text: str | None) -> str:
    """Return a guid as programs write it differently, for comparing.

    Examples
    --------
    >>> plain_guid("{51B2B2B7-27EB-4ECB-9D56-E75B0A0496C2}")
    '51b2b2b7-27eb-4ecb-9d56-e75b0a0496c2'
    """
    return (text or "").strip().strip("{}").lower()
