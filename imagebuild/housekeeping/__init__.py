"""Looking after a store: what lies in it and who holds it, what may go, whether it is whole, and moving it."""
