//! The eager builder: computes at once, beside primal values that are already there, and records nothing.

use super::builder::{Builder, Id};
use super::{Op, Pointwise};
use crate::number::Real;
use crate::tensor::{Shape, Tensor};
use std::cell::RefCell;

/// Values: the given ones first, then those that were computed, which can be forgotten again.
pub struct Eager<'a, T> {
    given: &'a [Tensor<T>],
    computed: RefCell<Computed<T>>,
}

struct Computed<T> {
    slots: Vec<Slot<T>>,
    /// The places of values that nobody held when they were last seen.
    loose: Vec<u32>,
    /// The places that have no value.
    free: Vec<u32>,
}

struct Slot<T> {
    value: Option<Tensor<T>>,
    holds: u32,
    is_loose: bool,
}

impl<T> Computed<T> {
    fn put(&mut self, value: Tensor<T>) -> usize {
        let slot = Slot {
            value: Some(value),
            holds: 0,
            is_loose: true,
        };
        let place = match self.free.pop() {
            Some(place) => {
                self.slots[place as usize] = slot;
                place as usize
            }
            None => {
                self.slots.push(slot);
                self.slots.len() - 1
            }
        };
        self.loose.push(place as u32);
        place
    }

    fn release(&mut self, place: usize) {
        let slot = &mut self.slots[place];
        slot.holds -= 1;
        if slot.holds == 0 && !slot.is_loose {
            slot.is_loose = true;
            self.loose.push(place as u32);
        }
    }

    fn settle(&mut self) {
        for place in self.loose.drain(..) {
            let slot = &mut self.slots[place as usize];
            slot.is_loose = false;
            if slot.holds == 0 {
                slot.value = None;
                self.free.push(place);
            }
        }
    }
}

impl<'a, T: Real> Eager<'a, T> {
    /// A builder over values that are known as `Id(0)`, `Id(1)`, ...
    pub fn new(given: &'a [Tensor<T>]) -> Self {
        Self {
            given,
            computed: RefCell::new(Computed {
                slots: Vec::new(),
                loose: Vec::new(),
                free: Vec::new(),
            }),
        }
    }

    /// The place of a computed value; none of a given one.
    fn place(&self, id: Id) -> Option<usize> {
        id.index().checked_sub(self.given.len())
    }

    /// A value.
    ///
    /// # Panics
    /// If it was forgotten.
    pub fn get(&self, id: Id) -> Tensor<T> {
        match self.place(id) {
            None => self.given[id.index()].clone(),
            Some(place) => self.computed.borrow().slots[place]
                .value
                .clone()
                .expect("the value was forgotten"),
        }
    }

    /// Keeps a value that was computed elsewhere.
    pub fn put(&self, tensor: Tensor<T>) -> Id {
        let place = self.computed.borrow_mut().put(tensor);
        Id((self.given.len() + place) as u32)
    }

    /// Takes a computed value out; a given one is shared.
    fn take(&self, id: Id) -> Tensor<T> {
        match self.place(id) {
            None => self.given[id.index()].clone(),
            Some(place) => self.computed.borrow_mut().slots[place]
                .value
                .take()
                .expect("the value was forgotten"),
        }
    }

    /// The number of values for which there is room.
    #[cfg(test)]
    pub(crate) fn room(&self) -> usize {
        self.computed.borrow().slots.len()
    }
}

impl<T: Real> Builder for Eager<'_, T> {
    fn hold(&self, value: Id) {
        if let Some(place) = self.place(value) {
            self.computed.borrow_mut().slots[place].holds += 1;
        }
    }

    fn release(&self, value: Id) {
        if let Some(place) = self.place(value) {
            self.computed.borrow_mut().release(place);
        }
    }

    fn settle(&self) {
        self.computed.borrow_mut().settle();
    }

    fn apply(&self, op: Op, args: &[Id]) -> Id {
        let tensors: smallvec::SmallVec<[Tensor<T>; 3]> =
            args.iter().map(|&id| self.get(id)).collect();
        let args: smallvec::SmallVec<[&Tensor<T>; 3]> = tensors.iter().collect();
        let shapes: smallvec::SmallVec<[&Shape; 3]> = args.iter().map(|x| x.shape()).collect();
        let shape = op
            .shape(&shapes)
            .unwrap_or_else(|e| panic!("a rule applied {}: {e}", op.name()));
        let value = op
            .eval(&args, &shape)
            .unwrap_or_else(|e| panic!("a rule applied {}: {e}", op.name()));
        self.put(value)
    }

    fn shape(&self, id: Id) -> Shape {
        match self.given.get(id.index()) {
            Some(tensor) => tensor.shape().clone(),
            None => self.get(id).shape().clone(),
        }
    }

    fn literal(&self, value: Tensor<f64>) -> Id {
        // a constant that is stored once stays so
        let constant =
            if value.len() == 1 || value.strides().iter().all(|&s| s == 0) && !value.is_empty() {
                Tensor::full(
                    value.shape(),
                    T::of(value.iter().next().expect("not empty")),
                )
            } else {
                value.map(T::of)
            };
        self.put(constant)
    }

    fn pull(&self, f: &Pointwise, i: usize, args: &[Id], y: Id, ct: Id) -> Option<Id> {
        if f.is_constant_in(i) {
            return None;
        }
        let tensors: smallvec::SmallVec<[Tensor<T>; 3]> =
            args.iter().map(|&id| self.get(id)).collect();
        let args: smallvec::SmallVec<[&Tensor<T>; 3]> = tensors.iter().collect();
        let share = f.pull_eager(i, &args, &self.get(y), &self.get(ct));
        Some(self.put(share))
    }

    fn sum_to(&self, value: Id, shape: &Shape) -> Id {
        let tensor = self.get(value);
        if tensor.shape() == shape {
            value
        } else {
            self.put(tensor.sum_to(shape))
        }
    }

    fn accumulate(&self, total: Id, share: Id, owned: bool) -> Id {
        let (total, share) = (
            if owned {
                self.take(total)
            } else {
                self.get(total)
            },
            self.get(share),
        );
        self.put(total.accumulate(&share))
    }
}
