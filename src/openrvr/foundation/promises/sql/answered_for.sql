-- Invariant 1 of the journey, held by the database: at every commit, a report that is not closed
-- has at least one open promise. (That each has exactly one holder is a check on the row itself.)

CREATE FUNCTION case_is_answered_for() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_case bigint;
    where_it_stands text;
BEGIN
    IF TG_TABLE_NAME = 'cases_case' THEN
        the_case := NEW.id;
    ELSE
        the_case := NEW.case_id;
    END IF;
    -- The lock makes two transactions that each settle one of the last two promises see each other.
    SELECT state INTO where_it_stands FROM cases_case WHERE id = the_case FOR UPDATE;
    IF where_it_stands <> 'closed' AND NOT EXISTS (
        SELECT 1 FROM promises_promise WHERE case_id = the_case AND state = 'open'
    ) THEN
        RAISE EXCEPTION 'Nobody would answer for case %: it has no open promise.', the_case
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER case_answered_for AFTER INSERT OR UPDATE OF state ON cases_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION case_is_answered_for();
CREATE CONSTRAINT TRIGGER promise_answered_for AFTER INSERT OR UPDATE OF state ON promises_promise
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION case_is_answered_for();
