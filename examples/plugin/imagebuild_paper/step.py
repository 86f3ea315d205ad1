"""The step ``paper-print``: prints pictures on a coloured paper with a grain."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import imagebuild
from imagebuild.errors import StepError
from msgspec.structs import replace

from imagebuild_paper.paper import PAPERS

LOADERS = {
    "image/png": "pngload_buffer",
    "image/jpeg": "jpegload_buffer",
    "image/webp": "webpload_buffer",
}
MOST_PIXELS = 64_000_000
TILE = 128
MARK = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about=""'
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    ' Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/{}"'
    "/></rdf:RDF></x:xmpmeta>"
)


class PaperPrint(imagebuild.Step):
    """Prints pictures on paper: what is white takes the paper's colour, and its grain shows."""

    name = "paper-print"
    version = "1"
    marks = True
    options = (
        imagebuild.Option(
            "paper",
            "choice",
            "What it is printed on.",
            default="ivory",
            choices=tuple(PAPERS),
            main=True,
            example="paper: kraft",
        ),
        imagebuild.Option(
            "grain",
            "integer",
            "How rough the paper is.",
            default=6,
            least=0,
            most=40,
            example="grain: 12",
        ),
    )

    def apply(
        self, pictures: Sequence[imagebuild.Picture], context: imagebuild.StepContext
    ) -> Sequence[imagebuild.Picture]:
        """Print each picture. WebP without loss comes out; a later step may choose another format."""
        return [self._printed(picture, context) for picture in pictures]

    def _printed(
        self, picture: imagebuild.Picture, context: imagebuild.StepContext
    ) -> imagebuild.Picture:
        import pyvips  # here, so that the plugin itself loads quickly

        if picture.media_type not in LOADERS:
            raise StepError(
                f"'{self.name}' cannot print {picture.media_type}, expected png, jpeg or webp",
                hint="convert it first",
            )
        try:
            image = _pixels(pyvips, picture)
            image = image.flatten(background=[255, 255, 255]) if image.hasalpha() else image
            paper = [level / 255 for level in PAPERS[str(context.options["paper"])]]
            image = image * paper + _grain(pyvips, image, int(str(context.options["grain"])))
            image = image.cast("uchar").copy(interpretation="srgb")
            if context.source_type:
                mark = MARK.format(context.source_type).encode()
                image.set_type(pyvips.GValue.blob_type, "xmp-data", mark)
            # Nothing but our own mark is kept: metadata of other programs may hold the prompt.
            keep = "xmp" if context.source_type else "none"
            data = image.webpsave_buffer(lossless=True, keep=keep)
        except pyvips.Error as error:
            raise StepError(
                f"a picture of '{context.target}' cannot be printed",
                hint="is it damaged, or larger than 16383 pixels?",
            ) from error
        return replace(picture, data=data, media_type="image/webp")


def _pixels(pyvips: Any, picture: imagebuild.Picture) -> Any:
    """The picture as 8 bit sRGB, upright."""
    load = getattr(pyvips.Image, LOADERS[picture.media_type])
    image = load(picture.data, fail_on="truncated")
    if image.width * image.height > MOST_PIXELS:
        raise StepError(
            f"a picture is {image.width}x{image.height}, expected 64 megapixels at most",
            hint="make it smaller first",
        )
    image = image.icc_transform("srgb") if image.get_typeof("icc-profile-data") else image
    return image.autorot().colourspace("srgb").cast("uchar")


def _grain(pyvips: Any, image: Any, strength: int) -> Any:
    """Noise as large as the picture, up to ``strength`` levels up or down: a tile, repeated."""
    noise = hashlib.shake_256(b"paper").digest(TILE * TILE)
    tile = pyvips.Image.new_from_memory(noise, TILE, TILE, 1, "uchar")
    across, down = -(-image.width // TILE), -(-image.height // TILE)
    whole = tile.replicate(across, down).crop(0, 0, image.width, image.height)
    return ((whole / 255 * 2 - 1) * strength).rint()
