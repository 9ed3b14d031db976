//! Chance for tests that try what nobody thought of.

/// A fixed sequence that looks random (SplitMix64), so that a failure repeats.
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    /// Yes, one time in `times`.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of `choices`, of which there is at least one.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }

    /// A mask of some of `choices`, or nothing, which is more likely.
    pub fn mask(&mut self, choices: &[u64]) -> u64 {
        if !self.once_in(3) {
            return 0;
        }
        choices
            .iter()
            .filter(|_| self.once_in(2))
            .fold(0, |mask, bit| mask | bit)
    }
}
