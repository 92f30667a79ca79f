"""A record that both sides changed, until a person or time settles it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..tools.kinds import KINDS

PENDING = ("open", "resolving")


class SaasSyncConflict(models.Model):
    """Fields of one record on which Odoo and another system differ, and nobody but a
    person may decide.

    Who sees what: that there is a conflict, and about which fields, operators and
    whoever may read the record; a value, whoever may read that field of that record.
    """

    _name = "saas.sync.conflict"
    _description = "SaaS Sync Conflict"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "since desc, id desc"
    _rec_name = "label"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "saas.sync.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    external_id = fields.Char("External ID", required=True, readonly=True)
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Odoo Record", model_field="model", required=True, readonly=True
    )
    label = fields.Char("Record", required=True, readonly=True)
    url = fields.Char(string="Address", readonly=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("resolving", "Being Settled"),
            ("resolved", "Settled"),
        ],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
    )
    since = fields.Datetime(readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Assigned To",
        tracking=True,
        domain="[('share', '=', False)]",
    )
    line_ids = fields.One2many("saas.sync.conflict.line", "conflict_id", readonly=True)
    difference = fields.Char(
        "Differs In", readonly=True, index=True, help="The fields in question."
    )
    field_count = fields.Integer("Fields", readonly=True, aggregator=None)
    note = fields.Char(readonly=True, help="Why it was decided so.")
    problem = fields.Char(readonly=True, help="Why a decision was not carried out.")
    resolution = fields.Selection(
        [("decided", "Decided by a person"), ("agreed", "Settled by itself")],
        readonly=True,
        tracking=True,
    )
    resolved_by_id = fields.Many2one("res.users", readonly=True)
    resolved_at = fields.Datetime("Settled On", readonly=True)
    system_name = fields.Char(related="connection_id.system_name")

    _open_uniq = models.UniqueIndex(
        "(connection_id, kind, external_id) WHERE state IN ('open', 'resolving')",
        "There is an open conflict about this record already.",
    )
    _record_idx = models.Index("(model, res_id) WHERE state IN ('open', 'resolving')")
    _resolved_idx = models.Index("(resolved_at) WHERE resolved_at IS NOT NULL")

    @api.depends("label", "difference")
    def _compute_display_name(self):
        for conflict in self:
            conflict.display_name = f"{conflict.label}: {conflict.difference or ''}"

    def write(self, vals):
        """People write what is theirs; what was reported or decided is not."""
        ours = {name for name, field in self._fields.items() if field.readonly}
        foreign = sorted(ours.intersection(vals))
        if foreign and not self.env.su:
            raise AccessError(
                self.env._(
                    "What is known of a conflict is not edited by hand: %(fields)s.",
                    fields=", ".join(foreign),
                )
            )
        return super().write(vals)

    # Actions

    def action_assign(self):
        """Ask whom, until when."""
        self._check_operator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign"),
            "res_model": "saas.sync.assign",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_conflict_ids": self.ids},
        }

    def _assign(self, user, deadline, note=False):
        """Give open conflicts to ``user``, in place of who had them before."""
        self._check_operator()
        todo = self.env.ref("mail.mail_activity_data_todo")
        waiting = self.filtered(lambda c: c.state in PENDING).sudo()
        waiting.activity_ids.filtered(lambda a: a.activity_type_id == todo).unlink()
        waiting.write({"user_id": user.id})
        for conflict in waiting:
            conflict.with_user(self.env.user).sudo().activity_schedule(
                activity_type_id=todo.id,
                date_deadline=deadline,
                summary=self.env._("Decide: %(record)s", record=conflict.label),
                note=note or False,
                user_id=user.id,
            )

    def action_settle(self):
        """Decide many that differ in the same fields at once."""
        self._check_operator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide Alike"),
            "res_model": "saas.sync.settle",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_ids": self.ids,
                "default_take": self.env.context.get("take", "odoo"),
            },
        }

    def action_open_record(self):
        self.ensure_one()
        return self.env["saas.sync.link"]._open_action(self.model, self.res_id)

    def action_open_external(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def _check_operator(self):
        if not self.env.user.has_group("saas_sync.group_operator"):
            raise AccessError(
                self.env._("Only operators of SaaS Sync may decide about conflicts.")
            )
        self.check_access("read")

    # Telling others

    def _send_changed(self):
        """Have the badges of the records, and open screens, look again."""
        self.env["saas.sync.api"]._send_changed(
            {
                model: conflicts.mapped("res_id")
                for model, conflicts in self.sudo().grouped("model").items()
            }
        )
        if self:
            self.env["saas.sync.exception"]._send_overview()

    @api.model
    def _of_records(self, model, ids):
        """Open conflicts of these records, by ``(connection, kind, external id)``, as
        badges tell them. Whoever asks has checked that the records may be read."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT c.code, o.kind, o.external_id, o.id, o.field_count
                FROM saas_sync_conflict o
                JOIN saas_sync_connection c ON c.id = o.connection_id
                WHERE o.model = %s AND o.res_id = ANY(%s)
                    AND o.state IN ('open', 'resolving')""",
                model,
                [int(res_id) for res_id in ids],
            )
        )
        return {
            tuple(key): {"conflict_id": conflict, "conflict_fields": count}
            for *key, conflict, count in self.env.cr.fetchall()
        }

    @api.model
    def _count_open(self):
        """How many wait for a decision; none for those who have no list of them."""
        if not self.has_access("read"):
            return 0
        return self.search_count([("state", "=", "open")])

    @api.autovacuum
    def _gc_settled(self):
        """Forget conflicts that were settled more than 400 days ago."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=400)
        old = self.search([("resolved_at", "<", limit)], limit=1000)
        old.unlink()
        return len(old), len(old) == 1000
