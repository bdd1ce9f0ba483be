"""Your picture, in the page: rebuilt at once, masked by hand and by key, drawn again, pasted back."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from app_support import tiny_config
from PIL import Image

from app.models import Models
from app.presets import OPENING, within
from app.screenshots import open_tab
from var_core.editing import keep_masked
from var_core.evaluation.fidelity import psnr
from var_core.initialization import initialize
from var_core.pipeline import VARPipeline
from var_core.saving import save_model
from var_core.tokenizer import Tokenizer
from var_core.training.pictures import draw
from var_core.transformer import Transformer

pytestmark = pytest.mark.browser
VIEW = "#lab-picture"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
NAMES = ("Your picture", "你的图片")


def enter(visit: Any, name: str = NAMES[0]) -> Any:
    page = visit.page
    open_tab(page, name)
    page.wait_for_selector(f'{VIEW} canvas[data-scale="10"]')
    return page.locator(VIEW)


def pixels(view: Any, name: str) -> np.ndarray:
    text = view.locator(f'[data-part="{name}"]').evaluate("canvas => canvas.toDataURL('image/png')")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text.partition(",")[2]))).convert("RGB"))


def text(view: Any, name: str) -> str:
    return str(view.locator(f'[data-part="{name}"]').inner_text())


def count(view: Any) -> int:
    return int(view.locator('[data-part="mask"]').get_attribute("data-cells"))


def coarse(page: Any) -> list[str]:
    """What the page says is drawn again, a string of 0 and 1 a scale."""
    shown = "[...document.querySelectorAll('#lab-picture [data-part=coarse] canvas')].map(c => c.dataset.drawn)"
    return list(page.evaluate(shown))


def drawn_bits(masks: Sequence[torch.Tensor]) -> list[str]:
    return ["".join(str(int(not bit)) for bit in mask.flatten().tolist()) for mask in masks]


def coarse_of(server: Any, drawn: Callable[[int, int], bool]) -> list[str]:
    """What the library draws again, for the cells of the finest grid that are."""
    schedule = server.studio.config.schedule
    keep = torch.tensor([[not drawn(row, column) for column in range(16)] for row in range(16)])
    maps = [torch.zeros(1, side, side, dtype=torch.long) for side in schedule.sides]
    return drawn_bits(keep_masked(maps, keep, schedule, 1).masks)


def drawn_again(page: Any, view: Any) -> None:
    view.locator('[data-part="draw"]').click()
    page.wait_for_selector(f'{VIEW} [data-part="spread"]:not([hidden])')
    page.wait_for_selector(f'{VIEW} [data-part="result"][data-scale="10"]')


def test_a_cold_visit_shows_a_picture_rebuilt_with_the_librarys_numbers(visit: Any, server: Any) -> None:
    view, pipe = enter(visit), server.studio.engine.pipe
    side = pipe.config.image_side
    own = draw(437, 3, split="heldout", side=side)
    assert np.array_equal(pixels(view, "original"), own)
    picture = torch.from_numpy(own.copy()).permute(2, 0, 1) / 255
    rebuilt = [each[0].mul(255).round() / 255 for each in pipe.reconstruct(pipe.encode(picture[None]))]
    bars = view.locator('[data-part="bars"] small').all_inner_texts()
    assert bars == [f"{psnr(each, picture):.1f}" for each in rebuilt]
    calls: list[str] = []
    visit.page.on("request", lambda request: calls.append(request.url))
    view.locator('[data-part="bars"] button').last.focus()
    visit.page.keyboard.press("Home")
    visit.page.keyboard.press("ArrowRight")
    visit.page.wait_for_selector(f'{VIEW} [data-part="rebuilt"][data-scale="2"]')
    assert f"{psnr(rebuilt[1], picture):.1f} dB" in text(view, "rebuilt-line")
    mean = (rebuilt[1] - picture).abs().mean().item() * 255
    off = (rebuilt[1] - picture).abs().mul(255).round().mean(0).round()
    beyond = 100 * (off >= 64).float().mean().item()
    assert 0 < beyond < 100
    assert f"{mean:.1f} levels" in text(view, "left-line")
    assert f"{beyond:.1f} % of the pixels are off by 64 or more" in text(view, "left-line")
    assert view.locator('[data-part="left-legend"] > span').all_inner_texts()[::2] == ["0", "≥ 64"]
    view.locator('[data-part="left"]').hover(position={"x": 3, "y": 3})
    assert "levels off" in text(view, "left-line")
    assert not [url for url in calls if not url.startswith("data:")]


def test_what_is_drawn_again_and_what_is_pasted_back(visit: Any, server: Any) -> None:
    view, page, pipe = enter(visit), visit.page, server.studio.engine.pipe
    side = pipe.config.image_side
    patch = side // 16
    view.locator('[data-part="clear"]').click()
    assert count(view) == 0
    assert view.locator('[data-part="draw"]').is_disabled()
    view.get_by_role("button", name="Rectangle").click()
    mask = view.locator('[data-part="mask"]')
    mask.scroll_into_view_if_needed()
    room = mask.bounding_box()
    page.mouse.move(room["x"] + room["width"] * 4.5 / 16, room["y"] + room["height"] * 6.5 / 16)
    page.mouse.down()
    page.mouse.move(room["x"] + room["width"] * 9.5 / 16, room["y"] + room["height"] * 8.5 / 16, steps=4)
    page.mouse.up()
    assert count(view) == 18  # six by three cells are touched
    drawn_again(page, view)
    cells = np.zeros((16, 16), bool)
    cells[6:9, 4:10] = True

    own, pasted = pixels(view, "original"), pixels(view, "result")
    view.get_by_role("button", name="As the model sees it").click()
    page.wait_for_selector(f'{VIEW} [data-view="raw"]')
    page.wait_for_function("document.querySelector('#lab-picture [data-part=result]').dataset.view === 'raw'")
    raw = pixels(view, "result")
    picture = torch.from_numpy(own.copy()).permute(2, 0, 1) / 255
    keep = torch.from_numpy(~cells)
    options = {"guidance": float(view.locator('[data-part="guidance"]').input_value())}
    chosen = int(view.locator('[data-part="class"]').input_value())
    value = edited(pipe, picture, keep, chosen, options)
    assert np.array_equal(raw, value["pixels"])
    feather = patch // 2
    place = np.argwhere(np.kron(cells, np.ones((patch, patch), bool)))
    rows, columns = np.mgrid[:side, :side]
    (top, left), (bottom, right) = place.min(0), place.max(0)
    away = np.maximum(np.maximum(top - rows, rows - bottom), np.maximum(left - columns, columns - right))  # ≤ 0 inside
    assert np.array_equal(pasted[away > feather], own[away > feather])
    assert np.array_equal(pasted[away <= 0], raw[away <= 0])
    assert not np.array_equal(raw[away > feather], own[away > feather])

    # The masks of the coarser grids that the page worked out are those of the library.
    shown = coarse(page)
    maps = pipe.encode(picture[None])
    masks = keep_masked(maps, keep, pipe.config.schedule, 1).masks
    assert shown == drawn_bits(masks)
    kept = sum(int(mask.sum()) for mask in masks)
    assert text(view, "kept-line").startswith(f"{kept} of {kept} kept tokens")

    # Shown in the other rooms, the record is what the library drew.
    view.get_by_role("button", name="Show this run in the other rooms").click()
    record = page.evaluate("window.varLab.record")
    found = [np.frombuffer(base64.b64decode(ids), "<u2").tolist() for ids in record["pictures"][0]["ids"]]
    assert found == [step.token_ids.flatten().tolist() for step in value["steps"]]

    with page.expect_download() as download:
        view.get_by_role("button", name="Download PNG").click()
    assert np.array_equal(np.asarray(Image.open(download.value.path()).convert("RGB")), raw)
    view.get_by_role("button", name="Go on from here").click()
    page.wait_for_function("document.querySelectorAll('#lab-picture [data-part=bars] button:disabled').length === 0")
    assert np.array_equal(pixels(view, "original"), raw)


def edited(pipe: Any, picture: torch.Tensor, keep: torch.Tensor, class_id: int, options: dict[str, float]) -> Any:
    chosen = replace(within(OPENING, pipe.config.tokenizer.codebook_size), **options)
    steps = list(pipe.edit(picture, keep, [class_id], seeds=[0], options=chosen))
    finished = pipe.decode(steps[-1].latent)[0].mul(255).round().byte().permute(1, 2, 0).numpy()
    return {"steps": steps, "pixels": finished}


@pytest.mark.parametrize("visit", [PHONE], indirect=True, ids=["phone"])
@pytest.mark.parametrize("language", [0, 1], ids=["english", "chinese"])
def test_all_of_it_by_keyboard_on_a_small_screen(visit: Any, language: int) -> None:
    page = visit.page
    if language:
        page.get_by_text("中文").click()
        page.get_by_role("tab", name="生成").wait_for()
    view = enter(visit, NAMES[language])
    before = count(view)
    mask = view.locator('[data-part="mask"]')
    mask.focus()
    for key in ("ArrowUp", "ArrowLeft", "Space"):
        page.keyboard.press(key)
    assert count(view) == before - 1  # the middle was painted; now it is kept
    said = text(view, "spoken")
    assert said == ("Row 8, column 8: kept", "第 8 行第 8 列：保留")[language]
    page.keyboard.press("Space")
    assert count(view) == before
    view.locator('[data-start="border"]').focus()
    page.keyboard.press("Enter")
    assert view.locator('[data-part="across"]').is_visible()
    view.locator('[data-part="shrink"]').focus()
    page.keyboard.press("ArrowLeft")
    assert count(view) > before
    view.locator('[data-part="draw"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f'{VIEW} [data-part="result"][data-scale="10"]')
    page.wait_for_selector(f'{VIEW} [data-part="spread"]:not([hidden])')
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert view.locator('[data-part="result"]').get_attribute("aria-label")
    if language:
        page.get_by_text("English").click()
        page.get_by_role("tab", name="Generate").wait_for()


def test_a_file_is_made_small_checked_and_refused_in_words(visit: Any, tmp_path: Path) -> None:
    view, page = enter(visit), visit.page
    large = Image.effect_noise((1200, 800), 80).convert("RGB").resize((1500, 1000))
    large.save(tmp_path / "large.jpg")
    field = view.locator('[data-part="file"]')
    sent: list[int] = []
    page.on("request", lambda request: sent.append(len(request.post_data or "")))
    field.set_input_files(tmp_path / "large.jpg")
    page.wait_for_selector(f'{VIEW} [data-rebuilt="2"]')
    assert max(sent) < 200_000  # never the file itself
    Image.new("RGB", (90, 60), "red").save(tmp_path / "red.tiff")
    field.set_input_files(tmp_path / "red.tiff")
    page.wait_for_function(
        "(() => { const c = document.querySelector('#lab-picture [data-part=original]');"
        "return c.getContext('2d').getImageData(3, 3, 1, 1).data.join() === '255,0,0,255'; })()"
    )
    (tmp_path / "trick.png").write_bytes(b"<svg onload=alert(1)></svg>")
    field.set_input_files(tmp_path / "trick.png")
    page.get_by_text("no picture of a known kind").wait_for()
    assert pixels(view, "original")[3, 3].tolist() == [255, 0, 0]


def test_only_the_last_of_several_wishes_is_shown(visit: Any) -> None:
    view, page = enter(visit), visit.page
    samples = view.locator('[data-part="samples"] button')
    page.wait_for_function("document.querySelectorAll('#lab-picture [data-part=samples] img').length === 3")
    for index in (1, 2, 0, 1):
        samples.nth(index).click()
    page.wait_for_function("document.querySelectorAll('#lab-picture [data-part=bars] button:disabled').length === 0")
    numbers = view.locator('[data-part="bars"] small').all_inner_texts()
    samples.nth(0).click()
    samples.nth(1).click()
    view.locator('[data-part="draw"]').click()  # takes the place of what is being rebuilt, which is made up for
    page.wait_for_selector(f'{VIEW} [data-part="spread"]:not([hidden])')
    page.wait_for_function("document.querySelectorAll('#lab-picture [data-part=bars] button:disabled').length === 0")
    assert view.locator('[data-part="bars"] small').all_inner_texts() == numbers
    view.locator('[data-part="draw"]').click()
    samples.nth(2).click()
    page.wait_for_function("document.querySelectorAll('#lab-picture [data-part=bars] button:disabled').length === 0")
    assert view.locator('[data-part="outcome"]').is_hidden()


@pytest.fixture
def published(server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Another model of the server: named as a published one, its pictures twice as wide."""
    config, models = tiny_config(), server.studio.models
    config = replace(config, name="d20", tokenizer=replace(config.tokenizer, multipliers=(1, 1, 1, 2, 2)))
    tokenizer = Tokenizer(config.tokenizer, config.schedule)
    transformer = Transformer(config.transformer, config.tokenizer, config.schedule)
    initialize(transformer, seed=0)
    save_model(tmp_path / "d20", config, tokenizer, transformer, torch.float32)
    pipe = VARPipeline.from_pretrained(tmp_path / "d20", device="cpu", precision="exact")
    own = Models([str(tmp_path / "d20")], lambda source: pipe, first=pipe).first
    get, pipeline = models.get, models.pipeline
    monkeypatch.setattr(models, "get", lambda name: own if name == own.name else get(name))
    monkeypatch.setattr(models, "pipeline", lambda name: pipe if name == own.name else pipeline(name))
    return own.name


def test_ones_own_picture_outlasts_a_change_of_model_and_what_is_said_of_it_fits_the_model(
    visit: Any, published: str, tmp_path: Path
) -> None:
    view, page = enter(visit), visit.page
    record = page.evaluate("window.varLab.record")
    assert text(view, "honest").startswith("What tiny was trained on is not known here")
    halves = Image.new("RGB", (512, 512), "red")
    halves.paste("blue", (256, 0, 512, 512))
    for line in range(448, 512, 4):  # so fine that the larger model still gets it, and the smaller one grey
        halves.paste("black", (0, line, 512, line + 2))
        halves.paste("white", (0, line + 2, 512, line + 4))
    halves.save(tmp_path / "halves.png")
    view.locator('[data-part="file"]').set_input_files(tmp_path / "halves.png")
    page.wait_for_selector(f'{VIEW} [data-rebuilt="2"]')
    models = ((published, 256), (record["model"], 128))
    for mark, (model, side) in enumerate(models, start=3):
        page.evaluate("([record, model]) => window.varLab.put({ ...record, model, run: model })", [record, model])
        page.wait_for_selector(f'{VIEW} [data-rebuilt="{mark}"]')
        own = pixels(view, "original")
        assert own.shape == (side, side, 3)
        assert own[side // 2, side // 8].tolist() == [255, 0, 0]
        assert own[side // 2, -side // 8].tolist() == [0, 0, 255]
        assert view.locator('[data-part="samples"] [aria-pressed="true"]').count() == 0
        fine = own[side * 15 // 16 : side * 31 // 32].astype(float).std()
        assert fine > 100 if model == published else fine < 20  # cut from the file again, not from what it was cut to
        if model == published:
            assert text(view, "honest").startswith("d20 has seen photographs.")


ARRIVES = """async ([kind, colour]) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 30 });
  const pen = canvas.getContext('2d');
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 40, 30);
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  const data = new DataTransfer();
  data.items.add(new File([blob], 'a.png', { type: 'image/png' }));
  const event = kind === 'paste'
    ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true })
    : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
  document.querySelector('#lab-picture [data-part=drop]').dispatchEvent(event);
}"""


def test_a_picture_may_be_dropped_or_pasted_and_the_brush_paints_and_erases(visit: Any, server: Any) -> None:
    view, page = enter(visit), visit.page
    for mark, (kind, colour, value) in enumerate(
        (("drop", "#00ff00", [0, 255, 0]), ("paste", "#0000ff", [0, 0, 255])), start=2
    ):
        page.evaluate(ARRIVES, [kind, colour])
        page.wait_for_selector(f'{VIEW} [data-rebuilt="{mark}"]')
        assert pixels(view, "original")[5, 5].tolist() == value
    assert view.locator('[data-part="class"]').input_value() == "none"
    assert view.locator('[data-part="guidance"]').is_hidden()  # it would do nothing
    view.get_by_role("button", name="Clear").click()

    def dab() -> None:  # in the middle, wherever the last control has scrolled it to
        mask = view.locator('[data-part="mask"]')
        mask.scroll_into_view_if_needed()
        room = mask.bounding_box()
        page.mouse.click(room["x"] + room["width"] * 8.5 / 16, room["y"] + room["height"] * 8.5 / 16)

    view.locator('[data-part="size"]').fill("4")
    dab()
    assert count(view) == 1
    view.get_by_role("button", name="Invert").click()
    assert count(view) == 255  # cells, not pixels: the one with a dot is kept now, and whole
    assert coarse(page) == coarse_of(server, lambda row, column: (row, column) != (8, 8))
    view.get_by_role("button", name="Clear").click()
    dab()
    view.get_by_role("button", name="Eraser").click()
    view.locator('[data-part="size"]').fill("12")
    dab()
    assert count(view) == 0

    # Half of what some cells of 13×13 cover is kept here: the page has to round as the library does.
    view.locator('[data-tool="box"]').click()
    mask = view.locator('[data-part="mask"]')
    mask.scroll_into_view_if_needed()
    room = mask.bounding_box()
    at = lambda x, y: (room["x"] + room["width"] * x / 16, room["y"] + room["height"] * y / 16)  # noqa: E731
    page.mouse.move(*at(4.3, 0.3))
    page.mouse.down()
    page.mouse.move(*at(7.6, 2.6))
    page.mouse.up()
    assert count(view) == 12
    assert coarse(page) == coarse_of(server, lambda row, column: row <= 2 and 4 <= column <= 7)
    view.locator('[data-part="class"]').select_option("417")
    view.locator('[data-start="border"]').click()
    assert view.locator('[data-part="class"]').input_value() == "417"  # what was chosen stays
