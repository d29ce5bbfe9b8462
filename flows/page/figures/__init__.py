"""Figures as plotly.js takes them: plain dictionaries, so that no plotting library is loaded to make them."""
