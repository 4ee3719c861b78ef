"""`python -m orderwatch`."""

from orderwatch.cli.main import main

if __name__ == "__main__":
    main()
