"""Migration operations that put a table behind its wall."""

from django.db import migrations

TENANT = "(SELECT current_setting('hub.account')::uuid)"


def protect(
    table: str,
    *,
    app: str = "SELECT, INSERT, UPDATE",
    worker: str | None = None,
    system: str | None = None,
    column: str = "account_id",
) -> migrations.RunSQL:
    """Row-level security on `table`: the account set in the session, or an error.

    `app` are the rights of the web login, `worker` of the worker's (the same unless given),
    `system` those of `hub_system`, which crosses accounts; without it that role sees nothing.
    """
    sql = f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY tenant ON {table} TO hub_web, hub_worker, hub_owner
            USING ({column} = {TENANT}) WITH CHECK ({column} = {TENANT});
        REVOKE ALL ON {table} FROM hub_web, hub_worker;
        GRANT {app} ON {table} TO hub_web;
        GRANT {worker or app} ON {table} TO hub_worker;
    """
    if system:
        sql += f"""
        CREATE POLICY system ON {table} TO hub_system USING (true) WITH CHECK (true);
        GRANT {system} ON {table} TO hub_system;
        """
    return migrations.RunSQL(sql, migrations.RunSQL.noop)


def directory(table: str, *, web: str, worker: str, system: str | None = None) -> migrations.RunSQL:
    """A table outside the tenant wall, read before the account is known. Listed in a test."""
    sql = f"""
        REVOKE ALL ON {table} FROM hub_web, hub_worker;
        GRANT {web} ON {table} TO hub_web;
        GRANT {worker} ON {table} TO hub_worker;
    """
    if system:
        sql += f"GRANT {system} ON {table} TO hub_system;"
    return migrations.RunSQL(sql, migrations.RunSQL.noop)


def same_account(table: str, column: str, target: str) -> migrations.RunSQL:
    """`table.column` may point at a row of `target` of the same account only."""
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_same_account
            FOREIGN KEY (account_id, {column}) REFERENCES {target} (account_id, id);
        """,
        migrations.RunSQL.noop,
    )
