"""The table that `make bench` prints, and what it is held to."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median


@dataclass
class Figure:
    """One thing that was measured, several times; `bare` is the same on the bare page, or `beside`.

    `limit` is in the figure's own unit; `ratio` is the limit of the medians' ratio, and `at_least`
    what it must not fall below.
    """

    name: str
    unit: str
    limit: float | None = None
    ratio: float | None = None
    at_least: float | None = None
    beside: str = "the bare page"
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def missed(self) -> list[str]:
        """What is beyond its limit, in words."""
        middle = median(self.ours)
        wrong = []
        if self.limit is not None and middle > self.limit:
            wrong.append(f"{self.name}: {middle:.1f} {self.unit}, limit {self.limit:g} {self.unit}")
        if self.ratio is not None and self.against_bare() > self.ratio:
            wrong.append(
                f"{self.name}: {self.against_bare():.2f} times {self.beside}, limit {self.ratio:g}"
            )
        if self.at_least is not None and self.against_bare() < self.at_least:
            wrong.append(
                f"{self.name}: {self.against_bare():.2f} of {self.beside}, at least"
                f" {self.at_least:g}"
            )
        return wrong

    def against_bare(self) -> float:
        return median(self.ours) / median(self.bare)

    def lines(self) -> list[str]:
        said = [_line(self.name, "OpenRVR" if self.bare else "", self.ours, self.unit)]
        if self.limit is not None:
            said[0] += f"  limit {self.limit:g} {self.unit}"
        if self.bare:
            said.append(_line("", self.beside, self.bare, self.unit))
            limit = f"  limit {self.ratio:g}" if self.ratio is not None else ""
            limit += f"  at least {self.at_least:g}" if self.at_least is not None else ""
            said.append(f"{'':<56}{'ratio':<10}{self.against_bare():>9.2f}{'':>41}{limit}")
        return said


def table(figures: list[Figure]) -> str:
    head = f"{'':<66}{'median':>14}{'least':>14}{'most':>14}{'times':>8}"
    return "\n".join([head, *(line for figure in figures for line in figure.lines())])


def _line(name: str, whose: str, values: list[float], unit: str) -> str:
    columns = "".join(
        f"{value:>9.1f} {unit:<4}" for value in (median(values), min(values), max(values))
    )
    return f"{name:<56}{whose:<10}{columns}{len(values):>8}"
