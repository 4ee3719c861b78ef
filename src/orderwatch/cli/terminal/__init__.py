"""The terminal: streams, formats, pager, prompts, and the screen that stays."""
