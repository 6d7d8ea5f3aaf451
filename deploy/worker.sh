#!/bin/sh
# A worker: the common queue and its own. Its name is IAST_WORKER, or that of its machine, so that several can run side by side.
set -eu
export IAST_WORKER="${IAST_WORKER:-$(hostname)}"
exec python -m celery -A app.tasks worker --pool=threads --concurrency="${IAST_WORKER_THREADS:-64}" \
  --without-gossip --without-mingle -Q "iast,iast.worker.$IAST_WORKER" -n "$IAST_WORKER@%h"
