"""The words of the field: dictionaries kept as data, the calendar, and the one error shown to people."""
