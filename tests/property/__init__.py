"""Laws that hold for all that can be invented."""
