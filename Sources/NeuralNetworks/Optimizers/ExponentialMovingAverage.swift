import Tensors

/// A teacher whose parameters and running statistics are moving averages of a student's:
/// `teacher ← d · teacher + (1 − d) · student`, one launch for each of the two arenas.
/// Source: Tarvainen and Valpola, "Mean teachers are better role models", NeurIPS 2017.
public struct ExponentialMovingAverage {
    /// The network that learns.
    public let student: NetworkTensors
    /// The network that follows it.
    public let teacher: NetworkTensors
    /// d in the long run.
    public let limit: Double

    /// - Parameter teacher: of the student's architecture: its ``ImageClassifier/twin()``.
    public init(of student: any ImageClassifier, in teacher: any ImageClassifier, decay limit: Double = 0.999) {
        self.init(of: student.tensors, in: teacher.tensors, decay: limit)
    }

    /// - Parameter teacher: of the same layers as the student.
    public init(of student: NetworkTensors, in teacher: NetworkTensors, decay limit: Double = 0.999) {
        self.student = student
        self.teacher = teacher
        self.limit = limit
    }

    /// d after the 0-based step: `min(1 − 1/(step + 1), limit)`, so that the first step copies the student and early
    /// averages do not remember the first values for long.
    public static func decay(step: Int, limit: Double) -> Double {
        min(1 - 1 / Double(step + 1), limit)
    }

    /// Follows the student after its optimizer's 0-based step.
    public func update(step: Int) throws {
        try update(decay: Self.decay(step: step, limit: limit))
    }

    /// Follows the student, keeping `decay` of itself.
    public func update(decay: Double) throws {
        let decay = Float(decay)
        let backend = teacher.parameters.backend
        try backend.exponentialMovingAverage(
            teacher.parameters.values, of: student.parameters.values, decay: decay)
        try backend.exponentialMovingAverage(teacher.buffers.values, of: student.buffers.values, decay: decay)
    }
}
