"""What PostgreSQL is asked for beyond Django's own: constraints, COPY, prepared statements, advisory locks."""
