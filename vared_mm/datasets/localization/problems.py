"""What is wrong with an annotation, named and counted."""

#: So many of each kind are named in a message.
_SHOWN = 3


class Problems:
    """Names of what is wrong, by kind."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def add(self, kind: str, name: str) -> None:
        """Note one."""
        self.found.setdefault(kind, []).append(name)

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each kind."""
        return {kind: len(names) for kind, names in self.found.items()}

    def __bool__(self) -> bool:
        return bool(self.found)

    def describe(self) -> str:
        """Lines with the count and the first names of each kind."""
        lines = []
        for kind, names in self.found.items():
            lines.append(f'{kind}: {len(names)}')
            lines += [f'  {name}' for name in names[:_SHOWN]]
            if len(names) > _SHOWN:
                lines.append('  ...')
        return '\n'.join(lines)
