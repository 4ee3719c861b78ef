"""The timeline: marks and scale, as SVG and as text."""
