-- Why somebody reviewed an exhibit can hold a name, and goes with the exhibit's key.
--
-- The application's role may only add reviews: that right stays as it is, and the table's owner
-- empties the reason, here and at no other moment.

CREATE FUNCTION evidence_forget_reasons() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE evidence_review SET reason = '' WHERE exhibit_id = NEW.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER evidence_reasons_go AFTER UPDATE OF wrapped_key ON evidence_exhibit
    FOR EACH ROW WHEN (NEW.wrapped_key IS NULL AND OLD.wrapped_key IS NOT NULL)
    EXECUTE FUNCTION evidence_forget_reasons();
