"""The loop: what is true (domain types, assimilation, choice, history)."""
