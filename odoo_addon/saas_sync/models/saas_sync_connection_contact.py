from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

CONTACT_STATES = [
    ("looking", "Looking"),
    ("review", "To be reviewed"),
    ("starting", "Starting"),
    ("started", "Started"),
]


class SaasSyncConnection(models.Model):
    """First contact: nothing is synchronised before a person has seen what would be."""

    _inherit = "saas.sync.connection"

    contact_state = fields.Selection(
        CONTACT_STATES, string="First Contact", readonly=True, copy=False
    )
    contact_run = fields.Char(readonly=True, copy=False)
    contact_looked = fields.Integer("Looked At", readonly=True, copy=False)
    contact_started_at = fields.Datetime(readonly=True, copy=False)
    contact_leave = fields.Boolean(
        readonly=True,
        copy=False,
        help="Undecided records became exceptions when syncing started.",
    )

    def _contact_counts(self):
        """How many records will be linked, created, …: ``{plan: count}``."""
        self.ensure_one()
        groups = (
            self.env["saas.sync.candidate"]
            .sudo()
            ._read_group(
                [("connection_id", "=", self.id)], ["plan"], ["__count"]
            )
        )
        counts = dict(groups)
        plans = self.env["saas.sync.candidate"]._fields["plan"].get_values(self.env)
        return {plan: counts.get(plan, 0) for plan in plans}

    def _overview_row(self):
        return {**super()._overview_row(), "contact": self._overview_contact()}

    def _overview_contact(self):
        """The first contact while it lasts; None before and after."""
        if self.contact_state not in ("looking", "review", "starting"):
            return None
        return {
            "state": self.contact_state,
            "looked": self.contact_looked,
            "counts": self._contact_counts(),
        }

    def action_view_candidates(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "saas_sync.saas_sync_candidate_action"
        )
        action["domain"] = [("connection_id", "=", self.id)]
        return action

    def action_look_again(self):
        """Have everything looked at once more; what was decided stays."""
        self._check_admin()
        if any(c.contact_state not in ("looking", "review") for c in self):
            raise UserError(
                self.env._("This connection synchronises already, or is about to.")
            )
        return self._command(
            "first_contact",
            self.env._("Everything is looked at once more; decisions stay."),
        )

    def action_start_syncing(self):
        """Ask, with the counts, before anything is written."""
        self.ensure_one()
        self._check_admin()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Start Syncing"),
            "res_model": "saas.sync.start",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_connection_id": self.id},
        }

    def _start_syncing(self, leave):
        """Queue the start. ``leave``: undecided records become exceptions."""
        self.ensure_one()
        self._check_admin()
        if self.contact_state != "review":
            raise UserError(
                self.env._("The first look is not complete, or this was started.")
            )
        undecided = self._contact_counts()["decide"]
        if undecided and not leave:
            raise UserError(
                self.env._(
                    "%(count)s record(s) are still to be decided. Decide, or leave "
                    "them as exceptions.",
                    count=undecided,
                )
            )
        self.sudo().write({"contact_state": "starting", "contact_leave": leave})
        return self._command("start_syncing", self.env._("Syncing is about to start."))

    def _link_candidates(self, ids):
        """Make the links that were decided on, in one statement. Nothing was ever
        agreed (no base), as with a link that a person makes."""
        self.env["saas.sync.candidate"].flush_model()
        self.env.cr.execute(
            SQL(
                """INSERT INTO saas_sync_link
                    (connection_id, company_id, kind, external_id, model, res_id,
                     version, state, label, url, create_uid, write_uid, create_date,
                     write_date, last_sync)
                SELECT c.connection_id, c.company_id, c.kind, c.external_id, c.model,
                    c.res_id, 0, 'pending', c.external_id, c.url, %s, %s,
                    now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC',
                    now() AT TIME ZONE 'UTC'
                FROM saas_sync_candidate c
                WHERE c.id = ANY(%s) AND c.plan = 'link'
                ON CONFLICT (connection_id, kind, external_id) DO NOTHING""",
                self.env.uid,
                self.env.uid,
                list(ids),
            )
        )
        self.env["saas.sync.link"].invalidate_model()
