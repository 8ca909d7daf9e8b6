"""The files that a node is started with: `openrvr media config` writes them.

Debian's Janus reads a folder of them. Only what calls need is loaded: the VideoRoom plugin, and the
WebSocket interface on an address that no browser reaches.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from openrvr.journey.call.media.janus.secrets import api_secret, token_secret

_LIBRARY = "/usr/lib/x86_64-linux-gnu/janus"


@dataclass(frozen=True)
class NodeFiles:
    """`address` and `port` are of its interface; `media_address` is where browsers send to.

    `ports` are UDP, for media. `outside` is the address that browsers see, where the machine stands
    behind a one-to-one translation.
    """

    secret: str
    address: str = "127.0.0.1"
    port: int = 8188
    media_address: str = ""
    ports: str = "20000-40000"
    outside: str = ""
    library: str = _LIBRARY

    def write(self, folder: Path) -> None:
        """Readable by their owner alone: they hold the node's keys."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self._texts().items():
            path = folder / name
            path.touch(0o600)
            path.chmod(0o600)
            path.write_text(text)

    def _texts(self) -> dict[str, str]:
        return {
            "janus.jcfg": self._janus(),
            "janus.transport.websockets.jcfg": self._websockets(),
            "janus.plugin.videoroom.jcfg": _VIDEOROOM,
        }

    def _janus(self) -> str:
        enforced = f'    ice_enforce_list = "{self.media_address}"\n' if self.media_address else ""
        mapped = f'    nat_1_1_mapping = "{self.outside}"\n' if self.outside else ""
        return f"""\
general: {{
    plugins_folder = "{self.library}/plugins"
    transports_folder = "{self.library}/transports"
    events_folder = "{self.library}/events"
    loggers_folder = "{self.library}/loggers"
    debug_level = 3
    debug_timestamps = true
    debug_colors = false
    # Whoever has one of the two is let in; we send tokens only.
    api_secret = "{api_secret(self.secret)}"
    token_auth = true
    token_auth_secret = "{token_secret(self.secret)}"
    session_timeout = 60
    # What is still being written has another name than what is whole.
    recordings_tmp_ext = "tmp"
}}
certificates: {{ }}
media: {{
    rtp_port_range = "{self.ports}"
    # Kept to be sent again for so long, in milliseconds: a round trip on 3G takes 300.
    min_nack_queue = 1000
}}
nat: {{
{enforced}{mapped}    ice_ignore_list = "vmnet"
}}
plugins: {{
    disable = "{_all_but("plugins", "videoroom")}"
}}
transports: {{
    disable = "{_all_but("transports", "websockets")}"
}}
loggers: {{ }}
events: {{ }}
"""

    def _websockets(self) -> str:
        return f"""\
general: {{
    json = "compact"
    ws = true
    ws_ip = "{self.address}"
    ws_port = {self.port}
    wss = false
}}
admin: {{ admin_ws = false }}
cors: {{ }}
certificates: {{ }}
"""


_VIDEOROOM = """\
general: {
    # Rooms are named by their calls, people by their seats.
    string_ids = true
}
"""


# What Debian's package carries.
_SHIPPED = {
    "plugins": (
        *("audiobridge", "duktape", "echotest", "lua", "nosip", "recordplay", "sip", "streaming"),
        *("textroom", "videocall", "videoroom", "voicemail"),
    ),
    "transports": ("http", "mqtt", "nanomsg", "pfunix", "rabbitmq", "websockets"),
}


def _all_but(kind: str, wanted: str) -> str:
    return ",".join(f"libjanus_{name}.so" for name in _SHIPPED[kind] if name != wanted)
