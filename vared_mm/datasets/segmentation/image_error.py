"""What is wrong with a file of a labelled image."""


class ImageError(ValueError):
    """An image or its labels cannot be used; the message starts with the file's name."""
