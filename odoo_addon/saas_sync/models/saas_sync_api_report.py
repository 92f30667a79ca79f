from datetime import UTC, datetime

from odoo import api, fields, models

from ..tools.bell import is_door
from ..tools.currency import from_minor
from ..tools.kinds import RANK
from .saas_sync_exception import CAUSES, OPEN_STATES
from .saas_sync_exception_topic import CONCERN_OF_CAUSE, CONCERNS

HEALTH = ("healthy", "degraded", "paused", "broken")


def moment(value):
    """An instant of the protocol as Odoo's naive UTC datetime, or False."""
    if not value:
        return False
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000, UTC).replace(tzinfo=None)
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    if at.tzinfo:
        at = at.astimezone(UTC).replace(tzinfo=None)
    return at.replace(microsecond=0)


def count(value):
    """A number of the protocol as Odoo's 32-bit integer; 0 for what is none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(min(max(value, 0), 2**31 - 1)) if is_number else 0


def parts(value, name):
    """The objects of a list that have a text in ``name``; the rest is left out."""
    rows = value if isinstance(value, list) else []
    return [
        row
        for row in rows
        if isinstance(row, dict) and row.get(name) and isinstance(row[name], str)
    ]


class SaasSyncApi(models.AbstractModel):
    """What the sidecar tells: health, counters, exceptions."""

    _inherit = "saas.sync.api"

    def _report(self, request):
        # What is reported is ours alone; nothing here notifies or subscribes anybody.
        api_ = self.sudo().with_context(
            tracking_disable=True, mail_create_nosubscribe=True, mail_notrack=True
        )
        problems = api_._report_connections(request)
        api_._report_exceptions(request.get("exceptions") or [])
        api_._report_conflicts(
            request.get("conflicts") or [], request.get("exceptions") or []
        )
        api_._report_resolved(request.get("resolved") or [])
        api_._report_settled(request.get("resolved") or [])
        self.env["saas.sync.exception"]._send_overview()
        return {"problems": problems} if problems else {}

    # Connections

    def _report_connections(self, request):
        problems = []
        sidecar = request.get("sidecar") or {}
        for row in request.get("connections") or []:
            connection = self._connection(row["id"])
            values = self._connection_values(row, sidecar)
            if connection:
                connection.write(values)
                continue
            company = self._company(row.get("company"))
            if not company:
                problems.append(self._company_problem(row))
                continue
            connection.create({**values, "code": row["id"], "company_id": company.id})
        return problems

    def _connection_values(self, row, sidecar):
        counters = row.get("counters") or {}
        state = row.get("state")
        budget = row.get("budget")
        return {
            "name": row.get("name") or row["id"],
            "system": row["system"],
            "system_name": row.get("system_name") or row["system"],
            "environment": row.get("environment") or "live",
            "state": state if state in HEALTH else "unknown",
            "message": row.get("message") or False,
            "hint": row.get("hint") or False,
            "backlog": count(row.get("backlog")),
            "parked": count(row.get("parked")),
            "waiting": count(row.get("waiting")),
            "last_event_at": moment(row.get("last_event_at")),
            "lag_ms": count(row.get("lag_ms")),
            "eta_ms": count(row.get("eta_ms")),
            "next_try_at": moment(row.get("next_try_at")),
            "budget": budget if isinstance(budget, dict) else False,
            **{
                name: count(counters.get(name))
                for name in ("received", "applied", "unchanged", "failed")
            },
            "streams": parts(row.get("streams"), "name"),
            "brakes": parts(row.get("brakes"), "stream"),
            **self._watch_values(row, sidecar),
            "sidecar_version": sidecar.get("version") or False,
            "reported_at": fields.Datetime.now(),
            "active": True,
        }

    def _watch_values(self, row, sidecar):
        """What Odoo shall watch, and where it may ring when there is news."""
        watch = row.get("watch")
        poke = sidecar.get("poke")
        url = poke.get("url") if isinstance(poke, dict) else None
        is_known = is_door(url)
        return {
            "watch": watch if isinstance(watch, dict) and watch else False,
            "poke_url": url if is_known else False,
            "poke_token": (poke.get("token") or False) if is_known else False,
        }

    def _company(self, name):
        """The company by external id, or by exact name."""
        company = self.env.ref(name or "base.main_company", raise_if_not_found=False)
        if company and company._name == "res.company":
            return company
        found = self.env["res.company"].search([("name", "=", name)])
        return found if len(found) == 1 else found.browse()

    def _company_problem(self, row):
        return {
            "connection": row["id"],
            "code": "company_unknown",
            "message": self.env._(
                "Odoo has no company %(company)s.", company=row.get("company")
            ),
            "hint": self.env._(
                "Write the company's external id or exact name into connections.yaml."
            ),
        }

    # Exceptions

    def _report_exceptions(self, rows):
        connections, existing, links = self._exception_world(rows)
        documents = self._document_labels(rows)
        new = []
        for row in {self._exception_key(row): row for row in rows}.values():
            connection = connections.get(row["connection"])
            if not connection or row["kind"] not in RANK:
                continue
            key = self._exception_key(row)
            values = self._exception_values(row, links.get(key))
            values["document"] = documents.get((key[0], row.get("document")))
            if key in existing:
                existing[key].write(values)
            else:
                new.append(
                    {
                        **values,
                        "connection_id": connection.id,
                        "company_id": connection.company_id.id,
                        "kind": row["kind"],
                        "external_id": row["external_id"],
                    }
                )
            if key in links:
                links[key].write(
                    {"state": "exception", "last_error": row.get("message")}
                )
        self.env["saas.sync.exception"].create(new)
        if links:
            self.env["saas.sync.link"].browse(
                [link.id for link in links.values()]
            )._send_changed()

    @staticmethod
    def _exception_key(row):
        return row["connection"], row["kind"], row["external_id"]

    def _exception_world(self, rows):
        """Connections by code, open exceptions and links by key."""
        connections = (
            self.env["saas.sync.connection"]
            .with_context(active_test=False)
            .search([("code", "in", [row["connection"] for row in rows])])
        )
        domain = [
            ("connection_id", "in", connections.ids),
            ("external_id", "in", [row["external_id"] for row in rows]),
        ]
        existing = self.env["saas.sync.exception"].search(
            [*domain, ("state", "in", OPEN_STATES)]
        )
        wanted = {self._exception_key(row) for row in rows}

        def by_key(records):
            keyed = {
                (record.connection_id.code, record.kind, record.external_id): record
                for record in records
            }
            return {key: record for key, record in keyed.items() if key in wanted}

        links = self.env["saas.sync.link"].search(domain)
        return {c.code: c for c in connections}, by_key(existing), by_key(links)

    def _document_labels(self, rows):
        """What people call the documents that records belong to, by (connection,
        external id): as told with them, or earlier, or else their ids."""
        wanted = {(r["connection"], r["document"]) for r in rows if r.get("document")}
        labels = {key: key[1] for key in wanted}
        ids = [external_id for _connection, external_id in wanted]
        for model in ("saas.sync.link", "saas.sync.exception"):
            for known in self.env[model].search([("external_id", "in", ids)]):
                key = (known.connection_id.code, known.external_id)
                if key in wanted and known.label:
                    labels[key] = known.label
        for row in rows:
            key = (row["connection"], row["external_id"])
            if key in wanted and row.get("label"):
                labels[key] = row["label"]
        return labels

    def _exception_values(self, row, link):
        code = row.get("currency")
        minor = row.get("amount")
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", code)], limit=1)
        )
        known = minor is not None and code
        cause = row.get("cause") if row.get("cause") in dict(CAUSES) else "bug"
        concerns = row.get("concerns")
        return {
            "state": "open",
            "cause": cause,
            "concerns": concerns
            if concerns in dict(CONCERNS)
            else CONCERN_OF_CAUSE.get(cause, "operator"),
            "correctable": parts(row.get("correctable"), "field") or False,
            "source_digest": row.get("source_digest") or False,
            # What was tried last has not helped.
            "fixed_how": False,
            "fixed_by_id": False,
            "fixed_at": False,
            "code": row.get("code") or "unexpected",
            "message": row.get("message") or row.get("code") or "",
            "hint": row.get("hint") or False,
            "args": row.get("args") or False,
            "label": row.get("label") or row["external_id"],
            "rule": row.get("rule") or False,
            "delivery": row.get("delivery") or False,
            "reason": row.get("reason") or False,
            "attempts": row.get("attempts") or 0,
            "first_at": moment(row.get("first_at")),
            "last_at": moment(row.get("last_at")) or fields.Datetime.now(),
            "amount": from_minor(minor, code) if known else 0,
            "amount_minor": minor if known else False,
            "currency": code if known else False,
            "currency_id": currency.id if known else False,
            "partner": row.get("partner") or False,
            "url": row.get("url") or False,
            "payload": row.get("payload") or False,
            "model": link.model if link else False,
            "res_id": link.res_id if link else False,
        }

    @api.model
    def _report_resolved(self, rows):
        _connections, existing, links = self._exception_world(rows)
        self.env["saas.sync.exception"].browse(
            [exception.id for exception in existing.values()]
        )._resolve()
        mended = self.env["saas.sync.link"].browse(
            [link.id for link in links.values() if link.state == "exception"]
        )
        mended.write({"state": "synced", "last_error": False})
        if mended:
            mended._send_changed()
