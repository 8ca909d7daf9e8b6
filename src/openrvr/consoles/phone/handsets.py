"""What a phone's User-Agent tells: its make, and whether the page is open inside an app."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

Make = Literal["iphone", "android"]

# An app's own browser as a rule cannot open the camera, and whoever leaves it afterwards leaves
# the cookie there that her link is bound to. Names as the apps' users know them.
_APPS = (
    ("Instagram", r"\bInstagram\b"),
    ("Messenger", r"\bFBAN/Messenger|\bMessenger(?:ForiOS|LiteForiOS)|\bcom\.facebook\.orca"),
    ("Facebook", r"\bFBAN\b|\bFBAV\b|\bFB_IAB\b|\bFBIOS\b"),
    ("TikTok", r"\bmusical_ly|\bBytedance|\bBytedanceWebview|\bTikTok|\btrill_"),
    ("Snapchat", r"\bSnapchat\b"),
    ("LinkedIn", r"\bLinkedInApp\b"),
    ("WhatsApp", r"\bWhatsApp\b"),
    ("WeChat", r"\bMicroMessenger\b"),
    ("LINE", r"\bLine/"),
    ("Google", r"\bGSA/"),
    ("Gmail", r"\bGmail\b"),
)
# Of an app that does not give its name: Android's WebView says so itself; on an iPhone only Safari
# and the other browsers proper end in "Safari/".
_UNNAMED = re.compile(r"; wv\)|\b(?:iPhone|iPad|iPod)\b(?!.*\bSafari/).*\bAppleWebKit/")


def make_of(user_agent: str) -> Make:
    """Which of the two kinds of help is shown first; an iPad calls itself a Macintosh."""
    return "iphone" if re.search(r"iPhone|iPad|iPod|Macintosh", user_agent) else "android"


def app_around(user_agent: str) -> str | None:
    """The app that has opened the page within itself, by name; "" for one that does not say."""
    for name, sign in _APPS:
        if re.search(sign, user_agent):
            return name
    return "" if _UNNAMED.search(user_agent) else None


def intent_for(address: str) -> str:
    """A link that leaves an Android app for the phone's own browser.

    Without a package: the browser that she has chosen opens it, whichever that is
    (developer.chrome.com/docs/android/intents).
    """
    parts = urlsplit(address)
    return (
        f"intent://{parts.netloc}{parts.path}#Intent;scheme={parts.scheme};"
        "action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE;end"
    )
