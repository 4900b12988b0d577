"""Accounts: who signs in, as what, until when."""
