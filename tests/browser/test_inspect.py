"""The view ``inspect`` in the page: what it shows of a token equals the record and the library."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rooms import CHINESE_PHONE

from app.screenshots import open_tab
from var_core.inspection.attention import attention_read
from var_core.inspection.colours import code_colours
from var_core.inspection.context import Context, context_of_tokens
from var_core.inspection.positions import PositionLogits, distribution, position_logits
from var_core.logits import shape_logits
from var_core.options import SamplingOptions

pytestmark = pytest.mark.browser
MATH = (Path(__file__).parents[2] / "app" / "static" / "lab" / "inspect_math.js").read_text(encoding="utf-8")
VIEW = "#lab-inspect"


def of(name: str) -> str:
    return f'{VIEW} [data-part="{name}"]'


def enter(visit: Any, tab: str = "Inspect") -> dict[str, Any]:
    """Opens the view and returns the record that the page holds."""
    page = visit.page
    open_tab(page, tab)
    page.wait_for_selector(f'{VIEW} [data-fact="id"]')
    return page.evaluate("window.varLab.record")


def values(record: dict[str, Any], name: str, scale: int, kind: str = "<f4") -> np.ndarray:
    return np.frombuffer(base64.b64decode(record["pictures"][0][name][scale]), kind)


def fact(page: Any, name: str) -> str:
    return page.locator(f'{VIEW} [data-fact="{name}"]').get_attribute("data-value")


def selection(page: Any) -> tuple[int, int]:
    chosen = page.evaluate("window.varLab.selection")
    return chosen["scale"], chosen["index"]


def context_of(pipe: Any, record: dict[str, Any]) -> Context:
    maps = [
        torch.from_numpy(values(record, "ids", scale, "<u2").astype("int64")).view(side, side)
        for scale, side in enumerate(record["sides"])
    ]
    return context_of_tokens(pipe, record["class_id"], maps)


def library_logits(server: Any, record: dict[str, Any], scale: int, index: int) -> PositionLogits:
    pipe = server.studio.engine.pipe
    return position_logits(pipe, context_of(pipe, record), scale, *divmod(index, record["sides"][scale]))


def bars(page: Any, token: int) -> dict[str, float]:
    """What the distribution says, once it is of this id."""
    page.locator(of("draw")).scroll_into_view_if_needed()
    page.wait_for_selector(f'{of("draw-body")}:not([hidden]):not([aria-busy]) [data-part="bars"][data-id="{token}"]')
    return {
        name: float(value)
        for name, value in page.evaluate(f"({{...document.querySelector('{of('bars')}').dataset}})").items()
        if name != "part"
    }


def close(number: float) -> Any:
    return pytest.approx(number, rel=2e-3, abs=1e-6)


def test_a_token_held_by_keyboard_shows_the_records_numbers_in_every_panel(visit: Any, server: Any) -> None:
    page, record = visit.page, enter(visit)
    last = len(record["sides"]) - 1
    side = record["sides"][last]
    middle = side // 2 * side + side // 2
    assert selection(page) == (last, middle)
    mosaic = page.locator(of("mosaic"))
    mosaic.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowLeft"):
        mosaic.press(key)
    assert selection(page) == (last, middle + 2 * side - 1)
    for scale, key in ((last, "End"), (last - 1, "PageUp"), (last - 2, "PageUp")):
        mosaic.press(key)
        now, index = selection(page)
        assert now == scale
        assert int(fact(page, "id")) == values(record, "ids", scale, "<u2")[index]
        for name, column in (("probability", "probability"), ("filtered", "filtered"), ("entropy", "entropy")):
            assert float(fact(page, name)) == pytest.approx(float(values(record, column, scale)[index]), rel=1e-6)
        assert float(fact(page, "divergence")) == pytest.approx(float(values(record, "divergence", scale)[index]))
        assert int(fact(page, "rank")) == values(record, "rank", scale, "<u2")[index]
        assert page.locator(f"{VIEW} [data-fact=origin]").inner_text() == "drawn"
    row, column = divmod(index, record["sides"][now])
    said = f"scale {now + 1}, row {row + 1}, column {column + 1}"
    assert page.locator(f"{VIEW} [data-fact=place]").inner_text() == said
    assert said in page.locator(of("draw-title")).inner_text()
    page.wait_for_function(f"document.querySelector('{of('spoken')}').textContent.includes('Row {row + 1}')")
    # The same cell is outlined in the picture, and its parents in the coarser maps.
    box = page.evaluate(f"document.querySelector('{of('picture')} .inspect-box').style.left")
    assert float(box.removesuffix("%")) == pytest.approx(100 * column / record["sides"][now])
    parent = page.evaluate(f"document.querySelectorAll('{of('reel')} .inspect-box')[1].style.left")
    assert float(parent.removesuffix("%")) == 50 * (2 * column // record["sides"][now])
    # Looking needs no holding; leaving goes back to what is held.
    area = page.locator(of("mosaic")).bounding_box()
    page.mouse.move(area["x"] + 2, area["y"] + 2)
    assert int(fact(page, "id")) == values(record, "ids", now, "<u2")[0]
    assert selection(page) == (now, index)
    page.mouse.move(0, 0)
    assert int(fact(page, "id")) == values(record, "ids", now, "<u2")[index]
    reel = page.locator(f"{of('reel')} [aria-pressed=true]")
    reel.press("Home")
    assert selection(page) == (0, 0)
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"


def test_the_distribution_is_the_runs_and_follows_the_sliders_as_the_library_would(visit: Any, server: Any) -> None:
    page, record = visit.page, enter(visit)
    scale, index = selection(page)
    token = int(values(record, "ids", scale, "<u2")[index])
    shown = bars(page, token)
    assert shown["after"] == close(float(values(record, "probability", scale)[index]))
    assert shown["final"] == close(float(values(record, "filtered", scale)[index]))
    logits = library_logits(server, record, scale, index)
    options = {name: value for name, value in record["options"].items() if name != "smooth"}
    spread = distribution(logits, SamplingOptions(**options))
    assert shown["count"] == spread.num_kept
    assert shown["mass"] == close(float(spread.probability[spread.filtered_probability > 0].sum()))
    row = page.locator(f"{of('bars')} tr.is-drawn")
    assert row.count() == 1
    assert row.locator("th").inner_text() == f"{token} drawn"
    reset = page.locator(f"{VIEW} [data-dial=reset]")
    assert reset.is_disabled()

    def set_dial(name: str, value: float) -> None:
        page.locator(f"{VIEW} input[data-dial={name}]").evaluate(
            "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", value
        )

    set_dial("guidance", 2.5)
    set_dial("temperature", 0.8)
    set_dial("topP", 0.6)
    set_dial("topK", 1000)  # off
    changed = distribution(logits, SamplingOptions(guidance=2.5, temperature=0.8, top_p=0.6, top_k=None))
    shown = bars(page, token)
    assert shown["after"] == close(float(changed.probability[token]))
    assert shown["final"] == close(float(changed.filtered_probability[token]))
    assert shown["count"] == changed.num_kept
    ids, _, _ = changed.top(20)
    listed = page.evaluate(
        f"[...document.querySelectorAll('{of('bars')} tr[data-id]')].map((r) => Number(r.dataset.id))"
    )
    assert listed[:5] == ids[:5].tolist()
    assert f"{changed.num_kept} of" in page.locator(of("kept-line")).inner_text()
    slider = page.locator(f"{VIEW} input[data-dial=temperature]")
    slider.press("ArrowRight")
    assert bars(page, token)["after"] == close(
        float(
            distribution(logits, SamplingOptions(guidance=2.5, temperature=0.85, top_k=None, top_p=0.6)).probability[
                token
            ]
        )
    )
    reset.click()
    assert bars(page, token)["final"] == close(float(spread.filtered_probability[token]))
    # At the first scale guidance is zero whatever the setting: no slider that does nothing.
    page.locator(f"{of('reel')} button").first.click()
    bars(page, int(values(record, "ids", 0, "<u2")[0]))
    page.locator(f"{VIEW} input[data-dial=guidance]").wait_for(state="hidden")
    assert "always 0" in page.locator(of("dials")).inner_text()


def test_the_browsers_arithmetic_is_the_samplers(visit: Any) -> None:
    generator = torch.Generator().manual_seed(0)
    for case in range(12):
        size = (64, 300)[case % 2]
        conditional, unconditional = torch.randn(2, size, generator=generator) * 3
        if case % 3 == 0:  # ties at every border
            conditional, unconditional = conditional.round(), unconditional.round()
        top_k, top_p = (None, 1, 7, 40)[case % 4], (None, 0.3, 0.9, 0.999, 1.0)[case % 5]
        options = SamplingOptions(guidance=0, top_k=top_k, top_p=top_p, temperature=0.5 + 0.25 * (case % 4))
        strength = 0.7 * (case % 3)
        tempered, filtered = shape_logits(conditional[None, None], unconditional[None, None], strength, options)
        got = visit.page.evaluate(
            f"""([conditional, unconditional, settings]) => {{
              {MATH}
              const [first, second] = [conditional, unconditional].map((row) => Float32Array.from(row));
              const logits = {{ conditional: first, unconditional: second }};
              const {{ after, final, mass, count }} = distributionOf(logits, settings);
              return [[...after], [...final], mass, count];
            }}""",
            [conditional.tolist(), unconditional.tolist(),
             {"strength": strength, "temperature": options.temperature, "topK": top_k, "topP": top_p}],
        )  # fmt: skip
        after, final = tempered[0, 0].softmax(-1), filtered[0, 0].softmax(-1)
        assert got[3] == int(filtered.isfinite().sum()), case
        assert np.allclose(got[0], after, rtol=1e-4, atol=1e-7)
        assert np.allclose(got[1], final, rtol=1e-4, atol=1e-7)
        assert got[2] == pytest.approx(float(after[final > 0].sum()), rel=1e-4)


def test_attention_reads_what_the_library_says_it_reads(visit: Any, server: Any) -> None:
    page, record = visit.page, enter(visit)
    page.locator(f"{of('reel')} button").nth(4).click()
    scale, index = selection(page)
    pipe = server.studio.engine.pipe
    side = record["sides"][scale]
    read = attention_read(pipe, context_of(pipe, record), scale, *divmod(index, side))

    def shares() -> list[float]:
        return page.evaluate(
            f"[...document.querySelectorAll('{of('shares')} [data-share]')].map((b) => Number(b.dataset.share))"
        )

    page.locator(of("attention")).scroll_into_view_if_needed()
    page.wait_for_function(f"document.querySelectorAll('{of('shares')} [data-share]').length === {scale + 1}")
    assert shares() == pytest.approx(read.shares().mean((0, 1)).tolist(), abs=1e-5)
    assert sum(shares()) == pytest.approx(1, abs=1e-4)
    page.locator(of("block")).select_option(label="2")
    assert page.locator(of("head")).is_hidden()  # this model has but one
    assert shares() == pytest.approx(read.shares()[1, 0].tolist(), abs=1e-5)
    label = page.locator(f"{of('reads')} canvas").nth(scale).get_attribute("aria-label")
    best = int(read.over(scale, block=1, head=0).argmax())
    assert f"at row {best // side + 1}, column {best % side + 1}" in label
    assert "not why" in page.locator(of("attention")).inner_text()


# A parent may hide what sticks out: each part is asked by itself.
WIDER_THAN_THE_PAGE = """[...document.querySelectorAll('#lab-inspect *')]
  .filter((node) => node.getBoundingClientRect().right > innerWidth && !node.classList.contains('unseen-text'))
  .map((node) => node.outerHTML.slice(0, 80))"""
PUT = """([options, change]) => {
  const { record, put } = window.varLab;
  const picture = { ...record.pictures[0], ...change };
  put({ ...record, run: `changed ${Math.random()}`, pictures: [picture], options: { ...record.options, ...options },
        guidance: options.guidance === 0 ? record.guidance.map(() => 0) : record.guidance });
}"""


def test_maps_keep_one_range_and_say_what_they_do_not_know(visit: Any, server: Any) -> None:
    page, record = visit.page, enter(visit)
    codebook = server.studio.engine.pipe.tokenizer.quantizer.codebook
    page.wait_for_selector(f"{of('mosaic-legend')}:not([hidden])")
    low, _, high = page.locator(f"{of('mosaic-legend')} > span").all_inner_texts()
    assert (low[:3], high[:2]) == ("≤ −", "≥ ")
    assert [float(low[3:]), float(high[2:])] == pytest.approx([code_colours(codebook).reach] * 2, rel=5e-3)
    assert f"three of {codebook.shape[1]} dimensions" in page.locator(of("mosaic-note")).inner_text()
    count, size = len(record["sides"]), record["codebook_size"]
    largest = max(float(values(record, "change", scale).max()) for scale in range(count))
    divergence = max(float(values(record, "divergence", scale).max()) for scale in range(count))
    expected = {"entropy": np.log(size), "probability": 1, "rank": size, "divergence": divergence, "change": largest}
    for name, high in expected.items():
        page.locator(of("measure")).select_option(name)
        for scale in (0, count - 1):
            page.locator(f"{of('reel')} button").nth(scale).click()
            assert float(page.locator(of("map-legend")).get_attribute("data-high")) == pytest.approx(high, rel=1e-5)
        if name == "rank":  # what the note calls 1 stands at the low end
            assert "1 = likeliest" in page.locator(of("map-note")).inner_text()
            assert page.locator(f"{of('map-legend')} span").first.inner_text() == "1"
    page.locator(of("overlay")).check()
    assert page.locator(of("veil")).is_visible()
    means = page.locator(f"{of('ramp')} tr td:nth-child(3)")
    for scale in (0, 5):
        mean = float(values(record, "divergence", scale).mean())
        assert float(means.nth(scale).get_attribute("data-value")) == pytest.approx(mean, rel=1e-5)

    page.evaluate(PUT, [{"guidance": 0}, {"divergence": None}])
    page.locator(of("measure")).select_option("divergence")
    assert "no guidance" in page.locator(of("map-none")).inner_text()
    assert fact(page, "divergence") == ""
    assert "0 at every scale" in page.locator(of("ramp-note")).inner_text()

    given = [base64.b64encode(bytes([1] * side**2)).decode() for side in record["sides"]]
    page.evaluate(PUT, [{"guidance": 4}, {"kept": given}])
    assert page.locator(f"{VIEW} [data-fact=origin]").inner_text() == "given"
    assert fact(page, "probability") == ""
    assert f"{16 * 16} of {16 * 16} tokens" in page.locator(of("mosaic-note")).inner_text()

    page.evaluate(PUT, [{"smooth": True}, {}])
    assert "not the picture" in page.locator(of("smooth")).inner_text()
    page.locator(of("draw")).scroll_into_view_if_needed()
    page.wait_for_function(f"document.querySelector('{of('draw-complaint')}').textContent.includes('blends of codes')")
    assert page.locator(of("draw-body")).is_hidden()


@pytest.mark.parametrize("visit", [CHINESE_PHONE], indirect=True)
def test_a_chinese_phone_gets_all_of_it_without_sideways_scrolling(visit: Any) -> None:
    page, record = visit.page, enter(visit, "探查")
    scale, index = selection(page)
    bars(page, int(values(record, "ids", scale, "<u2")[index]))
    page.locator(of("attention")).scroll_into_view_if_needed()
    page.wait_for_selector(f"{of('reads')} figure")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(WIDER_THAN_THE_PAGE) == []
    text = page.locator(VIEW).inner_text()
    assert "探查一个词元" in text
    assert "置信度低不等于出错" not in text  # only with its own map
    page.locator(of("measure")).select_option("probability")
    assert "置信度低不等于出错" in page.locator(VIEW).inner_text()
    area = page.locator(of("picture")).bounding_box()
    page.locator(of("picture")).click(position={"x": area["width"] - 2, "y": 2})
    assert selection(page) == (scale, record["sides"][scale] - 1)
