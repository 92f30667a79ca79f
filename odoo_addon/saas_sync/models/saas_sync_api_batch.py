from odoo import models
from odoo.exceptions import ConcurrencyError

from ..tools.errors import RETRYABLE, SyncError, describe, is_unique_violation

# What the sync writes sends no mail, subscribes nobody and logs no field changes.
FAST = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "no_reset_password": True,
}


class SaasSyncApi(models.AbstractModel):
    """Helpers that every operation of `apply` shares; the seam for other addons.

    An addon adds an operation by defining ``_apply_<op>(connection, changes)``, which
    returns one result per change, in order. Each change carries ``change["link"]``:
    its link row as a dict (see ``_lock_links``), locked, or None.
    """

    _inherit = "saas.sync.api"

    def _for(self, connection):
        """This API in the connection's company, with the fast context of the sync."""
        return self.with_context(
            **FAST,
            saas_sync_origin=connection.code,
            allowed_company_ids=connection.company_id.ids,
        )

    # Results

    def _result(self, change, status, **extra):
        """A result; model and res_id come from the link unless given."""
        link = change.get("link")
        result = {"key": change["key"], "status": status}
        if link:
            result.update(
                model=link["model"],
                res_id=link["res_id"],
                version=link["version"],
                digest=link["digest"] or "",
            )
        result.update(extra)
        return result

    def _rejected(
        self, change, code, message, failure_class, hint=None, args=None, field=None
    ):
        error = SyncError(code, message, failure_class, hint, args, field).error
        return self._result(change, "rejected", error=error)

    def _fail(
        self, code, message, failure_class="business_rule", hint=None, args=None,
        field=None,
    ):  # fmt: skip
        """Raise a typed error: inside :meth:`_bisect` it undoes the savepoint and
        becomes the `error` of the one change that caused it."""
        raise SyncError(code, message, failure_class, hint, args, field)

    def _missing(self, change, missing):
        """The result for references without a link.

        `waiting`, unless a tax rate is among them: that mapping a person owns.
        """
        for kind, external_id in missing:
            if kind == "tax_rate":
                return self._rejected(
                    change,
                    code="tax_unmapped",
                    failure_class="missing_mapping",
                    message=self.env._(
                        "The tax rate %(rate)s is not mapped to a tax in Odoo.",
                        rate=external_id,
                    ),
                    hint=self.env._(
                        "Choose the tax below and press Use this and retry."
                    ),
                    args={"tax_rate": external_id},
                )
        waiting_for = [
            {"kind": kind, "external_id": external_id} for kind, external_id in missing
        ]
        return self._result(change, "waiting", waiting_for=waiting_for)

    # Isolation

    def _bisect(self, items, work, change_of=lambda item: item):
        """Results of ``work(items)``, with bad items isolated.

        ``work`` gets a list and returns one result per item, in order; it runs inside
        a savepoint. If it raises, the halves are tried, down to single items, whose
        error becomes a `rejected` result. Concurrency errors are raised as they are:
        Odoo, or else the sidecar, repeats the call.

        :param change_of: finds the change of an item, if items are no changes
        """
        if not items:
            return []
        try:
            with self.env.cr.savepoint():
                results = work(items)
                # Leaving the savepoint would flush in the transaction's own
                # environment, which tracks changes and writes them into chatters.
                self.env.flush_all()
                return results
        except RETRYABLE:
            raise
        except Exception as error:
            if is_unique_violation(error):
                raise ConcurrencyError(str(error)) from error
            if len(items) == 1:
                return [
                    self._result(
                        change_of(items[0]),
                        "rejected",
                        error=describe(self.env, error),
                    )
                ]
        half = len(items) // 2
        return self._bisect(items[:half], work, change_of) + self._bisect(
            items[half:], work, change_of
        )
