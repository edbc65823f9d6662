//! How far a run has come, so that it can go on from there: which turns are done, and what was found in them.

use super::summary::Summary;

/// How far a run has come.
///
/// A case depends on the seed and on its number alone, so a run that goes on from any standing ends as one that was never
/// interrupted. The n-th turn of a shard K of N is the case K + n N, if each program
/// has one point.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Standing {
    /// The turns that are done, as ranges from the first to one behind the last, sorted, with gaps between them.
    pub done: Vec<(u64, u64)>,
    /// What was found in them.
    pub summary: Summary,
}

impl Standing {
    /// Adds turns and what was found in them.
    pub(super) fn add(&mut self, turns: &[(u64, u64)], part: Summary) {
        self.done.extend(turns);
        self.done.sort_unstable();
        let mut joined: Vec<(u64, u64)> = Vec::new();
        for &(from, to) in &self.done {
            match joined.last_mut() {
                Some(last) if last.1 >= from => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        self.done = joined;
        self.summary.merge(part);
    }

    /// The ranges of turns below `planned` that are left.
    pub(super) fn left(&self, planned: u64) -> Vec<(u64, u64)> {
        let mut left = Vec::new();
        let mut next = 0;
        for &(from, to) in &self.done {
            if next < from {
                left.push((next, from));
            }
            next = to;
        }
        if next < planned {
            left.push((next, planned));
        }
        left
    }

    /// What is wrong with it as a standing of a run of `planned` turns.
    pub(super) fn fault(&self, planned: u64) -> Option<String> {
        let mut next = 0;
        for &(from, to) in &self.done {
            if from < next || to <= from {
                return Some(format!("the turns {from} to {to} are out of order"));
            }
            next = to;
        }
        let turns = self.done.iter().map(|(from, to)| to - from).sum::<u64>();
        if turns != self.summary.cases {
            let cases = self.summary.cases;
            return Some(format!(
                "{turns} turns are done, but {cases} cases were judged"
            ));
        }
        let seconds = self.summary.seconds;
        if !(0.0..1e12).contains(&seconds) {
            return Some(format!("it cannot have taken {seconds} seconds"));
        }
        (next > planned).then(|| {
            format!("the run has gone on to the {next}-th case of its part, but there should be {planned} only")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cases: u64) -> Summary {
        Summary {
            secant: "0".into(),
            cases,
            ..Summary::default()
        }
    }

    #[test]
    fn turns_join_and_leave_gaps() {
        let mut standing = Standing::default();
        assert_eq!(standing.left(5), [(0, 5)]);
        standing.add(&[(4, 8), (10, 12)], of(6));
        standing.add(&[(8, 9), (0, 1)], of(2));
        assert_eq!(standing.done, [(0, 1), (4, 9), (10, 12)]);
        assert_eq!(standing.left(20), [(1, 4), (9, 10), (12, 20)]);
        assert_eq!(standing.left(12), [(1, 4), (9, 10)]);
        assert_eq!(standing.fault(12), None);
        standing.add(&[(1, 4), (9, 10)], of(4));
        assert_eq!(standing.done, [(0, 12)]);
        assert_eq!(standing.left(12), []);
    }

    #[test]
    fn what_contradicts_itself_is_told() {
        let fault = |done: &[(u64, u64)], cases, planned| {
            let done = done.to_vec();
            let summary = of(cases);
            Standing { done, summary }
                .fault(planned)
                .unwrap_or_default()
        };
        assert_eq!(fault(&[(0, 3), (5, 6)], 4, 6), "");
        assert!(fault(&[(0, 3), (2, 6)], 7, 6).contains("out of order"));
        assert!(fault(&[(3, 3)], 0, 6).contains("out of order"));
        assert!(fault(&[(0, 3)], 4, 6).contains("4 cases"));
        assert!(fault(&[(0, 3)], 3, 2).contains("should be 2 only"));
    }
}
