"""Errors of one change: how they are raised, told apart and put into words."""

import logging
import uuid

import psycopg2

from odoo.exceptions import (
    AccessError,
    ConcurrencyError,
    LockError,
    MissingError,
    UserError,
)

_logger = logging.getLogger(__name__)

# Odoo's request loop repeats the whole call on these, or the sidecar does.
RETRYABLE = (
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    ConcurrencyError,
    LockError,
)


class SyncError(Exception):
    """A refusal with a name: undoes the savepoint and becomes the change's answer.

    :param code: stable, lower_snake_case
    :param message: what is wrong, in words of the business
    :param failure_class: one of the ten classes of ``docs/protocol.md``
    :param hint: what a person can do about it
    :param args: values that the message speaks of, for machines
    :param field: the field in question, if there is one
    """

    def __init__(
        self,
        code,
        message,
        failure_class="business_rule",
        hint=None,
        args=None,
        field=None,
    ):
        super().__init__(message)
        self.error = {"class": failure_class, "code": code, "message": message}
        for name, value in (("hint", hint), ("args", args), ("field", field)):
            if value:
                self.error[name] = value


def is_unique_violation(error):
    """Whether two transactions made the same thing: a repeat finds the other's."""
    return isinstance(error, psycopg2.errors.UniqueViolation) and (
        error.diag.table_name or ""
    ).startswith("saas_sync_")


def describe(env, error):
    """The ``error`` of a result, for whatever ``error`` was raised by one change."""
    if isinstance(error, SyncError):
        return error.error
    if isinstance(error, AccessError):
        return {
            "class": "connection",
            "code": "access_denied",
            "message": str(error),
            "hint": env._(
                "Give the service user the rights that this flow needs, "
                "then resume the connection."
            ),
        }
    if isinstance(error, MissingError):
        return {
            "class": "conflict",
            "code": "record_missing",
            "message": str(error),
            "hint": env._("Restore the record, or delete its link and retry."),
        }
    if isinstance(error, UserError):
        return {
            "class": "business_rule",
            "code": "refused_by_odoo",
            "message": str(error),
            "hint": env._("Mend what the message names, then retry."),
        }
    if isinstance(error, psycopg2.IntegrityError):
        return {
            "class": "invalid_data",
            "code": "constraint_violated",
            "message": _integrity_message(env, error),
            "hint": env._("Correct the record at its source, then retry."),
        }
    if isinstance(error, psycopg2.DataError) or (
        isinstance(error, ValueError) and str(error).startswith("Wrong value")
    ):
        return {
            "class": "invalid_data",
            "code": "invalid_value",
            "message": str(error).strip().splitlines()[0],
            "hint": env._("Correct the value at its source, then retry."),
        }
    return _bug(env, error)


def _integrity_message(env, error):
    table = error.diag.table_name
    model = next(
        (env[name] for name, cls in env.registry.items() if cls._table == table),
        env["base"],
    )
    return model._sql_error_to_message(error)


def _bug(env, error):
    incident = uuid.uuid4().hex[:12]
    _logger.error("saas_sync incident %s", incident, exc_info=error)
    return {
        "class": "bug",
        "code": "unexpected",
        "message": env._(
            "Unexpected error in Odoo (%(kind)s, incident %(incident)s)",
            kind=type(error).__name__,
            incident=incident,
        ),
        "hint": env._(
            "Look for incident %(incident)s in Odoo's log and report it.",
            incident=incident,
        ),
        "args": {"incident": incident},
    }
