"""Photographs and files that she sends from her phone."""
