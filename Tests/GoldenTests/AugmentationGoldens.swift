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
        var handlers = Dictionary(uniqueKeysWithValues: operations.map { ($0, GoldenHandler.onEachBackend(operation)) })
        handlers["chain"] = .onEachBackend(chain)
        handlers["cutout"] = .onEachBackend(cutout)
        handlers["crop_flip"] = .onEachBackend(cropAndFlip)
        return handlers
    }()

    private static func operation(_ golden: GoldenFile, on backend: any Backend) throws -> [String: HostTensor] {
        let operation = try imageOperation(golden.name, magnitude: try golden.attribute("magnitude"))
        return try forEachImage(of: golden, on: backend) { programs, _ in operation.append(to: &programs) }
    }

    private static func chain(_ golden: GoldenFile, on backend: any Backend) throws -> [String: HostTensor] {
        let chains: [[NamedOperation]] = try golden.attribute("operations")
        return try forEachImage(of: golden, on: backend) { programs, index in
            for step in chains[index] {
                try imageOperation(step.name, magnitude: step.magnitude).append(to: &programs)
            }
        }
    }

    private static func cutout(_ golden: GoldenFile, on backend: any Backend) throws -> [String: HostTensor] {
        let centres = try golden.input("centre").floats
        let side: Double = try golden.attribute("side")
        let color: [UInt8] = try golden.attribute("color")
        return try forEachImage(of: golden, on: backend) { programs, index in
            programs.cutOut(
                x: Double(centres[2 * index]), y: Double(centres[2 * index + 1]), side: side, color: color)
        }
    }

    private static func cropAndFlip(_ golden: GoldenFile, on backend: any Backend) throws -> [String: HostTensor] {
        let offsets = try golden.input("offset").integers()
        let flips = try golden.input("flip").integers()
        let padding: Int = try golden.attribute("padding")
        let mode: String = try golden.attribute("mode")
        let kinds: [String: ImagePadding] = ["reflect": .reflection, "zero": .zero]
        guard let kind = kinds[mode] else { throw GoldenError.badFile(golden.caseName, problem: "no mode \(mode)") }
        return try forEachImage(of: golden, on: backend) { programs, index in
            programs.crop(
                row: Int(offsets[2 * index]), column: Int(offsets[2 * index + 1]), padding: padding, with: kind)
            if flips[index] != 0 { programs.mirror() }
        }
    }

    /// Makes a view of each of the images `in.image`, each by the program that `write` writes; every byte stands for itself.
    private static func forEachImage(
        of golden: GoldenFile, on backend: any Backend, _ write: (inout ImagePrograms, _ index: Int) throws -> Void
    ) throws -> [String: HostTensor] {
        let images = try golden.input("image")
        let size = images.shape.dimensions
        guard size.count == 4 else { throw GoldenError.badFile(golden.caseName, problem: "in.image is not [N,H,W,C]") }
        var programs = try ImagePrograms(height: size[1], width: size[2], channels: size[3])
        for index in 0..<size[0] {
            programs.begin(source: index)
            try write(&programs, index)
        }
        let values = try backend.tensor((0..<size[3]).flatMap { _ in (0...255).map(Float.init) }, [size[3], 256])
        let views = try backend.read(backend.imageViews(of: backend.tensor(images), programs: programs, values: values))
        return [
            "image": try HostTensor(
                shape: images.shape, elementType: .uint8, bytes: views.floats.map { UInt8($0) })
        ]
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
