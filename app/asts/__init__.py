"""Automated screen transactions (ASTs): what an operator would do, as scripts. Pure: reaches no host, queue, clock or store."""
