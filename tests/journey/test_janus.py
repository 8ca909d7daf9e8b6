"""A Janus node: its files, who it lets in, and how its end is noticed."""

from __future__ import annotations

import asyncio
import stat
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrvr.journey.call import checks
from openrvr.journey.call.media.beside import nodes
from openrvr.journey.call.media.janus.configuration import NodeFiles
from openrvr.journey.call.media.janus.connection import (
    Node,
    NodeConnection,
    NodeRefused,
    NodeTrouble,
    connected,
)
from openrvr.journey.call.media.janus.room import destroy
from openrvr.journey.call.media.janus.secrets import TOKEN_LIFE, api_secret, token
from openrvr.journey.call.media.janus.signals import (
    Anew,
    Answered,
    Bye,
    Candidates,
    Key,
    NotASignal,
    Part,
    Publish,
    read,
)
from tests.janus import SECRET, Janus, janus

_UNAUTHORIZED = 403
_ROOM_EXISTS = 427


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Janus]:
    with janus(tmp_path_factory.mktemp("janus")) as started:
        yield started


def _with(
    node: Janus, act: Callable[[NodeConnection], Awaitable[Any]], secret: str = SECRET
) -> Any:
    async def run() -> Any:
        async with connected(Node("one", node.url), secret) as connection:
            return await act(connection)

    return asyncio.run(run())


async def _create(connection: NodeConnection, room: str) -> None:
    handle = await connection.attach(lambda _: None)
    await handle.ask({"request": "create", "room": room})


async def _rooms(connection: NodeConnection) -> list[str]:
    handle = await connection.attach(lambda _: None)
    answer = await handle.ask({"request": "list"})
    return [each["room"] for each in answer["plugindata"]["data"]["list"]]


def test_what_is_written_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "conf"
    (folder).mkdir()
    (folder / "janus.jcfg").write_text("older")
    (folder / "janus.jcfg").chmod(0o644)
    NodeFiles(SECRET, outside="198.51.100.7").write(folder)
    written = {path.name: path for path in folder.iterdir()}
    assert len(written) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in written.values()} == {0o600}
    text = written["janus.jcfg"].read_text()
    assert 'nat_1_1_mapping = "198.51.100.7"' in text
    assert SECRET not in text
    assert api_secret(SECRET) in text


def test_a_node_is_alone_with_whoever_knows_the_secret(node: Janus) -> None:
    async def nothing(_: NodeConnection) -> None:
        raise AssertionError("It let a stranger in.")

    with pytest.raises(NodeRefused) as refused:
        _with(node, nothing, secret="another")
    assert refused.value.code == _UNAUTHORIZED


def test_an_overheard_token_is_of_no_use_later(node: Janus) -> None:
    late = time.time() - TOKEN_LIFE.total_seconds() - 1

    async def act(connection: NodeConnection) -> None:
        with pytest.raises(NodeRefused):
            await connection.ask("create", with_token=token(SECRET, late))
        assert await connection.ask("create", with_token=token(SECRET, late + 5))

    _with(node, act)


def test_a_room_is_made_once_and_ended_by_whoever_finds_it(node: Janus) -> None:
    _with(node, lambda connection: _create(connection, "a-call"))

    async def act(connection: NodeConnection) -> None:
        assert await _rooms(connection) == ["a-call"]
        with pytest.raises(NodeRefused) as refused:
            await _create(connection, "a-call")
        assert refused.value.code == _ROOM_EXISTS
        for _ in range(2):
            await destroy(connection, "a-call")
        assert await _rooms(connection) == []

    _with(node, act)


@pytest.mark.parametrize("end", [Janus.kill, Janus.hang], ids=["killed", "hangs"])
def test_the_end_of_a_node_is_noticed_within_three_seconds(
    tmp_path: Path, end: Callable[[Janus], None]
) -> None:
    with janus(tmp_path) as node:

        async def act(connection: NodeConnection) -> None:
            end(node)
            async with asyncio.timeout(3):
                await connection.until_lost()
            with pytest.raises(NodeTrouble):
                await connection.ask("ping")

        _with(node, act)


def test_where_no_node_is_that_is_said() -> None:
    async def act() -> None:
        async with connected(Node("one", "ws://127.0.0.1:1"), SECRET):
            raise AssertionError

    with pytest.raises(NodeTrouble, match="one is not reached"):
        asyncio.run(act())


# --- What `openrvr check` says ---------------------------------------------------------------


@pytest.fixture
def by_janus(settings: Any, node: Janus) -> Any:
    settings.MEDIA_PLANE, settings.JANUS_SECRET = "janus", SECRET
    settings.JANUS_NODES = [f"one={node.url}"]
    return settings


def _said(messages: list[Any]) -> list[str]:
    return [f"{type(each).__name__}: {each.msg}" for each in messages]


@pytest.mark.django_db
def test_each_node_is_shown(by_janus: Any, node: Janus) -> None:
    by_janus.JANUS_NODES = [f"one={node.url}", "two=ws://127.0.0.1:1"]
    first, second = _said(checks.nodes_answer())
    assert first.startswith("Info: Media node one: Janus 1.")
    assert first.endswith(f" at {node.url}, 0 calls.")
    assert second.startswith("Error: OPENRVR_JANUS_NODES: two at ws://127.0.0.1:1: ")


@pytest.mark.django_db
def test_a_node_with_another_secret_is_an_error(by_janus: Any) -> None:
    by_janus.JANUS_SECRET = "another"
    (said,) = _said(checks.nodes_answer())
    assert "wrong or missing secret/token" in said


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"MEDIA_PLANE": "mesh"}, "it can be peer or janus"),
        ({"JANUS_NODES": []}, "name its nodes"),
        ({"JANUS_NODES": ["ws://10.0.0.5:8188"]}, "is not NAME=ws://ADDRESS:PORT"),
        ({"JANUS_NODES": ["one=http://10.0.0.5"]}, "is not NAME=ws://ADDRESS:PORT"),
        ({"JANUS_SECRET": ""}, "set OPENRVR_JANUS_SECRET"),
    ],
)
def test_half_a_configuration_does_not_start(by_janus: Any, given: Any, word: str) -> None:
    for name, value in given.items():
        setattr(by_janus, name, value)
    (said,) = _said(checks.plane_is_there())
    assert said.startswith("Error: ")
    assert word in said
    # What is asked of the nodes themselves waits until there are some.
    assert not checks.nodes_answer()


def test_from_browser_to_browser_there_is_nothing_to_check(settings: Any) -> None:
    settings.MEDIA_PLANE = "peer"
    assert [*checks.plane_is_there(), *checks.nodes_answer()] == []


def test_nodes_by_their_names(by_janus: Any) -> None:
    by_janus.JANUS_NODES = ["one=ws://10.0.0.5:8188", "two=wss://media.example/janus?x=y"]
    first, second = nodes()
    assert first == Node("one", "ws://10.0.0.5:8188")
    assert second == Node("two", "wss://media.example/janus?x=y")


# --- What a page says ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"publish": "v=0", "round": 2}, Publish("v=0", 2)),
        ({"of": "b", "answered": "v=0"}, Answered("b", "v=0")),
        ({"of": "", "candidate": None}, Candidates("", [None])),
        ({"anew": "b"}, Anew("b")),
        ({"key": "b"}, Key("b")),
        ({"bye": True}, Bye()),
    ],
)
def test_what_a_page_says_is_read(said: dict[str, Any], meant: Any) -> None:
    assert read({"from": "a-page", "to": None, **said}) == ("a-page", [meant])
    assert read({"from": "a-page", "to": None, "parts": [said, said]}) == ("a-page", [meant] * 2)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "from",
                    "parts",
                    "publish",
                    "round",
                    "of",
                    "answered",
                    "candidate",
                    "anew",
                    "key",
                    "bye",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_whatever_it_says_is_read_or_refused(said: Any) -> None:
    try:
        page, parts = read(said)
    except NotASignal:
        return
    assert isinstance(page, str)
    assert all(isinstance(each, Part) for each in parts)


@pytest.mark.parametrize(
    "said",
    [
        {"from": "p", "publish": "x" * 40_000, "round": 1},
        {"from": "p" * 101, "bye": True},
        {"from": "", "bye": True},
        {"from": "p", "of": "b", "answered": ["v=0"]},
        {"from": "p", "candidate": {"candidate": "x"}},
    ],
)
def test_what_is_too_long_or_not_whole_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(NotASignal):
        read(said)
