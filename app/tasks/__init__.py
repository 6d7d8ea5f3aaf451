"""ENTRY: Celery: which worker does what, when, how often, and what if it dies. `celery -A app.tasks worker --pool=threads ...`"""

from importlib import import_module

from celery import concurrency

from app.broker.celery import app

# Before any task module, and before Celery reads --pool: our threads are kept apart by kind of work.
concurrency.ALIASES["threads"] = "app.tasks.pool:Bulkheads"

for _module in ("archive", "lanes", "launches", "play", "recovery", "runs", "schedules", "terminals", "transfers", "verify", "worker"):
    import_module(f"app.tasks.{_module}")  # registers its tasks, or its steps

__all__ = ["app"]
