import Foundation
import Methods
import TensorFiles
import Tensors

/// What can be wrong with a golden file, or with what a handler asks of it.
enum GoldenError: Error, CustomStringConvertible {
    case badFile(String, problem: String)

    var description: String {
        switch self {
        case .badFile(let file, let problem): "\(file): \(problem)"
        }
    }
}

/// One golden case: what to run, on which inputs, and the results expected. The format is described in
/// Tests/Goldens/README.md.
struct GoldenFile {
    /// Where the case was read from.
    let url: URL
    /// `op`, `optimizer`, `network`, `method` or `augmentation`.
    let kind: String
    /// What to run: `conv2d`, `daso`, …
    let name: String
    /// Tolerance as a part of the expected tensor's largest magnitude.
    let relativeTolerance: Double
    /// Tolerance in the tensor's own units.
    let absoluteTolerance: Double
    /// The tensors `in.*`, without that prefix.
    let inputs: [String: HostTensor]
    /// The tensors `out.*`, without that prefix.
    let expected: [String: HostTensor]

    private let attributesJSON: Data

    /// The file's name without extension.
    var caseName: String { url.deletingPathExtension().lastPathComponent }

    /// - Throws: `FileError`, or `GoldenError` if the metadata is not that of a golden case.
    init(contentsOf url: URL) throws {
        let file = try Safetensors(contentsOf: url.path)
        func metadata(_ key: String) throws -> String {
            guard let value = file.metadata[key] else {
                throw GoldenError.badFile(url.path, problem: "the metadata has no \"\(key)\"")
            }
            return value
        }
        func tolerance(_ key: String) throws -> Double {
            guard let value = Double(try metadata(key)), value >= 0 else {
                throw GoldenError.badFile(url.path, problem: "\"\(key)\" is not a tolerance")
            }
            return value
        }
        func tensors(_ prefix: String) -> [String: HostTensor] {
            var selected: [String: HostTensor] = [:]
            for (name, tensor) in file.tensors where name.hasPrefix(prefix) {
                selected[String(name.dropFirst(prefix.count))] = tensor
            }
            return selected
        }
        guard try metadata("format") == "1" else {
            throw GoldenError.badFile(url.path, problem: "only format 1 is known")
        }
        self.url = url
        kind = try metadata("kind")
        name = try metadata("name")
        attributesJSON = Data(try metadata("attributes").utf8)
        relativeTolerance = try tolerance("rtol")
        absoluteTolerance = try tolerance("atol")
        inputs = tensors("in.")
        expected = tensors("out.")
        guard !expected.isEmpty else { throw GoldenError.badFile(url.path, problem: "nothing is expected of it") }
    }

    /// The input tensor `in.name`.
    func input(_ name: String) throws -> HostTensor {
        guard let tensor = inputs[name] else { throw GoldenError.badFile(caseName, problem: "there is no in.\(name)") }
        return tensor
    }

    /// The attribute `name`, of whatever type is wanted: `let stride: Int = try golden.attribute("stride")`.
    func attribute<Value: Decodable>(_ name: String) throws -> Value {
        guard let value = try attributes()[name] else {
            throw GoldenError.badFile(caseName, problem: "there is no attribute \"\(name)\"")
        }
        let json = try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
        return try JSONDecoder().decode(Value.self, from: json)
    }

    /// The attribute `name`, or nil if the case does not have it.
    func attributeIfPresent<Value: Decodable>(_ name: String) throws -> Value? {
        try attributes()[name] == nil ? nil : attribute(name)
    }

    /// All attributes as one value: a method's options, whose names in recipes are the attributes' names but for those in
    /// `renaming`, and those in `adding`, which the case says nothing of.
    func attributes<Part: MethodPart>(
        as type: Part.Type, renaming: [String: String] = [:], adding: [String: Double] = [:]
    ) throws -> Part {
        var object = try attributes()
        for (name, value) in adding { object[name] = value }
        for (name, newName) in renaming { object[newName] = object[name] }
        return try Part(overridingDefaultsBy: JSONSerialization.data(withJSONObject: object))
    }

    private func attributes() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: attributesJSON) as? [String: Any] else {
            throw GoldenError.badFile(caseName, problem: "the attributes are not a JSON object")
        }
        return object
    }
}
