"""Every quirk of the upstream packages, in one place."""


def apply() -> None:
    """Placeholder of the first commit."""
