"""News start a cycle of a served campaign at once: looked for here, decided on, and turned into a flow run."""
