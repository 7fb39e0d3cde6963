"""Many futures: replications, executors, progress, cancelling, tables and the run store."""
