"""Settings of Palmar, one module a concern; `env` alone reads the environment."""

from .apps import *
from .database import *
from .people import *
from .security import *
from .content import *
from .delivery import *
