-- Positions in commit order, and the call that wakes the readers.
--
-- A sequence alone would hand out numbers before the commits, so a reader could see 8 before 7
-- and miss 7 for good. The lock is taken at commit only, after all other work is done.

CREATE SEQUENCE live_position;

CREATE FUNCTION live_place_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    place bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(72616001);
    place := nextval('live_position');
    UPDATE live_liveevent SET position = place WHERE key = NEW.key;
    PERFORM pg_notify('openrvr_live', place::text);
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER live_place AFTER INSERT ON live_liveevent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION live_place_event();
