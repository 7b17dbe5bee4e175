"""So many requests a minute, and no more."""

from __future__ import annotations

import pytest

from api.accounts import throttle
from api.accounts.throttle import Throttle
from biometrics.kernel.errors import TooManyRequests


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_is_emptied_at_once_and_fills_steadily() -> None:
    clock = Clock()
    limit = Throttle(6, clock)
    for _ in range(6):
        limit.check("a")
    with pytest.raises(TooManyRequests) as refused:
        limit.check("a")
    assert refused.value.retry_after == 10
    limit.check("b")  # another one's is its own
    clock.now += 10
    limit.check("a")
    with pytest.raises(TooManyRequests):
        limit.check("a")
    clock.now += 3600
    for _ in range(6):
        limit.check("a")
    with pytest.raises(TooManyRequests):
        limit.check("a")


def test_refused_requests_do_not_lengthen_the_wait() -> None:
    clock = Clock()
    limit = Throttle(1, clock)
    limit.check("a")
    for _ in range(100):
        with pytest.raises(TooManyRequests):
            limit.check("a")
    clock.now += 60
    limit.check("a")


def test_memory_does_not_grow_with_made_up_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_BUCKETS", 100)
    clock = Clock()
    limit = Throttle(2, clock)
    for number in range(1000):
        clock.now += 0.001
        limit.check(str(number))
    assert len(limit._buckets) <= 101
    limit.check("999")
    with pytest.raises(TooManyRequests):
        limit.check("999")
