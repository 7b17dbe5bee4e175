"""Administrators see what the installation is made of."""

from __future__ import annotations

from collections.abc import Callable

from browsing import Station, Visitor
from playwright.sync_api import Page, expect

from biometrics.kernel.access import Role


def test_an_administrator_sees_models_database_and_limits(
    visit: Callable[..., Visitor], station: Station, picture: Callable[[Page, str], None]
) -> None:
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.ADMINISTRATOR), "/system")
    expect(page.get_by_text("Ready: the models are open")).to_be_visible()
    weights = page.get_by_role("region", name="Model files")
    expect(weights.get_by_role("row", name="sface face")).to_contain_text("Apache-2.0")
    expect(page.get_by_role("region", name="Recognition").get_by_role("row", name="Face")).to_contain_text("0 changes")
    expect(page.get_by_text("PEHCHAN_REQUESTS_PER_MINUTE")).to_be_visible()
    page.get_by_text("Packages").click()
    expect(page.get_by_text("onnxruntime", exact=True)).to_be_visible()
    somebody.check_access()
    picture(page, "system")


def test_an_auditor_sees_which_scales_are_in_force(
    visit: Callable[..., Visitor], station: Station, picture: Callable[[Page, str], None]
) -> None:
    somebody = visit()
    page = somebody.sign_in(station.officer(Role.AUDITOR), "/system/scales")
    expect(page.get_by_text("In force: the shipped scale.").first).to_be_visible()
    expect(page.get_by_role("region", name="Differences: Face")).to_contain_text("40.0")
    somebody.check_access()
    picture(page, "scales")
