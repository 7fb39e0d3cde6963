"""``python -m sufficiency.cli``."""

from sufficiency.cli import main

main()
