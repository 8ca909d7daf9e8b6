-- What was said stands: also for a role that owns the tables, as where an installation has only one.
-- The application's own role has no right to alter or delete it at all (see prepare_database).

CREATE FUNCTION chat_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was said is never altered.' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER chat_line_is_final BEFORE UPDATE OR DELETE ON chat_line
    FOR EACH STATEMENT EXECUTE FUNCTION chat_refuse();
CREATE TRIGGER chat_line_shown_is_final BEFORE UPDATE OR DELETE ON chat_lineshown
    FOR EACH STATEMENT EXECUTE FUNCTION chat_refuse();
