"""How long a page takes, beside other programs; for development, not part of the package."""
