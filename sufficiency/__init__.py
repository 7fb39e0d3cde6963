"""Simulation and planning of specialist (SEND) place sufficiency for English councils."""

__version__ = "0.1.0"
