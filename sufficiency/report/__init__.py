"""Tables, summaries and files for people."""
