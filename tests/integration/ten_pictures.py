"""A project of ten paid pictures, and a provider's answer that refuses some of them."""

from __future__ import annotations

from collections.abc import Callable

from imagebuild.request import ProviderContext, Request
from imagebuild.testing import World

Make = Callable[..., World]

TEN = "version: 1\ndefaults: {provider: recorder}\ntargets:\n" + "".join(
    f"  t{number}: {{prompt: picture {number}}}\n" for number in range(10)
)


def refuse(word: str, error: Callable[[], Exception]) -> Callable[[Request, ProviderContext], bytes | None]:
    """An answer that raises for prompts with ``word`` in them and leaves the others to the provider."""

    def answer(request: Request, context: ProviderContext) -> bytes | None:
        if word in request.prompt:
            raise error()
        return None

    return answer
