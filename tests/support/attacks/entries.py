"""How an attack is entered, and what each begins with."""

import textwrap

from ..inside import INSIDE

PRELUDE = """
import contextlib, ctypes, gc, glob, json, os, resource, signal, socket, struct, subprocess, sys
import threading, time
import numpy as np

def leaked(what): print("LEAKED", str(what)[:150], flush=True)
def did(what): print("DID", str(what)[:150], flush=True)
def libc(): return ctypes.CDLL(None, use_errno=True)
"""
CHAPTER = "ch1_1_numpy_arrays.py"
# Both functions do the same; what `attack` gives is the answer.
FUNCTIONS = """
def normalize(X):
    return attack(X)

def one_hot(labels, num_classes):
    return attack(labels)
"""

ATTACKS = {}


def attack(name, source, data=None, **files):
    """Enter an attack; `data` maps names of data files to their texts, `files` those of modules."""
    body = INSIDE + PRELUDE + textwrap.dedent(source)
    if "def normalize" not in body:
        body += FUNCTIONS
    ATTACKS[name] = {CHAPTER: body} | {f"{stem}.py": text for stem, text in files.items()}
    ATTACKS[name] |= data or {}
