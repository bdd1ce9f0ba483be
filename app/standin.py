"""The embedded model in the place of a published one that is not here yet, which is fetched meanwhile.

The page opens at once whatever the network does, and says which model it uses and why.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace

from app.messages import explain
from app.settings import Settings
from app.studio import Studio
from app.text import Text, reason
from var_core.errors import DownloadError
from var_core.model_cache import is_here
from var_core.models import EMBEDDED
from var_core.registry import ALIASES, OFFICIAL_MODELS
from var_core.resources import gigabytes

STEP = 10  # percent between two lines about the progress


def at_hand(settings: Settings) -> tuple[Settings, str | None]:
    """Settings whose first model needs no network, and the name of the published one that would have come first."""
    wanted = settings.models[0]
    if (wanted not in OFFICIAL_MODELS and wanted not in ALIASES) or is_here(wanted):
        return settings, None
    return replace(settings, model=",".join(dict.fromkeys((EMBEDDED[0], *settings.models)))), wanted


class StandIn:
    """A model that is missed, and what is being done about it.

    Args:
        studio: whose first model stands in, and which can fetch the other.
        name: of the model that is missed.
    """

    def __init__(self, studio: Studio, name: str) -> None:
        self.studio, self.name = studio, name
        self._progress = (0, 0)
        self._failed: Exception | None = None

    def notice(self, text: Text) -> str:
        """How it stands, for a visitor; empty once the model is here."""
        model, first = self.studio.models.get(self.name), self.studio.models.first.name
        if model is None or model.here:
            return ""
        if self._failed is not None:
            known = isinstance(self._failed, DownloadError)
            why = reason(self._failed, text) if known else explain(self._failed, text, self.studio.limits)
            return text.fetch_failed.format(name=self.name, first=first, reason=why)
        said = text.standing_in.format(name=self.name, first=first)
        estimate = model.estimate
        if estimate is not None and not (estimate.fits_disk and estimate.fits_memory):
            sizes = {"download": gigabytes(estimate.download_bytes), "memory": gigabytes(estimate.memory_bytes)}
            return f"{said} {text.model_tight.format(**sizes)}"
        return f"{said} {self._fetching(text)}" if self._progress[1] else said

    def fetch(self, text: Text, say: Callable[[str], object]) -> threading.Thread | None:
        """Begins to fetch the model and tells how that goes, now and then; only says so where there is no room for it.

        Visitors who want it too join this transfer.
        """
        say(self.notice(text))
        model = self.studio.models.get(self.name)
        estimate = None if model is None else model.estimate
        if estimate is None or not (estimate.fits_disk and estimate.fits_memory):
            return None
        thread = threading.Thread(target=asyncio.run, args=(self._follow(text, say),), name="var-standin", daemon=True)
        thread.start()
        return thread

    async def _follow(self, text: Text, say: Callable[[str], object]) -> None:
        told = 0
        try:
            async for arrived, total in self.studio.fetches.follow(self.name):
                self._progress = arrived, total
                if total and 100 * arrived // total >= told + STEP:
                    told = 100 * arrived // total
                    say(self._fetching(text))
        except Exception as error:
            self._failed = error
            say(self.notice(text))
        else:
            say(f"{text.fetch_done.format(name=self.name)} {text.stood_in.format(name=self.name)}")

    def _fetching(self, text: Text) -> str:
        arrived, total = self._progress
        return text.fetching.format(name=self.name, percent=100 * arrived // total, total=gigabytes(total))
