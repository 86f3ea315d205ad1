"""SVG from strangers: read in bounds, reduced to a drawing that can do nothing, written again, and drawn to pixels."""
