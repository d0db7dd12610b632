#!/usr/bin/env python
import os
import sys

# Migrations need the owner of the tables, commands that cross accounts need the worker;
# everything else gets by as the web process does.
LOGIN_OF_COMMAND = {
    "migrate": "owner",
    "prepare": "owner",
    "roles": "owner",
    "makemigrations": "owner",
    "showmigrations": "owner",
    "sqlmigrate": "owner",
    "dbshell": "owner",
    "demo": "worker",
    "inbound": "worker",
}


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
    os.environ.setdefault("HUB_PROCESS", LOGIN_OF_COMMAND.get(command, "web"))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
