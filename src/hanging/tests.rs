//! Choices by hand.

use super::super::choice_words;
use super::*;
use crate::clinical::{Date, OwnHanging, PanePlan, PaneVisit, VisitId};
use crate::hanging::Layout;
use StackRole as R;

fn stack(n: u8, role: StackRole, thickness_mm: f64) -> HangStack {
    HangStack {
        key: StackKey([n; 16]),
        role,
        kernel: Kernel::Soft,
        step_mm: Some(thickness_mm),
        thickness_mm: Some(thickness_mm),
        plane: Some(Anatomical::Axial),
        is_volume: true,
        slices: (240.0 / thickness_mm) as u32,
        description: String::new(),
        group: None,
        time_s: None,
        series_number: None,
        b_value: None,
    }
}

fn visit(id: u32, day: u32, stacks: Vec<HangStack>) -> VisitStacks {
    let date = Date::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(u64::from(day));
    VisitStacks { visit: VisitId(id), date, stacks }
}

fn situation(this: u32, session_day: Option<u64>) -> Situation {
    let first_session = session_day.map(|day| Date::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(day));
    Situation { this: Some(VisitId(this)), first_session, organ: Some(Organ::Liver), ..Situation::default() }
}

/// What hangs; the order of the input decides nothing.
fn hang_all(hanging: &Hanging, situation: &Situation, visits: &[VisitStacks]) -> Hung {
    let hung = hang(hanging, situation, visits);
    let mut back = visits.to_vec();
    back.reverse();
    back.iter_mut().for_each(|visit| visit.stacks.reverse());
    assert_eq!(hang(hanging, situation, &back), hung);
    hung
}

fn numbers(hung: &Hung) -> Vec<Result<u8, Missing>> {
    hung.panes.iter().map(|pane| pane.map(|chosen| chosen.key.0[0])).collect()
}

fn hung(situation: &Situation, visits: &[VisitStacks]) -> Vec<Result<u8, Missing>> {
    let hung = hang_all(&Hanging::FollowUp, situation, visits);
    let mut panes = numbers(&hung);
    if hung.alone {
        panes.swap(0, 1);
    }
    panes
}

#[test]
fn portal_venous_three_millimetres_soft_axial() {
    let mut lung = stack(3, R::CtPortalVenous, 3.0);
    lung.kernel = Kernel::Lung;
    let mut coronal = stack(4, R::CtPortalVenous, 3.0);
    coronal.plane = Some(Anatomical::Coronal);
    let mut pictures = stack(5, R::CtPortalVenous, 3.0);
    pictures.is_volume = false;
    let scout = stack(6, R::Localizer, 3.0);
    let now = vec![
        stack(1, R::CtArterial, 3.0),
        stack(2, R::CtPortalVenous, 3.0),
        lung,
        coronal,
        pictures,
        scout,
        stack(7, R::CtPortalVenous, 0.75),
        stack(8, R::CtPortalVenous, 5.0),
    ];
    let visits = [visit(1, 0, vec![stack(9, R::CtPortalVenous, 5.0)]), visit(2, 50, now)];
    assert_eq!(hung(&situation(2, Some(10)), &visits), [Ok(9), Ok(2)]);
    assert_eq!(choice_words(&visits[1], StackKey([2; 16]), false), "Chosen: PV, 3 mm, soft. 6 others");
    assert_eq!(choice_words(&visits[0], StackKey([9; 16]), false), "Chosen: PV, 5 mm, soft. No others");
    assert_eq!(choice_words(&visits[1], StackKey([7; 16]), false), "Chosen: PV, 0.75 mm, soft. 6 others");
}

#[test]
fn panes_agree_on_phase_but_not_at_the_price_of_contrast() {
    let pre = |stacks| visit(1, 0, stacks);
    let now = |stacks| visit(2, 50, stacks);
    let s = situation(2, Some(10));
    let both_arterial = [
        pre(vec![stack(1, R::CtPortalVenous, 3.0), stack(2, R::CtArterial, 3.0)]),
        now(vec![stack(3, R::CtArterial, 3.0), stack(4, R::CtDelayed, 3.0)]),
    ];
    assert_eq!(hung(&s, &both_arterial), [Ok(2), Ok(3)]);
    let unenhanced_pre = [
        pre(vec![stack(1, R::CtUnenhanced, 3.0)]),
        now(vec![stack(2, R::CtUnenhanced, 3.0), stack(3, R::CtPortalVenous, 3.0)]),
    ];
    assert_eq!(hung(&s, &unenhanced_pre), [Ok(1), Ok(3)]);
    let mr_now = [
        pre(vec![stack(1, R::CtPortalVenous, 3.0), stack(2, R::MrT1Enhanced, 3.0)]),
        now(vec![stack(3, R::MrT1Enhanced, 3.0), stack(4, R::MrT2, 3.0)]),
    ];
    assert_eq!(hung(&s, &mr_now), [Ok(2), Ok(3)]);
}

#[test]
fn the_lung_is_read_in_its_own_kernel() {
    let mut lung = stack(2, R::CtEnhanced, 1.0);
    lung.kernel = Kernel::Lung;
    let visits = [visit(1, 0, vec![stack(1, R::CtEnhanced, 1.0), lung])];
    let mut s = situation(1, None);
    s.organ = Some(Organ::Lung);
    assert_eq!(hung(&s, &visits)[1], Ok(2));
    s.organ = Some(Organ::Liver);
    assert_eq!(hung(&s, &visits)[1], Ok(1));
}

#[test]
fn the_pre_pane_is_the_last_scan_before_the_first_session() {
    let one = |n| vec![stack(n, R::CtPortalVenous, 3.0)];
    let visits = [visit(1, 0, one(1)), visit(2, 8, one(2)), visit(3, 10, one(3)), visit(4, 50, one(4))];
    assert_eq!(hung(&situation(4, Some(10)), &visits), [Ok(2), Ok(4)]);
    assert_eq!(hung(&situation(4, None), &visits), [Ok(1), Ok(4)]);
    // Only the day of the session itself is there.
    assert_eq!(hung(&situation(4, Some(10)), &visits[2..]), [Ok(3), Ok(4)]);
    assert_eq!(hung(&situation(3, Some(10)), &visits[2..]), [Err(Missing::NoPreProcedure), Ok(3)]);
    assert_eq!(hung(&situation(4, Some(10)), &visits[3..]), [Err(Missing::NoPreProcedure), Ok(4)]);
    assert_eq!(hung(&situation(2, Some(10)), &visits), [Err(Missing::IsPreProcedure), Ok(2)]);
    assert_eq!(hung(&situation(1, Some(10)), &visits)[0], Err(Missing::NoPreProcedure), "never a later scan");
}

#[test]
fn empty_panes_say_why() {
    let scouts = [visit(1, 0, vec![stack(1, R::Localizer, 3.0), stack(2, R::Report, 3.0)])];
    assert_eq!(hung(&situation(1, None), &scouts), [Err(Missing::NoPreProcedure), Err(Missing::NothingToRead)]);
    let strange = [visit(1, 0, vec![stack(1, R::Localizer, 3.0), stack(2, R::Other, 3.0)])];
    assert_eq!(hung(&situation(1, None), &strange)[1], Ok(2), "a picture of another kind rather than none");
    assert_eq!(hung(&situation(7, None), &[]), [Err(Missing::NoPreProcedure), Err(Missing::NoImages)]);
    assert_eq!(hung(&Situation::default(), &[])[1], Err(Missing::NoVisit));
    assert_eq!(hung(&situation(1, None), &[visit(1, 0, vec![])])[1], Err(Missing::NoImages));
    assert_eq!(Missing::NoPreProcedure.to_string(), "no pre-procedure scan in the project");
}

#[test]
fn a_correction_is_kept_for_its_visit_and_role() {
    let visits = [
        visit(1, 0, vec![stack(1, R::CtPortalVenous, 3.0), stack(2, R::CtPortalVenous, 1.0)]),
        visit(2, 50, vec![stack(3, R::CtPortalVenous, 3.0)]),
    ];
    let mut s = situation(2, Some(10));
    s.remembered.insert((VisitId(1), R::CtPortalVenous), StackKey([2; 16]));
    s.remembered.insert((VisitId(2), R::CtPortalVenous), StackKey([99; 16]));
    let chosen = hang(&Hanging::FollowUp, &s, &visits).panes;
    let own = Chosen {
        key: StackKey([2; 16]),
        wanted: R::CtPortalVenous,
        by_reader: true,
        view: View::AsAcquired,
        remembers: true,
    };
    assert_eq!(chosen[0], Ok(own));
    assert!(!chosen[1].unwrap().by_reader, "a stack that is gone decides nothing");
    assert_eq!(choice_words(&visits[0], own.key, true), "Your choice: PV, 1 mm, soft. 1 other");
}

#[test]
fn from_the_second_scan_on_the_first_one_after_the_session_hangs_between() {
    let one = |n| vec![stack(n, R::CtPortalVenous, 3.0)];
    let visits = [visit(1, 0, one(1)), visit(2, 40, one(2)), visit(3, 100, one(3)), visit(4, 190, one(4))];
    let mut s = situation(4, Some(10));
    s.last_session = s.first_session;
    assert_eq!(hung(&s, &visits), [Ok(1), Ok(2), Ok(4)]);
    s.last_session = Date::from_ymd_opt(2026, 2, 20);
    assert_eq!(hung(&s, &visits), [Ok(1), Ok(3), Ok(4)], "after a second session its first scan counts");
    s.this = Some(VisitId(3));
    assert_eq!(hung(&s, &visits), [Ok(1), Ok(3)], "the scan that is read stands once");
    s.this = Some(VisitId(4));
    s.latest_first = true;
    let turned = hang(&Hanging::FollowUp, &s, &visits);
    assert_eq!((numbers(&turned), turned.reads), (vec![Ok(4), Ok(3), Ok(1)], 0));
    assert_eq!(turned.layout, Layout::new(1, 3));
}

#[test]
fn the_time_course_shows_every_visit_in_one_phase() {
    let one = |n| vec![stack(n, R::CtPortalVenous, 3.0), stack(n + 100, R::CtArterial, 3.0)];
    let mut visits: Vec<VisitStacks> = (1..=4).map(|n| visit(u32::from(n), u32::from(n) * 40, one(n))).collect();
    visits[2].stacks.clear();
    let four = hang_all(&Hanging::TimeCourse, &situation(2, Some(10)), &visits);
    assert_eq!(numbers(&four), [Ok(1), Ok(2), Err(Missing::NoImages), Ok(4)]);
    assert_eq!((four.layout, four.reads), (Layout::new(2, 2), 1));
    let many: Vec<VisitStacks> = (1..=12).map(|n| visit(u32::from(n), u32::from(n) * 40, one(n))).collect();
    let nine = hang_all(&Hanging::TimeCourse, &situation(12, Some(10)), &many);
    assert_eq!(numbers(&nine), [1, 5, 6, 7, 8, 9, 10, 11, 12].map(Ok), "the first and the latest");
}

#[test]
fn phases_stand_in_the_order_of_contrast() {
    let ct = vec![
        stack(1, R::CtDelayed, 3.0),
        stack(2, R::CtUnenhanced, 3.0),
        stack(3, R::CtPortalVenous, 5.0),
        stack(4, R::CtPortalVenous, 3.0),
        stack(5, R::CtArterial, 3.0),
    ];
    let visits = [visit(1, 0, ct)];
    let four = hang_all(&Hanging::Phases, &situation(1, None), &visits);
    assert_eq!(numbers(&four), [Ok(2), Ok(5), Ok(4), Ok(1)]);
    let one = [visit(1, 0, vec![stack(1, R::CtPortalVenous, 3.0)])];
    assert_eq!(numbers(&hang_all(&Hanging::Phases, &situation(1, None), &one)), [Ok(1), Err(Missing::OnePhase)]);
    // Dynamic T1: one role, told apart by time.
    let timed = |n, role, time_s| HangStack { time_s: Some(time_s), ..stack(n, role, 3.0) };
    let mr = vec![
        timed(1, R::MrT1Enhanced, 300.0),
        timed(2, R::MrT1Enhanced, 100.0),
        timed(3, R::MrT1Enhanced, 200.0),
        timed(4, R::MrT1, 20.0),
        stack(5, R::MrT2, 5.0),
    ];
    let visits = [visit(1, 0, mr)];
    let dynamic = hang_all(&Hanging::Phases, &situation(1, None), &visits);
    assert_eq!(numbers(&dynamic), [Ok(4), Ok(2), Ok(3), Ok(1)]);
    assert!(!dynamic.panes[1].unwrap().remembers, "a correction could not say which phase it is for");
}

#[test]
fn sets_name_what_they_miss() {
    let weighted = |n, b| HangStack { b_value: Some(b), ..stack(n, R::MrDwi, 6.0) };
    let mr = vec![
        stack(1, R::MrT1Enhanced, 3.0),
        weighted(2, 50.0),
        weighted(3, 800.0),
        weighted(4, 400.0),
        stack(5, R::MrAdc, 6.0),
    ];
    let visits = [visit(1, 0, mr)];
    let set = hang_all(&Hanging::Mri, &situation(1, None), &visits);
    assert_eq!(numbers(&set), [Ok(1), Err(Missing::NoSeries(R::MrT2)), Ok(3), Ok(5)], "the strongest diffusion");
    assert_eq!(Missing::NoSeries(R::MrT2).to_string(), "no MR T2 at this visit; drop a series here to show it");
    assert_eq!(set.layout, Layout::new(2, 2));
    let pet = [visit(1, 0, vec![stack(1, R::Pet, 4.0), stack(2, R::CtUnenhanced, 3.0)])];
    let fused = hang_all(&Hanging::PetCt, &situation(1, None), &pet);
    assert_eq!(numbers(&fused), [Ok(2), Ok(1), Ok(2)]);
    assert_eq!(fused.panes[2].unwrap().view, View::Under(StackKey([1; 16])));
    assert_eq!(
        numbers(&hang_all(&Hanging::PetCt, &situation(1, None), &visits)),
        [Err(Missing::NoCt), Err(Missing::NoSeries(R::Pet)), Err(Missing::NoSeries(R::Pet))]
    );
}

#[test]
fn planes_and_differences_are_looked_at_in_their_own_way() {
    let ct = vec![stack(1, R::CtUnenhanced, 3.0), stack(2, R::CtPortalVenous, 3.0), stack(3, R::CtArterial, 3.0)];
    let visits = [visit(1, 0, ct)];
    let planes = hang_all(&Hanging::Planes, &situation(1, None), &visits);
    assert_eq!(numbers(&planes), [Ok(2), Ok(2), Ok(2)]);
    let views = planes.panes.iter().map(|pane| pane.unwrap().view);
    let all = [Anatomical::Axial, Anatomical::Coronal, Anatomical::Sagittal].map(View::Plane);
    assert_eq!(views.collect::<Vec<_>>(), all);
    assert!(planes.panes[2].unwrap().remembers, "another stack takes the place of it in all three");
    let less = hang_all(&Hanging::Subtraction, &situation(1, None), &visits);
    assert_eq!(numbers(&less), [Ok(1), Ok(3), Ok(3)], "arterial less unenhanced");
    assert_eq!(less.panes[2].unwrap().view, View::Less(StackKey([1; 16])));
    let mr = [visit(1, 0, vec![stack(1, R::MrT1, 3.0), stack(2, R::MrT1Enhanced, 3.0)])];
    assert_eq!(numbers(&hang_all(&Hanging::Subtraction, &situation(1, None), &mr)), [Ok(1), Ok(2), Ok(2)]);
    let none = [visit(1, 0, vec![stack(2, R::CtPortalVenous, 3.0)])];
    let none = hang_all(&Hanging::Subtraction, &situation(1, None), &none);
    assert_eq!(numbers(&none), [Err(Missing::NothingToSubtract)]);
}

#[test]
fn a_readers_own_hanging_goes_by_visit_and_role() {
    let plan = |visit, role| PanePlan { visit, role };
    let own = OwnHanging {
        name: "Mine".into(),
        rows: 2,
        columns: 2,
        panes: vec![
            plan(PaneVisit::Previous, None),
            plan(PaneVisit::This, None),
            plan(PaneVisit::Previous, Some(R::CtArterial)),
            plan(PaneVisit::This, Some(R::CtArterial)),
        ],
    };
    let text = serde_json::to_string(&own).unwrap();
    assert!(text.contains(r#"{"visit":"previous"},"#) && text.contains(r#""role":"ct_arterial""#), "{text}");
    assert_eq!(serde_json::from_str::<OwnHanging>(&text).unwrap(), own);
    let both = |n| vec![stack(n, R::CtPortalVenous, 3.0), stack(n + 10, R::CtArterial, 3.0)];
    let visits = [visit(1, 0, both(1)), visit(2, 50, both(2)), visit(3, 90, both(3))];
    let hung = hang_all(&Hanging::Own(own.clone()), &situation(3, Some(10)), &visits);
    assert_eq!(numbers(&hung), [Ok(2), Ok(3), Ok(12), Ok(13)]);
    let first = hang_all(&Hanging::Own(own), &situation(1, Some(10)), &visits);
    assert_eq!(numbers(&first), [Err(Missing::NoPrevious), Ok(1), Err(Missing::NoPrevious), Ok(11)]);
}
