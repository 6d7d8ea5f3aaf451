"""The page's shell: one HTML document that loads what `npm run build` made. Holds nothing inline, so that the CSP can be strict."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from app.config import settings
from app.errors import NotSignedIn
from app.web import asking

page = Blueprint("page", __name__)
STATIC = Path(__file__).parent / "static"
ENTRY = "src/main.tsx"


@page.get("/")
def shell() -> Response | str | tuple[str, int]:
    try:
        who = asking.user()
    except NotSignedIn:
        return redirect(url_for("signin.login", next=request.full_path.rstrip("?")))  # type: ignore[return-value]
    assets = _assets()
    if assets is None:
        return render_template("unbuilt.html"), 503
    return render_template("page.html", user=who, assets=assets, flower=settings().flower_url or "")


def _assets() -> dict[str, Any] | None:
    """Script and styles of the built page, by their hashed names; None when it was not built."""
    manifest = STATIC / ".vite" / "manifest.json"
    try:
        return _read(manifest, manifest.stat().st_mtime_ns)
    except (FileNotFoundError, KeyError, ValueError):
        return None


@lru_cache(maxsize=2)
def _read(manifest: Path, changed: int) -> dict[str, Any]:
    chunks = json.loads(manifest.read_text())
    entry = chunks[ENTRY]
    styles = [*entry.get("css", ()), *(css for name in entry.get("imports", ()) for css in chunks[name].get("css", ()))]
    return {"script": entry["file"], "styles": styles}
