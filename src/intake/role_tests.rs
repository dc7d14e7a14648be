//! Real-life series descriptions and what they are.

use super::propose_role;
use crate::clinical::{Modality, Oddity, StackRole};
use crate::dicom::testing::stack_info;
use crate::dicom::{GroupRef, StackAxis, StackInfo};
use StackRole as R;

fn stack(modality: Modality, description: &str) -> StackInfo {
    use std::sync::atomic::{AtomicU8, Ordering};
    static NEXT: AtomicU8 = AtomicU8::new(1);
    StackInfo { description: description.into(), ..stack_info(NEXT.fetch_add(1, Ordering::Relaxed), modality) }
}

fn ct(description: &str) -> StackInfo {
    stack(Modality::Ct, description)
}

fn mr(description: &str) -> StackInfo {
    stack(Modality::Mr, description)
}

/// Hundreds of short series come from one morning of CT-guided punctures; each is seen beside all the others.
#[test]
fn hundreds_of_series_of_one_study_are_quick() {
    let many: Vec<StackInfo> = (0..600u32)
        .map(|n| {
            let mut stack = ct("i-Sequence 5.0 B30f");
            stack.key.0[..4].copy_from_slice(&n.to_be_bytes());
            stack.acquisition.contrast_agent = Some("Iomeprol 400".into());
            stack.acquisition.time_s = Some(f64::from(n));
            stack
        })
        .collect();
    let start = std::time::Instant::now();
    let roles = super::propose_roles(&many.iter().collect::<Vec<_>>());
    // One by one they take less than a second in a debug build, each beside all others minutes.
    assert!(start.elapsed() < std::time::Duration::from_secs(30), "{:?}", start.elapsed());
    assert_eq!(roles.len(), many.len());
    let others: Vec<_> = many.iter().skip(1).collect();
    assert_eq!(roles[0], propose_role(&many[0], &others));
}

fn role(stack: &StackInfo) -> StackRole {
    propose_role(stack, &[]).value
}

#[test]
fn ct_descriptions() {
    let table = [
        ("Abdomen 3.0 B30f native", R::CtUnenhanced),
        ("ABD/PEL WO CONTRAST", R::CtUnenhanced),
        ("CT ABDOMEN W/O CONTRAST", R::CtUnenhanced),
        ("w/o iv contrast 5mm", R::CtUnenhanced),
        ("non con 2.5", R::CtUnenhanced),
        ("NON-CONTRAST LIVER", R::CtUnenhanced),
        ("unenhanced liver", R::CtUnenhanced),
        ("sine", R::CtUnenhanced),
        ("Leber nativ", R::CtUnenhanced),
        ("Abdomen sans injection", R::CtUnenhanced),
        ("senza mdc", R::CtUnenhanced),
        ("TC SIN CONTRASTE", R::CtUnenhanced),
        ("Liver pre contrast", R::CtUnenhanced),
        ("ABD C-", R::CtUnenhanced),
        ("TRUE NON CONTRAST", R::CtUnenhanced),
        ("腹部単純", R::CtUnenhanced),
        ("arterial", R::CtArterial),
        ("Late Arterial 1.25mm", R::CtArterial),
        ("LATE ART", R::CtArterial),
        ("HAP 35s", R::CtArterial),
        ("Leber art. 3.0 I30f", R::CtArterial),
        ("Oberbauch spätarteriell", R::CtArterial),
        ("Thorax/Abd ARTERIELL", R::CtArterial),
        ("temps arteriel tardif", R::CtArterial),
        ("ART30 1.0", R::CtArterial),
        ("Abdomen 35s", R::CtArterial),
        ("动脉期 1.25", R::CtArterial),
        ("артериальная фаза", R::CtArterial),
        ("Portal Venous Phase", R::CtPortalVenous),
        ("PV 3mm soft", R::CtPortalVenous),
        ("AbdomenVen 5.0", R::CtPortalVenous),
        ("Abd/Becken pv 3.0 Br36", R::CtPortalVenous),
        ("Abdomen portalvenös", R::CtPortalVenous),
        ("ABDOMEN PORTO-VENOUS", R::CtPortalVenous),
        ("Liver 70s", R::CtPortalVenous),
        ("delay 70s", R::CtPortalVenous),
        ("VEN70", R::CtPortalVenous),
        ("fase venosa", R::CtPortalVenous),
        ("TEMPS PORTAL", R::CtPortalVenous),
        ("late portal venous", R::CtPortalVenous),
        ("門脈相 2mm", R::CtPortalVenous),
        ("Delayed 3 min", R::CtDelayed),
        ("Late phase", R::CtDelayed),
        ("LIVER EQ", R::CtDelayed),
        ("Equilibrium 180s", R::CtDelayed),
        ("Spätphase 5.0", R::CtDelayed),
        ("fase tardiva", R::CtDelayed),
        ("Abd 5min", R::CtDelayed),
        ("Abdomen C+", R::CtEnhanced),
        ("LIVER POST CONTRAST", R::CtEnhanced),
        ("CT Abdomen mit KM", R::CtEnhanced),
        ("ABDOMEN WITH CONTRAST", R::CtEnhanced),
        ("ART+PV merged", R::CtEnhanced),
        ("Scout", R::Localizer),
        ("Topogramm 0.6 T20f", R::Localizer),
        ("Surview Test", R::Localizer),
        ("3 plane loc", R::Localizer),
        ("Dose Report", R::Report),
        ("Patient Protocol", R::Report),
        ("Screen Save", R::Report),
        ("PreMonitoring", R::Other),
        ("SmartPrep Series", R::Other),
        ("PV MIP 10mm", R::Other),
        // Words that only look like a phase.
        ("inventory", R::CtUnknown),
        ("Lateral heart Artefact", R::CtUnknown),
        ("Convention partial", R::CtUnknown),
        ("TC del abdomen", R::CtUnknown),
        ("Niere sin", R::CtUnknown),
        ("post RFA", R::CtUnknown),
        ("pre ablation", R::CtUnknown),
        ("0.5s 3mm B30", R::CtUnknown),
        ("ABD W WO CONTRAST", R::CtUnknown),
        ("CT with and without contrast", R::CtUnknown),
        ("native and portal", R::CtUnknown),
        ("", R::CtUnknown),
    ];
    for (description, wanted) in table {
        let proposal = propose_role(&ct(description), &[]);
        assert_eq!(proposal.value, wanted, "{description:?}: {}", proposal.because);
    }
}

#[test]
fn mr_descriptions() {
    let table = [
        ("t1_vibe_fs_tra_native", R::MrT1),
        ("T1 in phase", R::MrT1),
        ("AX LAVA pre", R::MrT1),
        ("eTHRIVE", R::MrT1),
        ("t1_fl2d_opp_tra", R::MrT1),
        ("mDIXON post RFA", R::MrT1),
        ("t1_vibe_dixon_art", R::MrT1Enhanced),
        ("T1 vibe post", R::MrT1Enhanced),
        ("DYN eTHRIVE", R::MrT1Enhanced),
        ("LAVA +C portal", R::MrT1Enhanced),
        ("hepatobiliary 20 min", R::MrT1Enhanced),
        ("t1 primovist", R::MrT1Enhanced),
        ("T2 HASTE cor", R::MrT2),
        ("t2_tse_fs_trig", R::MrT2),
        ("T2W_SPAIR", R::MrT2),
        ("STIR axial", R::MrT2),
        ("DWI b800", R::MrDwi),
        ("ep2d_diff_b50_400_800", R::MrDwi),
        ("AX b500", R::MrDwi),
        ("ADC (10^-6 mm²/s)", R::MrAdc),
        ("ep2d_diff_ADC", R::MrAdc),
        ("MRCP 3D", R::MrOther),
        ("T2 map", R::MrOther),
        ("t1_vibe_sub_art", R::MrOther),
        ("3-plane localizer", R::Localizer),
        ("survey", R::Localizer),
        ("SAG", R::MrOther),
    ];
    for (description, wanted) in table {
        let proposal = propose_role(&mr(description), &[]);
        assert_eq!(proposal.value, wanted, "{description:?}: {}", proposal.because);
    }
}

#[test]
fn reasons_quote_the_matched_words_and_nothing_else() {
    let proposal = propose_role(&ct("Jane Doe 1950 portal venous 3mm"), &[]);
    assert_eq!(proposal.because, "series description says 'portal venous'");
    let proposal = propose_role(&ct("DOE art + doe PV"), &[]);
    assert_eq!(proposal.because, "series description says 'art' and 'pv'");
}

#[test]
fn the_protocol_helps_only_where_the_description_is_silent() {
    let mut one = ct("Abdomen 3.0");
    one.acquisition.protocol = "Leber_pv".into();
    let proposal = propose_role(&one, &[]);
    assert_eq!((proposal.value, proposal.because.as_str()), (R::CtPortalVenous, "protocol name says 'pv'"));
    one.description = "Abdomen nativ".into();
    assert_eq!(role(&one), R::CtUnenhanced);
    // A protocol that names every phase of the examination says nothing about one series.
    let mut all = ct("Abdomen 3.0");
    all.acquisition.protocol = "Leber nativ art pv".into();
    assert_eq!(role(&all), R::CtUnknown);
}

#[test]
fn what_tags_say_without_words() {
    let mut image = ct("Abdomen");
    image.acquisition.image_type = vec!["ORIGINAL".into(), "PRIMARY".into(), "LOCALIZER".into()];
    assert_eq!(role(&image), R::Localizer);

    let mut reformatted = ct("PV cor");
    reformatted.acquisition.image_type = vec!["DERIVED".into(), "SECONDARY".into(), "REFORMATTED".into()];
    assert_eq!(role(&reformatted), R::CtPortalVenous, "a rebuilt plane is still that phase");

    let mut page = ct("Abdomen");
    page.oddities.push(Oddity::SecondaryCapture);
    assert_eq!(role(&page), R::Report);

    let mut agent = ct("Abdomen");
    agent.acquisition.contrast_agent = Some("Ultravist 370".into());
    assert_eq!(role(&agent), R::CtEnhanced);
    for (after_s, wanted) in
        [(35.0, R::CtArterial), (70.0, R::CtPortalVenous), (180.0, R::CtDelayed), (4000.0, R::CtEnhanced)]
    {
        agent.acquisition.after_contrast_s = Some(after_s);
        assert_eq!(role(&agent), wanted, "{after_s} s");
    }
    for none in ["NONE", "No contrast", "oral"] {
        let mut without = ct("Abdomen");
        without.acquisition.contrast_agent = Some(none.into());
        assert_eq!(role(&without), R::CtUnenhanced, "{none}");
    }
    assert_eq!(role(&stack(Modality::Pet, "AC WB")), R::Pet);
    assert_eq!(role(&stack(Modality::Other, "US")), R::Other);
}

fn enhanced_at(description: &str, time_s: f64) -> StackInfo {
    let mut stack = ct(description);
    stack.acquisition.time_s = Some(time_s);
    stack.acquisition.contrast_agent = Some("Ultravist".into());
    stack
}

#[test]
fn phases_from_the_order_of_acquisitions() {
    let [first, second, third] = [0.0, 35.0, 150.0].map(|after| enhanced_at("Abd", 36_000.0 + after));
    let of = |own: &StackInfo, a: &StackInfo, b: &StackInfo| propose_role(own, &[a, b]);
    assert_eq!(of(&first, &second, &third).value, R::CtArterial);
    assert_eq!(of(&second, &first, &third).value, R::CtPortalVenous);
    assert_eq!(of(&second, &first, &third).because, "acquired 35 s after the first enhanced series of the study");
    assert_eq!(of(&third, &first, &second).value, R::CtDelayed);
    assert_eq!(propose_role(&first, &[]).value, R::CtEnhanced, "alone, no order tells the phase");

    let art = enhanced_at("Leber arteriell", 36_000.0);
    let silent = enhanced_at("Leber", 36_034.0);
    let proposal = propose_role(&silent, &[&art]);
    assert_eq!(
        (proposal.value, proposal.because.as_str()),
        (R::CtPortalVenous, "acquired 34 s after the arterial series")
    );
    let again = enhanced_at("1.25 B70f", 36_001.0);
    assert_eq!(propose_role(&again, &[&art]).value, R::CtArterial, "the same pass, reconstructed twice");

    let mut before = ct("Leber 5.0");
    before.acquisition.time_s = Some(35_900.0);
    assert_eq!(propose_role(&before, &[&art]).value, R::CtUnenhanced, "no agent here, one elsewhere");
    let mut other_study = enhanced_at("Leber art", 36_000.0);
    other_study.study_uid = "9.9".into();
    assert_eq!(propose_role(&before, &[&other_study]).value, R::CtUnknown, "another study says nothing");
}

fn member(mut stack: StackInfo, axis: StackAxis, index: u32, of: u32) -> StackInfo {
    let (id, label) = ("g".to_owned(), "b 400".to_owned());
    stack.group = Some(GroupRef { id, axis, index, of, value: None, label });
    stack
}

#[test]
fn phases_of_one_series_go_by_the_phases_that_its_words_name() {
    let of = |n| propose_role(&member(ct("Leber pv, art, nativ"), StackAxis::Phase, n, 3), &[]);
    assert_eq!([0, 1, 2].map(|n| of(n).value), [R::CtUnenhanced, R::CtArterial, R::CtPortalVenous]);
    assert_eq!(of(1).because, "phase 2 of 3 in one series, whose words say 'nativ', 'art', 'pv'");
    // Four stacks and three names: no order tells which is which.
    assert_eq!(role(&member(ct("Leber pv, art, nativ"), StackAxis::Phase, 1, 4)), R::CtUnknown);
}

#[test]
fn stacks_of_a_diffusion_series_are_diffusion_also_without_weighting() {
    let proposal = propose_role(&member(mr("ax abd"), StackAxis::BValue, 0, 3), &[]);
    assert_eq!(
        (proposal.value, proposal.because.as_str()),
        (R::MrDwi, "one of 3 diffusion weightings in one series: b 400")
    );
    let mut map = member(mr("ax abd"), StackAxis::BValue, 0, 3);
    map.acquisition.image_type = vec!["DERIVED".into(), "PRIMARY".into(), "ADC".into()];
    assert_eq!(role(&map), R::MrAdc);
}

#[test]
fn times_of_a_dynamic_t1_series() {
    let of = |n| role(&member(mr("t1 vibe dyn"), StackAxis::Time, n, 4));
    assert_eq!([0, 1, 3].map(of), [R::MrT1, R::MrT1Enhanced, R::MrT1Enhanced]);
    let mut first = member(mr("t1 vibe dyn"), StackAxis::Time, 0, 4);
    first.acquisition.after_contrast_s = Some(20.0);
    assert_eq!(role(&first), R::MrT1Enhanced);
}

#[test]
fn mr_weighting_from_times() {
    let with = |sequence: &str, tr: f64, te: f64| {
        let mut stack = mr("AX");
        stack.acquisition.scanning_sequence = sequence.into();
        stack.acquisition.repetition_time_ms = Some(tr);
        stack.acquisition.echo_time_ms = Some(te);
        stack
    };
    assert_eq!(role(&with("GR", 4.0, 1.9)), R::MrT1);
    assert_eq!(role(&with("SE", 550.0, 12.0)), R::MrT1);
    assert_eq!(role(&with("SE", 4000.0, 90.0)), R::MrT2);
    assert_eq!(role(&with("GR", 700.0, 20.0)), R::MrOther);
    let mut enhanced = with("GR", 4.0, 1.9);
    enhanced.acquisition.contrast_agent = Some("Dotarem".into());
    assert_eq!(role(&enhanced), R::MrT1Enhanced);
    let mut diffusion = with("EP", 5000.0, 70.0);
    diffusion.acquisition.b_value = Some(800.0);
    assert_eq!(role(&diffusion), R::MrDwi);
}
