"""Helpers without a model: an order on its way through ``apply``, exact amounts."""

from . import lines, order_item
