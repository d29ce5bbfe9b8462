"""``station``: a laboratory slot that measures by itself, with contained devices and a procedure."""
