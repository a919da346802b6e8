"""What runs in production, each by its `python -m` words."""

import os

HOST = "127.0.0.1"
WEB_WORKERS = str(min(4, os.cpu_count() or 1))
WORKER = (
    "-A", "config", "worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
    "--without-heartbeat",
)  # fmt: skip
PROCESSES = {
    "web": ["servers.web", "config.wsgi:application", "--host", HOST, "--workers", WEB_WORKERS],
    "worker": ["celery", *WORKER, "-Q", "pricing", "--hostname", "pricing@%h"],
    "files": ["celery", *WORKER, "-Q", "files", "--hostname", "files@%h"],
    "beat": ["celery", "-A", "config", "beat", "--loglevel", "WARNING", "--pidfile="],
}  # fmt: skip
