"""What staffing reaches a timeliness target: a search over simulation with paired futures."""
