"""Results as data, and the tables made from them; needs neither torch nor OpenMMLab."""
