"""Digests of bytes, without ``hashlib``: that would load OpenSSL, which takes as long as looking at a small vault."""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # a Python that keeps it elsewhere
    from hashlib import blake2b

__all__ = ["blake2b"]
