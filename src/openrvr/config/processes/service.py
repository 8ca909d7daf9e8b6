"""One OpenRVR: which programs it is made of, and in what order they start."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from openrvr.config import policy_file
from openrvr.config.processes.data_directory import locked
from openrvr.config.processes.embedded_postgres import Cluster, bare_environment
from openrvr.config.processes.lan import Certificate, addresses, certificate, choose
from openrvr.config.processes.listening import listen
from openrvr.config.processes.outputs import LogFiles, PrefixedLines
from openrvr.config.processes.program import Program
from openrvr.config.processes.readiness import fetch, until_ready
from openrvr.config.processes.supervisor import Supervisor, say


@dataclass(frozen=True)
class Service:
    """What the operator chose."""

    data: Path
    port: int
    host: str = "127.0.0.1"
    web_processes: int = 1
    demo: bool = False
    # The demo on the local network: an address of this computer, "1" for the usual one.
    lan: str = ""

    def run(self) -> None:
        """Serves until SIGINT, SIGTERM or SIGHUP. Raises `CannotRun` where that is impossible."""
        policy_file.read()  # a faulty one is told now, in a sentence, not by programs that end
        with ExitStack() as held:
            held.enter_context(locked(self.data))
            listeners = [held.enter_context(listen(self.host, self.port))]
            if self.address:
                # Beside this computer's own, where the seats are.
                port = listeners[0].getsockname()[1]
                listeners.append(held.enter_context(listen(self.address, port)))
            try:
                asyncio.run(self._serve(listeners))
            finally:
                if self.cluster:
                    self.cluster.tidy()

    async def _serve(self, listeners: list[socket.socket]) -> None:
        stopping = asyncio.create_task(_stop_signal())
        outputs = LogFiles(self.data / "logs") if self.demo else PrefixedLines()
        async with Supervisor(outputs) as supervisor:
            starting = asyncio.create_task(self._start(supervisor, listeners))
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await stopping
            say("stopping")

    async def _start(self, supervisor: Supervisor, listeners: list[socket.socket]) -> None:
        port: int = listeners[0].getsockname()[1]
        environment = self._environment(port)
        if self.cluster:
            self.cluster.make_if_missing()
            # Here too, not only before each start: a killed server's file says that it is ready.
            await asyncio.to_thread(self.cluster.make_way)
            supervisor.keep(_postgres(self.cluster))
            environment |= self.cluster.environment()
            await _until_ready(self.cluster)
        if "DATABASE_OWNER_URL" in environment:
            await supervisor.run_once(_preparation(environment, demo=self.demo))
        # From here on nobody needs, or has, the rights of the tables' owner.
        environment.pop("DATABASE_OWNER_URL", None)
        supervisor.keep(_worker(environment))
        descriptors = tuple(each.fileno() for each in listeners)
        supervisor.keep(*_webs(environment, descriptors, self.web_processes, self.certificate))
        trusting = self.certificate.client() if self.certificate else None
        await until_ready(port, say, trusting)
        await self._announce(port, trusting)

    @cached_property
    def cluster(self) -> Cluster | None:
        """The embedded PostgreSQL, unless the environment names a server."""
        return None if "DATABASE_URL" in os.environ else Cluster(self.data / "postgresql")

    @cached_property
    def address(self) -> str:
        """Of this computer in the local network, where the demo is served there."""
        return choose(self.lan) if self.lan else ""

    @cached_property
    def certificate(self) -> Certificate | None:
        return certificate(self.data / "lan", self.address) if self.address else None

    def _base_url(self, port: int) -> str:
        return f"https://{self.address}:{port}" if self.address else f"http://localhost:{port}"

    def _environment(self, port: int) -> dict[str, str]:
        chosen = {
            "DATA": str(self.data),
            "PORT": str(port),
            "DJANGO_SETTINGS_MODULE": "openrvr.config.settings",
        }
        if self.demo:
            chosen["OPENRVR_DEMO"] = "1"
        if self.address:
            chosen |= {"OPENRVR_DEMO_LAN": "1", "OPENRVR_BASE_URL": self._base_url(port)}
        return {**os.environ, **chosen}

    async def _announce(self, port: int, trusting: ssl.SSLContext | None) -> None:
        _, listed = await fetch(port, "/demo/addresses", trusting) if self.demo else (0, "")
        say(f"ready at {self._base_url(port)}")
        if listed:
            print(listed.rstrip(), flush=True)
        if self.address:
            say("everybody in this network can open it, and it has no passwords: for trying only")
            others = ", ".join(f"LAN={each}" for each in addresses() if each != self.address)
            if others:
                say(f"other addresses of this computer: {others}")


async def _stop_signal() -> None:
    """Returns when the operator, the terminal or the service manager wants OpenRVR to end."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()


async def _until_ready(cluster: Cluster) -> None:
    while not cluster.is_ready():
        await asyncio.sleep(0.02)


def _postgres(cluster: Cluster) -> Program:
    return Program(
        name="postgresql",
        command=tuple(cluster.command()),
        environment=bare_environment(),
        make_way=cluster.make_way,
        # Its fast shutdown: open transactions are rolled back.
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        grace=15.0,
    )


def _preparation(environment: dict[str, str], *, demo: bool) -> Program:
    # Checked first: settings that say one thing and do another must not go live.
    commands = ("check", "prepare_database", *(("seed_demo",) if demo else ()))
    return Program(
        name="preparation",
        command=_python("management", *commands),
        environment=environment | {"OPENRVR_DATABASE_ROLE": "owner"},
    )


def _worker(environment: dict[str, str]) -> Program:
    return Program("worker", _python("management", "worker"), environment)


def _webs(
    environment: dict[str, str],
    descriptors: tuple[int, ...],
    count: int,
    shown: Certificate | None,
) -> list[Program]:
    files = [f"--certificate={shown.chain}", f"--key={shown.key}"] if shown else []
    command = _python("web", *map(str, descriptors), *files)
    names = ["web"] if count == 1 else [f"web-{number}" for number in range(1, count + 1)]
    return [
        Program(name, command, environment, descriptors=descriptors, grace=3.0) for name in names
    ]


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"openrvr.config.processes.{module}", *arguments)
