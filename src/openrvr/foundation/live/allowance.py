"""How much one sender may say: so much at once, then so much a second. Pure: no Django here."""

from __future__ import annotations

from dataclasses import dataclass, field

# Senders that have said nothing for long need not be remembered: their allowance is whole again.
_REMEMBERED = 2000


@dataclass
class Allowance:
    """An amount for each sender, of any unit, that grows back. `now` is in seconds, of any clock.

    Each process keeps its own: what many of them allow together is so many times as much.
    """

    most: float
    per_second: float
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, sender: str, amount: float, now: float) -> bool:
        """Whether `sender` may say so much now; what is refused takes nothing away."""
        left = self._of(sender, now)
        if left < amount:
            return False
        if len(self._left) >= _REMEMBERED:
            self._forget_whole_ones(now)
        self._left[sender] = (left - amount, now)
        return True

    def _of(self, sender: str, now: float) -> float:
        left, at = self._left.get(sender, (self.most, now))
        return min(self.most, left + (now - at) * self.per_second)

    def _forget_whole_ones(self, now: float) -> None:
        self._left = {
            each: it for each, it in self._left.items() if self._of(each, now) < self.most
        }
