"""Run the command line as `python -m orderwatch`."""

from orderwatch.cli import main

if __name__ == "__main__":
    main()
