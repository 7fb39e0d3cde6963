"""Calibration: what published figures teach about a scenario's unverified ranges, and what they do not."""
