import hashlib
import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import VERSION, SaasSyncCase

HOUR = 3_600_000
LEVELS = ("month", "day", "hour", "slot")


@tagged("post_install", "-at_install")
class TestCompare(SaasSyncCase):
    """Two sides find out in a few calls whether they hold the same links."""

    def buckets(self, level, within=None, connection="stripe-eu"):
        request = {"connection": connection, "level": level}
        if within is not None:
            request["within"] = within
        return self.api.compare(request)["buckets"]

    def rows(self, slots):
        return self.api.compare(
            {"connection": "stripe-eu", "level": "rows", "within": slots}
        )["rows"]

    def strays(self):
        rows = self.api.compare({"connection": "stripe-eu", "level": "records"})["rows"]
        return {row["external_id"]: row["why"] for row in rows}

    def drill(self, connection="stripe-eu"):
        """The slots of all links, level by level."""
        within = None
        for level in LEVELS:
            found = self.buckets(level, within, connection)
            within = [row["bucket"] for row in found]
        return within

    def later(self):
        """As if the links had been written a while ago."""
        self.links.flush_model()
        self.env.cr.execute(
            "UPDATE saas_sync_link SET last_sync = last_sync - interval '1 hour'"
        )
        self.links.invalidate_model()

    def test_sums_are_those_of_the_protocol(self):
        self.apply(self.customer("cus_1"), self.customer("cus_2", digest="d2"))
        high = low = 0
        for external_id, digest in (("cus_1", "d1"), ("cus_2", "d2")):
            text = f"customer\n{external_id}\n{VERSION}\n{digest}"
            own = hashlib.sha256(text.encode()).hexdigest()
            high = (high + int(own[:8], 16)) % 2**32
            low = (low + int(own[8:16], 16)) % 2**32
        self.assertEqual(
            self.buckets("month"),
            [{"bucket": "2026-09", "count": 2, "hash": f"{high:08x}{low:08x}"}],
        )
        self.assertEqual(self.buckets("hour")[0]["bucket"], "2026-09-21T14")

    def test_slot_is_told_by_the_name_of_the_record(self):
        self.apply(self.customer("cus_1"))
        name = hashlib.sha256(b"customer\ncus_1").hexdigest()[:2]
        self.assertEqual(self.drill(), [f"2026-09-21T14/{name}"])

    def test_only_what_lies_within_is_summed_up(self):
        self.apply(
            self.customer("cus_1"),
            self.customer("cus_2", version=VERSION + 40 * 24 * HOUR),
        )
        self.assertEqual(
            [row["bucket"] for row in self.buckets("month")], ["2026-09", "2026-10"]
        )
        self.assertEqual(
            [row["bucket"] for row in self.buckets("day", ["2026-10"])], ["2026-10-31"]
        )
        self.assertEqual(self.buckets("day", ["2020-01"]), [])

    def test_rows_are_those_of_the_slots(self):
        results = self.apply(*(self.customer(f"cus_{i}") for i in range(20)))
        slots = self.drill()
        found = [row for slot in slots for row in self.rows([slot])]
        self.assertEqual(len(found), 20)
        found.sort(key=lambda row: row["external_id"])
        self.assertEqual(self.rows(slots), found)
        [row] = [row for row in found if row["external_id"] == "cus_0"]
        self.assertEqual(
            row,
            {
                "kind": "customer",
                "external_id": "cus_0",
                "model": "res.partner",
                "res_id": results[0]["res_id"],
                "version": VERSION,
                "digest": "d1",
            },
        )

    def test_links_without_version_and_digest_count_too(self):
        """As a person makes them by choosing a record."""
        self.links.create(
            {
                "connection_id": self.connection.id,
                "company_id": self.company.id,
                "kind": "tax_rate",
                "external_id": "txr_1",
                "model": "res.country",
                "res_id": self.germany.id,
            }
        )
        [slot] = self.drill()
        self.assertTrue(slot.startswith("1970-01-01T00/"))
        [row] = self.rows([slot])
        self.assertEqual((row["version"], row["digest"]), (0, ""))

    def test_connections_and_companies_are_not_mixed(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.connection.copy(
            {"code": "stripe-us", "name": "Stripe US", "company_id": other.id}
        )
        self.apply(self.customer("cus_1"))
        self.assertEqual(len(self.drill()), 1)
        self.assertEqual(self.drill("stripe-us"), [])

    def test_unknown_connection_is_refused_instead_of_having_no_links(self):
        with self.assertRaisesRegex(UserError, "connection nowhere"):
            self.buckets("month", connection="nowhere")

    def test_deleted_and_edited_records_are_strays(self):
        values = {"country_id": {"lookup": ["res.country", "code", "DE"]}}
        gone, edited, moved, kept = (
            self.partner(result)
            for result in self.apply(
                *(
                    self.customer(name, values=values)
                    for name in ("gone", "edited", "moved", "kept")
                )
            )
        )
        self.assertEqual(self.strays(), {})
        self.later()
        gone.unlink()
        edited.write({"name": "Otherwise"})
        moved.write({"country_id": self.env.ref("base.fr").id})
        kept.write({"comment": "Nobody synchronises this"})
        self.env.flush_all()
        self.assertEqual(
            self.strays(), {"gone": "gone", "edited": "edited", "moved": "edited"}
        )

    def test_record_that_odoo_touched_for_its_own_reasons_is_none(self):
        self.apply(self.customer())
        self.later()
        self.assertEqual(self.strays(), {})

    def test_stray_that_was_looked_at_is_none_any_more(self):
        change = self.customer(overwrite=["name"])
        self.partner(self.apply_one(change)).name = "Otherwise"
        self.later()
        self.assertEqual(self.strays(), {"cus_1": "edited"})
        self.apply({**change, "version": VERSION + 1, "force": True})
        self.later()
        self.assertEqual(self.strays(), {})

    def test_edits_of_records_that_are_only_linked_are_nobodys_business(self):
        self.apply(self.link_change(match=[[["code", "=", "DE"]]]))
        self.later()
        self.germany.write({"phone_code": 4})
        self.env.flush_all()
        self.assertEqual(self.strays(), {})

    def test_strays_come_page_by_page(self):
        results = self.apply(*(self.customer(f"cus_{i}") for i in range(5)))
        for result in results:
            self.partner(result).name = "Otherwise"
        self.later()
        module = "odoo.addons.saas_sync.models.saas_sync_api_compare.PAGE"
        seen, after = [], 0
        with patch(module, 2):
            while after is not None:
                answer = self.api.compare(
                    {"connection": "stripe-eu", "level": "records", "after": after}
                )
                self.assertLessEqual(len(answer["rows"]), 2)
                seen += [row["external_id"] for row in answer["rows"]]
                after = answer["next"]
        self.assertEqual(sorted(seen), [f"cus_{i}" for i in range(5)])

    def test_a_question_as_text_is_answered_as_text(self):
        answer = self.api.compare(
            json.dumps({"connection": "stripe-eu", "level": "month"})
        )
        self.assertEqual(json.loads(answer), {"buckets": []})

    def test_only_the_service_user_may_compare(self):
        for user in (self.reader, self.operator, self.admin):
            with self.assertRaises(AccessError):
                self.api.with_user(user).compare(
                    {"connection": "stripe-eu", "level": "month"}
                )

    def test_unknown_level_is_refused_in_words(self):
        with self.assertRaisesRegex(UserError, "no level century"):
            self.buckets("century")
