"""EDGE: queues, channels and keys in Redis: publish, subscribe, send. The only importer of kombu and redis outside tasks."""

from app.broker.connection import ping

__all__ = ["ping"]
