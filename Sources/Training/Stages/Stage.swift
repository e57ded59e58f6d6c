import NeuralNetworks

/// A part of a run: so many steps of one kind of learning. Steps are counted through the whole run, and number random
/// streams, checkpoints and lines of the log; schedules and methods count within the stage.
struct Stage: Sendable {
    /// What is learned.
    enum Kind: Sendable {
        /// Features, from two views of every image, without labels.
        case selfSupervised(PretrainingSettings)
        /// Features in which labelled images of one class lie close together; pseudo-labels follow.
        case metric(RoundsSettings)
        /// The recipe's method.
        case classification
        /// A new classifier, on features that stay.
        case retraining
    }

    /// What is taken over from the stage before. Optimizer, method and moving average always begin anew.
    enum Inheritance: Sendable {
        /// Nothing: the network begins anew.
        case nothing
        /// The network that learns.
        case network
        /// The network that learns, but for its classifier: that has learned nothing, and weight decay has shrunk it.
        case encoder
        /// The moving average of the network, but for its classifier.
        case averagedEncoder
    }

    /// What is learned.
    let kind: Kind
    /// `pretraining`, `classification`, or `metric 1` in rounds, counted from 1 for people, as are generations.
    let name: String
    /// Its place among the run's stages, from 0.
    let index: Int
    /// The round of pseudo-labelling, or the generation, that it belongs to, from 0; 0 where there is none.
    let round: Int
    /// What it begins with.
    let inheritance: Inheritance
    /// The run's steps before it.
    let firstStep: Int
    /// How many steps it takes.
    let steps: Int
    /// Images of all views that a step sees.
    let imagesPerStep: Int
    /// What the schedule multiplies.
    let baseLearningRate: Double
    /// How the learning rate changes within the stage.
    let schedule: LearningRateSchedule

    /// The run's steps when it is done.
    var end: Int { firstStep + steps }

    /// The learning rate of a step of the run, 0-based.
    func learningRate(step: Int) -> Double {
        schedule.learningRate(base: baseLearningRate, step: step - firstStep)
    }
}
