"""The database: what became of every file, the records as they came out, and what people have corrected since."""
