"""The ledger in the database: its triggers, and the definer functions that alone write it.

The functions belong to `hub_ledger`, a small role that nobody signs in as. They are the only way
for an account to touch the wallet that pays for it when that is an ancestor's.
"""

POST = """
CREATE OR REPLACE FUNCTION ledger_post() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM fresh GROUP BY account_id, txn_id HAVING sum(amount) <> 0) THEN
        RAISE 'the lines of a ledger transaction do not add up to zero'
            USING ERRCODE = '23514', CONSTRAINT = 'ledger_adds_up_to_zero';
    END IF;
    -- ledger_move, the only writer, has locked these wallets.
    UPDATE billing_wallet w SET balance = w.balance + s.amount
        FROM (SELECT account_id, wallet_id, sum(amount) AS amount FROM fresh GROUP BY 1, 2) s
        WHERE w.account_id = s.account_id AND w.id = s.wallet_id;
    RETURN NULL;
END $$;
"""

TRIGGERS = f"""{POST}
ALTER FUNCTION ledger_post() OWNER TO hub_ledger;
CREATE TRIGGER ledger_post AFTER INSERT ON billing_ledgerentry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_post();

CREATE FUNCTION ledger_frozen() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE 'the ledger is append-only' USING ERRCODE = '23514', CONSTRAINT = 'ledger_is_append_only';
END $$;
CREATE TRIGGER entry_frozen BEFORE UPDATE OR DELETE ON billing_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION ledger_frozen();
CREATE TRIGGER txn_frozen BEFORE UPDATE OR DELETE ON billing_ledgertransaction
    FOR EACH ROW EXECUTE FUNCTION ledger_frozen();
"""

# A session may move money for the account it is scoped to; only the worker for any.
MAY_ACT = """
CREATE FUNCTION ledger_may_act(p_account uuid) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    IF coalesce(current_setting('hub.account', true), '') = p_account::text THEN RETURN; END IF;
    IF session_user = 'hub_worker' AND coalesce(current_setting('hub.account', true), '') = ''
    THEN RETURN; END IF;
    RAISE 'not the account of this session' USING ERRCODE = '42501';
END $$;
"""

# Wallets are locked before the first line is written: the lines' foreign keys take a share of
# the wallet's key, and two transactions that each hold a share would wait for each other. `held`
# comes first: hold, capture and release all need it, so whoever has it waits for nobody.
MOVE = """
CREATE OR REPLACE FUNCTION ledger_move(p_account uuid, p_kind text, p_from text, p_to text,
                            p_causes text[], p_amounts bigint[], p_note text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_payer uuid;
    v_from uuid;
    v_to uuid;
BEGIN
    PERFORM ledger_may_act(p_account);
    SELECT f.account_id, f.id, t.id INTO STRICT v_payer, v_from, v_to
        FROM accounts_account a
        JOIN billing_wallet f ON f.account_id = coalesce(a.payer_id, a.id) AND f.kind = p_from
        JOIN billing_wallet t ON t.account_id = f.account_id AND t.kind = p_to
        WHERE a.id = p_account;
    PERFORM 1 FROM billing_wallet WHERE id IN (v_from, v_to)
        ORDER BY kind <> 'held', id FOR NO KEY UPDATE;
    WITH txn AS (
        INSERT INTO billing_ledgertransaction (id, account_id, kind, cause, on_behalf_of, note, at)
        SELECT gen_random_uuid(), v_payer, p_kind, u.cause, p_account, p_note, clock_timestamp()
        FROM unnest(p_causes, p_amounts) AS u (cause, amount) WHERE u.amount > 0
        RETURNING id, cause
    )
    INSERT INTO billing_ledgerentry (id, account_id, txn_id, wallet_id, amount)
    SELECT gen_random_uuid(), v_payer, txn.id, line.wallet, line.sign * u.amount
    FROM txn JOIN unnest(p_causes, p_amounts) AS u (cause, amount) USING (cause)
    CROSS JOIN (VALUES (v_from, -1), (v_to, 1)) AS line (wallet, sign);
END $$;
"""

FUNCTIONS = f"""{MOVE}
-- Reserve for accepted messages. One transaction a cause, one lock for them all.
-- check_violation `balance_not_below_floor` when the wallet cannot cover the sum.
CREATE FUNCTION ledger_hold(p_account uuid, p_causes text[], p_amounts bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ledger_move(p_account, 'hold', 'main', 'held', p_causes, p_amounts, '')
$$;

-- End reservations: the carrier took the messages (capture) or they ended before (release).
CREATE FUNCTION ledger_settle(p_account uuid, p_cause text, p_capture bigint, p_release bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF p_capture > 0 THEN
        PERFORM ledger_move(p_account, 'capture', 'held', 'sales',
                            ARRAY['capture:' || p_cause], ARRAY[p_capture], '');
    END IF;
    IF p_release > 0 THEN
        PERFORM ledger_move(p_account, 'release', 'held', 'main',
                            ARRAY['release:' || p_cause], ARRAY[p_release], '');
    END IF;
END $$;

CREATE FUNCTION ledger_credit(p_account uuid, p_cause text, p_amount bigint, p_note text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ledger_move(p_account, 'credit', 'funding', 'main',
                       ARRAY['credit:' || p_cause], ARRAY[p_amount], p_note)
$$;

-- The four wallets of an account that pays for itself. The currency is fixed from here on.
CREATE FUNCTION ledger_open(p_account uuid, p_currency text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM ledger_may_act(p_account);
    INSERT INTO billing_wallet (id, account_id, kind, currency, balance, floor)
    SELECT gen_random_uuid(), p_account, k.kind, p_currency, 0, k.floor
    FROM (VALUES ('main', 0), ('held', 0), ('sales', NULL), ('funding', NULL)) AS k (kind, floor)
    ON CONFLICT (account_id, kind) DO NOTHING;
END $$;

-- What the payer of `p_account` may spend now; no row when there is no wallet.
CREATE FUNCTION ledger_available(p_account uuid)
RETURNS TABLE (available bigint, held bigint, currency text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM ledger_may_act(p_account);
    RETURN QUERY SELECT m.balance - coalesce(m.floor, 0), h.balance, m.currency::text
        FROM accounts_account a
        JOIN billing_wallet m ON m.account_id = coalesce(a.payer_id, a.id) AND m.kind = 'main'
        JOIN billing_wallet h ON h.account_id = m.account_id AND h.kind = 'held'
        WHERE a.id = p_account;
END $$;
"""

PUBLIC_FUNCTIONS = (
    "ledger_hold(uuid, text[], bigint[])",
    "ledger_settle(uuid, text, bigint, bigint)",
    "ledger_credit(uuid, text, bigint, text)",
    "ledger_open(uuid, text)",
    "ledger_available(uuid)",
)
PRIVATE_FUNCTIONS = ("ledger_move(uuid, text, text, text, text[], bigint[], text)",)


def ownership() -> str:
    """The functions belong to the ledger role."""
    names = (*PRIVATE_FUNCTIONS, *PUBLIC_FUNCTIONS)
    return "\n".join(f"ALTER FUNCTION {name} OWNER TO hub_ledger;" for name in names)


def closing() -> str:
    """The logins may call the public functions, nobody else any.

    Said as the ledger role: the rights of a function that was given away are not the giver's to
    change, and Postgres only warns about it.
    """
    lines = ["SET LOCAL ROLE hub_ledger;"]
    for name in (*PRIVATE_FUNCTIONS, *PUBLIC_FUNCTIONS):
        lines.append(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC;")
    for name in PUBLIC_FUNCTIONS:
        lines.append(f"GRANT EXECUTE ON FUNCTION {name} TO hub_web, hub_worker, hub_system;")
    return "\n".join([*lines, "RESET ROLE;"])
