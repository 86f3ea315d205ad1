"""What tests of whole projects share: a browser for those that make pages, and the blog of the examples."""

from __future__ import annotations

import pytest
from blog import Blog
from browser import chromium

__all__ = ["built_blog", "chromium"]


@pytest.fixture(scope="session")
def built_blog(tmp_path_factory: pytest.TempPathFactory) -> Blog:
    """The example ``blog`` after its two commands. Nobody changes it."""
    blog = Blog.in_folder(tmp_path_factory.mktemp("example"))
    blog.first.extend(blog.build())
    blog.make_pages()
    return blog
