"""What a person sets and takes away: the components of the first tab, without their events."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from app.favourites import favourites
from app.labels import Labels
from app.links import fields_of
from app.picker import picker, picker_words
from app.presets import PRESETS, PresetName
from app.requests import MAX_GUIDANCE, TEMPERATURES, FieldName
from app.studio import Studio
from app.views.models import ModelChoice, build_model_choice


@dataclass(frozen=True, slots=True)
class Controls:
    """What a person sets."""

    fields: dict[FieldName, gr.components.Component]
    model: ModelChoice
    new_seed: gr.Checkbox
    presets: dict[PresetName, gr.Button]
    generate: gr.Button
    stop: gr.Button


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a person takes away: a button a file."""

    picture: gr.DownloadButton
    strip: gr.DownloadButton
    animation: gr.DownloadButton
    trace: gr.DownloadButton

    @property
    def buttons(self) -> list[gr.DownloadButton]:
        return [self.picture, self.strip, self.animation, self.trace]


def build_controls(studio: Studio, labels: Labels) -> Controls:
    """Everything left of the picture."""
    limits, put = studio.limits, labels.put
    opening = fields_of(limits.example())
    fields: dict[FieldName, gr.components.Component] = {}
    model = build_model_choice(studio, labels)
    fields["model"] = model.name
    fields["class_id"] = put(
        picker, lambda text: {"words": picker_words(text.picker)},
        entries=studio.models.first.index.entries(), sights=favourites(studio.models.first.index),
        model=studio.models.first.name,
        value=opening["class_id"], find=studio.find_classes, elem_id="class",
    )  # fmt: skip
    with gr.Column(elem_classes="presets"):
        labels.put(gr.HTML, lambda text: {"value": f"<p>{text.presets}</p>"}, padding=False)
        with gr.Row(elem_classes="preset-row"):
            presets = {name: _preset(labels, name) for name in PRESETS}
    fields["guidance"] = put(
        gr.Slider, lambda text: {"label": text.guidance, "info": text.guidance_hint},
        minimum=0, maximum=MAX_GUIDANCE, step=0.1, value=opening["guidance"], elem_id="guidance",
    )  # fmt: skip
    fields["count"] = put(
        gr.Slider, lambda text: {"label": text.count},
        minimum=1, maximum=limits.max_batch, step=1, value=1, elem_id="count", visible=limits.max_batch > 1,
    )  # fmt: skip
    with gr.Row(elem_classes="actions"):
        generate = put(
            gr.Button, lambda text: {"value": text.generate}, variant="primary", elem_id="generate", min_width=120
        )
        stop = put(gr.Button, lambda text: {"value": text.stop}, elem_id="stop", min_width=80)
    more = put(gr.Accordion, lambda text: {"label": text.more}, open=False, elem_id="more", elem_classes="more")
    with more:
        fields["seed"] = put(
            gr.Number, lambda text: {"label": text.seed, "info": text.seed_hint}, value=0, elem_id="seed"
        )
        new_seed = put(gr.Checkbox, lambda text: {"label": text.new_seed}, value=True, elem_id="new-seed")
        fields["top_k"] = put(
            gr.Slider, lambda text: {"label": text.top_k, "info": text.top_k_hint},
            minimum=0, maximum=limits.codebook_size, step=1, value=opening["top_k"], elem_id="top-k",
        )  # fmt: skip
        fields["top_p"] = put(
            gr.Slider, lambda text: {"label": text.top_p, "info": text.top_p_hint},
            minimum=0, maximum=1, step=0.01, value=opening["top_p"], elem_id="top-p",
        )  # fmt: skip
        fields["temperature"] = put(
            gr.Slider, lambda text: {"label": text.temperature, "info": text.temperature_hint},
            minimum=TEMPERATURES[0], maximum=TEMPERATURES[1], step=0.05, value=opening["temperature"],
            elem_id="temperature",
        )  # fmt: skip
        fields["smooth"] = put(
            gr.Checkbox,
            lambda text: {"label": text.smooth, "info": text.smooth_hint},
            value=opening["smooth"],
            elem_id="smooth",
        )
    return Controls(fields, model, new_seed, presets, generate, stop)


def build_shelf(labels: Labels) -> Shelf:
    """The download buttons; nothing is behind them yet."""

    def button(name: str, elem_id: str) -> gr.DownloadButton:
        return labels.put(
            gr.DownloadButton, lambda text: {"label": getattr(text, name)}, elem_id=elem_id, size="sm",
            interactive=False, min_width=80,
        )  # fmt: skip

    with gr.Row(elem_classes="shelf"):
        return Shelf(
            button("download", "download"), button("strip", "download-strip"),
            button("animation", "download-animation"), button("trace", "download-trace"),
        )  # fmt: skip


def _preset(labels: Labels, name: PresetName) -> gr.Button:
    return labels.put(
        gr.Button, lambda text: {"value": getattr(text, name)}, size="sm", elem_id=f"preset-{name}", min_width=60
    )
