"""Celery's settings, and why. Loaded by `app.broker.celery` on first use; values that differ by installation come from app.config."""

from app.broker.names import COMMON_QUEUE
from app.config import settings

_VISIBLE_AFTER = 24 * 3600  # seconds

broker_url = result_backend = settings().redis_url
broker_connection_retry_on_startup = True  # Valkey may start after us
broker_connection_max_retries = None  # nor does a worker give up later: its host sessions outlive the broker
worker_consumer = "app.tasks.worker:SteadyConsumer"  # ... and is back soon after it
broker_transport_options = {
    # An unacknowledged message goes out again after this. Longer than any task: the default hour runs long tasks twice.
    "visibility_timeout": _VISIBLE_AFTER,
    "socket_timeout": 30,  # a publish must not hang on a dead link; kombu's blocking read lasts 1 s at most
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "client_name": "iast",
}
result_backend_transport_options = {"visibility_timeout": _VISIBLE_AFTER}
redis_socket_timeout = 30
redis_socket_connect_timeout = 5
redis_socket_keepalive = True
redis_backend_health_check_interval = 10
redis_retry_on_timeout = True

# JSON both ways and nothing else: a pickle from whoever reaches the broker would run code.
task_serializer = result_serializer = event_serializer = "json"
accept_content = result_accept_content = ["json"]

worker_pool = "threads"  # prefork would hide our sockets in a sibling process
worker_concurrency = settings().worker_threads
# Take whatever comes: each kind of task has threads of its own (app/tasks/pool.py), so that a person's terminal does not
# wait in the queue behind items that wait for lanes. What waits here is bounded by the windows of the runs.
worker_prefetch_multiplier = 0
task_default_queue = COMMON_QUEUE  # a worker consumes this and its own: -Q iast,iast.worker.NAME

# Late acknowledgement: a message leaves the broker when its task has ended, so a clean stop hands unstarted work back.
# A killed worker's messages come back only after the visibility timeout; recovery does not wait for that but sends again
# what the store says is undone. So a task may come twice, and must claim in the store before it acts: every one does.
task_acks_late = True
task_reject_on_worker_lost = False  # prefork's; here the process that would reject is the one that died
task_acks_on_failure = task_acks_on_timeout = True  # a task that raised is not repaired by repeating it
worker_cancel_long_running_tasks_on_connection_loss = False  # threads can't be cancelled; the claims make repeats harmless

result_backend_thread_safe = True  # one pool of connections for all threads: each run has threads of its own, and a backend is dear to make
result_expires = 3600  # results only drive chords; the truth of a run is in the store
result_extended = False  # no arguments in results
task_track_started = True  # Flower shows what runs, not only what waits
task_send_sent_event = True  # ... and what was sent
worker_send_task_events = True
event_queue_expires = 60  # a closed Flower leaves nothing behind
event_queue_ttl = 10
control_queue_expires = 60

worker_hijack_root_logger = False  # logging is set up once, by us, for every process alike
worker_redirect_stdouts = False
enable_utc = True
timezone = "UTC"
