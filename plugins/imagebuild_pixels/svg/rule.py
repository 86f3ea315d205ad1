"""What a drawing may consist of: elements, attributes, CSS properties and functions. All else is left out.

Names are those of SVG 2, Filter Effects 1, CSS Masking 1 and SVG Animations 2 (W3C).
"""

from __future__ import annotations

__all__ = [
    "ANIMATIONS",
    "ATTRIBUTES",
    "CSS_FUNCTIONS",
    "CSS_PROPERTIES",
    "ELEMENTS",
    "HARMLESS_ELEMENTS",
    "LIMITS",
    "PRESENTATION",
    "TEXT_ELEMENTS",
    "WRITTEN_ELEMENTS",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ANIMATIONS = frozenset(["animate", "animateMotion", "animateTransform", "set"])
"""Elements that change an attribute over time; which one is judged by its name."""

ELEMENTS = ANIMATIONS | _words(
    """
    svg g defs symbol use switch a title desc style view path rect circle ellipse line polyline polygon image marker
    text tspan textPath linearGradient radialGradient stop pattern clipPath mask mpath filter feBlend feColorMatrix
    feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow
    feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset
    fePointLight feSpecularLighting feSpotLight feTile feTurbulence
    """
)
"""Elements that may stay."""

HARMLESS_ELEMENTS = frozenset(["metadata", "font", "font-face", "glyph", "missing-glyph", "color-profile", "cursor"])
"""Elements that do nothing that we know of and are left out without a word."""

TEXT_ELEMENTS = frozenset(["text", "tspan", "textPath"])
"""Elements that write letters, in a font of the machine that shows them."""

WRITTEN_ELEMENTS = TEXT_ELEMENTS | frozenset(["a", "title", "desc", "style"])
"""Elements in which characters mean something; everywhere else they are white space."""

PRESENTATION = _words(
    """
    alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation color-interpolation-filters
    color-rendering direction display dominant-baseline fill fill-opacity fill-rule filter flood-color flood-opacity
    font font-family font-feature-settings font-kerning font-size font-size-adjust font-stretch font-style
    font-variant font-weight glyph-orientation-horizontal glyph-orientation-vertical image-rendering isolation
    kerning letter-spacing lighting-color line-height marker marker-end marker-mid marker-start mask mask-type
    mix-blend-mode opacity overflow paint-order pointer-events shape-rendering stop-color stop-opacity stroke
    stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width
    text-anchor text-decoration text-rendering transform-box transform-origin unicode-bidi vector-effect visibility
    white-space word-spacing writing-mode
    """
)
"""Attributes that are CSS properties too."""

CSS_PROPERTIES = PRESENTATION | _words(
    """
    animation animation-delay animation-direction animation-duration animation-fill-mode animation-iteration-count
    animation-name animation-play-state animation-timing-function transition transition-delay transition-duration
    transition-property transition-timing-function background background-color color-scheme cx cy d
    font-variant-caps font-variant-numeric height offset-distance offset-path offset-rotate r rotate rx ry scale
    text-align text-decoration-color text-decoration-line text-decoration-style text-transform transform translate
    width will-change x y
    """
)
"""Properties that a style may set."""

CSS_FUNCTIONS = _words(
    """
    rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix calc min max clamp var matrix matrix3d translate
    translatex translatey translatez translate3d scale scalex scaley scale3d rotate rotatex rotatey rotatez rotate3d
    skew skewx skewy perspective cubic-bezier steps linear blur brightness contrast drop-shadow grayscale hue-rotate
    invert opacity saturate sepia circle ellipse inset path polygon rect
    """
)
"""Functions a value may call, in small letters. None of them fetches; ``url`` is judged by what it names."""

ATTRIBUTES = PRESENTATION | _words(
    """
    id class lang role version xml:space xml:lang x y z x1 y1 x2 y2 cx cy r rx ry fx fy fr width height d points
    pathLength transform viewBox preserveAspectRatio offset gradientUnits gradientTransform spreadMethod
    patternUnits patternContentUnits patternTransform clipPathUnits maskUnits maskContentUnits markerUnits
    markerWidth markerHeight orient refX refY dx dy rotate textLength lengthAdjust startOffset method spacing side
    filterUnits primitiveUnits in in2 result type values tableValues slope intercept amplitude exponent mode
    operator k1 k2 k3 k4 order kernelMatrix divisor bias targetX targetY edgeMode kernelUnitLength preserveAlpha
    surfaceScale diffuseConstant specularConstant specularExponent limitingConeAngle azimuth elevation pointsAtX
    pointsAtY pointsAtZ scale xChannelSelector yChannelSelector stdDeviation radius baseFrequency numOctaves seed
    stitchTiles systemLanguage requiredFeatures requiredExtensions media attributeName attributeType from to by
    begin dur end min max restart repeatCount repeatDur calcMode keyTimes keySplines keyPoints additive accumulate
    path origin
    """
)
"""Attributes that may stay when their value is harmless; ``href``, ``style`` and ``aria-*`` are judged apart."""

LIMITS = {"numOctaves": 10.0, "order": 32.0}
"""The greatest numbers of attributes whose cost grows with them; beyond these nothing more is seen."""
