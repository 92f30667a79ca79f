"""Creates DATA["partners"] in batches of DATA["batch"], each committed; prints how long that took."""

import time

from odoo.addons.saas_sync.models.saas_sync_api_batch import FAST

partners = env["res.partner"].with_context(**FAST)
rows = DATA["partners"]
step = DATA["batch"]
partners.search([], limit=1)
begun, cpu = time.monotonic(), time.process_time()
for start in range(0, len(rows), step):
    partners.create(rows[start : start + step])
    env.cr.commit()
print("SECONDS", time.monotonic() - begun, "CPU", time.process_time() - cpu)
