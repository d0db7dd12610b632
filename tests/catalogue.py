"""Questions to Postgres' catalogue; each answers with the faults it found, none when all is well.

Read as a superuser, so that nothing is hidden. What is allowed beside the rule stands in the lists
below, each entry with its reason; a test proves that every question can find its fault.
"""

from collections.abc import Callable
from typing import Any, Final

import psycopg

from messaging.states import arrow_list

Connection = psycopg.Connection[Any]
Question = Callable[[Connection], list[str]]

TENANT: Final = (
    "(account_id = ( SELECT (current_setting('hub.account'::text))::uuid AS current_setting))"
)
LOGINS: Final = ("hub_web", "hub_worker")
OURS: Final = ("hub_owner", "hub_web", "hub_worker", "hub_system", "hub_ledger")

# Tables with an account_id that are read before the account is known. Exact match by handle only.
DIRECTORY: Final = {
    "accounts_accountrequest": "staff see and decide what accounts asked of them",
    "accounts_membership": "sign-in and the switcher ask which accounts a person is in",
    "apisettings_keyhandle": "an API key tells its account",
    "senders_inboundhandle": "an address of ours tells whose an inbound message is",
}
# Tables that belong to no account and may be read by the logins.
OF_NO_ACCOUNT: Final = {
    "accounts_account": "the directory of accounts itself",
    "accounts_outgoingmail": "mail on its way; the web may write it and read none",
    "apisettings_gauge": "figures of the whole Hub",
    "apisettings_heartbeat": "when each process last said that it works",
    "billing_price": "the operator's price list",
    "messaging_flight": "the night watch's list of ids; the logins may not touch it",
    "messaging_watermark": "how far a reader of the outbox is; the logins may not touch it",
    "messaging_route": "ways to carriers",
    "users_user": "people, who may be in many accounts",
    "users_user_groups": "staff rights",
    "users_user_user_permissions": "staff rights",
}
LIBRARIES: Final = ("account_", "auth_", "django_", "mfa_", "socialaccount_", "usersessions_")
# Tables whose rows hub_system sees across accounts.
SYSTEM: Final = frozenset(
    {
        "accounts_auditentry", "accounts_job", "apisettings_apikey", "apisettings_delivery",
        "apisettings_deliveryattempt", "apisettings_event", "apisettings_webhook",
        "billing_daybalance", "billing_ledgerentry", "billing_ledgertransaction", "billing_wallet",
        "contacts_consentrecord", "contacts_contact", "contacts_optout",
        "contacts_optoutsettings", "messaging_attempt", "messaging_batch", "messaging_daycount",
        "messaging_inboundmessage", "messaging_message", "messaging_receipt", "messaging_waiting",
        "senders_sender", "senders_sendingsettings", "senders_usagecounter",
    }
)  # fmt: skip
# Tables hub_ledger sees across accounts, through its definer functions only.
LEDGER: Final = frozenset(
    {
        "billing_ledgerentry", "billing_ledgertransaction", "billing_wallet",
        "senders_sendingsettings", "senders_usagecounter",
    }
)  # fmt: skip
# Unique without the account. Everything else that is a lone UUID primary key is free to be.
UNIQUE_WITHOUT_ACCOUNT: Final = {
    "messaging_attempt": "(message_id, epoch): message ids are UUIDs; (carrier, ref): names that"
    " carriers give, one space of each",
    "messaging_receipt": "(carrier, ref, status): as the reference of an attempt",
}
FOREIGN_KEYS_WITHOUT_ACCOUNT: Final[dict[str, str]] = {}


def asked(sql: str) -> Question:
    """A question whose every row is a fault, its first column the words for it."""

    def ask(connection: Connection, **values: Any) -> list[str]:
        found = connection.execute(sql, {**LISTS, **values}).fetchall()
        return sorted(str(row[0]) for row in found)

    return ask


LISTS: Final[dict[str, Any]] = {
    "directory": list(DIRECTORY),
    "logins": list(LOGINS),
    "ours": list(OURS),
    "tenant": TENANT,
    "unique_free": list(UNIQUE_WITHOUT_ACCOUNT),
    "keys_free": list(FOREIGN_KEYS_WITHOUT_ACCOUNT),
}
TENANT_TABLES = """
    SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND c.relname <> ALL (%(directory)s)
      AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid
                  AND a.attname = 'account_id' AND NOT a.attisdropped)
"""

walls_are_up = asked(f"""
    WITH tenant AS ({TENANT_TABLES})
    SELECT relname || ': row-level security is not both enabled and forced' FROM tenant
    WHERE NOT (relrowsecurity AND relforcerowsecurity)
    UNION ALL
    SELECT t.relname || ': no policy `tenant` as accounts.row_security writes it' FROM tenant t
    WHERE NOT EXISTS (
        SELECT 1 FROM pg_policy p WHERE p.polrelid = t.oid AND p.polname = 'tenant'
          AND p.polcmd = '*' AND p.polpermissive
          AND pg_get_expr(p.polqual, p.polrelid) = %(tenant)s
          AND pg_get_expr(p.polwithcheck, p.polrelid) = %(tenant)s
          AND NOT 0 = ANY (p.polroles))
""")
views_ask_as_the_reader = asked("""
    SELECT relname || ': a view runs with its owner''s rights' FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
      AND NOT coalesce(reloptions, '{}') && ARRAY['security_invoker=true', 'security_invoker=on']
    UNION ALL
    SELECT relname || ': a materialized view has no walls' FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'm'
""")
functions_are_closed = asked("""
    SELECT p.proname || ': a definer function of ' || o.rolname FROM pg_proc p
    JOIN pg_roles o ON o.oid = p.proowner
    WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND o.rolname <> 'hub_ledger'
    UNION ALL
    SELECT p.proname || ': everyone may call a definer function' FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
      AND p.prorettype <> 'trigger'::regtype
      AND (p.proacl IS NULL OR EXISTS (
          SELECT 1 FROM aclexplode(p.proacl) g WHERE g.grantee = 0))
    UNION ALL
    SELECT p.proname || ': no fixed search_path' FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%%')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
""")
roles_are_small = asked("""
    SELECT rolname || ': may more than it needs' FROM pg_roles WHERE rolname = ANY (%(ours)s)
      AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolinherit
           OR rolreplication)
    UNION ALL
    SELECT rolname || ': may sign in' FROM pg_roles
    WHERE rolname IN ('hub_system', 'hub_ledger') AND rolcanlogin
    UNION ALL
    SELECT 'missing role ' || r FROM unnest(%(ours)s::text[]) r
    WHERE r NOT IN (SELECT rolname FROM pg_roles)
""")
memberships_are_three = asked("""
    SELECT m.rolname || ' may become ' || r.rolname FROM pg_auth_members a
    JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.roleid
    WHERE m.rolname = ANY (%(ours)s) AND (m.rolname, r.rolname) NOT IN (
        ('hub_worker', 'hub_system'), ('hub_owner', 'hub_system'), ('hub_owner', 'hub_ledger'))
""")
logins_own_nothing = asked("""
    SELECT o.rolname || ' owns ' || c.relname FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner
    WHERE o.rolname IN ('hub_web', 'hub_worker', 'hub_system', 'hub_ledger')
      AND c.relpersistence <> 't'
    UNION ALL
    SELECT o.rolname || ' owns function ' || p.proname FROM pg_proc p
    JOIN pg_roles o ON o.oid = p.proowner
    WHERE o.rolname IN ('hub_web', 'hub_worker', 'hub_system')
    UNION ALL
    SELECT o.rolname || ' owns schema ' || n.nspname FROM pg_namespace n
    JOIN pg_roles o ON o.oid = n.nspowner
    WHERE o.rolname IN ('hub_web', 'hub_worker', 'hub_system', 'hub_ledger')
    UNION ALL
    SELECT r || ' may create in schema public' FROM unnest(%(logins)s::text[]) r
    WHERE has_schema_privilege(r, 'public', 'CREATE')
""")
rights_are_rows_only = asked("""
    SELECT coalesce(r.rolname, 'everyone') || ' has ' || g.privilege_type || ' on ' || c.relname
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g
    LEFT JOIN pg_roles r ON r.oid = g.grantee
    WHERE c.relnamespace = 'public'::regnamespace AND (
        g.grantee = 0
        OR r.rolname IN ('hub_web', 'hub_worker', 'hub_system', 'hub_ledger')
           AND (g.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE')
                OR g.is_grantable))
    UNION ALL
    SELECT 'rights on a column of ' || attrelid::regclass FROM pg_attribute
    WHERE attacl IS NOT NULL AND attrelid IN (
        SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
""")
keys_carry_the_account = asked(f"""
    WITH tenant AS ({TENANT_TABLES})
    SELECT k.conrelid::regclass || '.' || k.conname
        || ': points at a tenant table without the account'
    FROM pg_constraint k JOIN tenant t ON t.oid = k.confrelid
    WHERE k.contype = 'f' AND k.conname <> ALL (%(keys_free)s) AND NOT EXISTS (
        SELECT 1 FROM unnest(k.conkey, k.confkey) AS pair (here, there)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.here
        JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.there
        WHERE a.attname = 'account_id' AND b.attname = 'account_id')
""")
uniqueness_is_per_account = asked(f"""
    WITH tenant AS ({TENANT_TABLES})
    SELECT t.relname || ': unique without the account: ' || i.indexrelid::regclass
    FROM pg_index i JOIN tenant t ON t.oid = i.indrelid
    WHERE i.indisunique AND t.relname <> ALL (%(unique_free)s)
      AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = t.oid
                      AND a.attnum = ANY (i.indkey) AND a.attname = 'account_id')
      AND NOT (i.indisprimary AND i.indnkeyatts = 1 AND EXISTS (
          SELECT 1 FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = i.indkey[0]
            AND a.atttypid = 'uuid'::regtype))
""")
open_policies_are_for_inner_roles = asked("""
    SELECT p.polrelid::regclass || ': policy ' || p.polname || ' opens every row to a login'
    FROM pg_policy p CROSS JOIN LATERAL unnest(p.polroles) AS to_role
    LEFT JOIN pg_roles r ON r.oid = to_role
    WHERE p.polpermissive AND p.polname <> 'tenant'
      AND coalesce(r.rolname, 'everyone') NOT IN ('hub_system', 'hub_ledger')
    UNION ALL
    SELECT p.polrelid::regclass || ': policy tenant is for more than the three logins'
    FROM pg_policy p CROSS JOIN LATERAL unnest(p.polroles) AS to_role
    LEFT JOIN pg_roles r ON r.oid = to_role
    WHERE p.polname = 'tenant'
      AND coalesce(r.rolname, 'everyone') NOT IN ('hub_web', 'hub_worker', 'hub_owner')
""")


def crossing_is_listed(connection: Connection) -> list[str]:
    """hub_system and hub_ledger see across accounts exactly the tables of the two lists."""
    faults = []
    for role, listed in (("hub_system", SYSTEM), ("hub_ledger", LEDGER)):
        found = connection.execute(
            "SELECT DISTINCT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
            " JOIN pg_roles r ON r.oid = ANY (p.polroles) WHERE r.rolname = %s",
            [role],
        )
        faults += [f"{role}: {name}" for name in {row[0] for row in found} ^ listed]
    return sorted(faults)


def every_table_is_known(connection: Connection) -> list[str]:
    """A table without account_id is one of the lists, or a library's."""
    rows = connection.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relkind IN ('r', 'p', 'f') AND NOT EXISTS (SELECT 1 FROM pg_attribute a"
        " WHERE a.attrelid = c.oid AND a.attname = 'account_id')"
    )
    return sorted(
        f"{name}: whose is it?"
        for (name,) in rows
        if name not in OF_NO_ACCOUNT and not name.startswith(LIBRARIES)
    )


def steps_are_the_codes(connection: Connection) -> list[str]:
    """The message table's trigger allows exactly the arrows of messaging.states."""
    row = connection.execute(
        "SELECT pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger"
        " WHERE tgrelid = 'messaging_message'::regclass AND tgname = 'message_step'"
    ).fetchone()
    if row is None or row[1] != "O":
        return ["the trigger of legal steps is missing or off"]
    arrows = row[0].split("'{", 1)[1].split("}'", 1)[0].split(",")
    return sorted(set(arrows) ^ set(arrow_list()))


QUESTIONS: Final[tuple[Question, ...]] = (
    walls_are_up,
    views_ask_as_the_reader,
    functions_are_closed,
    roles_are_small,
    memberships_are_three,
    logins_own_nothing,
    rights_are_rows_only,
    keys_carry_the_account,
    uniqueness_is_per_account,
    open_policies_are_for_inner_roles,
    crossing_is_listed,
    every_table_is_known,
    steps_are_the_codes,
)


def tenant_tables(connection: Connection) -> list[str]:
    """The tables behind the wall, partitions included."""
    found = connection.execute(f"SELECT relname FROM ({TENANT_TABLES}) t ORDER BY 1", LISTS)
    return [row[0] for row in found]
