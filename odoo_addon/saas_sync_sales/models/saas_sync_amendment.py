"""What a deal says otherwise than its confirmed order: reviewed by a salesperson, and
applied by that person's own rights.
"""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class SaasSyncAmendment(models.Model):
    _name = "saas.sync.amendment"
    _description = "Amendment of a Confirmed Order"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, readonly=True, index=True
    )
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    user_id = fields.Many2one(
        related="order_id.user_id", store=True, string="Salesperson"
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    connection_id = fields.Many2one(
        "saas.sync.connection", required=True, readonly=True, ondelete="cascade"
    )
    external_id = fields.Char("Deal ID", required=True, readonly=True)
    deal = fields.Char(readonly=True)
    url = fields.Char("Address", readonly=True)
    kind = fields.Selection(
        [("change", "Change"), ("cancellation", "Cancellation")],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("review", "To Review"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("withdrawn", "Settled by Itself"),
        ],
        required=True,
        readonly=True,
        default="review",
        tracking=True,
    )
    content = fields.Char(readonly=True, help="Fingerprint of what the deal says.")
    amount_before = fields.Monetary("Order without Tax", readonly=True)
    amount_after = fields.Monetary("Deal without Tax", readonly=True)
    decided_by_id = fields.Many2one("res.users", string="Decided By", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    line_ids = fields.One2many(
        "saas.sync.amendment.line", "amendment_id", readonly=True
    )

    _open_uniq = models.UniqueIndex(
        "(order_id) WHERE state = 'review'",
        "There is an open amendment of this order already.",
    )

    @api.depends("order_id.name", "deal", "kind")
    def _compute_display_name(self):
        for amendment in self:
            amendment.display_name = self.env._(
                "%(order)s: %(deal)s",
                order=amendment.order_id.name,
                deal=amendment.deal or amendment.external_id,
            )

    # Proposing: the synchronisation does this

    @api.model
    def _propose(self, order, values, rows):
        """Open an amendment and give it to the order's salesperson, without an
        e-mail.
        """
        amendment = self.create(
            {
                **values,
                "order_id": order.id,
                "line_ids": [Command.create(row) for row in rows],
            }
        )
        user = order.user_id or order.opportunity_id.user_id or order.team_id.user_id
        if user:
            amendment.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=amendment._summary(),
            )
        return amendment

    def _refresh(self, values, rows):
        """The deal changed once more before anybody decided."""
        if self.content == values["content"]:
            return
        self.write(
            {
                **values,
                "line_ids": [
                    Command.clear(),
                    *(Command.create(row) for row in rows),
                ],
            }
        )
        self.activity_ids.summary = self._summary()

    def _summary(self):
        if self.kind == "cancellation":
            return self.env._(
                "The deal of order %s was lost after all", self.order_id.name
            )
        return self.env._("The deal of order %s has changed", self.order_id.name)

    def _withdraw(self):
        """Both sides agree again, or it was refused before: nothing is left to do."""
        self._settle("withdrawn")

    def _settle(self, state, user=None):
        if not self:
            return
        self.write(
            {
                "state": state,
                "decided_by_id": user and user.id,
                "decided_at": fields.Datetime.now(),
            }
        )
        self.activity_ids.unlink()

    # Deciding: a person does this

    def action_accept(self):
        """Apply the differences to the order, as the person who presses the button."""
        for amendment in self:
            amendment._check_open()
            order = amendment.order_id
            if order.state != "sale":
                raise UserError(
                    self.env._("Order %s is not confirmed any more.", order.name)
                )
            if amendment.kind == "cancellation":
                order.action_cancel()
            else:
                amendment._apply_lines()
            amendment.sudo()._settle("accepted", self.env.user)
            order._message_log(
                body=self.env._(
                    "%(user)s accepted what deal %(deal)s says.",
                    user=self.env.user.name,
                    deal=amendment.deal or amendment.external_id,
                )
            )

    def action_reject(self):
        """Keep the order as it is; the same is not proposed again."""
        for amendment in self:
            amendment._check_open()
            amendment.sudo()._settle("rejected", self.env.user)
            amendment.order_id._message_log(
                body=self.env._(
                    "%(user)s rejected what deal %(deal)s says.",
                    user=self.env.user.name,
                    deal=amendment.deal or amendment.external_id,
                )
            )

    def _check_open(self):
        self.check_access("read")
        self.order_id.check_access("write")
        if self.state != "review":
            raise UserError(self.env._("This amendment was decided already."))

    def _apply_lines(self):
        order = self.order_id
        made = {}
        for row in self.line_ids:
            if row.kind == "terms":
                order.write(row.values)
            elif row.kind == "added":
                if not row.product_id:
                    raise UserError(
                        self.env._(
                            'Line "%s" names no product. Choose it at the source, or '
                            "add the line by hand and reject this amendment.",
                            row.name,
                        )
                    )
                line = self.env["sale.order.line"].create(
                    {**row.values, "order_id": order.id}
                )
                made[row.external_id] = line.id
            else:
                row.order_line_id.write(row.values)
        if made:
            self.sudo()._remember_lines(made)

    def _remember_lines(self, made):
        """The link learns which line of the order is which of the deal."""
        link = self.env["saas.sync.link"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("kind", "=", "order"),
                ("external_id", "=", self.external_id),
            ]
        )
        details = dict(link.details or {})
        link.details = {**details, "lines": {**(details.get("lines") or {}), **made}}

    def action_open_external(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def action_open_order(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }
