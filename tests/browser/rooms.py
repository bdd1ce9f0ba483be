"""A visitor with a phone, in Chinese."""

from __future__ import annotations

CHINESE_PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "zh-CN", "reduced_motion": "reduce"}
