from . import saas_sync_ignore
from . import saas_sync_key
