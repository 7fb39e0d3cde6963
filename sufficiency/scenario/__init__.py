"""What a planner assumes: frozen scenarios of sourced figures, read from and written to TOML."""
