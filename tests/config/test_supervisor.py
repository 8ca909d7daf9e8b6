"""The supervisor with small real programs, which say what happens to them through a pipe."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path

import pytest

from openrvr.config.processes.outputs import LogFiles, PrefixedLines
from openrvr.config.processes.program import Program, end
from openrvr.config.processes.supervisor import Backoff, ProgramFailed, Supervisor

FOREVER = "exec sleep 1000"


class Ear:
    """The reading end of a pipe that programs write words to."""

    def __init__(self) -> None:
        self._reading, self.writing = os.pipe()
        self._lines = os.fdopen(self._reading, "r")

    async def hears(self) -> list[str]:
        """The words of the next line."""
        line = await asyncio.wait_for(asyncio.to_thread(self._lines.readline), 10)
        return line.split()

    def program(self, name: str, script: str, **options: object) -> Program:
        """A shell script that can `say`."""
        say = f'say() {{ echo "{name} $*" >/dev/fd/{self.writing}; }}\n'
        command = ("sh", "-c", say + script)
        program = Program(name, command, dict(os.environ), descriptors=(self.writing,))
        return replace(program, **options)  # type: ignore[arg-type]

    def rest(self) -> str:
        """All that was said until every program had ended: it would block while one is alive."""
        os.close(self.writing)
        return self._lines.read()


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def supervised(tmp_path: Path) -> Callable[..., None]:
    def run(scenario: Callable[[Supervisor], Coroutine[None, None, None]]) -> None:
        async def within() -> None:
            async with Supervisor(LogFiles(tmp_path / "logs")) as supervisor:
                await scenario(supervisor)

        asyncio.run(within())

    return run


def test_a_program_is_started_again_whatever_it_ends_with(
    ear: Ear, supervised: Callable[..., None]
) -> None:
    async def scenario(supervisor: Supervisor) -> None:
        supervisor.keep(ear.program("worker", f"say $$; {FOREVER}"))
        _, first = await ear.hears()
        os.kill(int(first), signal.SIGKILL)
        _, second = await ear.hears()
        os.kill(int(second), signal.SIGTERM)
        _, third = await ear.hears()
        assert len({first, second, third}) == 3

    supervised(scenario)
    assert ear.rest() == ""


def test_ending_without_an_error_is_ending_too(ear: Ear, supervised: Callable[..., None]) -> None:
    async def scenario(supervisor: Supervisor) -> None:
        supervisor.keep(ear.program("worker", "say again; exit 0"))
        assert [await ear.hears() for _ in range(3)] == [["worker", "again"]] * 3

    supervised(scenario)


def test_programs_end_in_the_opposite_order_of_their_start(
    ear: Ear, supervised: Callable[..., None]
) -> None:
    slow_to_end = "trap 'say ended; exit' TERM; say started; while :; do sleep 0.01; done"

    async def scenario(supervisor: Supervisor) -> None:
        for name in ("database", "worker", "web"):
            supervisor.keep(ear.program(name, slow_to_end))
            assert await ear.hears() == [name, "started"]

    supervised(scenario)
    assert ear.rest().splitlines() == ["web ended", "worker ended", "database ended"]


def test_who_does_not_listen_is_killed(ear: Ear, supervised: Callable[..., None]) -> None:
    async def scenario(supervisor: Supervisor) -> None:
        deaf = "trap '' TERM; say started; while :; do sleep 1; done"
        supervisor.keep(ear.program("web", deaf, grace=0.05))
        await ear.hears()

    supervised(scenario)
    assert ear.rest() == ""


def test_what_a_program_leaves_behind_ends_with_it(
    ear: Ear, supervised: Callable[..., None]
) -> None:
    async def scenario(supervisor: Supervisor) -> None:
        supervisor.keep(ear.program("web", f"(trap '' TERM HUP; {FOREVER}) & say started; wait"))
        await ear.hears()

    supervised(scenario)
    assert ear.rest() == ""


def test_a_program_that_cannot_be_started_stops_no_other(
    ear: Ear, supervised: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    async def scenario(supervisor: Supervisor) -> None:
        supervisor.keep(Program("web", ("/no/such/program",), {}))
        supervisor.keep(ear.program("worker", f"say started; {FOREVER}"))
        assert await ear.hears() == ["worker", "started"]

    supervised(scenario)
    assert "openrvr: web could not be started" in capfd.readouterr().err


def test_a_preparation_that_fails_says_where_to_look(
    ear: Ear, supervised: Callable[..., None], tmp_path: Path
) -> None:
    async def scenario(supervisor: Supervisor) -> None:
        await supervisor.run_once(ear.program("preparation", "echo no such table; exit 3"))

    with pytest.raises(ProgramFailed, match=r"preparation ended with code 3: see .*\.log"):
        supervised(scenario)
    assert (tmp_path / "logs" / "preparation.log").read_text() == "no such table\n"


def test_lines_carry_the_name_of_who_wrote_them(
    ear: Ear, capfd: pytest.CaptureFixture[str]
) -> None:
    async def scenario() -> None:
        async with Supervisor(PrefixedLines()) as supervisor:
            await supervisor.run_once(ear.program("web", "echo one; echo two >&2"))

    asyncio.run(scenario())
    assert capfd.readouterr().err == "web | one\nweb | two\n"


def test_a_killed_supervisor_leaves_no_process(ear: Ear, tmp_path: Path) -> None:
    script = """if True:
        import asyncio, os, sys
        from pathlib import Path
        from openrvr.config.processes.outputs import LogFiles
        from openrvr.config.processes.program import Program, end
        from openrvr.config.processes.supervisor import Supervisor

        async def main():
            async with Supervisor(LogFiles(Path(sys.argv[1]))) as supervisor:
                inherited = int(sys.argv[2])
                command = ("sh", "-c", f"echo started >/dev/fd/{inherited}; exec sleep 1000")
                supervisor.keep(Program("web", command, dict(os.environ), (inherited,)))
                await asyncio.Event().wait()

        asyncio.run(main())
    """
    arguments = [sys.executable, "-c", script, str(tmp_path / "logs"), str(ear.writing)]
    with subprocess.Popen(arguments, pass_fds=(ear.writing,)) as supervisor:
        assert asyncio.run(ear.hears()) == ["started"]
        supervisor.kill()
    assert ear.rest() == ""


def test_pauses_grow_and_are_forgotten_after_a_good_start() -> None:
    backoff = Backoff(first=0.1, longest=0.5, proof=10)
    assert [backoff.after(0) for _ in range(5)] == [0.1, 0.2, 0.4, 0.5, 0.5]
    assert backoff.after(11) == 0.1


def test_who_has_just_ended_by_itself_can_be_ended(ear: Ear) -> None:
    """Its end is there and not yet noticed: asking it to end must not fail."""
    program = ear.program("worker", "exit 0")
    process = subprocess.Popen(program.command, start_new_session=True)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    asyncio.run(end(process, program))
    assert process.returncode == 0
