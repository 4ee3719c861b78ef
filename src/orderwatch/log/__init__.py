"""The log: entry bytes, tree, checkpoint and proof, and its stores."""
