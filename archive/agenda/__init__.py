"""The research agenda: questions, what becomes of them, and who decides."""
