"""The limit counters in the database: exact over an account and all its ancestors.

Definer functions of `hub_ledger`, because an account may not see its parent's counters. Rows are
locked in one order (account, period), so that two workers never wait for each other in a ring.
"""

FUNCTIONS = """
-- The counters that parts of `p_accounts` count in at `p_at`: a day and a month for the account
-- and each ancestor, in the counter owner's own zone.
CREATE FUNCTION limit_periods(p_accounts uuid[], p_at timestamptz)
RETURNS TABLE (account_id uuid, owner_id uuid, period text, cap bigint, resets timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.id, o.id, p.period, p.cap, p.resets
    FROM accounts_account a
    JOIN accounts_account o ON o.id = ANY (a.path)
    LEFT JOIN senders_sendingsettings s ON s.account_id = o.id
    CROSS JOIN LATERAL (VALUES
        (to_char(p_at AT TIME ZONE o.time_zone, 'YYYY-MM-DD'), s.limit_day,
         (date_trunc('day', p_at AT TIME ZONE o.time_zone) + interval '1 day')
             AT TIME ZONE o.time_zone),
        (to_char(p_at AT TIME ZONE o.time_zone, 'YYYY-MM'), s.limit_month,
         (date_trunc('month', p_at AT TIME ZONE o.time_zone) + interval '1 month')
             AT TIME ZONE o.time_zone)
    ) AS p (period, cap, resets)
    WHERE a.id = ANY (p_accounts)
$$;

-- Locks the counters until the transaction ends and tells what is left in each: one row for an
-- account and every counter its parts go into, its own and its ancestors'. Accounts of one family
-- share counters, so `room` is not an account's alone; null is no limit.
CREATE FUNCTION limit_room(p_accounts uuid[], p_at timestamptz)
RETURNS TABLE (account_id uuid, room bigint, cap bigint, used bigint, owner_id uuid, period text,
               resets timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO senders_usagecounter (id, account_id, period, used)
    SELECT gen_random_uuid(), q.owner_id, q.period, 0
    FROM (SELECT DISTINCT owner_id, period FROM limit_periods(p_accounts, p_at)) q
    WHERE NOT EXISTS (SELECT 1 FROM senders_usagecounter c
                      WHERE c.account_id = q.owner_id AND c.period = q.period)
    ORDER BY 2, 3
    ON CONFLICT DO NOTHING;
    PERFORM 1 FROM senders_usagecounter c
        WHERE (c.account_id, c.period) IN
            (SELECT owner_id, period FROM limit_periods(p_accounts, p_at))
        ORDER BY c.account_id, c.period FOR UPDATE;
    RETURN QUERY
        SELECT q.account_id, q.cap - c.used, q.cap, c.used, q.owner_id, q.period, q.resets
        FROM limit_periods(p_accounts, p_at) q
        JOIN senders_usagecounter c ON c.account_id = q.owner_id AND c.period = q.period;
END $$;

-- Counts parts, or raises: never one part over a limit, whatever the caller believes.
CREATE FUNCTION limit_consume(p_accounts uuid[], p_parts bigint[], p_at timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_wanted int;
    v_done int;
BEGIN
    WITH parts AS (
        SELECT q.owner_id, q.period, min(q.cap) AS cap, sum(u.parts) AS parts
        FROM limit_periods(p_accounts, p_at) q
        JOIN unnest(p_accounts, p_parts) AS u (account_id, parts) USING (account_id)
        GROUP BY 1, 2
    ), counted AS (
        UPDATE senders_usagecounter c SET used = greatest(c.used + p.parts, 0) FROM parts p
        WHERE c.account_id = p.owner_id AND c.period = p.period
          AND (p.cap IS NULL OR p.parts <= 0 OR c.used + p.parts <= p.cap)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM parts), (SELECT count(*) FROM counted) INTO v_wanted, v_done;
    -- What is given back may find no counter any more: the owner's zone was changed meanwhile.
    IF v_wanted <> v_done AND 0 < ANY (p_parts) THEN
        RAISE 'a sending limit would be exceeded'
            USING ERRCODE = '23514', CONSTRAINT = 'limit_not_exceeded';
    END IF;
END $$;
"""

# A session may read the limits above the account it is scoped to, and no other's.
ABOVE = """
CREATE FUNCTION limits_above(p_account uuid, p_at timestamptz)
RETURNS TABLE (owner text, period text, cap bigint, used bigint, resets timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF coalesce(current_setting('hub.account', true), '') <> p_account::text THEN
        RAISE 'not the account of this session' USING ERRCODE = '42501';
    END IF;
    RETURN QUERY
        SELECT o.name::text, q.period, q.cap, coalesce(c.used, 0), q.resets
        FROM limit_periods(ARRAY[p_account], p_at) q
        JOIN accounts_account o ON o.id = q.owner_id
        LEFT JOIN senders_usagecounter c ON c.account_id = q.owner_id AND c.period = q.period
        WHERE q.owner_id <> p_account AND q.cap IS NOT NULL
        ORDER BY cardinality(o.path) DESC, length(q.period) DESC;
END $$;
"""

NAMES = (
    "limit_periods(uuid[], timestamptz)",
    "limit_room(uuid[], timestamptz)",
    "limit_consume(uuid[], bigint[], timestamptz)",
)


def ownership() -> str:
    """The functions belong to the ledger role."""
    return "\n".join(f"ALTER FUNCTION {name} OWNER TO hub_ledger;" for name in NAMES)


def closing() -> str:
    """Only work that crosses accounts may call them. Said as their owner (billing.ledger_sql)."""
    lines = ["SET LOCAL ROLE hub_ledger;"]
    for name in NAMES:
        lines.append(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC;")
        lines.append(f"GRANT EXECUTE ON FUNCTION {name} TO hub_system;")
    return "\n".join([*lines, "RESET ROLE;"])


def opening_above() -> str:
    """`limits_above` belongs to the ledger role and may be called by the logins."""
    call = "limits_above(uuid, timestamptz)"
    return f"""{ABOVE}
        ALTER FUNCTION {call} OWNER TO hub_ledger;
        SET LOCAL ROLE hub_ledger;
        REVOKE ALL ON FUNCTION {call} FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION {call} TO hub_web, hub_worker;
        RESET ROLE;
    """
