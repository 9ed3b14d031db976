//! The rules of the consent model, one by one: what a consent says, in the cases that the standards name.

mod base;
mod combining;
mod data;
mod labels;
mod matching;
mod nesting;
