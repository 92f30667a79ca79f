-- A copied database must not be fed by the sidecar of the original.
DELETE FROM res_users_apikeys
WHERE user_id IN (
    SELECT r.uid
    FROM res_groups_users_rel r
    JOIN ir_model_data d ON d.model = 'res.groups' AND d.res_id = r.gid
    WHERE d.module = 'saas_sync' AND d.name = 'group_service'
);
UPDATE saas_sync_connection
SET poke_url = NULL, poke_token = NULL, state = 'paused', message = 'This database is a copy: the sidecar of the original is locked out.';
