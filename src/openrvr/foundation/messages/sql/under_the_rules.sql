-- Nothing is handed over under rules that are not in force, or that forbid it: not by a new action
-- either, nor by one that forgets to look. Hours are the application's to compare.

CREATE FUNCTION messages_under_the_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    newest messages_safecontact;
BEGIN
    SELECT * INTO newest FROM messages_safecontact
     WHERE case_id = NEW.case_id ORDER BY version DESC LIMIT 1;
    IF NEW.sent_under_id IS DISTINCT FROM newest.id
       OR newest.may_text IS DISTINCT FROM 'yes'
       OR newest.hours_are_clear IS NOT TRUE
       OR newest.number = ''
       OR NEW.number IS DISTINCT FROM newest.number THEN
        RAISE EXCEPTION 'message % is not allowed by the safe-contact rules in force', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER message_under_the_rules BEFORE UPDATE ON messages_message
    FOR EACH ROW WHEN (
        (NEW.state = 'sending' AND (OLD.state <> 'sending' OR NEW.attempts <> OLD.attempts))
        OR (OLD.state IN ('queued', 'cancelled') AND NEW.state NOT IN ('queued', 'cancelled')))
    EXECUTE FUNCTION messages_under_the_rules();

-- And nothing is written down as sent that was never on its way.
CREATE TRIGGER message_begins_queued BEFORE INSERT ON messages_message
    FOR EACH ROW WHEN (NEW.state NOT IN ('queued', 'cancelled'))
    EXECUTE FUNCTION messages_under_the_rules();
