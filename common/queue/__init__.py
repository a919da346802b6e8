"""How work that waits in rows is handed to Celery workers, and what happens while the broker or a worker is away."""
