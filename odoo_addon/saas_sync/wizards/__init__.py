from . import base_partner_merge
from . import saas_sync_accept
from . import saas_sync_assign
from . import saas_sync_correct
from . import saas_sync_ignore
from . import saas_sync_key
from . import saas_sync_settle
from . import saas_sync_start
