"""Forecasts of the panel of authorities from what was published by a January census, and how they are scored."""
