import Foundation
import Tensors

extension CPUBackend {
    /// In float32, element by element.
    public func stochasticGradientDescentStep(
        _ step: StochasticGradientDescentStep, parameters: Tensor, gradients: Tensor, velocity: Tensor?
    ) throws {
        let operation = begin("stochasticGradientDescentStep")
        try Expect.sameElements(parameters, gradients, "parameters and gradients", operation: operation)
        let p = try mutableFloats(parameters, "the parameters", operation)
        let gradient = try floats(gradients, "the gradients", operation)
        let (learningRate, momentum, weightDecay) = (step.learningRate, step.momentum, step.weightDecay)
        let gradientScale = step.gradientScale
        guard momentum != 0 else {
            Parallel.forEachRange(of: parameters.count) { range in
                for i in range { p[i] -= learningRate * (gradientScale * gradient[i] + weightDecay * p[i]) }
            }
            return
        }
        guard let velocity else {
            throw TensorError.invalidArgument(operation: operation, problem: "momentum \(momentum) needs a velocity")
        }
        try Expect.sameElements(parameters, velocity, "parameters and velocity", operation: operation)
        let v = try mutableFloats(velocity, "the velocity", operation)
        Parallel.forEachRange(of: parameters.count) { range in
            for i in range {
                let g = gradientScale * gradient[i] + weightDecay * p[i]
                v[i] = momentum * v[i] + g
                p[i] -= learningRate * (step.nesterov ? g + momentum * v[i] : v[i])
            }
        }
    }

    /// In float32, but for the corrections of the moments' bias, which are powers.
    public func adamStep(
        _ step: AdamStep, parameters: Tensor, gradients: Tensor, firstMoment: Tensor, secondMoment: Tensor
    ) throws {
        let operation = begin("adamStep")
        try Expect.sameElements(parameters, gradients, "parameters and gradients", operation: operation)
        try Expect.sameElements(parameters, firstMoment, "parameters and first moment", operation: operation)
        try Expect.sameElements(parameters, secondMoment, "parameters and second moment", operation: operation)
        try Expect.positive(step.step, "the step", operation: operation)
        let p = try mutableFloats(parameters, "the parameters", operation)
        let gradient = try floats(gradients, "the gradients", operation)
        let m = try mutableFloats(firstMoment, "the first moment", operation)
        let v = try mutableFloats(secondMoment, "the second moment", operation)
        let firstCorrection = Float(1 - pow(Double(step.firstDecay), Double(step.step)))
        let secondCorrection = Float(1 - pow(Double(step.secondDecay), Double(step.step)))
        let shrinkage = step.decoupledWeightDecay ? 1 - step.learningRate * step.weightDecay : 1
        let gradientScale = step.gradientScale
        let penalty = step.decoupledWeightDecay ? 0 : step.weightDecay
        Parallel.forEachRange(of: parameters.count) { range in
            for i in range {
                let g = gradientScale * gradient[i] + penalty * p[i]
                m[i] = step.firstDecay * m[i] + (1 - step.firstDecay) * g
                v[i] = step.secondDecay * v[i] + (1 - step.secondDecay) * g * g
                let denominator = (v[i] / secondCorrection).squareRoot() + step.epsilon
                p[i] = shrinkage * p[i] - step.learningRate * (m[i] / firstCorrection) / denominator
            }
        }
    }

    /// In float32, element by element.
    public func exponentialMovingAverage(_ average: Tensor, of value: Tensor, decay: Float) throws {
        let operation = begin("exponentialMovingAverage")
        try Expect.sameElements(average, value, "average and value", operation: operation)
        let e = try mutableFloats(average, "the average", operation)
        let x = try floats(value, "the value", operation)
        Parallel.forEachRange(of: average.count) { range in
            for i in range { e[i] = decay * e[i] + (1 - decay) * x[i] }
        }
    }
}
