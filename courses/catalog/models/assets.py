"""Owns what lessons are made of: pictures, documents, drawings, and the private video and audio."""

import secrets
import uuid
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.validators import FileExtensionValidator, RegexValidator
from django.db import models, transaction
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import (
    AbstractImage,
    AbstractRendition,
    Image,
    WagtailImageField,
    WagtailImageFieldFile,
    get_rendition_storage,
    get_rendition_upload_to,
    get_upload_to,
)
from wagtail.models import CollectionMember
from wagtail.search import index
from wagtailmedia.models import AbstractMedia

from ..captions import Chapter, UnreadableChaptersError, chapters_in
from ..cleaning import UnreadableDrawingError, clean_svg
from ..uploads import (
    UnsuitableFileError,
    check_clip,
    check_document,
    duration_of,
    ending,
    plain_picture,
    plain_title,
)
from ..webvtt import UnreadableCaptionsError, cues_in

CODE = RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("Write it in small letters, figures and hyphens."))


def private_storage() -> Storage:
    """The storage that no address reaches; named in a function so that migrations do not fix its place."""
    return storages["private"]


def _fresh(file: Any) -> bool:
    """Whether this file was handed in now and is not stored yet."""
    return bool(file) and not file._committed


class PlainPicture(ContentFile):
    """A picture that was drawn anew: there is nothing in it but what one sees."""


def redrawn(file: Any, name: str) -> PlainPicture:
    """The picture as it may be stored. Refuses (UnsuitableFileError) what is none."""
    file.seek(0)
    data = plain_picture(file.read(), name, most_pixels=settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS)
    return PlainPicture(data, name=PurePath(name).name)


class PlainPictureFieldFile(WagtailImageFieldFile):
    """Stores pictures drawn anew, by whichever door they come."""

    def save(self, name: str, content: Any, save: bool = True) -> None:
        """Store it; what was drawn anew already is stored as it is."""
        super().save(name, content if isinstance(content, PlainPicture) else redrawn(content, name), save)


class PlainPictureField(WagtailImageField):
    """A picture of which nothing is kept but what one sees."""

    attr_class = PlainPictureFieldFile


class SchoolImage(AbstractImage):
    """One row is a picture in the library, with the words that stand for it and who made it.

    Drawn anew when it is stored: no place, device or hour is left in it. The original is private, and so are its scaled
    copies, but for those that public pages show (`PUBLIC_COPIES`): these lie under names that nobody guesses.
    """

    file = PlainPictureField(
        _("file"), upload_to=get_upload_to, width_field="width", height_field="height", storage=private_storage
    )
    title: Any
    alt = models.CharField(_("what it shows"), max_length=300, blank=True)
    credit = models.CharField(_("credit"), max_length=200, blank=True)

    admin_form_fields = (*Image.admin_form_fields, "alt", "credit")

    def clean(self) -> None:
        """Draw a new picture anew, or say beside its field why it cannot be taken."""
        super().clean()
        self.title = plain_title(self.title)
        if _fresh(self.file) and not isinstance(self.file.file, PlainPicture):
            try:
                self.file = redrawn(self.file, self.file.name or "")  # type: ignore[assignment]
            except UnsuitableFileError as error:
                raise ValidationError({"file": str(error)}) from error

    def get_upload_to(self, filename: str) -> str:
        """A name that nobody guesses; that of each scaled copy begins with it."""
        # The end of the name is what is cut off when it grows too long for its column.
        folder, _slash, name = super().get_upload_to(filename[-60:]).rpartition("/")
        return f"{folder}/{secrets.token_hex(16)}-{name[-40:]}"

    def end_addresses(self) -> None:
        """Give the picture a new name, so that no address at which its copies were shown answers any more."""
        storage, old = self.file.storage, self.file.name or ""
        with storage.open(old) as file:
            plain = PlainPicture(file.read(), name=PurePath(old).name)
        self.file.save(PurePath(old).name.partition("-")[2], plain, save=False)
        self.save(update_fields=["file"])
        for copy in self.renditions.all():
            copy.delete()
        transaction.on_commit(lambda: storage.delete(old))

    def lesson_copy(self, width: int) -> "SchoolRendition | None":
        """Its copy for lessons of this width in pixels, at most its own; made where there is none yet.

        None where the original cannot be read. One query, four and the work of drawing where it is made.
        """
        try:
            copy: SchoolRendition = self.get_rendition(f"width-{width}|{LESSON_COPY}")
        except OSError:
            return None
        return copy


LESSON_WIDTHS = (800, 1600)
"""In pixels: for a phone, and for a desk or a closer look."""
LESSON_COPY = "format-webp|webpquality-82"
PUBLIC_COPIES = frozenset(
    {
        *(f"width-{width}|format-webp" for width in (640, 1000, 1600)),  # an article's picture
        "fill-480x300|format-webp",  # the same in the list of articles
        "width-1200|format-jpeg",  # the same where its address is passed on
        "fill-240x240|format-webp",  # who teaches a program
        "max-360x88|format-webp",  # a school's logo
    }
)
"""Which copies of pictures public pages ask for. All others are private: those of lessons, and those of the library."""
PRIVATE_COPIES = "image_copies"


class CopyFieldFile(WagtailImageFieldFile):
    """A scaled copy where it belongs: its folder says in which storage it lies."""

    def __init__(self, instance: Any, field: Any, name: str | None) -> None:
        super().__init__(instance, field, name)
        self._find_storage()

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Wagtail keeps copies in the cache.
        super().__setstate__(state)
        self._find_storage()

    def _find_storage(self) -> None:
        if (self.name or "").startswith(f"{PRIVATE_COPIES}/"):
            self.storage = private_storage()

    def save(self, name: str, content: Any, save: bool = True) -> None:
        """Store it, in the private storage unless public pages ask for such copies."""
        if self.instance.filter_spec not in PUBLIC_COPIES:
            self.storage = private_storage()
        super().save(name, content, save)


class CopyField(WagtailImageField):
    """A scaled copy of a picture, public or private."""

    attr_class = CopyFieldFile


class SchoolRendition(AbstractRendition):
    """One row is a scaled copy of a picture: public under a name that nobody guesses, or private.

    A private copy is sent by the lesson that shows the picture, and by the CMS to those who work with it.
    """

    image = models.ForeignKey(SchoolImage, on_delete=models.CASCADE, related_name="renditions")
    file = CopyField(
        upload_to=get_rendition_upload_to, storage=get_rendition_storage, width_field="width", height_field="height"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_filter")
        ]

    def get_upload_to(self, filename: str) -> str:
        """The folder says whether it is public."""
        public: str = super().get_upload_to(filename)
        return public if self.filter_spec in PUBLIC_COPIES else f"{PRIVATE_COPIES}/{PurePath(public).name}"

    @property
    def is_private(self) -> bool:
        """Whether it has no public address."""
        return (self.file.name or "").startswith(f"{PRIVATE_COPIES}/")

    @property
    def url(self) -> str:
        """Its address; that of a private copy opens for those who work with the picture."""
        return reverse("catalog_image_copy", args=[self.pk]) if self.is_private else str(self.file.url)

    @property
    def content_type(self) -> str:
        """The media type to answer with."""
        return media_type("poster", self.file.name or "")


class SchoolDocument(AbstractDocument):
    """One row is a file for download, kept in the private storage.

    Learners get it by the study room's view, after asking for the right to a lesson that offers it; Wagtail's own
    address opens for those who work with the file.
    """

    title: Any
    file = models.FileField(_("file"), upload_to="documents", storage=private_storage)

    admin_form_fields = Document.admin_form_fields

    def clean(self) -> None:
        """Refuse a file that is too large or not what its name says."""
        self.title = plain_title(self.title)
        if not _fresh(self.file):
            return
        if self.file.size > settings.WAGTAILDOCS_MAX_UPLOAD_SIZE:
            raise ValidationError({"file": too_large(settings.WAGTAILDOCS_MAX_UPLOAD_SIZE)})
        try:
            check_document(self.file, self.file.name or "")
        except UnsuitableFileError as error:
            raise ValidationError({"file": str(error)}) from error


def too_large(most: int) -> str:
    """What is said of a file of more than `most` bytes."""
    return _("The file is too large; make it smaller, %(most)s at most.") % {"most": filesizeformat(most)}


class Figure(CollectionMember, index.Indexed, models.Model):
    """One row is a line drawing of ours, kept as cleaned SVG so that it stands inside the page and follows the theme.

    Written by services and editors; `drawing` passes the cleaner at every save. It belongs to the collection of its
    school: who may edit that collection may edit it. `legend` holds one name a line, for the numbers on the plate.
    """

    code = models.CharField(_("code"), max_length=60, validators=[CODE])
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(
        _("description"), help_text=_("What the drawing shows, for someone who cannot see it.")
    )
    caption = models.TextField(_("caption"), blank=True, help_text=_("One or two sentences under the legend."))
    legend = models.TextField(_("legend"), blank=True, help_text=_("One name a line: 1 is the first, 2 the second …"))
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    drawing = models.TextField(
        _("drawing (SVG)"),
        help_text=_("Paste the SVG. Shapes, text and classes are kept; style, script and links to elsewhere are not."),
    )

    search_fields = [
        *CollectionMember.search_fields,
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.SearchField("code"),
        index.SearchField("description"),
    ]

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "code"],
                name="one_figure_per_code",
                violation_error_message=_("Another figure has this code; choose another."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Clean the drawing, or say beside its field why it cannot be taken."""
        super().clean()
        try:
            self.drawing = clean_svg(self.drawing, prefix=self.id_prefix)
        except UnreadableDrawingError as error:
            raise ValidationError({"drawing": str(error)}) from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the cleaned drawing only; bodies that show it are rendered anew."""
        # Cleaning twice changes nothing but the ids, which keep one prefix.
        self.drawing = clean_svg(self.drawing, prefix=self.id_prefix)
        super().save(*args, **kwargs)

    @property
    def id_prefix(self) -> str:
        """What the drawing's ids begin with, so that two figures on a page do not share one."""
        return f"fig-{self.code}-"

    @property
    def legend_items(self) -> list[str]:
        """The names of the numbers, in order."""
        return [line.strip() for line in self.legend.splitlines() if line.strip()]


def check_clip_size(size: int) -> None:
    """Refuse (UnsuitableFileError) a clip of more bytes than the setting allows."""
    if size > settings.LESSON_MEDIA_MAX_UPLOAD_SIZE:
        raise UnsuitableFileError(
            _("The file is larger than %(most)s; cut the clip into shorter parts.")
            % {"most": filesizeformat(settings.LESSON_MEDIA_MAX_UPLOAD_SIZE)}
        )


MOST_CAPTIONS = 1_000_000
MOST_POSTER = 10 * 1024 * 1024


class LessonMedia(AbstractMedia):
    """One row is a video or an audio file with captions and transcript, kept in the private storage.

    Served only by the study room's view, after asking for the right to a lesson that uses it.
    """

    title: Any
    duration: Any
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(
        _("code"), max_length=60, blank=True, validators=[CODE], help_text=_("Files name it by this.")
    )
    file = models.FileField(_("file"), upload_to="lesson-media", storage=private_storage)
    thumbnail = models.FileField(_("poster"), upload_to="lesson-media", storage=private_storage, blank=True)
    captions = models.FileField(
        _("captions (WebVTT)"),
        upload_to="lesson-media",
        storage=private_storage,
        blank=True,
        validators=[FileExtensionValidator(["vtt"])],
        help_text=_("A .vtt file. A lesson takes the clip only with captions."),
    )
    chapters = models.FileField(
        _("chapters (WebVTT)"),
        upload_to="lesson-media",
        storage=private_storage,
        blank=True,
        validators=[FileExtensionValidator(["vtt"])],
        help_text=_("A .vtt file whose cues are the parts of the clip; they are listed under the player."),
    )
    language = models.CharField(_("language of the captions"), max_length=10, default="en")
    transcript = models.TextField(_("transcript"), blank=True)

    # No tags: wagtailmedia lists those of every school beside its search.
    admin_form_fields = (
        "title", "code", "file", "captions", "chapters", "language", "transcript", "duration", "thumbnail", "collection",
    )  # fmt: skip

    class Meta(AbstractMedia.Meta):
        verbose_name = _("clip")
        verbose_name_plural = _("clips")
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "code"],
                condition=~models.Q(code=""),
                name="one_clip_per_code",
                violation_error_message=_("Another clip has this code; choose another."),
            )
        ]

    def clean(self, *args: Any, **kwargs: Any) -> None:
        """Refuse files that are too large or not what they are called, and captions that players cannot read to the end.

        The length is read from the file where it says it. A clip that a published lesson shows keeps its captions.
        """
        self.title = plain_title(self.title)
        problems: dict[str, Any] = {}
        for name, judge in (
            ("file", self._judge_file),
            ("thumbnail", self._judge_poster),
            ("captions", self._judge_captions),
            ("chapters", self._judge_chapters),
        ):
            try:
                judge()
            except (UnsuitableFileError, UnreadableCaptionsError, UnreadableChaptersError) as error:
                problems[name] = str(error)
        if problems:
            raise ValidationError(problems)
        super().clean(*args, **kwargs)

    def _judge_file(self) -> None:
        if not _fresh(self.file):
            return
        check_clip_size(self.file.size)
        check_clip(self.file, self.file.name or "", self.type)
        self.duration = duration_of(self.file) or self.duration

    def _judge_poster(self) -> None:
        if not _fresh(self.thumbnail) or isinstance(self.thumbnail.file, PlainPicture):
            return
        if self.thumbnail.size > MOST_POSTER:
            raise UnsuitableFileError(too_large(MOST_POSTER))
        self.thumbnail = redrawn(self.thumbnail, self.thumbnail.name or "")

    def _judge_captions(self) -> None:
        if not self.captions and self.pk and (use := self.uses.select_related("page").first()) is not None:
            raise UnsuitableFileError(
                _("The published lesson “%(lesson)s” shows this clip, so it needs captions; choose another .vtt file.")
                % {"lesson": use.page.title}
            )
        if _fresh(self.captions):
            cues_in(self._text("captions"))

    def _judge_chapters(self) -> None:
        if _fresh(self.chapters):
            chapters_in(self._text("chapters"))

    def _text(self, name: str) -> bytes:
        file = getattr(self, name)
        if ending(file.name) != "vtt":
            raise UnsuitableFileError(_("Export it as WebVTT, and choose the .vtt file."))
        if file.size > MOST_CAPTIONS:
            raise UnsuitableFileError(too_large(MOST_CAPTIONS))
        data: bytes = file.read()
        file.seek(0)
        return data

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it; files of words and pictures that others took the place of go once that is certain."""
        held = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        super().save(*args, **kwargs)
        if held is not None:
            for name in SIDE_FILES:
                old, new = getattr(held, name), getattr(self, name)
                if old and old.name != new.name:
                    transaction.on_commit(lambda old=old: old.storage.delete(old.name))  # type: ignore[misc]

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse while a published lesson shows the clip."""
        if self.uses.exists():
            raise PermissionDenied(_("A published lesson shows this clip; take it out of the lesson first."))
        for name in ("captions", "chapters"):
            if file := getattr(self, name):
                # wagtailmedia takes the clip and its poster away itself.
                transaction.on_commit(lambda file=file: file.storage.delete(file.name))  # type: ignore[misc]
        return super().delete(*args, **kwargs)

    @property
    def url(self) -> str:
        """The address of the file; it opens only for those who have the right to it."""
        return self.address("file")

    def address(self, kind: str) -> str:
        """The address of one of `file`, `captions`, `chapters`, `poster`; answered by the study room."""
        return f"/learn/media/{self.uuid}/{kind}"

    def part(self, kind: str) -> Any:
        """The stored file of that kind, or None."""
        name = {"file": "file", "captions": "captions", "chapters": "chapters", "poster": "thumbnail"}.get(kind)
        return (getattr(self, name) or None) if name else None

    def chapter_list(self) -> tuple[Chapter, ...]:
        """Its parts in order; none where the file is not there or cannot be read. Reads the file."""
        if not self.chapters:
            return ()
        try:
            with self.chapters.storage.open(self.chapters.name or "") as file:
                return chapters_in(file.read(MOST_CAPTIONS))
        except (OSError, UnreadableChaptersError):
            return ()

    def part_type(self, kind: str) -> str:
        """The media type to answer with; what is not listed is served as bytes."""
        part = self.part(kind)
        return media_type(self.type if kind == "file" else kind, part.name if part else "")


MEDIA_TYPES = {
    ("video", ".mp4"): "video/mp4",
    ("video", ".webm"): "video/webm",
    ("audio", ".mp3"): "audio/mpeg",
    ("audio", ".m4a"): "audio/mp4",
    ("audio", ".ogg"): "audio/ogg",
    ("audio", ".opus"): "audio/ogg",
    ("audio", ".webm"): "audio/webm",
    ("captions", ".vtt"): "text/vtt; charset=utf-8",
    ("chapters", ".vtt"): "text/vtt; charset=utf-8",
    ("poster", ".jpg"): "image/jpeg",
    ("poster", ".jpeg"): "image/jpeg",
    ("poster", ".png"): "image/png",
    ("poster", ".webp"): "image/webp",
    ("poster", ".avif"): "image/avif",
}


def media_type(kind: str, name: str) -> str:
    """The media type of a file of this kind and name; bytes for what is not listed."""
    return MEDIA_TYPES.get((kind, PurePath(name).suffix.lower()), "application/octet-stream")


SIDE_FILES = ("thumbnail", "captions", "chapters")


class LibraryEdition(models.Model):
    """The one row names the present state of figures, pictures, clips, files and terms: bodies of lessons show what these say.

    Written by `selectors.new_library_edition` with each change of one, in its transaction: whoever reads the old name
    reads the old words.
    """

    name = models.CharField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(name="one_library_edition", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return self.name


class SpentUpload(models.Model):
    """One row is a file that came straight into the bucket and was taken into the library, so that it is taken once.

    Written by services alone; the sweep removes it when the reference to the file has long run out.
    """

    token = models.CharField(max_length=43, unique=True)
    spent_at = models.DateTimeField()
