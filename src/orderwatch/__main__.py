"""Run the command line as `python -m orderwatch`."""

from orderwatch.cli.app import main

if __name__ == "__main__":
    main()
