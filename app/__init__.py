"""IAST: a 3270 terminal in the browser and a farm that does screen work in bulk."""
