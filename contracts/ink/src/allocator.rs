//! Memory is taken and never given back: a call is short, and its memory goes with it.

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::{Cell, UnsafeCell},
};

/// As much as ink! has. It costs nothing until it is used.
const HEAP_SIZE: usize = 1024 * 1024;

#[repr(align(16))]
struct Heap {
    memory: UnsafeCell<[u8; HEAP_SIZE]>,
    used: Cell<usize>,
}

// SAFETY: a contract has one thread.
#[allow(unsafe_code, reason = "a static that is changed")]
unsafe impl Sync for Heap {}

#[global_allocator]
static HEAP: Heap = Heap {
    memory: UnsafeCell::new([0; HEAP_SIZE]),
    used: Cell::new(0),
};

// SAFETY: each answer is a part of `memory` that no other answer has, and begins at a multiple of the alignment, as far as
// that is at most the heap's own.
#[allow(unsafe_code, reason = "the trait is")]
unsafe impl GlobalAlloc for Heap {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = self.used.get().next_multiple_of(layout.align());
        let end = start.saturating_add(layout.size());
        if end > HEAP_SIZE {
            // What asked for it panics, and that is a trap.
            return core::ptr::null_mut();
        }
        self.used.set(end);
        self.memory.get().cast::<u8>().wrapping_add(start)
    }

    #[inline(always)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as demanded of the caller. The memory was never used.
        unsafe { self.alloc(layout) }
    }

    #[inline(always)]
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
