"""The review desk: a web page on which a person clears the doubtful cells, and an API; it talks to the database."""
