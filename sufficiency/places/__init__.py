"""Places against need: the two gaps and the commitment (``model.md`` section 8)."""
