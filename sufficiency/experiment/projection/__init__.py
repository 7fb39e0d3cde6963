"""Projections of children by NCY, need and setting from learned rates: the exact expectation, and futures."""
