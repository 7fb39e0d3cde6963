"""What others publish or hold, read and checked: nothing here is assumed, and nothing is written."""
