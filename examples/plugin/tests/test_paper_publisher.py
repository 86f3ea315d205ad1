import csv
import io
from pathlib import Path

from imagebuild import Publication, Publisher
from imagebuild.testing import Desk, PublisherContract, manifest_of, png

from imagebuild_paper.publisher import PaperIndex


class TestPaperIndex(PublisherContract):
    def publisher(self) -> Publisher:
        return PaperIndex()


def rows(desk: Desk, *published: Publication) -> list[dict[str, str]]:
    publication = publish(desk, "data/list.csv", *published)
    assert publication.location == "data/list.csv"
    return list(csv.DictReader(io.StringIO(desk.files()["data/list.csv"].decode())))


def publish(desk: Desk, path: str, *published: Publication) -> Publication:
    options = PaperIndex().resolve({"": path}).options
    manifest = manifest_of({"hero": png(8, 6), "logo": png(8, 6)})
    return desk.publish(PaperIndex(), manifest, options, published=published)


def test_there_is_a_row_for_each_picture(tmp_path: Path) -> None:
    found = rows(Desk(tmp_path, {}))
    assert [row["id"] for row in found] == ["hero", "logo"]
    assert (found[0]["width"], found[0]["height"], found[0]["alt"]) == (
        "8",
        "6",
        "A picture of hero",
    )


def test_files_have_the_names_that_an_earlier_publisher_gave_them(tmp_path: Path) -> None:
    folder = Publication("public/img", 1, {"images/hero.png": "hero.1a2b3c4d.png"})
    assert [row["file"] for row in rows(Desk(tmp_path, {}), folder)] == [
        "hero.1a2b3c4d.png",
        "images/logo.png",
    ]


def test_a_list_moves_with_its_path(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {})
    publish(desk, "data/list.csv")
    assert publish(desk, "site/list.csv").changed == 2
    assert list(desk.files()) == ["site/list.csv"]


def test_an_older_list_that_was_committed_is_brought_up_to_date(tmp_path: Path) -> None:
    desk = Desk(tmp_path, {})
    (tmp_path / "list.csv").write_text("id,file,type,width,height,bytes,alt\r\nold,,,,,,\r\n")
    assert publish(desk, "list.csv").changed == 1
    assert desk.notices == []
