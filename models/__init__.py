"""Learned things only: the registry of OCR weights, and confidence."""
