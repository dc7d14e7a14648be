//! Small zip archives, byte by byte (APPNOTE 4.3), so that hostile ones can be made as well.

use std::io::Write;

/// One file of an archive.
pub struct Member {
    pub name: String,
    pub bytes: Vec<u8>,
    pub deflated: bool,
    /// The size that the archive claims.
    pub claimed: u32,
}

impl Member {
    pub fn stored(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.into(), bytes: bytes.into(), deflated: false, claimed: bytes.len() as u32 }
    }

    pub fn deflated(name: &str, bytes: &[u8]) -> Self {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        let packed = encoder.finish().unwrap();
        Self { name: name.into(), bytes: packed, deflated: true, claimed: bytes.len() as u32 }
    }
}

/// An archive of these files, in their order. Checksums are left at zero: they are not looked at.
pub fn zip(members: &[Member]) -> Vec<u8> {
    let (mut out, mut central) = (Vec::new(), Vec::new());
    for member in members {
        let at = out.len() as u32;
        let mut about = Vec::new();
        about.extend_from_slice(&20u16.to_le_bytes()); // version needed
        about.extend_from_slice(&(1u16 << 11).to_le_bytes()); // names in UTF-8
        about.extend_from_slice(&u16::from(member.deflated).wrapping_mul(8).to_le_bytes());
        about.extend_from_slice(&[0; 4]); // time and date
        about.extend_from_slice(&[0; 4]); // checksum
        about.extend_from_slice(&(member.bytes.len() as u32).to_le_bytes());
        about.extend_from_slice(&member.claimed.to_le_bytes());
        about.extend_from_slice(&(member.name.len() as u16).to_le_bytes());
        about.extend_from_slice(&0u16.to_le_bytes()); // extra field
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&about);
        out.extend_from_slice(member.name.as_bytes());
        out.extend_from_slice(&member.bytes);
        central.extend_from_slice(b"PK\x01\x02");
        central.extend_from_slice(&20u16.to_le_bytes()); // made by
        central.extend_from_slice(&about);
        central.extend_from_slice(&[0; 10]); // comment, disk, attributes
        central.extend_from_slice(&at.to_le_bytes());
        central.extend_from_slice(member.name.as_bytes());
    }
    let (at, size, count) = (out.len() as u32, central.len() as u32, members.len() as u16);
    out.extend_from_slice(&central);
    out.extend_from_slice(b"PK\x05\x06");
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(&at.to_le_bytes());
    out.extend_from_slice(&0u16.to_le_bytes());
    out
}
