//! Pictures of panes written to files, beside the window.

use super::jobs::Lane;
use super::{Done, Level, Slot, Workbench, looking_words as words};
use crate::render::{Picture, png, resized};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A picture to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct SavePicture {
    /// The picture, as it was seen.
    pub picture: Picture,
    /// Its width in the file, px; none keeps it as it was seen.
    pub width_px: Option<u32>,
    /// Pixels to an inch, which says how large it is printed.
    pub dpi: f64,
    /// Where to. ".png" is added where it is missing; what is there already is not written over.
    pub path: PathBuf,
}

impl Workbench {
    pub(super) fn save_picture(&mut self, save: SavePicture) {
        self.jobs.start(Slot::Picture, words::WRITING_PICTURE, Lane::Loading, move |_| {
            let name = save.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Done::Pictured(write(&save).map_err(|error| words::picture_not_saved(&name, &error.to_string())))
        });
        self.pump_inline();
    }

    pub(super) fn take_pictured(&mut self, result: Result<String, String>) {
        match result {
            Ok(words) => self.notices.tell(Level::Note, words, false),
            Err(why) => self.notices.tell(Level::Problem, why, false),
        }
    }
}

/// Writes the file whole or not at all, and says what was written.
fn write(save: &SavePicture) -> std::io::Result<String> {
    let picture = match save.width_px {
        Some(width) => resized(&save.picture, width),
        None => save.picture.clone(),
    };
    let file = png(&picture, Some(save.dpi))?;
    let path = with_ending(&save.path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.exists() {
        return Err(std::io::Error::other("a file of this name is there already"));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let part = folder.join(format!(".{name}.part"));
    let written = std::fs::File::create(&part).and_then(|mut to| {
        to.write_all(&file)?;
        to.sync_all()
    });
    // Linked and not renamed: a file that came in between is not written over.
    let linked = written.and_then(|()| std::fs::hard_link(&part, &path).or_else(|_| std::fs::rename(&part, &path)));
    std::fs::remove_file(&part).ok();
    linked?;
    Ok(words::picture_saved(&name, picture.width, picture.height))
}

fn with_ending(path: &Path) -> PathBuf {
    let has = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    if has { path.to_owned() } else { PathBuf::from(format!("{}.png", path.display())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_written_once_in_its_size_and_never_over_another_file() {
        let folder = tempfile::tempdir().unwrap();
        let save = SavePicture {
            picture: Picture { width: 4, height: 2, pixels: vec![[9, 8, 7, 255]; 8] },
            width_px: Some(40),
            dpi: 150.0,
            path: folder.path().join("L1 zone"),
        };
        assert_eq!(write(&save).unwrap(), "Saved L1 zone.png, 40 \u{d7} 20 pixels");
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
        assert_eq!(files, ["L1 zone.png"]);
        let before = std::fs::read(folder.path().join("L1 zone.png")).unwrap();
        assert!(write(&save).unwrap_err().to_string().contains("already"));
        assert_eq!(std::fs::read(folder.path().join("L1 zone.png")).unwrap(), before);
        assert!(write(&SavePicture { path: folder.path().join("none/there"), ..save }).is_err());
    }
}
