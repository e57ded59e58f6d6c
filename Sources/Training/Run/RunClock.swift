import Dispatch

/// Two clocks of a run, both going on where an interrupted run stopped: all the time, and the time spent in steps.
struct RunClock {
    /// Seconds spent in training steps, up to the last ``takeStepSeconds()``.
    private(set) var stepSeconds: Double
    private let secondsBefore: Double
    private let start: Double
    private var stepStart: Double

    /// Starts both clocks.
    init(continuing clocks: EventLog.Clocks) {
        stepSeconds = clocks.stepSeconds
        secondsBefore = clocks.seconds
        start = Self.now
        stepStart = start
    }

    /// Seconds since the run began.
    var seconds: Double { secondsBefore + Self.now - start }

    /// Seconds spent in steps since they were last taken.
    mutating func takeStepSeconds() -> Double {
        let now = Self.now
        defer { stepStart = now }
        stepSeconds += now - stepStart
        return now - stepStart
    }

    /// What happened since the steps' seconds were last taken was no training.
    mutating func restartStepClock() {
        stepStart = Self.now
    }

    private static var now: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }
}
