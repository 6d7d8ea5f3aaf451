"""Every setting: read from the environment once, validated, frozen. Knows no process, no store, no broker."""

import base64
import binascii
import ipaddress
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Json, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic import Field as Setting

from app.errors import Misconfigured

SEAL_KEY_BYTES = 32  # AES-256
COOKIE_KEY_LEAST = 32
WELL_KNOWN_SECRETS = ("changeme", "change-me", "secret", "default", "insecure", "example", "password", "dev")


def _seal_keys(text: object) -> object:
    """`id:base64,id:base64` as {id: 32 bytes}, in the order given. Error messages never repeat the text."""
    if not isinstance(text, str):
        return text
    keys: dict[str, bytes] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _, encoded = pair.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not name.isalnum() or name in keys or len(key) != SEAL_KEY_BYTES:
            raise ValueError("each key is written id:base64 of 32 bytes, ids are letters and digits and differ")
        keys[name] = key
    return keys


def _names(text: object) -> object:
    """`one,other` as a set."""
    return frozenset(filter(None, (part.strip() for part in text.split(",")))) if isinstance(text, str) else text


Names = Annotated[frozenset[str], BeforeValidator(_names)]
SealKeys = Annotated[dict[str, bytes], BeforeValidator(_seal_keys)]


class Settings(BaseModel):
    """The settings of this process. A field's alias is its environment variable; secrets are left out of its repr."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    redis_url: str = Setting("redis://127.0.0.1:6379/0", alias="REDIS_URL", repr=False)  # may hold a password
    dynamodb_endpoint: str | None = Setting(None, alias="DYNAMODB_ENDPOINT")  # None: AWS itself
    aws_region: str = Setting("us-east-1", alias="AWS_REGION", min_length=1)
    table: str = Setting("iast", alias="IAST_TABLE", pattern=r"^[A-Za-z0-9_.-]{3,255}$")

    archive: str | None = Setting(None, alias="IAST_ARCHIVE", min_length=3)  # an S3 bucket for the results of ended runs
    archive_endpoint: str | None = Setting(None, alias="IAST_ARCHIVE_ENDPOINT")  # None: AWS itself

    bind: str = Setting("127.0.0.1", alias="IAST_BIND", min_length=1)
    port: int = Setting(8000, alias="IAST_PORT", ge=0, le=65535)
    public_url: str | None = Setting(None, alias="IAST_PUBLIC_URL")

    seal_keys: SealKeys = Setting(default_factory=dict, alias="IAST_SEAL_KEYS", repr=False)  # the first seals, all open
    cookie_key: str = Setting("", alias="IAST_COOKIE_KEY", repr=False)

    oidc_issuer: str | None = Setting(None, alias="OIDC_ISSUER")  # None: development sign-in
    oidc_client_id: str | None = Setting(None, alias="OIDC_CLIENT_ID")
    oidc_client_secret: str | None = Setting(None, alias="OIDC_CLIENT_SECRET", repr=False)
    oidc_audience: str | None = Setting(None, alias="OIDC_AUDIENCE")
    administrators: Names = Setting(frozenset(), alias="IAST_ADMINISTRATORS")  # ids of users
    local_token: str | None = Setting(None, alias="IAST_LOCAL_TOKEN", repr=False)

    # Objects with the keys of store.hosts.Host; `credentials` a list of {user, password} in the clear, sealed when stored.
    hosts: Json[list[dict[str, Any]]] = Setting(default_factory=list, alias="IAST_HOSTS", repr=False)

    placement: Literal["least-connections", "round-robin", "weighted"] = Setting("least-connections", alias="IAST_PLACEMENT")
    worker_name: str = Setting("worker1", alias="IAST_WORKER", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    worker_sessions: int = Setting(200, alias="IAST_WORKER_SESSIONS", ge=1)
    worker_threads: int = Setting(64, alias="IAST_WORKER_THREADS", ge=1)
    worker_core: int | None = Setting(None, alias="IAST_WORKER_CORE", ge=0)
    web_threads: int = Setting(256, alias="IAST_WEB_THREADS", ge=16)  # a thread serves one request or holds one WebSocket
    heartbeat_seconds: float = Setting(2.0, alias="IAST_HEARTBEAT_SECONDS", gt=0)
    worker_expiry_seconds: float = Setting(8.0, alias="IAST_WORKER_EXPIRY_SECONDS", gt=0)

    warm_seconds: float = Setting(30.0, alias="IAST_WARM_SECONDS", ge=0)  # a lane waits so long for its owner's next run; 0: not at all

    flower_url: str | None = Setting(None, alias="IAST_FLOWER_URL")
    data: Path | None = Setting(None, alias="IAST_DATA")
    idle_minutes: int = Setting(60, alias="IAST_IDLE_MINUTES", ge=1)
    log_level: str = Setting("INFO", alias="IAST_LOG_LEVEL", pattern=r"^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$")

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, url: str) -> str:
        if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("write it redis://HOST:PORT/DB, or rediss:// for TLS")
        return url

    @field_validator("dynamodb_endpoint", "archive_endpoint", "public_url", "oidc_issuer", "flower_url")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url is not None and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
            raise ValueError("write it http://HOST:PORT or https://HOST")
        return url

    @field_validator("cookie_key", "local_token")
    @classmethod
    def _long_secret(cls, secret: str | None, info: ValidationInfo) -> str | None:
        if secret and (len(secret) < COOKIE_KEY_LEAST or secret.lower().startswith(WELL_KNOWN_SECRETS)):
            raise ValueError(f"give at least {COOKIE_KEY_LEAST} random characters, such as: openssl rand -hex 32")
        return secret

    @field_validator("hosts")
    @classmethod
    def _named_hosts(cls, hosts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for host in hosts:
            missing = {"name", "address", "port"} - host.keys()
            if missing:
                raise ValueError(f"a host lacks {', '.join(sorted(missing))}")
        return hosts

    @model_validator(mode="after")
    def _agree(self) -> "Settings":
        if self.oidc_issuer and not self.oidc_client_id:
            raise Misconfigured("OIDC_CLIENT_ID is missing: OIDC_ISSUER is set, so sign-in needs the client id registered there.")
        if self.worker_expiry_seconds < 2 * self.heartbeat_seconds:
            raise Misconfigured("IAST_WORKER_EXPIRY_SECONDS must be at least twice IAST_HEARTBEAT_SECONDS, or live workers look dead.")
        if self.development_sign_in and not self.loopback:
            raise Misconfigured(
                "IAST_BIND is open to the network and OIDC_ISSUER is not set: development sign-in lets anyone in. "
                "Bind to 127.0.0.1, or set OIDC_ISSUER and OIDC_CLIENT_ID."
            )
        return self

    @property
    def development_sign_in(self) -> bool:
        """One local user, no password: only for a machine's own loopback."""
        return self.oidc_issuer is None

    @property
    def loopback(self) -> bool:
        if self.bind == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.bind).is_loopback
        except ValueError:
            return False

    def require(self, *names: str) -> "Settings":
        """These fields must be set, for a process that can't do without them: raises Misconfigured naming the variables."""
        missing = [variable(name) for name in names if not getattr(self, name)]
        if missing:
            raise Misconfigured(f"{', '.join(missing)} must be set. `./iast up` makes them; README.md says how to by hand.")
        return self


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return Settings.model_fields[name].alias or name


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from these variables. Empty ones count as unset. Raises Misconfigured naming the variable, never its value."""
    try:
        return Settings.model_validate({name: value for name, value in environment.items() if value})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = first["loc"][0] if first["loc"] else "settings"
        raise Misconfigured(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None


@cache
def settings() -> Settings:
    """The settings of this process, read on first use. Call it late, never while importing."""
    return read(os.environ)
