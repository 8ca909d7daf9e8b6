"""The force's policy, read from its TOML file into frozen values. No Django here."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from openrvr.foundation.languages import ENGLISH, TRANSLATED, language_of
from openrvr.foundation.refusal import Refused

Entry = TypeVar("Entry", "Grade", "Named", "Category", "Wording", "Listed")

IMMEDIATE = "immediate"
RUNG_DOES = ("holder", "supervisor", "physical")
# Owed to the law, not to her: such a promise neither answers for a report nor holds up its close,
# and only its own desk can keep it. The database's own rule names them too
# (promises/sql/answered_for_her.sql).
APART = ("review_evidence", "dispose_evidence")
# What she asks for without a sound: it stands beside what else is promised (`journey/silent`).
SILENT_ALARM = "silent_alarm"
# The kinds of promise that the service itself makes; each must have its terms in the file.
PROMISE_KINDS = (
    "grade_report",
    "respond",
    "reach_page",
    "officer_on_video",
    SILENT_ALARM,
    "acknowledge_physical",
    "attend",
    "call_back_or_visit",
    "appointment",
    "wrap_up",
    "follow_up",
    "review_evidence",
    "dispose_evidence",
)
# Each is set by one digit.
MOST_MARKERS = 9
# Letters. It stands on her screen, and on the desk's.
LONGEST_NAME = 80
# Whom an officer may ask into a call.
GUEST_KINDS = (
    "interpreter",
    "sign_language",
    "advocate",
    "appropriate_adult",
    "specialist",
    "supervisor",
)
# Letters. It stands on a button.
LONGEST_REPLY = 120
FACTS = ("suspect_whereabouts", "injuries", "grade", "safe_to_text", "officer_free")


class PolicyFault(Refused):
    """The policy file cannot be used; the sentence says what to change."""


@dataclass(frozen=True)
class Grade:
    id: str
    name: str
    target_minutes: int
    meaning: str


@dataclass(frozen=True)
class Criterion:
    """One condition of video: met by a fact of the report, or by the answer to a question."""

    id: str
    question: str
    not_met: str
    fact: str = ""
    met_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class LadderStep:
    after_seconds: int
    does: str


@dataclass(frozen=True)
class PromiseTerms:
    kind: str
    words: str
    seconds: int
    ladder: tuple[LadderStep, ...]


@dataclass(frozen=True)
class Named:
    """An outcome, a follow-up or a marker as the force names it; `working_days` for follow-ups."""

    id: str
    name: str
    working_days: int = 1


@dataclass(frozen=True)
class Category:
    """What something is kept as: for `days` from the time that it was made.

    With `review_days` it is kept until somebody has reviewed it, which is due that long after it
    was made; then for `days` more.
    """

    id: str
    name: str
    days: int
    review_days: int = 0

    @property
    def until_reviewed(self) -> bool:
        return self.review_days > 0


@dataclass(frozen=True)
class Wording:
    """Neutral words for her texts, and what to say when somebody else answers her telephone."""

    id: str
    name: str
    words: str
    when_ringing: str = ""


@dataclass(frozen=True)
class Force:
    name: str
    time_zone: str
    country: str
    subdivision: str | None
    emergency_number: str
    call_back_number: str
    default_region: str


@dataclass(frozen=True)
class Said:
    """The force's words to her, and the language that they are really in."""

    words: str
    language: str = ENGLISH.code


@dataclass(frozen=True)
class HerWords:
    """What she reads in the force's words: none of it is OpenRVR's to translate."""

    invitation: dict[str, str]
    """By the wording that she chose."""
    safety_advice: tuple[str, ...]
    recording: str
    declaration: str

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not written besides the text message, by its name in the file."""
        return tuple(name for name in HER_WORDS[1:] if not getattr(self, name))


HER_WORDS = ("invitation", "safety_advice", "recording", "declaration")


@dataclass(frozen=True)
class Listed:
    """Somebody in the force's directory whom an officer may ask into a call."""

    id: str
    kind: str
    name: str
    organisation: str = ""
    ring: str = ""
    """How they are told that they are needed, besides the link."""


@dataclass(frozen=True)
class GuestTerms:
    """Who may be asked into a call, and how."""

    link_minutes: int = 30
    silent_observers: bool = False
    """Whether anybody may be in a call whom she neither sees nor hears; she is told who it is."""
    directory: tuple[Listed, ...] = ()

    def listed(self, listed_id: str) -> Listed:
        return _by_id(self.directory, listed_id, "entry of the directory")


@dataclass(frozen=True)
class Policy:
    version: str
    sha256: str
    text: str
    force: Force
    grades: tuple[Grade, ...]
    criteria: tuple[Criterion, ...]
    promises: dict[str, PromiseTerms]
    script: str
    key_word_script: str
    decline_reasons: tuple[str, ...]
    safety_advice: tuple[str, ...]
    wordings: tuple[Wording, ...]
    invitation_minutes: int
    text_from: str
    text_until: str
    exit_address: str
    ring_seconds: int
    quick_replies: tuple[str, ...]
    recording_words: str
    markers: tuple[Named, ...]
    retentions: tuple[Category, ...]
    declaration: str
    outcomes: tuple[Named, ...]
    follow_ups: tuple[Named, ...]
    guests: GuestTerms
    words: dict[str, HerWords]

    def invitation_in(self, code: str, wording_id: str = "") -> Said:
        """The text message, with {link} in it, in her language where the force wrote it.

        Raises PolicyFault where there is no wording of that name.
        """
        wording = self.wording(wording_id)
        language = language_of(code).code
        theirs = self.words[language].invitation if language in self.words else {}
        if wording.id in theirs:
            return Said(theirs[wording.id], language)
        return Said(wording.words)

    def recording_in(self, code: str) -> Said:
        return self._said(code, "recording", self.recording_words)

    def declaration_in(self, code: str) -> Said:
        return self._said(code, "declaration", self.declaration)

    def advice_in(self, code: str) -> tuple[Said, ...]:
        """All of it in one language: advice of which a half is missing is no advice."""
        language = language_of(code).code
        theirs = self.words[language].safety_advice if language in self.words else ()
        if theirs:
            return tuple(Said(each, language) for each in theirs)
        return tuple(Said(each) for each in self.safety_advice)

    @property
    def untranslated(self) -> dict[str, tuple[str, ...]]:
        """What she would read in English, by the code of her language."""
        by_code = {each.code: self._missing(each.code) for each in TRANSLATED}
        return {code: missing for code, missing in by_code.items() if missing}

    def _missing(self, code: str) -> tuple[str, ...]:
        words = self.words.get(code, HerWords({}, (), "", ""))
        texts = (f"invitation.{each.id}" for each in self.wordings)
        texts_missing = (name for name in texts if name.split(".")[1] not in words.invitation)
        return (*texts_missing, *words.missing)

    def _said(self, code: str, what: str, in_english: str) -> Said:
        language = language_of(code).code
        theirs = getattr(self.words[language], what) if language in self.words else ""
        return Said(theirs, language) if theirs else Said(in_english)

    def grade(self, grade_id: str) -> Grade:
        return _by_id(self.grades, grade_id, "grade")

    def promise(self, kind: str) -> PromiseTerms:
        return self.promises[kind]

    def outcome(self, outcome_id: str) -> Named:
        return _by_id(self.outcomes, outcome_id, "outcome")

    def marker(self, marker_id: str) -> Named:
        return _by_id(self.markers, marker_id, "marker")

    def retention(self, category_id: str) -> Category:
        return _by_id(self.retentions, category_id, "category of retention")

    @property
    def first_category(self) -> str:
        """What every exhibit is kept as, until somebody adds another category."""
        return self.retentions[0].id

    def wording(self, wording_id: str) -> Wording:
        """The words of that name; the first for an empty one. Raises PolicyFault."""
        return _by_id(self.wordings, wording_id, "wording") if wording_id else self.wordings[0]

    def follow_up(self, follow_up_id: str) -> Named:
        return _by_id(self.follow_ups, follow_up_id, "follow-up")

    def urgency(self, grade_id: str) -> int:
        """0 for the most urgent grade, then counting up; unknown grades come last."""
        ids = [grade.id for grade in self.grades]
        return ids.index(grade_id) if grade_id in ids else len(ids)


def parse(text: str) -> Policy:
    """The policy in `text`. Raises PolicyFault with a sentence about the first thing wrong."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyFault(f"The policy is not a TOML file: {error}.") from None
    try:
        policy = _build(raw, text)
    except KeyError as error:
        raise PolicyFault(f"The policy says nothing about {error.args[0]!r}.") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise PolicyFault(f"Something in the policy has the wrong form: {error}.") from None
    _check(policy)
    return policy


def _build(raw: dict[str, Any], text: str) -> Policy:
    force, offer, invitation = raw["force"], raw["offer"], raw["invitation"]
    return Policy(
        version=str(raw["version"]),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        force=Force(
            name=force["name"],
            time_zone=force["time_zone"],
            country=force["country"],
            subdivision=force.get("subdivision"),
            emergency_number=str(force["emergency_number"]),
            call_back_number=str(force["call_back_number"]),
            default_region=force["default_region"],
        ),
        grades=tuple(Grade(**grade) for grade in raw["grade"]),
        criteria=tuple(_criterion(entry) for entry in raw["criterion"]),
        promises={kind: _terms(kind, terms) for kind, terms in raw["promise"].items()},
        script=offer["script"].strip(),
        key_word_script=offer["key_word_script"].strip(),
        decline_reasons=tuple(offer["decline_reasons"]),
        safety_advice=tuple(offer["safety_advice"]),
        wordings=_wordings(invitation),
        invitation_minutes=int(invitation["life_minutes"]),
        text_from=invitation["hours"]["from"],
        text_until=invitation["hours"]["until"],
        exit_address=raw["exit"]["address"],
        ring_seconds=int(raw["waiting"]["ring_seconds"]),
        quick_replies=tuple(raw.get("chat", {}).get("quick_replies", ())),
        recording_words=raw["recording"]["words"].strip(),
        markers=tuple(Named(**entry) for entry in raw["recording"]["marker"]),
        declaration=raw["statement"]["declaration"].strip(),
        retentions=tuple(Category(**entry) for entry in raw["retention"]),
        outcomes=tuple(Named(**entry) for entry in raw["outcome"]),
        follow_ups=tuple(Named(**entry) for entry in raw["follow_up"]),
        guests=_guests(raw.get("guests", {})),
        words={code: _her_words(entry) for code, entry in raw.get("words", {}).items()},
    )


def _guests(entry: dict[str, Any]) -> GuestTerms:
    listed = tuple(Listed(**each) for each in entry.get("directory", ()))
    return GuestTerms(**{**entry, "directory": listed})


def _her_words(entry: dict[str, Any]) -> HerWords:
    unknown = set(entry) - set(HER_WORDS)
    if unknown:
        raise ValueError(f"her words have no {', '.join(sorted(unknown))}")
    return HerWords(
        invitation=dict(entry.get("invitation", {})),
        safety_advice=tuple(entry.get("safety_advice", ())),
        recording=entry.get("recording", "").strip(),
        declaration=entry.get("declaration", "").strip(),
    )


def _criterion(entry: dict[str, Any]) -> Criterion:
    return Criterion(**{**entry, "met_by": tuple(entry.get("met_by", ()))})


def _wordings(invitation: dict[str, Any]) -> tuple[Wording, ...]:
    """The force's usual words first, then those that she may choose instead."""
    usual = Wording("usual", "As agreed", invitation["words"])
    return (usual, *(Wording(**entry) for entry in invitation.get("wording", ())))


def _terms(kind: str, terms: dict[str, Any]) -> PromiseTerms:
    ladder = tuple(LadderStep(**step) for step in terms["ladder"])
    return PromiseTerms(kind, terms["words"], int(terms["seconds"]), ladder)


def _check(policy: Policy) -> None:
    _require(bool(policy.version), "Give the policy a version.")
    grades = {grade.id for grade in policy.grades}
    _require(IMMEDIATE in grades, 'The grades must include "immediate": it is never offered video.')
    _require(len(grades) == len(policy.grades), "Two grades have the same id.")
    ids = [criterion.id for criterion in policy.criteria]
    _require(len(set(ids)) == len(ids), "Two criteria have the same id.")
    _require(bool(ids), "Write at least one criterion for video.")
    for criterion in policy.criteria:
        _check_criterion(criterion)
    for kind in PROMISE_KINDS:
        _require(kind in policy.promises, f"Write the terms of the promise {kind!r}.")
    for terms in policy.promises.values():
        _check_terms(terms)
    _check_her_words(policy)
    _check_guests(policy.guests)
    _require(policy.ring_seconds >= 1, "An officer must be rung for at least a second.")
    _require(policy.invitation_minutes >= 1, "A link must live for at least a minute.")
    _require(bool(policy.recording_words), "Say in what words she is told of the recording.")
    _require(len(policy.markers) <= MOST_MARKERS, f"At most {MOST_MARKERS} markers have a key.")
    _require(bool(policy.retentions), "Write at least one category of retention.")
    for category in policy.retentions:
        _require(category.days >= 1, f"The category {category.id!r} keeps things for no day.")
        _require(category.review_days >= 0, f"The category {category.id!r} is reviewed too early.")
    for hour in (policy.text_from, policy.text_until):
        _require(_is_hour(hour), f"{hour!r} is not a time like 08:00.")
    try:
        ZoneInfo(policy.force.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise PolicyFault(f"{policy.force.time_zone!r} is not a time zone.") from None


def _check_guests(guests: GuestTerms) -> None:
    ids = {each.id for each in guests.directory}
    _require(len(ids) == len(guests.directory), "Two entries of the directory have the same id.")
    _require(guests.link_minutes >= 1, "A guest's link must live for at least a minute.")
    for each in guests.directory:
        _require(
            each.kind in GUEST_KINDS,
            f"{each.name} is a {each.kind!r} in the directory; there are {', '.join(GUEST_KINDS)}.",
        )
        _require(
            0 < len(each.name.strip()) <= LONGEST_NAME and bool(each.id),
            f"Name the entry {each.id!r} of the directory, in {LONGEST_NAME} letters at most.",
        )
        for words in (each.organisation, each.ring):
            _require(len(words) <= LONGEST_NAME, f"In the directory this is too long: {words!r}.")


def _check_her_words(policy: Policy) -> None:
    """What reaches her: the texts, what the staff can write by one press, and the way out."""
    for wording in policy.wordings:
        _require(_has_one_link(wording.words), f"The words {wording.id!r} need {{link}}, once.")
    wordings = {wording.id for wording in policy.wordings}
    _require(len(wordings) == len(policy.wordings), "Two wordings have the same id.")
    _check_words(policy.words, wordings)
    for reply in policy.quick_replies:
        _require(0 < len(reply.strip()) <= LONGEST_REPLY, "A quick reply is empty, or too long.")
    _require(
        _is_address(policy.exit_address),
        f"{policy.exit_address!r} is not an address to leave for, like https://www.example.com/.",
    )


def _check_words(words: dict[str, HerWords], wordings: set[str]) -> None:
    spoken = [each.code for each in TRANSLATED]
    for code, hers in words.items():
        _require(
            code in spoken,
            f"Her pages do not speak {code!r}; besides English they speak {', '.join(spoken)}.",
        )
        for name, text in hers.invitation.items():
            _require(name in wordings, f"The words {name!r} in {code!r} have no English.")
            _require(_has_one_link(text), f"The words {name!r} in {code!r} need {{link}}, once.")


def _check_criterion(criterion: Criterion) -> None:
    if criterion.fact:
        _require(
            criterion.fact in FACTS,
            f"Criterion {criterion.id!r} asks for {criterion.fact!r}; a report tells"
            f" {', '.join(FACTS)}.",
        )
        _require(
            bool(criterion.met_by), f"Criterion {criterion.id!r} has a fact: say what meets it."
        )


def _check_terms(terms: PromiseTerms) -> None:
    _require(terms.seconds >= 0, f"The promise {terms.kind!r} cannot be due before it is made.")
    for step in terms.ladder:
        _require(
            step.does in RUNG_DOES,
            f"A rung of {terms.kind!r} does {step.does!r}; it can do {', '.join(RUNG_DOES)}.",
        )
        _require(
            step.does == "holder" or terms.kind not in APART,
            f"A rung of {terms.kind!r} can only tell its holder: nobody else may keep it.",
        )
        _require(step.after_seconds >= 0, f"A rung of {terms.kind!r} is before its time.")


def _has_one_link(words: str) -> bool:
    """Whether `{link}` stands in the words once, and no other brace does."""
    return words.count("{link}") == 1 and not set("{}") & set(words.replace("{link}", ""))


def _is_address(text: str) -> bool:
    """Of a page elsewhere; empty is our own harmless page."""
    parts = urlsplit(text)
    return not text or (parts.scheme in ("https", "http") and bool(parts.hostname))


def _is_hour(text: str) -> bool:
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal()):
        return False
    return int(minutes) < 60 and int(hours) * 60 + int(minutes) <= 24 * 60


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise PolicyFault(otherwise)


def _by_id(entries: tuple[Entry, ...], wanted: str, what: str) -> Entry:
    for entry in entries:
        if entry.id == wanted:
            return entry
    raise PolicyFault(f"The policy has no {what} {wanted!r}.")
