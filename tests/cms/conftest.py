"""The small catalog's site, for the tests of the site's own pages."""

from tests.catalog.conftest import (  # noqa: F401
    building,
    editor,
    foreign_editor,
    program,
    program_page,
    published,
    reviewer,
    site,
    staff,
    whole,
)
