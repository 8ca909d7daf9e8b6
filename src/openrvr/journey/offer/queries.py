from __future__ import annotations

from openrvr.foundation.cases.models import Case
from openrvr.foundation.policy.queries import policy
from openrvr.journey.offer.rules import Eligibility, judge


def eligibility(case: Case, *, officer_free: bool) -> Eligibility:
    """Judge a case by the policy in force.

    Whether an officer is free is known to a later step (`waiting`), so whoever asks says it.
    """
    report = case.report
    facts = {
        "suspect_whereabouts": report.suspect_whereabouts,
        "injuries": report.injuries,
        "grade": report.grade,
        "safe_to_text": report.safe_to_text,
        "officer_free": "yes" if officer_free else "no",
    }
    answers = dict(case.criterion_answers.values_list("criterion", "answer"))
    return judge(policy(), facts, answers)
