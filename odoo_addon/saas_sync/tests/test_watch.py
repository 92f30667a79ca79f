from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools import bell
from .common import SaasSyncCase

SOURCE = {"owner": ["salesforce"], "against": "revert", "outward": True}
ODOO = {"owner": "odoo", "against": "revert", "outward": True}


@tagged("post_install", "-at_install")
class TestWatch(SaasSyncCase):
    """Edits in Odoo on their way to those who want to know."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.crm = cls.connection.create(
            {
                "name": "Salesforce",
                "code": "sf",
                "system": "salesforce",
                "system_name": "Salesforce",
                "company_id": cls.company.id,
            }
        )

    def setUp(self):
        super().setUp()
        self.watch({"city": ODOO, "vat": ODOO, "phone": SOURCE})
        [result] = self.apply(self.customer("001"), connection="sf")
        self.acme = self.partner(result)
        self.user = self.env.ref("base.user_admin")
        self.rows()

    def watch(self, fields, born=None, connection=None):
        wish = {"model": "res.partner", "fields": fields}
        if born is not None:
            wish["born"] = born
        (connection or self.crm).watch = {"customer": wish}

    def rows(self, command="push"):
        """What the outbox holds for the sidecar; taken and done."""
        self.env.cr.flush()
        rows = self.api.outbox({"limit": 1000})["rows"]
        self.api.outbox_done({"rows": [{"id": r["id"], "ok": True} for r in rows]})
        return [row for row in rows if row["command"] == command]

    def test_edit_is_told_with_who_and_when(self):
        self.acme.with_user(self.user).city = "Berlin"
        [row] = self.rows()
        self.assertEqual((row["kind"], row["external_id"]), ("customer", "001"))
        self.assertEqual(row["args"]["edits"].keys(), {"city"})
        self.assertEqual(row["args"]["edits"]["city"]["by"], "admin")
        self.assertGreater(row["args"]["edits"]["city"]["at"], 1_700_000_000_000)

    def test_edit_that_changes_nothing_is_not_told(self):
        self.acme.city = self.acme.city
        self.acme.write({"city": False, "comment": "nobody watches this"})
        self.assertEqual(self.rows(), [])

    def test_edits_of_one_record_become_one_row(self):
        self.acme.city = "Berlin"
        self.env.cr.flush()
        self.acme.with_user(self.user).phone = "1"
        self.env.cr.flush()
        [row] = self.rows()
        self.assertEqual(row["args"]["edits"].keys(), {"city", "phone"})

    def test_edit_taken_back_with_its_savepoint_is_not_told(self):
        savepoint = self.env.cr.savepoint()
        self.acme.city = "Berlin"
        savepoint.close(rollback=True)
        self.assertEqual(self.rows(), [])

    def test_connection_does_not_hear_of_what_it_wrote_itself(self):
        news = self.customer("001", digest="d2", values={"city": "Bonn"})
        [result] = self.apply(news, connection="sf")
        self.assertEqual((result["status"], self.acme.city), ("updated", "Bonn"))
        self.assertEqual(self.rows(), [])

    def test_other_connections_hear_of_what_one_wrote(self):
        self.watch({"city": ODOO}, connection=self.connection)
        match = [[["id", "=", self.acme.id]]]
        self.apply(self.customer("cus_1", match=match))
        self.rows()
        self.apply(
            self.customer("001", digest="d2", values={"city": "Bonn"}), connection="sf"
        )
        self.assertEqual([row["connection"] for row in self.rows()], ["stripe-eu"])

    def test_computed_columns_are_told_too(self):
        self.watch({"commercial_company_name": ODOO})
        self.acme.write({"is_company": True})
        [row] = self.rows()
        self.assertEqual(row["args"]["edits"].keys(), {"commercial_company_name"})

    def test_relations_to_many_are_told(self):
        self.watch({"category_id": ODOO})
        tag = self.env["res.partner.category"].create({"name": "Key account"})
        self.acme.category_id = tag
        self.assertEqual(self.rows()[0]["args"]["edits"].keys(), {"category_id"})

    def test_what_is_computed_without_a_column_is_told_on_request(self):
        self.watch({"saas_sync_key": ODOO})
        outbox = self.env["saas.sync.outbox"]
        outbox._saas_sync_touched(self.acme, ["saas_sync_key", "city"])
        [row] = self.rows()
        self.assertEqual(row["args"]["edits"].keys(), {"saas_sync_key"})

    def test_deleted_record_is_looked_at(self):
        self.acme.unlink()
        [row] = self.rows()
        self.assertEqual((row["external_id"], row["args"]), ("001", {"edits": {}}))

    def test_fields_nobody_may_tell_lead_to_nothing(self):
        quiet = {"owner": "newest", "against": "revert", "outward": False}
        self.watch({"city": quiet})
        self.acme.city = "Berlin"
        self.assertEqual(self.rows(), [])

    def test_edits_of_many_records_are_told_with_one_statement(self):
        partners = self.env["res.partner"].create([{"name": "P"} for _n in range(50)])
        self.env["saas.sync.link"].create(
            [
                {
                    "connection_id": self.crm.id,
                    "company_id": self.company.id,
                    "kind": "customer",
                    "external_id": f"x{partner.id}",
                    "model": "res.partner",
                    "res_id": partner.id,
                }
                for partner in partners
            ]
        )
        self.rows()
        for number, partner in enumerate(partners):
            partner.city = f"City {number}"
        self.env.flush_all()
        # Links, logins, the outbox.
        with self.assertQueryCount(5):
            self.env.cr.flush()
        self.assertEqual(len(self.rows()), 50)

    # Born

    def test_record_that_fits_is_born_at_the_vendor_once(self):
        self.watch({}, born=[["is_company", "=", True]])
        born, _person = self.env["res.partner"].create(
            [{"name": "New Ltd", "is_company": True}, {"name": "Jo"}]
        )
        [row] = self.rows("born")
        self.assertEqual(row["external_id"], born.saas_sync_key)
        self.assertEqual(
            row["args"], {"model": "res.partner", "res_id": born.id}
        )
        self.assertEqual(row["kind"], "customer")

    def test_record_is_born_when_it_comes_to_fit(self):
        self.watch({}, born=[["is_company", "=", True]])
        jo = self.env["res.partner"].create({"name": "Jo"})
        self.assertEqual(self.rows("born"), [])
        jo.is_company = True
        self.assertEqual(len(self.rows("born")), 1)
        self.acme.is_company = True
        self.assertEqual(self.rows("born"), [], "it is linked already")

    def test_record_that_a_connection_made_is_not_born_there(self):
        self.watch({}, born=[])
        self.watch({}, born=[], connection=self.connection)
        self.apply(self.customer("002"), connection="sf")
        self.assertEqual([r["connection"] for r in self.rows("born")], ["stripe-eu"])

    # Blocked

    def test_edit_of_a_blocked_field_is_refused_in_words(self):
        self.watch({"phone": {**SOURCE, "against": "block"}})
        with self.assertRaisesRegex(UserError, "Phone of .* is owned by Salesforce"):
            self.acme.with_user(self.user).write({"phone": "1"})
        self.acme.with_user(self.user).write({"phone": False, "city": "Bonn"})
        self.acme.sudo().write({"phone": "2"})
        news = self.customer("001", digest="d2", values={"phone": "3"})
        news["base"] = {"phone": "2"}
        self.apply(news, connection="sf")
        self.assertEqual(self.acme.phone, "3")
        free = self.env["res.partner"].create({"name": "Nobody's"})
        free.with_user(self.user).write({"phone": "1"})

    def test_of_several_owners_the_first_one_linked_decides(self):
        both = {**SOURCE, "owner": ["stripe", "salesforce"], "against": "block"}
        self.watch({"phone": both})
        self.watch({"phone": both}, connection=self.connection)
        match = [[["id", "=", self.acme.id]]]
        with self.assertRaisesRegex(UserError, "owned by Salesforce"):
            self.acme.with_user(self.user).write({"phone": "1"})
        self.apply(self.customer("cus_1", match=match))
        with self.assertRaisesRegex(UserError, "owned by Stripe"):
            self.acme.with_user(self.user).write({"phone": "1"})

    def test_form_is_told_who_owns_what(self):
        self.watch({"phone": {**SOURCE, "against": "propose"}, "city": ODOO})
        [lock] = self.links.with_user(self.operator).locks("res.partner", self.acme.id)
        self.assertEqual(
            {**lock, "last_changed": None},
            {
                "field": "phone",
                "system": "salesforce",
                "system_name": "Salesforce",
                "connection": "Salesforce",
                "against": "propose",
                "last_changed": None,
            },
        )
        news = self.customer("001", digest="d2", values={"phone": "3"})
        self.apply(news, connection="sf")
        [link] = self.links.search([("external_id", "=", "001")])
        link.changed = {"phone": "2026-11-20 08:00:00"}
        [lock] = self.links.locks("res.partner", self.acme.id)
        self.assertEqual(lock["last_changed"], "2026-11-20 08:00:00")
        free = self.env["res.partner"].create({"name": "Nobody's"})
        self.assertEqual(self.links.locks("res.partner", free.id), [])

    # Reported, and rung

    def test_report_tells_what_to_watch_and_where_to_ring(self):
        poke = {"url": "http://127.0.0.1:8069/poke", "token": "secret"}
        wish = {"customer": {"model": "res.partner", "fields": {"name": ODOO}}}
        row = {"id": "sf", "system": "salesforce", "watch": wish}
        self.report(connections=[row], sidecar={"version": "1", "poke": poke})
        self.assertEqual(self.crm.watch, wish)
        self.assertEqual(self.crm.poke_token, "secret")
        self.assertNotIn("poke_token", self.crm.with_user(self.admin).fields_get())
        with patch.object(type(self.env.registry), "clear_cache") as clear:
            self.report(connections=[row], sidecar={"version": "1", "poke": poke})
        clear.assert_not_called()
        self.acme.name = "Renamed"
        self.env.cr.flush()
        with patch.object(bell, "ring") as ring:
            self.env.cr.postcommit.run()
        ring.assert_called_once_with(poke["url"], poke["token"])

    def test_nothing_rings_where_no_door_is(self):
        for url in (None, "file:///etc/passwd", "javascript:alert(1)", "http:///x"):
            row = {"id": "sf", "system": "salesforce"}
            poke = {"url": url, "token": "t"}
            self.report(connections=[row], sidecar={"poke": poke})
            self.assertFalse(self.crm.poke_url)
        self.acme.city = "Berlin"
        self.env.cr.flush()
        with patch.object(bell, "ring") as ring:
            self.env.cr.postcommit.run()
        ring.assert_not_called()

    def test_door_that_is_shut_harms_nobody_and_is_tried_once_more(self):
        door = ("http://127.0.0.1:1/poke", "t")
        with patch.object(bell.threading, "Thread") as thread:
            bell.ring(*door)
            bell.ring(*door)
            bell.ring(*door)
        thread.assert_called_once()
        with patch.object(bell.requests, "post", side_effect=OSError("shut")) as post:
            bell._ring(*door)
        # Once for the first commit, once for all that came while it rang.
        self.assertEqual(post.call_count, 2)
        self.assertEqual(
            post.call_args.kwargs["headers"], {"Authorization": "Bearer t"}
        )
        self.assertFalse(post.call_args.kwargs["allow_redirects"])
