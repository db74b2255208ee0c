"""One training at a time in a work folder."""

import errno
import os
import socket
import sys
import time
from pathlib import Path
from typing import IO

if sys.platform != 'win32':
    import fcntl

#: The file that is locked, in the folder.
LOCK = '.lock'
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)
_RANKS = {'pytorch': 'RANK', 'slurm': 'SLURM_PROCID', 'mpi': 'OMPI_COMM_WORLD_RANK'}


def lock_folder(folder: str | Path, launcher: str = 'none') -> IO[str] | None:
    """Hold a folder until what is returned is closed, or the process ends, however it ends.

    The lock is the system's, on the file :data:`LOCK`: a killed process leaves none behind, though
    the file stays. It is one of the process, so that workers do not hold it on. It holds over NFS
    between machines too, where the server has locks (a killed machine's go when it is back, or
    after the server's grace); where there are none, or on Windows, nothing is held.

    Args:
        folder: made if it is not there.
        launcher: of jobs; of several processes the first holds the folder for all.

    Raises:
        ValueError: naming the folder, and the process that holds it; or if it can't be written.
    """
    if os.environ.get(_RANKS.get(launcher, ''), '0') != '0' or sys.platform == 'win32':
        return None
    path = Path(folder, LOCK)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), 'r+')
    except OSError as error:
        raise ValueError(f'{folder}: cannot be written ({error.strerror})') from None
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = file.read(200).strip() or 'another process'
        file.close()
        if error.errno in _NO_LOCKS:
            return None
        if error.errno not in (errno.EACCES, errno.EAGAIN):
            raise
        raise ValueError(f'{folder}: in use by {holder}; name another --work-dir') from None
    since = time.strftime('%Y-%m-%d %H:%M:%S')
    file.truncate()
    file.write(f'process {os.getpid()} on {socket.gethostname()} since {since}\n')
    file.flush()
    return file
