import Foundation

/// The texts of `Kernels/`, with `#include "…"` lines replaced by what they name.
///
/// The texts are part of the binary. For work on kernels the environment variable EQUIPOISE_KERNELS names a folder that is
/// read instead.
struct KernelSources {
    /// Included before everything else in every program.
    private static let prelude = "Common/Prelude.h"
    private static let embedded = Dictionary(
        EmbeddedKernels.files.map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })

    /// What the program of the small kernels is called.
    private static let smallKernels = "SmallKernels"
    /// Files that make one program. A program of its own costs a driver more than such a file: PoCL reads its declarations of
    /// all built-in functions for each, at every start.
    private static let filesOfSmallKernels = [
        "Memory/memory.cl", "Random/random.cl", "Pointwise/functions.cl", "Pointwise/scaling.cl",
        "Reduction/reduction.cl", "Rows/rows.cl", "Pooling/Pooling.cl", "Softmax/softmax.cl", "Softmax/losses.cl",
        "Prototypes/prototypes.cl", "Optimizer/optimizer.cl", "Convolution/PackFilter.cl", "Convolution/SumPartials.cl",
    ]

    private let folder: URL?

    /// - Parameter folder: where to read files; nil means the texts in the binary.
    init(folder: URL? = environmentFolder) {
        self.folder = folder
    }

    private static var environmentFolder: URL? {
        guard let path = ProcessInfo.processInfo.environment["EQUIPOISE_KERNELS"], !path.isEmpty else { return nil }
        return URL(fileURLWithPath: path, isDirectory: true)
    }

    /// The program that holds the kernels of a file: the file's own, or one that it shares with others.
    func programName(of file: String) -> String {
        Self.filesOfSmallKernels.contains(file) ? Self.smallKernels : file
    }

    /// The whole text of a program: the file `Convolution/DirectConvolution.cl`, or several. A file is included once, however
    /// often it is named; `#line` directives let the compiler's messages name the right file and line.
    ///
    /// - Throws: `OpenCLError.kernelFileNotFound`.
    func program(_ name: String) throws -> String {
        var included: Set<String> = []
        var lines: [Substring] = []
        for path in [Self.prelude] + (name == Self.smallKernels ? Self.filesOfSmallKernels : [name]) {
            try append(path, to: &lines, included: &included)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func append(_ path: String, to lines: inout [Substring], included: inout Set<String>) throws {
        guard included.insert(path).inserted else { return }
        lines.append("#line 1 \"\(path)\"")
        let text = try text(of: path)
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let named = Self.includedPath(line) {
                try append(named, to: &lines, included: &included)
                lines.append("#line \(number + 2) \"\(path)\"")
            } else {
                lines.append(line)
            }
        }
    }

    private func text(of path: String) throws -> String {
        if let folder {
            let file = folder.appendingPathComponent(path)
            guard let text = try? String(contentsOf: file, encoding: .utf8) else {
                throw OpenCLError.kernelFileNotFound(path: file.path)
            }
            return text
        }
        guard let text = Self.embedded[path] else { throw OpenCLError.kernelFileNotFound(path: path) }
        return text.description
    }

    /// `Common/Tensor.h` of the line `#include "Common/Tensor.h"`; nil for other lines.
    private static func includedPath(_ line: Substring) -> String? {
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].trimmingCharacters(in: .whitespaces) == "#include" else { return nil }
        return String(parts[1])
    }
}
