//! Undo and redo: a tree of documents. Redo follows the branch that was left last.

use crate::session::action::{Action, RecordedAction};
use crate::session::document::Document;
use crate::session::document::ids::RunId;
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
        for run in &runs {
            *self.references.entry(*run).or_default() += 1;
        }
        self.newest += 1;
        if let Some(parent) = before.and_then(|before| self.entries.get_mut(&before)) {
            parent.after = Some(self.newest);
        }
        let document = Arc::new(document.clone());
        self.entries.insert(
            self.newest,
            HistoryEntry { document, action, gesture, before, after: None, bytes, runs },
        );
        (self.present, self.bytes) = (self.newest, self.bytes + bytes);
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

    /// True if undo takes back an action of this kind.
    pub fn undoes(&self, kind: &Action) -> bool {
        let present = self.entries.get(&self.present).and_then(|entry| entry.action.as_ref());
        present.map(|known| discriminant(&known.action)) == Some(discriminant(kind))
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
        RecordedAction { given: 0, action: Action::SetSearch(with_steps(steps).search.config) }
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
