"""One document on its way through ``apply``: what is wanted, what stands already, what
this call adds.
"""

import hashlib
import json


def _fingerprint(values):
    """The same for the same wishes. The digest of the change will not do: it covers the
    rungs too, and is not kept while rungs are missing.
    """
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Item:
    """The state of one change of an accounting document. Rungs are climbed one by one
    until it is stopped.
    """

    def __init__(self, change):
        self.change = change
        self.values = change["values"]
        self.key = change["key"]["kind"], change["key"]["external_id"]
        self.link = change.get("link")
        self.record = None
        self.receipts = {}
        self.climbed = {}
        self.status = "unchanged"
        self.error = None
        self.waiting = []
        self.refs = {}
        self.written = False
        # Day and leave of booking, where the document's own day is in a closed period.
        self.booked_on = None
        self.leave = ""
        self.content = _fingerprint(self.values)
        base = self.link and self.link["base"] or {}
        self.same_content = base.get("content") == self.content

    @property
    def fresh(self):
        """The record was made by this call."""
        return self.link is None

    def mark(self):
        """What a savepoint may have to take back."""
        return self.record, dict(self.climbed), self.status, self.written

    def restore(self, mark):
        """Forget what was done since ``mark``."""
        self.record, climbed, self.status, self.written = mark
        self.climbed = dict(climbed)

    @property
    def stopped(self):
        """Nothing more can be done for this document in this call."""
        return bool(self.error or self.waiting) or self.status == "skipped"

    def stands(self, rung):
        """The rung has been climbed, earlier or by this call."""
        return rung in self.receipts or rung in self.climbed

    def wants(self, rung):
        """The rung is asked for and not climbed yet."""
        return (
            not self.stopped and rung in self.change["climb"] and not self.stands(rung)
        )

    def wanted(self, prefix):
        """Parameters of the rungs wanted of a family: ``reconciled:in_1`` gives
        ``in_1`` for ``reconciled:``.
        """
        rungs = [
            rung
            for rung in self.change["climb"]
            if rung.startswith(prefix) and self.wants(rung)
        ]
        return [rung.removeprefix(prefix) for rung in rungs]

    def climb(self, rung, receipt):
        """Note a rung as climbed, with what it made (a document's number)."""
        self.climbed[rung] = receipt
        if self.status == "unchanged":
            self.status = "updated"

    def fail(self, error):
        """Stop with a ``SyncError``; the rungs below stand."""
        self.error = error.error

    def wait_for(self, keys):
        """Stop until other records are there; ``keys`` are ``(kind, external_id)``."""
        self.waiting += [
            {"kind": kind, "external_id": external_id} for kind, external_id in keys
        ]
