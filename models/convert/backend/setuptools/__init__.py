"""Stands in for setuptools while source distributions are downloaded; see build_meta."""
