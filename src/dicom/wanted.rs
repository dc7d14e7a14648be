//! Everything that is read of a header.

use super::kept::{Name, Wanted};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use std::sync::LazyLock;

/// b-value, Siemens, s/mm2 (IS).
pub(super) const SIEMENS_B_VALUE: Name = Name::private(0x0019, 0x0C, "SIEMENS MR HEADER");
/// b-value, GE, s/mm2, the first of several numbers; later systems add 10^9 (IS).
pub(super) const GE_B_VALUE: Name = Name::private(0x0043, 0x39, "GEMS_PARM_01");
/// b-value, Philips, s/mm2 (FL).
pub(super) const PHILIPS_B_VALUE: Name = Name::private(0x2001, 0x03, "Philips Imaging DD 001");
/// b-value, Hitachi, s/mm2; asked for only where Hitachi made the images.
pub(super) const HITACHI_B_VALUE: Name = Name::private(0x0029, 0x30, "");
/// Philips PET: counts to SUV (DS).
pub(super) const PHILIPS_SUV_FACTOR: Name = Name::private(0x7053, 0x00, "Philips PET Private Group");
/// Philips PET: counts to activity concentration (DS).
pub(super) const PHILIPS_ACTIVITY_FACTOR: Name = Name::private(0x7053, 0x09, "Philips PET Private Group");
/// GE PET: start of the scan (DT).
pub(super) const GE_SCAN_STAMP: Name = Name::private(0x0009, 0x0D, "GEMS_PETD_01");
/// GE PET: activity in the syringe before injection, MBq (FL).
pub(super) const GE_TRACER_ACTIVITY: Name = Name::private(0x0009, 0x38, "GEMS_PETD_01");
/// GE PET: when that was measured (DT).
pub(super) const GE_MEASURED_STAMP: Name = Name::private(0x0009, 0x39, "GEMS_PETD_01");
/// GE PET: when the tracer was given (DT).
pub(super) const GE_ADMINISTERED_STAMP: Name = Name::private(0x0009, 0x3B, "GEMS_PETD_01");
/// GE PET: activity left in the syringe, MBq (FL).
pub(super) const GE_LEFT_ACTIVITY: Name = Name::private(0x0009, 0x3C, "GEMS_PETD_01");
/// GE PET: when that was measured (DT).
pub(super) const GE_LEFT_STAMP: Name = Name::private(0x0009, 0x3D, "GEMS_PETD_01");
/// GE PET: half life of the tracer, s (FL).
pub(super) const GE_HALF_LIFE: Name = Name::private(0x0009, 0x3F, "GEMS_PETD_01");

/// Private elements with their kind, for files that do not write it.
const PRIVATE: &[(Name, VR)] = &[
    (SIEMENS_B_VALUE, VR::IS),
    (GE_B_VALUE, VR::IS),
    (PHILIPS_B_VALUE, VR::FL),
    (HITACHI_B_VALUE, VR::FD),
    (PHILIPS_SUV_FACTOR, VR::DS),
    (PHILIPS_ACTIVITY_FACTOR, VR::DS),
    (GE_SCAN_STAMP, VR::DT),
    (GE_TRACER_ACTIVITY, VR::FL),
    (GE_MEASURED_STAMP, VR::DT),
    (GE_ADMINISTERED_STAMP, VR::DT),
    (GE_LEFT_ACTIVITY, VR::FL),
    (GE_LEFT_STAMP, VR::DT),
    (GE_HALF_LIFE, VR::FL),
];

/// Everything that is read of a header. Elements of items are kept where their sequence is listed too.
pub(super) static WANTED: LazyLock<Wanted> = LazyLock::new(|| {
    let mut wanted = vec![
        tags::MEDIA_STORAGE_SOP_CLASS_UID,
        tags::MEDIA_STORAGE_SOP_INSTANCE_UID,
        tags::SPECIFIC_CHARACTER_SET,
        tags::IMAGE_TYPE,
        tags::SOP_CLASS_UID,
        tags::SOP_INSTANCE_UID,
        tags::STUDY_DATE,
        tags::SERIES_DATE,
        tags::ACQUISITION_DATE,
        tags::CONTENT_DATE,
        tags::ACQUISITION_DATE_TIME,
        tags::STUDY_TIME,
        tags::SERIES_TIME,
        tags::ACQUISITION_TIME,
        tags::CONTENT_TIME,
        tags::MODALITY,
        tags::MANUFACTURER,
        tags::CODE_VALUE,
        tags::CODING_SCHEME_DESIGNATOR,
        tags::CODE_MEANING,
        tags::STUDY_DESCRIPTION,
        tags::SERIES_DESCRIPTION,
        tags::ANATOMIC_REGION_SEQUENCE,
        tags::FRAME_TYPE,
        tags::DERIVATION_IMAGE_SEQUENCE,
        tags::COMPLEX_IMAGE_COMPONENT,
        tags::ACQUISITION_CONTRAST,
        tags::DERIVATION_CODE_SEQUENCE,
        tags::PATIENT_NAME,
        tags::PATIENT_ID,
        tags::ISSUER_OF_PATIENT_ID,
        tags::PATIENT_BIRTH_DATE,
        tags::PATIENT_SEX,
        tags::PATIENT_SIZE,
        tags::PATIENT_WEIGHT,
        tags::CONTRAST_BOLUS_AGENT,
        tags::CONTRAST_BOLUS_AGENT_SEQUENCE,
        tags::BODY_PART_EXAMINED,
        tags::SCANNING_SEQUENCE,
        tags::SEQUENCE_NAME,
        tags::RADIOPHARMACEUTICAL,
        tags::SLICE_THICKNESS,
        tags::KVP,
        tags::REPETITION_TIME,
        tags::ECHO_TIME,
        tags::INVERSION_TIME,
        tags::ECHO_NUMBERS,
        tags::SPACING_BETWEEN_SLICES,
        tags::PROTOCOL_NAME,
        tags::CONTRAST_BOLUS_START_TIME,
        tags::TRIGGER_TIME,
        tags::RADIOPHARMACEUTICAL_START_TIME,
        tags::RADIONUCLIDE_TOTAL_DOSE,
        tags::RADIONUCLIDE_HALF_LIFE,
        tags::RADIOPHARMACEUTICAL_START_DATE_TIME,
        tags::GANTRY_DETECTOR_TILT,
        tags::IMAGER_PIXEL_SPACING,
        tags::CONVOLUTION_KERNEL,
        tags::ACTUAL_FRAME_DURATION,
        tags::NOMINAL_SCANNED_PIXEL_SPACING,
        tags::PULSE_SEQUENCE_NAME,
        tags::FRAME_ACQUISITION_DATE_TIME,
        tags::DIFFUSION_DIRECTIONALITY,
        tags::EFFECTIVE_ECHO_TIME,
        tags::DIFFUSION_B_VALUE,
        tags::MR_TIMING_AND_RELATED_PARAMETERS_SEQUENCE,
        tags::MR_ECHO_SEQUENCE,
        tags::MR_MODIFIER_SEQUENCE,
        tags::MR_DIFFUSION_SEQUENCE,
        tags::CARDIAC_SYNCHRONIZATION_SEQUENCE,
        tags::FRAME_REFERENCE_DATE_TIME,
        tags::FRAME_ACQUISITION_DURATION,
        tags::MR_IMAGE_FRAME_TYPE_SEQUENCE,
        tags::CT_ACQUISITION_DETAILS_SEQUENCE,
        tags::CT_GEOMETRY_SEQUENCE,
        tags::CT_RECONSTRUCTION_SEQUENCE,
        tags::CT_EXPOSURE_SEQUENCE,
        tags::CTX_RAY_DETAILS_SEQUENCE,
        tags::CT_IMAGE_FRAME_TYPE_SEQUENCE,
        tags::CONTRAST_BOLUS_AGENT_NUMBER,
        tags::CONTRAST_BOLUS_USAGE_SEQUENCE,
        tags::CONTRAST_BOLUS_AGENT_ADMINISTERED,
        tags::CONTRAST_BOLUS_AGENT_PHASE,
        tags::DECAY_CORRECTION_DATE_TIME,
        tags::PET_FRAME_ACQUISITION_SEQUENCE,
        tags::PET_FRAME_CORRECTION_FACTORS_SEQUENCE,
        tags::RADIOPHARMACEUTICAL_USAGE_SEQUENCE,
        tags::PET_RECONSTRUCTION_SEQUENCE,
        tags::PET_FRAME_TYPE_SEQUENCE,
        tags::DECAY_CORRECTED,
        tags::ATTENUATION_CORRECTED,
        tags::STUDY_INSTANCE_UID,
        tags::SERIES_INSTANCE_UID,
        tags::SERIES_NUMBER,
        tags::ACQUISITION_NUMBER,
        tags::INSTANCE_NUMBER,
        tags::IMAGE_POSITION_PATIENT,
        tags::IMAGE_ORIENTATION_PATIENT,
        tags::FRAME_OF_REFERENCE_UID,
        tags::TEMPORAL_POSITION_IDENTIFIER,
        tags::NUMBER_OF_TEMPORAL_POSITIONS,
        tags::SOP_INSTANCE_UID_OF_CONCATENATION_SOURCE,
        tags::STACK_ID,
        tags::IN_STACK_POSITION_NUMBER,
        tags::FRAME_ANATOMY_SEQUENCE,
        tags::FRAME_CONTENT_SEQUENCE,
        tags::PLANE_POSITION_SEQUENCE,
        tags::PLANE_ORIENTATION_SEQUENCE,
        tags::TEMPORAL_POSITION_INDEX,
        tags::NOMINAL_CARDIAC_TRIGGER_DELAY_TIME,
        tags::FRAME_ACQUISITION_NUMBER,
        tags::DIMENSION_INDEX_VALUES,
        tags::CONCATENATION_UID,
        tags::IN_CONCATENATION_NUMBER,
        tags::IN_CONCATENATION_TOTAL_NUMBER,
        tags::DIMENSION_INDEX_POINTER,
        tags::FUNCTIONAL_GROUP_POINTER,
        tags::DIMENSION_ORGANIZATION_SEQUENCE,
        tags::DIMENSION_INDEX_SEQUENCE,
        tags::CONCATENATION_FRAME_OFFSET_NUMBER,
        tags::NOMINAL_PERCENTAGE_OF_CARDIAC_PHASE,
        tags::NOMINAL_PERCENTAGE_OF_RESPIRATORY_PHASE,
        tags::RESPIRATORY_SYNCHRONIZATION_SEQUENCE,
        tags::TEMPORAL_POSITION_TIME_OFFSET,
        tags::TEMPORAL_POSITION_SEQUENCE,
        tags::SAMPLES_PER_PIXEL,
        tags::PHOTOMETRIC_INTERPRETATION,
        tags::PLANAR_CONFIGURATION,
        tags::NUMBER_OF_FRAMES,
        tags::ROWS,
        tags::COLUMNS,
        tags::PIXEL_SPACING,
        tags::PIXEL_ASPECT_RATIO,
        tags::CORRECTED_IMAGE,
        tags::BITS_ALLOCATED,
        tags::BITS_STORED,
        tags::HIGH_BIT,
        tags::PIXEL_REPRESENTATION,
        tags::PIXEL_PADDING_VALUE,
        tags::PIXEL_PADDING_RANGE_LIMIT,
        tags::PIXEL_SPACING_CALIBRATION_TYPE,
        tags::WINDOW_CENTER,
        tags::WINDOW_WIDTH,
        tags::RESCALE_INTERCEPT,
        tags::RESCALE_SLOPE,
        tags::RESCALE_TYPE,
        tags::WINDOW_CENTER_WIDTH_EXPLANATION,
        tags::VOILUT_FUNCTION,
        tags::LOSSY_IMAGE_COMPRESSION,
        tags::LOSSY_IMAGE_COMPRESSION_RATIO,
        tags::LOSSY_IMAGE_COMPRESSION_METHOD,
        tags::MODALITY_LUT_SEQUENCE,
        tags::LUT_DESCRIPTOR,
        tags::LUT_EXPLANATION,
        tags::MODALITY_LUT_TYPE,
        tags::LUT_DATA,
        tags::VOILUT_SEQUENCE,
        tags::PIXEL_MEASURES_SEQUENCE,
        tags::FRAME_VOILUT_SEQUENCE,
        tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE,
        tags::MEASUREMENT_UNITS_CODE_SEQUENCE,
        tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE,
        tags::LUT_LABEL,
        tags::REAL_WORLD_VALUE_LAST_VALUE_MAPPED,
        tags::DOUBLE_FLOAT_REAL_WORLD_VALUE_FIRST_VALUE_MAPPED,
        tags::DOUBLE_FLOAT_REAL_WORLD_VALUE_LAST_VALUE_MAPPED,
        tags::PRESENTATION_LUT_SHAPE,
        tags::REAL_WORLD_VALUE_LUT_DATA,
        tags::REAL_WORLD_VALUE_FIRST_VALUE_MAPPED,
        tags::REAL_WORLD_VALUE_INTERCEPT,
        tags::REAL_WORLD_VALUE_SLOPE,
        tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE,
        tags::RADIONUCLIDE_CODE_SEQUENCE,
        tags::UNITS,
        tags::EXTENDED_OFFSET_TABLE,
        tags::SUV_TYPE,
        tags::DECAY_CORRECTION,
        tags::FRAME_REFERENCE_TIME,
        tags::DECAY_FACTOR,
        tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
        tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
    ];
    // Overlays: of all sixteen groups, which are listed as the first.
    wanted.extend([0x0010, 0x0011, 0x0015, 0x0050, 0x0051, 0x0100, 0x0102].map(|element| Tag(0x6000, element)));
    wanted.sort_unstable();
    wanted.dedup();
    Wanted { tags: wanted, private: PRIVATE, everything: false }
});

/// The same, with what is large and needed only where pixels are: palettes and the bits of overlays.
pub(super) static WANTED_WITH_PIXELS: LazyLock<Wanted> = LazyLock::new(|| {
    let mut wanted = WANTED.tags.clone();
    wanted.extend([
        tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        Tag(0x6000, 0x3000),
    ]);
    wanted.sort_unstable();
    Wanted { tags: wanted, private: PRIVATE, everything: false }
});
