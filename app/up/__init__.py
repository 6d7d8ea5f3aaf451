"""`iast up`: every process of a whole IAST on one machine, under one supervisor."""
