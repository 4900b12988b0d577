"""Questions from outside: asking one in one field, what a teacher makes of it, and how its asker hears."""
