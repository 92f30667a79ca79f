from odoo import models


class ResPartner(models.Model):
    """Twins of customers are found by e-mail and VAT, whatever the case."""

    _name = "res.partner"
    _inherit = ["res.partner", "saas.sync.linked.mixin"]

    _saas_sync_email_idx = models.Index("(lower(email)) WHERE email IS NOT NULL")
    _saas_sync_vat_idx = models.Index("(lower(vat)) WHERE vat IS NOT NULL")

    def _saas_sync_above(self):
        """The contacts above this one, nearest first."""
        above = self.browse()
        parent = self.parent_id
        while parent and parent not in above:
            above += parent
            parent = parent.parent_id
        return above

    # Odoo takes a contact's address for its company's. A company below another one has
    # an address of its own: the sync writes it there, and nowhere else.

    def _saas_sync_stands_alone(self):
        return bool(
            self.is_company
            and self.parent_id
            and self.env.context.get("saas_sync_origin")
        )

    def _fields_sync(self, values):
        if self._saas_sync_stands_alone():
            return self._children_sync(values)
        return super()._fields_sync(values)

    def _update_address(self, vals):
        shared = self.filtered(lambda partner: not partner._saas_sync_stands_alone())
        return super(ResPartner, shared)._update_address(vals)

    def _handle_first_contact_creation(self):
        if not self._saas_sync_stands_alone():
            super()._handle_first_contact_creation()
