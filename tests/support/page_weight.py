"""How much a page transfers, and how soon something of it is seen."""

from __future__ import annotations

from collections import Counter

from playwright.sync_api import Page

_BEFORE_IMAGES = ("Document", "Stylesheet", "Script", "Font", "Other")


class Transferred:
    """Counts from now on the bytes that a page transfers, by what they are for: Document, Script, Image, ..."""

    def __init__(self, page: Page) -> None:
        """Listen to a page before it is opened, and let it take nothing from the browser's cache."""
        self.of: Counter[str] = Counter()
        kinds: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
        session.on(
            "Network.loadingFinished",
            lambda event: self.of.update({kinds.get(event["requestId"], "Other"): int(event["encodedDataLength"])}),
        )
        self._session = session

    @property
    def before_images(self) -> int:
        """Bytes of the page itself with its scripts and styles."""
        return sum(self.of[kind] for kind in _BEFORE_IMAGES)

    def slow_down(self, bits: int, latency: int) -> None:
        """Let the page come over a link of so many bits a second, with so many milliseconds of latency."""
        rate = {"downloadThroughput": bits / 8, "uploadThroughput": bits / 8}
        self._session.send("Network.emulateNetworkConditions", {"offline": False, "latency": latency} | rate)


def first_paint(page: Page) -> float:
    """Return after how many milliseconds something of the page was seen."""
    return float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
