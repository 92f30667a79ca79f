"""Fills contacts: every third customer of the account as it is, every tenth under
nearly its name, and as many others as are asked for."""
plain = env["res.partner"].create({"name": "Pattern", "is_company": True})
env.flush_all()
env.cr.execute(
    """INSERT INTO res_partner
    SELECT (jsonb_populate_record(p, jsonb_build_object(
        'id', n.id, 'commercial_partner_id', n.id, 'name', n.name,
        'complete_name', n.name, 'email', n.email, 'zip', n.zip, 'city', 'Kiel'))).*
    FROM res_partner p, (
        SELECT nextval('res_partner_id_seq') AS id,
            CASE WHEN i %% 3 = 0 THEN 'Kunde ' || i || ' Handels GmbH'
                 WHEN i %% 10 = 1 THEN 'Kunde ' || i || ' Hendels AG'
                 ELSE 'Firma ' || md5(i::text) END AS name,
            CASE WHEN i %% 3 = 0 THEN 'kunde.' || i || '@firma' || i || '.example' END
                AS email,
            (10000 + i %% 80000)::text AS zip
        FROM generate_series(0, %s) AS i) AS n
    WHERE p.id = %s""",
    [COUNT - 1, plain.id],
)
env.cr.execute("ANALYZE res_partner")
env.cr.commit()
print("FILLED")
