"""The processes of one OpenRVR: PostgreSQL (when embedded), web, worker, and who keeps them running."""
