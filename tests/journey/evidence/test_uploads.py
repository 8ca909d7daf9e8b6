"""What she sends: judged before it is kept, kept once, scanned, shown without where she lives."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.live.models import LiveEvent
from openrvr.foundation.live.streams import of_phone
from openrvr.foundation.people.models import Account
from openrvr.foundation.refusal import Refused
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.evidence import custody_log, masters, vault
from openrvr.journey.evidence.checks import files_are_scanned
from openrvr.journey.evidence.exporting import export
from openrvr.journey.evidence.models import Exhibit, PhotographRequest, Slice, Upload, WorkingCopy
from openrvr.journey.evidence.package.fault import PackageFault
from openrvr.journey.evidence.package.verifying import verify
from openrvr.journey.evidence.rules import LARGEST_PIECE
from openrvr.journey.evidence.screening.antivirus import (
    Antivirus,
    CannotScan,
    Clamd,
    ClamdConfiguration,
    NoAntivirus,
)
from openrvr.journey.evidence.screening.chosen import antivirus
from openrvr.journey.evidence.screening.kinds import KindNotTaken, TooLarge
from openrvr.journey.evidence.uploads import actions as uploads
from openrvr.journey.evidence.uploads.actions import (
    MOST_UPLOADS,
    AnotherFile,
    CallIsOver,
    Kept,
    NotHers,
    NotWhole,
    OutOfOrder,
    PieceAltered,
    PieceTooLarge,
    PieceTooSmall,
    TooMany,
    TooMuch,
)
from openrvr.journey.evidence.uploads.descriptions import Described, read_description
from openrvr.journey.evidence.uploads.queries import sent_in
from openrvr.journey.evidence.uploads.receiving import receive
from openrvr.journey.evidence.uploads.words import newest
from tests.committed import commit
from tests.consoles.conftest import Desk
from tests.journey.evidence.clamd_daemon import EICAR, Daemon, free_port
from tests.journey.evidence.photographs import has_exif, jpeg
from tests.story import Story

PIECE = 256 * 1024
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n" + b"%" * 100 + b"\n%%EOF\n"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Sending:
    """One file on its way, as her phone sends it."""

    story: Story
    content: bytes
    described: Described
    piece: int = PIECE

    def send(self, index: int, content: bytes | None = None, **other: Any) -> Kept:
        part = self.part(index) if content is None else content
        described = replace(self.described, piece=sha256(part), **other)
        return uploads.keep(self.story.invitation, described, index, part, now=self.story.now)

    def part(self, index: int) -> bytes:
        return self.content[index * self.piece : (index + 1) * self.piece]

    def whole(self) -> Upload:
        for index in range(-(-len(self.content) // self.piece)):
            self.send(index)
        return self.upload

    @property
    def upload(self) -> Upload:
        return Upload.objects.get(key=self.described.key)


def sending(
    story: Story, content: bytes, name: str = "IMG_1.jpg", *, request: int | None = None
) -> Sending:
    key = uuid.uuid4()
    return Sending(story, content, Described(key, name, len(content), sha256(content), "", request))


def looked_at(upload: Upload, by: Antivirus, story: Story) -> Upload:
    receive(upload.pk, by, now=story.now)
    upload.refresh_from_db()
    return upload


def what(upload: Upload) -> list[str]:
    return [each.entry.what for each in custody_log.whole(upload.exhibit)]


def stored_files() -> set[Path]:
    root = Path(storages["evidence"].path(""))
    return {path for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def scanner(daemon: Daemon) -> Clamd:
    return Clamd(ClamdConfiguration(daemon.path))


# Asking


def test_she_is_asked_on_her_own_phone_and_once_at_a_time(story: Story) -> None:
    story.live()
    first = uploads.ask(story.call.pk, by=story.officer, now=story.now)
    again = uploads.ask(story.call.pk, by=story.officer, now=story.later(9))
    commit()
    assert first.pk == again.pk
    # Told again each time: whoever closed the sheet sees it again.
    news = LiveEvent.objects.filter(kind="photograph.asked")
    assert {event.stream for event in news} == {of_phone(story.invitation.pk)}
    assert [event.data["request"] for event in news] == [first.pk, first.pk]


def test_she_may_decline_and_is_asked_anew_only_by_a_new_request(story: Story) -> None:
    story.live()
    asked = uploads.ask(story.call.pk, by=story.officer, now=story.now)
    for _ in range(2):
        uploads.decline(story.invitation, asked.pk, now=story.later(5))
    asked.refresh_from_db()
    assert asked.answer == "declined"
    assert newest(asked, [], in_call=True) == "She would rather not (12:00)"
    assert AuditLine.objects.filter(action="evidence.photograph_declined").count() == 1
    assert uploads.ask(story.call.pk, by=story.officer, now=story.now).pk != asked.pk


def test_nobody_declines_for_somebody_else(story: Story) -> None:
    asked = uploads.ask(story.live().call.pk, by=story.officer, now=story.now)
    other = Story(story.call_taker, story.officer, story.now).opened()
    with pytest.raises(NotHers):
        uploads.decline(other.invitation, asked.pk, now=story.now)
    with pytest.raises(NotHers):
        uploads.decline(story.invitation, asked.pk + 1, now=story.now)


def test_after_the_call_nobody_asks_and_nobody_sends(story: Story) -> None:
    story.wrapped_up()
    with pytest.raises(CallIsOver):
        uploads.ask(story.call.pk, by=story.officer, now=story.now)
    with pytest.raises(CallIsOver):
        sending(story, jpeg()).send(0)
    assert not Upload.objects.exists()


# Keeping


def test_a_photograph_that_was_asked_for_is_an_exhibit_of_its_own(story: Story) -> None:
    story.live()
    asked = uploads.ask(story.call.pk, by=story.officer, now=story.now)
    taken = jpeg(noise=700_000)
    upload = sending(story, taken, request=asked.pk).whole()
    asked.refresh_from_db()
    assert (asked.answer, asked.exhibit) == ("taken", upload.exhibit)
    assert upload.exhibit.kind == "photograph"
    assert what(upload) == ["begun", "slice", "slice", "slice", "complete"]
    track = upload.exhibit.tracks.get()
    assert (track.person, track.media_type, track.last) == ("victim", "image/jpeg", 2)
    assert (upload.sha256, upload.size) == (sha256(taken), len(taken))
    key = vault.data_key(upload.exhibit)
    assert b"".join(masters.content(track, data_key=key)) == taken


def test_what_she_sends_by_herself_needs_no_request(story: Story) -> None:
    upload = sending(story.live(), PDF, "letter.pdf").whole()
    assert (upload.exhibit.kind, upload.media_type) == ("upload", "application/pdf")
    assert upload.complete_at


def test_sent_twice_it_is_kept_once(story: Story) -> None:
    photograph = sending(story.live(), jpeg(noise=300_000))
    for _ in range(2):
        assert photograph.send(0) == Kept(1, PIECE, complete=False)
    for _ in range(3):
        assert photograph.send(1).complete
    assert Slice.objects.count() == 2
    assert what(photograph.upload).count("complete") == 1


def test_after_a_lost_network_the_phone_is_told_where_to_go_on(story: Story) -> None:
    photograph = sending(story.live(), jpeg(noise=300_000))
    key = photograph.described.key
    assert uploads.kept_of(story.invitation, key) == Kept(0, 0, complete=False)
    photograph.send(0)
    assert uploads.kept_of(story.invitation, key) == Kept(1, PIECE, complete=False)
    # The rest in other pieces than it was begun in.
    rest = photograph.content[PIECE:]
    photograph.send(1, rest)
    assert uploads.kept_of(story.invitation, key) == Kept(2, len(photograph.content), complete=True)


def test_pieces_come_in_their_order(story: Story) -> None:
    photograph = sending(story.live(), jpeg(noise=900_000))
    with pytest.raises(OutOfOrder):
        photograph.send(1)
    photograph.send(0)
    with pytest.raises(OutOfOrder):
        photograph.send(2)


def test_a_piece_that_was_altered_on_the_way_is_not_kept(story: Story) -> None:
    photograph = sending(story.live(), jpeg())
    described = replace(photograph.described, piece=sha256(photograph.content))
    with pytest.raises(PieceAltered):
        uploads.keep(story.invitation, described, 0, photograph.content[:-1] + b"!", now=story.now)
    assert not Exhibit.objects.exists()


def test_nothing_that_is_kept_is_replaced(story: Story) -> None:
    photograph = sending(story.live(), jpeg(noise=300_000))
    photograph.send(0)
    other = bytes(reversed(photograph.part(0)))
    with pytest.raises(Refused, match="nothing that is kept is altered"):
        photograph.send(0, other)


def test_what_is_not_what_the_phone_had_hashed_is_kept_and_never_shown(story: Story) -> None:
    photograph = sending(story.live(), jpeg(noise=300_000))
    photograph.send(0)
    for _ in range(2):
        with pytest.raises(NotWhole):
            photograph.send(1, bytes(len(photograph.content) - PIECE - 1) + b"x")
    upload = photograph.upload
    assert (upload.fault, upload.complete_at) == ("altered", None)
    assert what(upload)[-1] == "not_whole"
    assert looked_at(upload, NoAntivirus(), story).finding == ""
    assert not WorkingCopy.objects.exists()
    with pytest.raises(NotWhole):
        uploads.kept_of(story.invitation, photograph.described.key)


def test_a_text_that_goes_on_as_a_web_page_is_found_out(story: Story) -> None:
    text = b"Dear officer\n" * 30_000 + b"<script>alert(1)</script>\n"
    letter = sending(story.live(), text, "letter.txt")
    letter.send(0)
    with pytest.raises(NotWhole):
        letter.send(1)
    assert letter.upload.fault == "kind"


def test_more_than_was_announced_is_not_taken(story: Story) -> None:
    photograph = sending(story.live(), jpeg(noise=300_000))
    photograph.send(0)
    with pytest.raises(AnotherFile):
        photograph.send(1, photograph.part(1) + b"more")
    with pytest.raises(AnotherFile):
        photograph.send(1, size=photograph.described.size + 1)
    with pytest.raises(AnotherFile):
        photograph.send(1, sha256=sha256(b"another"))
    with pytest.raises(AnotherFile):
        photograph.send(1, b"")


def test_pieces_have_a_largest_and_a_smallest_size(story: Story) -> None:
    photograph = sending(story.live(), jpeg(noise=LARGEST_PIECE * 2))
    with pytest.raises(PieceTooLarge):
        photograph.send(0, photograph.content[: LARGEST_PIECE + 1])
    with pytest.raises(PieceTooSmall):
        photograph.send(0, photograph.content[:1000])
    assert not Exhibit.objects.exists()
    photograph.send(0)
    with pytest.raises(PieceTooSmall):
        photograph.send(1, photograph.content[PIECE : PIECE + 1])


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00" + bytes(1000), "holiday.jpg"),
        (b"<!doctype html><script>1</script>", "photo.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.png"),
        (b"PK\x03\x04" + bytes(1000), "photos.zip"),
    ],
)
def test_what_is_not_taken_is_refused_before_anything_is_kept(
    story: Story, content: bytes, name: str
) -> None:
    before = stored_files()
    with pytest.raises(KindNotTaken, match="tell the officer"):
        sending(story.live(), content, name).send(0)
    assert not Exhibit.objects.exists()
    assert stored_files() == before


def test_what_is_too_large_is_refused_with_its_first_piece(story: Story) -> None:
    photograph = sending(story.live(), jpeg(noise=300_000))
    with pytest.raises(TooLarge, match="25 MB is the most"):
        photograph.send(0, size=25_000_001)
    assert not Exhibit.objects.exists()


def test_an_invitation_has_a_number_and_an_amount_of_files(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.live()
    for _ in range(MOST_UPLOADS):
        sending(story, PDF).whole()
    with pytest.raises(TooMany, match="Tell the officer"):
        sending(story, PDF).send(0)
    monkeypatch.setattr(uploads, "MOST_UPLOADS", 100)
    monkeypatch.setattr(uploads, "MOST_BYTES", MOST_UPLOADS * len(PDF) + len(PDF) - 1)
    with pytest.raises(TooMuch, match="Tell the officer"):
        sending(story, PDF).send(0)


def test_also_what_was_begun_before_has_no_more_than_the_amount(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 1_200_000)
    story.live()
    one, other = (sending(story, jpeg(noise=800_000)) for _ in range(2))
    one.send(0)
    other.send(0)
    one.send(1)
    with pytest.raises(TooMuch):
        for index in (2, 3):
            one.send(index)
            other.send(index - 1)


def test_a_piece_of_somebody_elses_file_is_refused(story: Story) -> None:
    hers = sending(story.live(), jpeg(noise=300_000))
    hers.send(0)
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    other = Story(story.call_taker, story.officer, story.later(60)).live()
    with pytest.raises(NotHers):
        replace(hers, story=other).send(1)
    with pytest.raises(NotHers):
        uploads.kept_of(other.invitation, hers.described.key)
    with pytest.raises(NotHers):
        asked = PhotographRequest.objects.create(
            call=story.call, asked_at=story.now, asked_by=story.officer
        )
        sending(other, jpeg(), request=asked.pk).send(0)


# What her phone says


def header(**other: Any) -> str:
    said = {"name": "a.jpg", "size": 5, "sha256": "0" * 64, "piece": "0" * 64, "request": None}
    return json.dumps({**said, **other})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("IMG_1.jpg", "IMG_1.jpg"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\me\photo.jpg", "photo.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "a Set-Cookie: x=1.jpg"),
        ("picture\u202egpj.exe", "picture gpj.exe"),
        ("zdjęcie domu 🏠.jpg", "zdjęcie domu 🏠.jpg"),
        ("\x00<b>.jpg", "<b>.jpg"),
        ("x" * 5000, "x" * 200),
        ("", ""),
    ],
)
def test_a_name_is_one_line_and_leads_nowhere(given: str, kept: str) -> None:
    assert read_description(header(name=given), key=uuid.UUID(int=1)).name == kept


@pytest.mark.parametrize(
    "said",
    [
        "",
        "[]",
        "null",
        "{}",
        header(name=7),
        header(size=-1),
        header(size=1.5),
        header(size=True),
        header(size=2**60),
        header(sha256="x" * 64),
        header(piece="0" * 63),
        header(request="1"),
        header(request=-1),
    ],
)
def test_garbage_is_refused_in_a_sentence(said: str) -> None:
    with pytest.raises(Refused, match="could not be understood"):
        read_description(said, key=uuid.UUID(int=1))


# The antivirus


def test_a_clean_photograph_has_a_copy_without_where_it_was_taken(
    story: Story, scanner: Clamd
) -> None:
    taken = jpeg()
    upload = looked_at(sending(story.live(), taken).whole(), scanner, story)
    assert (upload.finding, upload.signature) == ("clean", "")
    [sent] = sent_in(story.case)
    assert sent.step == "clean"
    assert has_exif(taken)
    assert not has_exif(content_of(sent.picture))
    assert newest(None, [sent], in_call=True) == "JPEG photograph received 12:00"
    # Done again, as after a worker that was killed: nothing more.
    before = what(upload)
    looked_at(upload, scanner, story)
    assert what(upload) == before == ["begun", "slice", "complete", "scanned", "copied"]


def content_of(copy: WorkingCopy | None) -> bytes:
    from openrvr.journey.evidence import copies  # noqa: PLC0415

    assert copy
    return b"".join(copies.sealed(copy).read(0, copy.size))


def test_what_is_infected_is_kept_and_shown_to_nobody(
    story: Story, scanner: Clamd, at_desk: Callable[[Account], Desk]
) -> None:
    content = jpeg() + EICAR
    upload = looked_at(sending(story.live(), content).whole(), scanner, story)
    assert (upload.finding, upload.signature) == ("infected", "Eicar-Test.UNOFFICIAL")
    assert not WorkingCopy.objects.exists()
    key = vault.data_key(upload.exhibit)
    assert b"".join(masters.content(upload.exhibit.tracks.get(), data_key=key)) == content
    desk = at_desk(story.officer)
    page = desk.get(f"/evidence/uploads/{upload.pk}").content.decode()
    assert "A virus was found" in page
    assert "<img" not in page
    for what_of_it in ("picture", "original"):
        assert desk.get(f"/evidence/uploads/{upload.pk}/{what_of_it}").status_code == 403
    assert "VIRUS FOUND" in desk.get("/desk/case", {"case": story.case.reference}).content.decode()


def test_without_an_antivirus_it_is_shown_and_said_everywhere(
    story: Story, at_desk: Callable[[Account], Desk]
) -> None:
    upload = looked_at(sending(story.live(), jpeg()).whole(), NoAntivirus(), story)
    assert (upload.finding, upload.scanned_at) == ("unscanned", None)
    desk = at_desk(story.officer)
    case = desk.get("/desk/case", {"case": story.case.reference}).content.decode()
    assert "not scanned for viruses" in case
    page = desk.get(f"/evidence/uploads/{upload.pk}").content.decode()
    assert "not scanned for viruses" in page


def test_an_antivirus_that_is_away_is_asked_again_and_what_was_shown_is_withdrawn(
    story: Story, scanner: Clamd, at_desk: Callable[[Account], Desk]
) -> None:
    upload = sending(story.live(), jpeg() + EICAR).whole()
    away = Clamd(ClamdConfiguration(f"127.0.0.1:{free_port()}"))
    for _ in range(2):
        with pytest.raises(CannotScan):
            receive(upload.pk, away, now=story.now)
    upload.refresh_from_db()
    assert upload.finding == "unscanned"
    desk, picture = at_desk(story.officer), f"/evidence/uploads/{upload.pk}/picture"
    assert desk.get(picture).status_code == 200
    looked_at(upload, scanner, story)
    assert upload.finding == "infected"
    assert desk.get(picture).status_code == 403
    assert what(upload).count("scanned") == 2


def test_what_is_too_large_to_scan_is_not_scanned_and_said_so(story: Story, daemon: Daemon) -> None:
    small = Clamd(ClamdConfiguration(daemon.path, largest=1000))
    assert looked_at(sending(story.live(), jpeg()).whole(), small, story).finding == "unscanned"


def test_the_worker_finishes_what_a_killed_process_left(story: Story) -> None:
    upload = sending(story.live(), jpeg()).whole()
    # As if the process had died between the last piece and the verification.
    Upload.objects.update(complete_at=None)
    assert looked_at(upload, NoAntivirus(), story).complete_at


def test_the_antivirus_is_the_one_that_is_set(settings: Settings, daemon: Daemon) -> None:
    settings.ANTIVIRUS = ""
    assert isinstance(antivirus(), NoAntivirus)
    for address in (daemon.path, daemon.address):
        settings.ANTIVIRUS = f"clamd:{address}"
        assert antivirus().look(io.BytesIO(EICAR)).finding == "infected"
    settings.ANTIVIRUS = "norton:/socket"
    with pytest.raises(ValueError, match="no antivirus"):
        antivirus()


@pytest.mark.parametrize(
    ("named", "demo", "said"),
    [
        ("", False, "No antivirus is set"),
        ("", True, None),
        ("clamd:127.0.0.1:9", False, "does not work"),
        ("norton:/socket", False, "clamd:HOST:PORT"),
        ("clamd:", True, "clamd:HOST:PORT"),
    ],
)
def test_the_check_says_what_is_wrong_with_it(
    settings: Settings, named: str, demo: bool, said: str | None
) -> None:
    settings.ANTIVIRUS, settings.DEMO = named, demo
    told = [message.msg for message in files_are_scanned()]
    assert (said is None and told == []) or (said is not None and said in told[0])


def test_the_check_is_content_with_a_clamd_that_answers(settings: Settings, daemon: Daemon) -> None:
    settings.ANTIVIRUS, settings.DEMO = f"clamd:{daemon.path}", False
    assert files_are_scanned() == []


# The officer


@pytest.fixture
def shown(story: Story) -> Upload:
    story.live()
    asked = uploads.ask(story.call.pk, by=story.officer, now=story.now)
    upload = sending(story, jpeg(), 'a";\r\n.jpg', request=asked.pk).whole()
    return looked_at(upload, NoAntivirus(), story)


def test_the_officer_sees_the_picture_and_what_the_camera_wrote(
    shown: Upload, story: Story, at_desk: Callable[[Account], Desk]
) -> None:
    desk = at_desk(story.officer)
    page = desk.get(f"/evidence/uploads/{shown.pk}").content.decode()
    for words in (
        "51.507222, -0.127500",
        "Examplephone",
        "21 November 2026, 22:14:03",
        shown.sha256,
    ):
        assert words in page
    answer = desk.get(f"/evidence/uploads/{shown.pk}/picture")
    picture = answer.getvalue()
    assert answer["Content-Type"] == "image/jpeg"
    assert not has_exif(picture)
    with Image.open(io.BytesIO(picture)) as opened:
        red, green, blue = opened.convert("RGB").getpixel((9, 9))  # type: ignore[misc]
    assert green > 200
    assert max(red, blue) < 60
    # Looked at twice within five minutes: one entry.
    assert what(shown).count("opened") == 1
    assert AuditLine.objects.filter(action="evidence.opened").count() == 1


def test_the_original_is_saved_under_our_name_and_each_time_logged(
    shown: Upload, story: Story, at_desk: Callable[[Account], Desk]
) -> None:
    desk = at_desk(story.officer)
    desk.get(f"/evidence/uploads/{shown.pk}/original")
    answer = desk.get(f"/evidence/uploads/{shown.pk}/original")
    assert sha256(answer.getvalue()) == shown.sha256
    assert answer["Content-Disposition"] == (f'attachment; filename="{story.case.reference}-1.jpg"')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert what(shown).count("downloaded") == 2


def test_a_call_taker_sees_none_of_it(
    shown: Upload, call_taker: Account, at_desk: Callable[[Account], Desk]
) -> None:
    for end in ("", "/picture", "/original"):
        assert at_desk(call_taker).get(f"/evidence/uploads/{shown.pk}{end}").status_code == 403


# The package


def test_a_package_has_the_original_the_copy_and_what_was_found(
    shown: Upload, story: Story, tmp_path: Path
) -> None:
    sending(story, PDF, "letter.pdf").whole()
    package = export(story.case, tmp_path, by=story.officer, now=story.later(60))
    assert verify(package).exhibits == 2
    names = {
        str(path.relative_to(package / "data")) for path in package.glob("data/exhibits/*/*/*")
    }
    assert names == {
        "exhibits/1/masters/1-victim.jpg",
        "exhibits/1/copies/1-victim.jpg",
        "exhibits/2/masters/1-victim.pdf",
    }
    assert has_exif((package / "data/exhibits/1/masters/1-victim.jpg").read_bytes())
    assert not has_exif((package / "data/exhibits/1/copies/1-victim.jpg").read_bytes())
    described = json.loads((package / "data/package.json").read_bytes())["exhibits"]
    assert [each["upload"]["finding"] for each in described] == ["unscanned", ""]
    assert "gaps" not in described[0]


def test_an_altered_photograph_is_found_in_the_package(
    shown: Upload, story: Story, tmp_path: Path
) -> None:
    package = export(story.case, tmp_path, by=story.officer, now=story.later(60))
    master = package / "data/exhibits/1/masters/1-victim.jpg"
    content = bytearray(master.read_bytes())
    content[500] ^= 1
    master.write_bytes(content)
    with pytest.raises(PackageFault, match=r"master 1-victim\.jpg"):
        verify(package)


# Her phone


@pytest.fixture
def here(story: Story) -> Story:
    story.now = timezone.now()
    return story.live()


@pytest.fixture
def phone(here: Story) -> Desk:
    client = Desk()
    client.cookies["p"] = here.device_secret
    return client


def put(phone: Desk, going: Sending, index: int, **other: Any) -> Any:
    part = going.part(index)
    said = {
        "name": going.described.name,
        "size": going.described.size,
        "sha256": going.described.sha256,
        "piece": sha256(part),
        "request": going.described.request,
        **other,
    }
    return phone.put(
        f"/p/uploads/{going.described.key}/{index}",
        part,
        content_type="application/octet-stream",
        headers={"Upload": json.dumps(said), "Accept": "application/json"},
    )


def test_her_phone_sends_and_asks_how_far_it_is(phone: Desk, here: Story) -> None:
    going = sending(here, jpeg(noise=300_000), "zdjęcie.jpg")
    address = f"/p/uploads/{going.described.key}"
    assert put(phone, going, 0).json() == {"pieces": 1, "size": PIECE, "complete": False}
    assert phone.get(address).json()["pieces"] == 1
    assert put(phone, going, 1).json()["complete"] is True
    assert going.upload.name == "zdjęcie.jpg"


def test_another_phone_sends_nothing_and_learns_nothing(phone: Desk, here: Story) -> None:
    going = sending(here, jpeg())
    put(phone, going, 0)
    stranger = Desk()
    address = f"/p/uploads/{going.described.key}"
    assert stranger.get(address).status_code == 404
    assert put(stranger, sending(here, jpeg()), 0).status_code == 404
    declined = stranger.sends("/p/photograph/decline", {"request": 1})
    assert declined.status_code == 404
    assert Upload.objects.count() == 1


def test_a_refusal_is_a_sentence_for_her(phone: Desk, here: Story) -> None:
    answer = put(phone, sending(here, b"MZ" + bytes(500), "a.jpg"), 0)
    assert answer.status_code == 415
    assert "tell the officer" in answer.json()["error"]


def test_a_reload_of_her_page_shows_the_request_again(phone: Desk, here: Story) -> None:
    assert phone.get("/p/state").json()["photograph"] is None
    asked = uploads.ask(here.call.pk, by=here.officer, now=here.now)
    assert phone.get("/p/state").json()["photograph"]["request"] == asked.pk
    assert phone.sends("/p/photograph/decline", {"request": asked.pk}).status_code == 200
    assert phone.get("/p/state").json()["photograph"] is None


@pytest.mark.parametrize("garbage", [{}, {"request": "1"}, {"request": True}, {"request": None}])
def test_garbage_declines_nothing(phone: Desk, garbage: dict[str, Any]) -> None:
    assert phone.sends("/p/photograph/decline", garbage).status_code == 400


def test_only_the_officer_in_the_call_asks(
    here: Story, other_officer: Account, at_desk: Callable[[Account], Desk]
) -> None:
    address = f"/desk/calls/{here.call.pk}/photograph"
    assert at_desk(other_officer).sends(address, {}).status_code == 404
    assert at_desk(here.officer).sends(address, {}).status_code == 200
    case = at_desk(here.officer).get("/desk/case").content.decode()
    assert "she has not answered yet" in case
