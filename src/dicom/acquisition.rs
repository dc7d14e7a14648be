//! How and when a frame was made.

use super::found::Acquisition;
use super::header::{Header, time_of_stamp_s};
use super::wanted::{GE_B_VALUE, HITACHI_B_VALUE, PHILIPS_B_VALUE, SIEMENS_B_VALUE};
use dicom_core::Tag;
use dicom_dictionary_std::tags;

/// Reads how and when a frame was made, from the words of classic and of enhanced objects.
pub(super) fn acquisition(h: &Header) -> Acquisition {
    let first_date = |tags: &[Tag]| tags.iter().find_map(|tag| h.date(*tag));
    let time_s = time_s(h);
    let start_s = h.time_s(tags::CONTRAST_BOLUS_START_TIME);
    let sequence = h.text(tags::SEQUENCE_NAME);
    let image_type = [tags::FRAME_TYPE, tags::IMAGE_TYPE].into_iter().map(|tag| h.texts(tag));
    Acquisition {
        date: first_date(&[
            tags::FRAME_ACQUISITION_DATE_TIME,
            tags::ACQUISITION_DATE,
            tags::ACQUISITION_DATE_TIME,
            tags::CONTENT_DATE,
            tags::SERIES_DATE,
            tags::STUDY_DATE,
        ]),
        time_s,
        after_contrast_s: time_s.zip(start_s).and_then(|(at, start)| after_s(start, at)),
        contrast_agent: contrast_agent(h),
        protocol: h.text(tags::PROTOCOL_NAME),
        body_part: body_part(h),
        image_type: image_type.into_iter().find(|parts| !parts.is_empty()).unwrap_or_default(),
        kernel_text: h.text(tags::CONVOLUTION_KERNEL),
        kvp: h.positive(tags::KVP),
        slice_thickness_mm: h.positive(tags::SLICE_THICKNESS),
        scanning_sequence: h.text(tags::SCANNING_SEQUENCE),
        sequence_name: if sequence.is_empty() { h.text(tags::PULSE_SEQUENCE_NAME) } else { sequence },
        repetition_time_ms: h.positive(tags::REPETITION_TIME),
        echo_time_ms: h.positive(tags::EFFECTIVE_ECHO_TIME).or_else(|| h.positive(tags::ECHO_TIME)),
        b_value: b_value(h),
        manufacturer: h.text(tags::MANUFACTURER),
    }
}

/// The time of the frame, else of the acquisition, else of the images.
fn time_s(h: &Header) -> Option<f64> {
    let stamp = |tag| time_of_stamp_s(&h.text(tag));
    // In an enhanced object, the content is dated when the object was written, not when it was measured.
    let frame = stamp(tags::FRAME_ACQUISITION_DATE_TIME).or_else(|| stamp(tags::FRAME_REFERENCE_DATE_TIME));
    let enhanced = || stamp(tags::ACQUISITION_DATE_TIME).filter(|_| h.has(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE));
    let classic = || {
        let times = [tags::ACQUISITION_TIME, tags::CONTENT_TIME, tags::SERIES_TIME];
        times.iter().find_map(|tag| h.time_s(*tag))
    };
    frame.or_else(enhanced).or_else(classic).or_else(|| stamp(tags::ACQUISITION_DATE_TIME))
}

/// The agent as written; "NONE" where the frame says that none had been given yet.
fn contrast_agent(h: &Header) -> Option<String> {
    let usage = h.items(tags::CONTRAST_BOLUS_USAGE_SEQUENCE);
    let administered: Vec<String> = usage.iter().map(|u| u.text(tags::CONTRAST_BOLUS_AGENT_ADMINISTERED)).collect();
    if !administered.is_empty() && administered.iter().all(|word| word == "NO") {
        return Some("NONE".into());
    }
    let plain = Some(h.text(tags::CONTRAST_BOLUS_AGENT)).filter(|agent| !agent.is_empty());
    let coded = || h.items(tags::CONTRAST_BOLUS_AGENT_SEQUENCE).first().map(|agent| agent.text(tags::CODE_MEANING));
    plain.or_else(coded).filter(|agent| !agent.is_empty())
}

fn body_part(h: &Header) -> String {
    let plain = h.text(tags::BODY_PART_EXAMINED);
    if !plain.is_empty() {
        return plain;
    }
    let region = h.items(tags::ANATOMIC_REGION_SEQUENCE);
    region.first().map(|region| region.text(tags::CODE_MEANING)).unwrap_or_default()
}

/// The diffusion weighting, s/mm2: as the standard has it, else as each maker wrote it. GE adds 10^9.
fn b_value(h: &Header) -> Option<f64> {
    let hitachi =
        || h.number(HITACHI_B_VALUE).filter(|_| h.text(tags::MANUFACTURER).to_uppercase().contains("HITACHI"));
    let ge = || h.number(GE_B_VALUE).map(|b| if b >= 1e9 { b % 1e5 } else { b });
    let b = h.number(tags::DIFFUSION_B_VALUE).or_else(|| h.number(SIEMENS_B_VALUE)).or_else(ge);
    let b = b.or_else(|| h.number(PHILIPS_B_VALUE)).or_else(hitachi);
    b.filter(|b| (0.0..1e5).contains(b))
}

/// Seconds from the bolus to the image, over midnight where needed; `None` beyond an hour, which is no delay
/// of a phase but a clock that is off.
fn after_s(start_s: f64, at_s: f64) -> Option<f64> {
    let after = at_s - start_s;
    let after = if after < -43_200.0 { after + 86_400.0 } else { after };
    (0.0..=3_600.0).contains(&after).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delay_over_midnight() {
        assert_eq!(after_s(86_390.0, 25.0), Some(35.0));
        assert_eq!(after_s(36_000.0, 36_070.0), Some(70.0));
        assert_eq!(after_s(36_070.0, 36_000.0), None);
        assert_eq!(after_s(10_000.0, 36_000.0), None);
    }
}
