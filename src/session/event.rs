//! Messages from other threads to the session: progress and results of jobs, and pictures of the maps.

use crate::rediscover::RediscoveryReport;
use crate::session::document::ids::JobId;
use crate::session::jobs::explore::open::Opened;
use crate::session::jobs::explore::path::Made;
use crate::session::jobs::handle::NoNews;
use crate::session::jobs::keep::export::ExportedFile;
use crate::session::jobs::keep::save::Saved;
use crate::session::jobs::learn::heads::TrainedHeads;
use crate::session::jobs::learn::import::Brought;
use crate::session::jobs::learn::pca::PcaModel;
use crate::session::jobs::learn::snapshot::Snapshot;
use crate::session::jobs::learn::sweep::{SweepNews, SweepRest};
use crate::session::jobs::learn::training::{Trained, TrainingNews};
use crate::session::jobs::optimise::candidates::CandidatesFile;
use crate::session::jobs::optimise::race::{RaceNews, RaceResults};
use crate::session::jobs::optimise::search::SearchNews;
use crate::session::jobs::registry::{JobProgress, JobResult};
use crate::session::map::DrawnMap;
use crate::session::results::findings::Findings;
use crate::trust::ModelMetrics;
use std::sync::Arc;

/// A message in the inbox.
#[derive(Debug)]
pub enum Event {
    /// Progress of a job.
    Progress(JobId, JobProgress, Option<News>),
    /// The result of a job.
    Ended(JobId, End),
    /// The answer of a map's worker to the last request: a picture, or an error.
    Drawn(DrawnMap),
}

/// Defines [`News`] and [`End`], a variant for each kind of job, with the conversions from the jobs' own types.
macro_rules! messages {
    (news { $($news:ident($report:ty),)* } ends { $($end:ident($made:ty),)* }) => {
        /// The report of a job beside its progress.
        #[derive(Debug)]
        #[allow(missing_docs, reason = "the types say it")]
        pub enum News { $($news($report),)* }

        $(impl From<$report> for News {
            fn from(report: $report) -> Self {
                Self::$news(report)
            }
        }

        impl TryFrom<News> for $report {
            type Error = ();

            fn try_from(news: News) -> Result<Self, ()> {
                if let News::$news(report) = news { Ok(report) } else { Err(()) }
            }
        })*

        /// The result of a job of each kind.
        #[derive(Debug)]
        #[allow(missing_docs, reason = "the types say it")]
        pub enum End { $($end(JobResult<$made>),)* }

        $(impl From<JobResult<$made>> for End {
            fn from(result: JobResult<$made>) -> Self {
                Self::$end(result)
            }
        })*
    };
}

messages! {
    news {
        Training(TrainingNews),
        Search(SearchNews),
        Race(RaceNews),
        Sweep(SweepNews),
    }
    ends {
        Open(Opened),
        Save(Saved),
        Import(Brought),
        Training(Trained),
        Snapshot(Snapshot),
        Metrics(Arc<ModelMetrics>),
        Heads(TrainedHeads),
        Sweep(SweepRest),
        Pca(PcaModel),
        Path(Made),
        Search(Arc<Findings>),
        Race(Arc<RaceResults>),
        Rediscovery(Arc<RediscoveryReport>),
        Export(ExportedFile),
        Candidates(CandidatesFile),
    }
}

impl From<NoNews> for News {
    fn from(none: NoNews) -> Self {
        match none {}
    }
}

impl TryFrom<News> for NoNews {
    type Error = ();

    fn try_from(_: News) -> Result<Self, ()> {
        Err(())
    }
}
