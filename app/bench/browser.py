"""The page as a person meets it: from pressing Generate to what arrives and what is drawn, by the browser's clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# The player says on its element how many frames it has received, and on its canvas what it has drawn.
WATCH = """() => {
  const player = document.querySelector('[data-part=player]');
  const canvas = document.querySelector('[data-part=canvas]');
  const watched = window.watched = { pressed: 0, received: [], drawn: [] };
  const since = () => performance.now() - watched.pressed;
  document.querySelector('#generate').addEventListener('click', () => {
    Object.assign(watched, { pressed: performance.now(), received: [], drawn: [] });
  }, true);
  new MutationObserver(() => watched.received.push([Number(player.dataset.received), since()]))
    .observe(player, { attributes: true, attributeFilter: ['data-received'] });
  new MutationObserver(() => watched.drawn.push([Number(canvas.dataset.scale), since()]))
    .observe(canvas, { attributes: true, attributeFilter: ['data-scale'] });
}"""
DONE = """(scales) => watched.drawn.at(-1)?.[0] === scales
  && document.querySelector('[data-part=player]').dataset.state === 'finished'
  && !document.querySelector('#download').disabled"""


@dataclass(frozen=True, slots=True)
class PageRun:
    """What a person saw of one run, in milliseconds after pressing Generate.

    Attributes:
        arrivals: when the page had 1, 2, … frames.
        drawn: the scales in the order in which they were drawn.
        first_drawn: when the first was.
    """

    arrivals: list[float]
    drawn: list[int]
    first_drawn: float

    @property
    def in_order(self) -> bool:
        """Whether every scale was seen, coarse to fine."""
        return self.drawn == list(range(1, len(self.arrivals) + 1))


def opened(browser: Any, url: str, scales: int) -> Any:
    """The page at an address, once its example is drawn, watched from now on."""
    page = browser.new_page()
    page.goto(url)
    page.wait_for_selector(f'canvas[data-run="example"][data-scale="{scales}"]')
    page.evaluate(WATCH)
    return page


def pressed(page: Any, scales: int) -> PageRun:
    """Presses Generate and waits until all is drawn and the files are there."""
    page.locator("#generate").click()
    page.wait_for_function(DONE, arg=scales)
    watched = page.evaluate("watched")
    arrivals = [min(at for count, at in watched["received"] if count >= scale) for scale in range(1, scales + 1)]
    drawn = [scale for scale, _ in watched["drawn"]]
    return PageRun(arrivals, drawn, watched["drawn"][0][1])
