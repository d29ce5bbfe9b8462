"""A new campaign: questions, its tables, its file."""
