"""What the way to the camera costs a phone with little data left."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.journeys.given import invited
from tests.journeys.loaded import Loaded
from tests.journeys.people import Person
from tests.journeys.steps import link_of, turns_her_camera_on
from tests.running_demo import Demo

LIMIT = 60_000


def test_a_phone_loads_little_before_its_camera_opens_and_asks_nobody_else(
    demo: Demo, phone: Person
) -> None:
    """Pages, scripts, styles, pictures and answers, as they came over the network, compressed."""
    link = link_of(demo, invited(demo))
    loaded = Loaded(phone.page)

    phone.page.goto(link, wait_until="domcontentloaded")
    turns_her_camera_on(phone)

    print(f"\nloaded before the camera opened: {loaded.bytes / 1000:.1f} kB")
    assert 1_000 < loaded.bytes <= LIMIT, sorted(loaded.addresses)
    assert loaded.hosts() == {urlsplit(link).netloc}
