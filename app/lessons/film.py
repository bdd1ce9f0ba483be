"""What the small player of the lab says: the one that ``film`` in ``static/lab/shared_film.js`` makes for any view."""

from __future__ import annotations

from dataclasses import dataclass

from app.text.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmWords:
    """See ``film`` in ``static/lab/shared_film.js``."""

    scrub: str
    back: str
    forward: str
    play: str
    pause: str
    sum: str
    finished: str
    alt: str
    empty: str


WORDS: dict[Language, FilmWords] = {
    "en": FilmWords(
        scrub="Scale",
        back="One scale back",
        forward="One scale forward",
        play="Play",
        pause="Pause",
        sum="Scale {scale} of {total}, {side}×{side} tokens: what the decoder makes of the sum so far.",
        finished="Scale {scale} of {total}, {side}×{side} tokens: finished.",
        alt="{title}, scale {scale} of {total}",
        empty="{title}, not drawn yet",
    ),
    "zh": FilmWords(
        scrub="尺度",
        back="后退一个尺度",
        forward="前进一个尺度",
        play="播放",
        pause="暂停",
        sum="尺度 {scale}/{total}，{side}×{side} 个词元：解码器对当前累加和的解读。",
        finished="尺度 {scale}/{total}，{side}×{side} 个词元：已完成。",
        alt="{title}，尺度 {scale}/{total}",
        empty="{title}，尚未画出",
    ),
}
