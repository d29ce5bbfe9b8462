"""Inputs of first-principles codes: from a composition to the files a code reads."""
