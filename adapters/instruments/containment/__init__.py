"""Drivers in processes of their own: whatever a driver does, its parent lives and knows what happened."""
