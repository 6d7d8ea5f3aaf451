"""Automated screen transactions (ASTs): what an operator would do, as scripts. Pure: no host, queue, clock or store is reached from here."""
