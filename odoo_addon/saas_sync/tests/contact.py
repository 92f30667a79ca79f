from .common import SaasSyncCase


class FirstContactCase(SaasSyncCase):
    """A connection that is looked through, and a company in Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.env["res.partner"].create(
            {
                "name": "Acmé Widgets GmbH",
                "is_company": True,
                "vat": "BE0477472701",
                "email": "billing@acme-widgets.test",
                "website": "https://www.acme-widgets.test/shop",
                "zip": "10115",
                "city": "Berlin",
            }
        )
        cls.jane = cls.env["res.partner"].create(
            {
                "name": "Jane Roe",
                "parent_id": cls.acme.id,
                "email": "jane.roe@acme-widgets.test",
            }
        )
        cls.contact("begin", run="1")

    @classmethod
    def contact(cls, step, **request):
        return cls.api.first_contact(
            {"connection": "stripe-eu", "step": step, **request}
        )

    def finding(self, external_id="cus_1", finding="create", **row):
        return {
            "kind": "customer",
            "external_id": external_id,
            "name": f"Acme {external_id}",
            "traits": {"name": f"Acme {external_id}"},
            "finding": finding,
            "score": 0,
            "suggestions": [],
            "model": "res.partner",
            **row,
        }

    def find(self, *rows):
        self.api.findings({"connection": "stripe-eu", "rows": list(rows)})

    def row(self, external_id="cus_1"):
        return (
            self.env["saas.sync.candidate"]
            .with_user(self.admin)
            .search([("external_id", "=", external_id)])
        )

    def commands(self):
        rows = self.api.outbox({"limit": 100})["rows"]
        return [(row["command"], row["external_id"], row["args"]) for row in rows]
