from collections import defaultdict
from dataclasses import dataclass, field

from odoo import models

from ..tools.values import COMMERCIAL, is_lookup, is_ref, same
from .saas_sync_api import key_of

# What becomes of one field of a record that exists.
AGREED, LEFT, WRITTEN, KEPT, DIVERGED = "agreed", "left", "written", "kept", "diverged"
# The vendor never said anything about it: nothing is agreed, and Odoo's value stays.
UNSAID = "unsaid"
TO_MANY = ("one2many", "many2many")


@dataclass
class Item:
    """One change on its way through the upsert."""

    change: dict
    # Odoo's values of the mapped fields as the change wants them.
    wanted: dict
    # Records and rows that references in the change and in its base stand for.
    records: dict = field(default_factory=dict)
    lookups: dict = field(default_factory=dict)
    record: models.BaseModel = None
    adopted: bool = False
    # Systems of other connections that the record is linked to.
    linked: frozenset = frozenset()
    # What to write on the record, and on its commercial partner.
    writes: dict = field(default_factory=dict)
    # What the base of a field shall be where it is not what Odoo holds.
    kept: dict = field(default_factory=dict)
    # Fields that the vendor owns and never filled, while Odoo holds something.
    unsaid: set = field(default_factory=set)
    # Fields that the vendor is only told, and holds otherwise.
    told: list = field(default_factory=list)

    def listed(self, name, options):
        return name in (self.change.get(options) or ())

    @property
    def base(self):
        """What was last agreed; None if nothing ever was."""
        base = self.change.get("base")
        return (self.change["link"] or {}).get("base") if base is None else base

    @property
    def is_mutual(self):
        """Whether more than the vendor and this record have a say."""
        return bool(self.change.get("outward") or self.change.get("yields_to"))

    def yields(self, name):
        systems = (self.change.get("yields_to") or {}).get(name) or ()
        return not self.linked.isdisjoint(systems)

    def is_apart(self, name):
        """Whether the field is written once and not spoken of again."""
        return self.listed(name, "create_only") and not self.listed(name, "outward")

    def told_only(self):
        """Fields that the vendor is told and never asked about."""
        known = self.record._fields
        for name in self.change.get("outward") or ():
            if name not in self.wanted and name in known:
                if known[name].type not in TO_MANY:
                    yield name


class SaasSyncApi(models.AbstractModel):
    """Compare and set: what becomes of each field of a record that exists."""

    _inherit = "saas.sync.api"

    def _decide(self, item):
        """Fill ``item.writes``; True if a field diverged that nobody may overwrite."""
        item.writes, item.kept, item.unsaid = {}, {}, set()
        diverged = False
        for name, wanted in item.wanted.items():
            verdict = self._verdict(item, name, wanted)
            if verdict == WRITTEN:
                item.writes[name] = wanted
            elif verdict == KEPT:
                item.kept[name] = item.change["values"][name]
            elif verdict == UNSAID:
                item.unsaid.add(name)
            diverged = diverged or verdict == DIVERGED
        return diverged

    def _verdict(self, item, name, wanted):
        if item.is_apart(name):
            return LEFT
        if same(self.env, item.record, name, wanted):
            return AGREED
        if item.listed(name, "create_only"):
            return DIVERGED
        if not wanted and self._is_parents(item.record, name):
            # A child's silence says nothing about its company.
            return LEFT
        if item.yields(name):
            return DIVERGED
        base = item.base
        if item.listed(name, "overwrite"):
            return UNSAID if self._is_silence(item, name, base) else WRITTEN
        if base is None or (item.adopted and name not in base):
            # A twin, or a record that a person linked: nothing was ever agreed.
            return DIVERGED if item.listed(name, "outward") else KEPT
        if self._is_base(item, name, base):
            return WRITTEN
        if item.adopted and not item.listed(name, "outward"):
            return KEPT
        return DIVERGED

    @staticmethod
    def _is_silence(item, name, base):
        """Whether the vendor is empty where nothing was ever agreed: an owner that
        said nothing empties nothing."""
        said = item.change["values"][name] not in (None, "", False)
        is_answer = item.record._fields[name].type == "boolean"
        return not said and not is_answer and name not in (base or {})

    def _is_base(self, item, name, base):
        """Whether the record still holds what was last agreed."""
        if name not in base:
            return not item.record[name]
        value = base[name]
        if is_ref(value) or is_lookup(value):
            # The base names what the change names: then the record had to agree.
            if value == item.change["values"].get(name):
                return False
            value = self._plain_value(
                item.record._fields[name], value, item.records, item.lookups
            )
        return same(self.env, item.record, name, value)

    def _tell(self, item):
        """Fill ``item.told``."""
        base = item.base or {}
        item.told = [
            name for name in item.told_only() if not self._is_base(item, name, base)
        ]

    # A company is nobody's part that is its own

    def _in_circles(self, changes):
        """Changes by which a contact would stand above itself."""
        parents = {}
        for change in changes:
            parent = change["values"].get("parent_id")
            if change["model"] == COMMERCIAL and is_ref(parent):
                ref = parent["ref"]
                parents[key_of(change)] = (ref["kind"], ref["external_id"])
        circles = set()
        for start in parents:
            above, seen = parents[start], set()
            while above in parents and above != start and above not in seen:
                seen.add(above)
                above = parents[above]
            if above == start:
                circles.add(start)
        return [change for change in changes if key_of(change) in circles]

    def _below_themselves(self, items):
        """Items whose new parent stands below their record."""
        moves = {
            item.record: item.record.browse(item.writes["parent_id"])
            for item in items
            if item.record._name == COMMERCIAL and item.writes.get("parent_id")
        }
        below = []
        for item in items:
            above, seen = moves.get(item.record), set()
            while above and above != item.record and above not in seen:
                seen.add(above)
                above = moves.get(above) or above.parent_id
            if above and above == item.record:
                below.append(item)
        return below

    def _parent_loop(self, change):
        return self._rejected(
            change,
            code="parent_loop",
            failure_class="invalid_data",
            field="parent_id",
            message=self.env._(
                "%(label)s would be its own parent company, directly or through "
                "companies in between.",
                label=change.get("label") or change["key"]["external_id"],
            ),
            hint=self.env._("Correct the parent company at the source, then retry."),
        )

    # Who else is there

    def _meet(self, connection, items):
        """Fill ``item.linked`` of items that others have a say in: one query."""
        mutual = [item for item in items if item.is_mutual and item.record]
        if not mutual:
            return
        self.env["saas.sync.link"].flush_model()
        self.env.cr.execute(
            """SELECT l.res_id, c.system FROM saas_sync_link l
            JOIN saas_sync_connection c ON c.id = l.connection_id
            WHERE l.model = %s AND l.res_id = ANY(%s) AND l.connection_id != %s""",
            (
                mutual[0].record._name,
                [item.record.id for item in mutual],
                connection.id,
            ),
        )
        systems = defaultdict(set)
        for res_id, system in self.env.cr.fetchall():
            systems[res_id].add(system)
        for item in mutual:
            item.linked = frozenset(systems[item.record.id])
