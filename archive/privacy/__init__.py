"""Privacy: consent, one person's request, and what is kept for how long."""
