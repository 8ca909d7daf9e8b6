"""What import-linter cannot see: a foreign key named by a string is an import too."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from django.apps import AppConfig, apps

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]


def _order(container: str) -> list[str]:
    """The layers of one contract, the highest first, by their whole names."""
    for contract in CONTRACTS:
        if contract["type"] == "layers" and contract.get("containers", [""])[0] == container:
            return [f"{container}.{name}" if container else name for name in contract["layers"]]
    raise AssertionError(f"no contract about {container}")


def _height(name: str) -> tuple[int, int]:
    """How high an app stands: its layer, then its step within the journey."""
    layers, steps = _order(""), _order("openrvr.journey")
    layer = next(place for place, each in enumerate(layers) if name.startswith(each + "."))
    step = steps.index(name) if name in steps else 0
    return (-layer, -step)


def _ours() -> list[AppConfig]:
    return [app for app in apps.get_app_configs() if app.name.startswith("openrvr.")]


@pytest.mark.parametrize("app", _ours(), ids=lambda app: app.label)
def test_no_foreign_key_points_upwards(app: AppConfig) -> None:
    for model in app.get_models():
        for field in model._meta.get_fields():
            target = getattr(field, "remote_field", None) and field.related_model
            if not target or field.auto_created or isinstance(target, str):
                continue
            other = target._meta.app_config
            if not other.name.startswith("openrvr.") or other.name == app.name:
                continue
            if _is_foundation(app) and _is_foundation(other):
                assert FOUNDATION.index(app.label) > FOUNDATION.index(other.label), field
            else:
                assert _height(app.name) > _height(other.name), (
                    f"{model.__name__}.{field.name} points to {target.__name__}, which is above"
                )


# A later one may point to an earlier one.
FOUNDATION = ["people", "audit", "live", "policy", "cases", "promises", "messages", "jobs"]


def _is_foundation(app: AppConfig) -> bool:
    return app.name.startswith("openrvr.foundation.")


@pytest.mark.parametrize("app", _ours(), ids=lambda app: app.label)
def test_every_model_declares_its_personal_data(app: AppConfig) -> None:
    for model in app.get_models():
        assert getattr(model, "personal_data", ""), f"{model.__name__} does not say"


def test_steps_have_their_readmes() -> None:
    journey = ROOT / "src/openrvr/journey"
    for step in journey.iterdir():
        if (step / "models.py").exists():
            lines = (step / "README.md").read_text().splitlines()
            assert 3 <= len(lines) <= 25, step.name
