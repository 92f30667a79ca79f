import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.kinds import KINDS

COMMANDS = [
    ("sync_now", "Sync now"),
    ("retry", "Retry"),
    ("ignore", "Ignore"),
    ("correct", "Correct a value"),
    ("pause", "Pause"),
    ("resume", "Resume"),
    ("backfill", "Load everything again"),
    ("sweep", "Sweep now"),
    ("release_brake", "Check what is gone"),
    ("keep_absent", "Leave what is gone"),
    ("push", "Edited in Odoo"),
    ("born", "Made in Odoo"),
    ("first_contact", "Look at everything first"),
    ("start_syncing", "Start syncing"),
    ("resolve", "Settle a conflict"),
]
# What a person decides about held-back deletions; external_id is the stream.
DECISIONS = ("release_brake", "keep_absent")
# Of two wishes that contradict each other the later one counts.
OPPOSITES = {
    "pause": "resume",
    "resume": "pause",
    "release_brake": "keep_absent",
    "keep_absent": "release_brake",
}


class SaasSyncOutbox(models.Model):
    """A wish of a person, written in that person's transaction.

    A row is `pending` until the sidecar reads it and `taken` until the sidecar
    acknowledges it. Only pending rows are coalesced, so that a wish made while an
    equal one is being carried out is carried out once more.
    """

    _name = "saas.sync.outbox"
    _description = "SaaS Sync Outbox"
    _order = "id desc"
    _rec_name = "command"
    _log_access = False

    command = fields.Selection(COMMANDS, required=True, readonly=True)
    connection_id = fields.Many2one(
        "saas.sync.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    external_id = fields.Char("External ID", readonly=True)
    args = fields.Json(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    queued_at = fields.Datetime(readonly=True, required=True)
    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("taken", "Taken"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
    )
    done_at = fields.Datetime(readonly=True)
    message = fields.Char(readonly=True)

    _pending_uniq = models.UniqueIndex(
        "(connection_id, command, (coalesce(kind, '')), (coalesce(external_id, '')))"
        " WHERE state = 'pending'"
    )
    _todo_idx = models.Index("(id) WHERE state IN ('pending', 'taken')")
    _done_idx = models.Index("(done_at) WHERE done_at IS NOT NULL")

    @api.model
    def _queue(self, command, connection, kind=None, external_id=None, args=None):
        """Queue one command for the sidecar; equal pending ones become one row."""
        self._queue_all(command, [(connection, kind, external_id, args or {})])

    @api.model
    def _queue_all(self, command, rows):
        """Queue ``command`` for many ``(connection, kind, external_id, args)``."""
        # One statement may not touch one row twice.
        unique = {(row[0].id, row[1], row[2]): row for row in rows}
        if not unique:
            return
        self._take_back(OPPOSITES.get(command), unique.values())
        values = SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s, %s::jsonb, %s, now() AT TIME ZONE 'UTC',"
                " 'pending')",
                command,
                connection.id,
                connection.sudo().company_id.id,
                kind or None,
                external_id or None,
                json.dumps(args) if args else None,
                self.env.uid,
            )
            for connection, kind, external_id, args in unique.values()
        )
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """INSERT INTO saas_sync_outbox
                    (command, connection_id, company_id, kind, external_id, args,
                     user_id, queued_at, state)
                VALUES %s
                ON CONFLICT (connection_id, command, (coalesce(kind, '')),
                    (coalesce(external_id, ''))) WHERE state = 'pending'
                DO UPDATE SET args = excluded.args, user_id = excluded.user_id""",
                values,
            )
        )
        self.invalidate_model()
        self.env["saas.sync.watch"]._ring({row[0].id for row in unique.values()})

    @api.model
    def _queue_edits(self, command, rows):
        """Queue news of records for many ``(connection id, kind, external_id, args)``;
        edits are laid over those of a pending row."""
        if not rows:
            return
        connections, kinds, external_ids, args = zip(*rows, strict=True)
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """INSERT INTO saas_sync_outbox AS o
                    (command, connection_id, company_id, kind, external_id, args,
                     user_id, queued_at, state)
                SELECT %s, c.id, c.company_id, r.kind, r.external_id, r.args, %s,
                    clock_timestamp() AT TIME ZONE 'UTC', 'pending'
                FROM unnest(%s::int[], %s::text[], %s::text[], %s::jsonb[])
                    AS r(connection_id, kind, external_id, args)
                JOIN saas_sync_connection c ON c.id = r.connection_id
                ON CONFLICT (connection_id, command, (coalesce(kind, '')),
                    (coalesce(external_id, ''))) WHERE state = 'pending'
                DO UPDATE SET user_id = excluded.user_id,
                    args = coalesce(o.args, '{}'::jsonb) || excluded.args
                        || CASE WHEN excluded.args ? 'edits' THEN jsonb_build_object(
                            'edits', coalesce(o.args -> 'edits', '{}'::jsonb)
                                || (excluded.args -> 'edits'))
                            ELSE '{}'::jsonb END""",
                command,
                self.env.uid,
                list(connections),
                list(kinds),
                list(external_ids),
                [json.dumps(each) for each in args],
            )
        )
        self.invalidate_model()
        self.env["saas.sync.watch"]._ring(set(connections))

    @api.model
    def _saas_sync_touched(self, records, names):
        """Computed fields ``names`` of ``records``, which no write tells of, may have
        changed: whoever is told of them looks."""
        if records and records._saas_sync_watched():
            self.env["saas.sync.watch"]._note(records, names)

    @api.model
    def _take_back(self, command, rows):
        """Forget pending wishes that the new ones contradict: they would be coalesced
        with later ones of their kind, and so come before what they were to undo."""
        if not command:
            return
        wishes = [(row[0].id, row[1] or "", row[2] or "") for row in rows]
        connections, kinds, external_ids = zip(*wishes, strict=True)
        self.env.cr.execute(
            SQL(
                """DELETE FROM saas_sync_outbox o
                USING unnest(%s::int[], %s::text[], %s::text[])
                    AS w(connection_id, kind, external_id)
                WHERE o.state = 'pending' AND o.command = %s
                    AND o.connection_id = w.connection_id
                    AND coalesce(o.kind, '') = w.kind
                    AND coalesce(o.external_id, '') = w.external_id""",
                list(connections),
                list(kinds),
                list(external_ids),
                command,
            )
        )

    @api.model
    def _take(self, limit):
        """The oldest unacknowledged rows, in the protocol's form."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT o.id, o.command, c.code AS connection, o.kind, o.external_id,
                    o.args, u.login AS user, o.queued_at AS at, o.state
                FROM saas_sync_outbox o
                JOIN saas_sync_connection c ON c.id = o.connection_id
                LEFT JOIN res_users u ON u.id = o.user_id
                WHERE o.state IN ('pending', 'taken')
                ORDER BY o.id LIMIT %s""",
                limit,
            )
        )
        rows = self.env.cr.dictfetchall()
        fresh = [row["id"] for row in rows if row["state"] == "pending"]
        if fresh:
            self.env.cr.execute(
                SQL(
                    "UPDATE saas_sync_outbox SET state = 'taken' WHERE id = ANY(%s)",
                    fresh,
                )
            )
            self.invalidate_model()
        for row in rows:
            del row["state"]
            row["args"] = row["args"] or {}
            row["at"] = row["at"].strftime("%Y-%m-%dT%H:%M:%SZ")
        return rows

    @api.model
    def _again(self, connection):
        """Hand out the news of records once more: a sidecar that lost its store has
        forgotten those that it had taken and not carried out yet. What was carried
        out is found settled."""
        self.flush_model()
        self.env.cr.execute(
            """UPDATE saas_sync_outbox SET state = 'taken', done_at = NULL
            WHERE connection_id = %s AND state = 'done'
                AND command IN ('push', 'born', 'resolve')""",
            # None: of a connection that is not known yet.
            (connection.id or None,),
        )
        self.invalidate_model()

    @api.model
    def _gc_done(self):
        """Forget commands that were carried out more than a week ago."""
        limit = fields.Datetime.now() - timedelta(days=7)
        self.search([("done_at", "<", limit)], limit=10_000).unlink()
