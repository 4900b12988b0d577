"""The coordinator's desk: what waits, the year in figures, a newsletter."""
