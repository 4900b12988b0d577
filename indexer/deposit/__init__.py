"""What the files of a hand-in tell: guesses for the form, personal data, what the archive has already."""
