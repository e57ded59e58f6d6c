import Datasets
import Tensors

/// Replays the golden cases of kind `augmentation`: Pillow's results, byte for byte.
enum AugmentationGoldens {
    static let handlers: [String: GoldenHandler] = {
        let operations = [
            "auto_contrast", "brightness", "color", "contrast", "equalize", "invert", "posterize", "rotate",
            "sharpness",
            "shear_x", "shear_y", "solarize", "translate_x", "translate_y",
        ]
        var handlers = Dictionary(uniqueKeysWithValues: operations.map { ($0, GoldenHandler.onHost(operation)) })
        handlers["chain"] = .onHost(chain)
        handlers["cutout"] = .onHost(cutout)
        handlers["crop_flip"] = .onHost(cropAndFlip)
        return handlers
    }()

    private static func operation(_ golden: GoldenFile) throws -> [String: HostTensor] {
        let operation = try imageOperation(golden.name, magnitude: try golden.attribute("magnitude"))
        return try forEachImage(of: golden) { image, _ in operation.applied(to: image) }
    }

    private static func chain(_ golden: GoldenFile) throws -> [String: HostTensor] {
        let chains: [[NamedOperation]] = try golden.attribute("operations")
        return try forEachImage(of: golden) { image, index in
            try chains[index].reduce(image) { image, step in
                try imageOperation(step.name, magnitude: step.magnitude).applied(to: image)
            }
        }
    }

    private static func cutout(_ golden: GoldenFile) throws -> [String: HostTensor] {
        let centres = try golden.input("centre").floats
        let side: Double = try golden.attribute("side")
        let color: [UInt8] = try golden.attribute("color")
        return try forEachImage(of: golden) { image, index in
            image.cutOut(
                x: Double(centres[2 * index]), y: Double(centres[2 * index + 1]), side: side, color: color)
        }
    }

    private static func cropAndFlip(_ golden: GoldenFile) throws -> [String: HostTensor] {
        let offsets = try golden.input("offset").integers()
        let flips = try golden.input("flip").integers()
        let padding: Int = try golden.attribute("padding")
        let mode: String = try golden.attribute("mode")
        let kinds: [String: ByteImage.Padding] = ["reflect": .reflection, "zero": .zero]
        guard let kind = kinds[mode] else { throw GoldenError.badFile(golden.caseName, problem: "no mode \(mode)") }
        return try forEachImage(of: golden) { image, index in
            let cropped = image.shiftedCrop(
                row: Int(offsets[2 * index]), column: Int(offsets[2 * index + 1]), padding: padding, with: kind)
            return flips[index] == 0 ? cropped : cropped.mirrored()
        }
    }

    /// Applies `transform` to each of the images `in.image`.
    private static func forEachImage(
        of golden: GoldenFile, _ transform: (ByteImage, _ index: Int) throws -> ByteImage
    ) throws -> [String: HostTensor] {
        let images = try golden.input("image")
        let size = images.shape.dimensions
        guard size.count == 4 else { throw GoldenError.badFile(golden.caseName, problem: "in.image is not [N,H,W,C]") }
        let length = size[1] * size[2] * size[3]
        let results = try (0..<size[0]).flatMap { index in
            let bytes = Array(images.bytes[index * length..<(index + 1) * length])
            let image = try ByteImage(height: size[1], width: size[2], channels: size[3], pixels: bytes)
            return try transform(image, index).pixels
        }
        return ["image": try HostTensor(shape: images.shape, elementType: .uint8, bytes: results)]
    }

    private static func imageOperation(_ name: String, magnitude: Double) throws -> ImageOperation {
        switch name {
        case "identity": .identity
        case "auto_contrast": .autoContrast
        case "equalize": .equalize
        case "invert": .invert
        case "solarize": .solarize(threshold: Int(magnitude))
        case "posterize": .posterize(bits: Int(magnitude))
        case "brightness": .brightness(Float(magnitude))
        case "color": .color(Float(magnitude))
        case "contrast": .contrast(Float(magnitude))
        case "sharpness": .sharpness(Float(magnitude))
        case "rotate": .rotate(degrees: magnitude)
        case "shear_x": .shearX(magnitude)
        case "shear_y": .shearY(magnitude)
        case "translate_x": .translateX(pixels: magnitude)
        case "translate_y": .translateY(pixels: magnitude)
        default: throw GoldenError.badFile("chain", problem: "no operation is called \(name)")
        }
    }

    /// `["rotate", 15.0]`.
    private struct NamedOperation: Decodable {
        let name: String
        let magnitude: Double

        init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            name = try pair.decode(String.self)
            magnitude = try pair.decode(Double.self)
        }
    }
}
