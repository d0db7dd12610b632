"""`manage.py roles`: makes the database's roles, or prints the SQL that does."""

import secrets
import sys
from argparse import ArgumentParser

import psycopg
from django.conf import settings
from django.core.management import BaseCommand, CommandError

from hub import roles
from hub.environment import login_of, with_login
from hub.servers import ADDRESSES, DATABASE


class Command(BaseCommand):
    help = "Make Hub's database and roles, or print the SQL for an administrator."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sql", action="store_true", help="only print statements for psql")
        parser.add_argument("--url", help="address of an administrator; - reads it from stdin")
        parser.add_argument("--database", default=DATABASE, help=f"default: {DATABASE}")
        parser.add_argument(
            "--set-passwords",
            action="store_true",
            help="give logins that exist already the passwords of the environment, else new ones",
        )

        parser.add_argument("--quiet", action="store_true", help="do not print the addresses")

    def handle(self, *, sql: bool, url: str | None, database: str, **options: bool) -> None:
        if sql:
            self.stdout.write("\n".join(roles.script(database)))
            return
        if not url:
            raise CommandError("Give --url (an administrator's address) or --sql.")
        address = sys.stdin.readline().strip() if url == "-" else url
        try:
            made = make(address, database, options["set_passwords"])
        except psycopg.Error as error:
            raise CommandError(f"The roles could not be made: {error}") from error
        shown = {} if options["quiet"] else made
        for variable, login in shown.items():
            self.stdout.write(f"{variable}={login}")


def make(url: str, database: str, set_passwords: bool) -> dict[str, str]:
    """Roles and database exist; what is given are addresses of logins that got a password."""
    with psycopg.connect(url, autocommit=True) as connection:
        wanted = roles.LOGINS if set_passwords else roles.missing_roles(connection)
        passwords = {role: wished_password(role) for role in wanted if role in roles.LOGINS}
        roles.ensure_roles(connection, passwords)
        roles.ensure_database(connection, database)
    target = psycopg.conninfo.make_conninfo(url, dbname=database)
    with psycopg.connect(target, autocommit=True) as connection:
        roles.prepare_database(connection)
    place = url.rpartition("/")[0] + f"/{database}"
    return {
        ADDRESSES[role]: with_login(place, role, password) for role, password in passwords.items()
    }


def wished_password(role: str) -> str:
    """The password the environment's address names for `role`, else a new one."""
    user, password = login_of(settings.DATABASE_URLS[role.removeprefix("hub_")])
    return password if user == role and password else secrets.token_hex(24)
