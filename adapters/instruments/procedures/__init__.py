"""Procedures: from a request to a measurement, step by step, on contained devices."""
