//! Background work: named slots, latest wins, cancel, progress; stale results are dropped.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Called from a worker when there is something new to show.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Which pool a job runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// The screen waits for it.
    Screen,
    /// Loading that may take its time.
    Loading,
}

/// Where background work runs.
pub enum Executor {
    /// Two thread pools, so that loading never stands before what the screen waits for.
    Threads {
        /// For [`Lane::Screen`].
        screen: rayon::ThreadPool,
        /// For [`Lane::Loading`].
        loading: rayon::ThreadPool,
    },
    /// At once, on the caller's thread: for tests and headless commands.
    Inline,
}

impl Executor {
    /// Two pools, each as wide as the machine; falls back to the caller's thread where none can be made.
    #[must_use]
    pub fn threads() -> Self {
        let pool =
            |name: &'static str| rayon::ThreadPoolBuilder::new().thread_name(move |n| format!("{name}-{n}")).build();
        match (pool("screen"), pool("loading")) {
            (Ok(screen), Ok(loading)) => Self::Threads { screen, loading },
            _ => Self::Inline,
        }
    }
}

/// What a running job sees: whether to stop, and where to say how far it is.
#[derive(Clone)]
pub struct JobContext {
    cancelled: Arc<AtomicBool>,
    progress: Arc<Progress>,
    wake: Wake,
}

/// Least time between two showings of a number, ms.
const PROGRESS_MS: u64 = 100;

#[derive(Debug)]
struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
    begun: Instant,
    /// When it was shown last, ms after it began.
    shown_ms: AtomicU64,
}

impl Progress {
    fn begin() -> Self {
        Self {
            done: AtomicUsize::new(0),
            total: AtomicUsize::new(0),
            begun: Instant::now(),
            shown_ms: AtomicU64::new(0),
        }
    }
}

impl JobContext {
    /// Whether the job should stop.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// What says whether to stop, for work that asks by itself.
    #[must_use]
    pub fn stop_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancelled)
    }

    /// How far the job is.
    pub fn report(&self, done: usize, total: usize) {
        self.progress.done.store(done, Ordering::Relaxed);
        self.progress.total.store(total, Ordering::Relaxed);
    }

    /// How far the job is, shown at most ten times a second: a frame drawn for a number is a frame that something
    /// worth seeing waits for.
    pub fn show_progress(&self, done: usize, total: usize) {
        self.report(done, total);
        let now_ms = u64::try_from(self.progress.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let shown_ms = self.progress.shown_ms.load(Ordering::Relaxed);
        let due = now_ms >= shown_ms.saturating_add(PROGRESS_MS);
        let exchange =
            || self.progress.shown_ms.compare_exchange(shown_ms, now_ms, Ordering::Relaxed, Ordering::Relaxed);
        if due && exchange().is_ok() {
            self.wake();
        }
    }

    /// There is something new to show.
    pub fn wake(&self) {
        (self.wake)();
    }
}

struct Running {
    generation: u64,
    label: String,
    context: JobContext,
}

/// A running job, for a progress line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobView<S> {
    /// Its slot.
    pub slot: S,
    /// What it does, in words.
    pub label: String,
    /// Steps done.
    pub done: usize,
    /// Steps in all, as far as known.
    pub total: usize,
    /// How long it has been running.
    pub age: Duration,
}

/// Jobs by slot. A new job in a slot cancels the one before and makes its result stale.
pub struct Jobs<S, T> {
    executor: Executor,
    wake: Wake,
    running: BTreeMap<S, Running>,
    next_generation: u64,
    sender: Sender<(S, u64, Option<T>)>,
    inbox: Receiver<(S, u64, Option<T>)>,
    /// What stopped because of a fault of the program, in words.
    faults: Vec<String>,
}

impl<S: Ord + Clone + Send + 'static, T: Send + 'static> Jobs<S, T> {
    /// No jobs yet.
    #[must_use]
    pub fn new(executor: Executor, wake: Wake) -> Self {
        let (sender, inbox) = channel();
        Self { executor, wake, running: BTreeMap::new(), next_generation: 0, sender, inbox, faults: Vec::new() }
    }

    /// Starts a job; whatever ran in its slot is cancelled and its result will be dropped.
    pub fn start(
        &mut self,
        slot: S,
        label: impl Into<String>,
        lane: Lane,
        work: impl FnOnce(&JobContext) -> T + Send + 'static,
    ) {
        self.cancel(&slot);
        self.next_generation += 1;
        let generation = self.next_generation;
        let context = JobContext {
            cancelled: Arc::default(),
            progress: Arc::new(Progress::begin()),
            wake: Arc::clone(&self.wake),
        };
        self.running.insert(slot.clone(), Running { generation, label: label.into(), context: context.clone() });
        let sender = self.sender.clone();
        let run = move || {
            // A fault costs this job: the pool, the window and the project go on.
            let result = catch_unwind(AssertUnwindSafe(|| work(&context))).ok();
            // The other end is gone only when the program closes; then nobody waits for the result.
            sender.send((slot, generation, result)).ok();
            context.wake();
        };
        match (&self.executor, lane) {
            (Executor::Threads { screen, .. }, Lane::Screen) => screen.spawn(run),
            (Executor::Threads { loading, .. }, Lane::Loading) => loading.spawn(run),
            (Executor::Inline, _) => run(),
        }
    }

    /// Cancels the job in a slot; its result will be dropped.
    pub fn cancel(&mut self, slot: &S) {
        if let Some(old) = self.running.remove(slot) {
            old.context.cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Asks the job in a slot to stop but still takes its result, which holds what was done so far.
    pub fn stop_early(&mut self, slot: &S) {
        if let Some(job) = self.running.get(slot) {
            job.context.cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Whether a job runs in a slot.
    #[must_use]
    pub fn is_running(&self, slot: &S) -> bool {
        self.running.contains_key(slot)
    }

    /// The results that have come in, without stale ones.
    pub fn finished(&mut self) -> Vec<(S, T)> {
        let mut done = Vec::new();
        while let Ok((slot, generation, result)) = self.inbox.try_recv() {
            if self.running.get(&slot).is_some_and(|job| job.generation == generation) {
                let job = self.running.remove(&slot);
                match (result, job) {
                    (Some(result), _) => done.push((slot, result)),
                    (None, Some(job)) => self.faults.push(job.label),
                    (None, None) => {}
                }
            }
        }
        done
    }

    /// What stopped because of a fault of the program since last time, in words. Taken in by
    /// [`Jobs::finished`].
    pub fn faults(&mut self) -> Vec<String> {
        std::mem::take(&mut self.faults)
    }

    /// The running jobs.
    #[must_use]
    pub fn running(&self) -> Vec<JobView<S>> {
        self.running
            .iter()
            .map(|(slot, job)| JobView {
                slot: slot.clone(),
                label: job.label.clone(),
                done: job.context.progress.done.load(Ordering::Relaxed),
                total: job.context.progress.total.load(Ordering::Relaxed),
                age: job.context.progress.begun.elapsed(),
            })
            .collect()
    }

    /// Whether anything runs.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.running.is_empty()
    }
}

impl<S, T> Drop for Jobs<S, T> {
    fn drop(&mut self) {
        for job in self.running.values() {
            job.context.cancelled.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    fn quiet() -> Wake {
        Arc::new(|| {})
    }

    #[test]
    fn inline_jobs_are_finished_at_once() {
        let mut jobs = Jobs::new(Executor::Inline, quiet());
        jobs.start("find", "Reading headers", Lane::Loading, |_| 7);
        assert_eq!(jobs.finished(), [("find", 7)]);
        assert!(!jobs.is_busy());
    }

    #[test]
    fn the_latest_job_in_a_slot_wins_and_the_stale_result_is_dropped() {
        let mut jobs = Jobs::new(Executor::threads(), quiet());
        let (go, wait) = channel::<()>();
        jobs.start("load", "first", Lane::Loading, move |context| {
            wait.recv_timeout(Duration::from_secs(20)).ok();
            assert!(context.cancelled());
            1
        });
        jobs.start("load", "second", Lane::Screen, |_| 2);
        go.send(()).unwrap();
        let end = std::time::Instant::now() + Duration::from_secs(20);
        let mut results = Vec::new();
        while results.is_empty() && std::time::Instant::now() < end {
            results.extend(jobs.finished());
            std::thread::yield_now();
        }
        assert_eq!(results, [("load", 2)]);
    }

    #[test]
    fn a_fault_costs_its_job_and_is_told() {
        for executor in [Executor::Inline, Executor::threads()] {
            let mut jobs = Jobs::new(executor, quiet());
            jobs.start("load", "Reading pixels", Lane::Loading, |_| -> u32 { panic!("a fault for the test") });
            let end = std::time::Instant::now() + Duration::from_secs(20);
            while jobs.is_busy() && std::time::Instant::now() < end {
                assert!(jobs.finished().is_empty());
                std::thread::yield_now();
            }
            assert_eq!(jobs.faults(), ["Reading pixels"]);
            assert!(jobs.faults().is_empty());
            // The pool still works.
            jobs.start("load", "again", Lane::Loading, |_| 3);
            let mut results = Vec::new();
            while results.is_empty() && std::time::Instant::now() < end {
                results.extend(jobs.finished());
                std::thread::yield_now();
            }
            assert_eq!(results, [("load", 3)]);
        }
    }

    #[test]
    fn a_job_that_is_stopped_early_still_gives_its_result() {
        let mut jobs = Jobs::new(Executor::Inline, quiet());
        jobs.start("find", "Reading headers", Lane::Loading, |context| {
            context.report(3, 10);
            context.cancelled()
        });
        jobs.stop_early(&"find");
        assert_eq!(jobs.running()[0].done, 3);
        assert_eq!(jobs.finished(), [("find", false)]);
    }
}
