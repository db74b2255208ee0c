"""What accelerated models have in common on all devices: finding, fusing and checking layers."""
