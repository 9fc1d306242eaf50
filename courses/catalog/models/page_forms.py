"""Owns what the forms of our pages have in common: a draft may be unfinished, a translation is words alone."""

from typing import Any, ClassVar

from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from accounts.templatetags.palmar import zone_words


class SchoolPageForm(WagtailAdminPageForm):
    """A page's form in the CMS. Saving a draft asks for less than publishing; a translation shows no plan."""

    not_words: ClassVar[tuple[str, ...]] = ()
    """Fields that a translation takes from its original: what it presents, its plan, its address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_translation and not self.instance.governs:
            for name in self.not_words:
                self.fields.pop(name, None)
        for name in ("go_live_at", "expire_at"):
            if name in self.fields:
                clock = zone_words(get_current_timezone_name())
                self.fields[name].help_text = _("In %(clock)s, as your account says.") % {"clock": clock}

    def defer_required_fields(self) -> None:
        """Let a draft leave out numbers too, which the database cannot store as nothing."""
        super().defer_required_fields()
        for name in self.not_words:
            field = self.fields.get(name)
            if field is not None and field.required and name != "slug":
                field.required = False
                self.deferred_required_fields.append(name)

    def clean(self) -> dict[str, Any]:
        """Keep the last number where a draft has none at this moment: it is being typed."""
        cleaned: dict[str, Any] = super().clean()
        if self.is_deferred_validation:
            for name in self.not_words:
                if cleaned.get(name, "") is None and not self.instance._meta.get_field(name).null:
                    cleaned[name] = getattr(self.instance, name)
        return cleaned

    def _post_clean(self) -> None:
        """Tell the page whether it is judged as a draft."""
        self.instance.saved_as_draft = self.is_deferred_validation
        super()._post_clean()


class FreeSlugForm(SchoolPageForm):
    """A page that was never published and whose address is taken gets the next free one: nobody should have to think
    of addresses. Autosave keeps such a page before its author has read the address that it got.
    """

    def clean_slug(self) -> str:
        """The slug, with a number where a sibling has it."""
        slug: str = self.cleaned_data.get("slug") or ""
        page = self.instance
        if not slug or self.parent_page is None or page.first_published_at is not None:
            return slug
        stored = type(page).objects.filter(pk=page.pk).values_list("slug", flat=True).first() if page.pk else None
        taken = set(self.parent_page.get_children().exclude(pk=page.pk).values_list("slug", flat=True))
        if slug in taken and stored and stored.removeprefix(f"{slug}-").isdecimal():
            return str(stored)
        base, number = slug, 1
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        return slug
