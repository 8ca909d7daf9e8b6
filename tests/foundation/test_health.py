from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from openrvr.foundation.jobs.models import WorkerBeat


def _beat(seconds_ago: float) -> None:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    WorkerBeat.objects.update_or_create(name="worker", defaults={"at": at})


def test_all_is_well(db: None, client: Client) -> None:
    _beat(1)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "not_ready": []})


@pytest.mark.parametrize("seconds", [6, None], ids=["late", "never"])
def test_a_worker_that_is_silent_is_told(db: None, client: Client, seconds: float | None) -> None:
    if seconds:
        _beat(seconds)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "worker" in answer.json()["not_ready"][0]


def test_a_database_that_is_behind_is_told(db: None, client: Client) -> None:
    _beat(1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("CREATE TEMPORARY TABLE django_migrations (id int, app text, name text)")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "migrations" in answer.json()["not_ready"][0]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE pg_temp.django_migrations")


def test_it_is_cheap(db: None, client: Client, django_assert_max_num_queries: object) -> None:
    _beat(1)
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        client.get("/healthz")
