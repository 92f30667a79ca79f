from datetime import UTC, datetime

from odoo import api, fields, models

from ..tools.currency import from_minor
from ..tools.kinds import RANK
from .saas_sync_exception import CAUSES, OPEN_STATES

HEALTH = ("healthy", "degraded", "paused", "broken")


def moment(value):
    """An instant of the protocol as Odoo's naive UTC datetime, or False."""
    if not value:
        return False
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000, UTC).replace(tzinfo=None)
    at = datetime.fromisoformat(value)
    if at.tzinfo:
        at = at.astimezone(UTC).replace(tzinfo=None)
    return at.replace(microsecond=0)


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
        api_._report_resolved(request.get("resolved") or [])
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
        return {
            "name": row.get("name") or row["id"],
            "system": row["system"],
            "system_name": row.get("system_name") or row["system"],
            "environment": row.get("environment") or "live",
            "state": state if state in HEALTH else "unknown",
            "message": row.get("message") or False,
            "hint": row.get("hint") or False,
            "backlog": row.get("backlog") or 0,
            "parked": row.get("parked") or 0,
            "waiting": row.get("waiting") or 0,
            "last_event_at": moment(row.get("last_event_at")),
            "lag_ms": min(row.get("lag_ms") or 0, 2**31 - 1),
            **{
                name: counters.get(name) or 0
                for name in ("received", "applied", "unchanged", "failed")
            },
            "streams": row.get("streams") or [],
            "sidecar_version": sidecar.get("version") or False,
            "reported_at": fields.Datetime.now(),
            "active": True,
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
        new = []
        for row in {self._exception_key(row): row for row in rows}.values():
            connection = connections.get(row["connection"])
            if not connection or row["kind"] not in RANK:
                continue
            key = self._exception_key(row)
            values = self._exception_values(row, links.get(key))
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

    def _exception_values(self, row, link):
        code = row.get("currency")
        minor = row.get("amount")
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", code)], limit=1)
        )
        known = minor is not None and code
        causes = {cause for cause, _label in CAUSES}
        return {
            "state": "open",
            "cause": row["cause"] if row.get("cause") in causes else "bug",
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
        if existing:
            self.env["saas.sync.exception"].browse(
                [exception.id for exception in existing.values()]
            ).write({"state": "resolved", "resolved_at": fields.Datetime.now()})
        mended = self.env["saas.sync.link"].browse(
            [link.id for link in links.values() if link.state == "exception"]
        )
        mended.write({"state": "synced", "last_error": False})
        if mended:
            mended._send_changed()
