"""VAR: next-scale image generation (Tian et al., NeurIPS 2024), as a library."""
