"""A log in PostgreSQL, for offices that share one."""
