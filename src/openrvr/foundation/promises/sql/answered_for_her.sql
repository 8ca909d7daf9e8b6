-- Invariant 1 again: the promises to review and to destroy evidence (models.py, APART) stand for a year
-- and answer for nobody.

CREATE OR REPLACE FUNCTION case_is_answered_for() RETURNS trigger LANGUAGE plpgsql AS $$
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
           AND kind NOT IN ('review_evidence', 'dispose_evidence')
    ) THEN
        RAISE EXCEPTION 'Nobody would answer for case %: it has no open promise.', the_case
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
