//! JPEG XL (ISO/IEC 18181) by `jxl-oxide`, with a limit for its memory and on the calling thread.

use super::{Raster, Refused, Samples, Shape, refused};
use crate::dicom::format::Format;
use jxl_oxide::image::BitDepth;
use jxl_oxide::{AllocTracker, InitializeResult, JxlImage, JxlThreadPool};

/// Decodes one frame.
pub(super) fn decode(bytes: &[u8], format: &Format) -> Result<Raster, Refused> {
    let pixels = usize::try_from(format.frame_pixels()).unwrap_or(usize::MAX);
    let samples = pixels.saturating_mul(format.samples() as usize);
    // Several planes of 32 bits are alive at once; what small images need beside them is little.
    let budget = samples.saturating_mul(64).saturating_add(64 << 20);
    let broken = |error: Box<dyn std::error::Error + Send + Sync>| Refused(error.to_string().into());
    let mut reader =
        JxlImage::builder().pool(JxlThreadPool::none()).alloc_tracker(AllocTracker::with_limit(budget)).build_uninit();
    reader.feed_bytes(bytes).map_err(broken)?;
    let InitializeResult::Initialized(image) = reader.try_init().map_err(broken)? else {
        return refused("it is cut short");
    };
    let about = &image.image_header().metadata;
    let precision = match about.bit_depth {
        BitDepth::IntegerSample { bits_per_sample } => bits_per_sample,
        BitDepth::FloatSample { .. } => return refused("it holds floating point numbers"),
    };
    let kind = image.pixel_format();
    if about.orientation != 1 {
        return refused("it is turned, which the header does not know of");
    }
    if kind.has_alpha() || kind.has_black() {
        return refused("it has transparency or a fourth colour");
    }
    let components = if kind.is_grayscale() { 1 } else { 3 };
    Shape { columns: image.width(), rows: image.height(), components, precision }.check(format)?;
    if precision > 16 {
        return refused(format!("JPEG XL of {precision} bits is not read by this version"));
    }
    if image.num_loaded_keyframes() == 0 {
        return refused("it is cut short");
    }
    // Colours that the stream itself turned round come as red, green and blue; others are what the header says.
    let turned = about.xyb_encoded || image.frame_header(0).is_some_and(|frame| frame.do_ycbcr);
    let frame = image.render_frame(0).map_err(broken)?;
    let mut words = vec![0u16; samples];
    if frame.stream().write_to_buffer(&mut words) != samples {
        return refused("it does not hold the pixels that the header describes");
    }
    if precision < 16 {
        // The renderer spreads fewer bits over all 16; rounding brings each back to where it was.
        let most = (1u32 << precision) - 1;
        words.iter_mut().for_each(|word| *word = ((u32::from(*word) * most + 32_767) / 65_535) as u16);
    }
    if components == 3 && turned {
        let bytes = words.iter().map(|word| (u32::from(*word) * 255 / ((1 << precision) - 1)) as u8).collect();
        return Ok(Raster { samples: Samples::Rgb(bytes), precision, rows: format.rows });
    }
    Ok(Raster { samples: Samples::Words(words), precision, rows: format.rows })
}
