"""One won deal on its way to an order: what is wanted, what stands, what is wrong."""

from odoo.addons.saas_sync_billing.tools.item import Item


class OrderItem(Item):
    """Like a document of billing, but everything that is wrong is collected first."""

    def __init__(self, change):
        super().__init__(change)
        self.problems = []
        # What a person decided on the desk: {"codes": […], "products": {line: id}}.
        self.allowance = {}
        # By external id of the line: the product variant, and the order's line.
        self.products = {}
        self.order_lines = {}
        self.payment_term = None
        self.pricelist = None

    @property
    def lost(self):
        """The deal is won no longer."""
        return bool(self.values.get("lost"))

    def allows(self, code):
        """Whether a person accepted this very content in spite of ``code``."""
        return code in self.allowance.get("codes", ())

    def blame(self, error, **extra):
        """Note one thing that is wrong (a ``SyncError``); the check goes on."""
        self.problems.append({**error.error, **extra})

    def fail_with_problems(self):
        """Stop with everything that was found: the code of the first, the words of
        all.
        """
        if not self.problems:
            return
        first = self.problems[0]
        hints = dict.fromkeys(p["hint"] for p in self.problems if p.get("hint"))
        self.error = {
            "class": first["class"],
            "code": first["code"],
            "message": " ".join(p["message"] for p in self.problems),
            "hint": " ".join(hints),
            "args": {
                **first.get("args", {}),
                "content": self.content,
                "problems": [
                    {
                        "code": p["code"],
                        "message": p["message"],
                        "hint": p.get("hint"),
                        **p.get("args", {}),
                    }
                    for p in self.problems
                ],
            },
        }
