"""The log: formats of entries, tree, checkpoints and proofs, and the engines."""
