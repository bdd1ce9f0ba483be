"""The story, taken from end to end by keyboard: what it says is what the library says, what it does is really done."""

from __future__ import annotations

import base64
import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from rooms import CHINESE_PHONE

from app.lab.anatomy import step_answer
from app.lab.past import past_of, sent_past, trace_of
from app.lessons import LESSONS
from app.lessons.story import WORDS
from var_core.images import to_pixels
from var_core.inspection.branching import siblings
from var_core.inspection.cost import next_scale_cost, raster_cost
from var_core.inspection.divergence import differences
from var_core.inspection.likeness import likeness
from var_core.options import SamplingOptions

pytestmark = pytest.mark.browser
VIEW = "#lab-story"


def of(name: str) -> str:
    return f'{VIEW} [data-part="{name}"]'


def text_of(page: Any, name: str) -> str:
    return str(page.locator(of(name)).inner_text())


def enter(visit: Any) -> Any:
    page = visit.page
    page.wait_for_function("window.varLab && window.varLab.record")
    page.click("#room-story-button")
    page.wait_for_selector(f"{of('step')}:not([hidden])")
    page.locator(f"{of('nav')} button").first.focus()
    page.keyboard.press("Home")
    return page


def lay_on_table(page: Any, run: str, kept: dict[int, bytes] | None = None, **facts: Any) -> None:
    """Puts the record on the table there anew, as another run, with other maps of what was given."""
    packed = {scale: base64.b64encode(cells).decode() for scale, cells in (kept or {}).items()}
    page.evaluate(
        """([run, packed, facts]) => {
          const { record, put } = window.varLab;
          const pictures = record.pictures.map((one) => ({ ...one, kept: Object.assign([...one.kept], packed) }));
          put({ ...record, run, pictures, ...facts });
        }""",
        [run, packed, facts],
    )


def values_of(page: Any, name: str, scale: int, kind: str = "Float32Array") -> np.ndarray:
    listed = page.evaluate(
        """([name, scale, kind]) => {
          const raw = atob(varLab.record.pictures[0][name][scale]);
          return [...new globalThis[kind](Uint8Array.from(raw, (letter) => letter.charCodeAt(0)).buffer)];
        }""",
        [name, scale, kind],
    )
    return np.array(listed)


def guess(page: Any, language: str, step: int, choice: int) -> None:
    """From the title: arrows to the answers and among them, Enter to reveal."""
    words = WORDS[language].steps[step]  # type: ignore[index]
    page.wait_for_function(f"document.activeElement === document.querySelector('{of('title')}')")
    assert text_of(page, "count").count(str(step + 1))
    assert not page.locator(of("found")).is_visible()
    chosen = f"[...document.querySelectorAll('{of('choices')} input')].findIndex((radio) => radio.checked)"
    for _ in range(20):  # the title may take the focus once more while the room is still opening
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(50)
        if page.evaluate(chosen) == choice and page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{of('feedback')} p")
    page.wait_for_function(f"document.querySelector('{of('result')}').textContent !== ''")
    right = words.right if words.right >= 0 else page.locator(f"{of('choices')} label").evaluate_all(
        "(labels) => labels.findIndex((label) => label.dataset.mark === 'right')"
    )  # fmt: skip
    marks = page.locator(f"{of('feedback')} p").evaluate_all("(lines) => lines.map((line) => line.dataset.mark)")
    assert marks == (["right"] if choice == right else ["wrong", "answer"])
    page.wait_for_function(f"document.activeElement === document.querySelector('{of('result')}')")
    told = page.locator(f"{VIEW} [data-part='step']").inner_text()
    assert "{" not in told
    assert "undefined" not in told
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def act(page: Any, room: str) -> None:
    """It is the next thing behind what was found; the room opens, with a way back in sight."""
    page.keyboard.press("Tab")
    assert page.evaluate(f"document.activeElement === document.querySelector('{of('act')}')")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{room} >> visible=true")
    page.wait_for_function("(document.querySelector('.story-said')?.textContent || '') !== ''")
    assert page.locator("#story-chip").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def onward(page: Any) -> None:
    """Escape leads back to the title of the step, the arrow to the next one."""
    page.keyboard.press("Escape")
    page.wait_for_function(f"document.activeElement === document.querySelector('{of('title')}')")
    assert page.locator("#story-chip").is_hidden()
    assert page.locator(of("found")).is_visible()  # what was revealed stays
    page.keyboard.press("ArrowRight")


def check_siblings(page: Any, server: Any) -> None:
    pipe, record = server.studio.engine.pipe, page.evaluate("varLab.record")
    trace = trace_of(pipe, past_of({"past": sent_past(record)}, pipe.config))
    runs = [list(siblings(pipe, trace, 0, keep, (100, 101, 102, 103))) for keep in (3, 0)]
    sheets = [torch.from_numpy(to_pixels(pipe.decode(steps[-1].latent))) for steps in runs]
    pictures = [sheet.permute(0, 3, 1, 2).float() / 255 for sheet in sheets]
    alike, none = map(likeness, pictures)
    found = differences(pictures[0], [step.token_ids for step in runs[0]])
    said = [float(number) for number in re.findall(r"-?\d\.\d\d", text_of(page, "result"))]
    numbers = [alike.layout, none.layout, alike.colours, none.colours, alike.texture, none.texture]
    assert said == pytest.approx(numbers, abs=0.0051)
    right = page.locator(f"{of('choices')} label").nth(1).get_attribute("data-mark") == "right"
    assert right == (max(alike.layout, alike.colours) > alike.texture)
    assert found.token_shares[:3] == (0, 0, 0)
    assert f"{100 * found.token_shares[-1]:.0f} %" in text_of(page, "result")


def check_input(page: Any, server: Any, scale: int) -> None:
    """The first panel shows what its label says is read: the sum so far, averaged to the grid of this scale."""
    pipe, record = server.studio.engine.pipe, page.evaluate("varLab.record")
    past = sent_past(record)
    step = step_answer(pipe, {"past": {**past, "ids": past["ids"][: scale + 1]}, "scale": scale})
    side, last, channels = record["sides"][scale], record["sides"][-1], step["channels"]
    before, axes = (
        torch.frombuffer(bytearray(base64.b64decode(step[name])), dtype=torch.float32) for name in ("before", "axes")
    )
    pooled = F.interpolate(before.view(1, channels, last, last), size=(side, side), mode="area")[0]
    places = torch.einsum("ac,chw->hwa", axes.view(3, channels), pooled)
    expected = (255 * (0.5 + places / (2 * step["reach"]))).clamp(0, 255).round().int()
    panel = page.locator(f"{of('flow')} figure").first
    shown = panel.locator("canvas").evaluate(
        "(canvas) => [canvas.width, [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]]"
    )
    assert shown[0] == side
    drawn = torch.tensor(shown[1]).view(side, side, 4)[..., :3]
    assert int((drawn - expected).abs().max()) <= 1


def check_guidance(page: Any, server: Any) -> None:
    pipe, record = server.studio.engine.pipe, page.evaluate("varLab.record")
    known = {
        **record["options"],
        "top_k": record["options"]["top_k"] or None,
        "top_p": record["options"]["top_p"] or None,
    }
    draws = [
        list(pipe.stream([record["class_id"]], seeds=[record["pictures"][0]["seed"]],
                         options=SamplingOptions(**{**known, "guidance": strength})))
        for strength in (0.0, 4.0)
    ]  # fmt: skip
    equal = [float((one.token_ids == two.token_ids).float().mean()) for one, two in zip(*draws, strict=True)]
    shown = page.locator(f"{of('equal')} li > span:first-child").all_text_contents()
    assert [float(each) for each in shown] == pytest.approx([100 * share for share in equal], abs=0.51)
    assert equal[0] == 1
    below = page.locator(f"{of('equal')} li > span:nth-child(3)").all_text_contents()
    assert below == [str(scale + 1) for scale in range(len(equal))]
    assert page.locator(of("equal-axis")).is_visible()


def check_doubt(page: Any, scale: int) -> None:
    config_size = page.evaluate("varLab.record.codebook_size")
    entropy, rank = values_of(page, "entropy", scale), values_of(page, "rank", scale, "Uint16Array")
    result = text_of(page, "result")
    assert f"{entropy.mean():.2f}" in result
    assert f"{math.log(config_size):.2f}" in result
    assert f"{100 * (rank > 0).mean():.0f} %" in result
    assert f"{entropy[example_of(page, scale)]:.2f}" in result


def example_of(page: Any, scale: int) -> int:
    """Of the quarter of the tokens with most entropy, the one drawn with a probability nearest to what that gives."""
    entropy, probability = (values_of(page, name, scale) for name in ("entropy", "probability"))
    wide = sorted(range(len(entropy)), key=lambda at: -entropy[at])[: math.ceil(len(entropy) / 4)]
    return min(wide, key=lambda at: abs(math.log(probability[at]) + entropy[at]))


def check_costs(page: Any, server: Any) -> None:
    config = server.studio.engine.pipe.config
    ours, raster = (
        count(config.transformer, config.tokenizer, config.schedule) for count in (next_scale_cost, raster_cost)
    )
    assert f"{ours.work.blocks / raster.work.blocks:.1f}" in text_of(page, "result")
    rows = page.locator(f"{of('cost')} tbody tr").all_inner_texts()
    assert f"{ours.passes}\t{ours.tokens}" in rows[0]
    assert f"{raster.passes}\t{raster.passes}" in rows[1]


@pytest.mark.parametrize("visit", [{}, CHINESE_PHONE], indirect=True, ids=["english", "chinese phone"])
def test_the_tour_by_keyboard(visit: Any, server: Any) -> None:
    page = enter(visit)
    language = page.evaluate("document.documentElement.lang")
    page.locator(of("nav")).locator("button").first.press("ArrowRight")
    page.locator(f"{of('nav')} [aria-current]").press("ArrowLeft")
    page.locator(of("title")).focus()

    guess(page, language, 0, 0)
    act(page, "#player")
    if language == "en":  # motion is welcome: the player runs from the start
        page.wait_for_function("document.querySelector('#player [data-part=slider]').value < 10")
    onward(page)

    guess(page, language, 1, 1)
    act(page, "#lab-anatomy")
    assert page.evaluate("varLab.selection.scale") == 0
    assert page.locator('#lab-anatomy [data-part="lab"]').get_attribute("data-scale") == "0"
    assert "1" in page.locator('#lab-anatomy [data-part="position"]').inner_text()
    onward(page)

    guess(page, language, 2, 2)
    scale = page.evaluate("varLab.selection.scale")
    side = page.evaluate("varLab.record.sides")[scale]
    assert f"{side * side}" in text_of(page, "question")
    assert page.locator(f"{of('flow')} canvas").count() == 6
    check_input(page, server, scale)
    first = page.locator(f"{of('flow')} figure").first.inner_text().split()
    assert first == [WORDS[language].signs[0], *WORDS[language].maps[0].split(), f"{side}×{side}"]
    act(page, "#lab-anatomy")
    assert page.locator('#lab-anatomy [data-part="lab"]').get_attribute("data-scale") == str(scale)
    onward(page)

    guess(page, language, 3, 1)
    check_siblings(page, server)
    act(page, "#lab-branch")
    assert page.locator('#lab-branch [data-part="strip"]').get_attribute("aria-valuenow") == "3"
    page.wait_for_selector('#lab-branch [data-part="answer"]:not([hidden])')
    onward(page)

    guess(page, language, 4, 0)
    check_guidance(page, server)
    act(page, "#lab-compare")
    page.wait_for_selector('#lab-compare [data-part="quick"] [aria-pressed="true"]')
    onward(page)

    guess(page, language, 5, 1)
    scale = page.evaluate("varLab.selection.scale")
    check_doubt(page, scale)
    example = example_of(page, scale)
    mark, drawn = page.locator(of("sure-mark")).bounding_box(), page.locator(of("sure-map")).bounding_box()
    side = page.evaluate("varLab.record.sides")[scale]
    assert round((mark["x"] - drawn["x"]) / drawn["width"] * side) == example % side
    assert round((mark["y"] - drawn["y"]) / drawn["height"] * side) == example // side
    act(page, "#lab-inspect")
    assert page.evaluate("[varLab.selection.scale, varLab.selection.index]") == [scale, example]
    assert page.locator('#lab-inspect [data-part="measure"]').input_value() == "probability"
    onward(page)

    guess(page, language, 6, 0)
    check_costs(page, server)
    act(page, "#lab-compare")
    clocks = page.locator('#lab-compare [data-part="clocks"] [role="radio"]')
    assert clocks.nth(1).get_attribute("aria-checked") == "true"
    onward(page)

    guess(page, language, 7, 2)
    config = server.studio.engine.pipe.config
    tokens = sum(side * side for side in config.schedule.sides)
    num_bytes = math.ceil(tokens * math.log2(config.tokenizer.codebook_size) / 8)
    assert f"{num_bytes:,}" in text_of(page, "result")
    assert page.locator(f"{of('cover')} canvas").is_visible()  # what the bars are of
    act(page, "#lab-picture")
    assert page.locator('#lab-picture [data-part="samples"] [aria-pressed="true"]').count() == 1
    onward(page)

    page.wait_for_function(f"document.activeElement === document.querySelector('{of('quiz-title')}')")
    check_quiz(page, language)
    assert re.search(r"8\D+8", text_of(page, "progress"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def check_quiz(page: Any, language: str) -> None:
    """All answered rightly but the last."""
    questions = WORDS[language].questions[:5]  # type: ignore[index]
    for number, question in enumerate(questions):
        chosen = question.right if number < 4 else (question.right + 1) % 3
        page.locator(f'{of("questions")} input[name="story-question-{number}"]').first.focus()
        page.keyboard.press("Space")
        for _ in range(chosen):
            page.keyboard.press("ArrowDown")
    assert text_of(page, "score") == ""
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.querySelector('{of('score')}').textContent !== ''")
    assert re.findall(r"\d", text_of(page, "score")) == ["4", "5"]
    last = page.locator(f'{of("questions")} [data-question="4"]')
    assert last.get_attribute("data-right") == "no"
    first, accent = page.locator(f'{of("questions")} [data-question="0"]'), page.locator(of("reveal"))
    marks = "(line) => [getComputedStyle(line, '::before').content[1], getComputedStyle(line).color]"
    (right, colour), (wrong, _) = first.evaluate(marks), last.evaluate(marks)
    assert (right, wrong) == ("✓", "✗")
    assert colour != accent.evaluate("(button) => getComputedStyle(button).backgroundColor")
    assert questions[4].choices[(questions[4].right + 1) % 3].feedback in last.inner_text()
    page.click(of("others"))
    assert text_of(page, "score") == ""
    assert page.locator(f"{of('questions')} fieldset").count() == 5


def test_the_siblings_step_sets_the_strip_of_branch_and_draws_there(visit: Any) -> None:
    page, branch = enter(visit), '#lab-branch [data-part="{}"]'.format
    page.click("#room-branch-button")
    page.wait_for_selector(f"{branch('strip')} >> visible=true")
    page.locator(branch("strip")).press("Home")
    for _ in range(6):  # what the story wants is not what is there
        page.keyboard.press("ArrowRight")
    assert page.locator(branch("strip")).get_attribute("aria-valuenow") == "6"
    page.locator(branch("seed")).fill("7")  # nobody drew with it before, and nothing is drawn yet
    assert not re.search("seed 7$", page.locator(branch("film")).inner_text(), re.MULTILINE)

    page.click("#room-story-button")
    page.locator(f"{of('nav')} button").nth(3).click()
    page.click(of("reveal"))
    page.wait_for_function(f"document.querySelector('{of('result')}').textContent !== ''")
    page.click(of("act"))
    page.wait_for_function(f"document.querySelector('{branch('strip')}').ariaValueNow === '3'")
    words = LESSONS["branch"]["en"]
    said = f"document.querySelector('{branch('status')}').textContent"
    page.wait_for_function(f"{said} === {words.finished!r}")
    titles = page.locator(f"{branch('film')} figcaption").all_text_contents()
    assert titles[1:] == [words.sibling.format(index=index + 1, seed=7 + index) for index in range(4)]
    assert page.locator(branch("result-title")).inner_text() == words.result_some.format(keep=3)
    shares = [float(text) for text in page.locator(f"{branch('tokens')} .value").all_text_contents()]
    assert shares[:3] == [0, 0, 0]  # what is drawn there keeps the first three maps, and no more
    assert shares[3] > 0


@pytest.mark.parametrize("visit", [{"color_scheme": scheme} for scheme in ("light", "dark")], indirect=True, ids=str)
def test_right_and_wrong_differ_by_sign_and_word_and_are_legible(visit: Any) -> None:
    page = enter(visit)
    look = """(node) => {
      const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
      const light = (colour) => channels(colour).map((each) => each / 255)
        .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
        .reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);
      const [ink, paper] = [getComputedStyle(node).color, getComputedStyle(document.body).backgroundColor];
      const [low, high] = [light(ink), light(paper)].sort((one, two) => one - two);
      const sign = getComputedStyle(node, '::before').content[1];
      return { ink: channels(ink), contrast: (high + 0.05) / (low + 0.05), sign };
    }"""
    seen = {}
    for step, (choice, mark) in enumerate(((2, "right"), (0, "wrong"))):
        page.locator(f"{of('nav')} button").nth(step).click()
        page.locator(f"{of('choices')} input").nth(choice).check()
        page.click(of("reveal"))
        said = page.locator(f"{of('feedback')} [data-mark='{mark}'] strong")
        assert said.inner_text() == getattr(WORDS["en"], mark)
        seen[mark] = said.evaluate(look)
    page.locator(f"{of('nav')} button").nth(8).click()
    for number, question in enumerate(WORDS["en"].questions[:2]):
        chosen = (question.right + number) % 3
        page.locator(f'{of("questions")} input[name="story-question-{number}"]').nth(chosen).check()
    page.locator(f"{of('quiz')} button.primary").click()
    for number, mark in enumerate(("right", "wrong")):
        seen[f"{mark} in the quiz"] = page.locator(f'{of("questions")} [data-question="{number}"]').evaluate(look)
    for name, found in seen.items():
        red, green, blue = found["ink"]
        assert found["contrast"] >= 4.5, name
        assert found["sign"] == ("✓" if "right" in name else "✗"), name
        assert (green > red and green > blue) == ("right" in name), name


def test_the_story_follows_record_language_and_place(visit: Any) -> None:
    page = enter(visit)
    assert page.locator(f"{of('stage')} canvas >> visible=true").count() == 1  # something is there without a click
    page.locator(f"{of('nav')} button").nth(4).click()
    title = text_of(page, "title")
    page.locator("#language label", has_text="中文").click()
    page.wait_for_function(f"document.querySelector('{of('title')}').textContent !== {title!r}")
    assert text_of(page, "title") == WORDS["zh"].steps[4].title

    # Another room and back by its tab: the step is kept, and no chip is left.
    page.click("#room-anatomy-button")
    page.click("#room-story-button")
    assert text_of(page, "title") == WORDS["zh"].steps[4].title
    page.locator(f"{of('nav')} button").nth(6).click()
    page.click(of("reveal"))
    page.click(of("act"))
    page.wait_for_selector("#story-chip:not([hidden])")
    assert page.locator("#story-chip").inner_text().endswith(WORDS["zh"].back_to_story.format(step=7))
    page.wait_for_selector("#lab-compare >> visible=true")
    page.click("#story-chip")
    page.wait_for_function(f"document.activeElement === document.querySelector('{of('title')}')")
    assert text_of(page, "title") == WORDS["zh"].steps[6].title


def test_keys_work_as_soon_as_the_room_is_open(visit: Any) -> None:
    page = visit.page
    page.wait_for_function("window.varLab && window.varLab.record")
    page.click("#room-story-button")
    page.wait_for_function(f"document.activeElement === document.querySelector('{of('title')}')")
    page.keyboard.press("ArrowRight")
    assert text_of(page, "title") == WORDS["en"].steps[1].title
    page.evaluate("document.activeElement.blur()")  # as after a click on plain text
    page.keyboard.press("ArrowLeft")
    assert "1" in text_of(page, "count").split()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowDown")
    assert page.locator(f"{of('choices')} input").first.is_checked()
    page.locator(of("title")).focus()
    page.keyboard.press("Enter")
    assert page.locator(of("found")).is_visible()
    page.keyboard.press("Enter")  # and does not lead into a room
    assert text_of(page, "title") == WORDS["en"].steps[1].title
    page.keyboard.press("ArrowLeft")
    page.click("#room-generate-button")
    page.keyboard.press("ArrowRight")  # elsewhere, the keys are not the story's
    page.click("#room-story-button")
    assert "1" in text_of(page, "count").split()


def test_a_smooth_picture_is_not_guessed_at_where_it_cannot_be_taken_apart(visit: Any) -> None:
    page = enter(visit)
    page.evaluate(
        "varLab.put({ ...varLab.record, run: 'smooth', options: { ...varLab.record.options, smooth: true } })"
    )
    page.locator(f"{of('nav')} button").nth(0).click()
    assert text_of(page, "text").endswith(WORDS["en"].given_smooth.strip())
    for step in (1, 2, 3):
        page.locator(f"{of('nav')} button").nth(step).click()
        assert "stands for is spread" not in text_of(page, "text")
        assert page.locator(of("unable")).is_visible()
        assert not page.locator(of("guess")).is_visible()
        assert page.locator(f"{of('stage')} canvas >> visible=true").count() == (step == 3)
    page.click(of("without-smooth"))
    page.wait_for_function("document.activeElement === document.querySelector('#generate')")
    assert not page.locator("#smooth input").is_checked()
    page.keyboard.press("Escape")
    page.wait_for_function(f"document.activeElement === document.querySelector('{of('title')}')")
    page.locator(f"{of('nav')} button").nth(5).click()
    page.keyboard.press("Enter")
    assert page.locator(of("act")).inner_text() == WORDS["en"].smooth_act


def test_given_tokens_are_not_said_to_be_drawn_and_a_picture_plays_where_it_is(visit: Any) -> None:
    page, drawn = enter(visit), re.compile("drawn knowing only|只知道类别")
    page.locator(f"{of('nav')} button").nth(1).click()
    assert drawn.search(text_of(page, "text"))
    for run, kept in (("sibling", {0: b"\1"}), ("edit", {0: b"\1", 1: b"\1\0\0\0"})):
        lay_on_table(page, run, kept)
        for language, label in (("zh", "中文"), ("en", "English")):
            page.locator("#language label", has_text=label).click()
            page.wait_for_function(f"document.documentElement.lang.startsWith('{language}')")
            words = WORDS[language]  # type: ignore[index]
            title = words.steps[1].title
            page.wait_for_function(f"document.querySelector('{of('title')}').textContent === {title!r}")
            said = words.token_cells if run == "edit" else words.token_maps
            assert not drawn.search(text_of(page, "text"))
            assert said.rpartition("}")[2] in text_of(page, "text")
    page.locator(f"{of('nav')} button").nth(0).click()
    assert WORDS["en"].given_cells.partition("{")[0].strip() in text_of(page, "text")

    # The player of Generate shows another picture, so this one plays here.
    page.click(of("reveal"))
    page.wait_for_selector(f"{of('film')} canvas[data-at='9']")
    assert text_of(page, "act") == WORDS["en"].play_here
    page.click(of("act"))
    page.wait_for_selector(f"{of('film')} canvas:not([data-at='9'])")
    assert page.locator(VIEW).is_visible()
    assert page.locator("#story-chip").is_hidden()


def test_maps_that_were_given_and_a_class_that_was_switched_are_named_as_they_are(visit: Any) -> None:
    page, words = enter(visit), WORDS["en"]
    page.locator(f"{of('nav')} button").nth(2).click()
    page.locator(f"{of('flow')} .story-blank").first.wait_for()
    label = page.locator(f"{of('flow')} .story-blank").first.get_attribute("aria-label")
    assert "drawn" not in label
    page.click(of("reveal"))
    maps: dict[str, dict[int, bytes]] = {
        "drawn": {}, "kept": {0: b"\1", 1: b"\1\1\1\1"}, "drawn, 2 given": {1: b"\1\0\1\0"},
    }  # fmt: skip
    for sign, kept in maps.items():
        lay_on_table(page, sign, kept)
        page.evaluate("varLab.select({ scale: 1 })")
        signs = page.locator(f"{of('flow')}[data-scale='1'] .story-sign")
        signs.nth(1).filter(has_text=re.compile(f"^{sign}$")).wait_for()
    page.evaluate("varLab.select({ scale: 0 })")
    page.locator(f"{of('flow')}[data-scale='0'] .story-sign").nth(1).filter(has_text=re.compile("^given$")).wait_for()

    switch = {"scale": 4, "class_id": 417, "cache": "keep", "subject": "balloon", "subject_zh": "气球"}
    page.locator(f"{of('nav')} button").nth(4).click()
    assert "changed its class" not in text_of(page, "text")
    lay_on_table(page, "morph", switch=switch)
    first = words.drawn_as.format(first=page.evaluate("varLab.record.subject"))
    assert text_of(page, "text").endswith(first)
    page.locator("#language label", has_text="中文").click()
    last = WORDS["zh"].drawn_as.format(first=page.evaluate("varLab.record.subject_zh"))
    page.wait_for_function(f"document.querySelector('{of('text')}').textContent.endsWith({last!r})")


def test_a_model_that_only_shares_the_name_of_the_embedded_one_is_not_taken_for_it(
    visit: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = server.studio.models
    first, get, pipeline = models.first, models.get, models.pipeline
    sources = {"mini": first.source}
    monkeypatch.setattr(
        models, "get", lambda name: replace(first, name="mini", source=sources["mini"]) if name == "mini" else get(name)
    )
    monkeypatch.setattr(models, "pipeline", lambda name: pipeline(first.name if name == "mini" else name))
    page, words = enter(visit), WORDS["en"]
    page.locator(f"{of('nav')} button").nth(7).click()
    page.click(of("reveal"))
    said = f"document.querySelector('{of('result')}').textContent"
    for run, sentence in (("one", words.of_another.format(model="mini")), ("two", words.of_mini)):
        lay_on_table(page, run, model="mini")
        page.wait_for_function(f"{said}.endsWith({sentence!r})")
        sources["mini"] = "mini"  # where the embedded one lies


def test_a_refused_draw_is_said_and_holds_nothing_up(visit: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page = enter(visit)
    with monkeypatch.context() as full:
        full.setattr(server.studio.engine, "queue_size", 0)
        page.locator(f"{of('nav')} button").nth(4).click()
        page.click(of("reveal"))
        page.wait_for_function(f"document.querySelector('{of('state')}').textContent === {WORDS['en'].failed!r}")
        page.wait_for_selector(f"{of('draw')}:not([hidden])")
        page.wait_for_timeout(600)  # the second of the two is refused as well, and neither is asked for again
    page.locator(f"{of('nav')} button").nth(3).click()
    page.click(of("reveal"))
    page.wait_for_function(f"document.querySelectorAll('{of('keep-film')} canvas[data-at=\"9\"]').length === 5")
    page.locator(f"{of('nav')} button").nth(4).click()
    page.click(of("draw"))
    page.wait_for_function(f"document.querySelectorAll('{of('equal')} li').length === 10")
    assert text_of(page, "state") == ""
