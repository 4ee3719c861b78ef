"""The register: `orders.toml`, parsed, validated and built into values of the model."""
