"""What people call the movements that are measured."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOVEMENT_NAMES: dict[str, Promise] = {
    "neck_flexion": _("Neck flexion"),
    "neck_extension": _("Neck extension"),
    "neck_side_bending": _("Neck side bending"),
    "neck_rotation": _("Neck rotation"),
    "trunk_flexion": _("Trunk flexion"),
    "trunk_extension": _("Trunk extension"),
    "trunk_side_bending": _("Trunk side bending"),
    "trunk_rotation": _("Trunk rotation"),
    "shoulder_flexion": _("Shoulder flexion"),
    "shoulder_extension": _("Shoulder extension"),
    "shoulder_abduction": _("Shoulder abduction"),
    "shoulder_adduction": _("Shoulder adduction"),
    "shoulder_internal_rotation": _("Shoulder internal rotation"),
    "shoulder_external_rotation": _("Shoulder external rotation"),
    "elbow_flexion": _("Elbow flexion"),
    "elbow_extension": _("Elbow extension"),
    "forearm_pronation": _("Forearm pronation"),
    "forearm_supination": _("Forearm supination"),
    "wrist_flexion": _("Wrist flexion"),
    "wrist_extension": _("Wrist extension"),
    "hip_flexion": _("Hip flexion"),
    "hip_extension": _("Hip extension"),
    "hip_abduction": _("Hip abduction"),
    "hip_adduction": _("Hip adduction"),
    "hip_internal_rotation": _("Hip internal rotation"),
    "hip_external_rotation": _("Hip external rotation"),
    "knee_flexion": _("Knee flexion"),
    "knee_extension": _("Knee extension"),
    "ankle_dorsiflexion": _("Ankle dorsiflexion"),
    "ankle_plantarflexion": _("Ankle plantar flexion"),
    "ankle_inversion": _("Ankle inversion"),
    "ankle_eversion": _("Ankle eversion"),
}
