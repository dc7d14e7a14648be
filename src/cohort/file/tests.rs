//! The mini-cohort as a table, and what is refused.

use super::*;
use crate::cohort::{Choices, statistics};

const MINI: &str = include_str!("../../../tests/fixtures/cohort/mini_cohort.csv");

fn read_text(text: &str) -> Result<CohortFile, FileError> {
    read(text.as_bytes(), &StudySettings::default(), None)
}

fn refused(text: &str) -> Vec<BadCell> {
    match read_text(text).unwrap_err() {
        FileError::Cells(cells) => cells,
        FileError::Table(reason) => panic!("{reason}"),
    }
}

#[test]
fn the_mini_cohort_as_a_table() {
    let file = read_text(MINI).unwrap();
    assert_eq!((file.courses.len(), file.clock, file.rows), (6, Clock::Days, 23));
    let all = statistics(&file.courses, &StudySettings::default(), Choices::default());
    let printed: Vec<String> = all.rates.iter().map(|rate| rate.proportion().words()).collect();
    assert_eq!(
        printed,
        [
            "12/12 = 100.0 %",
            "6/8 = 75.0 %",
            "6/9 = 66.7 %",
            "6/10 = 60.0 %",
            "7/8 = 87.5 %",
            "8/9 = 88.9 %",
            "3/6 = 50.0 %"
        ]
    );
    let ltp = &all.end_points[1];
    assert_eq!(ltp.end_point, crate::clinical::EndPoint::TimeToLtp);
    let last = ltp.cumulative_incidence.last().unwrap();
    assert!((last.incidence - 0.3875).abs() < 1e-12);
}

#[test]
fn dates_say_the_same_as_days() {
    let dated: String = MINI
        .lines()
        .map(|line| {
            let cells: Vec<String> = line
                .split(',')
                .map(|cell| {
                    let parts: Vec<String> =
                        cell.split(';')
                            .map(|part| match part.parse::<i64>() {
                                Ok(days) => (Date::from_ymd_opt(2024, 2, 28).unwrap() + chrono::Duration::days(days))
                                    .to_string(),
                                Err(_) => part.to_owned(),
                            })
                            .collect();
                    parts.join(";")
                })
                .collect();
            format!("{}\r\n", cells.join(","))
        })
        .collect();
    let (by_date, by_day) = (read_text(&format!("\u{feff}{dated}")).unwrap(), read_text(MINI).unwrap());
    assert_eq!(by_date.clock, Clock::Dates);
    let rates = |file: &CohortFile| statistics(&file.courses, &StudySettings::default(), Choices::default()).rates;
    assert_eq!(rates(&by_date), rates(&by_day));
}

#[test]
fn bad_cells_are_refused_with_line_column_and_reason() {
    let table = "patient,lesion,visit,answer,sessions,size_mm,death\n\
                 P1,L1,35,clear,0,18,\n\
                 P1,L1,x,no_viable,0,18,\n\
                 ,L2,35,viable,0,-3,\n\
                 P1,L1,92,viable,5,18,\n\
                 P2,L1,-3,viable,0,,\n\
                 P2,L1,40,viable,0,,\n\
                 P2,L1,40,viable,0,,\n\
                 P3,L1,35,viable,,,\n\
                 P4,L1,90,viable,0,,60\n\
                 P5,L1,,viable,0,,\n";
    let cells: Vec<(u64, &str)> = refused(table)
        .iter()
        .map(|cell| {
            (
                cell.line,
                match cell.column.as_str() {
                    "answer" => "answer",
                    "visit" => "visit",
                    "patient" => "patient",
                    "sessions" => "sessions",
                    "size_mm" => "size_mm",
                    other => panic!("{other}"),
                },
            )
        })
        .collect();
    assert_eq!(
        cells,
        [
            (2, "answer"),
            (3, "visit"),
            (4, "patient"),
            (5, "sessions"),
            (6, "visit"),
            (8, "visit"),
            (9, "answer"),
            (10, "visit"),
            (11, "visit")
        ]
    );
    let first = &refused(table)[0];
    assert_eq!(
        (first.value.as_str(), first.reason.as_str()),
        ("clear", "Not one of: no_viable, viable, equivocal, not_evaluable, not_done.")
    );
}

#[test]
fn what_is_no_such_table_is_refused_in_words() {
    let why = |text: &str| match read_text(text).unwrap_err() {
        FileError::Table(reason) => reason,
        FileError::Cells(cells) => panic!("{cells:?}"),
    };
    assert!(why("patient,lesion\nP1,L1\n").contains("visit, answer, sessions"));
    assert!(why("patient;lesion;visit\nP1;L1;3\n").contains("commas"));
    assert!(why("patient,lesion,visit,answer,sessions\n").contains("no rows"));
    assert!(why("patient,patient,lesion,visit,answer,sessions\n").contains("twice"));
    let latin: &[u8] = b"patient,lesion,visit,answer,sessions\nP\xe9,L1,35,viable,0\n";
    assert!(matches!(read(latin, &StudySettings::default(), None), Err(FileError::Table(_))));
    let file = read_text("Patient,lesion,visit,answer,sessions,colour\nP1,L1,35,viable,0,red\n").unwrap();
    assert_eq!(file.ignored_columns, ["colour"]);
    assert_eq!(refused("patient,lesion,visit,answer,sessions\nP1,L1,35,viable,0,1,2\n")[0].column, "");
}

#[test]
fn every_column_is_read() {
    let head: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
    let row = "P1,L1,35,no_viable,0;60,yes,signed,yes;no,yes;no,yes,liver,mwa,18.5,yes,no,200,300,crc,outside,240,245,250,400,cancer,390,,";
    let file = read_text(&format!("{}\n{row}\n", head.join(","))).unwrap();
    let course = &file.courses[0];
    let lesion = &course.lesions[0];
    assert_eq!((lesion.facts.size_mm, lesion.history.sessions.len(), course.events.len()), (Some(18.5), 2, 5));
    assert_eq!(course.rest.len(), 1);
    assert!(file.ignored_columns.is_empty());
    for column in COLUMNS {
        assert!(columns_markdown().contains(&format!("| `{}` |", column.name)));
    }
}
