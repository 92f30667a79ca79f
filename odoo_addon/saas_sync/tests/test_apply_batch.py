import json
from contextlib import contextmanager
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.errors import SyncError
from .common import VERSION, SaasSyncCase

ERRORS = "odoo.addons.saas_sync.tools.errors"


@tagged("post_install", "-at_install")
class TestApplyBatch(SaasSyncCase):
    """What holds for a batch as a whole."""

    @contextmanager
    def partner_create_raises(self, error, name):
        """Creating a partner of that name raises."""
        partner_class = self.env.registry["res.partner"]
        create = partner_class.create

        def broken(model, vals_list):
            if any(vals.get("name") == name for vals in vals_list):
                raise error
            return create(model, vals_list)

        with patch.object(partner_class, "create", broken):
            yield

    @mute_logger("odoo.sql_db")
    def test_poison_record_stands_alone_among_fifty(self):
        changes = [self.customer(f"cus_{i}") for i in range(50)]
        changes[17]["values"]["name"] = None
        results = self.apply(*changes)
        self.assertEqual(results[17]["status"], "rejected")
        self.assertEqual(results[17]["error"]["class"], "invalid_data")
        self.assertNotIn("Traceback", json.dumps(results))
        others = results[:17] + results[18:]
        self.assertEqual({r["status"] for r in others}, {"created"})
        self.assertEqual(self.links.search_count([]), 49)

    @mute_logger("odoo.sql_db")
    def test_poison_update_stands_alone(self):
        self.apply(*[self.customer(f"cus_{i}") for i in range(10)])
        changes = [
            self.customer(f"cus_{i}", digest="d2", values={"name": f"New {i}"})
            for i in range(10)
        ]
        changes[3]["values"]["name"] = None
        results = self.apply(*changes)
        self.assertEqual(results[3]["status"], "rejected")
        self.assertEqual(sum(r["status"] == "updated" for r in results), 9)
        self.assertEqual(self.link("cus_3").digest, "d1")
        self.assertEqual(self.partner(results[4]).name, "New 4")

    def test_user_error_is_a_business_rule_in_its_own_words(self):
        with self.partner_create_raises(UserError("No more customers"), "bad"):
            bad, good = self.apply(
                self.customer("cus_1", values={"name": "bad"}), self.customer("cus_2")
            )
        self.assertEqual(bad["error"]["class"], "business_rule")
        self.assertEqual(bad["error"]["message"], "No more customers")
        self.assertEqual(good["status"], "created")

    @mute_logger(ERRORS)
    def test_unexpected_error_is_a_bug_without_a_traceback(self):
        with self.partner_create_raises(RuntimeError("secret detail"), "bad"):
            result = self.apply_one(self.customer(values={"name": "bad"}))
        self.assertEqual(result["error"]["class"], "bug")
        self.assertTrue(result["error"]["args"]["incident"])
        self.assertNotIn("secret detail", json.dumps(result))

    def test_typed_error_keeps_its_class_code_and_hint(self):
        error = SyncError("too_odd", "Too odd", "conflict", "Even it out", {"n": 1})
        with self.partner_create_raises(error, "bad"):
            result = self.apply_one(self.customer(values={"name": "bad"}))
        self.assertEqual(
            result["error"],
            {
                "class": "conflict",
                "code": "too_odd",
                "message": "Too odd",
                "hint": "Even it out",
                "args": {"n": 1},
            },
        )

    def test_concurrency_errors_are_raised_for_odoo_to_repeat(self):
        for error in (
            psycopg2.errors.SerializationFailure("x"),
            psycopg2.errors.DeadlockDetected("x"),
            psycopg2.errors.LockNotAvailable("x"),
            ConcurrencyError("x"),
        ):
            with (
                self.subTest(error=type(error).__name__),
                self.partner_create_raises(error, "bad"),
                self.assertRaises(type(error)),
            ):
                self.apply(self.customer(values={"name": "bad"}))

    def test_link_made_by_another_transaction_repeats_the_call(self):
        self.apply(self.customer())
        lock = type(self.api)._lock_links

        def blind(api, connection, keys):
            lock(api, connection, keys)
            return {}

        with (
            patch.object(self.env.registry["saas.sync.api"], "_lock_links", blind),
            self.assertRaises(ConcurrencyError),
        ):
            self.apply(self.customer())

    def test_key_that_comes_twice_is_refused_the_second_time(self):
        first, second = self.apply(
            self.customer(values={"city": "First"}),
            self.customer(digest="d2", values={"city": "Second"}),
        )
        self.assertEqual(first["status"], "created")
        self.assertEqual(second["error"]["class"], "duplicate")
        self.assertEqual(second["error"]["code"], "key_twice")
        self.assertEqual(self.partner(first).city, "First")

    def test_batch_that_is_too_large_is_refused_whole(self):
        results = self.apply(*[self.customer(f"cus_{i}") for i in range(201)])
        self.assertEqual(len(results), 201)
        self.assertEqual({r["error"]["code"] for r in results}, {"batch_too_large"})
        self.assertFalse(self.links.search_count([]))

    def test_malformed_change_does_not_harm_its_neighbour(self):
        malformed = self.customer("cus_2")
        del malformed["version"]
        bad, good = self.apply(malformed, self.customer())
        self.assertEqual(bad["error"]["code"], "malformed_change")
        self.assertEqual(good["status"], "created")

    def test_unknown_connection_is_said(self):
        [result] = self.apply(self.customer(), connection="nobody")
        self.assertEqual(result["error"]["class"], "connection")
        self.assertEqual(result["error"]["code"], "connection_unknown")

    def test_unknown_operation_names_the_addon_to_install(self):
        result = self.apply_one({**self.customer(), "op": "batch_refusal"})
        self.assertEqual(result["error"]["code"], "operation_unknown")

    def test_only_the_service_user_may_call(self):
        for user in (self.reader, self.operator, self.admin):
            api = self.env["saas.sync.api"].with_user(user)
            for method in (
                "hello",
                "apply",
                "links",
                "outbox",
                "outbox_done",
                "report",
            ):
                with self.subTest(method=method), self.assertRaises(AccessError):
                    getattr(api, method)({})

    def test_text_is_answered_with_text(self):
        request = {"connection": "stripe-eu", "changes": [self.customer()]}
        answer = self.api.apply(json.dumps(request))
        self.assertIsInstance(answer, str)
        self.assertEqual(json.loads(answer)["results"][0]["status"], "created")
        self.assertEqual(json.loads(self.api.hello("{}"))["odoo"], "19.0")

    def test_text_that_is_no_json_is_refused_in_words(self):
        with self.assertRaisesRegex(UserError, "not valid JSON"):
            self.api.hello("{")

    def test_rollback_leaves_nothing(self):
        before = self.env["res.partner"].search_count([])
        savepoint = self.env.cr.savepoint()
        self.apply(self.customer())
        savepoint.close(rollback=True)
        self.assertFalse(self.link())
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_links_come_page_by_page(self):
        self.apply(*[self.customer(f"cus_{i}") for i in range(5)])
        page = self.api.links({"connection": "stripe-eu", "after": 0, "limit": 3})
        self.assertEqual(len(page["links"]), 3)
        rest = self.api.links(
            {"connection": "stripe-eu", "after": page["next"], "limit": 3}
        )
        self.assertEqual([r["external_id"] for r in rest["links"]], ["cus_3", "cus_4"])
        self.assertIsNone(rest["next"])
        self.assertEqual(page["links"][0]["version"], VERSION)

    def test_hello_tells_versions_companies_and_problems(self):
        hello = self.api.hello({})
        self.assertEqual(hello["addons"]["saas_sync"], "19.0.1.0.0")
        self.assertIn(self.company.id, [c["id"] for c in hello["companies"]])
        self.assertNotIn("no_connection", [p["code"] for p in hello["problems"]])
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.connection.company_id = other
        codes = [problem["code"] for problem in self.api.hello({})["problems"]]
        self.assertIn("company_not_allowed", codes)
        self.connection.unlink()
        codes = [problem["code"] for problem in self.api.hello({})["problems"]]
        self.assertIn("no_connection", codes)
