//! Undo and redo, whatever was done.

use super::*;
use driver::PathPlan;
use latent_explorer::optimise::Contender;

/// Numbers that look random, the same at each run (Marsaglia 2003, xorshift).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }

    fn number(&mut self) -> f64 {
        self.roll(4001) as f64 / 1000.0 - 2.0
    }

    /// Does one thing that can be done now.
    pub(super) fn act(&mut self, session: &Program) -> Act {
        let see = session.see();
        let at = [self.number(), self.number()];
        let models = see.model_refs();
        let model = models[self.roll(models.len())];
        match self.roll(48) {
            0 => Act::Undo,
            1 | 2 => Act::Redo,
            3 => Act::OpenBundled(self.roll(2)),
            4 => Act::ShowModel(model),
            5 if models.len() > 3 => Act::CloseModel(model),
            6 => Act::ColourBy(Domain::default().quantities()[self.roll(4)]),
            7 | 8 => Act::Pin(at),
            9 | 10 => Act::Unpin(self.roll(4)),
            11 => Act::Select(at),
            12 => Act::PlanPath(PathPlan { turns: 1.0 + self.roll(3) as f64, ..see.path_plan() }),
            13 => Act::PlayPath,
            14 => Act::PathTo(at),
            15 => Act::EndPath,
            16 => Act::DrawSamples,
            17 => Act::SetRecipe(GeneratorConfig {
                samples: 90,
                points: 32,
                seed: self.roll(9) as u64,
                ..GeneratorConfig::default()
            }),
            18 => Act::SetTraining(TrainingConfig { seed: self.roll(9) as u64, ..config(1) }),
            19 if self.roll(20) == 0 => Act::Train,
            20 if self.roll(20) == 0 => Act::ResetTraining,
            21 if self.roll(20) == 0 => Act::ResumeTraining,
            22 if self.roll(20) == 0 => Act::Branch,
            23 => Act::PauseTraining(self.roll(2) == 0),
            24 => Act::SetSearch(restarts(2 + self.roll(3), 3 + self.roll(3))),
            25 => Act::SetStarts(Starts {
                origin: [StartOrigin::Stated, StartOrigin::Point][self.roll(2)],
                spread: 0.3,
            }),
            26 if self.roll(5) == 0 => Act::Search,
            27 if self.roll(5) == 0 => Act::SearchFrom(at),
            28 => Act::ClearSearch,
            29 => Act::ToggleContender(Contender::from_method(Method::Random)),
            30 if self.roll(20) == 0 => Act::Race,
            31 => Act::ClearRace,
            32 => Act::StepThrough(StepThrough::Begin),
            33 => Act::StepThrough(StepThrough::Steps(1)),
            34 => Act::StepThrough(StepThrough::End),
            35 if self.roll(20) == 0 => Act::Sweep(vec![0.1, 1.0]),
            36 => Act::OpenSwept { index: self.roll(2), beside: self.roll(2) == 0 },
            37 => Act::ToggleComparison,
            38 => Act::Turn([Page::Explore, Page::Train, Page::Optimise][self.roll(3)]),
            39 => Act::Cancel,
            40 => Act::Stop([JobKind::Training, JobKind::Search, JobKind::Sweep][self.roll(3)]),
            41 => Act::LearnFromOwn(self.roll(2) == 0),
            42 => Act::ClearDrawn,
            43 if self.roll(20) == 0 => {
                Act::TrainHeads(vec![Domain::default().quantities()[self.roll(4)]])
            }
            44 if self.roll(20) == 0 => Act::TrainWithNewSeed,
            45 if self.roll(5) == 0 => Act::Open("no/such/model.safetensors".into()),
            46 => Act::Draw(freehand(at)),
            _ => Act::TogglePlay,
        }
    }
}

#[test]
fn ten_thousand_actions_are_taken_back_and_carried_out_again() {
    let mut session = session();
    let first = session.see().document();
    session.set_small(config(1));
    let mut dice = Dice(20_261_130);
    for count in 0..10_000 {
        let act = dice.act(&session);
        session.act(act);
        if count % 10 == 0 {
            session.take_in();
        }
    }
    session.wait("the end of all jobs", |see| see.jobs().is_empty());
    let last = session.see().document();
    let mut steps = 0;
    while session.see().undoable().is_some() {
        session.act(Act::Undo);
        steps += 1;
    }
    assert!(steps > 50, "{steps}");
    assert!(session.see().document() == first);
    for _ in 0..steps {
        session.act(Act::Redo);
    }
    assert!(session.see().document() == last);
    let (documents, bytes) = session.see().history_size();
    assert!(documents > steps && bytes < 50 << 20, "{documents} in {bytes} bytes");
}

/// A freehand line around a point.
fn freehand(at: [f64; 2]) -> Vec<[f64; 2]> {
    let point = |k: i32| {
        let (sine, cosine) = (f64::from(k) * std::f64::consts::TAU / 200.0).sin_cos();
        [at[0] + cosine, at[1] + 0.6 * sine + 0.1 * sine * cosine]
    };
    (0..200).map(point).collect()
}

#[test]
fn the_history_of_a_day_takes_less_than_fifty_megabytes() {
    let mut session = session();
    let (mut trainings, mut searches) = (0, 0);
    let mut dice = Dice(18);
    let full_size = |session: &Program| {
        let (documents, bytes) = session.see().history_size();
        (documents >= 2000, documents, bytes)
    };
    let mut count = 0;
    while !full_size(&session).0 {
        let at = [dice.number(), dice.number()];
        let see = session.see();
        let act = match count % 10 {
            0 if count % 60 == 0 && trainings < 20 => {
                session.set_small(TrainingConfig { seed: count, ..config(1) });
                session.act(Act::Train);
                until_trained(&mut session);
                trainings += 1;
                Act::Turn(Page::Optimise)
            }
            1 if count % 20 == 1 && searches < 50 => {
                search(&mut session, restarts(2, 3));
                until_searched(&mut session);
                searches += 1;
                Act::Turn(Page::Explore)
            }
            2 | 3 => Act::SetSearch(restarts(2 + dice.roll(40), 3 + dice.roll(500))),
            4 => Act::PlanPath(PathPlan { turns: 1.0 + dice.roll(9) as f64, ..see.path_plan() }),
            5 => Act::Draw(freehand(at)),
            6 => Act::DrawSamples,
            7 if see.pins().len() == 8 => Act::Unpin(dice.roll(8)),
            7 | 8 => Act::Pin(at),
            _ => Act::SetTraining(TrainingConfig { seed: count, ..config(1) }),
        };
        session.act(act);
        session.take_in();
        count += 1;
    }
    session.wait("the end of all jobs", |see| see.jobs().is_empty());
    let (_, documents, bytes) = full_size(&session);
    let results = session.see().result_bytes();
    println!("{documents} documents in {bytes} bytes; the results beside them: {results} bytes");
    assert_eq!((trainings, session.see().searches().len()), (20, 50));
    assert!(!hears(&session, "oldest steps"), "{:?}", sentences(&session));
    assert!(bytes < 50 << 20, "{documents} in {bytes} bytes");
}

#[test]
fn what_was_done_is_done_again_to_the_same_bytes() {
    let mut first = session();
    first.set_small(config(3));
    let id = trained(&mut first);
    // What was taken back has given identities that are not given again.
    first.act(Act::Pin([0.1, 0.2]));
    first.act(Act::DrawSamples);
    search(&mut first, restarts(2, 3));
    until_searched(&mut first);
    first.act(Act::Undo);
    first.act(Act::Turn(Page::Train));
    first.act(Act::Scrub(0.5));
    first.act(Act::SetTraining(TrainingConfig { beta: 2.0, ..config(3) }));
    first.wait("the snapshot", |see| !see.is_busy_with_files());
    first.act(Act::Branch);
    until_trained(&mut first);
    let branch = first.see().training().model().unwrap();
    first.act(Act::ShowModel(branch));
    search(&mut first, restarts(4, 20));
    until_searched(&mut first);
    first.act(Act::PathTo([0.3, 0.1]));
    first.act(Act::Sweep(vec![0.1, 1.0]));
    first.wait("the sweep", |see| see.jobs().is_empty());
    first.act(Act::OpenSwept { index: 1, beside: false });

    let recorded = first.recorded();
    let written = serde_json::to_string(&recorded).unwrap();
    let mut second = session();
    second.replay(serde_json::from_str(&written).unwrap());
    assert!(second.see().document() == first.see().document());
    for model in [id, branch, shown(&first).0] {
        assert!(bytes(&first, model) == bytes(&second, model), "{model:?}");
    }
    let values = |session: &Program| -> Vec<f64> {
        session.see().report().unwrap().restarts.iter().map(|r| r.restart.last().1).collect()
    };
    assert_eq!(values(&first), values(&second));
    assert_eq!(found(&first).report().restarts.len(), 4);
}

#[test]
fn work_goes_on_whatever_is_taken_back() {
    let mut session = session();
    search(&mut session, restarts(20, 1_000_000));
    session.wait("some steps", |see| see.search().is_some_and(|search| search.steps() > 3));
    session.act(Act::Undo);
    assert!(session.see().search().is_none(), "the reference is gone");
    assert_eq!(session.see().jobs(), [JobKind::Search], "the work is not");
    session.act(Act::Stop(JobKind::Search));
    session.wait("its end", |see| see.jobs().is_empty());
    session.act(Act::Redo);
    assert!(session.see().report().is_some(), "its result is there");
    // What is done next begins another branch; the one before it is not lost by undo.
    session.act(Act::Undo);
    search(&mut session, restarts(2, 3));
    until_searched(&mut session);
    assert_eq!(session.see().redoable(), None);
    assert_eq!(session.see().report().unwrap().restarts.len(), 2);
}

#[test]
fn a_lesson_leaves_what_was_there_before() {
    let mut session = session();
    search(&mut session, restarts(3, 5));
    until_searched(&mut session);
    let before = session.see().next_search();
    let searches = session.see().searches();
    session.act(Act::BeginLesson);
    for search in 1..=3 {
        session.act(Act::ContinueLesson);
        until_searched(&mut session);
        assert_eq!(session.see().searches().len(), 1 + search);
        assert_eq!(session.see().quantity(), Quantity::HEAT_SHEDDING);
    }
    session.act(Act::ContinueLesson);
    assert_eq!(session.see().next_search(), before);
    assert_eq!(session.see().searches(), searches, "map and paths are of one objective again");
    assert_eq!(session.see().report().unwrap().restarts.len(), 3);
    session.act(Act::Undo);
    assert_eq!(session.see().quantity(), Quantity::HEAT_SHEDDING, "back in the lesson");
    let last = session.see().search().unwrap().config();
    assert!(last.spec.inside > 0.0, "at its last search");
}

#[test]
fn a_training_that_was_taken_back_is_reset_to_a_new_one() {
    let mut session = session();
    train(&mut session, config(100_000));
    session.wait("the first picture", |see| see.models() == 2);
    session.act(Act::Undo);
    session.act(Act::SetTraining(config(3)));
    session.act(Act::ResetTraining);
    session.wait("the end of both", |see| see.jobs().is_empty());
    assert_eq!((session.see().models(), session.see().shown().epochs()), (2, 3));
    assert!(errors(&session).is_empty());
}

#[test]
fn several_searches_are_kept_and_chosen() {
    let mut session = session();
    for count in [2, 3, 4] {
        search(&mut session, restarts(count, 3));
        until_searched(&mut session);
    }
    let searches = session.see().searches();
    assert_eq!(searches.len(), 3);
    session.act(Act::ChooseSearch(searches[0]));
    assert_eq!(session.see().report().unwrap().restarts.len(), 2);
    session.act(Act::ClearSearch);
    assert_eq!(session.see().searches(), searches[1..]);
    assert_eq!(session.see().report().unwrap().restarts.len(), 4, "the newest one");
    // Each model shows the search that was looked at last in it.
    session.act(Act::ChooseSearch(searches[1]));
    let (first, _) = shown(&session);
    session.act(Act::OpenBundled(1));
    search(&mut session, restarts(5, 3));
    until_searched(&mut session);
    session.act(Act::ShowModel(first));
    assert_eq!(session.see().report().unwrap().restarts.len(), 3);
}
