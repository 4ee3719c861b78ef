"""PNG of the timeline: text without fonts of the machine, the same bytes each time."""

from pathlib import Path

import pytest

from orderwatch.render.timeline import png
from orderwatch.render.timeline.png import rasterize
from orderwatch.render.timeline.svg import standalone_svg
from tests.conftest import Run
from tests.support import sites

pytest.importorskip("resvg_py", reason="needs the extra png")

SMALL = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40">'
    '<text x="9" y="30" font-family="system-ui, sans-serif" font-size="20">{}</text></svg>'
)


def test_a_picture_has_text_without_the_fonts_of_the_machine() -> None:
    blank, *texts = [rasterize(SMALL.format(text)) for text in ("", "due", "échéance", "Суд")]
    assert len({blank, *texts}) == 4


def test_a_picture_is_as_wide_as_a_preview_and_the_same_each_time() -> None:
    site = sites.site(178)
    svg = standalone_svg(site.view, site.cases)
    first = rasterize(svg)
    assert first[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(first[16:20]) == 1200
    assert rasterize(svg) == first


@pytest.mark.usefixtures("with_png")
def test_publish_writes_a_png_beside_each_timeline(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    code, _out, err = run("publish", str(folder), "192")
    assert (code, err) == (0, "")
    for place in ("timeline", "cases/192/timeline"):
        picture = (folder / f"{place}.png").read_bytes()
        assert picture == rasterize((folder / f"{place}.svg").read_text("utf-8"))


def test_without_the_extra_publish_tells_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(png, "is_available", lambda: False)
    folder = tmp_path / "public"
    code, _out, err = run("publish", str(folder), "192")
    assert code == 0
    assert err.count("no PNG beside the timelines") == 1
    assert "install" in err
    assert not [*folder.rglob("*.png")]
    assert run("publish", str(folder), "192")[2] == ""
