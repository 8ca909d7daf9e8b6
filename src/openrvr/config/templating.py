"""Jinja2 for every page: a step's templates lie in its own `templates/` folder."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.backends.jinja2 import Jinja2
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from openrvr.foundation.clock import wording
from openrvr.foundation.languages import ENGLISH, LANGUAGES, Language, language_of


class StepTemplates(Jinja2):
    """Django's Jinja2 backend, looking into `templates/` rather than `jinja2/`."""

    app_dirname = "templates"


class FrontEndNotBuilt(RuntimeError):
    """The built scripts and styles are missing."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not built: run `make setup`, which builds the front end.")


@lru_cache(maxsize=1)
def _manifest() -> dict[str, str]:
    path = settings.DIST / "manifest.json"
    if not path.exists():
        raise FrontEndNotBuilt("manifest.json")
    built: dict[str, str] = json.loads(path.read_text())
    return built


def asset(name: str) -> str:
    """The URL of a built file, with the hash of its content in it."""
    return f"{settings.STATIC_URL}{_built(name)}"


def _built(name: str) -> str:
    try:
        return _manifest()[name]
    except KeyError:
        raise FrontEndNotBuilt(name) from None


@lru_cache
def inlined(name: str) -> Markup:
    """The content of a built file that the Content-Security-Policy knows (`config.inlined`)."""
    return Markup((settings.DIST / _built(name)).read_text())  # noqa: S704 - our own file


class NotTranslated(RuntimeError):
    """The built catalogues are missing."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The words of {code} are not built: run `make setup`.")


def language() -> Language:
    """The language that the page is drawn in."""
    return language_of(get_language() or ENGLISH.code)


@lru_cache
def _words_of_scripts(code: str, script: str) -> Markup:
    path = settings.LOCALE_PATHS[0] / code / "scripts.json"
    if not path.exists():
        raise NotTranslated(code)
    words = json.loads(path.read_text(encoding="utf-8"))
    if script:
        text = inlined(script)
        words = {said: meant for said, meant in words.items() if said in text}
    inside_a_page = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    return Markup(inside_a_page.replace("<", r"\u003c"))  # noqa: S704 - nothing in it ends a script


def words_of_scripts(script: str = "") -> Markup:
    """What the scripts of her pages say, or `script` alone, as JSON for `#kit/words`.

    English stands in the scripts themselves: then there is none.
    """
    spoken = language()
    return Markup("{}") if spoken is ENGLISH else _words_of_scripts(spoken.code, script)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def environment(**options: Any) -> Environment:
    # An unknown name in a template is a mistake, never an empty string on a victim's page.
    options.update(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    options["extensions"] = ["jinja2.ext.i18n", "jinja2.ext.do"]
    env = Environment(**options)  # noqa: S701 - autoescape comes with the backend's options
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(
        asset=asset,
        inlined=inlined,
        url=url,
        now=timezone.now,
        time_zone=settings.TIME_ZONE,
        language=language,
        languages=LANGUAGES,
        words_of_scripts=words_of_scripts,
    )
    env.filters.update(
        clock_time=wording.clock_time,
        clock_with_seconds=wording.clock_with_seconds,
        clock_or_day=wording.clock_or_day,
        day_and_time=wording.day_and_time,
        to_the_second=wording.to_the_second,
        day=wording.day,
        how_long=wording.how_long,
    )
    return env
