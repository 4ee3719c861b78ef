"""The published pages: templates, their strings, paging and embeds."""
