"""Other ways to spend fewer MACs, each on its own; all leave the same cost record."""
