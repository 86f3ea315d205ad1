"""Text as outlines: what stands here knows fonts, scripts and lines, and nothing of steps.

A text goes through ``bidi`` (directions), ``linebreak`` (where a line may end), ``shaping`` (characters to glyphs),
``layout`` (glyphs to lines that fit) and ``drawing`` (lines to pixels). No font of the machine is ever looked at.
"""
