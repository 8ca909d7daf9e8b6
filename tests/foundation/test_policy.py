from __future__ import annotations

from pathlib import Path

import pytest

from openrvr.foundation.policy import rules
from openrvr.foundation.policy.rules import PolicyFault, parse

SAMPLE = (Path(rules.__file__).parent / "sample.toml").read_text()


def test_the_sample_is_a_whole_policy() -> None:
    policy = parse(SAMPLE)
    assert policy.grade("priority").target_minutes == 60
    assert policy.promise("officer_on_video").seconds == 180
    assert [policy.urgency(g) for g in ("immediate", "priority", "other")] == [0, 1, 4]
    assert len(policy.sha256) == 64


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ("= ", 'id = "immediate"', "not a TOML file"),
        ('id = "urgent"', 'id = "immediate"', 'must include "immediate"'),
        ('fact = "weather"', 'fact = "injuries"', "asks for 'weather'"),
        ("met_by = []", 'met_by = ["none", "minor"]', "say what meets it"),
        ("Your link", "Your link as agreed: {link}", "need {link}"),
        ('does = "shout"', 'does = "physical"', "does 'shout'"),
        (
            'after_seconds = 86400, does = "supervisor"',
            'after_seconds = 86400, does = "holder"',
            "can only tell its holder",
        ),
        ("[promise.other]", "[promise.respond]", "Write the terms of the promise 'respond'"),
        ('time_zone = "Mars/Base"', 'time_zone = "Europe/London"', "is not a time zone"),
        ("ring_seconds = 0", "ring_seconds = 20", "at least a second"),
        ('    "   ",', '    "I am still here.",', "quick reply is empty"),
        ('from = "25:00"', 'from = "00:00"', "not a time like"),
        ('address = "the weather"', 'address = "https://www.bbc.co.uk/weather"', "not an address"),
        ("target = 60", "target_minutes = 60", "wrong form"),
        ("", 'version = "sample-1"', "says nothing about 'version'"),
    ],
)
def test_a_fault_is_named_in_a_sentence(wrong: str, right: str, sentence: str) -> None:
    assert right in SAMPLE
    with pytest.raises(PolicyFault, match=sentence):
        parse(SAMPLE.replace(right, wrong, 1))


def test_a_force_need_write_no_quick_replies() -> None:
    before, replies = SAMPLE.split("[chat]")
    after = replies.split("]", 1)[1]
    assert parse(SAMPLE).quick_replies
    assert parse(before + after).quick_replies == ()
