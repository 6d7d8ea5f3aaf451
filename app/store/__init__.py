"""EDGE: DynamoDB: one table, a module an entity, keys in keys.py, calls in table.py. The only importer of boto3."""

from app.store.schema import make_table, ping

__all__ = ["make_table", "ping"]
