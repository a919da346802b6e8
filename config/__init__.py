"""Settings, addresses, the web application and Celery. Imports any other package; none of them imports this one."""
