"""Handing in, on pages: files come over, what they tell is looked at, and it is sent."""
