"""What the database itself refuses on the message table."""

from messaging.states import arrow_list

# Checked once a statement: a key a row would cost 5 us a message, this 0.2 (measured). It takes
# no lock on the sender, so senders are ended, never deleted, and a message never changes its own.
SENDER = """
CREATE FUNCTION message_sender_is_ours() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT account_id, sender_id FROM fresh
                       WHERE sender_id IS NOT NULL) m
        WHERE NOT EXISTS (SELECT 1 FROM senders_sender s
                          WHERE s.account_id = m.account_id AND s.id = m.sender_id))
    THEN
        RAISE 'the sender belongs to another account'
            USING ERRCODE = '23503', CONSTRAINT = 'message_sender_same_account';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER message_sender_is_ours AFTER INSERT ON messaging_message
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION message_sender_is_ours();

CREATE FUNCTION message_keeps_its_sender() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE 'a message keeps its account, sender and batch' USING ERRCODE = '23514';
END $$;
CREATE TRIGGER message_keeps_its_sender
    BEFORE UPDATE OF account_id, sender_id, batch_id ON messaging_message
    FOR EACH ROW EXECUTE FUNCTION message_keeps_its_sender();
"""


def state_trigger() -> str:
    """The arrows as the WHEN condition of a trigger: free for legal steps (measured)."""
    arrows = ",".join(arrow_list())
    return f"""
    CREATE FUNCTION message_illegal_step() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
        RAISE 'a message cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'message_step_is_legal';
    END $$;
    CREATE TRIGGER message_step BEFORE UPDATE OF state ON messaging_message FOR EACH ROW
        WHEN (OLD.state IS DISTINCT FROM NEW.state
              AND NOT (OLD.state || '>' || NEW.state = ANY ('{{{arrows}}}'::text[])))
        EXECUTE FUNCTION message_illegal_step();
    """
