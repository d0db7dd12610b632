"""`manage.py prepare`: everything a new version needs before it serves, in one process."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from hub.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Migrate, compile the translations and collect the static files."
    # `make check` runs them; here they would only load every page before the first migration.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-migrate", action="store_true", help="leave the database alone")

    def handle(self, *, no_migrate: bool, verbosity: int, **options: object) -> None:
        for path in settings.LOCALE_PATHS:
            compile_catalogues(Path(path))
        if not no_migrate:
            refuse_foreign_history()
            call_command("migrate", interactive=False, verbosity=verbosity)
        if not settings.WHITENOISE_USE_FINDERS:
            collect_static(Path(settings.STATIC_ROOT))


def refuse_foreign_history() -> None:
    """CommandError when the database has migrations of ours that this version does not know."""
    ours = {
        app.label for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR
    }
    loader = MigrationLoader(connection)
    foreign = [key for key in loader.applied_migrations if key[0] in ours]
    foreign = [key for key in foreign if key not in loader.graph.nodes]
    if foreign:
        raise CommandError(
            "This database was made by another version of Hub: this one does not know "
            f"{'.'.join(min(foreign))}. Start that version, or begin anew with an empty HUB_HOME "
            "or another DATABASE_URL. Nothing was changed."
        )


def collect_static(root: Path) -> bool:
    """`root` holds the static files of this version. Returns False when it did already."""
    mark, current = root / ".sources", static_fingerprint()
    if mark.exists() and mark.read_text(encoding="ascii") == current:
        return False
    mark.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=False)
    mark.write_text(current, encoding="ascii")
    return True


def static_fingerprint() -> str:
    """Changes when a static file is added, removed, edited or replaced."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
