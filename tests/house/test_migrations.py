"""What the models say, the migrations make."""

from __future__ import annotations

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def test_no_change_of_a_model_lacks_its_migration() -> None:
    written = MigrationLoader(None)
    missing = MigrationAutodetector(written.project_state(), ProjectState.from_apps(apps))
    changes = missing.changes(graph=written.graph)
    assert {
        label: [operation.describe() for each in migrations for operation in each.operations]
        for label, migrations in changes.items()
    } == {}
