"""What the database itself refuses in the site: a version of a policy never changes or goes."""

from certification.guards import AppendOnly

GUARDS = (AppendOnly("cms_policyversion", keys=(("id",), ("page_id", "number"), ("revision_id",))),)
