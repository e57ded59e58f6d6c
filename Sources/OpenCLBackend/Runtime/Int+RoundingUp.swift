extension Int {
    /// The number of groups of `divisor` that hold so many, the last one perhaps not full. Neither is negative.
    func dividedRoundingUp(by divisor: Int) -> Int {
        self / divisor + (self % divisor == 0 ? 0 : 1)
    }

    /// This number, or the next multiple of `step`.
    func rounded(upTo step: Int) -> Int { dividedRoundingUp(by: step) * step }
}
