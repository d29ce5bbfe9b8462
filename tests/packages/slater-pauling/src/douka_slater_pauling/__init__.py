"""Moments of alloys by the generalized Slater-Pauling rule."""
