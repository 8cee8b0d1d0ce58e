"""A build backend that runs nothing of the package it is asked about.

`pip download` wants the metadata of a source distribution and asks the package's build backend for it; the usual
backend would run the package's setup.py. This one, found first on the module path, answers with the name and the version
that the distribution states in its PKG-INFO. Nothing can be built with it, and nothing needs to be.
"""

import email
import os


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    """Writes the metadata folder that PEP 517 asks for and gives its name back."""
    with open("PKG-INFO", encoding="utf-8") as file:
        stated = email.message_from_file(file)
    folder = f"{stated['Name']}-{stated['Version']}.dist-info"
    os.makedirs(os.path.join(metadata_directory, folder))
    with open(os.path.join(metadata_directory, folder, "METADATA"), "w", encoding="utf-8") as file:
        file.write(f"Metadata-Version: 2.1\nName: {stated['Name']}\nVersion: {stated['Version']}\n")
    return folder


class _Legacy:
    """What pip asks for when a package has no pyproject.toml."""

    prepare_metadata_for_build_wheel = staticmethod(prepare_metadata_for_build_wheel)


__legacy__ = _Legacy()
