"""What a person sees of a 3270, as frozen values, and pure functions over them. Knows nothing of hosts, queues or storage."""
