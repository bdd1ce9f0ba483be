"""The demo: a Gradio page over ``var_core`` that shows every scale as it is made."""
