"""Pages of accounts: signing in, teams, people, consent and privacy."""
