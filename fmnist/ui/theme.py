"""Colours and fonts of gradio's components; page.css styles the rest of the page."""

import gradio as gr

THEME = gr.themes.Base(
    primary_hue="teal",
    secondary_hue="teal",
    neutral_hue="slate",
    radius_size="lg",
    font=[gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")],
    font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
).set(  # WCAG 2.2 requires a contrast of 4.5 for text, and of 3 for borders
    body_text_color_subdued="*neutral_600",
    link_text_color="*primary_700",
    link_text_color_dark="*primary_400",
    border_color_accent="*primary_600",
    border_color_accent_dark="*primary_400",
    color_accent_soft="*primary_200",
    color_accent_soft_dark="*primary_800",
    stat_background_fill="*primary_700",
    stat_background_fill_dark="*primary_400",
    checkbox_label_background_fill_selected="*background_fill_primary",
    checkbox_label_background_fill_selected_dark="*primary_800",
    checkbox_label_border_width="1px",
    checkbox_label_border_color_selected="*border_color_accent",
    checkbox_label_text_color_selected="*primary_700",
    checkbox_label_text_color_selected_dark="white",
)
