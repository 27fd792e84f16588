"""Trains Edgemark's starter packs from recipes and a folder of public data sets."""

__version__ = "0.1.0"
