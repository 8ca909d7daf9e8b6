from __future__ import annotations

from openrvr.foundation.live import allowance
from openrvr.foundation.live.allowance import Allowance


def test_so_much_at_once_then_so_much_a_second() -> None:
    signals = Allowance(most=10, per_second=2)
    assert [signals.take("a", 4, 0.0) for _ in range(3)] == [True, True, False]
    assert not signals.take("a", 4, 0.5)
    assert signals.take("a", 4, 1.0)
    assert signals.take("b", 10, 1.0)
    assert signals.take("a", 10, 1000.0)
    assert not signals.take("a", 11, 2000.0)


def test_it_forgets_whoever_has_been_silent() -> None:
    signals = Allowance(most=10, per_second=1)
    for number in range(3 * allowance._REMEMBERED):
        assert signals.take(str(number), 5, float(number))
    assert len(signals._left) <= allowance._REMEMBERED + 1
