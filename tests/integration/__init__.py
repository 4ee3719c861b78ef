"""Real servers, shells, browsers and processes."""
