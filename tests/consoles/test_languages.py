"""In which language her pages, and the answers to her phone, are drawn."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.languages import LANGUAGES, Language
from openrvr.foundation.messages.models import Message
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy import checks
from openrvr.foundation.policy.queries import policy
from openrvr.journey.evidence.models import RecordingNotice
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.invitation.tokens import new_token
from tests.story import Story

CONTINUE = {"en": "Continue", "ar": "متابعة", "pl": "Dalej", "cy": "Ymlaen"}
each_language = pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each.code)


@pytest.fixture
def story(call_taker: Account, officer: Account) -> Story:
    """In the present, since views look at the clock."""
    return Story(call_taker=call_taker, officer=officer, now=timezone.now())


def _opened(story: Story, **fields: str) -> Client:
    story.invited(**fields)
    phone = Client()
    assert phone.post(f"/s/{story.token()}").status_code == 200
    return phone


def _html(content: bytes) -> str:
    found = re.search(r"<html[^>]*>", content.decode())
    assert found
    return found[0]


def test_the_call_takers_choice_is_the_language_of_the_text_and_of_the_first_page(
    story: Story,
) -> None:
    story.invited(language="ar")
    words = Message.objects.get(invitation=story.invitation).words
    assert words.startswith(policy().words["ar"].invitation["usual"].split("{")[0])
    hello = Client().get(f"/s/{story.token()}").content
    assert _html(hello) == '<html lang="ar" dir="rtl">'
    assert CONTINUE["ar"] in hello.decode()


@pytest.mark.parametrize("spoken", ["bfi", "und"])
def test_a_language_that_no_page_speaks_is_english(story: Story, spoken: str) -> None:
    story.invited(language=spoken)
    assert 'lang="en"' in _html(Client().get(f"/s/{story.token()}").content)


@each_language
def test_every_page_of_hers_is_drawn_in_every_language(story: Story, language: Language) -> None:
    phone = _opened(story, language=language.code)
    begins = f'<html lang="{language.code}" dir="{language.direction}">'
    other = Client(headers={"Accept-Language": language.code})
    for page in (phone.get("/p/"), phone.get("/p/plain"), other.get(f"/s/{new_token()}")):
        assert _html(page.content) == begins
    for each in LANGUAGES:
        assert f"{each.name}</button>" in phone.get("/p/").content.decode()
        assert f"{each.name}</button>" in phone.get("/p/plain").content.decode()


@each_language
def test_the_words_that_she_fetches_stay_small(story: Story, language: Language) -> None:
    """The page itself, compressed as it is sent: with its style, and without its script."""
    page = _opened(story, language=language.code).get("/p/").content
    assert len(gzip.compress(page)) < 20_000


def _small_pages(story: Story, language: Language) -> list[str]:
    """Those that have a script of their own within them."""
    phone = _opened(story, language=language.code)
    other = Story(story.call_taker, story.officer, timezone.now()).invited(language=language.code)
    pages = [Client().get(f"/s/{other.token()}"), Client().get(f"/s/{other.token()}", {"app": ""})]
    pages += [phone.get("/p/plain"), phone.get("/p/write")]
    return [page.content.decode() for page in pages]


@each_language
def test_the_scripts_of_the_small_pages_speak_their_language(
    story: Story, language: Language
) -> None:
    pages = _small_pages(story, language)
    for page in pages:
        [words] = re.findall(r'<script type="application/json" id="words">(.*?)</script>', page)
        said = json.loads(words)
        if language.code == "en":
            assert said == {}
            continue
        shift = {key for key in said if key.startswith("Shift:")}
        assert len(shift) == 2
        assert "Loading" in said
        # Nothing that no script on this page says.
        assert len(said) < 20
        # Only the way out of an app speaks of copying.
        assert any("“Copy”" in key for key in said) == (page is pages[1])


def test_no_name_stands_twice_on_a_page_of_hers(story: Story) -> None:
    """A script finds by its name what it needs, and the first of two is the wrong one."""
    large = _opened(Story(story.call_taker, story.officer, timezone.now())).get("/p/")
    for page in (large.content.decode(), *_small_pages(story, LANGUAGES[0])):
        names = re.findall(r'\sid="([^"]+)"', page)
        assert len(names) == len(set(names)), names


def test_one_tap_on_the_first_page_uses_nothing_up_and_is_kept_by_the_next(story: Story) -> None:
    story.invited()
    address = f"/s/{story.token()}"
    hello = Client().get(address, {"language": "pl"}).content.decode()
    assert CONTINUE["pl"] in hello
    assert 'name="language" value="pl">' in hello
    held = Invitation.objects.get()
    assert (held.opened_at, held.language) == (None, "en")

    page = Client().post(address, {"language": "pl"})
    assert 'lang="pl"' in _html(page.content)
    assert Invitation.objects.get().language == "pl"


def test_one_tap_later_changes_all_that_she_is_told(story: Story) -> None:
    phone = _opened(story)
    assert phone.post("/p/language", {"language": "cy"})["Location"] == "/p/"
    assert 'lang="cy"' in _html(phone.get("/p/").content)
    refused = phone.post("/p/rung", "[]", content_type="application/json").json()
    assert refused["error"] == "Nid oedd modd deall y cais."
    line = AuditLine.objects.get(action="invitation.language")
    assert (line.case_reference, line.details) == (story.case.reference, {"language": "cy"})

    # Twice is once, and what no page speaks changes nothing.
    phone.post("/p/language", {"language": "cy"})
    phone.post("/p/language", {"language": "tlh"})
    assert AuditLine.objects.filter(action="invitation.language").count() == 1
    assert Invitation.objects.get().language == "cy"


@pytest.mark.parametrize("page", ["/p/plain", "/p/write", "/p/trouble/no-script"])
def test_she_stays_on_the_page_on_which_she_chose(story: Story, page: str) -> None:
    phone = _opened(story)
    assert f'name="back" value="{page}"' in phone.get(page).content.decode()
    chosen = phone.post("/p/language", {"language": "uk", "back": page})
    assert chosen["Location"] == page
    assert 'lang="uk"' in _html(phone.get(page).content)


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/p/plain", "/p/leave"])
def test_it_leads_to_no_other_page(story: Story, elsewhere: str) -> None:
    chosen = _opened(story).post("/p/language", {"language": "uk", "back": elsewhere})
    assert chosen["Location"] == "/p/"


def test_a_stranger_changes_nothing(story: Story) -> None:
    _opened(story)
    assert Client().post("/p/language", {"language": "pl"}).status_code == 404
    assert Invitation.objects.get().language == "en"


def test_a_useless_link_says_nothing_of_the_language_it_was_in(
    story: Story, call_taker: Account
) -> None:
    """It follows the browser that asks, and so does a link that never was one."""
    story.invited(language="ar")
    token = story.token()
    invitations.revoke(story.case.pk, by=call_taker, now=story.now)
    for asking, code in (("en", "en"), ("it,en;q=0.5", "it")):
        stranger = Client(headers={"Accept-Language": asking})
        useless = stranger.get(f"/s/{token}")
        unknown = stranger.get(f"/s/{new_token()}", {"language": "ar"})
        assert useless.content == unknown.content
        assert useless.status_code == unknown.status_code == 404
        assert f'lang="{code}"' in _html(useless.content)


def test_the_recording_notice_is_bound_to_the_language_it_was_told_in(story: Story) -> None:
    phone = _opened(story, language="ro")
    assert policy().words["ro"].recording in phone.get("/p/").content.decode()
    phone.post("/p/check-in", "{}", content_type="application/json")
    phone.post("/p/language", {"language": "pl"})
    notice = RecordingNotice.objects.get()
    assert (notice.language, notice.words) == ("ro", policy().words["ro"].recording)


def test_what_the_force_did_not_write_is_english_and_says_so(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checks.words_are_translated() == []
    monkeypatch.delitem(policy().words, "uk")
    [warning] = checks.words_are_translated()
    assert "no words in Ukrainian for invitation.usual" in warning.msg

    phone = _opened(story, language="uk")
    page = phone.get("/p/").content.decode()
    assert f'lang="en" dir="auto">{policy().recording_words}' in page
    phone.post("/p/check-in", "{}", content_type="application/json")
    assert RecordingNotice.objects.get().language == "en"


def test_staff_pages_are_english_whatever_the_browser_speaks() -> None:
    page = Client(headers={"Accept-Language": "ar"}).get("/sign-in/", follow=True)
    assert 'lang="en"' in _html(page.content)


def test_the_scripts_words_are_those_that_the_scripts_say(story: Story) -> None:
    page = _opened(story, language="ar").get("/p/").content.decode()
    found = re.search(r'<script type="application/json" id="words">(.*?)</script>', page)
    assert found
    words = json.loads(found[1])
    assert words["Connecting"] == "جارٍ الاتصال"
    assert "Continue" not in words, "Said by a page: no script needs it."
    assert (
        '"words">{}</script>'
        in _opened(Story(story.call_taker, story.officer, story.now)).get("/p/").content.decode()
    )
