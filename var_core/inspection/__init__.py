"""The lab: a finished run taken apart. Pure functions of a model and of known tokens; nothing is kept between calls."""
