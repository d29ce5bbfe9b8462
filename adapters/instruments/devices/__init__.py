"""Drivers: one file a library, or a soft device; each a factory that an entry point of ``douka.devices`` names."""
