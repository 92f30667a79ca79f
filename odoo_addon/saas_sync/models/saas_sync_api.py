import json
from collections import defaultdict
from itertools import groupby

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..tools.kinds import RANK

MAX_MASTERS = 200
MAX_MOVES = 50
MAX_PAYMENTS = 200
OPERATIONS = ("upsert", "link", "merge", "order", "move", "payment")
# Links whose record is another's as well: only a merge speaks of them.
ALIASES = ("merged", "duplicate")
# Beyond this many records a screen is told the models only, and reloads what it shows.
MAX_BUS_IDS = 500


def key_of(change):
    """The (kind, external id) of a change."""
    return change["key"]["kind"], change["key"]["external_id"]


def is_sound(change):
    """Whether a change has what every operation needs."""
    key = change.get("key") or {}
    return (
        key.get("kind") in RANK
        and isinstance(key.get("external_id"), str)
        and key["external_id"] != ""
        and isinstance(change.get("version"), int)
        and isinstance(change.get("digest"), str)
        and isinstance(change.get("model"), str)
    )


class SaasSyncApi(models.AbstractModel):
    """The only door for the sidecar; the protocol is described in docs/protocol.md.

    Each public method takes one ``request``, an object or the same as JSON text, and
    answers in the same form. All of them are for the service user alone.
    """

    _name = "saas.sync.api"
    _description = "SaaS Sync API"

    @api.model
    def hello(self, request=None):
        """Who is there, and what is missing in the set-up."""
        return self._answer(request, self._hello)

    @api.model
    def apply(self, request):
        """Apply a batch of changes in one transaction; one result per change."""
        return self._answer(request, self._apply)

    @api.model
    def values(self, request):
        """Records as they are, in the notation of changes."""
        return self._answer(request, self._values)

    @api.model
    def links(self, request):
        """The links of a connection, page by page."""
        return self._answer(request, self._links)

    @api.model
    def outbox(self, request=None):
        """Commands of people that wait for the sidecar."""
        return self._answer(request, self._outbox)

    @api.model
    def outbox_done(self, request):
        """Acknowledge commands."""
        return self._answer(request, self._outbox_done)

    @api.model
    def report(self, request):
        """Take in health, counters and exceptions."""
        return self._answer(request, self._report)

    def _answer(self, request, method):
        if not self.env.user.has_group("saas_sync.group_service"):
            raise AccessError(
                self.env._("Only the service user of SaaS Sync may call this.")
            )
        if not isinstance(request, str):
            return method(request or {})
        try:
            request = json.loads(request or "{}")
        except ValueError as error:
            raise UserError(self.env._("The request is not valid JSON.")) from error
        return json.dumps(method(request))

    # apply

    def _apply(self, request):
        changes = request.get("changes") or []
        connection = self._connection(request.get("connection"))
        refusal = self._batch_refusal(connection, request, changes)
        if refusal:
            return {
                "results": [
                    self._rejected({"key": change.get("key")}, **refusal)
                    for change in changes
                ]
            }
        batch = request.get("batch")
        worker = self._for(connection).with_context(saas_sync_batch=batch)
        with self.env["saas.sync.watch"]._written_by(connection):
            results = worker._apply_changes(connection, changes)
        worker._send_changed(worker._touched(changes, results))
        return {"results": results}

    def _connection(self, code):
        return (
            self.env["saas.sync.connection"]
            .sudo()
            .with_context(active_test=False)
            .search([("code", "=", code or "")], limit=1)
        )

    def _batch_refusal(self, connection, request, changes):
        if not connection:
            return {
                "failure_class": "connection",
                "code": "connection_unknown",
                "message": self.env._(
                    "Odoo does not know the connection %(code)s.",
                    code=request.get("connection"),
                ),
                "hint": self.env._("Report the connection before applying changes."),
            }
        counts = defaultdict(int)
        for change in changes:
            counts[change.get("op")] += 1
        if (
            counts["upsert"] + counts["link"] + counts["merge"] > MAX_MASTERS
            or counts["move"] + counts["order"] > MAX_MOVES
            or counts["payment"] > MAX_PAYMENTS
        ):
            return {
                "failure_class": "invalid_data",
                "code": "batch_too_large",
                "message": self.env._(
                    "A batch of %(count)s changes is too large.", count=len(changes)
                ),
                "hint": self.env._("Send at most 200 masters or 50 documents a call."),
            }
        return None

    def _apply_changes(self, connection, changes):
        """Results in the order of ``changes``; each change gets its locked ``link``."""
        results = [None] * len(changes)
        fresh = []
        seen = set()
        sound = [change for change in changes if is_sound(change)]
        links = self._lock_links(connection, {key_of(change) for change in sound})
        agreed = []
        aliases = []
        for position, change in enumerate(changes):
            if not is_sound(change):
                results[position] = self._malformed(change)
                continue
            key = key_of(change)
            change["link"] = link = links.get(key)
            change["was_pending"] = bool(link) and link["state"] == "pending"
            if key in seen:
                results[position] = self._twice(change)
            elif link and link["state"] in ALIASES and change["op"] != "merge":
                aliases.append((position, change))
            elif link and self._is_known(change, link):
                results[position] = self._result(change, "unchanged")
                agreed.append(change)
            else:
                fresh.append((position, change))
            seen.add(key)
        self._touch_links(connection, agreed)
        self._keep_aliases(connection, [change for _position, change in aliases])
        for position, change in aliases:
            results[position] = self._result(change, "unchanged")

        fresh.sort(key=lambda item: self._rank(item[1]))
        for operation, items in groupby(fresh, key=lambda item: item[1].get("op")):
            positions, group = zip(*items, strict=True)
            for position, result in zip(
                positions, self._run(operation, connection, list(group)), strict=True
            ):
                results[position] = result
            if operation == "merge":
                self._meet_heirs(connection, [change for _position, change in fresh])
        return results

    @staticmethod
    def _rank(change):
        """What others point to first; a merge before news of the survivor, which it
        may give the loser's record."""
        return (
            RANK.get(change["key"]["kind"], len(RANK)),
            change.get("op") != "merge",
        )

    def _is_known(self, change, link):
        """Whether Odoo needs to do nothing: old news, or exactly what it has."""
        if change["version"] < link["version"]:
            return True
        return change["digest"] == link["digest"] and not change.get("force")

    def _run(self, operation, connection, changes):
        handler = operation in OPERATIONS and getattr(self, f"_apply_{operation}", None)
        if not handler:
            return [self._unknown_operation(change) for change in changes]
        before = {id(change): change["link"] for change in changes}

        def work(group):
            # A savepoint undone takes back the links that were made in it.
            for change in group:
                change["link"] = before[id(change)]
            return handler(connection, group)

        return self._bisect(changes, work)

    def _unknown_operation(self, change):
        return self._rejected(
            change,
            code="operation_unknown",
            failure_class="connection",
            message=self.env._(
                "This Odoo cannot apply changes of type %(operation)s.",
                operation=change.get("op"),
            ),
            hint=self.env._("Install the addon SaaS Sync Sales.")
            if change.get("op") == "order"
            else self.env._("Install the addon SaaS Sync Billing."),
        )

    def _malformed(self, change):
        return self._rejected(
            {"key": change.get("key")},
            code="malformed_change",
            failure_class="invalid_data",
            message=self.env._(
                "A change needs a known kind, an external id, a model, a version and "
                "a digest."
            ),
            hint=self.env._("Use a sidecar of the same release as this addon."),
        )

    def _twice(self, change):
        return self._rejected(
            change,
            code="key_twice",
            failure_class="duplicate",
            message=self.env._("The same record came twice in one batch."),
            hint=self.env._("Only the first one was applied; send this one again."),
        )

    @staticmethod
    def _touched(changes, results):
        """Ids by model of records whose badge looks different now: what was written,
        and what somebody asked for, even if it turned out to agree."""
        touched = defaultdict(list)
        for change, result in zip(changes, results, strict=True):
            link = change.get("link")
            if result.get("res_id") and result["status"] != "unchanged":
                touched[result["model"]].append(result["res_id"])
            elif link and change.get("was_pending"):
                touched[link["model"]].append(link["res_id"])
        return touched

    @api.model
    def _send_changed(self, touched):
        """Tell open screens which records' badges to read again, after the commit."""
        if not touched:
            return
        many = sum(map(len, touched.values())) > MAX_BUS_IDS
        self.env.ref("saas_sync.group_reader")._bus_send(
            "saas_sync.changed",
            {
                "models": {
                    model: [] if many else sorted(set(ids))
                    for model, ids in touched.items()
                }
            },
        )
