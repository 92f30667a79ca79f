from odoo.tests import TransactionCase, new_test_user

VERSION = 1_790_000_000_000


class SaasSyncCase(TransactionCase):
    """A connection, the sidecar's user, and one user of each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.service = new_test_user(
            cls.env, "sync_service", groups="saas_sync.group_service"
        )
        cls.reader = new_test_user(cls.env, "sync_reader", groups="base.group_user")
        cls.operator = new_test_user(
            cls.env, "sync_operator", groups="saas_sync.group_operator"
        )
        cls.accountant = new_test_user(
            cls.env, "sync_accountant", groups="saas_sync.group_accountant"
        )
        cls.admin = new_test_user(cls.env, "sync_admin", groups="saas_sync.group_admin")
        cls.connection = cls.env["saas.sync.connection"].create(
            {
                "name": "Stripe Europe",
                "code": "stripe-eu",
                "system": "stripe",
                "system_name": "Stripe",
                "company_id": cls.company.id,
            }
        )
        cls.api = cls.env["saas.sync.api"].with_user(cls.service)
        cls.links = cls.env["saas.sync.link"]
        cls.exceptions = cls.env["saas.sync.exception"]
        cls.germany = cls.env.ref("base.de")

    @classmethod
    def customer(cls, external_id="cus_1", digest="d1", version=VERSION, **change):
        """An upsert of a customer; `values` are laid over a plain one."""
        values = {"name": f"Acme {external_id}", **change.pop("values", {})}
        return {
            "key": {"kind": "customer", "external_id": external_id},
            "op": "upsert",
            "model": "res.partner",
            "version": version,
            "digest": digest,
            "label": f"Customer {external_id}",
            "url": f"https://dashboard.example/{external_id}",
            "rule": "customer@1",
            "reason": "customer.updated",
            "values": values,
            "base": None,
            "match": [],
            "create": True,
            "create_only": [],
            "overwrite": [],
            **change,
        }

    @classmethod
    def link_change(cls, external_id="txr_1", kind="tax_rate", **change):
        return {
            "key": {"kind": kind, "external_id": external_id},
            "op": "link",
            "model": "res.country",
            "version": VERSION,
            "digest": "d1",
            "label": f"Rate {external_id}",
            "rule": "tax_rate@1",
            "reason": "backfill",
            "match": [],
            "details": {"percentage": "19"},
            **change,
        }

    def apply(self, *changes, connection="stripe-eu"):
        """Results of one batch."""
        request = {"batch": "1", "connection": connection, "changes": list(changes)}
        return self.api.apply(request)["results"]

    def apply_one(self, change):
        [result] = self.apply(change)
        return result

    def partner(self, result):
        return self.env["res.partner"].browse(result["res_id"])

    def link(self, external_id="cus_1", kind="customer"):
        return self.links.search(
            [
                ("connection_id", "=", self.connection.id),
                ("kind", "=", kind),
                ("external_id", "=", external_id),
            ]
        )

    def report(self, exceptions=(), resolved=(), connections=(), sidecar=None):
        return self.api.report(
            {
                "sidecar": sidecar or {"version": "0.1.0"},
                "connections": list(connections),
                "exceptions": list(exceptions),
                "resolved": list(resolved),
            }
        )

    @classmethod
    def trouble(cls, external_id="cus_1", kind="customer", **row):
        """One reported exception."""
        return {
            "connection": "stripe-eu",
            "kind": kind,
            "external_id": external_id,
            "cause": "business_rule",
            "code": "refused_by_odoo",
            "message": "Odoo refused it",
            "hint": "Mend it",
            "args": {},
            "label": f"Customer {external_id}",
            "rule": "customer@1",
            "delivery": "evt_1",
            "reason": "customer.updated",
            "attempts": 1,
            "first_at": "2026-11-22T08:00:00.000Z",
            "last_at": "2026-11-22T08:00:01.500Z",
            "amount": 11900,
            "currency": "EUR",
            "partner": "Acme",
            "url": "https://dashboard.example/x",
            "payload": {"id": external_id, "email": "a•••"},
            **row,
        }

    def exception(self, external_id="cus_1", kind="customer"):
        return self.exceptions.search(
            [("kind", "=", kind), ("external_id", "=", external_id)]
        )
