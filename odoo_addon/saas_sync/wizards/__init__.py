from . import saas_sync_assign
from . import saas_sync_correct
from . import saas_sync_ignore
from . import saas_sync_key
