"""The package: it verifies as it was written, and whatever was done to it is found and named."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
import zipfile
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import av
import bagit
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings
from typer.testing import CliRunner

from openrvr.config.cli import app
from openrvr.foundation.audit.models import AuditLine
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.evidence import actions as evidence
from openrvr.journey.evidence import vault
from openrvr.journey.evidence.actions import Piece
from openrvr.journey.evidence.custody import chain
from openrvr.journey.evidence.custody.chain import GENESIS
from openrvr.journey.evidence.custody.keys import SigningKey
from openrvr.journey.evidence.exporting import AlreadyThere, NothingToExport, export
from openrvr.journey.evidence.models import Slice
from openrvr.journey.evidence.package import form
from openrvr.journey.evidence.package.fault import PackageFault
from openrvr.journey.evidence.package.verifying import verify
from openrvr.journey.evidence.timestamps import AuthorityAway
from tests.journey.evidence.films import cut, film
from tests.journey.evidence.time_stamp_authority import authority, serving
from tests.story import Story

SECONDS = 4


def record(
    story: Story,
    person: str,
    content: bytes,
    *,
    without: tuple[int, ...] = (),
    ended: str,
    late: timedelta = timedelta(),
) -> uuid.UUID:
    """One track in slices of a second, from the beginning of the call."""
    track = uuid.uuid4()
    pieces = cut(content, SECONDS)
    for index, each in enumerate(pieces):
        if index in without:
            continue
        final = bool(ended) and index == len(pieces) - 1
        piece = Piece(
            track=track,
            index=index,
            person=person,
            media_type="video/x-matroska;codecs=avc1,opus",
            sha256=hashlib.sha256(each).hexdigest(),
            since=story.now + timedelta(seconds=index),
            until=story.now + timedelta(seconds=index + 1),
            final=final,
            ended=ended if final else "",
        )
        evidence.keep(story.call.pk, piece, each, by=story.officer.actor, now=story.now + late)
    return track


@pytest.fixture
def recorded(story: Story) -> Story:
    """A call of six seconds: the officer is kept whole, she until her page was closed."""
    story.live()
    record(story, "officer", film(SECONDS, codec="libx264"), ended="hung_up")
    record(story, "victim", film(SECONDS), ended="", late=timedelta(minutes=3))
    calls.hang_up(
        story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.later(6)
    )
    return story


@pytest.fixture
def package(recorded: Story, tmp_path: Path) -> Path:
    return export(recorded.case, tmp_path, by=recorded.officer, now=recorded.later(60))


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("once") / "package"


@pytest.fixture
def sent(request: pytest.FixtureRequest, once: Path, tmp_path: Path) -> Path:
    """A copy of one package: away from the service, and to be tampered with."""
    if not once.exists():
        shutil.copytree(request.getfixturevalue("package"), once)
    return Path(shutil.copytree(once, tmp_path / "sent"))


def described(package: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((package / "data/package.json").read_bytes())
    return loaded


def make_bag_fit(package: Path) -> None:
    """As somebody who tampers would: the bag's own manifests say that all is well."""
    bagit.Bag(str(package)).save(manifests=True)


def sign_again(package: Path, key: SigningKey) -> None:
    raw = (package / "data/package.json").read_bytes()
    signature = key.sign(form.what_is_signed(raw)).hex()
    written = json.dumps({"key": key.id, "signature": signature})
    (package / "data/package.json.sig").write_text(written)


def test_a_package_verifies_and_says_whose_it_is(package: Path, recorded: Story) -> None:
    found = verify(package, keys=vault.public_keys())
    assert (found.case, found.exhibits) == (recorded.case.reference, 1)
    assert found.key_is_known
    assert not verify(package).key_is_known
    assert bagit.Bag(str(package)).is_valid()


def test_the_masters_are_what_was_captured(package: Path) -> None:
    masters = {path.name: path for path in package.glob("data/exhibits/1/masters/*")}
    assert set(masters) == {"1-officer.webm", "2-victim.webm"}
    assert masters["2-victim.webm"].read_bytes() == film(SECONDS)


def test_the_copies_play_from_the_first_second_to_the_last(package: Path) -> None:
    for name in ("1-officer.mp4", "2-victim.webm"):
        with av.open(str(package / "data/exhibits/1/copies" / name)) as copy:
            assert copy.duration is not None
            assert abs(copy.duration / 1_000_000 - SECONDS) < 0.2
            pictures = [frame.to_rgb() for frame in copy.decode(video=0)]
        assert len(pictures) >= SECONDS * 10 - 10


def test_what_is_missing_is_declared_with_its_cause(package: Path, recorded: Story) -> None:
    [exhibit] = described(package)["exhibits"]
    causes = {
        person: [(gap["cause"], _seconds(gap)) for gap in gaps]
        for person, gaps in exhibit["gaps"].items()
    }
    assert causes == {"victim": [("tab_closed", 2)], "officer": [("hung_up", 2)]}


def test_what_came_late_is_declared_with_when_it_came(package: Path, recorded: Story) -> None:
    [exhibit] = described(package)["exhibits"]
    [late] = exhibit["late"]
    assert (late["person"], _seconds(late)) == ("victim", SECONDS)
    received = datetime.fromisoformat(late["received"])
    assert received - datetime.fromisoformat(late["since"]) == timedelta(minutes=3)


def _seconds(gap: dict[str, str]) -> float:
    since, until = (datetime.fromisoformat(gap[name]) for name in ("since", "until"))
    return (until - since).total_seconds()


def test_a_slice_that_never_came_leaves_a_declared_hole(story: Story, tmp_path: Path) -> None:
    story.live()
    record(story, "victim", film(SECONDS), without=(1,), ended="hung_up")
    calls.hang_up(
        story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.later(4)
    )
    package = export(story.case, tmp_path, by=story.officer, now=story.now)
    verify(package)
    [exhibit] = described(package)["exhibits"]
    assert [gap["cause"] for gap in exhibit["gaps"]["victim"]] == ["network"]


def test_the_export_is_logged_in_the_package_and_in_the_access_log(
    package: Path, recorded: Story
) -> None:
    last = (package / "data/exhibits/1/custody.jsonl").read_bytes().splitlines()[-1]
    entry = json.loads(last)["entry"]
    assert (entry["what"], entry["by"]["label"]) == ("exported", recorded.officer.actor.label)
    line = AuditLine.objects.get(action="evidence.exported")
    assert line.case_reference == recorded.case.reference


def test_a_package_is_stamped_by_the_authority_that_the_force_names(
    recorded: Story, tmp_path: Path, settings: Settings
) -> None:
    tsa = authority(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    settings.TIME_STAMP_ROOTS = str(tsa.home / "root.pem")
    with serving(tsa.answer) as settings.TIME_STAMP_URL:
        package = export(recorded.case, tmp_path / "out", by=recorded.officer, now=recorded.now)
    stamped = verify(package, roots=[tsa.root]).stamped
    assert stamped
    assert stamped.is_trusted
    not_trusted = verify(package).stamped
    assert not_trusted
    assert not not_trusted.is_trusted
    flip_a_byte(package / "data/package.json.tsr")
    make_bag_fit(package)
    with pytest.raises(PackageFault, match="time stamp"):
        verify(package, roots=[tsa.root])


def test_an_authority_that_is_away_leaves_no_package(
    recorded: Story, tmp_path: Path, settings: Settings
) -> None:
    settings.TIME_STAMP_URL = "http://127.0.0.1:9/"
    with pytest.raises(AuthorityAway):
        export(recorded.case, tmp_path / "out", by=recorded.officer, now=recorded.now)
    assert list((tmp_path / "out").iterdir()) == []


def test_nothing_is_written_over_and_nothing_is_left_behind(
    package: Path, recorded: Story, tmp_path: Path
) -> None:
    with pytest.raises(AlreadyThere):
        export(recorded.case, tmp_path, by=recorded.officer, now=recorded.now)
    kept = Slice.objects.filter(track__person="victim").get(index=2)
    vault.forget(kept.stored_as)
    with pytest.raises(Exception, match=r"Slice 2 of track .* is missing"):
        export(recorded.case, tmp_path, by=recorded.officer, now=recorded.later(60))
    assert list(tmp_path.iterdir()) == [package]


def test_a_case_without_evidence_has_no_package(story: Story, tmp_path: Path) -> None:
    with pytest.raises(NothingToExport):
        export(story.graded().case, tmp_path, by=story.officer, now=story.now)


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def swap_two_slices(path: Path) -> None:
    content = cut(path.read_bytes(), SECONDS)
    content[1], content[2] = content[2], content[1]
    path.write_bytes(b"".join(content))


def drop_a_slice(path: Path) -> None:
    content = cut(path.read_bytes(), SECONDS)
    path.write_bytes(b"".join(content[:1] + content[2:]))


def drop_a_line(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2] + lines[3:]))


def cut_the_tail(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-2]))


def alter_a_line(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"hung_up"', b'"network"', 1))


MASTER, LOG = "exhibits/1/masters/2-victim.webm", "exhibits/1/custody.jsonl"


@pytest.mark.parametrize(
    ("name", "tamper"),
    [
        (MASTER, flip_a_byte),
        (MASTER, swap_two_slices),
        (MASTER, drop_a_slice),
        (LOG, drop_a_line),
        (LOG, cut_the_tail),
        (LOG, alter_a_line),
        ("exhibits/1/copies/1-officer.mp4", flip_a_byte),
        ("package.json", flip_a_byte),
    ],
)
def test_whatever_was_altered_is_named(
    sent: Path, name: str, tamper: Callable[[Path], None]
) -> None:
    tamper(sent / "data" / name)
    with pytest.raises(PackageFault):
        verify(sent)
    make_bag_fit(sent)
    with pytest.raises(PackageFault, match=Path(name).name.replace(".", r"\.") + "|custody log"):
        verify(sent)


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (flip_a_byte, "Slice 1 of the master 2-victim.webm of exhibit 1 is not what was receipted"),
        (swap_two_slices, "Slice 1 of the master 2-victim.webm"),
        (drop_a_slice, "Slice 1 of the master 2-victim.webm"),
        (lambda path: path.open("ab").write(b"more"), "There is more in the master"),
    ],
)
def test_also_whoever_signs_again_cannot_alter_a_master(
    sent: Path, tamper: Callable[[Path], None], said: str
) -> None:
    """The service's own key signs another description: the slices' receipts still stand."""
    path = sent / "data" / MASTER
    tamper(path)
    description = described(sent)
    description["files"][MASTER] = hashlib.sha256(path.read_bytes()).hexdigest()
    (sent / "data/package.json").write_bytes(form.written(description))
    sign_again(sent, vault.signing_key())
    make_bag_fit(sent)
    with pytest.raises(PackageFault, match=said):
        verify(sent)


def test_a_gap_cannot_be_explained_away(sent: Path) -> None:
    description = described(sent)
    description["exhibits"][0]["gaps"]["victim"] = []
    (sent / "data/package.json").write_bytes(form.written(description))
    sign_again(sent, vault.signing_key())
    make_bag_fit(sent)
    with pytest.raises(PackageFault, match="The gap map of exhibit 1"):
        verify(sent)


def test_another_key_is_not_believed(sent: Path) -> None:
    sign_again(sent, SigningKey(bytes(32)))
    make_bag_fit(sent)
    with pytest.raises(PackageFault, match="does not bear the signature"):
        verify(sent)
    with pytest.raises(PackageFault, match="not one of yours"):
        verify(sent, keys=vault.public_keys())


def test_a_file_more_or_less_is_found(sent: Path) -> None:
    stowaway = sent / "data/exhibits/1/masters/3-victim.webm"
    stowaway.write_bytes(b"x")
    with pytest.raises(PackageFault, match="not complete"):
        verify(sent)
    make_bag_fit(sent)
    with pytest.raises(PackageFault, match=r"3-victim\.webm is not the file"):
        verify(sent)
    stowaway.unlink()
    (sent / "data" / MASTER).unlink()
    with pytest.raises(PackageFault, match="not complete"):
        verify(sent)


def test_a_package_cannot_name_what_lies_outside(sent: Path) -> None:
    description = described(sent)
    description["files"]["../../secret"] = "0" * 64
    (sent / "data/package.json").write_bytes(form.written(description))
    sign_again(sent, vault.signing_key())
    make_bag_fit(sent)
    with pytest.raises(PackageFault, match="lies outside"):
        verify(sent)


def test_the_command_says_what_it_found(sent: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    key = vault.public_keys()[0].hex()
    said = run(app, ["evidence", "verify", str(sent), "--key", key])
    assert said.exit_code == 0, said.output
    assert "VERIFIED" in said.output
    assert "one of the keys given" in said.output
    zipped = shutil.make_archive(str(tmp_path / "sent"), "zip", sent.parent, sent.name)
    assert run(app, ["evidence", "verify", zipped]).exit_code == 0
    flip_a_byte(sent / "data" / MASTER)
    said = run(app, ["evidence", "verify", str(sent)])
    assert said.exit_code == 1
    assert "2-victim.webm" in said.output
    assert run(app, ["evidence", "verify", str(tmp_path / "nothing")]).exit_code == 1


def described_again(package: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """The service's own key signs a description that says something else."""
    description = described(package)
    change(description)
    (package / "data/package.json").write_bytes(form.written(description))
    sign_again(package, vault.signing_key())
    make_bag_fit(package)


def first(description: dict[str, Any]) -> dict[str, Any]:
    exhibit: dict[str, Any] = description["exhibits"][0]
    return exhibit


def a_track(description: dict[str, Any]) -> dict[str, Any]:
    track: dict[str, Any] = first(description)["tracks"][0]
    return track


def tell_twice(description: dict[str, Any]) -> None:
    """The same exhibit once more, under another number and with files of its own."""
    again = deepcopy(first(description))
    again["number"], again["reference"] = 2, f"{description['case']}/2"
    for part in (again, *again["tracks"]):
        for name in {"custody", "master", "copy"} & set(part):
            once, part[name] = part[name], part[name].replace("exhibits/1", "exhibits/2")
            description["files"][part[name]] = description["files"][once]
    description["exhibits"].append(again)


def swap_people(description: dict[str, Any]) -> None:
    one, two = first(description)["tracks"]
    one["person"], two["person"] = two["person"], one["person"]


def swap_copies(description: dict[str, Any]) -> None:
    one, two = first(description)["tracks"]
    one["copy"], two["copy"] = two["copy"], one["copy"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(case="RVR-26-999999"), "Another case or kind"),
        (lambda d: first(d).update(kind="upload"), "Another case or kind"),
        (lambda d: first(d).pop("gaps"), "The gap map of exhibit 1 is missing"),
        (lambda d: first(d).update(late=[]), "received late"),
        (lambda d: first(d).update(destroyed={}), "was not destroyed"),
        (lambda d: d.update(stamped=True), "time stamp that belongs to the package is missing"),
        (lambda d: first(d).update(number=7), "reference of exhibit 7 is another exhibit's"),
        (lambda d: first(d).update(reference="RVR-26-000777/1"), "is another exhibit's"),
        (lambda d: a_track(d).update(media_type="audio/webm"), "of another media type"),
        (lambda d: a_track(d).update(number=99), "not in the order of its custody log"),
        (lambda d: d.update(made_at="2026-01-01T00:00:00.000000Z"), "not end with this export"),
        (lambda d: d.update(made_by="Somebody Else"), "Somebody else exported exhibit 1"),
        (swap_people, "another person's"),
        (swap_copies, "is not the copy that the custody log knows"),
    ],
    ids=[
        "case",
        "kind",
        "gaps",
        "late",
        "destroyed",
        "stamp",
        "number",
        "reference",
        "media type",
        "order",
        "made at",
        "made by",
        "people",
        "copies",
    ],
)
def test_the_custody_log_is_believed_and_not_the_description(
    sent: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    described_again(sent, change)
    with pytest.raises(PackageFault, match=said):
        verify(sent)


def test_no_exhibit_is_told_twice(sent: Path) -> None:
    shutil.copytree(sent / "data/exhibits/1", sent / "data/exhibits/2")
    described_again(sent, tell_twice)
    with pytest.raises(PackageFault, match="Two exhibits have the same id"):
        verify(sent)


def test_beside_the_package_nothing_lies_in_a_zip(sent: Path, tmp_path: Path) -> None:
    both = tmp_path / "both"
    shutil.copytree(sent, both / ".cover")
    shutil.copytree(sent, both / "RVR-26-000001")
    zipped = shutil.make_archive(str(tmp_path / "both"), "zip", both)
    said = CliRunner().invoke(app, ["evidence", "verify", zipped])
    assert said.exit_code == 1
    assert "is not one package" in said.output


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sent/bag-info.txt", "has sent/bag-info.txt twice"),
        ("sent/data/../bag-info.txt", "lies outside"),
        ("../sent/bag-info.txt", "lies outside"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_holds_each_file_once_and_in_its_place(
    sent: Path, tmp_path: Path, name: str, said: str
) -> None:
    """Which of two files of one name is unpacked differs from program to program."""
    zipped = Path(shutil.make_archive(str(tmp_path / "sent"), "zip", sent.parent, sent.name))
    content = (sent / "bag-info.txt").read_bytes()
    with zipfile.ZipFile(zipped, "a") as archive:
        archive.writestr(name, content)
    answer = CliRunner().invoke(app, ["evidence", "verify", str(zipped)])
    assert answer.exit_code == 1
    assert said in answer.output


def test_a_zip_that_cannot_be_unpacked_is_a_fault(sent: Path, tmp_path: Path) -> None:
    zipped = Path(shutil.make_archive(str(tmp_path / "sent"), "zip", sent.parent, sent.name))
    raw = bytearray(zipped.read_bytes())
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1  # Encrypted, says the last file's entry.
    zipped.write_bytes(raw)
    answer = CliRunner().invoke(app, ["evidence", "verify", str(zipped)])
    assert (answer.exit_code, type(answer.exception)) == (1, SystemExit)
    assert "cannot be unpacked" in answer.output


def make_tags_fit(package: Path) -> None:
    """As who tampers with a tag file would, without the library: its line says that all is well."""
    tags = [path for path in package.iterdir() if path.is_file() and "tagmanifest" not in path.name]
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.name}\n" for path in tags]
    (package / "tagmanifest-sha256.txt").write_text("".join(lines))


def lay(name: str, content: str = "He did it.") -> Callable[[Path], None]:
    def beside(package: Path) -> None:
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    return beside


def lay_nothing(name: str) -> Callable[[Path], None]:
    return lambda package: (package / name).mkdir(parents=True)


def link_out(name: str) -> Callable[[Path], None]:
    """The same bytes today: whoever has the other end can change them tomorrow."""

    def link(package: Path) -> None:
        elsewhere = package.parent / "elsewhere"
        shutil.move(package / name, elsewhere)
        (package / name).symlink_to(elsewhere)

    return link


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (lay("notes.txt"), "notes.txt belongs to no package"),
        (lay(".notes"), ".notes belongs to no package"),
        (lay("extra/victim.webm"), "extra belongs to no package"),
        (lay("manifest-md5.txt", ""), "manifest-md5.txt belongs to no package"),
        (lay("fetch.txt", "http://127.0.0.1:9/x 1 data/package.json\n"), "fetch.txt belongs to no"),
        (lay_nothing("extra"), "extra belongs to no package"),
        (lay_nothing("data/exhibits/2"), "exhibits/2 is an empty directory"),
        (lay_nothing("data/.hidden"), ".hidden is an empty directory"),
        (link_out(f"data/{MASTER}"), "2-victim.webm is neither a file nor a directory"),
        (link_out("data/exhibits/1/copies"), "copies is neither a file nor a directory"),
        (link_out("bag-info.txt"), "bag-info.txt is neither a file nor a directory"),
        (
            lambda package: os.mkfifo(package / "data/pipe"),
            "pipe is neither a file nor a directory",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("is_named", [False, True])
def test_beside_what_was_signed_nothing_lies_in_a_bag(
    sent: Path, tamper: Callable[[Path], None], said: str, is_named: bool
) -> None:
    tamper(sent)
    if is_named:
        make_tags_fit(sent)
    with pytest.raises(PackageFault, match=re.escape(said)):
        verify(sent, keys=vault.public_keys())


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def altered(package: Path) -> None:
        text = (package / name).read_text()
        assert old in text
        (package / name).write_text(text.replace(old, new, 1))

    return altered


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (edit("bag-info.txt", "RVR-", "RVX-"), "bag-info.txt has another External-Identifier"),
        (edit("bag-info.txt", "Bagging-Date: 2", "Bagging-Date: 1"), "another Bagging-Date"),
        (edit("bag-info.txt", "Payload-Oxum", "Payload-Size"), "another Payload-Oxum"),
        (edit("bag-info.txt", "bagit.py", "He did it."), "a Bag-Software-Agent that makes no"),
        (edit("bag-info.txt", "Bagging", "Contact-Name: Eve\nBagging"), "bag-info.txt says more"),
        (edit("bag-info.txt", "Bagging", "External-Identifier: X\nBagging"), "another External"),
        (edit("bagit.txt", "UTF-8", "UTF-8\nNote: He did it."), "bagit.txt is not that of a"),
        (edit("manifest-sha256.txt", "", "# He did it.\n"), "manifest-sha256.txt has lines"),
        (edit("manifest-sha256.txt", "", "unreadable\n"), "manifest-sha256.txt has lines"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_lies_beside_the_payload_says_what_was_signed_for(
    sent: Path, tamper: Callable[[Path], None], said: str
) -> None:
    tamper(sent)
    with pytest.raises(PackageFault):
        verify(sent, keys=vault.public_keys())
    make_tags_fit(sent)
    with pytest.raises(PackageFault, match=re.escape(said)):
        verify(sent, keys=vault.public_keys())


def test_a_bag_vouches_for_each_of_its_own_files(sent: Path) -> None:
    manifest = sent / "tagmanifest-sha256.txt"
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join(line for line in lines if "bag-info" not in line))
    with pytest.raises(PackageFault, match=r"does not name bag-info\.txt"):
        verify(sent, keys=vault.public_keys())
    manifest.unlink()
    with pytest.raises(PackageFault, match=r"tagmanifest-sha256\.txt is missing"):
        verify(sent, keys=vault.public_keys())


@pytest.mark.parametrize("stowaway", ["package.json.sig", "package.json.tsr"])
def test_nothing_is_stowed_where_the_description_itself_does_not_look(
    sent: Path, stowaway: str
) -> None:
    path = sent / "data" / stowaway
    before = path.read_text() if path.exists() else ""
    path.write_text(before.replace("}", ', "note": "He did it."}') or "He did it.")
    make_bag_fit(sent)
    with pytest.raises(PackageFault, match=r"more in package\.json\.sig|A time stamp lies in"):
        verify(sent, keys=vault.public_keys())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.pop("exhibits"), "exhibits of package.json is missing"),
        (lambda d: d.update(exhibits=5), "exhibits of package.json is of another type"),
        (lambda d: d.update(exhibits=[5]), "exhibit 1 in package.json is no object"),
        (lambda d: d.update(files=[]), "files of package.json is of another type"),
        (lambda d: d["files"].update({MASTER: 5}), "has no hash of exhibits/1/masters"),
        (lambda d: d.update(case=None), "case of package.json is of another type"),
        (lambda d: d.update(stamped="no"), "stamped of package.json is of another type"),
        (lambda d: d.update(keys=["00"]), "cannot be read"),
        (lambda d: d.pop("format"), "cannot be read"),
        (lambda d: d.update(made_at="yesterday"), "made_at of package.json is no instant"),
        (lambda d: d.update(made_at="2026-01-01"), "made_at of package.json is no instant"),
        (lambda d: first(d).pop("custody"), "custody of exhibit 1 in package.json is missing"),
        (lambda d: first(d).update(number=True), "number of exhibit 1 in package.json is of"),
        (lambda d: first(d).update(upload=None), "upload of exhibit 1 in package.json is of"),
        (lambda d: first(d).update(tracks={}), "tracks of exhibit 1 in package.json is of"),
        (lambda d: a_track(d).pop("person"), "person of a track of exhibit 1"),
        (lambda d: a_track(d).update(copy=1), "copy of a track of exhibit 1"),
        (lambda d: a_track(d).update(master="../bagit.txt"), "is not among the files"),
        (lambda d: a_track(d).update(copy=None), "belongs to no exhibit"),
        (lambda d: a_track(d).update(copy=a_track(d)["master"]), "names the same file twice"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_description_that_makes_no_sense_is_a_fault_with_a_name(
    sent: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    described_again(sent, change)
    with pytest.raises(PackageFault, match=re.escape(said)):
        verify(sent)


@pytest.mark.parametrize("written", ["", "null", "[]", "{", "[" * 100_000, '"\\ud800"'])
def test_a_description_that_is_no_description_is_a_fault(sent: Path, written: str) -> None:
    (sent / "data/package.json").write_text(written)
    sign_again(sent, vault.signing_key())
    make_bag_fit(sent)
    with pytest.raises(PackageFault, match=r"package\.json or its signature cannot be read"):
        verify(sent)


def signed_by_nobody(package: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """A whole log by a key of one's own: without the force's key it verifies as far as it goes."""
    key, previous = SigningKey(bytes(32)), GENESIS
    log = package / "data" / LOG
    signed = []
    for line in log.read_bytes().splitlines():
        entry = json.loads(line)
        change(entry["entry"])
        again = chain.sign(chain.read(entry).entry, previous=previous, key=key)
        previous = again.hash
        signed.append(json.dumps(again.as_json()))
    log.write_text("\n".join(signed))
    description = described(package)
    first(description).update(head=previous.hex())
    description["keys"] = [key.public.hex()]
    description["files"][LOG] = hashlib.sha256(log.read_bytes()).hexdigest()
    (package / "data/package.json").write_bytes(form.written(description))
    sign_again(package, key)
    make_bag_fit(package)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("track", ["a", "list"], "track of entry 2 of the custody log of exhibit 1 is of another"),
        ("size", None, "size of entry 2 of the custody log of exhibit 1 is of another type"),
        ("since", "yesterday", "The custody log of exhibit 1 has no sense"),
        ("conditions", 5, "The custody log of exhibit 1 has no sense"),
        ("call_began", "yesterday", "The custody log of exhibit 1 has no sense"),
    ],
)
def test_a_custody_log_that_makes_no_sense_is_a_fault_with_a_name(
    sent: Path, name: str, value: object, said: str
) -> None:
    def change(entry: dict[str, Any]) -> None:
        if name in entry["details"]:
            entry["details"][name] = value

    signed_by_nobody(sent, change)
    with pytest.raises(PackageFault, match=said):
        verify(sent)


@pytest.mark.parametrize("line", ["5", "{}", "[" * 100_000, '{"entry": {"position": 1e999}}'])
def test_a_line_of_custody_that_makes_no_sense_is_a_fault_with_a_name(
    sent: Path, line: str
) -> None:
    (sent / "data" / LOG).write_text(line)
    make_bag_fit(sent)
    with pytest.raises(PackageFault, match="custody log of exhibit 1"):
        verify(sent)
