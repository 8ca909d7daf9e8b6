"""The processes of one OpenRVR: PostgreSQL (when embedded), web, worker, and their supervisor."""
