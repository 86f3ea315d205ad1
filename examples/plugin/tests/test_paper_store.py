from pathlib import Path

import pytest
from imagebuild import RemoteStore
from imagebuild.errors import StoreError, UnreachableError
from imagebuild.testing import StoreContract

from imagebuild_paper.store import PaperDrawer


class TestPaperDrawer(StoreContract):
    def store(self) -> RemoteStore:
        return PaperDrawer()

    def address(self, folder: Path) -> str:
        return f"drawer://{folder}/pictures.drawer"


def test_a_drawer_that_is_not_there_is_unreachable_until_somebody_writes(tmp_path: Path) -> None:
    drawer = PaperDrawer().open(f"drawer://{tmp_path}/pictures.drawer", {}, {})
    with pytest.raises(UnreachableError, match="cannot be opened"):
        drawer.get("v1/a")
    assert list(tmp_path.iterdir()) == []
    assert drawer.put("v1/a", b"1") is True
    assert drawer.get("v1/a") == b"1"


def test_a_file_that_is_no_drawer_is_named(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear all,\n" * 100)
    with pytest.raises(StoreError, match="is broken: file is not a database"):
        PaperDrawer().open(f"drawer://{tmp_path}/letter", {}, {}).get("v1/a")


def test_a_relative_path_is_no_address() -> None:
    assert PaperDrawer().fault("drawer://pictures.drawer") == "has no absolute path"
