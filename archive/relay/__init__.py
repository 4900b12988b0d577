"""The relay: who continued whom, what is handed over, and what is still open."""
