"""The roof: settings, addresses, the web application and Celery. Imports anything, is imported by nothing below."""
