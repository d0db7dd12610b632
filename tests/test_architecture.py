"""What keeps the tree in shape: read from the source, so that a slip fails before it spreads."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest
from celery import current_app
from django.conf import settings

from hub.schedule import SCHEDULE
from tests.conftest import ROOT

FLOORS: Final = (
    "hub", "subaccounts", "messaging", "senders", "billing", "apisettings", "users", "contacts",
    "accounts",
)  # fmt: skip
QUEUES: Final = frozenset({"dispatch", "webhooks", "mail", "bulk", "clock"})
LONGEST_FILE, LONGEST_FUNCTION = 400, 40
BANNED_NAMES: Final = frozenset(
    {"utils", "util", "helpers", "helper", "services", "service", "common", "managers", "base",
     "misc", "signals"}
)  # fmt: skip

# Who may ask a tenant table without naming an account first, and why. Postgres still refuses
# another account's rows there.
UNSCOPED: Final = {
    "accounts/models.py": "declares it",
    "apisettings/models.py": "declares it",
    "contacts/models.py": "declares it",
    "messaging/models.py": "declares it",
    "senders/models.py": "declares it",
    "apisettings/events.py": "writes one event of the account it is given",
}
# Who may read the environment beside hub/settings.py, and why.
ENVIRONMENT: Final = {
    "manage.py": "chooses the login of a command before the settings are read",
    "bootstrap.py": "runs before there is an environment",
    "hub/wsgi.py": "names the settings module",
    "hub/celery.py": "names the settings module",
    "hub/up.py": "makes the environment of the processes it starts",
    "hub/embedded.py": "keeps PG* variables away from the servers it starts",
}
# Imports inside a function, and why.
INNER_IMPORTS: Final = {"manage.py": "Django may not be installed yet"}
# Longer than the rule, and why.
LONG: Final = {
    "hub/lib/build_places.py": "a table of the world, read top to bottom",
}


def sources() -> Iterator[Path]:
    for floor in FLOORS:
        yield from sorted((ROOT / floor).rglob("*.py"))
    yield from (ROOT / "manage.py", ROOT / "bootstrap.py")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


FILES: Final = [path for path in sources() if "migrations" not in path.parts]
TREES: Final = {named(path): ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def test_imports_go_down_only_and_nothing_is_let_off() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert set(contract["root_packages"]) == set(FLOORS)
    assert not [one for one in contract["contracts"] if one.get("ignore_imports")]
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-3000:]


def test_files_stop_at_400_lines_and_functions_at_40() -> None:
    long_files = {
        name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in TREES
    }
    assert {name: lines for name, lines in long_files.items() if lines > LONGEST_FILE} == {}
    long_functions = {
        f"{name}:{one.name}": (one.end_lineno or 0) - one.lineno + 1
        for name, tree in TREES.items()
        if name not in LONG
        for one in functions(tree)
    }
    assert {name: n for name, n in long_functions.items() if n > LONGEST_FUNCTION} == {}


def test_unscoped_is_used_in_the_listed_files_only() -> None:
    users = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in ("unscoped", "_base_manager"))
        or (isinstance(node, ast.Name) and node.id == "unscoped")
    }
    assert users - UNSCOPED.keys() == set()


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb"))
        or (isinstance(node, ast.ImportFrom) and node.module == "os"
            and {one.name for one in node.names} & {"environ", "getenv"})
    }  # fmt: skip
    assert readers - ENVIRONMENT.keys() - {"hub/settings.py"} == set()


def test_nothing_is_imported_inside_a_function() -> None:
    inner = {
        name
        for name, tree in TREES.items()
        for one in functions(tree)
        for node in ast.walk(one)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert inner - INNER_IMPORTS.keys() == set()


def test_no_signals_and_no_generic_keys() -> None:
    banned = ("django.db.models.signals", "django.dispatch", "django.core.signals")
    generic = ("GenericForeignKey", "GenericRelation")
    found = [
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith(banned))
        or (isinstance(node, ast.Attribute | ast.Name)
            and getattr(node, "attr", getattr(node, "id", "")) in (*generic, "receiver"))
    ]  # fmt: skip
    assert found == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [name for name in TREES if Path(name).stem in BANNED_NAMES] == []


def test_nothing_is_left_to_do_in_a_comment() -> None:
    word = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    everything = [
        path
        for ending in ("py", "html", "css", "js", "md", "toml", "yml")
        for folder in (*FLOORS, "templates", "static", "docs", "tests", "bench")
        for path in (ROOT / folder).rglob(f"*.{ending}")
    ]
    assert len(everything) > 100
    assert [named(path) for path in everything if word.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("name", [name for name in TREES if name.startswith("hub/lib/")])
def test_the_cellar_knows_no_table_and_no_setting(name: str) -> None:
    known = {
        node.module
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.ImportFrom) and node.module
    }
    assert not {one for one in known if one.startswith(("django.db", "django.conf"))}


def test_every_task_is_named_has_a_queue_and_takes_no_positional_argument() -> None:
    tasks: dict[str, str] = {}
    for name, tree in TREES.items():
        for one in functions(tree):
            for found in one.decorator_list:
                called = found.func if isinstance(found, ast.Call) else found
                if getattr(called, "id", getattr(called, "attr", "")) not in (
                    "shared_task",
                    "task",
                ):
                    continue
                assert isinstance(found, ast.Call), f"{name}:{one.name} has no explicit name"
                said = {kw.arg: getattr(kw.value, "value", None) for kw in found.keywords}
                assert str(said.get("name", "")).startswith(name.split("/")[0] + "."), one.name
                assert said.get("queue") in QUEUES, (name, one.name)
                assert not one.args.args, (name, one.name, "arguments are keyword only")
                tasks[said["name"]] = said["queue"]
    assert len(tasks) >= 6
    for one, line in SCHEDULE.items():
        assert tasks[one] == line["options"]["queue"]
    current_app.loader.import_default_modules()
    ours = {one for one in current_app.tasks if not one.startswith("celery.")}
    assert ours <= tasks.keys()


def test_every_schedule_line_ends_a_run_that_could_not_start() -> None:
    for line in SCHEDULE.values():
        assert line["options"]["expires"] > 0


def test_requests_open_no_transaction_of_their_own() -> None:
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False
    assert settings.CELERY_TASK_ACKS_LATE is True


def test_the_exceptions_listed_here_are_still_needed() -> None:
    for listed in (UNSCOPED, ENVIRONMENT, INNER_IMPORTS, LONG):
        assert set(listed) <= TREES.keys()


def test_no_translated_text_hides_in_an_f_string() -> None:
    """The collector of translations does not see `_()` there, and the text would stay English."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sources()
        for joined in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in {"_", "gettext", "ngettext", "pgettext"}
    ]
    assert hidden == []


# -- what a fresh machine installs -------------------------------------------------------

# Not asked for at run time, and why.
OPTIONAL: Final = {
    "django-linear-migrations": "used when it is there: refuses two next migrations of one app",
    "pyyaml": "`manage.py openapi` alone, which writes docs/openapi.yaml while Hub is developed",
}


def test_what_hub_imports_is_locked_for_a_fresh_machine() -> None:
    """`make up` installs requirements.lock alone; a tool of the tests must not be needed there."""
    locked = {
        normal(line.split("==")[0])
        for line in (ROOT / "requirements.lock").read_text().splitlines()
        if "==" in line and not line.startswith((" ", "#"))
    }
    homes = packages_distributions()
    needed = {
        normal(home) for name in imported() for home in homes.get(name, ()) if name not in FLOORS
    }
    assert {"django", "celery", "psycopg", "msgspec", "django-csp"} <= needed
    assert needed - locked - OPTIONAL.keys() == set()


def imported() -> set[str]:
    """Top-level names that the running Hub imports, the applications of its settings too."""
    names = {entry.split(".")[0] for entry in (*settings.INSTALLED_APPS, *settings.MIDDLEWARE)}
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names.add(node.module.split(".")[0])
    return names


def normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it, without extras."""
    return re.sub(r"[-_.]+", "-", name.split("[")[0].strip()).lower()
