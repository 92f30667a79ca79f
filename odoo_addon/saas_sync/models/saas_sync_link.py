from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.big_integer import BigInteger
from ..tools.kinds import KINDS
from .saas_sync_exception import ACCOUNTANT

STATES = [
    ("synced", "In sync"),
    ("pending", "Pending"),
    ("waiting", "Waiting"),
    ("exception", "Exception"),
    ("archived", "Archived"),
    ("merged", "Merged"),
    ("duplicate", "Duplicate"),
]
NO_CONFLICT = {"conflict_id": None, "conflict_fields": 0}


class SaasSyncLink(models.Model):
    """External id ↔ Odoo record, with the values both last agreed on."""

    _name = "saas.sync.link"
    _description = "SaaS Sync Link"
    _order = "id desc"
    _rec_name = "label"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "saas.sync.connection", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    external_id = fields.Char("External ID", required=True, readonly=True)
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", required=True, readonly=True
    )
    record_name = fields.Char(string="Odoo Record", compute="_compute_record_name")
    version = BigInteger(readonly=True, aggregator=None)
    digest = fields.Char(readonly=True)
    # Values of the record, and messages with amounts, are not for every reader.
    base = fields.Json(readonly=True, groups=ACCOUNTANT)
    details = fields.Json(readonly=True, groups=ACCOUNTANT)
    correction = fields.Json(readonly=True, groups=ACCOUNTANT)
    changed = fields.Json(
        readonly=True, help="Fields that the sync changed last, and when (UTC)."
    )
    label = fields.Char(readonly=True)
    url = fields.Char(string="Address", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="synced")
    last_sync = fields.Datetime(readonly=True)
    last_error = fields.Char(readonly=True, groups=ACCOUNTANT)
    system_name = fields.Char(related="connection_id.system_name")

    _key_uniq = models.UniqueIndex(
        "(connection_id, kind, external_id)",
        "This record of the other system is linked already.",
    )
    _record_idx = models.Index("(model, res_id)")

    @api.depends("label", "external_id")
    def _compute_display_name(self):
        for link in self:
            link.display_name = link.label or link.external_id

    @api.depends("model", "res_id")
    @api.depends_context("uid")
    def _compute_record_name(self):
        for link in self:
            record = (
                self.env[link.model].browse(link.res_id).exists()
                if link.model in self.env
                else None
            )
            if not record:
                link.record_name = self.env._("Deleted in Odoo")
            elif record.has_access("read"):
                link.record_name = record.display_name
            else:
                link.record_name = self.env._("Not visible to you")

    # Actions

    @api.model
    def _open_action(self, model, res_id):
        if not model or model not in self.env or not res_id:
            raise UserError(self.env._("There is no record to open."))
        record = self.env[model].browse(res_id).exists()
        if not record:
            raise UserError(self.env._("The record was deleted in Odoo."))
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def action_open_record(self):
        self.ensure_one()
        return self._open_action(self.model, self.res_id)

    def action_open_external(self):
        self.ensure_one()
        if not self.url:
            raise UserError(
                self.env._("%(system)s has no page for it.", system=self.system_name)
            )
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def action_sync_now(self):
        self.sync_now(self.ids)
        return self.env["saas.sync.connection"]._notify(
            self.env._("The record will be read again from its source.")
        )

    def action_view_receipts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_sync.saas_sync_receipt_action"
        )
        action["domain"] = [
            ("connection_id", "=", self.connection_id.id),
            ("kind", "=", self.kind),
            ("external_id", "=", self.external_id),
        ]
        return action

    @api.model
    def sync_now(self, ids):
        """Queue links to be read again; for operators, and for whoever may write
        the linked record."""
        links = self.browse(ids)
        links.check_access("read")
        if not self.env.user.has_group("saas_sync.group_operator"):
            links._check_records("write")
        self.env["saas.sync.outbox"]._queue_all(
            "sync_now",
            [(link.connection_id, link.kind, link.external_id, {}) for link in links],
        )
        links.sudo().write({"state": "pending"})
        links._send_changed()
        return True

    def _check_records(self, operation):
        for model, links in self.grouped("model").items():
            if model not in self.env:
                raise AccessError(self.env._("You have no access to this record."))
            self.env[model].browse(links.mapped("res_id")).check_access(operation)

    def _send_changed(self):
        self.env["saas.sync.api"]._send_changed(
            {
                model: links.mapped("res_id")
                for model, links in self.grouped("model").items()
            }
        )

    # Reading for badges

    @api.model
    def badges(self, model, ids):
        """What the badges of these records show; records the user may not read, and
        links of companies that are not switched on, are left out.

        :return: list of ``{id, res_id, connection, connection_name, system,
            system_name, environment, kind, external_id, label, state, last_sync,
            last_error, url, exception_id}``; times are UTC
        """
        if model not in self.env or self.env[model]._abstract:
            return []
        if not self.has_access("read"):
            return []
        rows = self._badge_rows(model, ids)
        if not rows:
            return []
        found = self.env[model].browse({row["res_id"] for row in rows}).exists()
        readable = set(found._filtered_access("read").ids)
        operator = self.env.user.has_group("saas_sync.group_operator")
        informed = self.env.user.has_group(ACCOUNTANT)
        exceptions = self.env["saas.sync.exception"]
        topics = dict(exceptions._fields["topic"]._description_selection(self.env))
        badges = [row for row in rows if row["res_id"] in readable]
        conflicts = self.env["saas.sync.conflict"]._of_records(model, readable)
        for row in badges:
            row |= conflicts.get(
                (row["connection"], row["kind"], row["external_id"]), NO_CONFLICT
            )
            topic = row.pop("topic")
            if not informed:
                row["last_error"] = topics.get(topic)
            if not operator:
                row["exception_id"] = None
        return badges

    @api.model
    def _badge_rows(self, model, ids):
        self.flush_model()
        self.env["saas.sync.exception"].flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT l.id, l.res_id, c.code AS connection,
                    c.name AS connection_name, c.system,
                    coalesce(c.system_name, c.system) AS system_name, c.environment,
                    l.kind, l.external_id, l.label,
                    CASE WHEN e.id IS NULL THEN l.state ELSE 'exception' END AS state,
                    to_char(l.last_sync, 'YYYY-MM-DD HH24:MI:SS') AS last_sync,
                    coalesce(e.message, l.last_error) AS last_error, l.url,
                    e.id AS exception_id, e.topic
                FROM saas_sync_link l
                JOIN saas_sync_connection c ON c.id = l.connection_id
                LEFT JOIN saas_sync_exception e
                    ON e.connection_id = l.connection_id AND e.kind = l.kind
                    AND e.external_id = l.external_id
                    AND e.state IN ('open', 'retrying')
                WHERE l.model = %s AND l.res_id = ANY(%s) AND l.company_id = ANY(%s)
                    AND l.state != 'merged'
                ORDER BY l.res_id, l.id""",
                model,
                [int(res_id) for res_id in ids],
                self.env.companies.ids,
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def linked_models(self):
        """Names of the models that have links; one index probe per model."""
        if not self.has_access("read"):
            return []
        self.flush_model(["model"])
        self.env.cr.execute(
            """WITH RECURSIVE names AS (
                (SELECT model FROM saas_sync_link ORDER BY model LIMIT 1)
                UNION ALL
                SELECT (SELECT model FROM saas_sync_link WHERE model > names.model
                        ORDER BY model LIMIT 1)
                FROM names WHERE names.model IS NOT NULL
            ) SELECT model FROM names WHERE model IS NOT NULL"""
        )
        return [name for (name,) in self.env.cr.fetchall() if name in self.env]
