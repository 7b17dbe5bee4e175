"""How much a page transfers."""

from __future__ import annotations

from collections import Counter

from playwright.sync_api import Page

_IDLE, _PAUSE = 100, 20  # milliseconds
_BEFORE_IMAGES = ("Document", "Stylesheet", "Script", "Font", "Other")


class Transferred:
    """Counts from now on the bytes that a page transfers, by what they are for: Document, Script, Image, ..."""

    def __init__(self, page: Page) -> None:
        """Listen to a page before it is opened, and let it take nothing from the browser's cache."""
        self.of: Counter[str] = Counter()
        kinds: dict[str, str] = {}
        self._page = page
        self._open: set[str] = set()  # requests that are not answered yet
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.requestWillBeSent", lambda event: self._open.add(event["requestId"]))
        for ended in ("Network.loadingFinished", "Network.loadingFailed"):
            session.on(ended, lambda event: self._open.discard(event["requestId"]))
        session.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
        session.on(
            "Network.loadingFinished",
            lambda event: self.of.update({kinds.get(event["requestId"], "Other"): int(event["encodedDataLength"])}),
        )

    def wait_until_idle(self) -> None:
        """Wait until the page has asked for nothing more for a moment."""
        idle = 0
        while idle < _IDLE:
            self._page.wait_for_timeout(_PAUSE)
            idle = 0 if self._open else idle + _PAUSE

    @property
    def before_images(self) -> int:
        """Bytes of the page itself with its scripts and styles."""
        return sum(self.of[kind] for kind in _BEFORE_IMAGES)
