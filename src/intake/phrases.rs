//! What the words of a description mean: a table in several languages and vendors' habits.
//!
//! Only whole words count ("ven" is not in "inventory"), and the longest phrase wins ("late arterial" is
//! arterial, "pre contrast" is not contrast). Short words that mean something else somewhere are left out
//! on purpose: "del" (Spanish), "sin" (left), "AP", "pre" and "post" (the procedure) on their own.

use super::words::delay_s;

/// What a phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    /// A scout, topogram, survey.
    Localizer,
    /// A dose or report page.
    Report,
    /// Something that is no stack to read: bolus watching, a projection, a map.
    NotRead,
    /// No contrast.
    Unenhanced,
    /// Hepatic arterial phase, early or late.
    Arterial,
    /// Portal venous phase.
    PortalVenous,
    /// Delayed or equilibrium phase.
    Delayed,
    /// Contrast, phase not said.
    Enhanced,
    /// Both with and without: says nothing about this series.
    Both,
    /// T1 weighted.
    T1,
    /// T2 weighted.
    T2,
    /// Diffusion.
    Dwi,
    /// ADC map.
    Adc,
    /// Another kind of MR.
    MrOther,
}

use Meaning as M;

#[rustfmt::skip] // a word a line would be five hundred lines
const PHRASES: &[(Meaning, &[&str])] = &[
    (M::Localizer, &[
        "scout", "localizer", "localiser", "localizador", "localisateur", "lokalisator", "lokalizer", "loc",
        "topogram", "topogramm", "topogramme", "topograma", "topo", "toposcan", "surview", "survey", "scanogram",
        "scanogramm", "scano", "pilot", "scanned projection", "位置決め", "定位像",
    ]),
    (M::Report, &[
        "dose report", "dosereport", "dose info", "dose record", "dose summary", "dose page", "dosis",
        "dosisbericht", "dosisprotokoll", "dosisinfo", "patient protocol", "exam summary", "exposure", "screen save",
        "screensave", "screen capture", "screenshot", "report page", "rapport de dose", "informe de dosis", "線量",
    ]),
    (M::NotRead, &[
        "bolus tracking", "bolus track", "bolustracking", "test bolus", "testbolus", "timing bolus", "premonitoring",
        "pre monitoring", "monitoring", "smartprep", "smart prep", "surestart", "sure start", "care bolus",
        "tracker", "locator", "mip", "vrt", "vr", "volume rendering", "minip", "iodine map", "iodine overlay",
        "perfusion map", "fusion",
    ]),
    (M::Both, &[
        "with and without", "without and with", "with without", "without with", "w wo", "w w o", "wo w", "w o w",
        "w and wo", "w and w o", "wo and w", "w o and w", "mit und ohne", "ohne und mit", "con y sin", "sin y con",
        "avec et sans", "sans et avec", "con e senza", "senza e con", "pre and post contrast", "pre post contrast",
    ]),
    (M::Unenhanced, &[
        "native", "nativ", "nativo", "nativa", "nativni", "nat", "unenhanced", "non enhanced", "nonenhanced",
        "un enhanced", "non contrast", "noncontrast", "non contrasted", "non con", "noncon", "nc", "ncct", "nect",
        "no contrast", "no iv contrast", "no iv", "without contrast", "without iv contrast", "without iv", "without",
        "wo contrast", "wo iv", "wo", "w o contrast", "w o iv contrast", "w o iv", "w o", "sine", "plain",
        "sans injection", "sans iv", "sans contraste", "sans pdc", "sans produit", "non injecte", "non injectee",
        "ohne km", "ohne kontrast", "ohne kontrastmittel", "ohne iv", "o km", "sin contraste", "sin civ", "sin iv",
        "senza mdc", "senza contrasto", "sem contraste", "bez kontrastu", "zonder contrast", "utan kontrast",
        "uden kontrast", "blanco", "fase basale", "fase basal", "fase simple", "tc simple", "pre contrast",
        "precontrast", "pre contraste", "pre kontrast", "pra km", "prae km", "pre km", "pre gd", "pre gad",
        "pre gado", "pre iv", "pre injection", "pre dyn", "c-", "tnc", "true non contrast", "vnc",
        "virtual non contrast", "virtual unenhanced", "нативная", "нативное", "натив", "без контраста", "平扫", "単純",
        "平掃",
    ]),
    (M::Arterial, &[
        "arterial", "art", "arter", "arteriell", "arterielle", "arteriel", "arteriale", "arteriosa", "arteriele",
        "late arterial", "early arterial", "arterial late", "arterial early", "late art", "early art", "art late",
        "art early", "hepatic arterial", "hap", "late arterial phase", "spatarteriell", "spaetarteriell",
        "spat arteriell", "spaet arteriell", "spatart", "spaetart", "spat art", "fruharteriell", "frueharteriell",
        "fruh arteriell", "frueh arteriell", "arterielle tardive", "arteriel tardif", "tardivo arteriale",
        "arteriale tardiva", "arterial tardia", "arteriosa tardia", "a phase", "art phase", "tetnicza", "tepenna",
        "corticomedullary", "cortico medullary", "kortikomedullar", "pancreatic phase", "артериальная",
        "артериальная фаза", "артер", "动脉期", "动脉", "動脈相", "動脈",
    ]),
    (M::PortalVenous, &[
        "portal venous", "portal", "portovenous", "porto venous", "portalvenous", "portal ven", "portal vein", "pv",
        "pvp", "pven", "pv phase", "p phase", "v phase", "venous", "ven", "venos", "venoes", "venose", "venoese",
        "portalvenos", "portalvenoes", "portal venos", "portal venoes", "portovenos", "portovenoes", "porto venos",
        "portovenose", "portalvenose", "pvenos", "venosa", "venoso", "portale", "fase venosa", "porto venosa",
        "portovenosa", "veineux", "veineuse", "temps portal", "temps portale", "portal veineux", "veneus", "veneuze",
        "portoveneus", "portoveneuze", "portaal", "portavenos", "portafas", "late portal", "late portal venous",
        "wrotna", "zylna", "portalni", "nephrographic", "nephrogram", "nephro", "venous phase", "венозная",
        "портальная", "портальная фаза", "门脉期", "门脉", "静脉期", "静脉", "門脈相", "門脈",
    ]),
    (M::Delayed, &[
        "delayed", "delay", "late", "late phase", "late venous", "delayed venous", "venous delayed", "eq",
        "equilibrium", "equil", "equilibre", "equilibrio", "aquilibrium", "aequilibrium", "washout", "wash out",
        "spat", "spaet", "spatphase", "spaetphase", "spatvenos", "spaetvenoes", "spatvenose", "spat venos",
        "spaet venoes", "tardive", "tardif", "tardiva", "tardivo", "tardia", "tardio", "temps tardif", "laat",
        "opozniona", "excretory", "excretion", "urographic", "urographie", "ausscheidung", "d phase", "отсроченная",
        "экскреторная", "延迟期", "延迟", "平衡期", "平衡相", "遅延相", "排泄相",
    ]),
    (M::Enhanced, &[
        "enhanced", "contrast", "contraste", "kontrast", "kontrastmittel", "contrasto", "post contrast",
        "postcontrast", "post contraste", "post kontrast", "post km", "post gd", "post gad", "post gado", "post iv",
        "post injection", "nach km", "nach kontrast", "mit km", "mit kontrast", "km", "gd", "gado", "gad", "ce",
        "cect", "c+", "mdc", "con mdc", "con contraste", "avec injection", "injecte", "injectee", "with contrast",
        "with iv", "w contrast", "w iv", "iv contrast", "w c", "dyn", "dynamic", "dynamisch", "hepatobiliary",
        "hepatobiliar", "hbp", "primovist", "eovist", "gadoxetate", "gadovist", "dotarem", "multihance",
        "с контрастом", "增强", "造影",
    ]),
    (M::Adc, &[
        "adc", "dadc", "apparent diffusion", "apparent diffusion coefficient",
    ]),
    (M::MrOther, &[
        "eadc", "exponential adc", "mrcp", "cholangio", "subtraction", "sub", "subtracted", "fiesta", "trufi",
        "truefisp", "btfe", "bffe", "pd", "flair", "swi", "elastography", "mre", "pdff", "r2 map", "t2 map",
        "t1 map", "t2 star", "fat fraction",
    ]),
    (M::Dwi, &[
        "dwi", "diff", "diffusion", "difusion", "ep2d diff", "tracew", "trace", "ivim",
    ]),
    (M::T2, &[
        "t2", "t2w", "t2 haste", "haste", "ssfse", "sshtse", "ssh", "sstse", "stir", "tirm", "spair t2", "t2 tse",
        "t2 fse", "t2 blade", "t2 spair",
    ]),
    (M::T1, &[
        "t1", "t1w", "vibe", "lava", "thrive", "ethrive", "twist", "dixon", "mdixon", "spgr", "fspgr", "flash",
        "dual echo", "in phase", "inphase", "out of phase", "opp phase", "opposed phase", "opposed", "radialvibe",
        "starvibe",
    ]),
];

/// A phrase found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    /// What it says.
    pub meaning: Meaning,
    /// The matched words, for the reason.
    pub words: String,
    /// The word after it.
    pub next: Option<String>,
}

/// The phase of a CT delay after the start of contrast: late arterial about 35 s, portal venous about 70 s,
/// delayed about 180 s (reading.md 7); the limits lie between them.
pub(super) fn phase_of_delay(seconds: f64) -> Option<Meaning> {
    match seconds {
        s if (10.0..50.0).contains(&s) => Some(M::Arterial),
        s if (50.0..120.0).contains(&s) => Some(M::PortalVenous),
        s if (120.0..=1800.0).contains(&s) => Some(M::Delayed),
        _ => None,
    }
}

fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')
}

/// Every phrase of a text, in order; the longest wins at each place.
pub(super) fn hits(words: &[String], delays: bool) -> Vec<Hit> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        let (taken, hit) = hit_at(rest, delays);
        found.extend(hit);
        at += taken;
    }
    found
}

fn hit_at(rest: &[String], delays: bool) -> (usize, Option<Hit>) {
    if delays {
        // "delay 70s" is a delay of 70 s, not a delayed phase.
        let skip = usize::from(matches!(rest.first().map(String::as_str), Some("delay" | "del")));
        if let Some((seconds, taken)) = rest.get(skip..).and_then(delay_s)
            && let Some(meaning) = phase_of_delay(seconds)
        {
            let taken = skip + taken;
            return (taken, Some(hit(meaning, rest, taken)));
        }
    }
    let mut best: Option<(usize, Meaning)> = None;
    for (meaning, phrases) in PHRASES {
        for phrase in *phrases {
            let length = phrase.split(' ').count();
            if best.is_none_or(|(longest, _)| length > longest)
                && rest.len() >= length
                && phrase.split(' ').zip(rest).all(|(wanted, word)| wanted == word)
            {
                best = Some((length, *meaning));
            }
        }
    }
    if let Some((taken, meaning)) = best {
        return (taken, Some(hit(meaning, rest, taken)));
    }
    // Chinese and Japanese put no space between words.
    let cjk = rest.first().filter(|word| word.chars().any(is_cjk)).and_then(|word| {
        let inside = PHRASES.iter().flat_map(|(meaning, phrases)| phrases.iter().map(move |p| (*meaning, *p)));
        inside
            .filter(|(_, phrase)| phrase.chars().any(is_cjk) && word.contains(phrase))
            .max_by_key(|(_, phrase)| phrase.len())
            .map(|(meaning, phrase)| Hit { meaning, words: phrase.to_owned(), next: rest.get(1).cloned() })
    });
    (1, cjk)
}

fn hit(meaning: Meaning, rest: &[String], taken: usize) -> Hit {
    Hit { meaning, words: rest.get(..taken).unwrap_or(rest).join(" "), next: rest.get(taken).cloned() }
}
