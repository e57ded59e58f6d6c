import Foundation
import Tensors

/// Kernels: Optimizer/optimizer.cl. One launch each.
extension OpenCLBackend: OptimizerOperations {
    private static let kernels = "Optimizer/optimizer.cl"

    /// 12 bytes an element move without momentum, 20 with it.
    public func stochasticGradientDescentStep(
        _ step: StochasticGradientDescentStep, parameters: Tensor, gradients: Tensor, velocity: Tensor?
    ) throws {
        let operation = "stochasticGradientDescentStep"
        try Expect.sameElements(parameters, gradients, "parameters and gradients", operation: operation)
        try Expect.elementType(parameters, .float32, "the parameters", operation: operation)
        let count = parameters.count
        guard step.momentum != 0 else {
            return try launchChunks(
                "gradientDescent", in: Self.kernels, count: count,
                arguments: [
                    .tensor(parameters), .tensor(gradients), .int(count), .float(step.learningRate),
                    .float(step.weightDecay), .float(step.gradientScale),
                ])
        }
        guard let velocity else {
            throw TensorError.invalidArgument(
                operation: operation, problem: "momentum \(step.momentum) needs a velocity")
        }
        try Expect.sameElements(parameters, velocity, "parameters and velocity", operation: operation)
        try launchChunks(
            "gradientDescentWithMomentum", in: Self.kernels, count: count,
            arguments: [
                .tensor(parameters), .tensor(gradients), .tensor(velocity), .int(count), .float(step.learningRate),
                .float(step.weightDecay), .float(step.momentum), .int(step.nesterov ? 1 : 0),
                .float(step.gradientScale),
            ])
    }

    /// 28 bytes an element move; the corrections of the moments' bias are computed on the host in double precision.
    public func adamStep(
        _ step: AdamStep, parameters: Tensor, gradients: Tensor, firstMoment: Tensor, secondMoment: Tensor
    ) throws {
        let operation = "adamStep"
        try Expect.sameElements(parameters, gradients, "parameters and gradients", operation: operation)
        try Expect.sameElements(parameters, firstMoment, "parameters and first moment", operation: operation)
        try Expect.sameElements(parameters, secondMoment, "parameters and second moment", operation: operation)
        try Expect.positive(step.step, "the step", operation: operation)
        try Expect.elementType(parameters, .float32, "the parameters", operation: operation)
        // In double precision: 1 − βᵗ cancels.
        let firstCorrection = Float(1 - pow(Double(step.firstDecay), Double(step.step)))
        let secondCorrection = Float(1 - pow(Double(step.secondDecay), Double(step.step)))
        let shrinkage = step.decoupledWeightDecay ? 1 - step.learningRate * step.weightDecay : 1
        let penalty = step.decoupledWeightDecay ? 0 : step.weightDecay
        try launchChunks(
            "adam", in: Self.kernels, count: parameters.count,
            arguments: [
                .tensor(parameters), .tensor(gradients), .tensor(firstMoment), .tensor(secondMoment),
                .int(parameters.count), .float(step.learningRate), .float(penalty), .float(shrinkage),
                .float(step.firstDecay), .float(step.secondDecay), .float(firstCorrection),
                .float(secondCorrection), .float(step.epsilon), .float(step.gradientScale),
            ])
    }

    /// 12 bytes an element move.
    public func exponentialMovingAverage(_ average: Tensor, of value: Tensor, decay: Float) throws {
        let operation = "exponentialMovingAverage"
        try Expect.sameElements(average, value, "average and value", operation: operation)
        try Expect.elementType(average, .float32, "the average", operation: operation)
        try launchChunks(
            "movingAverage", in: Self.kernels, count: average.count,
            arguments: [.tensor(average), .tensor(value), .int(average.count), .float(decay)])
    }
}
