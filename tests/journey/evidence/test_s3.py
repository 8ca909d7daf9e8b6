"""The same evidence in a store that speaks S3: a real client against a real server, on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from openrvr.config.evidence_storage import StorageUnusable, evidence_storage
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.closing import actions as closing
from openrvr.journey.evidence.auditing import faults
from openrvr.journey.evidence.exporting import export
from openrvr.journey.evidence.models import Exhibit, Slice
from openrvr.journey.evidence.package.verifying import verify
from openrvr.journey.evidence.retention import actions as retention
from openrvr.journey.evidence.retention.certificates import deposited
from tests.journey.evidence.films import film
from tests.journey.evidence.test_keeping import keep
from tests.journey.evidence.test_package import record
from tests.story import Story

BUCKET = "evidence"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    served = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    served.start()
    host, port = served.get_host_and_port()
    yield f"http://{host}:{port}"
    served.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[str]:
    for name, value in {
        "AWS_ENDPOINT_URL_S3": server,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-2",
        "OPENRVR_EVIDENCE_STORAGE": f"s3://{BUCKET}/force",
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
    )
    settings.STORAGES = {**settings.STORAGES, "evidence": evidence_storage(Path("unused"))}
    yield BUCKET
    for name in names():
        boto3.client("s3").delete_object(Bucket=BUCKET, Key=name)
    boto3.client("s3").delete_bucket(Bucket=BUCKET)


def names() -> list[str]:
    listed = boto3.client("s3").list_objects_v2(Bucket=BUCKET)
    return [each["Key"] for each in listed.get("Contents", [])]


@pytest.fixture
def recorded(bucket: str, story: Story) -> Story:
    story.live()
    record(story, "victim", film(), ended="hung_up")
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    return story


def test_what_is_recorded_lies_in_the_bucket_and_verifies(recorded: Story, tmp_path: Path) -> None:
    assert all(name.startswith("force/") for name in names())
    assert len(names()) == 4
    assert list(faults()) == []
    package = export(recorded.case, tmp_path, by=recorded.officer, now=recorded.now)
    assert verify(package).exhibits == 1


def test_an_object_that_was_deleted_or_altered_is_found(recorded: Story) -> None:
    s3 = boto3.client("s3")
    key = f"force/{Slice.objects.get(index=2).stored_as}"
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"something else, and longer than a nonce")
    [(_, fault)] = faults()
    assert "Slice 2" in fault
    s3.delete_object(Bucket=BUCKET, Key=key)
    [(_, fault)] = faults()
    assert "Slice 2" in fault


def test_what_is_destroyed_leaves_the_bucket_and_its_certificate_stays(recorded: Story) -> None:
    closing.close_with(recorded.case.pk, "non_crime", by=recorded.officer, now=recorded.now)
    managers = [
        Account.objects.create(
            username=name, name=name, shown_as=name, roles=[Role.INFORMATION_MANAGER.value]
        )
        for name in ("irene", "ivan")
    ]
    exhibit = Exhibit.objects.get()
    asked = retention.ask_disposal(exhibit.pk, reason="A test", by=managers[0], now=recorded.now)
    retention.approve_disposal(asked.pk, by=managers[1], now=recorded.now)
    retention.clear_away(recorded.now)
    assert names() == [f"force/certificates/{exhibit.pk}.json"]
    assert [each["statement"]["exhibit"] for each in deposited()] == [str(exhibit.pk)]


def test_a_store_that_is_away_gives_no_receipt(
    bucket: str,
    server: str,
    story: Story,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    story.live()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    settings.STORAGES = {**settings.STORAGES}
    with pytest.raises(EndpointConnectionError):
        keep(story, 0)
    assert not Slice.objects.exists()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server)


@pytest.mark.parametrize("given", ["ftp://host/x", "s3://", "https://bucket"])
def test_an_address_that_is_no_store_is_refused(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENRVR_EVIDENCE_STORAGE", given)
    with pytest.raises(StorageUnusable):
        evidence_storage(Path("unused"))
