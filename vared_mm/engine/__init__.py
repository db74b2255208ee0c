"""What joins the training and testing loops."""
