from .common import SaasSyncCase


class ConflictCase(SaasSyncCase):
    """A partner linked to a CRM, on which both sides changed the telephone number."""

    def setUp(self):
        super().setUp()
        self.connection.write({"system": "salesforce", "system_name": "Salesforce"})
        self.apply(self.customer(values={"name": "Acme", "phone": "1"}))
        self.acme = self.env["res.partner"].browse(self.link().res_id)
        self.acme.write({"phone": "+49 30 1111", "country_id": self.germany.id})
        self.conflicts = self.env["saas.sync.conflict"]
        self.editor = self.reader.copy({"login": "sync_editor"})
        self.editor.group_ids += self.env.ref("base.group_partner_manager")

    def differ(self, *fields, external_id="cus_1", record=None, **row):
        """One reported conflict; about the telephone unless ``fields`` say more."""
        return {
            "connection": "stripe-eu",
            "kind": "customer",
            "external_id": external_id,
            "label": f"Customer {external_id}",
            "url": "https://crm.example/1",
            "model": "res.partner",
            "res_id": (record or self.acme).id,
            "since": "2026-11-22T08:00:00.000Z",
            "fields": list(fields) or [self.phone()],
            **row,
        }

    @staticmethod
    def phone(**field):
        return {
            "field": "phone",
            "why": "both_changed",
            "base": "1",
            "odoo": "+49 30 1111",
            "other": "+49 30 2222",
            "odoo_by": "sync_editor",
            "odoo_at": "2026-11-22T07:58:00.000Z",
            "other_by": "Sam Sales",
            "other_at": "2026-11-22T07:59:00.000Z",
            **field,
        }

    @staticmethod
    def country(odoo="DE", other="FR", **field):
        def told(code):
            return code and {"lookup": ["res.country", "code", code]}

        return {
            "field": "country_id",
            "why": "both_changed",
            "base": None,
            "odoo": told(odoo),
            "other": told(other),
            **field,
        }

    def tell(self, *conflicts, resolved=()):
        return self.api.report(
            {
                "sidecar": {"version": "0.1.0"},
                "connections": [],
                "exceptions": [],
                "conflicts": list(conflicts),
                "resolved": [
                    {"connection": "stripe-eu", "kind": "customer", "external_id": key}
                    for key in resolved
                ],
            }
        )

    def conflict(self, external_id="cus_1"):
        return self.conflicts.search([("external_id", "=", external_id)])

    def see(self, user=None, conflict=None):
        mine = self.conflicts.with_user(user or self.operator)
        # Like a call of its own: what others read before is not in the cache.
        self.env.flush_all()
        self.env.invalidate_all()
        return mine.resolver((conflict or self.conflict()).id)

    def decide(self, user=None, note=None, conflict=None, **choices):
        """``phone="odoo"`` or ``phone={"take": "value", "value": "…"}``."""
        user = user or self.operator
        tokens = {
            line["field"]: line["token"] for line in self.see(user, conflict)["lines"]
        }
        choices = {
            name: {
                "token": tokens[name],
                **({"take": choice} if isinstance(choice, str) else choice),
            }
            for name, choice in choices.items()
        }
        mine = self.conflicts.with_user(user)
        self.env.flush_all()
        self.env.invalidate_all()
        return mine.resolve((conflict or self.conflict()).id, choices, note)

    def wishes(self):
        rows = self.api.outbox({"limit": 100})["rows"]
        return [row for row in rows if row["command"] == "resolve"]

    def decisions(self):
        [row] = self.wishes()
        return row["args"]["decisions"]
