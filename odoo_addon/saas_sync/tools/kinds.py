"""What can be linked: the kinds of records, in the order in which they depend."""

KINDS = [
    ("tax_rate", "Tax rate"),
    ("customer", "Customer"),
    ("contact", "Contact"),
    ("product", "Product"),
    ("price", "Price"),
    ("deal", "Deal"),
    ("order", "Order"),
    ("invoice", "Invoice"),
    ("credit_note", "Credit note"),
    ("payment", "Payment"),
    ("refund", "Refund"),
]
RANK = {kind: rank for rank, (kind, _label) in enumerate(KINDS)}
