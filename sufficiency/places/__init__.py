"""Places against need: the two gaps and the commitment."""
