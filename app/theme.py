"""The look: paper by day, darkroom by night, one safelight accent. System fonts only; nothing is fetched."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

STATIC = Path(__file__).parent / "static"
STYLESHEET, FAVICON = STATIC / "app.css", STATIC / "favicon.png"
SANS = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Noto Sans", "PingFang SC", "sans-serif")
MONO = ("ui-monospace", "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", "monospace")

PAPER = gr.themes.Color(
    name="paper",
    c50="#faf8f4", c100="#f3f0ea", c200="#e6e1d8", c300="#d2cbbf", c400="#a39b8e", c500="#7a7267",
    c600="#5f584f", c700="#443f39", c800="#2a2723", c900="#1c1a18", c950="#131210",
)  # fmt: skip
SAFELIGHT = gr.themes.Color(
    name="safelight",
    c50="#fdf3ef", c100="#fbe2d9", c200="#f6c3b1", c300="#f09c80", c400="#ec7f5c", c500="#d9542b",
    c600="#b8411c", c700="#983516", c800="#7a2c14", c900="#5c2412", c950="#34130a",
)  # fmt: skip


def theme() -> gr.themes.Base:
    """The theme; what variables cannot say is in ``static/app.css``."""
    return gr.themes.Base(
        primary_hue=SAFELIGHT,
        secondary_hue=SAFELIGHT,
        neutral_hue=PAPER,
        radius_size=gr.themes.sizes.radius_sm,
        font=SANS,
        font_mono=MONO,
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color="*neutral_800",
        body_text_color_dark="*neutral_200",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        background_fill_primary="*neutral_50",
        background_fill_primary_dark="*neutral_950",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_padding="0px",
        block_shadow="none",
        block_shadow_dark="none",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_title_text_color="*neutral_800",
        block_title_text_color_dark="*neutral_200",
        block_title_text_weight="600",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_400",
        input_border_width="1px",
        input_background_fill="white",
        input_background_fill_dark="*neutral_900",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_700",
        input_border_color_focus="*primary_600",
        input_border_color_focus_dark="*primary_400",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_400",
        button_primary_background_fill_hover_dark="*primary_300",
        button_primary_text_color="white",
        button_primary_text_color_dark="*neutral_950",
        button_secondary_background_fill="transparent",
        button_secondary_background_fill_dark="transparent",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="*neutral_700",
        button_secondary_text_color="*neutral_800",
        button_secondary_text_color_dark="*neutral_200",
        button_border_width="1px",
        slider_color="*primary_600",
        slider_color_dark="*primary_400",
        checkbox_background_color_selected="*primary_600",
        checkbox_background_color_selected_dark="*primary_400",
        checkbox_border_color_selected="*primary_600",
        checkbox_border_color_selected_dark="*primary_400",
        panel_background_fill="transparent",
        panel_background_fill_dark="transparent",
    )
