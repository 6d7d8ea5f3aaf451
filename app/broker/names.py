"""Every name in Redis: queues, channels, keys. A name is made here and nowhere else."""

TURN = "iast.turn"  # whose turn it is in round-robin placement
COMMON_QUEUE = "iast"  # work that any worker can do: moving runs on, recovery
RUN_KEPT = 7 * 24 * 3600  # seconds that the keys of a run outlive its last change
WORKERS = "iast.workers"  # sorted set: every worker that ever beat -> Unix time of its last beat


def worker_queue(worker: str) -> str:
    """Celery tasks that only this worker can do, since it owns the sessions."""
    return f"iast.worker.{worker}"


def input_queue(worker: str) -> str:
    """Terminal input for the sessions of this worker. Not Celery's: a worker's bootstep consumes it."""
    return f"iast.worker.{worker}.input"


def session_channel(session: str) -> str:
    """What the pages that look at this session are told."""
    return f"iast.session.{session}"


def user_channel(user: str) -> str:
    """What all pages of this user are told: runs, sessions."""
    return f"iast.user.{user}"


def screen_key(session: str) -> str:
    """The latest whole screen of this session, sealed."""
    return f"iast.screen.{session}"


def worker_key(worker: str) -> str:
    """The worker's load; gone when its heartbeat lapses."""
    return f"iast.load.{worker}"


def placed_key(worker: str) -> str:
    """Sorted set: sessions placed on this worker that its heartbeat may not count yet -> when to forget them."""
    return f"iast.placed.{worker}"


def run_key(run: str) -> str:
    """Hash: a run's counters between two counts of its items, and what ails its lanes. Can be made again."""
    return f"iast.run.{run}"


def rates_key(run: str) -> str:
    """List: how many items of a run had ended by when."""
    return f"iast.run.{run}.rates"


def lock_key(name: str) -> str:
    """Held by the one worker that does what the name says."""
    return f"iast.lock.{name}"


def signons_key(host: str) -> str:
    """Sorted set: the host's users that lanes have leased -> Unix time when the lease ends."""
    return f"iast.signons.{host}"


def holders_key(host: str) -> str:
    """Hash: leased user of the host -> the session that has it."""
    return f"iast.signons.{host}.by"


def breaker_key(host: str) -> str:
    """Hash: the host's circuit breaker."""
    return f"iast.breaker.{host}"


def pace_key(host: str) -> str:
    """When the next key may be pressed on the host by a lane, in Unix time."""
    return f"iast.pace.{host}"


def pressed_key(host: str, stretch: int) -> str:
    """Keys that lanes pressed on the host in this stretch of some seconds."""
    return f"iast.pressed.{host}.{stretch}"


def verify_key(run: str, n: int) -> str:
    """Somebody has been asked to verify this item."""
    return f"iast.verify.{run}.{n}"


def warm_key(host: str) -> str:
    """List: signed-on lanes of the host that wait for a run."""
    return f"iast.warm.{host}"


def withheld_key(host: str) -> str:
    """Sorted set: users that the host did not let in -> when they may be tried again."""
    return f"iast.signons.{host}.withheld"


def transfer_key(id: str) -> str:
    """A file transfer: what is to be moved, and how far it is; sealed."""
    return f"iast.transfer.{id}"


def transfer_data_key(id: str) -> str:
    """List: the pieces of the file that is moved, each sealed."""
    return f"iast.transfer.{id}.data"
