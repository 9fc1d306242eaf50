"""Static files with hashed names, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Rewrites `import "./x.js"` inside ES modules too, which Django leaves alone by default."""

    support_js_module_import_aggregation = True
