/// Measures how fast a device does something of which it can do any amount.
public enum PeakTimer {
    /// What `work` achieves at best: repeated until the clock is fine enough, then the fastest of several.
    ///
    /// - Parameter work: does an amount of work proportional to its argument, waits for it, and returns how much it was.
    /// - Returns: work a second.
    public static func bestRate(_ work: (_ rounds: Int) throws -> Int) rethrows -> Double {
        let clock = ContinuousClock()
        var rounds = 256
        var best = 0.0
        var repetition = 0
        while repetition < 6 {
            var amount = 0
            let duration = try clock.measure { amount = try work(rounds) }
            if duration < .milliseconds(10), rounds < 1 << 24 {
                rounds *= 4
            } else {
                // The first ones may have compiled or touched memory for the first time.
                if repetition > 0 { best = max(best, Double(amount) / (duration / .seconds(1))) }
                repetition += 1
            }
        }
        return best
    }
}
