//! Undo and redo: a tree of documents. Redo follows the branch that was left last.

use crate::session::action::{Acknowledged, Action, RecordedAction};
use crate::session::document::Document;
use crate::session::document::ids::{ModelId, RunId};
use crate::text::Text;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;
use std::sync::Arc;

/// The most memory of all documents together, approximately, in bytes.
const MAX_BYTES: usize = 48 << 20;

/// A document of the past, or of a future that was left.
#[derive(Debug)]
struct HistoryEntry {
    document: Arc<Document>,
    /// The action that led to it; none for the first document.
    action: Option<RecordedAction>,
    /// The gesture that the action is a part of, if it is one.
    gesture: Option<u64>,
    before: Option<u64>,
    /// The document that followed it last.
    after: Option<u64>,
    bytes: usize,
    runs: BTreeSet<RunId>,
}

/// The documents so far.
#[derive(Debug)]
pub struct History {
    entries: BTreeMap<u64, HistoryEntry>,
    present: u64,
    newest: u64,
    bytes: usize,
    /// For each result, the number of documents that refer to it.
    references: BTreeMap<RunId, usize>,
}

impl History {
    /// Begins with a document.
    pub fn new(document: &Document) -> Self {
        let mut history = Self {
            entries: BTreeMap::new(),
            present: 0,
            newest: 0,
            bytes: 0,
            references: BTreeMap::new(),
        };
        history.insert(document, None, None, None);
        history
    }

    fn insert(
        &mut self,
        document: &Document,
        action: Option<RecordedAction>,
        gesture: Option<u64>,
        before: Option<u64>,
    ) {
        let parent = before.and_then(|before| self.entries.get(&before));
        let bytes = document.bytes_beside(parent.map(|entry| &*entry.document));
        let runs = document.runs();
        self.newest += 1;
        if let Some(parent) = before.and_then(|before| self.entries.get_mut(&before)) {
            parent.after = Some(self.newest);
        }
        let document = Arc::new(document.clone());
        let entry = HistoryEntry { document, action, gesture, before, after: None, bytes, runs };
        self.enter(self.newest, entry);
        self.present = self.newest;
    }

    fn enter(&mut self, id: u64, entry: HistoryEntry) {
        for run in &entry.runs {
            *self.references.entry(*run).or_default() += 1;
        }
        self.bytes += entry.bytes;
        self.entries.insert(id, entry);
    }

    fn remove(&mut self, id: u64) -> Option<HistoryEntry> {
        let entry = self.entries.remove(&id)?;
        self.bytes -= entry.bytes;
        for run in &entry.runs {
            if let Some(count) = self.references.get_mut(run) {
                *count -= 1;
                if *count == 0 {
                    self.references.remove(run);
                }
            }
        }
        Some(entry)
    }

    /// Records the document after an action. Actions of one kind in one gesture, such as a drag, are one entry.
    /// Returns true if old entries had to go.
    pub fn record(
        &mut self,
        document: &Document,
        recorded: &RecordedAction,
        gesture: Option<u64>,
    ) -> bool {
        let present = self.entries.get(&self.present);
        if present.is_some_and(|present| *present.document == *document) {
            return false;
        }
        let goes_on = |present: &&HistoryEntry| {
            let known = present.action.as_ref().map(|known| discriminant(&known.action));
            let same = gesture.is_some() && present.gesture == gesture;
            same && known == Some(discriminant(&recorded.action)) && present.after.is_none()
        };
        let before = match present.filter(goes_on) {
            Some(present) => {
                let before = present.before;
                self.remove(self.present);
                // A gesture that returns to its beginning has changed nothing.
                let start = before.and_then(|before| self.entries.get_mut(&before));
                if let Some(start) = start.filter(|start| *start.document == *document) {
                    start.after = None;
                    self.present = before.unwrap_or(self.present);
                    return false;
                }
                before
            }
            None => Some(self.present),
        };
        self.insert(document, Some(recorded.clone()), gesture, before);
        self.trim(MAX_BYTES)
    }

    /// The entry whose action asked for a result; none if it was forgotten.
    fn origin_of(&self, run: RunId) -> Option<u64> {
        // Later actions were carried out when that identity had been given.
        let asks = |(_, entry): &(&u64, &HistoryEntry)| {
            let given = entry.action.as_ref().map(|recorded| recorded.given);
            given.is_some_and(|given| given < run.0) && entry.runs.contains(&run)
        };
        self.entries.iter().find(asks).map(|(id, _)| *id)
    }

    /// Adds the acknowledgement of a job to the action that began it.
    pub fn acknowledge(&mut self, run: RunId, acknowledged: Acknowledged) {
        let origin = self.origin_of(run).and_then(|id| self.entries.get_mut(&id));
        if let Some(action) = origin.and_then(|entry| entry.action.as_mut()) {
            action.acknowledged = Some(acknowledged);
        }
    }

    /// The acknowledgement of the job of a result.
    pub fn acknowledged(&self, run: RunId) -> Option<Acknowledged> {
        self.entries.get(&self.origin_of(run)?)?.action.as_ref()?.acknowledged
    }

    /// Forgets the entry that asked for a result of which nothing came, and takes the result out of the documents after it.
    /// Returns the present document; none if nothing was forgotten, since a later decision rests on the result.
    pub fn retract(&mut self, run: RunId) -> Option<Arc<Document>> {
        let origin = self.origin_of(run)?;
        let entry = self.entries.get(&origin)?;
        let before = self.entries.get(&entry.before?)?.document.clone();
        let is_new = |id: &&ModelId| !before.models.contains_key(id);
        let new: Vec<ModelId> = entry.document.models.keys().filter(is_new).copied().collect();
        let (with, others): (Vec<_>, Vec<_>) =
            self.entries.iter().partition(|(_, entry)| entry.runs.contains(&run));
        // A new model that was trained again has another result by now.
        let has_new =
            |entry: &HistoryEntry| new.iter().any(|id| entry.document.models.contains_key(id));
        if others.iter().any(|(_, entry)| has_new(entry)) {
            return None;
        }
        let without =
            |(id, entry): (&u64, &HistoryEntry)| Some((*id, entry.document.without(run, &before)?));
        let changed: Vec<(u64, Document)> = with.into_iter().map(without).collect::<Option<_>>()?;
        for (id, document) in changed {
            self.replace(id, document);
        }
        self.leave_out(origin);
        // An action that did nothing else is no step of its own any more.
        while let Some(idle) = self.idle() {
            self.leave_out(idle);
        }
        self.entries.get(&self.present).map(|entry| entry.document.clone())
    }

    /// An entry whose document is that of the entry before.
    fn idle(&self) -> Option<u64> {
        let is_idle = |(_, entry): &(&u64, &HistoryEntry)| {
            let before = entry.before.and_then(|before| self.entries.get(&before));
            before.is_some_and(|before| *before.document == *entry.document)
        };
        self.entries.iter().find(is_idle).map(|(id, _)| *id)
    }

    /// Gives an entry another document.
    fn replace(&mut self, id: u64, document: Document) {
        let Some(mut entry) = self.remove(id) else { return };
        entry.runs = document.runs();
        entry.document = Arc::new(document);
        self.enter(id, entry);
    }

    /// Removes an entry; those after it follow the one before it.
    fn leave_out(&mut self, id: u64) {
        let Some(HistoryEntry { before, after, .. }) = self.remove(id) else { return };
        for entry in self.entries.values_mut().filter(|entry| entry.before == Some(id)) {
            entry.before = before;
        }
        if let Some(before) = before.and_then(|before| self.entries.get_mut(&before))
            && before.after == Some(id)
        {
            before.after = after;
        }
        if let Some(before) = before.filter(|_| self.present == id) {
            self.present = before;
        }
    }

    /// Forgets the branches that neither undo nor redo leads to; returns true if there were any.
    pub fn forget_branches(&mut self) -> bool {
        let after = |id: &u64| self.entries.get(id).and_then(|entry| entry.after);
        let ahead = std::iter::successors(Some(self.present), after);
        let reachable: BTreeSet<u64> = self.path().into_iter().chain(ahead).collect();
        let others = self.entries.keys().filter(|id| !reachable.contains(id));
        let others: Vec<u64> = others.copied().collect();
        others.iter().for_each(|id| drop(self.remove(*id)));
        !others.is_empty()
    }

    /// Removes the oldest entries until all take at most `most` bytes; the present one stays.
    fn trim(&mut self, most: usize) -> bool {
        let mut trimmed = false;
        while self.bytes > most {
            let path = self.path();
            // The second entry of the path to the present document becomes the first; other branches of the first go with it.
            let [first, second, ..] = path.as_slice() else { break };
            self.remove(*first);
            if let Some(entry) = self.entries.get_mut(second) {
                entry.before = None;
            }
            self.remove_orphans();
            trimmed = true;
        }
        trimmed
    }

    fn remove_orphans(&mut self) {
        loop {
            let is_orphan = |entry: &HistoryEntry| {
                entry.before.is_some_and(|before| !self.entries.contains_key(&before))
            };
            let orphans = self.entries.iter().filter(|(_, entry)| is_orphan(entry));
            let orphans: Vec<u64> = orphans.map(|(id, _)| *id).collect();
            if orphans.is_empty() {
                return;
            }
            orphans.into_iter().for_each(|id| drop(self.remove(id)));
        }
    }

    /// The entries from the first to the present one.
    fn path(&self) -> Vec<u64> {
        let before = |id: &u64| self.entries.get(id).and_then(|entry| entry.before);
        let mut path: Vec<u64> = std::iter::successors(Some(self.present), before).collect();
        path.reverse();
        path
    }

    /// Goes back by one document, and returns it; none at the first one.
    pub fn undo(&mut self) -> Option<Arc<Document>> {
        let before = self.entries.get(&self.present)?.before?;
        // Redo leads back to the branch that is left here.
        self.entries.get_mut(&before)?.after = Some(self.present);
        self.go(before)
    }

    /// Goes to the document that was left last, and returns it; none if there is none.
    pub fn redo(&mut self) -> Option<Arc<Document>> {
        let after = self.entries.get(&self.present)?.after?;
        self.go(after)
    }

    fn go(&mut self, id: u64) -> Option<Arc<Document>> {
        let document = self.entries.get(&id)?.document.clone();
        self.present = id;
        Some(document)
    }

    /// The action that undo takes back.
    pub fn undoable(&self) -> Option<Text> {
        let present = self.entries.get(&self.present)?;
        present.before?;
        present.action.as_ref().map(|recorded| recorded.action.label())
    }

    /// The actions that led from the first document to the present one, in order.
    pub fn actions(&self) -> Vec<RecordedAction> {
        let entries = self.path().into_iter().filter_map(|id| self.entries.get(&id));
        entries.filter_map(|entry| entry.action.clone()).collect()
    }

    /// The action that led to the present document.
    pub fn last(&self) -> Option<&Action> {
        self.entries.get(&self.present)?.action.as_ref().map(|recorded| &recorded.action)
    }

    /// The action that redo carries out again.
    pub fn redoable(&self) -> Option<Text> {
        let after = self.entries.get(&self.present)?.after?;
        self.entries.get(&after)?.action.as_ref().map(|recorded| recorded.action.label())
    }

    /// True if a document refers to a result.
    pub fn refers_to(&self, run: RunId) -> bool {
        self.references.contains_key(&run)
    }

    /// The number of documents, and their approximate memory in bytes.
    pub fn size(&self) -> (usize, usize) {
        (self.entries.len(), self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::document::Document;

    fn with_steps(steps: usize) -> Document {
        let mut document = Document::default();
        document.search.config.steps = steps;
        document
    }

    fn act(steps: usize) -> RecordedAction {
        let action = Action::SetSearch(with_steps(steps).search.config);
        RecordedAction { given: 0, action, acknowledged: None }
    }

    fn steps(document: Option<Arc<Document>>) -> Option<usize> {
        document.map(|document| document.search.config.steps)
    }

    #[test]
    fn redo_follows_the_branch_that_was_left_last() {
        let mut history = History::new(&with_steps(1));
        assert_eq!((history.undo(), history.redo()), (None, None));
        for next in [2, 3] {
            history.record(&with_steps(next), &act(next), None);
        }
        assert_eq!(steps(history.undo()), Some(2));
        history.record(&with_steps(4), &act(4), None);
        assert_eq!(steps(history.redo()), None);
        assert_eq!(steps(history.undo()), Some(2));
        assert_eq!(steps(history.redo()), Some(4), "the branch of 3 was left before");
        assert_eq!(steps(history.undo()), Some(2));
        assert_eq!(steps(history.undo()), Some(1));
        assert!(history.undoable().is_none() && history.redoable().is_some());
        assert!(history.forget_branches() && history.size().0 == 3, "that of 3 is out of reach");
        assert!(!history.forget_branches());
        assert_eq!(steps(history.redo()), Some(2));
    }

    #[test]
    fn a_gesture_is_one_entry_and_nothing_is_none() {
        let mut history = History::new(&with_steps(1));
        history.record(&with_steps(1), &act(1), None);
        assert_eq!(history.size().0, 1);
        for next in 2..50 {
            history.record(&with_steps(next), &act(next), Some(1));
        }
        assert_eq!(history.size().0, 2);
        assert_eq!(steps(history.undo()), Some(1));
        assert_eq!(steps(history.redo()), Some(49));
        history.record(&with_steps(50), &act(50), Some(2));
        assert_eq!(steps(history.undo()), Some(49), "another gesture is another entry");
        history.record(&with_steps(60), &act(60), Some(3));
        history.record(&with_steps(49), &act(49), Some(3));
        assert_eq!(steps(history.undo()), Some(1), "a drag that returns is none");
    }

    #[test]
    fn the_oldest_entries_go_first_and_take_their_branches_with_them() {
        let mut history = History::new(&with_steps(1));
        history.record(&with_steps(2), &act(2), None);
        history.undo();
        for next in 3..20 {
            history.record(&with_steps(next), &act(next), None);
        }
        let (count, bytes) = history.size();
        assert_eq!(count, 19);
        assert!(history.trim(bytes / 2));
        let (left, bytes_left) = history.size();
        assert!(left < count && bytes_left <= bytes / 2);
        assert_eq!(history.path().len(), left, "no branch of what is gone is left");
        while history.undo().is_some() {}
        assert!(history.undoable().is_none());
        assert!(!history.trim(0), "what could be done again stays");
    }
}
