"""Pixels and characters: pages out of files, the upright page, text engines."""
