"""One step taken apart, in the page: what is shown is what the library computes for the record on the table."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from rooms import CHINESE_PHONE

from app.lab.past import past_of
from app.lessons.anatomy import WORDS
from app.screenshots import open_tab
from var_core.inspection.anatomy import StepAnatomy, step_anatomy
from var_core.inspection.colours import code_colours
from var_core.inspection.context import sums_of_tokens
from var_core.inspection.contribution import contributions
from var_core.inspection.cost import scale_costs
from var_core.inspection.spectrum import bands

pytestmark = pytest.mark.browser
VIEW = "#lab-anatomy"


def of(name: str) -> str:
    return f'{VIEW} [data-part="{name}"]'


def enter(visit: Any, tab: str = "One step") -> Any:
    """Opens the view and waits until a step is taken apart, without another click."""
    page = visit.page
    open_tab(page, tab)
    page.wait_for_selector(f"{VIEW} .anatomy[data-scale]")
    return page


def selection(page: Any) -> dict[str, int]:
    return dict(page.evaluate("window.varLab.selection"))


def token_maps(page: Any, server: Any) -> Any:
    record = page.evaluate("window.varLab.record")
    past = {"class_id": record["class_id"], "seed": record["pictures"][0]["seed"], "options": record["options"]}
    values = {"past": {**past, "ids": record["pictures"][0]["ids"]}}
    return past_of(values, server.studio.engine.pipe.config).token_ids


def choose_scale(page: Any, scale: int) -> None:
    page.locator(f"{of('scales')} button").nth(scale).click()
    page.wait_for_selector(f'{VIEW} .anatomy[data-scale="{scale}"]')


def check_numbers(page: Any, server: Any) -> StepAnatomy:
    """The chosen id, the sum in words, and the pixels of the maps."""
    pipe, chosen, maps = server.studio.engine.pipe, selection(page), token_maps(page, server)
    step = step_anatomy(pipe, maps, chosen["scale"])
    last, (row, column) = pipe.config.schedule.last_side, divmod(chosen["index"], step.side)
    assert page.inner_text(of("chosen")).endswith(f"id {step.token_ids[row, column]}.")
    centre = [int((at + 0.5) * last / step.side) for at in (row, column)]
    numbers = re.findall(r"-?\d+(?:\.\d+)?", page.inner_text(of("adds")).replace("−", "-"))
    channel, contribution, before, after = int(numbers[0]) - 1, *map(float, numbers[1:])
    for shown, own in ((contribution, step.contribution), (before, step.before), (after, step.after)):
        assert shown == pytest.approx(float(own[channel, centre[0], centre[1]]), abs=1.1e-3)
    assert contribution + before == pytest.approx(after, abs=1e-9)
    check_pixels(page, server, step)
    return step


def pixels_of(page: Any, name: str) -> Any:
    """A map's canvas as (h, w, 3) integers."""
    canvas = page.locator(f'{VIEW} [data-map="{name}"] canvas')
    data = canvas.evaluate("canvas => canvas.toDataURL('image/png')").partition(",")[2]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")).astype(int)


def check_pixels(page: Any, server: Any, step: StepAnatomy) -> None:
    pipe = server.studio.engine.pipe
    colours = code_colours(pipe.tokenizer.quantizer.codebook)
    sums = torch.cat(sums_of_tokens(pipe, token_maps(page, server)))
    places = torch.einsum("nchw,ca->nahw", sums, colours.axes).abs().flatten()
    span = max(1.0, float(places.quantile(0.99)) / colours.reach)
    grey = replace(colours, mean=torch.zeros_like(colours.mean))
    for name in ("codes", "upsampled", "contribution", "before", "after"):
        own = grey.rgb(getattr(step, name), span).numpy().astype(int)
        off = 255
        for _ in range(50):  # a map may still be growing into its place
            shown = pixels_of(page, name)
            off = int(np.abs(shown - own).max()) if shown.shape == own.shape else 255
            if off <= 1:
                break
            page.wait_for_timeout(100)
        assert off <= 1, name


def test_a_cold_visit_shows_a_step_with_the_librarys_numbers_and_walks_it_by_keyboard(visit: Any, server: Any) -> None:
    page = enter(visit)
    assert selection(page)["scale"] == 5
    check_numbers(page, server)
    assert page.locator(f'{VIEW} .map[data-shown="yes"]').count() == 8

    # The stages, by arrow keys; maps appear with theirs.
    page.focus(of("forward"))
    for stage, shown in enumerate((1, 2, 3, 4, 6, 7, 8), start=1):
        page.keyboard.press("ArrowRight")
        assert page.inner_text(of("position")) == f"{stage} of 7"
        assert page.locator(f'{VIEW} .map[data-shown="yes"]').count() == shown
    assert "averaged to its own 8×8 grid" in page.inner_text(of("sentence"))
    page.evaluate("selector => document.querySelector(selector).open = true", of("deeper"))
    assert "8×16×16 → 8×8×8" in page.inner_text(of("equation"))
    for _ in range(7):  # the focus has gone on to the other button
        page.keyboard.press("ArrowLeft")
    assert page.inner_text(of("position")) == ""
    page.click(of("play"))
    page.wait_for_selector(f'{of("transport")}[data-playing="yes"]')
    assert page.inner_text(of("position")) == "1 of 7"
    page.click(of("play"))
    page.click(of("back"))

    # The cells, by arrow keys and by what other views select; outlined in every map.
    page.focus(f'{VIEW} [role="gridcell"][tabindex="0"]')
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    chosen = selection(page)
    assert chosen["index"] % 6 == 2
    assert page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"
    boxes = page.eval_on_selector_all(f"{VIEW} .flow .outline", "nodes => nodes.map((node) => node.style.left)")
    assert len(set(boxes)) == 1
    check_numbers(page, server)
    page.evaluate("window.varLab.select({ scale: 8, index: 100 })")
    page.wait_for_selector(f'{VIEW} .anatomy[data-scale="8"]')
    check_numbers(page, server)

    # Both ends: nothing before the first, nothing after the last.
    choose_scale(page, 9)
    check_numbers(page, server)
    assert "this was the last scale" in page.inner_text(f'{VIEW} [data-map="next"]')
    choose_scale(page, 0)
    step = check_numbers(page, server)
    assert not step.before.any()

    # One channel alone: by its bar, by the list.
    page.locator(f"{of('bars')} button").nth(3).click()
    assert page.input_value(of("colour")) == "3"
    assert "channel 4:" in page.inner_text(of("adds"))
    page.select_option(of("colour"), "")
    check_pixels(page, server, step)


def test_what_scales_add_cost_and_change_is_the_librarys(visit: Any, server: Any) -> None:
    page, pipe = enter(visit), server.studio.engine.pipe
    maps = token_maps(page, server)
    latents = [latent[0] for latent in sums_of_tokens(pipe, maps)]
    pictures = torch.cat(pipe.reconstruct(list(maps))).cpu()
    own = contributions(pipe, latents, pictures)

    choose_scale(page, 3)
    high = float(page.inner_text(f"{of('change-legend')} span:last-child"))
    assert high == pytest.approx(own.norm_range[1], abs=0.006)
    strengths = [float(text.split()[-1]) for text in page.locator(f"{of('norms')} .shape").all_inner_texts()]
    assert strengths == pytest.approx([float(norm.square().mean().sqrt()) for norm in own.norms], abs=6e-4)
    page.click(of("decode"))
    page.wait_for_selector(f"{of('difference')} img")
    numbers = re.findall(r"by ([\d.]+) of 255 levels .*, (\d+) at most", page.inner_text(of("change-said")))
    rms, largest = numbers[0]
    assert float(rms) == pytest.approx(float(own.changes[3].square().mean().sqrt()) * 255, abs=0.06)
    assert int(largest) == pytest.approx(float(own.changes[3].abs().max()) * 255, abs=0.6)
    assert "not the picture of a difference" in page.inner_text(of("change-note"))

    page.locator(of("costs")).scroll_into_view_if_needed()
    page.wait_for_selector(f"{of('cost')} tbody tr")
    guided = page.evaluate("window.varLab.record.options.guidance > 0")
    config = pipe.config
    costs = scale_costs(config.transformer, config.tokenizer, config.schedule, guided=guided)
    rows = [row.split("\t") for row in page.locator(f"{of('cost')} tbody tr").all_inner_texts()]
    assert [int(row[1]) for row in rows] == [cost.tokens for cost in costs]
    units = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}
    for row, cost in zip(rows, costs, strict=True):
        number, _, unit = row[2].strip().partition(" ")
        assert float(number) * units[unit] == pytest.approx(cost.flops, rel=0.006)
    assert [int(row[3].split()[0]) for row in rows] == page.evaluate("window.varLab.record.ms")

    page.locator(of("spectrum")).scroll_into_view_if_needed()
    page.wait_for_selector(f'{of("chart")} polyline[data-scale="9"]')
    found = bands(pictures)
    low, high, median = (f"{float(row[3]):g}" for row in (found.low, found.high, found.median))
    said = page.inner_text(of("spectrum-said"))
    assert f"between {low} and {high} cycles per picture, half of it at {median} or below" in said
    shares = [int(share) for share in re.findall(r"shares (\d+) %", said)]
    assert shares == pytest.approx([100 * float(found.overlap[3, 2]), 100 * float(found.overlap[3, 4])], abs=0.6)


def test_another_record_names_both_its_classes_and_does_not_cut_off_the_spectrum_of_the_first(visit: Any) -> None:
    page = enter(visit)
    lines = f"document.querySelectorAll('{of('chart')} polyline').length"
    page.evaluate(
        """(selector) => {
          const { record, put } = window.varLab;
          const change = { scale: 5, class_id: 417, cache: 'keep', subject: 'balloon', subject_zh: '气球' };
          window.met = [record, { ...record, run: 'morph', switch: change }];
          new MutationObserver((_, watcher) => {
            if (!document.querySelector(selector)) return;
            watcher.disconnect();
            put(window.met[1]);
          }).observe(document.querySelector('#lab-anatomy'), { childList: true, subtree: true });
        }""",
        f"{of('chart')} polyline",
    )
    page.locator(of("spectrum")).scroll_into_view_if_needed()
    page.wait_for_function(f"varLab.record === met[1] && {lines} === 10")
    seed = page.evaluate("varLab.record.pictures[0].seed")
    subject = page.evaluate("varLab.record.subject")
    assert page.inner_text(of("which")) == f"{subject}, then balloon from scale 6 on, seed {seed}"
    page.evaluate("varLab.put(met[0])")
    assert page.inner_text(of("which")) == f"{subject}, seed {seed}"
    page.wait_for_function(f"{lines} === 10")
    page.evaluate("varLab.put(met[1])")
    page.locator("#language").get_by_text("中文").click()
    page.wait_for_function(f"document.querySelector('{of('which')}').textContent.includes('从尺度 6 起为气球')")


def test_a_map_that_was_kept_is_not_labelled_as_drawn(visit: Any) -> None:
    page = enter(visit)
    choose_scale(page, 0)
    sign = page.locator(f'{VIEW} [data-map="ids"]')
    assert "drawn" in sign.inner_text().split()
    page.evaluate("""() => {
      const { record, put } = window.varLab;
      const pictures = record.pictures.map((one) => ({ ...one, kept: ['AQ==', ...one.kept.slice(1)] }));
      put({ ...record, run: 'sibling', pictures });
    }""")
    choose_scale(page, 0)
    sign.filter(has_text="given").wait_for()
    assert "drawn" not in sign.inner_text().split()
    page.locator(of("forward")).click()
    given = WORDS["en"].given.format(count=1, tokens=1)
    page.wait_for_function(f"document.querySelector('{of('sentence')}').textContent === {json.dumps(given)}")


def test_a_smooth_run_is_not_taken_apart_and_the_language_may_change_meanwhile(visit: Any) -> None:
    page = enter(visit)
    page.locator("#language").get_by_text("中文").click()
    page.get_by_text("尺度 6：完整的一步").wait_for()
    assert page.inner_text(of("chosen")).startswith("6×6 中第")
    page.evaluate(
        "() => { const { record, put } = window.varLab; "
        "put({ ...record, run: 'smooth', options: { ...record.options, smooth: true } }); }"
    )
    page.wait_for_selector(of("bench"), state="hidden")
    assert "编号推不出这些混合" in page.inner_text(of("complaint"))
    assert page.is_hidden(of("decode"))
    assert page.locator(f"{of('norms')} canvas").count() == 10


@pytest.mark.parametrize("visit", [CHINESE_PHONE], indirect=True)
def test_a_chinese_phone_without_motion_sees_everything_at_once(visit: Any) -> None:
    page = enter(visit, "一步之内")
    assert page.is_hidden(of("play"))
    for _ in range(5):
        page.click(of("forward"))
    assert page.inner_text(of("title")) == "加到已有的累加和上"
    assert page.locator(f'{VIEW} .map[data-shown="yes"]').count() == 8
    for name in ("costs", "spectrum"):
        page.locator(of(name)).scroll_into_view_if_needed()
    page.wait_for_selector(f'{of("chart")} polyline[data-scale="9"]')
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not re.search(r"\{\w+\}|undefined|NaN", page.inner_text(VIEW))
    assert not page.locator(f"{VIEW} .complaint", has_text=re.compile(".")).count()
