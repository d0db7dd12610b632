"""What a session may read of the account above its own: the settings that are handed down.

A definer function of `hub_ledger`, like `limits_above` (counter_sql.py), because an account may
not see its parent's row.
"""

CALL = "settings_above(uuid)"
# Locks are passed on: what binds an account binds those below it.
FUNCTION = """
CREATE FUNCTION settings_above(p_account uuid)
RETURNS TABLE (version integer, hours_on boolean, hours_clock text, week jsonb,
               unknown_zone_uses_account boolean, hours_locked_below boolean,
               receipts boolean, receipts_locked_below boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF coalesce(current_setting('hub.account', true), '') <> p_account::text THEN
        RAISE 'not the account of this session' USING ERRCODE = '42501';
    END IF;
    RETURN QUERY
        SELECT s.version, s.hours_on, s.hours_clock::text, s.week, s.unknown_zone_uses_account,
               s.hours_locked_below OR s.hours_origin = 'locked',
               s.receipts, s.receipts_locked_below OR s.receipts_origin = 'locked'
        FROM accounts_account a
        JOIN senders_sendingsettings s ON s.account_id = a.parent_id
        WHERE a.id = p_account;
END $$;
"""


def opening() -> str:
    """The function belongs to the ledger role and may be called by the logins."""
    return f"""{FUNCTION}
        ALTER FUNCTION {CALL} OWNER TO hub_ledger;
        SET LOCAL ROLE hub_ledger;
        REVOKE ALL ON FUNCTION {CALL} FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION {CALL} TO hub_web, hub_worker;
        RESET ROLE;
    """
