"""Watch mode: a saved change becomes a rebuilt picture."""
