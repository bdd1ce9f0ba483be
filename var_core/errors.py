"""Every failure that the library reports, as one family.

A message always names the value that was received, what is allowed and what to do about it, and never
a path or a secret that its reader did not supply.
"""


class VarError(Exception):
    """Base of every error that ``var_core`` raises on purpose."""


class ConfigError(VarError, ValueError):
    """A configuration that cannot describe a model, or a value outside its documented range."""


class SamplingError(VarError, ValueError):
    """A request for a picture (class, seed, prefix, option) that the model cannot serve."""


class EditingError(SamplingError):
    """A picture or mask that cannot be edited."""


class CheckpointError(VarError):
    """A file of weights, a configuration or a trace that is damaged, foreign or of another shape."""


class DeviceError(VarError, ValueError):
    """A device or precision that this machine does not have."""


class TrainingError(VarError):
    """Data or settings that cannot be trained on."""


class DownloadError(VarError):
    """A file that could not be fetched: the hub, the network, the disk or the deadline is in the way."""
