"""How calculations get done, whatever the code."""
