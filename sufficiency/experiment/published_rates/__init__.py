"""Rates by NCY, need and setting from the Department for Education's published tables: the same object as from transitions."""
