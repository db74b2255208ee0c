"""Dynamic layers that train in less time and memory, on a CPU."""
