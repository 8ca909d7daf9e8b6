-- The access log's hash chain, kept by the database itself.
--
-- The application's role may insert lines and read them. It can write no seal: that is done here,
-- as the tables' owner, when a transaction commits. One advisory lock, taken at commit only, makes
-- the chain's order that of the commits; it is also the live streams' (see live/sql/position.sql).

CREATE FUNCTION audit_canonical(line audit_auditline) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_array(
        line.id::text,
        to_char(line.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        line.actor_kind, line.actor_id, line.actor_label, line.action, line.case_reference,
        line.details
    )::text
$$;

CREATE FUNCTION audit_seal_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last audit_auditseal%ROWTYPE;
BEGIN
    PERFORM pg_advisory_xact_lock(72616001);
    SELECT * INTO last FROM audit_auditseal ORDER BY position DESC LIMIT 1;
    last.previous_hash := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    INSERT INTO audit_auditseal (position, line_id, previous_hash, hash)
    VALUES (
        coalesce(last.position, 0) + 1, NEW.id, last.previous_hash,
        sha256(last.previous_hash || convert_to(audit_canonical(NEW), 'UTF8'))
    );
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER audit_seal AFTER INSERT ON audit_auditline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_seal_line();

-- A second lock on the door: also whoever holds the right must first disable a trigger to alter
-- the log, and the chain shows it afterwards.
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The access log is append-only.' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_line_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditline
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_seal_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
