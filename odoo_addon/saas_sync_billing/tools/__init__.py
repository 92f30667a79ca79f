"""Helpers without a model: exact amounts and the state of one document while it is
applied.
"""

from . import amounts, item
