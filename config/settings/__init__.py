"""Settings of Palmar, one module a concern; `env` alone reads the environment."""

from .apps import *  # noqa: F403
from .database import *  # noqa: F403
from .people import *  # noqa: F403
from .security import *  # noqa: F403
from .content import *  # noqa: F403
from .delivery import *  # noqa: F403
