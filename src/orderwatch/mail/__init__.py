"""Messages, and how they leave over SMTP."""
