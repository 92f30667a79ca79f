from odoo import api, fields, models
from odoo.tools import SQL

# The next best has to be this much worse, else it is a person who chooses.
LEAD = 20


class SaasSyncAccept(models.TransientModel):
    """Links everything whose best candidate has at least a score and no rival."""

    _name = "saas.sync.accept"
    _description = "Accept Candidates"

    connection_id = fields.Many2one("saas.sync.connection", required=True)
    score = fields.Integer("At Least", default=60, required=True)
    count = fields.Integer("Records", compute="_compute_count")

    @api.depends("connection_id", "score")
    def _compute_count(self):
        for wizard in self:
            self.env.cr.execute(
                SQL("SELECT count(*) FROM (%s) AS clear", wizard._clear())
            )
            wizard.count = self.env.cr.fetchone()[0]

    def _clear(self):
        """SQL of the rows and the records that they are linked to; a record that two
        of them claim goes to the better one, and the other stays to be decided."""
        self.env["saas.sync.candidate"].flush_model()
        return SQL(
            """SELECT DISTINCT ON (c.kind, best.id) c.id, best.id AS res_id
            FROM saas_sync_candidate c
            CROSS JOIN LATERAL (SELECT (c.suggestions -> 0 ->> 'id')::int AS id) best
            WHERE c.connection_id = %s AND c.plan = 'decide'
                AND c.finding = 'ambiguous' AND c.score >= %s AND best.id IS NOT NULL
                AND coalesce((c.suggestions -> 1 ->> 'score')::int, 0) <= c.score - %s
                AND NOT EXISTS (SELECT FROM saas_sync_candidate rival
                    WHERE rival.connection_id = c.connection_id
                        AND rival.kind = c.kind AND rival.res_id = best.id
                        AND rival.id <> c.id)
            ORDER BY c.kind, best.id, c.score DESC, c.id""",
            self.connection_id.id,
            self.score,
            LEAD,
        )

    def action_accept(self):
        self.ensure_one()
        self.env["saas.sync.candidate"]._check_admin()
        self.connection_id.check_access("write")
        self.env.cr.execute(
            SQL(
                """UPDATE saas_sync_candidate c
                SET plan = 'link', res_id = clear.res_id, decided_by_id = %s,
                    decided_at = now() AT TIME ZONE 'UTC'
                FROM (%s) AS clear WHERE c.id = clear.id""",
                self.env.uid,
                self._clear(),
            )
        )
        accepted = self.env.cr.rowcount
        self.env["saas.sync.candidate"].invalidate_model()
        return self.env["saas.sync.connection"]._notify(
            self.env._("%(count)s record(s) will be linked.", count=accepted)
        )
