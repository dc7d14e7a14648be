//! The cheapest division of a graph between two ends: minimum cut by augmenting paths.
//!
//! Two search trees, kept from path to path (Boykov, Kolmogorov 2004, IEEE PAMI 26:1124). The order of nodes and arcs
//! alone decides among equal cuts, so the same graph gives the same answer.

const NONE: u32 = u32::MAX;
/// A capacity that no cut can afford, and small enough that sums with it keep their last digits.
pub(super) const FIRM: f32 = 1e5;
const LEAST: f32 = 1e-6;

/// A graph with capacities from the first end (inside) to each node and from each node to the second end (outside).
pub(super) struct Graph {
    /// Above zero: capacity from the first end; below: to the second.
    ends: Vec<f32>,
    first: Vec<u32>,
    arcs: Vec<Arc>,
}

struct Arc {
    to: u32,
    next: u32,
    left: f32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tree {
    Free,
    Inside,
    Outside,
}

const ROOT: u32 = u32::MAX - 1;

impl Graph {
    pub fn new(nodes: usize, arcs: usize) -> Self {
        Self { ends: vec![0.0; nodes], first: vec![NONE; nodes], arcs: Vec::with_capacity(arcs * 2) }
    }

    /// A preference of a node: above zero for inside, below for outside.
    pub fn prefer(&mut self, node: usize, by: f32) {
        self.ends[node] += by;
    }

    /// What it costs to have `a` inside and `b` outside (`forth`), and the other way round (`back`).
    pub fn link(&mut self, a: usize, b: usize, forth: f32, back: f32) {
        let n = self.arcs.len() as u32;
        self.arcs.push(Arc { to: b as u32, next: self.first[a], left: forth });
        self.arcs.push(Arc { to: a as u32, next: self.first[b], left: back });
        self.first[a] = n;
        self.first[b] = n + 1;
    }

    /// Which nodes lie inside in a cheapest cut: the smallest such set.
    pub fn cut(mut self) -> Vec<bool> {
        let mut search = Search::new(&self.ends);
        while let Some(bridge) = search.grow(&self) {
            search.augment(&mut self, bridge);
            search.adopt(&self);
        }
        search.tree.iter().map(|tree| *tree == Tree::Inside).collect()
    }
}

struct Search {
    tree: Vec<Tree>,
    /// The arc from a node to its parent, `ROOT` at an end, `NONE` without.
    parent: Vec<u32>,
    stamp: Vec<u32>,
    far: Vec<u32>,
    time: u32,
    active: std::collections::VecDeque<u32>,
    waiting: Vec<bool>,
    orphans: std::collections::VecDeque<u32>,
    /// The node that is being grown, and its next arc.
    at: Option<u32>,
}

impl Search {
    fn new(ends: &[f32]) -> Self {
        let n = ends.len();
        let mut search = Self {
            tree: vec![Tree::Free; n],
            parent: vec![NONE; n],
            stamp: vec![0; n],
            far: vec![0; n],
            time: 0,
            active: std::collections::VecDeque::with_capacity(n),
            waiting: vec![false; n],
            orphans: std::collections::VecDeque::new(),
            at: None,
        };
        for (node, end) in ends.iter().enumerate() {
            if end.abs() > LEAST {
                search.tree[node] = if *end > 0.0 { Tree::Inside } else { Tree::Outside };
                search.parent[node] = ROOT;
                search.far[node] = 1;
                search.wake(node as u32);
            }
        }
        search
    }

    fn wake(&mut self, node: u32) {
        if !self.waiting[node as usize] {
            self.waiting[node as usize] = true;
            self.active.push_back(node);
        }
    }

    /// What can still flow along an arc in the direction from the inside tree to the outside tree.
    fn room(graph: &Graph, tree: Tree, arc: u32) -> f32 {
        let arc = if tree == Tree::Inside { arc } else { arc ^ 1 };
        graph.arcs[arc as usize].left
    }

    /// Grows both trees until they meet; the arc from the inside tree to the outside tree.
    fn grow(&mut self, graph: &Graph) -> Option<u32> {
        loop {
            let node = match self.at.take() {
                Some(node) => node,
                None => {
                    let node = self.active.pop_front()?;
                    self.waiting[node as usize] = false;
                    node
                }
            };
            let n = node as usize;
            let tree = self.tree[n];
            if tree == Tree::Free {
                continue;
            }
            let mut arc = graph.first[n];
            while arc != NONE {
                let next = &graph.arcs[arc as usize];
                if Self::room(graph, tree, arc) > LEAST {
                    let other = next.to as usize;
                    if self.tree[other] == Tree::Free {
                        self.tree[other] = tree;
                        self.parent[other] = arc ^ 1;
                        self.stamp[other] = self.stamp[n];
                        self.far[other] = self.far[n] + 1;
                        self.wake(next.to);
                    } else if self.tree[other] != tree {
                        self.at = Some(node);
                        return Some(if tree == Tree::Inside { arc } else { arc ^ 1 });
                    } else if self.stamp[other] <= self.stamp[n] && self.far[other] > self.far[n] {
                        self.parent[other] = arc ^ 1;
                        self.stamp[other] = self.stamp[n];
                        self.far[other] = self.far[n] + 1;
                    }
                }
                arc = next.next;
            }
        }
    }

    /// Sends as much as fits along the path that a bridge closes.
    fn augment(&mut self, graph: &mut Graph, bridge: u32) {
        self.time += 1;
        let (from, to) = (graph.arcs[(bridge ^ 1) as usize].to as usize, graph.arcs[bridge as usize].to as usize);
        let mut most = graph.arcs[bridge as usize].left;
        for (start, inside) in [(from, true), (to, false)] {
            let mut n = start;
            while self.parent[n] != ROOT {
                let up = self.parent[n];
                let arc = if inside { up ^ 1 } else { up };
                most = most.min(graph.arcs[arc as usize].left);
                n = graph.arcs[up as usize].to as usize;
            }
            most = most.min(graph.ends[n].abs());
        }
        graph.arcs[bridge as usize].left -= most;
        graph.arcs[(bridge ^ 1) as usize].left += most;
        for (start, inside) in [(from, true), (to, false)] {
            let mut n = start;
            while self.parent[n] != ROOT {
                let up = self.parent[n];
                let arc = if inside { up ^ 1 } else { up };
                graph.arcs[arc as usize].left -= most;
                graph.arcs[(arc ^ 1) as usize].left += most;
                let next = graph.arcs[up as usize].to as usize;
                if graph.arcs[arc as usize].left <= LEAST {
                    self.parent[n] = NONE;
                    self.orphans.push_front(n as u32);
                }
                n = next;
            }
            graph.ends[n] += if inside { -most } else { most };
            if graph.ends[n].abs() <= LEAST {
                graph.ends[n] = 0.0;
                self.parent[n] = NONE;
                self.orphans.push_front(n as u32);
            }
        }
    }

    /// Finds each orphan a new parent, or sets it free.
    fn adopt(&mut self, graph: &Graph) {
        while let Some(orphan) = self.orphans.pop_front() {
            let n = orphan as usize;
            let tree = self.tree[n];
            let (mut best, mut least) = (NONE, u32::MAX);
            let mut arc = graph.first[n];
            while arc != NONE {
                let next = &graph.arcs[arc as usize];
                // The arc from the new parent to the orphan, seen from the orphan: its sister.
                if Self::room(graph, tree, arc ^ 1) > LEAST
                    && self.tree[next.to as usize] == tree
                    && let Some(far) = self.distance(graph, next.to)
                    && far < least
                {
                    (best, least) = (arc, far);
                }
                arc = next.next;
            }
            if best != NONE {
                self.parent[n] = best;
                self.stamp[n] = self.time;
                self.far[n] = least + 1;
                continue;
            }
            self.stamp[n] = 0;
            self.tree[n] = Tree::Free;
            let mut arc = graph.first[n];
            while arc != NONE {
                let next = &graph.arcs[arc as usize];
                let other = next.to as usize;
                if self.tree[other] == tree {
                    if Self::room(graph, tree, arc ^ 1) > LEAST {
                        self.wake(next.to);
                    }
                    let up = self.parent[other];
                    if up != NONE && up != ROOT && graph.arcs[up as usize].to as usize == n {
                        self.parent[other] = NONE;
                        self.orphans.push_back(next.to);
                    }
                }
                arc = next.next;
            }
        }
    }

    /// How far a node is from its end, when it still hangs on one; the way is stamped for the next question.
    fn distance(&mut self, graph: &Graph, start: u32) -> Option<u32> {
        let mut n = start as usize;
        let mut steps = 0;
        let base = loop {
            if self.stamp[n] == self.time {
                break self.far[n];
            }
            let up = self.parent[n];
            if up == ROOT {
                self.stamp[n] = self.time;
                self.far[n] = 1;
                break 1;
            }
            if up == NONE {
                return None;
            }
            steps += 1;
            n = graph.arcs[up as usize].to as usize;
        };
        let total = base + steps;
        let (mut n, mut far) = (start as usize, total);
        while self.stamp[n] != self.time {
            self.stamp[n] = self.time;
            self.far[n] = far;
            far -= 1;
            n = graph.arcs[self.parent[n] as usize].to as usize;
        }
        Some(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a division costs.
    fn cost(ends: &[f32], links: &[(usize, usize, f32, f32)], inside: &[bool]) -> f32 {
        let alone: f32 = ends.iter().zip(inside).map(|(e, i)| if (*e > 0.0) == *i { 0.0 } else { e.abs() }).sum();
        let apart = links.iter().map(|(a, b, forth, back)| match (inside[*a], inside[*b]) {
            (true, false) => *forth,
            (false, true) => *back,
            _ => 0.0,
        });
        alone + apart.sum::<f32>()
    }

    #[test]
    fn a_weak_link_is_cut() {
        let mut graph = Graph::new(3, 2);
        graph.prefer(0, 5.0);
        graph.prefer(2, -5.0);
        graph.link(0, 1, 3.0, 3.0);
        graph.link(1, 2, 1.0, 1.0);
        assert_eq!(graph.cut(), [true, true, false]);
    }

    proptest! {
        #[test]
        fn no_other_division_is_cheaper(
            ends in prop::collection::vec(-9..9i32, 9),
            links in prop::collection::vec((0..9usize, 0..9usize, 0..8u32, 0..8u32), 0..26),
        ) {
            let ends: Vec<f32> = ends.into_iter().map(|e| e as f32).collect();
            let links: Vec<_> =
                links.into_iter().filter(|l| l.0 != l.1).map(|(a, b, f, g)| (a, b, f as f32, g as f32)).collect();
            let mut graph = Graph::new(9, links.len());
            ends.iter().enumerate().for_each(|(n, e)| graph.prefer(n, *e));
            links.iter().for_each(|(a, b, f, g)| graph.link(*a, *b, *f, *g));
            let found = cost(&ends, &links, &graph.cut());
            let best = (0..512u32)
                .map(|bits| cost(&ends, &links, &(0..9).map(|n| bits >> n & 1 == 1).collect::<Vec<_>>()))
                .fold(f32::INFINITY, f32::min);
            prop_assert!((found - best).abs() < 1e-3, "{found} {best}");
        }
    }
}
