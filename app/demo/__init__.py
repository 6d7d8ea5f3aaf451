"""The mock mainframe of `iast up`, tests and benchmarks. Imports nothing else of the project, and nothing else of it imports this."""
