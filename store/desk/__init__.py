"""What the review desk asks of the database and writes to it: the queue, answers, checks, the carpet, audits, people."""
