from odoo import models
from odoo.tools import SQL

# Different spellings of one name fall together: small letters without accents, umlauts
# written either way, and without the legal form. What is too much alike is told apart
# by the sidecar, which scores.
ACCENTED = "äàáâãåāçćčďéèêëēěíìîïīłñńňóòôöõøōřśšťúùûüūůýÿźżž"
PLAIN = "aaaaaaacccdeeeeeeiiiiilnnnooooooorsstuuuuuuyyzzz"
LEGAL_FORMS = (
    "ab|ag|as|bv|co|company|corp|corporation|gmbh|inc|incorporated|kg|kk|limited|"
    "llc|llp|ltd|mbh|nv|ohg|oy|plc|pte|pty|sa|sarl|sas|se|sl|spa|srl|ug"
)
# More than this many records that share one trait tell nothing about any of them.
MOST_HITS = 9
# Not the plain id: PostgreSQL would read along its index until it has found enough.
BY_ID = "p.id + 0"


def name_key(column):
    """SQL of what two spellings of a name have in common; immutable, for indexes."""
    folded = f"translate(lower({column}), '{ACCENTED}', '{PLAIN}')"
    for spelling, short in (("ß", "s"), ("ss", "s"), ("ae", "a"), ("oe", "o")):
        folded = f"replace({folded}, '{spelling}', '{short}')"
    folded = f"replace(replace({folded}, 'ue', 'u'), '.', '')"
    bare = rf"regexp_replace({folded}, '\y({LEGAL_FORMS})\y', '', 'g')"
    return f"regexp_replace({bare}, '[[:space:][:punct:]]+', '', 'g')"


def vat_key(column):
    return f"regexp_replace(upper({column}), '[^A-Z0-9]', '', 'g')"


def site_key(column):
    """SQL of the domain in the address of a web site."""
    bare = f"regexp_replace(lower({column}), '^(https?://)?(www[.])?', '')"
    return f"split_part(split_part({bare}, '/', 1), ':', 1)"


def mail_domain(column):
    return f"split_part(lower({column}), '@', 2)"


class ResPartner(models.Model):
    """Indexes for finding who a customer or contact of another system is."""

    _inherit = "res.partner"

    _saas_sync_name_key_idx = models.Index(f"(({name_key('name')}))")
    _saas_sync_vat_key_idx = models.Index(f"(({vat_key('vat')})) WHERE vat IS NOT NULL")
    _saas_sync_site_idx = models.Index(
        f"(({site_key('website')})) WHERE website IS NOT NULL"
    )
    _saas_sync_mail_domain_idx = models.Index(
        f"(({mail_domain('email')})) WHERE email IS NOT NULL"
    )
    _saas_sync_place_idx = models.Index(
        f"(zip, left({name_key('name')}, 3)) WHERE zip IS NOT NULL"
    )


class SaasSyncApi(models.AbstractModel):
    """Whom could they be? A few queries for a whole page of records, reading only."""

    _inherit = "saas.sync.api"

    def _find(self, connection, records):
        """Per record, in order, what it could be in Odoo and how that was found.

        :param records: ``{kind, external_id, model, traits}``, as in docs/protocol.md
        """
        found = [[] for _record in records]
        groups = {}
        for position, record in enumerate(records):
            key = (record["model"], record["kind"])
            groups.setdefault(key, []).append((position, record["traits"]))
        for (model, kind), rows in groups.items():
            finder = getattr(self, f"_find_{model.replace('.', '_')}", None)
            if not finder or model not in self.env:
                continue
            for position, candidates in finder(connection, kind, rows).items():
                found[position] = candidates
        return found

    # Contacts

    def _find_res_partner(self, connection, kind, rows):
        self.env["res.partner"].flush_model()
        parents = self._parents(connection, rows) if kind == "contact" else {}
        whole = {position: parents.get(t.get("parent")) for position, t in rows}
        hits = self._partner_hits(connection, kind, rows, whole)
        traits = self._partner_traits({id_ for _position, id_, _how in hits})
        found = {}
        for position, id_, how in hits:
            candidate = {**traits[id_], "how": how}
            same = candidate.pop("whole") == whole[position]
            found.setdefault(position, []).append({**candidate, "same_company": same})
        return found

    def _partner_hits(self, connection, kind, rows, whole):
        """(position, partner id, how) triples."""
        columns = ("vat", "email", "domain", "name", "zip")
        arrays = [[position for position, _traits in rows]]
        for column in columns:
            arrays.append([traits.get(column) or None for _p, traits in rows])
        arrays.append([whole[position] for position, _traits in rows])
        searches = self._person_searches() if kind == "contact" else self._searches()
        usable = SQL(
            """p.active AND coalesce(p.type, 'contact') = 'contact'
            AND (p.company_id IS NULL OR p.company_id = %s)
            AND NOT EXISTS (SELECT FROM saas_sync_link l WHERE l.model = 'res.partner'
                AND l.res_id = p.id AND l.connection_id = %s AND l.kind = %s)""",
            connection.company_id.id,
            connection.id,
            kind,
        )
        hits = SQL(" UNION ALL ").join(
            SQL(
                """SELECT r.pos, h.id, %s AS how FROM r JOIN LATERAL (
                    SELECT %s AS id FROM res_partner p WHERE %s AND %s
                    ORDER BY %s LIMIT %s) h ON true""",
                how,
                SQL(id_),
                usable,
                SQL(condition),
                SQL(order),
                MOST_HITS,
            )
            for how, id_, condition, order in searches
        )
        # Compiling these many small searches takes longer than all of them.
        self.env.cr.execute("SET LOCAL jit = off")
        self.env.cr.execute(
            SQL(
                """WITH r AS MATERIALIZED (
                    SELECT pos, %s AS vat, lower(email) AS email,
                        lower(domain) AS domain, nullif(%s, '') AS name, zip,
                        parent
                    FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[],
                        %s::text[], %s::text[], %s::int[])
                        AS given(pos, vat, email, domain, name, zip, parent)
                )
                SELECT pos, id, array_agg(DISTINCT how) FROM (%s) AS hit
                GROUP BY pos, id ORDER BY pos, id""",
                SQL(vat_key("vat")),
                SQL(name_key("name")),
                *arrays,
                hits,
            )
        )
        return self.env.cr.fetchall()

    @staticmethod
    def _searches():
        """(how, the record meant, condition, order) for customers; a hit on somebody
        who works there means the company."""
        whole = "coalesce(p.commercial_partner_id, p.id)"
        top = "(p.is_company OR p.parent_id IS NULL)"
        name = name_key("p.name")
        return [
            ("vat", "p.id", f"{top} AND {vat_key('p.vat')} = r.vat", BY_ID),
            ("email", whole, "lower(p.email) = r.email", f"{top} DESC, p.id"),
            (
                "domain",
                whole,
                f"{mail_domain('p.email')} = r.domain",
                f"{top} DESC, p.id",
            ),
            ("domain", "p.id", f"{top} AND {site_key('p.website')} = r.domain", BY_ID),
            (
                "name",
                "p.id",
                f"{top} AND {name} = r.name",
                "(p.zip = r.zip) DESC NULLS LAST, p.id",
            ),
            (
                "place",
                "p.id",
                f"{top} AND p.zip = r.zip AND left({name}, 3) = left(r.name, 3)",
                BY_ID,
            ),
        ]

    @staticmethod
    def _person_searches():
        name = name_key("p.name")
        return [
            ("email", "p.id", "NOT p.is_company AND lower(p.email) = r.email", BY_ID),
            (
                "name",
                "p.id",
                f"NOT p.is_company AND {name} = r.name",
                "(p.commercial_partner_id = r.parent) DESC NULLS LAST, p.id",
            ),
        ]

    def _parents(self, connection, rows):
        """What the customers whose people these are will be in Odoo, by external id."""
        names = {traits.get("parent") for _p, traits in rows} - {None}
        self.env.cr.execute(
            SQL(
                """SELECT external_id, res_id FROM saas_sync_candidate
                WHERE connection_id = %s AND kind = 'customer' AND plan = 'link'
                    AND external_id = ANY(%s)""",
                connection.id,
                list(names),
            )
        )
        return dict(self.env.cr.fetchall())

    def _partner_traits(self, ids):
        self.env.cr.execute(
            SQL(
                """SELECT p.id, p.name, p.vat, p.email, p.website, p.zip, p.city,
                    p.phone, p.is_company AS company, c.code AS country,
                    p.commercial_partner_id AS whole
                FROM res_partner p LEFT JOIN res_country c ON c.id = p.country_id
                WHERE p.id = ANY(%s)""",
                list(ids),
            )
        )
        return {row["id"]: row for row in self.env.cr.dictfetchall()}

    # Products

    def _find_product_template(self, connection, kind, rows):
        self.env["product.template"].flush_model()
        positions, skus, names = zip(
            *((p, t.get("sku") or None, t.get("name") or None) for p, t in rows),
            strict=True,
        )
        name = "lower(p.name ->> 'en_US')"
        self.env.cr.execute(
            SQL(
                """SELECT r.pos, p.id, p.name ->> 'en_US' AS name,
                    p.default_code AS sku
                FROM unnest(%s::int[], %s::text[], %s::text[]) AS r(pos, sku, name)
                JOIN product_template p
                    ON lower(p.default_code) = lower(r.sku) OR %s = lower(r.name)
                WHERE p.active AND (p.company_id IS NULL OR p.company_id = %s)
                    AND NOT EXISTS (SELECT FROM saas_sync_link l
                        WHERE l.model = 'product.template' AND l.res_id = p.id
                        AND l.connection_id = %s AND l.kind = %s)
                ORDER BY r.pos, p.id""",
                list(positions),
                list(skus),
                list(names),
                SQL(name),
                connection.company_id.id,
                connection.id,
                kind,
            )
        )
        found = {}
        for row in self.env.cr.dictfetchall():
            found.setdefault(row.pop("pos"), []).append(row)
        return found
