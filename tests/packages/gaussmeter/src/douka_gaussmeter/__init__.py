"""A gaussmeter that speaks SCPI over TCP."""
