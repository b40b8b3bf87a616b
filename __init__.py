"""gouji 勾稽: scanned annual open-government reports become records a person can trust."""
