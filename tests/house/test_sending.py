"""Nothing reaches a victim but through `messages.actions`: a second way meets these tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
MESSAGES = "openrvr.foundation.messages"
THE_ONE = f"{MESSAGES}.actions"
# What could carry something out of this service by itself.
CARRIERS = {
    "notifications_python_client",
    "smtplib",
    "django.core.mail",
    "requests",
    "urllib.request",
    "http.client",
    "httpx",
    "boto3",
}
# Each of them, and what it goes out for; nothing that is said to a victim.
KNOWN = {
    f"{MESSAGES}.providers.notify": {"notifications_python_client", "requests"},
    "openrvr.journey.call.media.recording.agent": {"requests"},
    "openrvr.journey.evidence.timestamps": {"urllib.request", "http.client"},
}
# What only the one module writes, by the name of the model.
ITS_OWN = {"Message", "SafeContact"}
WRITES = {"create", "bulk_create", "update", "get_or_create", "update_or_create", "save", "delete"}


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        if ".migrations" not in name:
            yield name, ast.parse(path.read_text())


MODULES = dict(_modules())


def _imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{each.name}" for each in node.names}
    return found


def _calls(tree: ast.Module) -> Iterator[list[str]]:
    """Every call as its dotted parts: `Message.objects.create` -> Message, objects, create."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            parts, target = [], node.func
            while isinstance(target, ast.Attribute | ast.Call):
                if isinstance(target, ast.Call):
                    target = target.func
                    continue
                parts.append(target.attr)
                target = target.value
            if isinstance(target, ast.Name):
                parts.append(target.id)
            yield parts[::-1]


@pytest.mark.parametrize("name", sorted(MODULES))
def test_only_one_action_reaches_the_provider(name: str) -> None:
    imports, ours = _imports(MODULES[name]), name.startswith(f"{MESSAGES}.")
    providers = {each for each in imports if each.startswith(f"{MESSAGES}.providers")}
    if name not in (THE_ONE, f"{MESSAGES}.providers.chosen"):
        # The callback of receipts reads what Notify says; it hands nothing over.
        assert providers <= {f"{MESSAGES}.providers", f"{MESSAGES}.providers.notify"}, name
    assert ours or not providers, name
    carried = {each for each in imports if each in CARRIERS}
    assert carried <= KNOWN.get(name, set()), f"{name} could send something past {THE_ONE}"


@pytest.mark.parametrize("name", sorted(set(MODULES) - {THE_ONE}))
def test_only_one_module_writes_messages_and_the_rules_of_sending_them(name: str) -> None:
    for parts in _calls(MODULES[name]):
        written = parts[:1] and parts[0] in ITS_OWN and parts[-1] in WRITES
        assert not written, f"{name}: {'.'.join(parts)}"
        made = parts in (["Message"], ["SafeContact"])
        assert not made, f"{name} makes a {parts[0]}"
        assert not ("deliver" in parts and parts[-1] == "defer"), f"{name} has a text delivered"


def test_the_walk_sees_what_it_is_to_see() -> None:
    """The one module itself would be found out by each of these."""
    calls = list(_calls(MODULES[THE_ONE]))
    assert ["Message", "objects", "create"] in calls
    assert ["SafeContact", "objects", "create"] in calls
    assert any(parts[-1:] == ["defer"] and "deliver" in parts for parts in calls)
    assert f"{MESSAGES}.providers.chosen" in _imports(MODULES[THE_ONE])
