"""Take one file out of a Python package archive (wheel or source distribution) without running anything in it.

Usage: archive.py ARCHIVE MEMBER OUTPUT

MEMBER is the path inside the archive; for a source distribution it is counted below its single top folder.
Standard library only.
"""

import sys
import tarfile
import zipfile


def read_member(archive, member):
    """The bytes of one member; KeyError when there is none."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(member)
    with tarfile.open(archive, "r:gz") as source:
        for entry in source:
            below_top = entry.name.partition("/")[2]
            if entry.isfile() and below_top == member:
                return source.extractfile(entry).read()
    raise KeyError(member)


def main(archive, member, output):
    try:
        content = read_member(archive, member)
    except KeyError:
        sys.exit(f"the archive has no member {member}")
    with open(output, "wb") as file:
        file.write(content)


if __name__ == "__main__":
    main(*sys.argv[1:])
