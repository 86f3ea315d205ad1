"""A store that several machines share: names and documents there, the way to it, and what a project asks and sends."""
