import Foundation
import Tensors

/// Gaussian blur.
extension ImagePrograms {
    /// Blurs with a Gaussian cut off at `radius` pixels, or at the image's size. At most one step of 255 from torchvision's
    /// `gaussian_blur` with a kernel of 2·radius + 1: that rounds once, and this after rows and after columns.
    ///
    /// - Parameters:
    ///   - sigma: the standard deviation in pixels, above 0.
    ///   - radius: not below 0.
    mutating func blur(sigma: Double, radius: Int) {
        let reach = min(radius, height - 1, width - 1)
        let densities = (0...reach).map { exp(-0.5 * pow(Double($0) / sigma, 2)) }
        let sum = 2 * densities.reduce(0, +) - densities[0]
        let outer = densities.dropFirst().map { Int(($0 / sum * Double(1 << 16)).rounded()) }
        blur(weights: [(1 << 16) - 2 * outer.reduce(0, +)] + outer)
    }
}
