"""Who can be offered video: the force's criteria, each with its answer and reason. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from openrvr.foundation.policy.rules import IMMEDIATE, Criterion, Policy


class Verdict(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


UNKNOWN_FACTS = ("", "unknown")


@dataclass(frozen=True)
class Judged:
    """One criterion with its verdict and the reason for it, in a sentence."""

    criterion: str
    question: str
    verdict: Verdict
    reason: str
    is_asked: bool  # by the call-taker; otherwise it follows from the report


@dataclass(frozen=True)
class Eligibility:
    judged: tuple[Judged, ...]
    is_immediate: bool

    @property
    def can_be_offered(self) -> bool:
        """All criteria met, and never for an immediate report, whatever the policy file says."""
        return not self.is_immediate and all(j.verdict is Verdict.MET for j in self.judged)

    @property
    def met(self) -> int:
        return sum(j.verdict is Verdict.MET for j in self.judged)

    @property
    def not_met(self) -> tuple[Judged, ...]:
        return tuple(j for j in self.judged if j.verdict is Verdict.NOT_MET)


def judge(policy: Policy, facts: Mapping[str, str], answers: Mapping[str, str]) -> Eligibility:
    """Judge every criterion of `policy`.

    `facts` are what the report says, by name (see policy.rules.FACTS); `answers` are "yes" or
    "no" by criterion, for those that have no fact and are asked.
    """
    return Eligibility(
        judged=tuple(_judge(criterion, facts, answers) for criterion in policy.criteria),
        is_immediate=facts.get("grade") == IMMEDIATE,
    )


def _judge(criterion: Criterion, facts: Mapping[str, str], answers: Mapping[str, str]) -> Judged:
    if criterion.fact:
        verdict = _from_fact(facts.get(criterion.fact, ""), criterion.met_by)
    else:
        verdict = _from_answer(answers.get(criterion.id, ""))
    return Judged(
        criterion.id,
        criterion.question,
        verdict,
        _reason(criterion, verdict),
        is_asked=not criterion.fact,
    )


def _from_fact(fact: str, met_by: tuple[str, ...]) -> Verdict:
    if fact in met_by:
        return Verdict.MET
    return Verdict.UNKNOWN if fact in UNKNOWN_FACTS else Verdict.NOT_MET


def _from_answer(answer: str) -> Verdict:
    return {"yes": Verdict.MET, "no": Verdict.NOT_MET}.get(answer, Verdict.UNKNOWN)


def _reason(criterion: Criterion, verdict: Verdict) -> str:
    if verdict is Verdict.NOT_MET:
        return criterion.not_met
    source = "The report says so." if criterion.fact else "The caller said so."
    return source if verdict is Verdict.MET else "Not known yet: ask."
