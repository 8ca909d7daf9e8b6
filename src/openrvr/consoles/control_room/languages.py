"""Languages that forces have asked for, as a call-taker names them; codes are ISO 639."""

from __future__ import annotations

LANGUAGES = (
    ("en", "English"),
    ("ar", "Arabic"),
    ("bn", "Bengali"),
    ("bfi", "British Sign Language"),
    ("bg", "Bulgarian"),
    ("it", "Italian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("pa", "Punjabi"),
    ("ro", "Romanian"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("cy", "Welsh"),
    ("und", "Another (write it under needs)"),
)
