"""Say what is wrong with the installation, in one line each, and how to mend it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from vared_mm.installation import FAMILIES, Installation, look


@dataclass(frozen=True)
class Finding:
    """One line; what is not `wrong` is only good to know."""

    wrong: bool
    text: str


def check_missing(it: Installation) -> Iterator[Finding]:
    """Every family is there."""
    for family, names in FAMILIES.items():
        if not it.installed(family):
            # Its own dependency list asks for decord and a second OpenCV.
            how = '--no-deps mmaction2==1.2.0' if family == 'mmaction2' else names[0]
            yield Finding(True, f'{family} is missing: pip install {how}')


def check_doubles(it: Installation) -> Iterator[Finding]:
    """No family is there twice; the one installed last overwrites files of the other."""
    for family in FAMILIES:
        names = it.installed(family)
        if len(names) > 1:
            remedy = f'pip uninstall -y {" ".join(names)}; pip install {names[0]}'
            yield Finding(True, f'{" and ".join(names)} share files, keep one: {remedy}')


def check_imports(it: Installation) -> Iterator[Finding]:
    """What is there can be imported."""
    for place, (family, error) in enumerate(it.broken.items()):
        if family == 'torchvision':
            remedy = 'pip uninstall -y torchvision; nothing here needs it, and mmengine loads it'
        else:
            names = ' '.join(it.installed(family))
            remedy = f'pip install --force-reinstall --no-deps {names}'
        if place > 0:
            remedy = f'mend {next(iter(it.broken))} first and look again'
        yield Finding(True, f'{family} can not be imported ({error}): {remedy}')


def check_encoder(it: Installation) -> Iterator[Finding]:
    """PyAV can write H.264, as the demo's clips are."""
    if it.installed('PyAV') and 'PyAV' not in it.broken and it.h264_encoder is None:
        remedy = 'pip install --force-reinstall --no-deps --only-binary av av'
        yield Finding(True, f'PyAV has no H.264 encoder: {remedy}')


def check_ops(it: Installation) -> Iterator[Finding]:
    """mmcv has its compiled ops; none of the recipes calls one."""
    if it.installed('mmcv') and 'mmcv' not in it.broken and not it.compiled_ops:
        yield Finding(False, 'mmcv has no compiled ops; only models that call one need them')


def check_compiler(it: Installation) -> Iterator[Finding]:
    """There is a C++ compiler, which torch.compile and the building of ops need."""
    if it.compiler is None:
        yield Finding(False, 'no C++ compiler; only torch.compile and compiled ops need one')


CHECKS: tuple[Callable[[Installation], Iterator[Finding]], ...] = (
    check_missing,
    check_doubles,
    check_imports,
    check_encoder,
    check_ops,
    check_compiler,
)


def examine(it: Installation) -> list[Finding]:
    """Run every check, what is wrong first."""
    findings = [finding for check in CHECKS for finding in check(it)]
    return sorted(findings, key=lambda finding: not finding.wrong)


def main(as_json: bool = False) -> int:
    """Print versions and findings; return 1 if anything is wrong, else 0."""
    it = look()
    findings = examine(it)
    if as_json:
        report = {'versions': it.versions(), 'findings': [asdict(one) for one in findings]}
        print(json.dumps(report, indent=2))
    else:
        for name, version in it.versions().items():
            print(f'{name:15} {version}')
        for finding in findings:
            print(f'{"wrong" if finding.wrong else "note"}: {finding.text}')
        wrong = sum(finding.wrong for finding in findings)
        print(f'{wrong} wrong' if wrong else 'all well')
    return int(any(finding.wrong for finding in findings))
