"""The 1000 ImageNet classes, in English and Chinese, and the search that finds one by what a person types."""

from var_core.classes.lookup import search
from var_core.classes.table import ImageNetClass, imagenet_classes

__all__ = ["ImageNetClass", "imagenet_classes", "search"]
