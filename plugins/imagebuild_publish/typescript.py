"""The manifest as a TypeScript module."""

from __future__ import annotations

import re

from imagebuild_publish.notation import json_text

__all__ = ["typescript_module"]

_TYPES = """\
export interface PictureVariant {
  readonly format: string;
  readonly type: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly file: string;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly labels?: Readonly<Record<string, string | number>>;
}

export interface PictureSource {
  readonly type: string;
  readonly srcset: string;
}

export interface PictureEdit {
  readonly prompt?: string;
  readonly revised_prompt?: string;
  readonly model?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface Picture extends PictureEdit {
  readonly alt: string | null;
  readonly decorative: boolean;
  readonly width: number | null;
  readonly height: number | null;
  readonly color: string | null;
  readonly lqip: string | null;
  readonly thumbhash: string | null;
  readonly blurhash?: string;
  readonly digital_source_type: string | null;
  readonly sha256: string;
  readonly src: string | null;
  readonly sources: readonly PictureSource[];
  readonly variants: readonly PictureVariant[];
  readonly edits?: readonly PictureEdit[];
  readonly cost_usd?: number | null;
}
"""

_PROTOTYPE = re.compile(r'^(\s*)"__proto__":', re.MULTILINE)


def typescript_module(header: str, base: str, images: object) -> str:
    """A module with ``images``, typed to the letter, and ``pictures``, the same with one type for all."""
    return (
        f"// {header}\n\n{_TYPES}\n"
        f"export const base = {json_text(base)};\n\n"
        f"export const images = {_literal(images)} as const;\n\n"
        "export type PictureId = keyof typeof images;\n\n"
        "export const pictures: Readonly<Record<PictureId, Picture>> = images;\n"
    )


def _literal(value: object) -> str:
    """JSON is an object literal but for one key, which would set the object's prototype (ECMA-262, B.3.1)."""
    return _PROTOTYPE.sub(r'\1["__proto__"]:', json_text(value))
