"""The editions of the national form, one JSON file each."""
